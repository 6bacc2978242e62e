"""settings, doctor, db, pin and sandbox: what the machine says, and what to do about it."""

import os
import re
import sys
from contextlib import closing
from pathlib import Path

import dns.resolver
import pytest
from sqlalchemy import update

from ameli_support import sql
from ameli_support.cli.errors import BadInput
from ameli_support.cli.sandbox import duration
from ameli_support.clock import SystemClock
from ameli_support.sandbox.maildirs import deliver
from ameli_support.store.opening import open_store
from ameli_support.store.schema import erasable
from tests.cli.conftest import Run
from tests.scenarios.world import ScenarioWorld


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test alone, without any demo."""
    monkeypatch.setenv("AMELI_HOME", str(tmp_path))
    return tmp_path


# ── settings ────────────────────────────────────────────────────────────────


def test_settings_tell_value_and_origin_and_mask_secrets(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "settings.toml").write_text('[smtp]\nhost = "mail.test"\npassword = "tr3s-secret"\n')
    monkeypatch.setenv("AMELI_SCREEN_THEME", "jour")
    plain = run("settings")
    assert plain.code == 0
    assert "tr3s-secret" not in plain.out
    assert "AMELI_SCREEN_THEME" in plain.out
    found = {(item["section"], item["key"]): item for item in run("settings", "--json").json["settings"]}
    assert found["screen", "theme"]["origin"] == "AMELI_SCREEN_THEME"
    assert found["smtp", "host"] == {
        "section": "smtp",
        "key": "host",
        "value": "mail.test",
        "origin": str(home / "settings.toml"),
    }


def test_a_wrong_setting_is_told_with_file_key_and_nearest(run: Run, home: Path) -> None:
    (home / "settings.toml").write_text("[screen]\nlangage = 'fr'\n")
    result = run("settings", "--json")
    assert result.code == 7
    assert (result.json["key"], result.json["nearest"]) == ("screen.langage", "screen.language")
    assert result.json["file"] == str(home / "settings.toml")


# ── doctor ──────────────────────────────────────────────────────────────────


def test_doctor_says_what_to_do_about_each_failure(run: Run, home: Path) -> None:
    result = run("doctor", "--json")
    assert result.code == 1
    findings = {item["check"]: item for item in result.json_lines}
    assert list(findings) == [
        "réglages", "agent", "service des comptes", "base des dossiers", "SMTP", "DNS", "terminal",
    ]  # fmt: skip
    for finding in findings.values():
        assert finding["sentence"]
        assert finding["ok"] is not False or finding["advice"]
    assert not (home / "cases.db").exists()  # looking makes nothing
    assert all(line[0] in "√×○" for line in run("doctor").out.splitlines())


def test_doctor_goes_on_when_the_settings_are_wrong(run: Run, home: Path) -> None:
    (home / "settings.toml").write_text("[screen")
    result = run("doctor", "--json")
    assert len(result.json_lines) == 7
    assert result.json_lines[0]["ok"] is False
    assert [item["ok"] for item in result.json_lines[1:5]] == [None] * 4  # nobody is blamed for it


def test_doctor_finds_service_agent_and_database_of_the_demo(
    run: Run, scenario_world: ScenarioWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--demo", "cases")
    monkeypatch.setattr(dns.resolver, "resolve", lambda *_args, **_more: pytest.fail("the demo asks no DNS"))
    findings = {item["check"]: item["ok"] for item in run("--demo", "doctor", "--json").json_lines}
    assert findings["DNS"] is None
    assert findings["agent"] is True
    assert findings["service des comptes"] is True
    assert findings["base des dossiers"] is True


def test_doctor_speaks_to_the_smtp_server(run: Run, home: Path, scenario_world: ScenarioWorld) -> None:
    lock = scenario_world.demo.lock
    settings = '[smtp]\nhost = "{host}"\nport = {port}\nsecurity = "none"\n'
    (home / "settings.toml").write_text(settings.format(host=lock.smtp_host, port=lock.smtp_port))
    assert {item["check"]: item["ok"] for item in run("doctor", "--json").json_lines}["SMTP"] is True
    (home / "settings.toml").write_text(settings.format(host="127.0.0.1", port=1))
    findings = {item["check"]: item for item in run("doctor", "--json").json_lines}
    assert findings["SMTP"]["ok"] is False
    assert "[smtp]" in findings["SMTP"]["advice"]


# ── db, pin ─────────────────────────────────────────────────────────────────


def test_db_upgrade_makes_the_store_and_then_finds_it_up_to_date(run: Run, home: Path) -> None:
    first = run("db", "upgrade", "--json")
    assert first.code == 0
    assert first.json["before"] is None
    again = run("db", "upgrade", "--json")
    assert again.json["before"] == again.json["after"] == first.json["after"]
    assert first.json["after"] in run("db", "upgrade").out


def test_db_verify_finds_what_was_changed_outside_the_application(
    run: Run, scenario_world: ScenarioWorld
) -> None:
    case = str(run("--demo", "find", "--no-record", "--json").json["case"])
    assert run("--demo", "note", "--case", case, given="ce que dit l’appelant").code == 0
    verify = ("--demo", "--role", "supervisor", "db", "verify")
    whole = run(*verify, "--json")
    assert (whole.code, whole.json["findings"]) == (0, [])
    assert whole.json["events"] > whole.json["cases"] > 0
    assert "Rien n’a été changé" in run(*verify).out
    assert run("--demo", "db", "verify").code == 6
    clock = SystemClock()
    store = open_store(path=scenario_world.demo.home / "cases.db", business=clock, use_keyring=False)
    with closing(store), sql.write(store.engine) as connection:
        kept = erasable.c.case == int(case)
        connection.execute(update(erasable).where(kept).values(text="autre chose"))
    try:
        broken = run(*verify)
        assert broken.code == 1
        assert f"× Dossier {case}\u00a0: le texte de l’événement" in broken.out
        assert "autre chose" not in broken.out
    finally:
        store = open_store(path=scenario_world.demo.home / "cases.db", business=clock, use_keyring=False)
        with closing(store), sql.write(store.engine) as connection:
            connection.execute(update(erasable).where(kept).values(text="ce que dit l’appelant"))
    assert run(*verify).code == 0


def test_only_the_administrator_sets_a_pin_and_types_it_twice(
    run: Run, scenario_world: ScenarioWorld
) -> None:
    as_administrator = ("--demo", "--role", "administrator", "pin", "0427")
    assert run("--demo", "pin", "0427", typed="", given="").code == 6
    assert run(*as_administrator, given="194736\n194737\n").code == 2
    assert run(*as_administrator, given="111111\n111111\n").code == 2
    done = run(*as_administrator, given="194736\n194736\n")
    assert done.code == 0
    kept = (scenario_world.demo.home / "pins.toml").read_text()
    assert "0427" in kept
    assert "194736" not in kept + done.out + done.err


def test_the_agents_file_of_a_real_machine_may_not_be_the_users_own(run: Run, home: Path) -> None:
    (home / "agents.toml").write_text("")
    (home / "settings.toml").write_text(
        '[machine]\nagents_file = "agents.toml"\n[service]\nurl = "https://comptes.test"\n'
    )
    result = run("cases")
    assert result.code == 7
    assert "agents.toml" in result.err


@pytest.mark.parametrize(
    "argv", [["--json", "find"], ["--json", "mail", "read"], ["sandbox", "--json", "people"]]
)
def test_an_option_before_the_command_is_told_where_it_goes(run: Run, argv: list[str]) -> None:
    result = run(*argv)
    assert result.code == 2
    assert "--json se met après la commande" in result.err
    assert "Option inconnue" in run("--jason", "find").err


# ── sandbox ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "hours"),
    [("+8d", 192), ("36h", 36), ("+1d12h", 36), ("+90m", 1.5), ("+3600s", 1), ("+1137600s", 316)],
)
def test_durations_are_read(text: str, hours: float) -> None:
    assert duration(text).total_seconds() == hours * 3600


@pytest.mark.parametrize(
    "text",
    [
        "-8d",
        "8",
        "+0d",
        "d",
        "+8 d",
        "+8w",
        "+1d garbage",
        "+9999d",
        "+999999999999d",
        "+9999999999999999999s",
        "",
    ],
)
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        duration(text)


def test_the_clock_moves_forward_and_is_told_in_paris_time(run: Run, scenario_world: ScenarioWorld) -> None:
    before = run("sandbox", "clock", "--json").json["offset_seconds"]
    after = run("sandbox", "clock", "+2h", "--json").json["offset_seconds"]
    assert after == before + 7200
    assert "heure de Paris" in run("sandbox", "clock").out
    assert run("sandbox", "clock", "--", "-2h").code == 2


def test_the_inbox_of_an_invented_person_shows_the_link(run: Run, scenario_world: ScenarioWorld) -> None:
    person = scenario_world.person().signs_up()
    (mail,) = run("sandbox", "inbox", person.address, "--json").json_lines
    assert mail["links"] == [person.newest_link()]
    assert person.newest_link() in run("sandbox", "inbox", person.address, "1").out
    listed = run("sandbox", "inbox", person.address)
    assert person.newest_link() not in listed.out
    assert mail["subject"] in listed.out
    assert "/webmail/" in listed.out
    assert "dossier" not in listed.out
    junk = f"{person.address}.fr"
    deliver(scenario_world.maildir, junk, "", b"Subject: Promotion\r\n\r\nx", folder="Courrier indésirable")
    for argv in ((junk,), (junk, "1")):
        assert "dossier «\xa0Courrier indésirable\xa0»" in run("sandbox", "inbox", *argv).out
    assert run("sandbox", "inbox", junk, "--json").json_lines[0]["folder"] == "Courrier indésirable"
    assert run("sandbox", "inbox", person.address, "2").code == 2
    assert run("sandbox", "inbox", "personne@nulle.part").code == 3
    assert run("sandbox", "inbox", "../../etc").code == 3


def test_the_people_of_the_sandbox_can_be_read(run: Run) -> None:
    people = run("sandbox", "people", "--json").json_lines
    assert {"key", "what", "nir", "birth_date", "postcode", "address", "file"} <= set(people[0])
    assert people[0]["nir"] in run("sandbox", "people").out
    english = run("--lang", "en", "sandbox", "people", "--json").json_lines
    assert [one["what"] for one in english if one in people] == []
    assert english[0]["what"] == "confirmation mail sent 3 days ago, link live"


def test_one_person_is_shown_with_what_she_says_for_both_levels(run: Run) -> None:
    told = run("sandbox", "people", "closed_day_25").out
    assert [fact for fact in ("02/06/1955", "4821", "Marchand", "09/2026") if fact not in told] == []
    assert len(told.splitlines()) == 3
    assert re.search(r"niveau 2\s*: compte bancaire 4821 · carte 8025\d+ · médecin Marchand · dernier", told)
    assert run("sandbox", "people", "nobody").code == 3


def test_without_a_running_sandbox_the_commands_say_how_to_start_one(run: Run, home: Path) -> None:
    for argv in (["sandbox", "clock"], ["sandbox", "inbox", "a@b.fr"], ["--demo", "cases"]):
        result = run(*argv)
        assert result.code == 4
        assert "ameli-support demo" in result.err.replace("\u00a0", " ")
    nothing_set = run("cases")
    assert nothing_set.code == 7
    assert "ameli-support demo" in nothing_set.err


def test_reset_deletes_the_demos_folder_but_not_under_a_running_one(
    run: Run, scenario_world: ScenarioWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("sandbox", "reset", "--yes").code == 1
    monkeypatch.setenv("AMELI_HOME", str(tmp_path))
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "sandbox.db").write_text("old")
    assert run("sandbox", "reset", typed="non\n").code == 130
    assert (tmp_path / "demo").exists()
    assert run("sandbox", "reset", typed="oui\n").code == 0
    assert os.listdir(tmp_path) == []


def test_without_the_extra_the_sandbox_says_how_to_install_it(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ameli_support.sandbox", None)
    result = run("sandbox", "serve")
    assert result.code == 7
    assert "ameli-support[sandbox]" in result.err

"""A call by command, as a person reads it and as a program does; every error has its exit code."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from ameli_support.accounts.contract import Problem, ProblemType
from ameli_support.casework import errors
from ameli_support.casework.case import Missing
from ameli_support.cli.calls import as_command_error
from ameli_support.cli.find import purpose_of
from ameli_support.onboarding.acts import Reason
from tests.cli.conftest import Result, Run
from tests.scenarios.world import Person, ScenarioWorld

LEVEL_1 = "nir={nir}\nname=Dubois\nbirth_date=24/08/1962\npostcode=38000\n"


@pytest.fixture
def person(scenario_world: ScenarioWorld) -> Person:
    """Somebody whose first mail is there."""
    return scenario_world.person().signs_up()


@pytest.fixture
def demo(run: Run, person: Person) -> Callable[..., Result]:
    """Runs a command in the demo."""
    return lambda *argv, **how: run("--demo", *argv, **how)


def test_a_whole_call_reads_in_french(demo: Callable[..., Result], person: Person) -> None:
    found = demo("find", given=person.nir)
    assert "personnes et mails inventés" in found.err
    case = re.search(r"dossier n° (\d+)", found.out.replace("\u00a0", " "))
    assert case, found
    here = ("--case", case[1])

    before = demo("status", *here).out
    assert "Dubois" not in before
    assert "DUBOIS" not in before  # nobody is named before level 1

    checked = demo("verify", *here, "--speaker", "self", given=LEVEL_1.format(nir=person.nir))
    assert "√ Niveau 1 atteint." in checked.out
    picture = demo("status", *here).out.replace("\u00a0", " ")
    for part in (
        "● En attente à l’étape 6",
        "► Confirmation",
        "Sur son écran :",
        "À dire :",
        "Vous pouvez :",
    ):
        assert part in picture
    assert person.address not in picture
    assert person.nir not in picture

    sent = demo("resend", *here, given=person.address).out.replace("\u00a0", " ")
    assert "√ Renvoi demandé à" in sent
    assert "Le mail est en file d’attente." in sent
    again = demo("resend", *here, given=person.address)
    assert again.code == 1
    assert "encore" in again.err or "dans" in again.err

    assert demo("note", *here, given="rappellera demain").code == 0
    closed = demo("close", *here)
    assert closed.code == 0, closed
    assert "attend la personne" in closed.out
    history = demo("case", case[1]).out
    assert "Notes" in history
    for secret in (person.nir, person.address, person.newest_link()):
        assert secret not in history
    assert any(f"n° {case[1]} " in line.replace("\u00a0", " ") for line in demo("cases").out.splitlines())


def test_the_same_call_in_english_has_no_french_left(run: Run, person: Person) -> None:
    def demo(*argv: str, given: str = "") -> Result:
        return run("--demo", "--lang", "en", *argv, given=given)

    case = str(demo("find", "--json", given=person.nir).json["case"])
    here = ("--case", case)
    told = [
        demo("verify", *here, "--speaker", "self", given=LEVEL_1.format(nir=person.nir)),
        demo("status", *here),
        demo("resend", *here, given=person.address),
        demo("resend", *here, given=person.address),
        demo("close", *here),
        demo("case", case),
        demo("cases"),
    ]
    text = "\n".join(result.out + result.err for result in told)
    # the names of the person's own buttons stay as on their screen
    text = re.sub(r"\[[^\]]*\]|“[^”]*”|Votre Assurance Maladie", "", text)
    assert not re.search(r"[àâçéèêîôûœ«»]|\b(le|la|les|des|une|pour|avec|dossier)\b", text), text


def test_json_of_status_has_what_the_issue_names(demo: Callable[..., Result], person: Person) -> None:
    case = str(demo("find", "--json", given=person.nir).json["case"])
    named = {"phase", "step", "route", "link", "window_closes_at", "as_of", "allowed", "sends"}
    assert named <= set(demo("status", "--case", case, "--json").json)
    demo("verify", "--case", case, "--speaker", "self", given=LEVEL_1.format(nir=person.nir))
    view = demo("status", "--case", case, "--json").json
    assert named <= set(view)
    assert set(view["link"]) == {"generation", "issued_at", "expires_at"}
    assert all(v["allowed"] or v["reason"] for v in view["allowed"].values())
    two = demo("status", "-", "--json", given=f"{case}\n{case}\n").json_lines
    assert [item["case"] for item in two] == [int(case)] * 2


def test_several_matches_list_nobody_and_ask_for_one_more_fact(
    demo: Callable[..., Result], scenario_world: ScenarioWorld
) -> None:
    for _twin in range(2):
        scenario_world.person(birth_name="CHABERT", used_name=None, birth_date="1950-01-02")
    scenario_world.person(birth_name="CHABERT", used_name=None, birth_date="1950-01-02", postcode="38190")
    result = demo("find", "--json", given="name=Chabert\nbirth_date=02/01/1950\n")
    assert result.code == 3
    assert (result.json["matches"], result.json["case"]) == (3, None)
    assert "3" in demo("find", given="Chabert 02/01/1950").out
    asked = demo("find", typed="Chabert 02/01/1950\n38190\n")
    assert asked.code == 0, asked


def test_find_reads_one_search_a_line(demo: Callable[..., Result], person: Person) -> None:
    result = demo("find", "-", "--json", given=f"{person.nir}\nn’importe quoi @\n9900000000000\n")
    assert [item.get("case") is not None for item in result.json_lines] == [True, False, False]
    assert result.code in (2, 3)


def test_a_call_without_a_record_stays_at_level_0(demo: Callable[..., Result], person: Person) -> None:
    opened = demo("find", "--no-record", "--json")
    case = str(opened.json["case"])
    assert demo("status", "--case", case).code == 0
    refused = demo("close", "--case", case, "--outcome", "advice", "--cause", "none", "--json")
    if refused.code:  # level 0 is chosen first
        assert refused.json["missing"] == ["caller_check"]
        assert demo("verify", "--case", case, "--level", "0", "--speaker", "self").code == 0
        refused = demo("close", "--case", case, "--outcome", "advice", "--cause", "none", "--json")
    assert refused.code == 0


def test_on_a_terminal_the_facts_are_asked_one_by_one(demo: Callable[..., Result], person: Person) -> None:
    case = str(demo("find", "--json", typed=f"{person.nir}\n").json["case"])
    typed = f"self\n{person.nir}\nDubois\n24/08/1962\n38000\n"
    result = demo("verify", "--case", case, typed=typed)
    assert result.code == 0, result
    assert "Code postal" in result.err
    assert person.nir not in result.out + result.err


def test_a_mismatch_never_says_which_answer_was_wrong(demo: Callable[..., Result], person: Person) -> None:
    case = str(demo("find", "--json", given=person.nir).json["case"])
    wrong = LEVEL_1.format(nir=person.nir).replace("38000", "69000")
    for form in ("--json", "--direction=incoming"):
        result = demo("verify", "--case", case, "--speaker", "self", form, given=wrong)
        assert result.code == 1
        assert not re.search("postcode|postal|match", result.out)
    events = demo("case", case, "--json").out
    assert "no_match" not in events


def test_what_a_supervisor_reads_needs_a_purpose(run: Run, person: Person) -> None:
    role = ("--demo", "--role", "supervisor")
    assert run(*role, "find", given="").code == 2
    found = run(*role, "find", "--json", given=f"purpose=réclamation\n{person.nir}\n")
    assert found.code == 0
    case = str(found.json["case"])
    assert run(*role, "status", "--case", case, "--json").json["phase"] == "live"
    told = run(*role, "find", given=f"case={case} purpose=suivi d’un dossier")
    assert (told.code, f"status --case {case}" in told.out) == (0, True)
    for given in (f"purpose=suivi case={case}", f"case={case}\npurpose=suivi", f"suivi\n{case}"):
        assert run(*role, "find", "--json", given=given).json["case"] == int(case), given
    for given in (f"case={case}", "purpose=", "purpose=suivi"):
        assert run(*role, "find", given=given).code == 2, given


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["purpose=réclamation", "262"], ("réclamation", [])),
        (["réclamation", "262"], ("réclamation", [])),
        (["case=3 purpose=suivi d’un dossier"], ("suivi d’un dossier", ["3"])),
        (["purpose=suivi case=3"], ("suivi", ["3"])),
        (["case=3", "purpose=suivi"], ("suivi", ["case=3"])),
        (["Dubois birth_date=24/08/1962 purpose=suivi"], ("suivi", ["Dubois 24/08/1962"])),
    ],
)
def test_a_supervisors_purpose_is_told_apart_wherever_it_stands(
    lines: list[str], told: tuple[str, list[str]]
) -> None:
    assert purpose_of(iter(lines)) == told


def test_hand_over_and_reassign(run: Run, person: Person) -> None:
    case = str(run("--demo", "find", "--json", given=person.nir).json["case"])
    assert run("--demo", "hand-over", "--case", case, "--to", "0512", given="à suivre").code == 0
    refused = run("--demo", "reassign", "--case", case, "--to", "0427", given="absence")
    assert refused.code == 6
    role = ("--demo", "--role", "supervisor")
    assert run(*role, "reassign", "--case", case, "--to", "0427", given="absence").code == 0
    assert run("--demo", "case", case, "--json").json["row"]["owner"] == "0427"


def test_an_act_is_confirmed_on_a_terminal_and_can_be_left(
    demo: Callable[..., Result], person: Person
) -> None:
    case = str(demo("find", "--json", given=person.nir).json["case"])
    demo("verify", "--case", case, "--level", "0", "--speaker", "self")
    left = demo("suspend", "--case", case, typed="ce n’est pas moi\nnon\n")
    assert left.code == 130
    assert "Suspendre" in left.err
    done = demo("suspend", "--case", case, typed="ce n’est pas moi\noui\n")
    assert done.code == 0, done


def test_a_service_that_is_gone_is_exit_code_4(
    run: Run, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ameli_support.accounts.client import AccountsClient
    from ameli_support.accounts.errors import Kind, ServiceDown

    def gone(*_arguments: object, **_named: object) -> None:
        raise ServiceDown(Kind.REFUSED)

    monkeypatch.setattr(AccountsClient, "search", gone)
    result = run("--demo", "find", "--json", given=person.nir)
    assert result.code == 4
    assert result.json["kind"] == "service_cut"


def _refused(kind: ProblemType, reason: Reason | None = None) -> errors.ActRefused:
    problem = Problem(type=f"urn:ameli-support:problem:{kind}", title="x", status=409, reason=reason)
    return errors.ActRefused("x", reason=reason, problem=problem)


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (errors.NotAllowed("x"), 6, "not_allowed"),
        (errors.NoSuchCase("x"), 3, "no_such_case"),
        (errors.PurposeMissing("x"), 2, "purpose_missing"),
        (errors.SpeakerFirst("x"), 1, "speaker_first"),
        (errors.NotInCall("x"), 1, "not_in_call"),
        (errors.ServiceCut("x", "refused"), 4, "service_cut"),
        (errors.ActUnknown("x", "key"), 5, "act_unknown"),
        (errors.GateClosed("x", [Missing.CAUSE]), 1, "gate_closed"),
        (errors.Conflict("x", []), 1, "conflict"),
        (_refused(ProblemType.COOLDOWN, Reason.COOLDOWN), 1, "refused"),
        (_refused(ProblemType.NOT_FOUND), 3, "refused"),
        (_refused(ProblemType.FORBIDDEN_ROLE, Reason.FORBIDDEN_ROLE), 6, "refused"),
        (errors.DeskError("x"), 1, "error"),
    ],
)
def test_every_error_of_the_desk_has_its_exit_code(error: errors.DeskError, code: int, kind: str) -> None:
    told = as_command_error(error)
    assert (told.code, told.details["kind"]) == (code, kind)


def test_a_contact_that_is_over_is_told_with_the_command_that_reopens_it() -> None:
    assert "ameli-support find" in str(as_command_error(errors.NotInCall("x.")))


def test_a_missing_code_is_told_with_the_codes_there_are(run: Run) -> None:
    told = run("--demo", "reissue", "--case", "1")
    assert told.code == 2
    assert "clicked_too_late" in told.err


def test_a_program_calls_from_another_process(person: Person) -> None:
    def program(*argv: str, given: str = "") -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "ameli_support", "--demo", *argv, "--json"],
            input=given,
            capture_output=True,
            text=True,
            env=dict(os.environ),
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    case = str(program("find", given=person.nir)["case"])
    checked = program("verify", "--case", case, "--speaker", "self", given=LEVEL_1.format(nir=person.nir))
    assert checked["level"] == 1
    assert program("status", "--case", case)["phase"] == "live"

"""Roles, the agents file and the PIN (rules §8; issue 2 §6)."""

import os
from itertools import product
from pathlib import Path

import pytest

from ameli_support.casework import permissions, pins
from ameli_support.casework.permissions import (
    ALLOWED,
    Action,
    AgentsFileError,
    CaseFacts,
    Me,
    load_identity,
    may,
)
from ameli_support.casework.pins import PinBook, PinRefused, new_pin
from ameli_support.onboarding.acts import Act
from ameli_support.onboarding.identity import Role

AGENT = Me("0427", Role.AGENT, ("381",))
ADMINISTRATOR = Me("0001", Role.ADMINISTRATOR, ("381",))
FILE = """
[users.camille]
agent = "0427"
name = "Camille"
role = "agent"
funds = ["381"]
token_file = "camille.jwt"
"""


def test_every_role_has_its_line_and_everything_else_is_refused() -> None:
    assert set(ALLOWED) == set(Role)
    for role, action in product(Role, Action):
        refusal = may(Me("1", role, ("381",)), action)
        assert (refusal is None) is (action in ALLOWED[role])


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.AGENT, {Act.RESEND, Act.REISSUE, Act.CORRECT, Act.SUSPEND}),
        (Role.HANDLER, {Act.RESEND, Act.REISSUE, Act.CORRECT, Act.SUSPEND}),
        (Role.SUPERVISOR, set(Act)),
        (Role.ADMINISTRATOR, set()),
    ],
)
def test_acts_by_role(role: Role, acts: set[Act]) -> None:
    """The supervisor's re-send, reissue and correction are for restricted records: the service decides."""
    assert {act for act in Act if may(Me("1", role, ("381",)), Action(act.value)) is None} == acts


def test_a_case_of_another_fund_is_shut() -> None:
    assert may(AGENT, Action.NOTE, CaseFacts("0427", "381")) is None
    assert may(AGENT, Action.NOTE, CaseFacts("0427", "691")) is not None
    assert may(AGENT, Action.NOTE, CaseFacts("0427", None)) is None


def test_handing_over_is_for_the_owner_or_who_is_in_the_call() -> None:
    assert may(AGENT, Action.HAND_OVER, CaseFacts("0999", "381")) is not None
    assert may(AGENT, Action.HAND_OVER, CaseFacts("0999", "381", in_call=True)) is None
    assert may(AGENT, Action.HAND_OVER, CaseFacts("0427", "381")) is None


def agents_file(folder: Path, text: str = FILE) -> Path:
    file = folder / "agents.toml"
    file.write_text(text)
    (folder / "camille.jwt").write_text("a.b.c\n")
    return file


def test_the_file_says_who_the_systems_user_is(tmp_path: Path) -> None:
    identity = load_identity(agents_file(tmp_path), "camille", demo=True)
    assert identity.me == Me("0427", Role.AGENT, ("381",), "Camille")
    assert identity.token() == "a.b.c"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[users]",
        "users = 3",
        "not toml [",
        FILE.replace('"agent"', '"boss"'),
        FILE.replace('["381"]', "[]"),
        FILE.replace('["381"]', '"381"'),
        FILE.replace('agent = "0427"', "agent = 427"),
        FILE.replace("token_file", "token"),
        FILE.replace("camille]", "other]"),
    ],
)
def test_a_file_that_does_not_say_it_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(AgentsFileError) as refused:
        load_identity(agents_file(tmp_path, text), "camille", demo=True)
    assert refused.value.sentence.endswith(".")


def test_a_missing_file_or_token_is_told(tmp_path: Path) -> None:
    with pytest.raises(AgentsFileError, match="n’existe pas"):
        load_identity(tmp_path / "none.toml", "camille", demo=True)
    file = agents_file(tmp_path)
    (tmp_path / "camille.jwt").unlink()
    with pytest.raises(AgentsFileError, match="jeton"):
        load_identity(file, "camille", demo=True).token()


def test_outside_the_demo_a_file_that_one_can_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AgentsFileError, match="modifié par vous"):
        load_identity(agents_file(tmp_path), "camille")


def test_a_file_of_the_administrator_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = agents_file(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    assert load_identity(file, "camille").me.agent == "0427"
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid)
    with pytest.raises(AgentsFileError):
        load_identity(file, "camille")


@pytest.mark.parametrize("up", [0, 1, 2])
def test_a_file_whose_way_there_one_can_change_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, up: int
) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    file = agents_file(folder)
    writable = [folder, *folder.parents][up]
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) == writable)
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    with pytest.raises(AgentsFileError, match="modifié par vous"):
        load_identity(file, "camille")
    if up:
        writable.chmod(0o1777)  # sticky, as /tmp is: nobody replaces another's entries there
        assert load_identity(file, "camille").me.agent == "0427"


def test_a_link_to_the_file_that_one_can_change_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, mine = tmp_path / "kept", tmp_path / "mine"
    kept.mkdir()
    mine.mkdir()
    link = mine / "agents.toml"
    link.symlink_to(agents_file(kept))
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) == mine)
    monkeypatch.setattr(os, "geteuid", lambda: kept.stat().st_uid + 1)
    with pytest.raises(AgentsFileError, match="modifié par vous"):
        load_identity(link, "camille")


def test_nobodys_identity_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME", "AMELI_AGENT"):
        monkeypatch.setenv(name, "camille")
    assert permissions.system_user() != "camille"


# ── PIN ─────────────────────────────────────────────────────────────────────


def test_the_administrator_sets_a_pin_that_then_unlocks(tmp_path: Path) -> None:
    book = PinBook(tmp_path / "pins.toml")
    assert not book.is_set("0427")
    book.set(ADMINISTRATOR, "0427", "820451")
    assert book.is_set("0427")
    assert book.verify("0427", "820451")
    assert not book.verify("0427", "820452")
    assert not book.verify("0999", "820451")
    text = book.file.read_text()
    assert "$argon2id$" in text
    assert "820451" not in text


def test_only_the_administrator_sets_pins(tmp_path: Path) -> None:
    with pytest.raises(PinRefused):
        PinBook(tmp_path / "pins.toml").set(AGENT, "0427", "820451")


@pytest.mark.parametrize(
    "pin", ["", "12", "820 451", "abcdef", "111111", "123456", "987654", "1" * 13, "٣٤٥٦٧٨"]
)
def test_a_pin_that_is_no_good_is_refused(tmp_path: Path, pin: str) -> None:
    with pytest.raises(PinRefused):
        PinBook(tmp_path / "pins.toml").force("0427", pin)


def test_after_five_wrong_ones_one_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(pins, "monotonic", lambda: now[0])
    book = PinBook(tmp_path / "pins.toml")
    book.force("0427", "820451")
    for _try in range(pins.TRIES):
        assert not book.verify("0427", "000001")
    with pytest.raises(PinRefused, match="attendez"):
        book.verify("0427", "820451")
    now[0] += pins.PAUSE_SECONDS + 1
    assert book.verify("0427", "820451")


def test_the_demos_pins_are_good_ones(tmp_path: Path) -> None:
    book = PinBook(tmp_path / "pins.toml")
    pin = new_pin()
    book.force("0427", pin)
    assert book.verify("0427", pin)

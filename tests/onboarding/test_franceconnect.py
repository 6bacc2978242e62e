"""The codes that FranceConnect shows to callers: every one has its meaning, what to say and what to do."""

import re

import pytest

from ameli_support.onboarding.franceconnect import read_code, refusal
from ameli_support.sandbox.franceconnect.refusing import MANNERS
from tests.onboarding.model import P
from tests.onboarding.test_words import LANGUAGES, rows

LISTED = P.names("refusals")
# facts §1.5, one of each range
OF_THE_FACTS = [
    *("Y010004", "Y010006", "Y010007", "Y010008", "Y010009", "Y010013", "Y010011", "Y010012", "Y010015"),
    *("Y020017", "Y020019", "Y020022", "Y020026", "Y020027", "Y030007", "Y030030", "Y100011", "Y180001"),
    *("Y190001", "Y190013", "Y270001", "Y420001", "Y420002", "Y470001", "Y470004", "Y510001", "Y510002"),
    *("Y04108D", "Y041FDE", "Y100019"),
]


@pytest.mark.parametrize("code", OF_THE_FACTS)
def test_every_code_of_the_facts_is_explained(code: str) -> None:
    found = refusal(code, P)
    assert found.code == code
    assert found.known
    assert found.meaning != P.text("refusals.unknown.meaning")


@pytest.mark.parametrize("code", MANNERS)
def test_every_code_of_the_sandbox_is_explained(code: str) -> None:
    assert refusal(code, P).known


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LISTED)
def test_what_to_say_fits_the_screen(name: str, language: str) -> None:
    set_out = rows(P.lines(f"refusals.{name}.say", language))
    assert len(set_out) <= 5, set_out
    assert max(map(len, set_out)) <= 57
    for part in ("meaning", "say", "do"):
        for line in P.lines(f"refusals.{name}.{part}", language):
            assert re.search(r"[.?!]$", line), line


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Y010004", "Y010004"),
        ("y 01 00 04", "Y010004"),
        ("YO1OOO4", "Y010004"),
        ("010004", "Y010004"),
        ("Y-01.00:04", "Y010004"),
        (" y04108d ", "Y04108D"),
        ("Y01000", None),
        ("Y0100041", None),
        ("X010004", None),
        ("Y01000G", None),
        ("", None),
    ],
)
def test_a_code_is_read_as_it_is_said(typed: str, code: str | None) -> None:
    assert read_code(typed) == code


def test_the_exact_code_goes_before_its_family() -> None:
    assert refusal("Y010015", P).meaning != refusal("Y010099", P).meaning
    assert refusal("Y010099", P).meaning == P.text("refusals.Y01xxxx.meaning")
    assert refusal("Y190007", P).say == P.lines("refusals.Y19xxxx.say")


@pytest.mark.parametrize("typed", ["Y990001", "unknown", "Y", "zz", "Yxxxxxx"])
def test_what_is_not_listed_gets_a_sentence(typed: str) -> None:
    found = refusal(typed, P)
    assert not found.known
    assert found.code == typed
    assert found.meaning == P.text("refusals.unknown.meaning")


def test_it_is_told_in_english_too() -> None:
    french, english = (refusal("Y190001", P, language) for language in LANGUAGES)
    assert french.code == english.code
    assert french.meaning != english.meaning
    assert french.say != english.say
    assert french.do != english.do


def test_the_death_is_never_said_to_the_caller() -> None:
    for language in LANGUAGES:
        said = " ".join(refusal("Y010015", P, language).say)
        assert not re.search(r"décéd|décès|mort|die|dead|death|état civil|civil register", said), said

"""Addresses as they are said, pasted and slipped: what they become, what is wrong with them, what is told."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.i18n import set_language
from ameli_support.mail.addresses import AddressReading, read_address
from ameli_support.mail.cleaning import Step, clean
from ameli_support.mail.recipient import is_sendable
from ameli_support.mail.syntax import Syntax, sentence
from tests.mail import address_data


@pytest.mark.parametrize(("heard", "address"), address_data.dictated())
def test_what_is_dictated_or_pasted_becomes_the_address(heard: str, address: str) -> None:
    reading = read_address(heard)
    assert reading.cleaned == address
    assert reading.syntax is Syntax.VALID
    assert reading.input == heard


@pytest.mark.parametrize(("_heard", "address"), address_data.dictated())
def test_a_clean_address_is_left_alone(_heard: str, address: str) -> None:
    assert clean(address).text == address
    assert clean(address).steps == ()


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("", Syntax.EMPTY),
        ("   ", Syntax.EMPTY),
        ("jean.dupont", Syntax.NO_AT),
        ("a@b@c.fr", Syntax.SEVERAL_AT),
        ("@orange.fr", Syntax.NO_LOCAL),
        ("jean@", Syntax.NO_DOMAIN),
        ("jean@orange", Syntax.NO_DOT),
        ("jean..dupont@orange.fr", Syntax.DOUBLE_DOT),
        ("jean.@orange.fr", Syntax.DOT_AT_EDGE),
        ("je(an@orange.fr", Syntax.LOCAL_CHARACTER),
        ("jean@oran_ge.fr", Syntax.DOMAIN_CHARACTER),
        ("jean@-orange.fr", Syntax.DOMAIN_CHARACTER),
        ("jean@192.168.1.1", Syntax.OTHER),
        ("jean@maison.local", Syntax.RESERVED),
        ("j" * 65 + "@orange.fr", Syntax.TOO_LONG),
        ("j@" + "o" * 64 + ".fr", Syntax.TOO_LONG),
        ("x" * 2000 + "@orange.fr", Syntax.TOO_LONG),
    ],
)
def test_what_is_wrong_is_said_by_its_reason(typed: str, verdict: Syntax) -> None:
    reading = read_address(typed)
    assert reading.syntax is verdict
    assert verdict.value in [note.code for note in reading.notes()]


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("jean@gmial.com", "jean@gmail.com"),
        ("jean point dupont arobase ornage point fr", "jean.dupont@orange.fr"),
        ("jean.dupont.orange.fr", "jean.dupont@orange.fr"),
        ("jeandupontgmail.com", "jeandupont@gmail.com"),
        ("jean.dupont#gmail.com", "jean.dupont@gmail.com"),
        ("jean.dupont.gmial.com", "jean.dupont@gmail.com"),
        ("jean@orange", "jean@orange.fr"),
        ("jean..dupont@orange.fr", "jean.dupont@orange.fr"),
        ("jean.@ornage.fr", "jean@orange.fr"),
        ("www.jean@orange.fr", "jean@orange.fr"),
        ("jean@la-poste.net", "jean@laposte.net"),
        ("jean@orange.fr", None),
        ("jean@dupont.fr", None),
        ("jean", None),
        ("@gmial.com", None),
        ("orange.fr", None),
    ],
)
def test_what_is_suggested_is_a_whole_address_to_ask_about(typed: str, suggestion: str | None) -> None:
    assert read_address(typed).suggestion == suggestion


def read(typed: str) -> tuple[AddressReading, list[str]]:
    reading = read_address(typed)
    return reading, [note.code for note in reading.notes()]


def test_an_ordinary_address_has_nothing_to_tell() -> None:
    reading, codes = read("jean.dupont@orange.fr")
    assert (reading.known_domain, reading.disposable, codes) == (True, False, [])
    assert reading.family is not None
    assert reading.family.key == "orange"


def test_domains_apart_are_told() -> None:
    assert read("jean@orange.com")[1] == ["staff", "suggestion"]
    assert read("jean@gmail.fr")[1] == ["no_mail", "suggestion"]
    assert read("jean@voila.fr")[1] == ["closed"]
    assert read("jean@noos.fr")[1] == ["former"]


def test_a_typo_is_never_called_a_throw_away() -> None:
    assert read("jean@gmial.com")[1] == ["suggestion"]
    assert read("jean@yopmail.com")[1] == ["disposable"]


def test_the_family_of_an_unknown_domain_comes_from_its_mx_and_a_gateway_is_told() -> None:
    reading = read_address("jean@dupont.fr").with_mx(("mx1.mailinblack.com",))
    assert reading.family is not None
    assert [note.code for note in reading.notes()] == ["gateway"]
    named = read_address("jean@orange.fr").with_mx(("mx1.mailinblack.com",))
    assert named.family is not None
    assert named.family.key == "orange"


def test_changes_are_told_but_not_spaces_and_capitals() -> None:
    assert read(" Jean@Orange.FR ")[1] == []
    assert read("hélène@orange.fr")[1] == ["accents"]
    assert read("jean&é@orange.fr")[1] == ["azerty"]
    assert read("jean@orange.fr@orange.fr")[1] == ["repeated"]
    assert clean("jean @orange.fr").steps == (Step.SPACES,)


def test_a_sentence_around_an_address_leaves_the_address() -> None:
    assert clean("Jean Dupont jean.dupont@orange.fr").text == "jean.dupont@orange.fr"
    assert clean("voici mon adresse, jean.dupont@orange.fr. merci").text == "jean.dupont@orange.fr"


def test_every_sentence_is_there_in_both_languages() -> None:
    french = {sentence(verdict) for verdict in Syntax}
    set_language("en")
    try:
        english = {sentence(verdict) for verdict in Syntax}
    finally:
        set_language("fr")
    assert len(french) == len(english) == len(Syntax)
    assert not french & english


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    reading = read_address(text)
    reading.notes()
    if reading.syntax is Syntax.VALID and reading.cleaned.isascii():
        assert is_sendable(reading.cleaned)


SHAPED = st.lists(
    st.sampled_from(
        ["jean", "dupont", "@", ".", " ", "arobase", "point", "tiret", "à", "é", "<", ">", "(", ")",
         "mailto:", "?", "%40", "orange", "fr", "gmail", ",", ";", '"', "'", "-", "_",
         "\u00a0", "\u200b", "\ud800", "＠", "at", "[", "]"]
    ),
    max_size=40,
)  # fmt: skip


@given(SHAPED)
def test_pieces_of_addresses_in_any_order_raise_nothing_and_settle(pieces: list[str]) -> None:
    once = clean("".join(pieces)).text
    assert read_address(once).suggestion != once
    assert once == once.strip().lower()


@pytest.mark.parametrize(
    "piece", ["a", "@", ".", "<", "a@", "(at)", "point ", "à", "&é", "mailto:", "-", "é", "<a@", "tiret du "]
)
def test_a_long_hostile_text_takes_no_time(piece: str) -> None:
    begun = time.perf_counter()
    read_address(piece * 200_000)
    read_address((piece * 400)[:999])
    assert time.perf_counter() - begun < 0.5

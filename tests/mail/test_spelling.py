"""Spelling aloud: what is said letter by letter becomes the address, and words that spell nothing stay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.mail.cleaning import Step, clean
from ameli_support.mail.spelling import spelt, with_digits

SPOKEN = [
    ("J comme Julie, point, D comme Dupont, u, p, o, n, t, arobase, orange point fr", "j.dupont@orange.fr"),
    ("j comme julie u l i e point martin arobase gmail point com", "julie.martin@gmail.com"),
    ("marie tiret du six claire arobase laposte point net", "marie-claire@laposte.net"),
    ("m a r i e tiret du milieu claire arrobase laposte point net", "marie-claire@laposte.net"),
    ("jean underscore paul soixante-quinze arobase neuf point fr", "jean_paul75@neuf.fr"),
    ("jean tiret du bas paul quatre vingt douze arobase sfr point fr", "jean_paul92@sfr.fr"),
    ("p comme Paul i e deux r e point d u r a n d arobase hotmail point fr", "pierre.durand@hotmail.fr"),
    ("a double n e point l e double f e v r e arobase free point fr", "anne.leffevre@free.fr"),
    (
        "f comme François, r comme Romain, é accent aigu, d, 7, 4, arobase, yahoo, point, fr",
        "fred74@yahoo.fr",
    ),
    ("a n d r e accent aigu arobase orange point fr", "andre@orange.fr"),
    ("l c cédille a arobase bbox point fr", "lca@bbox.fr"),
    ("double v i grec arobase free point fr", "wy@free.fr"),
    ("alors c'est j comme julie puis dupont arobase orange point fr", "jdupont@orange.fr"),
    ("j majuscule comme Jean, dupont, tout attaché, arobase, free, point, fr", "jdupont@free.fr"),
    ("S comme Françoise a m arobase live point fr", "sam@live.fr"),
    ("marc dix neuf cent arobase wanadoo point fr", "marc19cent@wanadoo.fr"),
    ("jean point septante et un arobase skynet point be", "jean.71@skynet.be"),
    ("vingt et un arobase free point fr", "21@free.fr"),
    ("m a r t i n espace un deux trois arobase gmail point com", "martin123@gmail.com"),
    ("j pour Jérôme point b pour Bernard a commercial icloud point com", "j.b@icloud.com"),
]


@pytest.mark.parametrize(("heard", "address"), SPOKEN)
def test_what_is_spelt_aloud_becomes_the_address_and_is_told(heard: str, address: str) -> None:
    cleaned = clean(heard)
    assert cleaned.text == address
    assert Step.DICTATED in cleaned.steps


@pytest.mark.parametrize(
    "text",
    [
        "pour.toi@free.fr",
        "comme.avant@orange.fr",
        "deux.l@free.fr",
        "double-v@sfr.fr",
        "jean.neuf@neuf.fr",
        "puis@free.fr",
        "un@laposte.net",
    ],
)
def test_an_address_that_was_typed_is_left_alone(text: str) -> None:
    assert clean(text).text == text


def test_words_of_a_provider_are_no_numbers() -> None:
    assert clean("paul arobase neuf point fr").text == "paul@neuf.fr"
    assert with_digits("jean quatre-vingt-dix-sept") == "jean 97"
    assert spelt("pour toi") == "pour toi"


@given(st.text(st.sampled_from("abcdeéç @.-', \n09"), max_size=300))
def test_nothing_that_is_said_breaks_the_reading(text: str) -> None:
    assert isinstance(clean(text).text, str)


def test_no_text_makes_it_slow() -> None:
    began = time.perf_counter()
    for text in (
        "a comme " * 500,
        "double " * 500,
        "e accent aigu " * 300,
        "vingt et " * 400 + "arobase",
        "a " * 2000,
    ):
        clean(text)
    assert time.perf_counter() - began < 2

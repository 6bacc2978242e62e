"""Rules §5: the document's five rules on the personal code, told all at once; the indicative strength."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.onboarding.personal_code import CodeRule, failures, strength
from tests.onboarding.model import N, P

NIR = "2620838185123"
BORN = date(1962, 8, 24)


def broken(code: str, nir: str = NIR) -> tuple[CodeRule, ...]:
    return failures(code, nir, BORN, P)


def test_the_code_on_the_documents_picture_passes() -> None:
    assert broken(P.text("pages.personal_code.example")) == ()
    assert P.text("pages.personal_code.example") == "MotdePasse1"


@pytest.mark.parametrize("length", [N.code_min - 1, N.code_min, N.code_max, N.code_max + 1])
def test_the_length_counts_both_ends(length: int) -> None:
    code = "Ab1" + "x" * (length - 3)
    inside = N.code_min <= length <= N.code_max
    assert broken(code) == (() if inside else (CodeRule.LENGTH,))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("motdepasse1", (CodeRule.LETTERS,)),
        ("MOTDEPASSE1", (CodeRule.LETTERS,)),
        ("12345678!", (CodeRule.LETTERS,)),
        ("MotdePasse", (CodeRule.DIGIT_OR_SPECIAL,)),
        ("MotdePasse!", ()),
        ("MotdePasse~", ()),
        ("MotdePasse`", ()),
        ("MotdePasse 1", (CodeRule.AUTHORISED,)),
        ("MotdePassé1", (CodeRule.AUTHORISED,)),
        ("MotdePassé", (CodeRule.DIGIT_OR_SPECIAL, CodeRule.AUTHORISED)),
        ("ÉtéÉtéÉt", tuple(CodeRule)[1:4]),
        ("", (CodeRule.LENGTH, CodeRule.LETTERS, CodeRule.DIGIT_OR_SPECIAL)),
        ("é", tuple(CodeRule)[:4]),
        ("é 1962", (CodeRule.LENGTH, CodeRule.LETTERS, CodeRule.AUTHORISED, CodeRule.PERSONAL_DATA)),
    ],
)
def test_all_failed_rules_are_told_in_the_documents_order(code: str, expected: tuple[CodeRule, ...]) -> None:
    assert broken(code) == expected


@pytest.mark.parametrize(
    "part",
    [
        *("24081962", "240862", "19620824", "620824", "081962", "196208", "2408", "0824", "1962"),
        *("24/08/1962", "24-08-62", "1962.08.24", "62-08/24", "08/1962", "1962-08", "24/08", "08.24"),
    ],
)
def test_no_part_of_the_birth_date_is_accepted(part: str) -> None:
    assert broken(f"Ab{part}Cd!") == (CodeRule.PERSONAL_DATA,)


@pytest.mark.parametrize("harmless", ["24", "08", "62", "0862", "6208", "24_08", "24//08", "2 408"])
def test_two_digits_or_other_separators_are_no_part_of_it(harmless: str) -> None:
    assert CodeRule.PERSONAL_DATA not in broken(f"Ab{harmless}Cdef!")


@pytest.mark.parametrize("nir", [NIR, NIR + "45", "2 62 08 38 185 123"])
@pytest.mark.parametrize("typed", [NIR, NIR + "45", "2.62.08.38.185.123", "2-62-08-38-185-123"])
def test_the_number_itself_is_refused_with_its_key_and_separators(nir: str, typed: str) -> None:
    assert CodeRule.PERSONAL_DATA in broken(f"Ab{typed}", nir)


def test_the_number_is_compared_without_case_and_a_part_of_it_passes() -> None:
    corsican = "162022A004123"
    assert CodeRule.PERSONAL_DATA in failures("X162022a004123x", corsican, BORN, P)
    assert broken("Ab38185123") == ()


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_strength_never_refuses_and_stays_between_0_and_4(code: str) -> None:
    assert 0 <= strength(code, P) <= len(N.strength_bits) == 4


@pytest.mark.parametrize(
    ("code", "level"),
    [("", 0), ("é", 0), ("aaaaaaaa", 0), ("abcdefgh", 0), ("MotdePasse1", 2), ("Gx7!kQ2#zR9&mW4?", 4)],
)
def test_strength_grows_with_length_and_kinds_of_characters(code: str, level: int) -> None:
    assert strength(code, P) == level


def test_the_rules_are_worded_by_the_document() -> None:
    for rule in CodeRule:
        assert P.cells[f"code_rules.{rule}"].quoted
    for number in (N.code_min, N.code_max):
        assert str(number) in P.text("code_rules.length")

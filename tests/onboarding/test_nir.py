"""Rules §6: reading, checking and masking a number of sécurité sociale (synthetic ones only)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.onboarding.person import (
    NIR_REASONS,
    NirVerdict,
    mask_nir,
    nir_key,
    normalise_nir,
    read_nir,
)
from tests.onboarding.model import P

PLAIN = "2620838185123"


def with_key(nir13: str) -> str:
    return f"{nir13}{nir_key(nir13):02d}"


@pytest.mark.parametrize(
    "typed",
    [
        PLAIN,
        "2 62 08 38 185 123",
        "2\u00a062\u00a008\u00a038\u00a0185\u00a0123",
        "2\u202f62\u202f08\u202f38\u202f185\u202f123",
        "2.62.08.38.185.123",
        "2-62-08-38-185-123",
        "2‑62‐08\t38 185 123\n",
    ],
)
def test_separators_are_dropped(typed: str) -> None:
    reading = read_nir(typed)
    assert (reading.normalised, reading.verdict, reading.reason) == (PLAIN, NirVerdict.VALID, None)
    assert reading.input == typed
    assert reading.nir13 == PLAIN


# the letters of Corsica count as 19 and 18; keys worked out by hand: 97 - (number mod 97)
@pytest.mark.parametrize(
    ("nir13", "key"),
    [
        ("2620838185123", 97 - 2620838185123 % 97),
        ("162022A004123", 97 - 1620219004123 % 97),
        ("162022B050123", 97 - 1620218050123 % 97),
        ("1000100000000", 97 - 1000100000000 % 97),
    ],
)
def test_the_key_is_97_minus_the_remainder(nir13: str, key: int) -> None:
    assert nir_key(nir13) == key
    assert read_nir(f"{nir13}{key:02d}").verdict is NirVerdict.VALID


def test_a_remainder_of_zero_gives_the_key_97() -> None:
    nir13 = next(n for n in (f"26208381850{i:02d}" for i in range(100)) if int(n) % 97 == 0)
    assert nir_key(nir13) == 97
    assert read_nir(with_key(nir13)).verdict is NirVerdict.VALID


@pytest.mark.parametrize("text", ["", "262083818512", "2620838185123 45", "262082C185123", "26208381851234"])
def test_a_key_is_worked_out_of_13_characters_only(text: str) -> None:
    with pytest.raises(ValueError, match="13 characters"):
        nir_key(text)


def test_lower_case_letters_of_corsica_are_read() -> None:
    assert read_nir("162022a004123").normalised == "162022A004123"
    assert read_nir("162022a004123").verdict is NirVerdict.VALID


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" . -", "empty"),
        ("262083818512", "length"),
        ("26208381851234", "length"),
        ("2620838185123456", "length"),
        ("bonjour", "characters"),
        ("26208381851²3", "characters"),
        ("262082C185123", "characters"),
        ("A620838185123", "characters"),
        ("2A20838185123", "characters"),
        ("262083818512A", "characters"),
        ("26208381851232A", "characters"),
        ("٢620838185123", "characters"),
        ("0620838185123", "first_character"),
        ("9620838185123", "first_character"),
        (PLAIN + "01", "key"),
    ],
)
def test_an_invalid_number_has_its_reason(typed: str, reason: str) -> None:
    reading = read_nir(typed)
    assert (reading.verdict, reading.reason) == (NirVerdict.INVALID, reason)
    assert reading.nir13 is None
    assert P.text(f"nir.{reason}")


@pytest.mark.parametrize("month", range(100))
def test_the_months_are_01_to_12_20_to_42_and_50_to_99(month: int) -> None:
    right = 1 <= month <= 12 or 20 <= month <= 42 or 50 <= month <= 99
    reading = read_nir(f"262{month:02d}38185123")
    assert reading.verdict is (NirVerdict.VALID if right else NirVerdict.INVALID)
    assert reading.reason == (None if right else "month")


@pytest.mark.parametrize("first", "3478")
def test_3_4_7_and_8_are_provisional_when_the_rest_is_right(first: str) -> None:
    reading = read_nir(first + PLAIN[1:])
    assert (reading.verdict, reading.reason) == (NirVerdict.PROVISIONAL, "provisional")
    assert reading.nir13 == first + PLAIN[1:]
    assert read_nir(with_key(first + PLAIN[1:])).verdict is NirVerdict.PROVISIONAL
    assert read_nir(f"{first}621338185123").reason == "month"
    assert read_nir(with_key(first + PLAIN[1:])[:-2] + "00").reason == "key"


@pytest.mark.parametrize("first", "56")
def test_5_and_6_are_other(first: str) -> None:
    reading = read_nir(first + PLAIN[1:])
    assert (reading.verdict, reading.reason, reading.nir13) == (NirVerdict.OTHER, "other", None)
    assert read_nir(first).verdict is NirVerdict.INVALID


@given(st.text(max_size=40))
def test_reading_never_fails_and_every_reason_is_known(text: str) -> None:
    reading = read_nir(text)
    assert (reading.reason is None) == (reading.verdict is NirVerdict.VALID)
    assert reading.reason is None or reading.reason in NIR_REASONS
    assert normalise_nir(reading.normalised) == reading.normalised


@given(st.integers(0, 10**12 - 1), st.sampled_from("12"))
def test_one_wrong_digit_never_passes_with_its_key(rest: int, first: str) -> None:
    whole = with_key(f"{first}{rest:012d}")
    wrong = whole[:8] + str((int(whole[8]) + 1) % 10) + whole[9:]
    assert read_nir(wrong).verdict is NirVerdict.INVALID


def test_a_masked_number_shows_sex_year_and_month_only() -> None:
    assert mask_nir(PLAIN) == "2 62 08 •• ••• •••"
    assert mask_nir("2 62 08 38 185 123 45") == "2 62 08 •• ••• •••"

"""Names for comparison, the age of majority, and what stays masked (rules §1, §7, §8)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.onboarding.contact import (
    Consents,
    ContactData,
    PhoneKind,
    canonical_address,
    domain_of,
    fits_landline,
    fits_mobile,
    mask_address,
    mask_phone,
)
from ameli_support.onboarding.person import PersonStatus, fold_name, is_minor, name_key, status_on
from tests.onboarding.model import N, P


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Dubois", "DUBOIS"),
        ("  de  l'Étoile ", "DE L ETOILE"),
        ("de l’Étoile", "DE L ETOILE"),
        ("Rivoire-Vicat", "RIVOIRE VICAT"),
        ("Sœur", "SOEUR"),
        ("ŒUF", "OEUF"),
        ("Æsop", "AESOP"),
        ("Noe\u0308l", "NOEL"),
        ("N’Diaye", "N DIAYE"),
        ("Łuk Ø", "LUK O"),
        ("Strauß", "STRAUSS"),
        ("", ""),
    ],
)
def test_names_compare_without_accents_hyphens_and_apostrophes(typed: str, folded: str) -> None:
    assert fold_name(typed) == folded


def test_a_name_is_looked_up_without_its_joiners() -> None:
    assert {name_key(name) for name in ("N’Diaye", "ndiaye", "N DIAYE", " n-diaye ")} == {"NDIAYE"}


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)


def test_one_is_a_minor_until_the_day_of_the_birthday() -> None:
    born = date(2008, 11, 23)
    birthday = born.replace(year=born.year + N.minor_age)
    assert is_minor(born, birthday - timedelta(days=1), P)
    assert not is_minor(born, birthday, P)
    assert not is_minor(born, birthday + timedelta(days=1), P)


def test_age_makes_and_unmakes_a_minor_whatever_is_filed() -> None:
    born, today = date(2008, 11, 23), date(2026, 11, 23)
    s = PersonStatus
    for filed, before, since in (
        (s.ORDINARY, s.MINOR, s.ORDINARY),
        (s.MINOR, s.MINOR, s.ORDINARY),
        (s.PROTECTED, s.MINOR, s.PROTECTED),
        (s.DECEASED, s.DECEASED, s.DECEASED),
        (s.RESTRICTED, s.RESTRICTED, s.RESTRICTED),
    ):
        assert status_on(filed, born, today - timedelta(days=1), P) is before
        assert status_on(filed, born, today, P) is since


def test_born_on_29_february_one_comes_of_age_on_1_march() -> None:
    assert is_minor(date(2008, 2, 29), date(2026, 2, 28), P)
    assert not is_minor(date(2008, 2, 29), date(2026, 3, 1), P)


def test_addresses_compare_in_lower_case_without_spaces() -> None:
    assert canonical_address(" A.Dubois@Orange.FR \n") == "a.dubois@orange.fr"


def test_an_address_shows_its_first_letter_and_its_domain() -> None:
    assert mask_address("a.dubois@orange.fr") == "a•••@orange.fr"
    assert mask_address('"a@b"@orange.fr') == '"•••@orange.fr'
    assert mask_address("nothing") == "•••"
    assert domain_of("a@b@orange.fr") == "orange.fr"
    assert domain_of("nothing") == ""


def test_a_phone_shows_its_kind_and_its_end() -> None:
    assert mask_phone("+33600000012") == "06 •• •• •• 12"
    assert mask_phone("+262692000034") == "+26 ••• 34"


@pytest.mark.parametrize("kind", PhoneKind)
def test_the_mobile_field_takes_mobiles_and_the_landline_field_fixed_numbers_and_09(kind: PhoneKind) -> None:
    assert fits_mobile(kind) == (kind is PhoneKind.MOBILE)
    assert fits_landline(kind) == (kind in (PhoneKind.FIXED, PhoneKind.VOIP))


def test_a_consent_by_phone_counts_only_with_its_number() -> None:
    all_given = Consents(email=True, mobile_phone=True, mobile_sms=True, landline_phone=True)
    assert ContactData("a@b.fr", consents=all_given).counted_consents == Consents(email=True)
    mobile = ContactData("a@b.fr", mobile="+33600000012", consents=all_given)
    assert mobile.counted_consents == Consents(email=True, mobile_phone=True, mobile_sms=True)
    landline = ContactData("a@b.fr", landline="+33476000012", consents=all_given)
    assert landline.counted_consents == Consents(email=True, landline_phone=True)
    both = ContactData("a@b.fr", "+33600000012", "+33476000012", all_given)
    assert both.counted_consents == all_given


def test_no_consent_is_preselected() -> None:
    assert ContactData("a@b.fr").consents == Consents(False, False, False, False)

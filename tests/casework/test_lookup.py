"""The one look-up box: what agents type, paste and mistype."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.casework.lookup import LookupProblem, SearchFacts, Trouble, read_lookup
from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.person import nir_key

NIR = "2620899999001"
KEYED = f"{NIR}{nir_key(NIR):02}"
SPACED = f"2 62 08 99 999 001 {nir_key(NIR):02}"
BORN = date(1962, 8, 24)
UNSHIFTED = str.maketrans("1234567890", "&é\"'(-è_çà")
CORSICAN = "185052A999123"


def facts(**given: object) -> SearchFacts:
    return SearchFacts(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NIR, facts(nir=NIR)),
        (KEYED, facts(nir=KEYED)),
        (SPACED, facts(nir=KEYED)),
        (SPACED.replace(" ", "\u00a0"), facts(nir=KEYED)),
        (SPACED.replace(" ", "\u202f"), facts(nir=KEYED)),
        (SPACED.replace(" ", "."), facts(nir=KEYED)),
        (SPACED.replace(" ", "-"), facts(nir=KEYED)),
        (f"\ufeff {NIR}\u200b\r\n", facts(nir=NIR)),
        (CORSICAN, facts(nir=CORSICAN)),
        ("1 85 05 2a 999 123", facts(nir=CORSICAN)),
        ("8" + NIR[1:], facts(nir="8" + NIR[1:], provisional=True)),
        ("6" + NIR[1:], facts(nir="6" + NIR[1:], other_number=True)),
        ("a.Dubois@Orange.FR", facts(email="a.dubois@orange.fr")),
        ("<a.dubois@orange.fr>;", facts(email="a.dubois@orange.fr")),
        ("x@Bücher.example", facts(email="x@xn--bcher-kva.example")),
        ("06 12 34 56 78", facts(phone="+33612345678")),
        ("06.12.34.56.78", facts(phone="+33612345678")),
        ("+33 6 12 34 56 78", facts(phone="+33612345678")),
        ("0692 12 34 56", facts(phone="+262692123456")),
        ("0690123456", facts(phone="+590690123456")),
        ("Dubois 24/08/1962", facts(name="Dubois", birth_date=BORN)),
        ("Dubois 24-08-1962", facts(name="Dubois", birth_date=BORN)),
        ("Dubois 24.8.1962", facts(name="Dubois", birth_date=BORN)),
        ("Dubois 24081962", facts(name="Dubois", birth_date=BORN)),
        ("Dubois 24 08 1962", facts(name="Dubois", birth_date=BORN)),
        ("Dubois 1962-08-24", facts(name="Dubois", birth_date=BORN)),
        ("Mme DUBOIS née le 24 août 1962", facts(name="DUBOIS", birth_date=BORN)),
        ("24081962 De la Fontaine", facts(name="De la Fontaine", birth_date=BORN)),
        ("D’Orgeval 24081962 38000", facts(name="D’Orgeval", birth_date=BORN, postcode="38000")),
        ("le goff 24081962", facts(name="le goff", birth_date=BORN)),
        ("mme le goff née le 24/08/1962", facts(name="le goff", birth_date=BORN)),
        ("dubois et le 24/08/1962", facts(name="dubois", birth_date=BORN)),
        ("N'Diaye-Le Gall 24081962", facts(name="N'Diaye-Le Gall", birth_date=BORN)),
        ("Dubois\n24 08 1962\n38000", facts(name="Dubois", birth_date=BORN, postcode="38000")),
        ("38000 24 08 1962 Dubois", facts(name="Dubois", birth_date=BORN, postcode="38000")),
        (
            f"{KEYED} DUBOIS 24/08/1962 38000",
            facts(nir=KEYED, name="DUBOIS", birth_date=BORN, postcode="38000"),
        ),
        (
            f"{SPACED} 24 08 1962 38000 Dubois",
            facts(nir=KEYED, name="Dubois", birth_date=BORN, postcode="38000"),
        ),
        (
            "0612345678 24081962 Dubois",
            facts(phone="+33612345678", name="Dubois", birth_date=BORN),
        ),
        (KEYED.translate(UNSHIFTED), facts(nir=KEYED)),
        (SPACED.translate(UNSHIFTED), facts(nir=KEYED)),
        (CORSICAN.translate(UNSHIFTED), facts(nir=CORSICAN)),
        (f"Dubois {'24081962'.translate(UNSHIFTED)}", facts(name="Dubois", birth_date=BORN)),
        ("1", facts(case_number=1)),
        ("1234567", facts(case_number=1234567)),
        ("dossier n° 42", facts(case_number=42)),
        ("#42", facts(case_number=42)),
        ("é(", facts(case_number=25)),
    ],
)
def test_what_is_typed_is_told_apart(text: str, expected: SearchFacts) -> None:
    assert read_lookup(text) == expected


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", Trouble.EMPTY),
        (" \t\n", Trouble.EMPTY),
        ("x" * 401, Trouble.TOO_LONG),
        ("Dubois", Trouble.NAME_ALONE),
        ("Dubois 38000", Trouble.NAME_ALONE),
        ("24/08/1962", Trouble.BIRTH_DATE_ALONE),
        ("31/02/1990 Dubois", Trouble.DATE_IMPOSSIBLE),
        ("24/08/62 Dubois", Trouble.DATE_IMPOSSIBLE),
        (NIR + " Dubois 24/8/62 38000", Trouble.DATE_IMPOSSIBLE),
        ("Dubois 31/02/1990 38000", Trouble.DATE_IMPOSSIBLE),
        ("Dubois 31021990 38000", Trouble.DATE_IMPOSSIBLE),
        (NIR + " 99 Dubois 24/08/1962 38000", Trouble.NIR_INVALID),
        (NIR + "00", Trouble.NIR_INVALID),
        (NIR[:-1], Trouble.NIR_INVALID),
        ("1 85 13 99 999 123", Trouble.NIR_INVALID),
        (f"{NIR} {NIR}", Trouble.NIR_INVALID),
        ("061234567", Trouble.PHONE_INVALID),
        ("a@b", Trouble.ADDRESS_INVALID),
        ("a.dubois@", Trouble.ADDRESS_INVALID),
        ("@orange.fr", Trouble.ADDRESS_INVALID),
        ("a@orange.fr b@orange.fr", Trouble.UNREADABLE),
        ("dossier 42 Dubois", Trouble.CASE_WITH_OTHERS),
        ("[/] $$$", Trouble.UNREADABLE),
    ],
)
def test_what_cannot_be_looked_for_gets_a_sentence(text: str, trouble: Trouble) -> None:
    read = read_lookup(text)
    assert isinstance(read, LookupProblem)
    assert read.trouble is trouble
    assert read.sentence.strip()


def test_four_facts_in_one_go_are_level_1() -> None:
    read = read_lookup(f"{KEYED} DUBOIS 24081962 38000")
    assert isinstance(read, SearchFacts)
    assert read.level_1_complete
    assert read.check_facts() == {
        Fact.NIR: KEYED,
        Fact.NAME: "DUBOIS",
        Fact.BIRTH_DATE: "1962-08-24",
        Fact.POSTCODE: "38000",
    }
    assert read.kinds == ("nir", "name", "birth_date", "postcode")
    assert KEYED not in repr(read)
    assert "DUBOIS" not in repr(read)


@given(st.text(max_size=420))
def test_nothing_typed_raises(text: str) -> None:
    read = read_lookup(text)
    assert isinstance(read, SearchFacts | LookupProblem)
    if isinstance(read, LookupProblem):
        assert read.sentence


@given(st.text(alphabet="0123456789 .-/&é\"'(-è_çàAB@+", max_size=60))
def test_no_row_of_digits_raises(text: str) -> None:
    assert isinstance(read_lookup(text), SearchFacts | LookupProblem)

"""The one look-up box: a text becomes facts to search by, or a sentence that says what is wrong (ux.md, rules §6, §7).

Reads NIR, e-mail, telephone, name with birth date and postcode, or a case number, several at
once, also typed on an AZERTY keyboard without Shift. Nothing read here is ever stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ameli_support.onboarding.identity import Fact


class Trouble(StrEnum):
    """Why a text cannot be searched by."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NIR_INVALID = "nir_invalid"
    DATE_IMPOSSIBLE = "date_impossible"
    NAME_ALONE = "name_alone"
    BIRTH_DATE_ALONE = "birth_date_alone"
    POSTCODE_ALONE = "postcode_alone"
    ADDRESS_INVALID = "address_invalid"
    PHONE_INVALID = "phone_invalid"
    CASE_WITH_OTHERS = "case_with_others"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class LookupProblem:
    """What is wrong with the text and what is expected, for the person who typed it."""

    trouble: Trouble
    sentence: str


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """What was typed, told apart; `nir` is the normalised number, `email` canonical (IDNA domain)."""

    nir: str | None = None
    provisional: bool = False
    other_number: bool = False
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    birth_date: date | None = None
    postcode: str | None = None
    case_number: int | None = None
    said: tuple[str, ...] = field(default=())

    @property
    def level_1_complete(self) -> bool:
        """Whether NIR, name, birth date and postcode are all there: level 1 by one Entrée."""
        return bool(self.nir and self.name and self.birth_date and self.postcode)

    def check_facts(self) -> Mapping[Fact, str]:
        """Those facts that count for level 1, as a caller check wants them."""
        facts = {
            Fact.NIR: self.nir,
            Fact.NAME: self.name,
            Fact.BIRTH_DATE: self.birth_date.isoformat() if self.birth_date else None,
            Fact.POSTCODE: self.postcode,
        }
        return {fact: value for fact, value in facts.items() if value}


def read_lookup(text: str) -> SearchFacts | LookupProblem:
    """Tells apart what the one box holds; never raises."""
    raise NotImplementedError

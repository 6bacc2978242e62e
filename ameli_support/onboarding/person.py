"""The insured person: status, scheme, and the NIR (rules §1, §6)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure


class PersonStatus(StrEnum):
    """What the fund's file says of a person; rules §1, last paragraph."""

    ORDINARY = "ordinary"
    MINOR = "minor"
    PROTECTED = "protected"
    DECEASED = "deceased"
    RESTRICTED = "restricted"


class NirVerdict(StrEnum):
    """What a typed number is."""

    VALID = "valid"
    PROVISIONAL = "provisional"
    OTHER = "other"
    INVALID = "invalid"


NIR_REASONS = (
    *("empty", "characters", "length", "first_character", "month", "key"),
    *("provisional", "other"),
)
"""Why a number is not valid; `nir.*` of procedure.toml holds the sentences."""


@dataclass(frozen=True, slots=True)
class NirReading:
    """A typed number, read. `reason` is None for a valid one, else a key of `nir.*` in procedure.toml."""

    input: str
    normalised: str
    verdict: NirVerdict
    reason: str | None = None

    @property
    def nir13(self) -> str | None:
        """The 13 characters without the key, of a number that is valid or provisional."""
        known = self.verdict in (NirVerdict.VALID, NirVerdict.PROVISIONAL)
        return self.normalised[:13] if known else None


def normalise_nir(text: str) -> str:
    """The number without spaces (U+00A0 and U+202F included), dots and hyphens, in upper case."""
    return _SEPARATORS.sub("", text).upper()


def read_nir(text: str) -> NirReading:
    """Reads a number of 13 characters, or 15 with its key, as rules §6 say; never raises."""
    normalised = normalise_nir(text)
    reason = _nir_fault(normalised)
    first = normalised[:1]
    if reason in ("empty", "length", "characters"):
        return NirReading(text, normalised, NirVerdict.INVALID, reason)
    if first in ("5", "6"):
        return NirReading(text, normalised, NirVerdict.OTHER, "other")
    if reason:
        return NirReading(text, normalised, NirVerdict.INVALID, reason)
    if first in ("1", "2"):
        return NirReading(text, normalised, NirVerdict.VALID)
    return NirReading(text, normalised, NirVerdict.PROVISIONAL, "provisional")


def nir_key(nir13: str) -> int:
    """The key of 13 characters: 97 - (number mod 97), 2A counted as 19 and 2B as 18.

    Raises ValueError for anything else than 13 such characters.
    """
    if not _THIRTEEN.fullmatch(nir13):
        raise ValueError("13 characters of a NIR expected")
    return 97 - int(nir13.replace("2A", "19").replace("2B", "18")) % 97


def mask_nir(nir: str) -> str:
    """The number as screens show it: `2 62 08 •• ••• •••`."""
    plain = normalise_nir(nir)
    return f"{plain[:1]} {plain[1:3]} {plain[3:5]} •• ••• •••"


def fold_name(text: str) -> str:
    """A name for comparison: upper case without accents, œ as OE, hyphens and apostrophes as one space."""
    capitals = unicodedata.normalize("NFKD", text).upper()
    unfolded = "".join(_LIGATURES.get(letter, letter) for letter in capitals)
    letters = (c for c in unicodedata.normalize("NFKD", unfolded) if not unicodedata.combining(c))
    return " ".join(_JOINERS.sub(" ", "".join(letters)).split())


def name_key(text: str) -> str:
    """A name as it is looked up: folded, no spaces; « ndiaye », « N DIAYE » and « N’Diaye » are one."""
    return fold_name(text).replace(" ", "")


def is_minor(birth_date: date, today: date, procedure: Procedure) -> bool:
    """Whether somebody born then has not reached the age of majority on `today` (Paris)."""
    years = today.year - birth_date.year
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return years - before_birthday < procedure.numbers.minor_age


def status_on(filed: PersonStatus, birth_date: date, today: date, procedure: Procedure) -> PersonStatus:
    """The status on `today` (Paris): age makes and unmakes a minor, whatever is filed (rules §1).

    A record that is filed deceased or restricted stays so at any age.
    """
    if filed in (PersonStatus.DECEASED, PersonStatus.RESTRICTED):
        return filed
    if is_minor(birth_date, today, procedure):
        return PersonStatus.MINOR
    return PersonStatus.ORDINARY if filed is PersonStatus.MINOR else filed


_SEPARATORS = re.compile(r"[\s.\-\u2010\u2011]")
_JOINERS = re.compile(r"[-'’ʼ`´\u2010\u2011]")
_THIRTEEN = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{6}")
_LIGATURES = {"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D"}
_MONTHS = frozenset({*range(1, 13), *range(20, 43), *range(50, 100)})


def _nir_fault(normalised: str) -> str | None:
    if not normalised:
        return "empty"
    if not re.fullmatch(r"[0-9AB]*", normalised):
        return "characters"
    if len(normalised) not in (13, 15):
        return "length"
    if not _THIRTEEN.fullmatch(normalised[:13]) or not re.fullmatch(r"[0-9]*", normalised[13:]):
        return "characters"
    if normalised[0] not in "123478":
        return "first_character"
    if int(normalised[3:5]) not in _MONTHS:
        return "month"
    if normalised[13:] and int(normalised[13:]) != nir_key(normalised[:13]):
        return "key"
    return None

"""What a caller says against the fund's file: match, no match, not on file; never a value (rules §8)."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Row

from ameli_support.onboarding.identity import Comparison, Fact
from ameli_support.onboarding.person import fold_name, name_key, read_nir
from ameli_support.sandbox import canonical

_MONTHS = (
    "JANVIER", "FEVRIER", "MARS", "AVRIL", "MAI", "JUIN",
    "JUILLET", "AOUT", "SEPTEMBRE", "OCTOBRE", "NOVEMBRE", "DECEMBRE",
)  # fmt: skip
_STREETS = {
    "AV": "AVENUE", "AVE": "AVENUE", "ALL": "ALLEE", "BD": "BOULEVARD", "BLD": "BOULEVARD",
    "BVD": "BOULEVARD", "CH": "CHEMIN", "CHE": "CHEMIN", "IMP": "IMPASSE", "PL": "PLACE",
    "QU": "QUAI", "R": "RUE", "RTE": "ROUTE", "SQ": "SQUARE", "ST": "SAINT", "STE": "SAINTE",
}  # fmt: skip
_MOST_WORDS = 24
_TITLES = frozenset({"DR", "DOCTEUR", "PR", "PROFESSEUR", "M", "MME"})


def compare(person: Row[Any], fact: Fact, said: str) -> Comparison:
    """Compare one fact as typed with a row of `insured_person`."""
    if fact in _OF_THE_PERSON:
        matches = _OF_THE_PERSON[fact](person, said)
    else:
        on_file = getattr(person, fact.value)
        if on_file is None:
            return Comparison.NOT_ON_FILE
        matches = _OF_THE_FILE[fact](on_file, said)
    return Comparison.MATCH if matches else Comparison.NO_MATCH


def named(person: Row[Any], said: str) -> bool:
    """Whether this is the person's birth or used name, with or without first names, in either order.

    A joiner left out or put in is no other name: « ndiaye » is N’DIAYE, « saint martin » SAINTMARTIN.
    """
    words = fold_name(said).split()
    if len(words) > _MOST_WORDS:  # each beginning and end is tried: strangers type what they like
        return False
    first_names = set(fold_name(person.first_names.replace(",", " ")).split())
    own = {name_key(name) for name in (person.birth_name, person.used_name) if name}
    return any(
        "".join(name) in own and first_names.issuperset(rest)
        for n in range(len(words))
        for name, rest in ((words[n:], words[:n]), (words[: len(words) - n], words[len(words) - n :]))
    )


def name_candidates(said: str) -> list[str]:
    """The names, as they are looked up, that a typed full name may contain: each beginning and end of it."""
    words = fold_name(said).split()[:12]
    heads = ["".join(words[:n]) for n in range(1, len(words) + 1)]
    tails = ["".join(words[n:]) for n in range(1, len(words))]
    return list(dict.fromkeys(heads + tails))


def read_date(text: str) -> date | None:
    """A date as typed: 24/08/1962, 24.8.1962, 24081962 or 1962-08-24; None else."""
    text = text.strip()
    if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII):
        year, month, day = map(int, found.groups())
    elif found := re.fullmatch(
        r"(\d{1,2})[ /.\-](\d{1,2})[ /.\-](\d{4})|(\d{2})(\d{2})(\d{4})", text, re.ASCII
    ):
        day, month, year = (int(part) for part in found.groups() if part is not None)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_month(text: str) -> str | None:
    """A month as typed (09/2026, septembre 2026, 2026-09) → `2026-09`; None else."""
    words = fold_name(text).replace("/", " ").replace(".", " ").split()
    if len(words) == 3:
        words = words[1:]
    if len(words) != 2:
        return None
    first, second = (str(_MONTHS.index(w) + 1) if w in _MONTHS else w for w in words)
    if len(first) == 4:
        first, second = second, first
    if not (first + second).isascii() or not (first.isdigit() and second.isdigit()):
        return None
    year = int(second) + (2000 if len(second) == 2 else 0)
    return f"{year:04d}-{int(first):02d}" if 1 <= int(first) <= 12 and len(second) in (2, 4) else None


def _nir(person: Row[Any], said: str) -> bool:
    return read_nir(said).normalised[:13] == person.nir and read_nir(said).nir13 is not None


def _birth_date(person: Row[Any], said: str) -> bool:
    read = read_date(said)
    return read is not None and read.isoformat() == person.birth_date


def _postcode(person: Row[Any], said: str) -> bool:
    return _compact(said) == str(person.postcode)


def _compact(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


def _doctor(on_file: str, said: str) -> bool:
    own = [word for word in fold_name(on_file).replace(".", " ").split() if word not in _TITLES]
    words = [word for word in fold_name(said).replace(".", " ").split() if word not in _TITLES]
    return bool(words) and bool(own) and own[-1] in words and set(words) <= set(own)


def _line(text: str) -> list[str]:
    words = re.sub(r"[^0-9A-Z ]", " ", fold_name(text)).split()
    return [_STREETS.get(word, word) for word in words]


_OF_THE_PERSON: dict[Fact, Callable[[Row[Any], str], bool]] = {
    Fact.NIR: _nir,
    Fact.NAME: named,
    Fact.BIRTH_DATE: _birth_date,
    Fact.POSTCODE: _postcode,
}
_OF_THE_FILE: dict[Fact, Callable[[str, str], bool]] = {
    Fact.BANK_LAST4: lambda on_file, said: _compact(said) == _compact(on_file),
    Fact.CARD_SERIAL: lambda on_file, said: _compact(said) == _compact(on_file),
    Fact.DECLARED_DOCTOR: _doctor,
    Fact.LAST_PAYMENT_MONTH: lambda on_file, said: read_month(said) == on_file,
    Fact.ADDRESS_LINE: lambda on_file, said: _line(said) == _line(on_file),
    Fact.PHONE_BEFORE: lambda on_file, said: canonical.phone(said) == on_file,
}

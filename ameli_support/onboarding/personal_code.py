"""The personal code: the document's rules and the indicative strength (step 2 of 3, rules §5)."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING

from ameli_support.onboarding.person import normalise_nir

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure


class CodeRule(StrEnum):
    """The five rules in the document's order; their wording is `code_rules.*` of procedure.toml."""

    LENGTH = "length"
    LETTERS = "letters"
    DIGIT_OR_SPECIAL = "digit_or_special"
    AUTHORISED = "authorised"
    PERSONAL_DATA = "personal_data"


def failures(code: str, nir: str, birth_date: date, procedure: Procedure) -> tuple[CodeRule, ...]:
    """Every rule that `code` breaks, in the document's order; empty when it may be chosen.

    `nir` is the person's number, with or without its key. The strength is never a reason.
    """
    numbers = procedure.numbers
    broken = {
        CodeRule.LENGTH: not numbers.code_min <= len(code) <= numbers.code_max,
        CodeRule.LETTERS: not (re.search("[a-z]", code) and re.search("[A-Z]", code)),
        CodeRule.DIGIT_OR_SPECIAL: not _DIGIT_OR_SPECIAL.search(code),
        CodeRule.AUTHORISED: not re.fullmatch(r"[!-~]*", code),
        CodeRule.PERSONAL_DATA: _tells_the_person(code, nir, birth_date),
    }
    return tuple(rule for rule in CodeRule if broken[rule])


def strength(code: str, procedure: Procedure) -> int:
    """How hard the code is to guess, 0 to 4, from its length and kinds of characters; never refuses.

    Repeated and consecutive characters (`aaaa`, `1234`) add nothing.
    """
    pool = sum(size for size, kind in _POOLS if re.search(kind, code))
    counted = bool(code) + sum(abs(ord(after) - ord(before)) > 1 for before, after in pairwise(code))
    bits = counted * log2(pool) if pool else 0.0
    return sum(bits >= least for least in procedure.numbers.strength_bits)


_DIGIT_OR_SPECIAL = re.compile(r"[0-9!-/:-@\[-`{-~]")
_POOLS = ((26, "[a-z]"), (26, "[A-Z]"), (10, "[0-9]"), (33, r"[!-/:-@\[-`{-~]"))


def _tells_the_person(code: str, nir: str, birth_date: date) -> bool:
    """The 15 characters of a NIR contain its 13, and every forbidden part of a date (JJMMAAAA, JJMMAA,
    AAAAMMJJ, AAMMJJ, MMAAAA, AAAAMM, JJMM, MMJJ, AAAA) contains day and month, in either order, or the year.
    """
    day, month = f"{birth_date:%d}", f"{birth_date:%m}"
    parts = rf"{day}[/.-]?{month}|{month}[/.-]?{day}|{birth_date.year:04d}"
    return normalise_nir(nir)[:13] in normalise_nir(code) or re.search(parts, code) is not None

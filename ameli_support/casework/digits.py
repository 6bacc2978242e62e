"""Rows of digits as people type them: which are a NIR, a date, a postcode, a telephone number.

Groups may be split anywhere (`2 62 08 …`, `24 08 1962`, `06.12.34.56.78`), so a row is cut in every
possible way; the cut that leaves nothing over with the fewest pieces wins.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ameli_support.casework.addresses import e164
from ameli_support.onboarding.person import NirReading, NirVerdict, read_nir

MOST_GROUPS = 24
OLDEST = 1880
_NIR_GAPS = (1, 3, 5, 7, 10, 13)
_ODDLY_CUT = 4  # pieces that another reading may take and still be the likelier one
_TOKEN = re.compile(r"\+?[0-9AaBb]+(?:[.\-/][0-9AaBb]+)*")
_GROUP = re.compile(r"\+?[0-9]+|[0-9]*2[AaBb][0-9]*")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without a separator inside (2A, 2B and a leading + included)."""

    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows of digits turned out to be; each at most once."""

    nir: NirReading | None = None
    birth_date: date | None = None
    postcode: str | None = None
    phone: str | None = None


def read_groups(token: str) -> list[Group]:
    """The groups of a word made of digits and separators only; empty for any other word."""
    bare = token.strip(",;:()")
    if not _TOKEN.fullmatch(bare):
        return []
    parts = [part for part in re.split(r"[.\-/]", bare) if part]
    return [Group(part.upper()) for part in parts] if all(map(_GROUP.fullmatch, parts)) else []


def segment(runs: Sequence[Sequence[Group]]) -> Told | None:
    """Cuts every row into facts, None when something is left over."""
    if sum(map(len, runs)) > MOST_GROUPS:
        return None
    best: tuple[int, Told] | None = None
    for pieces, told in _cut([list(run) for run in runs], Told(), 0):
        if best is None or pieces < best[0]:
            best = (pieces, told)
    return best[1] if best else None


def wrong_date(runs: Sequence[Sequence[Group]]) -> bool:
    """Whether all else can be read once one piece is left out: a date by its shape, but no day there was."""
    for at, run in enumerate(runs):
        for start in range(len(run)):
            for size in (1, 3):
                parts = [group.text for group in run[start : start + size]]
                if _like_a_date(parts) and _date(parts) is None:
                    rest = [*run[:start], *run[start + size :]]
                    if segment([*runs[:at], rest, *runs[at + 1 :]]) is not None:
                        return True
    return False


def _like_a_date(parts: list[str]) -> bool:
    lengths = [len(part) for part in parts]
    if len(parts) == 1:
        return lengths[0] in (6, 8)
    return len(parts) == 3 and (max(lengths[:2]) <= 2 or max(lengths[1:]) <= 2) and max(lengths) <= 4


def _cut(runs: list[list[Group]], told: Told, pieces: int) -> Iterator[tuple[int, Told]]:
    if not runs:
        yield pieces, told
        return
    if not runs[0]:
        yield from _cut(runs[1:], told, pieces)
        return
    run, rest = runs[0], runs[1:]
    for size in range(len(run), 0, -1):
        odd = _ODDLY_CUT * (not _cut_as_usual(run[:size]))
        for fact in _read(run[:size], told):
            cost = 1 + (odd if fact.nir is not told.nir else 0)
            yield from _cut([run[size:], *rest], fact, pieces + cost)


def _cut_as_usual(groups: list[Group]) -> bool:
    """Whether a NIR could be written so: 2 62 08 38 185 001 16, or with some of these gaps closed."""
    at = 0
    for group in groups[:-1]:
        at += len(group.text)
        if at not in _NIR_GAPS:
            return False
    return True


def _read(groups: list[Group], told: Told) -> Iterator[Told]:
    """Everything that these groups together can be, among what was not told yet."""
    text = "".join(group.text for group in groups)
    if told.nir is None and len(text) in (13, 15):
        reading = read_nir(text)
        if reading.verdict is not NirVerdict.INVALID:
            yield replace(told, nir=reading)
    if told.birth_date is None and len(text) <= 8:
        born = _date([group.text for group in groups])
        if born is not None:
            yield replace(told, birth_date=born)
    if told.postcode is None and len(groups) == 1 and len(text) == 5 and text.isdigit():
        yield replace(told, postcode=text)
    if told.phone is None and 10 <= len(text) <= 16 and text.startswith(("0", "+")):
        phone = e164(text)
        if phone is not None:
            yield replace(told, phone=phone)


def _date(parts: list[str]) -> date | None:
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdigit():
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    if len(parts[0]) == 4:
        parts.reverse()
    day, month, year = parts
    if len(year) != 4 or len(day) > 2 or len(month) > 2 or int(year) < OLDEST:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

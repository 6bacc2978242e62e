"""What is typed into small fields on an AZERTY keyboard: digits without Shift, dates without slashes."""

import re
from datetime import UTC, date, datetime

from ameli_support.clock import PARIS, paris
from screens.actions import DIGIT_TWINS

_UNSHIFTED = dict(zip("&é\"'(-è_çà", (digit for digit, _name in DIGIT_TWINS), strict=True))

_MOMENT = re.compile(r"(?:(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?: à)? )?(\d{1,2})(?:[:hH](\d{2})?)")


def digits(text: str) -> str:
    """`text` with the unshifted AZERTY row read as digits, everything else kept."""
    return "".join(_UNSHIFTED.get(character, character) for character in text)


def only_digits(text: str) -> str:
    """The digits of `text`, unshifted ones included."""
    return "".join(character for character in digits(text) if character.isdecimal() and character.isascii())


def slashed(text: str) -> str:
    """« 24081962 » as « 24/08/1962 »; unfinished or other texts come back as typed."""
    figures = only_digits(text)
    if len(figures) == 8 and not any(character.isalpha() for character in digits(text)):
        return f"{figures[:2]}/{figures[2:4]}/{figures[4:]}"
    return text


def read_date(text: str) -> date | None:
    """JJ/MM/AAAA as a date; None when it is unfinished or impossible."""
    figures = only_digits(text)
    if len(figures) != 8:
        return None
    try:
        return date(int(figures[4:]), int(figures[2:4]), int(figures[:2]))
    except ValueError:
        return None


def read_moment(text: str, now: datetime) -> datetime | None:
    """« 24/11 15:00 », « 24/11/2026 15h », « 15:00 » (today) as an aware instant after `now`; None else."""
    found = _MOMENT.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    today = paris(now)
    day, month, year, hour, minute = (int(part) if part else None for part in found.groups())
    try:
        at = datetime(
            year or today.year, month or today.month, day or today.day, hour or 0, minute or 0, tzinfo=PARIS
        )
    except ValueError:
        return None
    if at <= now and year is None and month is not None:
        at = at.replace(year=at.year + 1)
    return at.astimezone(UTC) if at > now else None

"""How long a mail waited at each server, from its Received fields (RFC 5321 §4.4), oldest first."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ameli_support.mail.parsing import Headers
from ameli_support.mail.tokens import shown

MAX_HOPS = 50


@dataclass(frozen=True, slots=True)
class Hop:
    """One hand-over: from which server to which, when, and how long after the one before.

    `seconds` is None for the first hop or without a readable date; clocks that differ make it negative.
    """

    sender: str | None
    receiver: str | None
    at: datetime | None
    seconds: float | None


_FROM = re.compile(r"\bfrom\s+([^\s;()]{1,255})", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([^\s;()]{1,255})", re.IGNORECASE)


def hops(headers: Headers) -> list[Hop]:
    """The hops of a mail, oldest first."""
    found: list[Hop] = []
    before: datetime | None = None
    for value in reversed(headers.all("received")[:MAX_HOPS]):
        route, _semicolon, date = value.rpartition(";")
        at = read_date(date)
        seconds = (at - before).total_seconds() if at and before else None
        sender, receiver = _FROM.search(route), _BY.search(route)
        found.append(Hop(sender and shown(sender[1], 255), receiver and shown(receiver[1], 255), at, seconds))
        before = at or before
    return found


def read_date(text: str) -> datetime | None:
    """An aware UTC instant from the forms of dates that mail servers write; None when it is none."""
    text = re.sub(r"\([^()]*\)", " ", text[:200])
    text = " ".join(re.sub(r"(?<=:\d\d)[.,]\d+", "", text).split())
    for reading in _readings(text):
        try:
            at = reading if reading.tzinfo else reading.replace(tzinfo=UTC)
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


_FORMS = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%A, %B %d, %Y %I:%M:%S %p",
)


def _readings(text: str) -> Iterator[datetime]:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        yield parsedate_to_datetime(text)
    plain = re.sub(r"\s*\b(?:UTC|GMT|Z)$", "", text)
    with suppress(ValueError):
        yield datetime.fromisoformat(plain)
    for form in _FORMS:
        with suppress(ValueError):
            yield datetime.strptime(plain, form).replace(tzinfo=UTC)

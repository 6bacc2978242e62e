"""The two clocks: business time (movable in the sandbox) and system time (never moved).

Instants are aware datetimes in UTC everywhere inside; databases hold integer
microseconds since the epoch; screens and mails show Paris time.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Where an instant comes from; injected, never read from a global."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


@dataclass(slots=True)
class SystemClock:
    """The machine's own time: leases, time-outs, sessions."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class OffsetClock:
    """Business time: system time plus an offset that only grows."""

    offset: timedelta = field(default_factory=timedelta)
    base: Clock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        return self.base.now() + self.offset


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is told to move (tests, replays)."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def forward(self, by: timedelta) -> None:
        """Move on by `by`; never back."""
        if by < timedelta(0):
            raise ValueError("a clock never goes back")
        self.at += by


def to_us(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, exact; refuses a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime")
    return (instant - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The aware UTC instant of `microseconds` since the epoch."""
    return _EPOCH + timedelta(microseconds=microseconds)


def paris(instant: datetime) -> datetime:
    """The same instant on a Paris wall clock."""
    return instant.astimezone(PARIS)


def paris_day(instant: datetime) -> tuple[datetime, datetime]:
    """The Paris day that holds `instant`: its beginning and the next one's, in UTC (23, 24 or 25 hours)."""
    day = paris(instant).date()
    begins, ends = (
        datetime.combine(date, wall_time(), PARIS).astimezone(UTC) for date in (day, day + timedelta(days=1))
    )
    return begins, ends


def monotonic() -> float:
    """Seconds of a clock that never jumps, for measuring durations."""
    return time.monotonic()

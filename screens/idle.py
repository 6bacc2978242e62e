"""When nobody has touched a key for too long: a warning, then the lock (ux.md, last line)."""

from dataclasses import dataclass, field
from enum import StrEnum

from ameli_support.clock import monotonic

CALL_FACTOR = 3
WARNED_SECONDS = 30
MINUTE = 60


class Due(StrEnum):
    """What is due now."""

    NOTHING = "nothing"
    WARNING = "warning"
    LOCK = "lock"


@dataclass(slots=True)
class Idle:
    """Counts from the last key; `minutes` at home, three times as long with a call open."""

    minutes: float
    touched_at: float = field(default_factory=monotonic)
    warned: bool = False

    def touched(self) -> bool:
        """A key or the mouse: counting begins anew; whether a warning was on show."""
        warned, self.warned = self.warned, False
        self.touched_at = monotonic()
        return warned

    def due(self, in_call: bool) -> Due:
        """What is due; the warning once only."""
        limit = self.minutes * MINUTE * (CALL_FACTOR if in_call else 1)
        quiet = monotonic() - self.touched_at
        if quiet >= limit:
            return Due.LOCK
        if quiet >= limit - WARNED_SECONDS and not self.warned:
            self.warned = True
            return Due.WARNING
        return Due.NOTHING

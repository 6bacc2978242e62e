"""What the strip and the top bar show: the last success or failure, and how the service does."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """The tone of a band or strip; always with its sign and its word."""

    PLAIN = "plain"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the strip: its head in bold, its tail plain."""

    tone: Tone
    head: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """`wait` before the first answer, then `ok`, `slow` or `down`; `since` when it was first missed;
    `other_version`: its procedure is not the desk's."""

    state: str = "wait"
    since: datetime | None = None
    other_version: bool = False

    @property
    def down(self) -> bool:
        """Whether nothing can be asked of the service now."""
        return self.state == "down"

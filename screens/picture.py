"""What the call screen shows at one instant: plain values that the widgets draw and tests read."""

from dataclasses import dataclass
from enum import StrEnum

from screens.notice import Tone


class Mark(StrEnum):
    """Where a step of the journey stands."""

    DONE = "done"
    HERE = "here"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Row 2: who the case is about, as far as the caller's level lets it be told; `flag` what to mind."""

    name: str
    details: tuple[str, ...]
    level: str
    checked: bool
    case: str
    flag: str = ""
    short_flag: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Where it is stuck; `deadline` at the right end. A stale band is grey and says since when."""

    tone: Tone
    sign: str
    head: str
    short_head: str
    deadline: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class RailStep:
    """One of the seven steps."""

    mark: Mark
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class DelayBar:
    """The window drawn: `cells` are (text, token of its colour), `scale` the dates under it."""

    cells: tuple[tuple[str, str], ...] = ()
    scale: str = ""
    legend: tuple[tuple[str, str], ...] = ()


class Offered(StrEnum):
    """How an action stands now."""

    OPEN = "open"
    CHECK_FIRST = "check_first"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Offer:
    """One action of the column: its state and its hint, or the reason why not, short and as a sentence."""

    action: str
    state: Offered
    hint: str = ""
    sentence: str = ""
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class FootRow:
    """One line of the foot: when, what, whose."""

    when: str
    what: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything on the call screen between strip and key bar."""

    person: PersonLine
    band: Band
    rail: tuple[RailStep, ...]
    delay: DelayBar
    seen: tuple[str, ...]
    say: tuple[str, ...]
    offers: tuple[Offer, ...]
    mails: tuple[FootRow, ...] = ()
    events: tuple[FootRow, ...] = ()

    def offer(self, action: str) -> Offer:
        """The offer of one action of the column."""
        return next(offer for offer in self.offers if offer.action == action)

"""What the Diagnostic screen shows at one instant: plain values that its widgets draw and tests read."""

from dataclasses import dataclass
from enum import StrEnum

from screens.picture import Band, PersonLine


class Stage(StrEnum):
    """Where the run stands on the screen."""

    LOADING = "loading"
    ASKING = "asking"
    FOUND = "found"
    NOT_FOUND = "not_found"
    ENDED = "ended"


class Deed(StrEnum):
    """What a digit does."""

    ANSWER = "answer"
    SAY_ADDRESS = "say_address"
    TRY_OTHER = "try_other"
    DONE = "done"
    INSTEAD = "instead"
    CHANGED = "changed"
    GO_ON = "go_on"
    ASK_LEFT = "ask_left"
    WRAP_UP = "wrap_up"
    LEAVE = "leave"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question of the list: √ answered, ○ left out by the agent, × by the program, · to come; `answer`
    in a word; `number` is 0 where nobody is asked."""

    check: str
    sign: str
    number: int
    label: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One key of the middle: what it does, the answer it gives if any, whether that is the one in force;
    the recommended one is filled."""

    does: Deed
    label: str
    key: str = ""
    chosen: bool = False
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One cause: `dots` from one to three, 0 when it is ruled out; its word and one-line why."""

    dots: int
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One piece of evidence with its three-valued sign."""

    sign: str
    token: str
    text: str


@dataclass(frozen=True, slots=True)
class DiagnosisPicture:
    """Everything on the screen between strip and key bar; `seek` what to look for, under `heading` and, at
    its right, `place`; `why` why it is asked."""

    stage: Stage
    person: PersonLine
    band: Band
    questions: tuple[QuestionRow, ...] = ()
    here: int = 0
    say: tuple[str, ...] = ()
    heading: str = ""
    place: str = ""
    seek: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()
    why: tuple[str, ...] = ()
    causes: tuple[CauseRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()

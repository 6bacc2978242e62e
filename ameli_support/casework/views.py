"""What the desk hands to screens and commands: frozen values, no name, no NIR, no address of the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ameli_support.accounts.contract import ActAnswer, RecordView
from ameli_support.casework.case import Channel, Outcome, State
from ameli_support.onboarding.identity import Direction, Fact, Level, Representation, Speaker


class Service(StrEnum):
    """How the account service does, for `service ●`."""

    OK = "ok"
    SLOW = "slow"
    DOWN = "down"


class Opened(StrEnum):
    """What a look-up did to the casework."""

    NEW = "new"
    REOPENED = "reopened"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a look-up. `case` is open, and the call begun, exactly when one record matched.

    `matches` counts at most 11. `call` names the contact: hand it back when one more fact is added.
    `provisional`, `other_number`: the number typed cannot belong to a compte ameli (rules §6).
    """

    matches: int
    call: str
    case: int | None = None
    record_found: bool = False
    opened: Opened | None = None
    provisional: bool = False
    other_number: bool = False


@dataclass(frozen=True, slots=True)
class CallState:
    """One's open contact in a case, as it now stands; nothing of the record is in it."""

    case: int
    call: str
    state: State
    channel: Channel
    version: int
    opened_at: datetime
    record_found: bool
    direction: Direction | None = None
    speaker: Speaker | None = None
    representation: Representation | None = None
    level: Level = Level.NOTHING
    level_until: datetime | None = None
    level_0_chosen: bool = False
    comparisons_left: int | None = None
    check_failed: bool = False
    locked_until: datetime | None = None
    said_address: bool | None = None
    said_tries_left: int | None = None
    last_act: str | None = None
    unknown_acts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a comparison may show (rules §8): never which fact was wrong.

    Nothing of it depends on a single answer but `not_on_file`. `locked_until`: three failed checks, nothing
    goes on.
    """

    level: Level
    comparisons_left: int
    not_on_file: tuple[Fact, ...]
    failed: bool
    expires_at: datetime | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """The record as last known. `view` is None before level 1, or when it never could be read.

    `known_at` is the service's `as_of` of that view (business clock); `age` whole seconds since it
    was confirmed (system clock); `since` when the service was first missed; `refused` the sentence
    of a reading that the service refused.
    """

    view: RecordView | None
    known_at: datetime | None
    age: int
    service: Service
    since: datetime | None = None
    changed: bool = False
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Whether the address that the caller said is the one on file, and the tries left in this call."""

    matches: bool
    tries_left: int


@dataclass(frozen=True, slots=True)
class Done:
    """An act that took place."""

    act: str
    key: str
    answer: ActAnswer


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an act whose answer had been lost; `answer` only if it took place and may be read."""

    case: int
    act: str
    key: str
    took_place: bool
    answer: ActAnswer | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of a case's history: codes and ids only. A newer `schema` is shown raw."""

    seq: int
    at: datetime
    actor: str
    kind: str
    payload: Mapping[str, Any]
    schema: int = 1


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A text that can be erased; None once it was, or while level 1 is not reached in one's own call."""

    seq: int
    at: datetime
    actor: str
    text: str | None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; no name, the record is an opaque handle."""

    number: int
    state: State
    channel: Channel
    owner: str
    opened_at: datetime
    last_contact_at: datetime
    version: int
    outcome: Outcome | None = None
    cause: str | None = None
    queue: str | None = None
    callback_at: datetime | None = None
    resolved_at: datetime | None = None
    record_found: bool = False


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """A case, its events, its texts and the summary written from its events."""

    row: CaseRow
    events: tuple[EventRow, ...]
    notes: tuple[NoteRow, ...]
    summary: tuple[str, ...]
    notes_hidden: bool = False


@dataclass(frozen=True, slots=True)
class EarlierContact:
    """A contact that has ended: what was done in it, and how it was concluded (None: it was not)."""

    case: int
    at: datetime
    agent: str
    acts: tuple[str, ...] = ()
    outcome: Outcome | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same person's contacts before this one, newest first, and the last notes; empty below level 1."""

    contacts: tuple[EarlierContact, ...] = ()
    notes: tuple[NoteRow, ...] = ()


class ResumeReason(StrEnum):
    """Why a case is in « À reprendre »."""

    CALL_INTERRUPTED = "call_interrupted"
    ACT_UNKNOWN = "act_unknown"
    CALLBACK = "callback"
    HANDED_OVER = "handed_over"
    LEFT_OPEN = "left_open"


@dataclass(frozen=True, slots=True)
class ResumeRow:
    """One line of « À reprendre »: number, hour, reason; no name. `label` is the reason in words."""

    case: int
    at: datetime
    reason: ResumeReason
    label: str
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What concluding would propose, from the last act and the record's phase.

    `queue` goes with a proposed escalation; `likely_queue` with one that the agent chooses.
    """

    outcome: Outcome | None
    cause: str | None
    queue: str | None = None
    likely_queue: str = "fund"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list, newest contact first; `before` pages on (a case number of the last page)."""

    states: tuple[State, ...] = ()
    owner: str | None = None
    queue: str | None = None
    limit: int = 50
    before: int | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start put in order after a crash."""

    settled: tuple[Settlement, ...] = ()
    still_unknown: int = 0
    closed: int = 0

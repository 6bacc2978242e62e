"""A case: its states, what moves it, and the one close gate (rules §10, design.md "A case")."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_PERSON = "waiting_person"
    WAITING_THIRD_PARTY = "waiting_third_party"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Move(StrEnum):
    """What moves a case; every move is an event."""

    WORK = "work"
    WAIT_PERSON = "wait_person"
    WAIT_THIRD_PARTY = "wait_third_party"
    SCHEDULE = "schedule"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    EXPIRE = "expire"


class Outcome(StrEnum):
    """How a contact ended (rules §10)."""

    RESENT = "resent"
    REISSUED = "reissued"
    ADDRESS_CORRECTED = "address_corrected"
    ALREADY_ACTIVE = "already_active"
    ADVICE = "advice"
    NO_MAILBOX = "no_mailbox"
    NOT_FOUND = "not_found"
    OTHER_SCHEME = "other_scheme"
    IDENTITY_FAILED = "identity_failed"
    THIRD_PARTY = "third_party"
    FRAUD_REPORT = "fraud_report"
    ESCALATED = "escalated"
    REDIRECTED = "redirected"
    CALL_LOST = "call_lost"


class Channel(StrEnum):
    """How a contact reached us."""

    CALL = "call"
    MAIL = "mail"


class Missing(StrEnum):
    """What the close gate still asks for, in the order in which it is told."""

    OPEN_INTENT = "open_intent"
    CALLER_CHECK = "caller_check"
    OUTCOME = "outcome"
    CAUSE = "cause"
    CALLBACK_DATE = "callback_date"
    CALLBACK_NUMBER = "callback_number"
    QUEUE = "queue"


_WAITING = (State.WAITING_PERSON, State.WAITING_THIRD_PARTY, State.SCHEDULED)

# the cause that goes with an outcome which says it all; the others are asked for
EVIDENT_CAUSES: Mapping[Outcome, str] = {
    **dict.fromkeys(
        (
            Outcome.ALREADY_ACTIVE,
            Outcome.ADVICE,
            Outcome.NO_MAILBOX,
            Outcome.NOT_FOUND,
            Outcome.OTHER_SCHEME,
            Outcome.IDENTITY_FAILED,
            Outcome.THIRD_PARTY,
            Outcome.FRAUD_REPORT,
            Outcome.REDIRECTED,
        ),
        "none",
    ),
    Outcome.CALL_LOST: "unknown",
    Outcome.ESCALATED: "unknown",
}

# (state, move) → state; a pair that is not here is refused
TRANSITIONS: Mapping[tuple[State, Move], State] = {
    (State.NEW, Move.WORK): State.IN_PROGRESS,
    (State.IN_PROGRESS, Move.WAIT_PERSON): State.WAITING_PERSON,
    (State.IN_PROGRESS, Move.WAIT_THIRD_PARTY): State.WAITING_THIRD_PARTY,
    (State.IN_PROGRESS, Move.SCHEDULE): State.SCHEDULED,
    (State.IN_PROGRESS, Move.RESOLVE): State.RESOLVED,
    (State.WAITING_PERSON, Move.RESOLVE): State.RESOLVED,
    **{(state, Move.REOPEN): State.IN_PROGRESS for state in (*_WAITING, State.RESOLVED)},
    (State.RESOLVED, Move.EXPIRE): State.CLOSED,
}

# states whose case takes in the next contact of the same person
REOPENED_BY_CONTACT = (*_WAITING, State.RESOLVED)


class ImpossibleMove(ValueError):
    """A move that the table does not hold."""


def moved(state: State, move: Move) -> State:
    """The state after `move`; raises `ImpossibleMove` when the table does not hold it."""
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise ImpossibleMove(f"{state} × {move}") from None


@dataclass(frozen=True, slots=True)
class Callback:
    """A promised call-back: when (aware) and the number that the caller said."""

    at: datetime | None
    number: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What the close gate looks at. `caller_checked`: a check was made, or level 0 was chosen."""

    outcome: Outcome | None
    cause: str | None
    caller_checked: bool
    open_intents: int = 0
    callback: Callback | None = None
    queue: str | None = None


def close_gate(closing: Closing) -> tuple[Missing, ...]:
    """What is missing before a contact may be concluded; empty when the gate is open.

    The one gate of screen, command, bulk and mailbox (rules §10).
    """
    missing = []
    if closing.open_intents:
        missing.append(Missing.OPEN_INTENT)
    if not closing.caller_checked:
        missing.append(Missing.CALLER_CHECK)
    if closing.outcome is None:
        missing.append(Missing.OUTCOME)
    if not closing.cause:
        missing.append(Missing.CAUSE)
    if closing.callback is not None and closing.callback.at is None:
        missing.append(Missing.CALLBACK_DATE)
    if closing.callback is not None and not closing.callback.number.strip():
        missing.append(Missing.CALLBACK_NUMBER)
    if closing.outcome is Outcome.ESCALATED and not closing.queue:
        missing.append(Missing.QUEUE)
    return tuple(missing)


def concluding_move(outcome: Outcome, callback: Callback | None) -> Move:
    """Where concluding leaves the case (rules §10): a promised call-back decides first."""
    if callback is not None:
        return Move.SCHEDULE
    if outcome is Outcome.ESCALATED:
        return Move.WAIT_THIRD_PARTY
    if outcome in (Outcome.RESENT, Outcome.REISSUED, Outcome.ADDRESS_CORRECTED):
        return Move.WAIT_PERSON
    return Move.RESOLVE


def closes_at(last_contact: datetime, resolved_close_days: int) -> datetime:
    """When a resolved case closes by itself: so many times 24 hours without contact."""
    return last_contact + timedelta(days=resolved_close_days)

"""What is allowed: role × level × phase × status → verdict: reason, until when, effect (rules §3, §8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from ameli_support.clock import paris_day
from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.onboarding.link import Effect as Effect
from ameli_support.onboarding.link import Enrolment, Phase, phase, resend_effect, resend_ends_at
from ameli_support.onboarding.person import PersonStatus

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure


class Act(StrEnum):
    """The acts on the account service."""

    RESEND = "resend"
    REISSUE = "reissue"
    CORRECT = "correct"
    SUSPEND = "suspend"
    LIFT = "lift"
    CANCEL = "cancel"
    UNLOCK = "unlock"


class Ask(StrEnum):
    """What the dialog of an allowed act still has to ask (rules §3)."""

    SAID_ADDRESS = "said_address"
    SELF_CREATED = "self_created"


class Reason(StrEnum):
    """Why an act is forbidden, in the order in which the first applicable one is told:
    what no act of the caller can lift first (status, phase, cool-down, then level)."""

    # the record
    OTHER_SCHEME = "other_scheme"
    OTHER_FUND = "other_fund"
    PERSON_DECEASED = "person_deceased"
    PERSON_MINOR = "person_minor"
    PERSON_RESTRICTED = "person_restricted"
    CHECKS_LOCKED = "checks_locked"
    FORBIDDEN_ROLE = "forbidden_role"
    # the phase
    NO_ENROLMENT = "no_enrolment"
    PHASE_ENDED = "phase_ended"
    PHASE_SUSPENDED = "phase_suspended"
    PHASE_ACTIVE = "phase_active"
    PHASE_LIVE = "phase_live"
    PHASE_INACTIVE = "phase_inactive"
    PHASE_CLOSED = "phase_closed"
    PHASE_NOT_SENT = "phase_not_sent"
    NOT_SUSPENDED = "not_suspended"
    NOT_LOCKED = "not_locked"
    # the caps
    ALREADY_QUEUED = "already_queued"
    COOLDOWN = "cooldown"
    DAY_CAP = "day_cap"
    HOUR_CAP = "hour_cap"
    # the call
    OUTGOING_CALL = "outgoing_call"
    NOT_AN_INCOMING_CALL = "not_an_incoming_call"
    THIRD_PARTY = "third_party"
    DID_NOT_CREATE = "did_not_create"
    ADDRESS_NOT_CONFIRMED = "address_not_confirmed"
    LEVEL_1_FIRST = "level_1_first"
    LEVEL_2_FIRST = "level_2_first"


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a verdict depends on, besides the instant.

    `sends_today` counts those of the enrolment on the Paris day; `sends_this_hour`
    those of the acting agent in the last 60 minutes; neither counts first mails, notices,
    or sends that were refused or cancelled. `last_send_at` is the newest send but first
    mails and notices, refused and cancelled ones included. `mail_queued_since` is that of
    the live link's own mail. `said_address` and `self_created` are None until asked;
    `level`, `speaker`, `direction` are those of the caller check that the act would carry,
    None without one.
    """

    role: Role
    enrolment: Enrolment | None
    person_status: PersonStatus = PersonStatus.ORDINARY
    same_scheme: bool = True
    same_fund: bool = True
    level: Level = Level.NOTHING
    speaker: Speaker | None = None
    direction: Direction | None = None
    said_address: bool | None = None
    said_address_tries_left: int = 3
    self_created: bool | None = None
    mail_queued_since: datetime | None = None
    last_send_at: datetime | None = None
    sends_today: int = 0
    day_ends_at: datetime | None = None
    sends_this_hour: int = 0
    hour_frees_at: datetime | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an act is possible now; a refusal always has a reason, a permission always an effect.

    `until` is when the verdict changes by itself (UTC), if it does. `asks` names what the
    dialog of an allowed act must still ask before the service carries it out.
    """

    act: Act
    allowed: bool
    reason: Reason | None = None
    until: datetime | None = None
    effect: Effect | None = None
    asks: tuple[Ask, ...] = ()

    @property
    def ready(self) -> bool:
        """Allowed, and nothing is left to ask: the service may carry it out."""
        return self.allowed and not self.asks


_SENDING = frozenset({Act.RESEND, Act.REISSUE, Act.CORRECT})
_AT_LEVEL_2 = frozenset({Act.REISSUE, Act.CORRECT})
_ROLES: dict[Act, frozenset[Role]] = {
    Act.RESEND: frozenset({Role.AGENT, Role.HANDLER}),
    Act.REISSUE: frozenset({Role.AGENT, Role.HANDLER}),
    Act.CORRECT: frozenset({Role.AGENT, Role.HANDLER}),
    Act.SUSPEND: frozenset({Role.AGENT, Role.HANDLER, Role.SUPERVISOR}),
    Act.LIFT: frozenset({Role.SUPERVISOR}),
    Act.CANCEL: frozenset({Role.SUPERVISOR}),
    Act.UNLOCK: frozenset({Role.SUPERVISOR}),
}
_PHASES: dict[Act, frozenset[Phase]] = {
    Act.RESEND: frozenset({Phase.LIVE, Phase.INACTIVE}),
    Act.REISSUE: frozenset({Phase.CLOSED}),
    Act.CORRECT: frozenset({Phase.LIVE, Phase.INACTIVE, Phase.CLOSED}),
    Act.SUSPEND: frozenset({Phase.LIVE, Phase.INACTIVE, Phase.CLOSED, Phase.ACTIVE}),
    Act.LIFT: frozenset({Phase.SUSPENDED}),
    Act.CANCEL: frozenset({Phase.SUSPENDED}),
}
_Hindrance = tuple[Reason, datetime | None]


def verdict(act: Act, situation: Situation, at: datetime, procedure: Procedure) -> Verdict:
    """Whether `act` is possible at `at` (UTC), and if not, the first reason in the order of `Reason`."""
    for reason, until in hindrances(act, situation, at, procedure):
        return Verdict(act, allowed=False, reason=reason, until=until)
    return Verdict(
        act,
        allowed=True,
        until=_ends_by_itself(act, situation, at),
        effect=_effect(act, situation, at, procedure),
        asks=_asks(act, situation),
    )


def verdicts(situation: Situation, at: datetime, procedure: Procedure) -> dict[Act, Verdict]:
    """The verdict on every act, in the order of `Act`."""
    return {act: verdict(act, situation, at, procedure) for act in Act}


def hindrances(act: Act, situation: Situation, at: datetime, procedure: Procedure) -> Iterator[_Hindrance]:
    """Every reason against `act`, in the order of `Reason`, each with the instant at which time lifts it."""
    yield from _of_the_record(act, situation, at)
    yield from _of_the_phase(act, situation, at)
    yield from _of_the_caps(act, situation, at, procedure)
    yield from ((reason, None) for reason in _of_the_call(act, situation))


def can(
    role: Role, act: Act, level: Level, direction: Direction | None, *, restricted: bool = False
) -> Reason | None:
    """The role table of rules §8 alone: why this role cannot do `act` in such a contact, None if it can.

    On a restricted record a supervisor on the call has the agent's column as well.
    """
    column = role is Role.SUPERVISOR and restricted and act in _SENDING
    if role not in _ROLES[act] and not column:
        return Reason.FORBIDDEN_ROLE
    return _contact_reason(act, direction) or _level_reason(act, level)


def _locked(situation: Situation, at: datetime) -> bool:
    return situation.locked_until is not None and at < situation.locked_until


def _of_the_record(act: Act, situation: Situation, at: datetime) -> Iterator[_Hindrance]:
    restricted = situation.person_status is PersonStatus.RESTRICTED
    if not situation.same_scheme:
        yield Reason.OTHER_SCHEME, None
    if not situation.same_fund:
        yield Reason.OTHER_FUND, None
    if situation.person_status is PersonStatus.DECEASED:
        yield Reason.PERSON_DECEASED, None
    if situation.person_status is PersonStatus.MINOR:
        yield Reason.PERSON_MINOR, None
    if restricted and situation.role is not Role.SUPERVISOR:
        yield Reason.PERSON_RESTRICTED, None
    if act is not Act.UNLOCK and _locked(situation, at):
        yield Reason.CHECKS_LOCKED, situation.locked_until
    top = can(situation.role, act, Level.REINFORCED, Direction.INCOMING, restricted=restricted)
    if top is Reason.FORBIDDEN_ROLE:
        yield top, None


def _of_the_phase(act: Act, situation: Situation, at: datetime) -> Iterator[_Hindrance]:
    if act is Act.UNLOCK:
        if not _locked(situation, at):
            yield Reason.NOT_LOCKED, None
        return
    where = phase(situation.enrolment, at)
    if where is None or situation.enrolment is None:
        yield Reason.NO_ENROLMENT, None
    elif where not in _PHASES[act]:
        if act in (Act.LIFT, Act.CANCEL) and where is not Phase.ENDED:
            yield Reason.NOT_SUSPENDED, None
        else:
            waiting = act is Act.REISSUE and where in (Phase.LIVE, Phase.INACTIVE)
            until = resend_ends_at(situation.enrolment, at) if waiting else None
            yield Reason(f"phase_{where}"), until


def _of_the_caps(act: Act, situation: Situation, at: datetime, procedure: Procedure) -> Iterator[_Hindrance]:
    if act not in _SENDING:
        return
    numbers = procedure.numbers
    if act is Act.RESEND:
        same_link = _effect(act, situation, at, procedure) is Effect.SAME_LINK
        if same_link and situation.mail_queued_since is not None:
            yield Reason.ALREADY_QUEUED, None
        if situation.last_send_at is not None:
            free_at = situation.last_send_at + timedelta(seconds=numbers.cooldown_seconds)
            if at < free_at:
                yield Reason.COOLDOWN, free_at
    if situation.sends_today >= numbers.sends_per_day:
        yield Reason.DAY_CAP, situation.day_ends_at or paris_day(at)[1]
    handler = situation.role is Role.HANDLER
    hourly = numbers.handler_sends_per_hour if handler else numbers.agent_sends_per_hour
    if situation.sends_this_hour >= hourly:
        yield Reason.HOUR_CAP, situation.hour_frees_at


def _of_the_call(act: Act, situation: Situation) -> Iterator[Reason]:
    if act not in _SENDING:
        return
    contact = _contact_reason(act, situation.direction)
    if contact:
        yield contact
    if situation.speaker is Speaker.THIRD_PARTY:
        yield Reason.THIRD_PARTY
    if situation.self_created is False:
        yield Reason.DID_NOT_CREATE
    if act is Act.RESEND and not situation.said_address and situation.said_address_tries_left <= 0:
        yield Reason.ADDRESS_NOT_CONFIRMED
    level = _level_reason(act, situation.level)
    if level:
        yield level


def _contact_reason(act: Act, direction: Direction | None) -> Reason | None:
    if act in _SENDING and direction is Direction.OUTGOING:
        return Reason.OUTGOING_CALL
    if act in _AT_LEVEL_2 and direction is Direction.MAIL:
        return Reason.NOT_AN_INCOMING_CALL
    return None


def _level_reason(act: Act, level: Level) -> Reason | None:
    if act in _AT_LEVEL_2 and level < Level.REINFORCED:
        return Reason.LEVEL_2_FIRST
    if act is Act.RESEND and level < Level.SIMPLE:
        return Reason.LEVEL_1_FIRST
    return None


def _asks(act: Act, situation: Situation) -> tuple[Ask, ...]:
    if act is Act.RESEND and not situation.said_address:
        return (Ask.SAID_ADDRESS,)
    if act in _AT_LEVEL_2 and situation.self_created is None:
        return (Ask.SELF_CREATED,)
    return ()


def _ends_by_itself(act: Act, situation: Situation, at: datetime) -> datetime | None:
    if act is Act.RESEND and situation.enrolment:
        return resend_ends_at(situation.enrolment, at)
    return situation.locked_until if act is Act.UNLOCK else None


def _effect(act: Act, situation: Situation, at: datetime, procedure: Procedure) -> Effect | None:
    if act is Act.RESEND:
        return resend_effect(situation.enrolment, at, procedure) if situation.enrolment else None
    if act is Act.LIFT:
        confirmed = situation.enrolment is not None and situation.enrolment.confirmed_at is not None
        return Effect.BACK_TO_ACTIVE if confirmed else Effect.BACK_TO_WINDOW
    return _EFFECTS[act]


_EFFECTS: dict[Act, Effect] = {
    Act.REISSUE: Effect.NEW_LINK_NEW_WINDOW,
    Act.CORRECT: Effect.NEW_ADDRESS_NEW_WINDOW,
    Act.SUSPEND: Effect.LINKS_REVOKED,
    Act.CANCEL: Effect.ENROLMENT_ENDED,
    Act.UNLOCK: Effect.CHECKS_UNLOCKED,
}

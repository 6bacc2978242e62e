"""What is allowed: role × level × phase × status → verdict: reason, until when, effect (rules §3, §8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ameli_support.clock import paris_day
from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.onboarding.link import Effect as Effect
from ameli_support.onboarding.link import Phase, phase, resend_effect, resend_ends_at
from ameli_support.onboarding.person import PersonStatus
from ameli_support.onboarding.verdicts import Act as Act
from ameli_support.onboarding.verdicts import Ask as Ask
from ameli_support.onboarding.verdicts import Reason as Reason
from ameli_support.onboarding.verdicts import Situation as Situation
from ameli_support.onboarding.verdicts import Verdict as Verdict

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure

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

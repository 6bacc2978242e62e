"""Carrying out an act for an agent: key, version, verdict, change, answer and audit in one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, update
from sqlalchemy.exc import DBAPIError

from ameli_support import sql
from ameli_support.accounts.contract import (
    ActAnswer,
    ProblemType,
    Who,
)
from ameli_support.onboarding.acts import Act, Ask, Effect, Reason, verdict
from ameli_support.onboarding.identity import Level, Role
from ameli_support.onboarding.link import Phase, phase
from ameli_support.sandbox import allowances, audit, denying, idempotency, kept_links, schema
from ameli_support.sandbox.callers import Caller, locked_until, read_caller, refuse_if_closed
from ameli_support.sandbox.carrying_out import CARRY_OUT, DISPUTE, Body, Done, Moment, Request
from ameli_support.sandbox.enrolments import NEWEST_ENROLMENT, Dossier, dossier_of, read_person
from ameli_support.sandbox.problems import Refused, refusal_of, refused_because
from ameli_support.sandbox.records import situation
from ameli_support.sandbox.world import World

_SENDING = (Act.RESEND, Act.REISSUE, Act.CORRECT)
# these are never hindered by a check that has ended
_AT_ANY_LEVEL = (Act.SUSPEND, Act.LIFT, Act.CANCEL, Act.UNLOCK)

__all__ = ["DISPUTE", "Body", "Request", "perform"]

_enrolment = schema.enrolment
MOVE_VERSION = (
    update(_enrolment)
    .where(_enrolment.c.id == bindparam("of"), _enrolment.c.version == bindparam("expected"))
    .values(version=_enrolment.c.version + 1)
    .returning(*(column for column in _enrolment.c if column.name != "code_hash"))
)


def perform(world: World, request: Request) -> ActAnswer:
    """Carry out an act once, or give the answer of the time it was; Refused leaves only an audit row."""
    with idempotency.alone(world, request.key):
        denying.keep(world, request)
        try:
            return _transaction(world, request)
        except Refused as refused:
            _note_refusal(world, request, refused)
            raise


@sql.retrying
def _transaction(world: World, request: Request) -> ActAnswer:
    binding = idempotency.bind(
        request.key, request.who, request.act, request.record, request.body, request.check
    )
    with sql.write(world.engine) as conn:
        if stored := idempotency.begin(conn, world, binding):
            return stored
        moment = _enter(conn, world, request)
        carry_out = kept_links.carry_out if request.act == kept_links.KEPT_LINK else CARRY_OUT[request.act]
        done = carry_out(moment)
        answer = _answer(moment, done)
        row = moment.dossier.row
        audit.write(
            conn,
            at=moment.at,
            actor=_actor(request.who),
            action=request.act,
            outcome="done",
            enrolment=row and row.id,
            generation=answer.kept_link.generation if answer.kept_link else answer.generation,
            reason=_reason(request),
        )
        idempotency.finish(conn, binding, answer)
        return answer


def _enter(conn: Connection, world: World, request: Request) -> Moment:
    """Move the version (one row or `stale-version`), then judge what stands there now."""
    who, procedure = request.who, world.procedure
    person = read_person(conn, request.record)
    if person is None:
        raise Refused(ProblemType.NOT_FOUND)
    if who.role is Role.ADMINISTRATOR:
        raise refused_because(Reason.FORBIDDEN_ROLE)
    refuse_if_closed(person, who, world.now(), procedure)
    strict = request.act not in _AT_ANY_LEVEL
    caller = read_caller(conn, world, who, request.record, request.check, strict=strict)
    dossier = _moved(conn, request, person)
    if request.act in _SENDING:
        allowances.take_turn(conn, who.agent)
    at = world.now()
    lock = locked_until(conn, request.record, at, procedure)
    if request.act == kept_links.KEPT_LINK:
        kept_links.may(caller, dossier, lock, at)
        return Moment(conn, world, request, caller, dossier, at, None)
    if request.act == DISPUTE:
        _may_dispute(caller, dossier, lock, at)
        return Moment(conn, world, request, caller, dossier, at, None)
    told = situation(
        conn,
        procedure,
        caller,
        dossier,
        lock,
        at,
        self_created=getattr(request.body, "self_created", None),
    )
    judged = verdict(Act(request.act), told, at, procedure)
    if not judged.allowed:
        raise refusal_of(judged, at)
    if Ask.SAID_ADDRESS in judged.asks:
        raise refused_because(Reason.ADDRESS_NOT_CONFIRMED)
    return Moment(conn, world, request, caller, dossier, at, judged)


def _moved(conn: Connection, request: Request, person: Row[Any]) -> Dossier:
    expected = request.body.expected_version
    row = conn.execute(NEWEST_ENROLMENT, {"person": person.id}).first()
    if row is None:
        if expected:
            raise Refused(ProblemType.STALE_VERSION, version=0)
        return Dossier(person)
    if expected is not None and expected != row.version:
        raise Refused(ProblemType.STALE_VERSION, version=row.version)
    moved = conn.execute(MOVE_VERSION, {"of": row.id, "expected": row.version}).first()
    if moved is None:
        raise Refused(ProblemType.STALE_VERSION, version=row.version + 1)
    return dossier_of(conn, person, moved)


def _may_dispute(caller: Caller, dossier: Dossier, lock: datetime | None, at: datetime) -> None:
    if lock is not None:
        raise refused_because(Reason.CHECKS_LOCKED, until=lock, at=at)
    where = phase(dossier.enrolment, at)
    if caller.level < Level.SIMPLE:
        raise refused_because(Reason.LEVEL_1_FIRST)
    if where is not Phase.ACTIVE:
        raise refused_because(Reason.NO_ENROLMENT if where is None else Reason(f"phase_{where}"))


def _answer(moment: Moment, done: Done) -> ActAnswer:
    issued = done.issued
    return ActAnswer(
        act=moment.request.act,
        record=moment.request.record,
        version=moment.dossier.version,
        phase=_phase_after(moment, done),
        effect=done.effect,
        generation=issued.generation if issued else None,
        expires_at=issued.expires_at if issued else None,
        window_closes_at=issued.window_closes_at if issued else _closes(moment.dossier),
        mail_queued_at=issued.mail_queued_at if issued else None,
        kept_link=done.kept_link,
        procedure_version=moment.world.procedure.version,
        as_of=moment.at,
    )


def _closes(dossier: Dossier) -> datetime | None:
    return dossier.enrolment.window_closes_at if dossier.enrolment else None


def _phase_after(moment: Moment, done: Done) -> Phase | None:
    if done.issued is not None:
        return Phase.LIVE
    if done.effect is Effect.LINKS_REVOKED:
        return Phase.SUSPENDED
    if done.effect is Effect.BACK_TO_ACTIVE:
        return Phase.ACTIVE
    if done.effect is Effect.ENROLMENT_ENDED:
        return Phase.ENDED
    enrolment, at = moment.dossier.enrolment, moment.at
    link_ended = done.kept_link is not None and done.kept_link.superseded
    if (done.effect is Effect.BACK_TO_WINDOW or link_ended) and enrolment is not None:
        closes_at = enrolment.window_closes_at
        return Phase.INACTIVE if closes_at is not None and at < closes_at else Phase.CLOSED
    return phase(enrolment, at)


def _note_refusal(world: World, request: Request, refused: Refused) -> None:
    """A refusal leaves an audit row of its own; a database that is down hides it, not the refusal."""
    try:
        with sql.write(world.engine) as conn:
            audit.write(
                conn,
                at=world.now(),
                actor=_actor(request.who),
                action=request.act,
                outcome="refused",
                reason=str(refused),
            )
    except DBAPIError:
        return


def _actor(who: Who) -> str:
    return f"{who.role.value}:{who.agent}"


def _reason(request: Request) -> str | None:
    reason = getattr(request.body, "reason", None)
    return None if reason is None else str(reason)

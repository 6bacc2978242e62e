"""Caller checks (rules §8): one try for one level, at most three comparisons, then failed; three failed lock.

The service compares; an answer holds results per fact, never a value.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, select, update

from ameli_support import sql
from ameli_support.accounts.contract import (
    CheckAnswer,
    CheckRequest,
    ProblemType,
    Who,
)
from ameli_support.clock import from_us, paris, to_us
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import (
    Comparison,
    Fact,
    Level,
    Role,
    Speaker,
    highest_level,
    may_be_compared,
    reached,
)
from ameli_support.onboarding.person import PersonStatus
from ameli_support.sandbox import schema
from ameli_support.sandbox.callers import (
    locked_until,
    refuse_if_closed,
    refuse_if_locked,
)
from ameli_support.sandbox.comparing import compare
from ameli_support.sandbox.enrolments import PERSON
from ameli_support.sandbox.problems import Refused, refused_because
from ameli_support.sandbox.world import World

_check, _said, _paper = schema.caller_check, schema.said_address, schema.representative
LOCK_PERSON = PERSON.with_for_update()
OPEN_CHECKS = select(_check).where(
    _check.c.person == bindparam("person"),
    _check.c.agent == bindparam("agent"),
    _check.c.ended_at.is_(None),
)
PAPER = select(_paper.c.valid_from, _paper.c.valid_until).where(
    _paper.c.person == bindparam("person"), _paper.c.kind == bindparam("kind")
)
_UNFINISHED = (
    _check.c.ended_at.is_(None)
    & _check.c.failed_at.is_(None)
    & (_check.c.comparisons > 0)
    & (_check.c.level < _check.c.level_sought)
)


@sql.retrying
def check(world: World, who: Who, request: CheckRequest) -> CheckAnswer:
    """Begin a check or compare once more in one; Refused where nothing may be compared."""
    if who.role is Role.ADMINISTRATOR:
        raise Refused(ProblemType.FORBIDDEN_ROLE, reason=Reason.FORBIDDEN_ROLE)
    with sql.write(world.engine) as conn:
        person = conn.execute(LOCK_PERSON, {"person": request.record}).first()
        if person is None:
            raise Refused(ProblemType.NOT_FOUND)
        at = world.now()
        _end_lapsed(conn, world, person.id)
        if request.facts:
            _refuse_comparison(conn, world, who, person, request, at)
        row = _continued(conn, world, who, request) if request.check else None
        if row is None:
            row = _begun(conn, world, who, person, request, at)
        if request.facts and row.level >= Level.SIMPLE:
            # why a record is closed is told from level 1 on, and there is nothing beyond it
            refuse_if_closed(person, who, at, world.procedure)
        if request.facts and row.level < row.level_sought:
            row = _compared(conn, world, person, row, request, at)
        return _answer(conn, world, row, at)


@sql.retrying
def end_call(world: World, who: Who, call: str) -> None:
    """End every level of this agent's call; unfinished checks count as failed."""
    mine = (_check.c.call == call) & (_check.c.agent == who.agent)
    with sql.write(world.engine) as conn:
        _end(conn, mine, world.now())


def _refuse_comparison(
    conn: Connection, world: World, who: Who, person: Row[Any], request: CheckRequest, at: datetime
) -> None:
    refuse_if_locked(conn, person.id, at, world.procedure)
    if who.role is Role.SUPERVISOR and person.status != PersonStatus.RESTRICTED:
        raise refused_because(Reason.FORBIDDEN_ROLE)
    in_date = _paper_in_date(conn, request, at)
    if request.level > highest_level(request.speaker, request.direction, in_date):
        raise refused_because(_why_lower(request, in_date))
    counting = {
        fact
        for level in Level
        if level <= request.level
        for fact in may_be_compared(level, request.direction)
    }
    if not counting.issuperset(request.facts):
        raise Refused(ProblemType.BAD_REQUEST, detail="a fact that does not count towards this level")


def _why_lower(request: CheckRequest, in_date: bool) -> Reason:
    if highest_level(None, request.direction) < request.level:
        outgoing = highest_level(None, request.direction) is Level.NOTHING
        return Reason.OUTGOING_CALL if outgoing else Reason.NOT_AN_INCOMING_CALL
    return Reason.THIRD_PARTY


def _paper_in_date(conn: Connection, request: CheckRequest, at: datetime) -> bool:
    """Whether the fund's file holds what the representative claims, in date on this Paris day."""
    if request.speaker is not Speaker.REPRESENTATIVE:
        return True
    if request.representation is None:
        return False
    paper = conn.execute(PAPER, {"person": request.record, "kind": request.representation.value}).first()
    today = paris(at).date().isoformat()
    return (
        paper is not None
        and paper.valid_from <= today
        and (paper.valid_until is None or today <= paper.valid_until)
    )


def _continued(conn: Connection, world: World, who: Who, request: CheckRequest) -> Row[Any]:
    row = conn.execute(select(_check).where(_check.c.id == request.check)).first()
    if row is None or (row.agent, row.person, row.call) != (who.agent, request.record, request.call):
        raise Refused(ProblemType.IDENTITY_EXPIRED)
    if row.ended_at is not None or row.failed_at is not None:
        raise Refused(ProblemType.IDENTITY_EXPIRED)
    if to_us(world.system.now()) >= row.expires_at:
        raise Refused(ProblemType.IDENTITY_EXPIRED)
    if _contact(row) != _contact_of(request) or row.level_sought != request.level:
        raise Refused(ProblemType.BAD_REQUEST, detail="another contact or level needs a new check")
    return row


def _begun(
    conn: Connection, world: World, who: Who, person: Row[Any], request: CheckRequest, at: datetime
) -> Row[Any]:
    """A new check ends the agent's others on this person; in the same contact it keeps the level reached."""
    now = world.system.now()
    level, expires_at = Level.NOTHING, to_us(now + timedelta(minutes=world.procedure.numbers.check_minutes))
    for row in conn.execute(OPEN_CHECKS, {"person": person.id, "agent": who.agent}):
        same_contact = row.call == request.call and _contact(row) == _contact_of(request)
        if same_contact and to_us(now) < row.expires_at and row.level > level:
            level, expires_at = Level(row.level), row.expires_at
    _end(conn, (_check.c.person == person.id) & (_check.c.agent == who.agent), at)
    _log(conn, who, request, at)
    return conn.execute(
        _check.insert().returning(_check),
        {
            "id": uuid4().hex,
            "person": person.id,
            "agent": who.agent,
            "call": request.call,
            "direction": request.direction.value,
            "speaker": request.speaker.value,
            "representation": request.representation and request.representation.value,
            "level_sought": int(request.level),
            "level": int(level),
            "comparisons": 0,
            "results": "{}",
            "started_at": to_us(at),
            "expires_at": expires_at,
        },
    ).one()


def _compared(
    conn: Connection, world: World, person: Row[Any], row: Row[Any], request: CheckRequest, at: datetime
) -> Row[Any]:
    """Compare what was said; `not_on_file` alone is no comparison, a third one without the level fails."""
    numbers = world.procedure.numbers
    now_said = {fact: compare(person, fact, text) for fact, text in request.facts.items()}
    results = _results(row) | now_said
    compared = any(result is not Comparison.NOT_ON_FILE for result in now_said.values())
    comparisons = row.comparisons + compared
    level = reached(Level(row.level_sought), results, Level(row.level))
    values: dict[str, Any] = {
        "comparisons": comparisons,
        "results": json.dumps({fact.value: result.value for fact, result in results.items()}),
        "level": int(level),
    }
    if level >= row.level_sought:
        values["expires_at"] = to_us(world.system.now() + timedelta(minutes=numbers.check_minutes))
    elif comparisons >= numbers.comparisons_per_check:
        values["failed_at"] = to_us(at)
    return conn.execute(update(_check).where(_check.c.id == row.id).values(values).returning(_check)).one()


def _answer(conn: Connection, world: World, row: Row[Any], at: datetime) -> CheckAnswer:
    left = world.procedure.numbers.comparisons_per_check - row.comparisons
    until = locked_until(conn, row.person, at, world.procedure)
    return CheckAnswer(
        check=row.id,
        level=Level.NOTHING if until else Level(row.level),
        results=_results(row),
        comparisons_left=left if row.failed_at is None else 0,
        failed=row.failed_at is not None,
        expires_at=from_us(row.expires_at),
        locked_until=until,
        as_of=at,
    )


def _end(conn: Connection, whose: Any, at: datetime) -> None:
    conn.execute(update(_check).where(whose, _UNFINISHED).values(failed_at=to_us(at)))
    conn.execute(update(_check).where(whose, _check.c.ended_at.is_(None)).values(ended_at=to_us(at)))


def _end_lapsed(conn: Connection, world: World, person: str) -> None:
    """What nobody ended within its time, because a program was killed, ended and failed at that time."""
    lasts = timedelta(minutes=world.procedure.numbers.check_minutes) // timedelta(microseconds=1)
    lapsed = (_check.c.person == person) & (_check.c.expires_at <= to_us(world.system.now()))
    ended = _check.c.started_at + lasts
    conn.execute(update(_check).where(lapsed, _UNFINISHED).values(failed_at=ended))
    conn.execute(update(_check).where(lapsed, _check.c.ended_at.is_(None)).values(ended_at=ended))


def _log(conn: Connection, who: Who, request: CheckRequest, at: datetime) -> None:
    conn.execute(
        schema.lookup_log.insert().values(
            at=to_us(at),
            agent=who.agent,
            role=who.role.value,
            call=request.call,
            what="check",
            person=request.record,
        )
    )


def _results(row: Row[Any]) -> dict[Fact, Comparison]:
    return {Fact(fact): Comparison(result) for fact, result in json.loads(row.results).items()}


def _contact(row: Row[Any]) -> tuple[str, str, str | None]:
    return row.direction, row.speaker, row.representation


def _contact_of(request: CheckRequest) -> tuple[str, str, str | None]:
    representation = request.representation
    return request.direction.value, request.speaker.value, representation and representation.value

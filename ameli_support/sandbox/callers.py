"""Who asks about a record, and whether they may hear of it: caller check, lock, closed records (rules §8)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select

from ameli_support.accounts.contract import ProblemType, Who
from ameli_support.clock import from_us, paris, to_us
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.onboarding.person import PersonStatus, status_on
from ameli_support.onboarding.procedure import Procedure
from ameli_support.sandbox import schema
from ameli_support.sandbox.problems import Refused, refused_because
from ameli_support.sandbox.world import World

GENERAL_SCHEME = "general"

_check, _said, _denied = schema.caller_check, schema.said_address, schema.creation_denied
_DENIED_IN = (
    select(_denied.c.call)
    .where(_denied.c.person == _check.c.person, _denied.c.call == _check.c.call)
    .scalar_subquery()
    .label("denied_in")
)
CHECK = (
    select(_check, _said.c.tries, _said.c.matched, _DENIED_IN)
    .select_from(
        _check.outerjoin(_said, and_(_said.c.person == _check.c.person, _said.c.call == _check.c.call))
    )
    .where(_check.c.id == bindparam("check"))
)
FAILURES = (
    select(_check.c.failed_at)
    .where(
        _check.c.person == bindparam("person"),
        _check.c.failed_at > bindparam("since"),
        _check.c.failed_at
        > func.coalesce(
            select(schema.unlock.c.at).where(schema.unlock.c.person == bindparam("person")).scalar_subquery(),
            0,
        ),
    )
    .order_by(_check.c.failed_at.desc())
    .limit(20)
)
_CLOSED_STATUS = {
    PersonStatus.DECEASED: Reason.PERSON_DECEASED,
    PersonStatus.MINOR: Reason.PERSON_MINOR,
    PersonStatus.RESTRICTED: Reason.PERSON_RESTRICTED,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a bearer token with what their caller check has reached; level 0 without one."""

    who: Who
    check: str | None = None
    call: str | None = None
    level: Level = Level.NOTHING
    speaker: Speaker | None = None
    direction: Direction | None = None
    expires_at: datetime | None = None
    said_address: bool | None = None
    said_tries: int = 0
    denied_creation: bool = False


def read_caller(
    conn: Connection, world: World, who: Who, person: str, check: str | None, *, strict: bool
) -> Caller:
    """The caller by their check on this person.

    A check that ended, expired (system clock) or is not this agent's on this person is
    Refused when `strict`, else as good as none.
    """
    if check is None:
        return Caller(who)
    row = conn.execute(CHECK, {"check": check}).first()
    valid = (
        row is not None
        and (row.agent, row.person) == (who.agent, person)
        and row.ended_at is None
        and to_us(world.system.now()) < row.expires_at
    )
    if row is None or not valid:
        if strict:
            raise Refused(ProblemType.IDENTITY_EXPIRED)
        return Caller(who)
    return Caller(
        who,
        check=row.id,
        call=row.call,
        level=Level(row.level),
        speaker=Speaker(row.speaker),
        direction=Direction(row.direction),
        expires_at=from_us(row.expires_at),
        said_address=row.matched,
        said_tries=row.tries or 0,
        denied_creation=row.denied_in is not None,
    )


def may_be_locked(last_failed_at: datetime | None, at: datetime, procedure: Procedure) -> bool:
    """Whether the newest failed check is young enough for a lock at `at` to be possible."""
    lock = timedelta(hours=procedure.numbers.lock_hours)
    return last_failed_at is not None and at < last_failed_at + lock


def locked_until(conn: Connection, person: str, at: datetime, procedure: Procedure) -> datetime | None:
    """Until when the record is locked at `at` by failed checks; None when it is not.

    The lock begins with the failure that makes three within 24 hours, and lasts 24 hours.
    """
    numbers = procedure.numbers
    lock = timedelta(hours=numbers.lock_hours)
    since = to_us(at - 2 * lock)
    failures = [from_us(us) for us in conn.execute(FAILURES, {"person": person, "since": since}).scalars()]
    before = failures[numbers.failed_checks_lock - 1 :]
    ends = [last + lock for last, first in zip(failures, before, strict=False) if last - first < lock]
    until = max(ends, default=None)
    return until if until and at < until else None


def status_of(person: Any, at: datetime, procedure: Procedure) -> PersonStatus:
    """The status of a row of `insured_person` at this instant."""
    born = date.fromisoformat(person.birth_date)
    return status_on(PersonStatus(person.status), born, paris(at).date(), procedure)


def closed_because(person: Any, who: Who, at: datetime, procedure: Procedure) -> Reason | None:
    """Why nothing of this record is told and no check is made on it; None when it is open to `who`."""
    if person.scheme != GENERAL_SCHEME:
        return Reason.OTHER_SCHEME
    if person.fund not in who.funds:
        return Reason.OTHER_FUND
    status = status_of(person, at, procedure)
    if status is PersonStatus.RESTRICTED and who.role is Role.SUPERVISOR:
        return None
    return _CLOSED_STATUS.get(status)


def refuse_if_closed(person: Any, who: Who, at: datetime, procedure: Procedure) -> None:
    """Raise the refusal of a closed record, with whom to turn to where that is known."""
    if reason := closed_because(person, who, at, procedure):
        raise refused_because(reason, contact=contact_of(person, reason, procedure))


def refuse_if_locked(conn: Connection, person: str, at: datetime, procedure: Procedure) -> None:
    """Raise `locked`, with the seconds left, while failed checks lock the record."""
    if until := locked_until(conn, person, at, procedure):
        raise refused_because(Reason.CHECKS_LOCKED, until=until, at=at)


def contact_of(person: Any, reason: Reason, procedure: Procedure) -> str | None:
    """Whom a person of another scheme or fund turns to, in French; a fund's mailbox only if known."""
    if reason is Reason.OTHER_SCHEME:
        scheme = f"scheme_contacts.{person.scheme}"
        return procedure.text(scheme if scheme in procedure.cells else "scheme_contacts.unknown")
    if reason is Reason.OTHER_FUND:
        contacts = procedure.contacts
        return contacts.mailbox if person.fund == contacts.fund else contacts.call_centre
    return None

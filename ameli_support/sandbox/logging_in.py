"""Who logs in with a number and a code, and the lock after wrong ones (rules §5).

Tries are taken before a code is compared, so that many at once are counted like one after
another; they are counted for numbers that nobody has too, so that the lock tells nothing.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.clock import from_us, to_us
from ameli_support.onboarding.person import PersonStatus
from ameli_support.sandbox import schema
from ameli_support.sandbox.world import World

_guard, _enrolment, _person = schema.login_guard, schema.enrolment, schema.insured_person
_FIND = (
    select(_person.c.id.label("person"), _person.c.status, _enrolment.c.id.label("enrolment"))
    .add_columns(_enrolment.c.code_hash, _enrolment.c.ended_at)
    .select_from(_person.join(_enrolment, _enrolment.c.person == _person.c.id))
    .where(_person.c.nir == bindparam("nir"), _enrolment.c.ended_at.is_(None))
)

_CLOSED = select(_guard.c.closed_until).where(
    _guard.c.key == bindparam("number"), _guard.c.closed_until > bindparam("now")
)


def _take(insert: Any) -> Any:
    """One more try, the first of a new row of tries when the last ones are long past."""
    statement = insert(_guard).values(key=bindparam("number"), wrong=1, last_at=bindparam("now"))
    anew = or_(_guard.c.closed_until.is_not(None), _guard.c.last_at <= bindparam("old"))
    return statement.on_conflict_do_update(
        index_elements=[_guard.c.key],
        set_={
            "wrong": case((anew, 1), else_=_guard.c.wrong + 1),
            "last_at": statement.excluded.last_at,
            "closed_until": None,
        },
        where=or_(_guard.c.closed_until.is_(None), _guard.c.closed_until <= bindparam("now")),
    ).returning(_guard.c.wrong)


_TAKE_SQLITE, _TAKE_POSTGRESQL = _take(sqlite.insert), _take(postgresql.insert)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with an account or an enrolment that has not ended; `code_hash`: none was chosen yet."""

    person: str
    enrolment: str
    code_hash: str | None


def candidate(world: World, nir13: str) -> Candidate | None:
    """Who could log in with this number; None for nobody, the deceased, and what has ended."""
    with sql.read(world.engine) as conn:
        row = conn.execute(_FIND, {"nir": nir13}).first()
    if row is None or row.status == PersonStatus.DECEASED:
        return None
    return Candidate(row.person, row.enrolment, row.code_hash)


def take_try(world: World, nir13: str) -> datetime | None:
    """One try for this number; None when it may be made, else until when the login is closed (UTC)."""
    numbers, key = world.procedure.numbers, _key(world, nir13)
    lasts = timedelta(minutes=numbers.login_lock_minutes)
    with sql.write(world.engine) as conn:
        at = world.now()
        # what no lock needs any more goes at once: strangers who make up numbers cannot fill the disk
        conn.execute(delete(_guard).where(_guard.c.last_at <= to_us(at - 2 * lasts)))
        statement = _TAKE_SQLITE if sql.is_sqlite(conn) else _TAKE_POSTGRESQL
        taken = conn.execute(statement, {"number": key, "now": to_us(at), "old": to_us(at - lasts)}).first()
        if taken is None:
            return _closed_until(conn, key)
        if taken.wrong <= numbers.login_tries:
            return None
        _close(conn, key, at + lasts)
        return at + lasts


def wrong(world: World, nir13: str) -> datetime | None:
    """The try taken last failed; until when the login is closed by it (UTC), None while tries are left."""
    numbers, key = world.procedure.numbers, _key(world, nir13)
    with sql.write(world.engine) as conn:
        row = conn.execute(select(_guard).where(_guard.c.key == key)).first()
        if row is None or row.wrong < numbers.login_tries:
            return None
        if row.closed_until is None:
            until = world.now() + timedelta(minutes=numbers.login_lock_minutes)
            _close(conn, key, until)
            return until
        return from_us(row.closed_until)


def closed_until(conn: Connection, world: World, nir13: str, at: datetime) -> datetime | None:
    """Until when the login with this number is closed at `at` (UTC); None while it is open."""
    row = conn.execute(_CLOSED, {"number": _key(world, nir13), "now": to_us(at)}).first()
    return from_us(row.closed_until) if row is not None else None


def right(world: World, nir13: str) -> None:
    """The try taken last was right: wrong ones before it are forgotten."""
    with sql.write(world.engine) as conn:
        conn.execute(delete(_guard).where(_guard.c.key == _key(world, nir13)))


def _closed_until(conn: Any, key: str) -> datetime:
    return from_us(conn.execute(select(_guard.c.closed_until).where(_guard.c.key == key)).scalar_one())


def _close(conn: Any, key: str, until: datetime) -> None:
    conn.execute(update(_guard).where(_guard.c.key == key).values(closed_until=to_us(until)))


def _key(world: World, nir13: str) -> str:
    """The number as it is counted: no row tells whose tries they were."""
    return hmac.digest(world.bearer_key, b"login/1\x00" + nir13.encode(), sha256).hex()

"""Suspending, and what only a supervisor does: lift, cancel, unlock; and the flag of a disputed confirmation.

Each runs inside an act's transaction, after its version and verdict.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.clock import to_us
from ameli_support.onboarding.link import Ended
from ameli_support.sandbox import claims, schema
from ameli_support.sandbox.enrolments import Dossier
from ameli_support.sandbox.site.sessions import end_all

_enrolment, _generation = schema.enrolment, schema.generation
_said, _unlock = schema.said_address, schema.unlock
REVOKE = (
    update(_generation)
    .where(_generation.c.enrolment == bindparam("of"), _generation.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)


def suspend(conn: Connection, dossier: Dossier, at: datetime) -> None:
    """Revoke every generation for good and keep the address claimed, if nobody else holds it by now."""
    enrolment_id = _set(conn, dossier, suspended_at=to_us(at))
    conn.execute(REVOKE, {"of": enrolment_id, "at": to_us(at)})
    end_all(conn, dossier.person.id)
    if dossier.enrolment and dossier.enrolment.address:
        claims.try_take(conn, dossier.enrolment.address, enrolment_id, until=None, at=at)


def lift(conn: Connection, dossier: Dossier, at: datetime) -> None:
    """Back to active, else to the stored window; revoked links stay dead and hold no address."""
    enrolment_id = _set(conn, dossier, suspended_at=None)
    enrolment = dossier.enrolment
    if enrolment and enrolment.address and enrolment.confirmed_at is None:
        claims.end(conn, enrolment.address, enrolment_id, at=at)


def cancel(conn: Connection, dossier: Dossier, at: datetime) -> None:
    """End the enrolment: the address is free, the code forgotten, a new sign-up possible.

    Whoever is logged in is so no more: they may be the ones for whom it is cancelled.
    """
    enrolment_id = _set(conn, dossier, ended_at=to_us(at), ended=Ended.CANCELLED.value, code_hash=None)
    end_all(conn, dossier.person.id)
    if dossier.enrolment and dossier.enrolment.address:
        claims.release(conn, dossier.enrolment.address, enrolment_id)


def unlock(conn: Connection, dossier: Dossier, at: datetime) -> None:
    """Failed checks up to now no longer count."""
    insert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
    statement = insert(_unlock).values(person=dossier.person.id, at=to_us(at))
    conn.execute(
        statement.on_conflict_do_update(index_elements=[_unlock.c.person], set_={"at": statement.excluded.at})
    )


def dispute(conn: Connection, dossier: Dossier, at: datetime) -> None:
    """« Je n'ai jamais cliqué »: a flag for the supervisor; the first one stays."""
    assert dossier.row is not None
    if dossier.row.disputed_at is None:
        _set(conn, dossier, disputed_at=to_us(at))


def _set(conn: Connection, dossier: Dossier, **columns: object) -> str:
    """Change columns of the enrolment; gives its id."""
    assert dossier.row is not None
    conn.execute(update(_enrolment).where(_enrolment.c.id == dossier.row.id).values(**columns))
    return str(dossier.row.id)

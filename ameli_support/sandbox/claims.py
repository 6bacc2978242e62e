"""Who holds an address (rules §7): one row an address, with the instant until which it is taken.

Liveness depends on time, so no index can hold it; the row decides, the same on both databases.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType
from ameli_support.clock import to_us
from ameli_support.sandbox import schema
from ameli_support.sandbox.problems import Refused

_claim = schema.address_claim


def _take(insert: Any) -> Any:
    statement = insert(_claim).values(
        address=bindparam("address"), enrolment=bindparam("enrolment"), until=bindparam("until")
    )
    return statement.on_conflict_do_update(
        index_elements=[_claim.c.address],
        set_={"enrolment": statement.excluded.enrolment, "until": statement.excluded.until},
        where=(_claim.c.until <= bindparam("now")) | (_claim.c.enrolment == bindparam("enrolment")),
    ).returning(_claim.c.address)


_TAKE_SQLITE = _take(sqlite.insert)
_TAKE_POSTGRESQL = _take(postgresql.insert)
_RELEASE = delete(_claim).where(
    _claim.c.address == bindparam("address"), _claim.c.enrolment == bindparam("enrolment")
)
_OTHER = select(_claim.c.address).where(
    _claim.c.address == bindparam("of"),
    _claim.c.enrolment != bindparam("by"),
    _claim.c.until > bindparam("now"),
)
_HOLD = (
    update(_claim)
    .where(_claim.c.address == bindparam("of"), _claim.c.enrolment == bindparam("by"))
    .values(until=bindparam("until"))
)


def take(conn: Connection, address: str, enrolment: str, *, until: datetime | None, at: datetime) -> None:
    """Claim an address until an instant, or for good (None); Refused as `address-taken` if it is held."""
    if not try_take(conn, address, enrolment, until=until, at=at):
        raise Refused(ProblemType.ADDRESS_TAKEN)


def try_take(conn: Connection, address: str, enrolment: str, *, until: datetime | None, at: datetime) -> bool:
    """Claim an address unless another enrolment holds it at `at`; whether it is ours now."""
    statement = _TAKE_SQLITE if sql.is_sqlite(conn) else _TAKE_POSTGRESQL
    values = {
        "address": address,
        "enrolment": enrolment,
        "until": schema.FOREVER if until is None else to_us(until),
        "now": to_us(at),
    }
    return conn.execute(statement, values).first() is not None


def held_by_another(conn: Connection, address: str, enrolment: str, *, at: datetime) -> bool:
    """Whether another enrolment holds the address at `at`."""
    return conn.execute(_OTHER, {"of": address, "by": enrolment, "now": to_us(at)}).first() is not None


def release(conn: Connection, address: str, enrolment: str) -> None:
    """Give the address back at once, if this enrolment holds it."""
    conn.execute(_RELEASE, {"address": address, "enrolment": enrolment})


def end(conn: Connection, address: str, enrolment: str, *, at: datetime) -> None:
    """Let this enrolment's claim, if it has one, end at `at`."""
    conn.execute(_HOLD, {"of": address, "by": enrolment, "until": to_us(at)})

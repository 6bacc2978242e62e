"""An act is carried out once per Idempotency-Key, and can be settled after a crash (design.md, "Acts").

The key is bound to agent, route and body; its answer is stored in the act's own transaction;
a refusal rolls the key back with the rest. Void, it binds the agent in whose name it is, nobody else.
Kept 30 days of the system clock.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import (
    ActAnswer,
    ProblemType,
    SettleAnswer,
    Settled,
    Who,
    Wire,
)
from ameli_support.clock import to_us
from ameli_support.onboarding.identity import Role
from ameli_support.sandbox import agents, schema
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.world import World

KEPT = timedelta(days=30)
_BEGUN, _DONE, _VOID = "begun", "done", "void"

_key = schema.act_key
_VALUES: dict[str, Any] = {
    name: bindparam(name) for name in ("key", "agent", "route", "body_hash", "state", "at")
}
_INSERT_SQLITE = sqlite.insert(_key).values(_VALUES).on_conflict_do_nothing().returning(_key.c.key)
_INSERT_POSTGRESQL = postgresql.insert(_key).values(_VALUES).on_conflict_do_nothing().returning(_key.c.key)
_FIND = select(_key).where(_key.c.key == bindparam("key"), _key.c.agent == bindparam("agent"))
_ANOTHERS = select(_key.c.agent).where(
    _key.c.key == bindparam("key"), _key.c.agent != bindparam("agent"), _key.c.state != _VOID
)
_FINISH = (
    update(_key)
    .where(_key.c.key == bindparam("of"), _key.c.agent == bindparam("whose"))
    .values(state=_DONE, answer=bindparam("stored_answer"))
)


@dataclass(frozen=True, slots=True)
class Binding:
    """What a key belongs to."""

    key: str
    agent: str
    route: str
    body_hash: str


def bind(key: str, who: Who, route: str, record: str, body: Wire, check: str | None) -> Binding:
    """The binding of one request: the record and the check are part of what must not change."""
    told = "\x00".join((record, check or "", body.model_dump_json()))
    return Binding(key, who.agent, route, hashlib.sha256(told.encode()).hexdigest())


@contextmanager
def alone(world: World, key: str) -> Iterator[None]:
    """Holds the key while its request is carried out; Refused as `in-flight` while another holds it."""
    with world.in_flight_lock:
        if key in world.in_flight:
            raise Refused(ProblemType.IN_FLIGHT, retry_after=1)
        world.in_flight.add(key)
    try:
        yield
    finally:
        with world.in_flight_lock:
            world.in_flight.discard(key)


def begin(conn: Connection, world: World, binding: Binding) -> ActAnswer | None:
    """Claim the key for this transaction; gives the stored answer if the act took place already.

    Raises Refused: `key-reused` for another agent, route or body, `key-void` for a settled key.
    """
    if _claim(conn, world, binding, _BEGUN):
        return None
    row = conn.execute(_FIND, {"key": binding.key, "agent": binding.agent}).first()
    if row is not None and row.state == _VOID:
        raise Refused(ProblemType.KEY_VOID)
    if row is None or (row.route, row.body_hash) != (binding.route, binding.body_hash):
        raise Refused(ProblemType.KEY_REUSED)
    return ActAnswer.model_validate_json(row.answer)


def finish(conn: Connection, binding: Binding, answer: ActAnswer) -> None:
    """Store the answer beside what the act changed."""
    stored = answer.model_dump_json()
    conn.execute(_FINISH, {"of": binding.key, "whose": binding.agent, "stored_answer": stored})


@sql.retrying
def settle(world: World, who: Who, key: str, agent: str | None = None) -> SettleAnswer:
    """Whether the act of `agent` (one's own when None) with this key took place; if not, it never will.

    A colleague's is settled by whoever acts on records of a fund of theirs: what a crash or a hand-over
    leaves behind. The answer itself is told to the agent whose act it was, and to supervisors. Raises
    Refused: `forbidden-role`, `other-fund`, `key-reused` for a key that is another's.
    """
    owner = agent or who.agent
    with alone(world, key), sql.write(world.engine) as conn:
        if owner != who.agent:
            if who.role is Role.ADMINISTRATOR:
                raise Refused(ProblemType.FORBIDDEN_ROLE)
            if not agents.fund_of_both(conn, who, owner):
                raise Refused(ProblemType.OTHER_FUND)
        whose = {"key": key, "agent": owner}
        if conn.execute(_ANOTHERS, whose).first() is not None:
            raise Refused(ProblemType.KEY_REUSED)
        if _claim(conn, world, Binding(key, owner, "settle", ""), _VOID):
            return SettleAnswer(settled=Settled.VOID, as_of=world.now())
        row: Row[tuple[str, ...]] = conn.execute(_FIND, whose).one()
        if row.state == _VOID:
            return SettleAnswer(settled=Settled.VOID, as_of=world.now())
        may_read = row.agent == who.agent or who.role is Role.SUPERVISOR
        answer = ActAnswer.model_validate_json(row.answer) if may_read else None
        return SettleAnswer(settled=Settled.DONE, answer=answer, as_of=world.now())


def forget_old(conn: Connection, world: World) -> int:
    """Remove the keys of more than 30 days; how many."""
    until = to_us(world.system.now() - KEPT)
    return conn.execute(delete(_key).where(_key.c.at < until)).rowcount


def _claim(conn: Connection, world: World, binding: Binding, state: str) -> bool:
    """Whether the key is this agent's from now on: new to them, and no act of another's."""
    statement = _INSERT_SQLITE if sql.is_sqlite(conn) else _INSERT_POSTGRESQL
    values = {
        "key": binding.key,
        "agent": binding.agent,
        "route": binding.route,
        "body_hash": binding.body_hash,
        "state": state,
        "at": to_us(world.system.now()),
    }
    return conn.execute(statement, values).first() is not None

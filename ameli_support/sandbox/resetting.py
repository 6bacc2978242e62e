"""Another personal code: by « Code oublié ? » and its link of 30 minutes, or by the old code (rules §5).

The link's token is derived like a confirmation link's, for a purpose of its own: neither opens the
other's page. A mail leaves for the confirmed address of an active account alone, and not in the
days after an activation at a corrected address.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, select, update

from ameli_support import sql
from ameli_support.accounts.contract import SendKind
from ameli_support.clock import paris_day, to_us
from ameli_support.onboarding.link import Phase, phase
from ameli_support.onboarding.person import PersonStatus
from ameli_support.sandbox import audit, issuing, schema
from ameli_support.sandbox.enrolments import ENROLMENT, enrolment_of
from ameli_support.sandbox.record_views import reset_blocked_until
from ameli_support.sandbox.site.sessions import end_all
from ameli_support.sandbox.tokens import read_token
from ameli_support.sandbox.world import World

PURPOSE = "reset/1"

_enrolment, _person, _reset = schema.enrolment, schema.insured_person, schema.code_reset
_WHO = (
    select(_enrolment.c.id, _person.c.birth_date, _person.c.status)
    .select_from(_enrolment.join(_person, _person.c.id == _enrolment.c.person))
    .where(_person.c.nir == bindparam("nir"), _enrolment.c.ended_at.is_(None))
)
_OF_ENROLMENT = (
    select(_reset).where(_reset.c.enrolment == bindparam("enrolment")).order_by(_reset.c.issued_at.desc())
)
_LINK = (
    select(_reset, _person.c.id.label("person"), _person.c.nir, _person.c.birth_date, _person.c.status)
    .add_columns(_enrolment.c.confirmed_at, _enrolment.c.suspended_at, _enrolment.c.ended_at)
    .add_columns(_enrolment.c.address.label("address_now"))
    .select_from(
        _reset.join(_enrolment, _enrolment.c.id == _reset.c.enrolment).join(
            _person, _person.c.id == _enrolment.c.person
        )
    )
    .where(_reset.c.id == bindparam("reset"))
)


@dataclass(frozen=True, slots=True)
class Reset:
    """A link of « Code oublié ? » that works; `person`: a row with `nir` and `birth_date`."""

    id: str
    enrolment: str
    person: Any


def ask(world: World, nir13: str, born: date) -> None:
    """« Code oublié ? »: a mail leaves, or not; nobody is told which, and nothing is returned."""
    with sql.write(world.engine) as conn:
        who = conn.execute(_WHO, {"nir": nir13}).first()
        if who is None or who.birth_date != born.isoformat() or who.status == PersonStatus.DECEASED:
            return
        statement = ENROLMENT if sql.is_sqlite(conn) else ENROLMENT.with_for_update()
        row = conn.execute(statement, {"enrolment": who.id}).one()
        at, where = world.now(), phase(enrolment_of(row, ()), world.now())
        if where is not Phase.ACTIVE or reset_blocked_until(row, where, world.procedure, at) is not None:
            return
        if _too_many(conn, world, row.id):
            return
        expires_at = at + timedelta(minutes=world.procedure.numbers.reset_link_minutes)
        send = issuing.queue_mail(
            conn, world, row.id, SendKind.CODE_RESET, row.address, at, expires_at=expires_at
        )
        values = {
            "id": uuid4().hex,
            "enrolment": row.id,
            "address": row.address,
            "key_id": world.ring.newest,
            "send": send,
            "issued_at": to_us(at),
            "expires_at": to_us(expires_at),
        }
        conn.execute(insert(_reset), values)
        audit.write(conn, at=at, actor="person", action="code_reset", outcome="queued", enrolment=row.id)


def token_of(world: World, reset: str, address: str, key_id: str) -> str:
    """The token of a reset for its address; KeyError when its key has left the ring."""
    return urlsafe_b64encode(bytes.fromhex(reset) + _seal(world, reset, address, key_id)).decode()


def find(world: World, token: str) -> Reset | None:
    """The reset of a token that still works; None for every other, whatever is wrong with it."""
    with sql.read(world.engine) as conn:
        return _find(conn, world, token)


def reset(world: World, token: str, code_hash: str) -> bool:
    """Keep the new code, once; every session of the person is over. False when the link works no more."""
    with sql.write(world.engine) as conn:
        found, at = _find(conn, world, token), world.now()
        if found is None:
            return False
        mine = (_reset.c.enrolment == found.enrolment) & _reset.c.used_at.is_(None)
        used = conn.execute(update(_reset).where(mine).values(used_at=to_us(at)).returning(_reset.c.id))
        if found.id not in {row.id for row in used}:
            return False
        _keep(conn, found.enrolment, code_hash)
        end_all(conn, found.person.person)
        audit.write(
            conn, at=at, actor="person", action="code_reset", outcome="done", enrolment=found.enrolment
        )
        return True


def change(world: World, enrolment: str, old_hash: str | None, code_hash: str) -> bool:
    """Keep another code for an account whose old one, of `old_hash`, was just typed; every session is over.

    False when the code is another one by now: whoever changed it in between has decided.
    """
    with sql.write(world.engine) as conn:
        row = conn.execute(ENROLMENT, {"enrolment": enrolment}).one()
        mine = (_enrolment.c.id == enrolment) & (_enrolment.c.code_hash == old_hash)
        if not conn.execute(update(_enrolment).where(mine).values(code_hash=code_hash)).rowcount:
            return False
        end_all(conn, row.person)
        audit.write(
            conn, at=world.now(), actor="person", action="code_change", outcome="done", enrolment=enrolment
        )
        return True


def code_hash_of(world: World, enrolment: str) -> str | None:
    """The stored hash of an enrolment's personal code."""
    with sql.read(world.engine) as conn:
        statement = select(_enrolment.c.code_hash).where(_enrolment.c.id == enrolment)
        return conn.execute(statement).scalar()


def _find(conn: Connection, world: World, token: str) -> Reset | None:
    given = read_token(token)
    row = given and conn.execute(_LINK, {"reset": given.generation}).first()
    if given is None or not row or row.key_id not in world.ring.keys:
        return None
    if not hmac.compare_digest(given.mac, _seal(world, row.id, row.address, row.key_id)):
        return None
    stands = row.confirmed_at is not None and row.suspended_at is None and row.ended_at is None
    newest = conn.execute(_OF_ENROLMENT, {"enrolment": row.enrolment}).first()
    works = (
        stands
        and row.used_at is None
        and row.address == row.address_now
        and row.status != PersonStatus.DECEASED
        and newest is not None
        and newest.id == row.id
        and to_us(world.now()) < row.expires_at
    )
    return Reset(row.id, row.enrolment, row) if works else None


def _keep(conn: Connection, enrolment: str, code_hash: str) -> None:
    conn.execute(update(_enrolment).where(_enrolment.c.id == enrolment).values(code_hash=code_hash))


def _seal(world: World, reset: str, address: str, key_id: str) -> bytes:
    return world.ring.mac(PURPOSE, bytes.fromhex(reset) + address.encode(), key_id)


def _too_many(conn: Connection, world: World, enrolment: str) -> bool:
    """Within the cool-down of the last one, or as many today as mails may leave on a day."""
    at, numbers = world.now(), world.procedure.numbers
    sent = [row.issued_at for row in conn.execute(_OF_ENROLMENT, {"enrolment": enrolment})]
    recent = to_us(at - timedelta(seconds=numbers.cooldown_seconds))
    begins = to_us(paris_day(at)[0])
    return any(one > recent for one in sent) or sum(one >= begins for one in sent) >= numbers.sends_per_day

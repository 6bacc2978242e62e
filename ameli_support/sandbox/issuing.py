"""Issuing links and their mails: the first one, re-send, reissue, correction (rules §3, design.md "Acts").

Everything here runs inside one transaction that has moved the enrolment's version already, so
two issues of one enrolment can never interleave; a unique index holds it should code fail.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, update

from ameli_support import outbox
from ameli_support.accounts.contract import SendKind
from ameli_support.clock import to_us
from ameli_support.onboarding.acts import Effect
from ameli_support.onboarding.link import (
    Generation,
    Superseded,
    current_generation,
    link_end,
    live_generation,
    new_window,
)
from ameli_support.outbox import MailState
from ameli_support.sandbox import claims, schema
from ameli_support.sandbox.enrolments import Dossier
from ameli_support.sandbox.world import World

_enrolment, _generation, _send = schema.enrolment, schema.generation, schema.send
SUPERSEDE = (
    update(_generation)
    .where(
        _generation.c.enrolment == bindparam("of"),
        _generation.c.superseded_at.is_(None),
        _generation.c.revoked_at.is_(None),
    )
    .values(superseded_at=bindparam("at"), superseded=bindparam("why"))
)
ADD_SEND = insert(_send)
ADD_GENERATION = insert(_generation)
OF_ENROLMENT = update(_enrolment).where(_enrolment.c.id == bindparam("of"))
ADDRESS_CHANGED = (
    update(_generation)
    .where(_generation.c.enrolment == bindparam("of"), _generation.c.revoked_at.is_(None))
    .values(superseded=Superseded.ADDRESS_CHANGED.value)
)
_CAME_BACK = (MailState.REFUSED.value, MailState.BOUNCED.value)


@dataclass(frozen=True, slots=True)
class Issued:
    """What an issue did: the generation that the mail carries, and when the mail was queued."""

    generation: int
    expires_at: datetime
    window_closes_at: datetime
    mail_queued_at: datetime


def resend(
    conn: Connection, world: World, dossier: Dossier, effect: Effect, at: datetime, agent: str | None
) -> Issued:
    """Mail the same link again, or a new one to the same address; the window stays."""
    assert dossier.enrolment is not None
    live = live_generation(dossier.enrolment, at)
    if effect is Effect.SAME_LINK and live is not None:
        return _mail_again(conn, world, dossier, live, at, agent)
    return _new_link(conn, world, dossier, SendKind.RESEND, at, agent)


def reissue(conn: Connection, world: World, dossier: Dossier, at: datetime, agent: str) -> Issued:
    """A new link to the same address, and a new window."""
    window = _open_window(conn, world, dossier, at)
    return _new_link(conn, world, dossier, SendKind.REISSUE, at, agent, window_closes_at=window)


def correct(
    conn: Connection,
    world: World,
    dossier: Dossier,
    address: str,
    at: datetime,
    agent: str,
    *,
    tell_old_address: bool,
) -> Issued:
    """A new link to another address (canonical) and a new window; no older link can ever confirm again.

    The old address is told that it was replaced, unless mail to it was refused or came back.
    """
    row, old = dossier.row, dossier.enrolment and dossier.enrolment.address
    assert row is not None
    window = _open_window(conn, world, dossier, at, address=address, corrected_at=to_us(at))
    issued = _new_link(
        conn,
        world,
        dossier,
        SendKind.CORRECTION,
        at,
        agent,
        address=address,
        window_closes_at=window,
        why=Superseded.ADDRESS_CHANGED,
    )
    if old:
        claims.release(conn, old, row.id)
    came_back = any(send.address == old and send.state in _CAME_BACK for send in dossier.sends)
    if old and tell_old_address and not came_back:
        queue_mail(conn, world, row.id, SendKind.NOTICE_ADDRESS_CHANGED, old, at)
    return issued


def first_issue(
    conn: Connection, world: World, dossier: Dossier, address: str, at: datetime, contact: dict[str, Any]
) -> Issued:
    """The first link, to the address that step 5 submitted; opens the window. `contact`: columns to store."""
    window = _open_window(conn, world, dossier, at, address=address, **contact)
    return _new_link(conn, world, dossier, SendKind.FIRST, at, None, address=address, window_closes_at=window)


def queue_mail(
    conn: Connection,
    world: World,
    enrolment: str,
    kind: SendKind,
    address: str,
    at: datetime,
    *,
    generation: str | None = None,
    expires_at: datetime | None = None,
    agent: str | None = None,
) -> str:
    """One send row, whose id is given, and its outbox row; no mail leaves after `expires_at` or five days."""
    send, mail = uuid4().hex, uuid4().hex
    ends_at = at + outbox.GIVE_UP_AFTER
    outbox.enqueue(
        conn,
        schema.mail,
        id=mail,
        owner_ref=send,
        message_id=f"<{mail}@{world.message_domain}>",
        recipient=address,
        queued_at=at,
        expires_at=min(ends_at, expires_at) if expires_at else ends_at,
    )
    conn.execute(
        ADD_SEND,
        {
            "id": send,
            "enrolment": enrolment,
            "generation": generation,
            "kind": kind.value,
            "address": address,
            "mail": mail,
            "agent": agent,
            "at": to_us(at),
        },
    )
    return send


def _new_link(
    conn: Connection,
    world: World,
    dossier: Dossier,
    kind: SendKind,
    at: datetime,
    agent: str | None,
    *,
    address: str | None = None,
    window_closes_at: datetime | None = None,
    why: Superseded = Superseded.NEWER,
) -> Issued:
    row, enrolment = dossier.row, dossier.enrolment
    assert row is not None
    assert enrolment is not None
    address = address or enrolment.address
    closes_at = window_closes_at or enrolment.window_closes_at
    assert address is not None
    assert closes_at is not None
    expires_at = link_end(at, world.procedure)
    claims.take(conn, address, row.id, until=expires_at, at=at)
    if current_generation(enrolment) is not None:
        conn.execute(SUPERSEDE, {"of": row.id, "at": to_us(at), "why": why.value})
    if why is Superseded.ADDRESS_CHANGED:
        conn.execute(ADDRESS_CHANGED, {"of": row.id})
    number = 1 + max((g.number for g in enrolment.generations), default=0)
    generation = uuid4().hex
    conn.execute(
        ADD_GENERATION,
        {
            "id": generation,
            "enrolment": row.id,
            "number": number,
            "address": address,
            "key_id": world.ring.newest,
            "issued_at": to_us(at),
            "expires_at": to_us(expires_at),
        },
    )
    queue_mail(
        conn,
        world,
        row.id,
        kind,
        address,
        at,
        generation=generation,
        expires_at=expires_at,
        agent=agent,
    )
    return Issued(number, expires_at, closes_at, at)


def _mail_again(
    conn: Connection, world: World, dossier: Dossier, live: Generation, at: datetime, agent: str | None
) -> Issued:
    row, enrolment = dossier.row, dossier.enrolment
    assert row is not None
    assert enrolment is not None
    assert enrolment.window_closes_at is not None
    claims.take(conn, live.address, row.id, until=live.expires_at, at=at)
    generation = next(g.id for g in dossier.generations if g.number == live.number)
    queue_mail(
        conn,
        world,
        row.id,
        SendKind.RESEND,
        live.address,
        at,
        generation=generation,
        expires_at=live.expires_at,
        agent=agent,
    )
    return Issued(live.number, live.expires_at, enrolment.window_closes_at, at)


def _open_window(conn: Connection, world: World, dossier: Dossier, at: datetime, **columns: Any) -> datetime:
    assert dossier.row is not None
    opens_at, closes_at = new_window(at, world.procedure)
    values = {"window_opened_at": to_us(opens_at), "window_closes_at": to_us(closes_at), **columns}
    conn.execute(OF_ENROLMENT, {"of": dossier.row.id, **values})
    return closes_at

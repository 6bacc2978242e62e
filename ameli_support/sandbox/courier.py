"""What the account service's outbox asks of it: is a mail still wanted, and what does it say.

The link is derived here, at the hand-over, and lives in the mail alone; its base comes from
the settings, never from a request.
"""

import threading
from collections.abc import Callable
from email.message import EmailMessage

from sqlalchemy import RowMapping, bindparam, select

from ameli_support import sql
from ameli_support.clock import from_us, to_us
from ameli_support.mail import letters
from ameli_support.onboarding.person import PersonStatus
from ameli_support.outbox import QueuedMail
from ameli_support.sandbox import resetting, schema
from ameli_support.sandbox.world import World

_g, _e, _p, _s = schema.generation, schema.enrolment, schema.insured_person, schema.send
_r = schema.code_reset
_STANDING = (
    select(
        _s.c.generation,
        _g.c.address,
        _g.c.key_id,
        _g.c.expires_at,
        _g.c.superseded_at,
        _g.c.revoked_at,
        _g.c.used_at,
        _e.c.confirmed_at,
        _e.c.suspended_at,
        _e.c.ended_at,
        _p.c.status,
        _r.c.id.label("reset"),
        _r.c.address.label("reset_address"),
        _r.c.key_id.label("reset_key_id"),
        _r.c.expires_at.label("reset_expires_at"),
        _r.c.used_at.label("reset_used_at"),
    )
    .select_from(
        _s.join(_e, _e.c.id == _s.c.enrolment)
        .join(_p, _p.c.id == _e.c.person)
        .outerjoin(_g, _g.c.id == _s.c.generation)
        .outerjoin(_r, _r.c.send == _s.c.id)
    )
    .where(_s.c.mail == bindparam("mail"))
)


class _Asked(threading.local):
    """What this thread read last: `render` follows `wanted` at once, and need not read again."""

    mail: str = ""
    row: RowMapping | None = None


class NoSuchSend(LookupError):
    """The outbox holds a mail that no send row names."""


class Courier:
    """Answers for one world; safe to use from several threads.

    `link_of(token)`, `reset_link_of(token)`: the public pages’ whole URLs. `sender`: the bare address
    that mails come from.
    """

    def __init__(
        self,
        world: World,
        link_of: Callable[[str], str],
        sender: str,
        reset_link_of: Callable[[str], str] | None = None,
    ) -> None:
        self._world = world
        self._reset_link_of = reset_link_of or link_of
        self._link_of = link_of
        self._sender = sender
        self._asked = _Asked()

    def wanted(self, mail: QueuedMail) -> bool:
        """Whether the mail may still leave (rules §1, §3).

        Nothing leaves for the deceased, or while an enrolment is suspended or after it ended;
        a link only while its generation is live. Notices belong to no generation.
        """
        row = self._asked.row = self._read(mail)
        self._asked.mail = mail.id
        if (
            row["status"] == PersonStatus.DECEASED
            or row["suspended_at"] is not None
            or row["ended_at"] is not None
        ):
            return False
        if row["reset"] is not None:
            return row["reset_used_at"] is None and to_us(self._world.now()) < row["reset_expires_at"]
        if row["generation"] is None:
            return True
        dead = (row["superseded_at"], row["revoked_at"], row["used_at"], row["confirmed_at"])
        return all(at is None for at in dead) and to_us(self._world.now()) < row["expires_at"]

    def render(self, mail: QueuedMail) -> EmailMessage:
        """The message, with its link derived anew; raises NoSuchSend, or KeyError for a key that left."""
        world = self._world
        row = self._asked.row if self._asked.mail == mail.id else None
        row = row or self._read(mail)
        envelope = {"sender": self._sender, "recipient": mail.recipient, "message_id": mail.message_id}
        if row["reset"] is not None:
            token = resetting.token_of(world, row["reset"], row["reset_address"], row["reset_key_id"])
            return letters.code_reset(
                world.procedure, **envelope, link=self._reset_link_of(token), at=world.now()
            )
        if row["generation"] is None:
            return letters.address_changed(world.procedure, **envelope, at=world.now())
        token = world.ring.token(row["generation"], row["address"], row["key_id"])
        return letters.confirmation(
            world.procedure,
            **envelope,
            link=self._link_of(token),
            expires_at=from_us(row["expires_at"]),
            at=world.now(),
        )

    def _read(self, mail: QueuedMail) -> RowMapping:
        with sql.read(self._world.engine) as conn:
            row = conn.execute(_STANDING, {"mail": mail.id}).mappings().first()
        if row is None:
            raise NoSuchSend(mail.id)
        return row

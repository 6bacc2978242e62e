"""The mails that the cast received before the sandbox began, where their providers put them."""

import email.policy
from pathlib import Path

from sqlalchemy import select

from ameli_support import sql
from ameli_support.clock import from_us
from ameli_support.mail import letters
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.mailworld import MailWorld
from ameli_support.sandbox.mailworld.mailboxes import Mailboxes
from ameli_support.sandbox.mailworld.parcel import Parcel
from ameli_support.sandbox.sender import SENDER
from ameli_support.sandbox.site import links
from ameli_support.sandbox.world import World

_POLICY = email.policy.SMTP.clone(cte_type="7bit")


def file_them(world: World, maildir: Path, people: Mailboxes) -> int:
    """Carry what was handed over, each as of its own instant; how many mails that were.

    For a world that was filled a moment ago; whoever is not of the cast begins with an empty mailbox.
    """
    post = MailWorld(maildir, people=people, clock=world.business)
    m, s, g = schema.mail, schema.send, schema.generation
    e, p = schema.enrolment, schema.insured_person
    query = (
        select(
            *(m.c.recipient, m.c.message_id, m.c.handed_over_at),
            *(g.c.id, g.c.address, g.c.key_id, g.c.expires_at),
        )
        .join(s, s.c.mail == m.c.id)
        .join(g, g.c.id == s.c.generation)
        .join(e, e.c.id == s.c.enrolment)
        .join(p, p.c.id == e.c.person)
        .where(p.c.nir.in_([one.nir for one in CAST.values()]), m.c.state == MailState.HANDED_OVER.value)
        .order_by(m.c.handed_over_at)
    )
    with sql.read(world.engine) as connection:
        rows = connection.execute(query).all()
    for row in rows:
        at = from_us(row.handed_over_at)
        letter = letters.confirmation(
            world.procedure,
            sender=SENDER,
            recipient=row.recipient,
            message_id=row.message_id,
            link=links.link_of(world, world.ring.token(row.id, row.address, row.key_id)),
            expires_at=from_us(row.expires_at),
            at=at,
        )
        post.accept(Parcel(row.recipient, SENDER, letter.as_bytes(policy=_POLICY), at))
    return len(rows)

"""The sandbox's post: the outbox worker that sends, and the mail world that receives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ameli_support import outbox, sql
from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport
from ameli_support.outbox.worker import Clocks, Outbox
from ameli_support.sandbox import schema
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.courier import Courier
from ameli_support.sandbox.lives import Fate
from ameli_support.sandbox.mailworld import HOST, RULES, Bounce, MailWorld, Rule, Stage
from ameli_support.sandbox.site import links
from ameli_support.sandbox.world import World

SENDER = "nepasrepondre@sandbox.invalid"
_TIMEOUT = 10.0
_ANSWERS = {
    Fate.BOUNCED: (Stage.BOUNCE, "550 5.1.1 User unknown"),
    Fate.DEFERRED: (Stage.RCPT, "452 4.2.2 Mailbox full"),
}


class Post:
    """Sends a world's mails to Maildirs by address; `smtp_port` is known once it runs."""

    def __init__(self, world: World, maildir: Path) -> None:
        self._world = world
        self._mailboxes = MailWorld(maildir, rules=(*cast_rules(), *RULES), on_bounce=self._bounced)
        self._outbox: Outbox | None = None

    @property
    def smtp_port(self) -> int:
        """Where the mail world listens."""
        return self._mailboxes.port

    def wake(self) -> None:
        """Mails may have become due: look at once; from any thread."""
        if self._outbox is not None:
            self._outbox.wake()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receives and sends for the length of the block; mails under way are finished."""
        stop = asyncio.Event()
        async with self._mailboxes as mailboxes:
            self._outbox = self._worker(mailboxes.port)
            task = asyncio.create_task(self._outbox.run_forever(stop))
            try:
                yield
            finally:
                stop.set()
                await task
                self._outbox = None

    def _worker(self, port: int) -> Outbox:
        world = self._world
        courier = Courier(world, lambda token: links.link_of(world, token), SENDER)
        return Outbox(
            world.engine,
            schema.mail,
            wanted=courier.wanted,
            render=courier.render,
            transport=SmtpTransport(SmtpSettings(HOST, port, tls="none", timeout=_TIMEOUT)),
            clocks=Clocks(world.business, world.system),
        )

    def _bounced(self, bounce: Bounce) -> bool:
        with sql.write(self._world.engine) as connection:
            return outbox.record_bounce(
                connection,
                schema.mail,
                message_id=bounce.message_id,
                at=self._world.now(),
                code=bounce.code,
                enhanced=bounce.enhanced,
                answer=bounce.answer,
            )


def cast_rules() -> tuple[Rule, ...]:
    """The cast's mailboxes go on answering as they did when the world was made."""
    rules = []
    for member in CAST.values():
        life, address = member.person.life, member.person.address
        if life is None or address is None or not life.issues or life.issues[-1].fate not in _ANSWERS:
            continue
        stage, answer = _ANSWERS[life.issues[-1].fate]
        local, _, domain = address.rpartition("@")
        rules.append(Rule(stage, answer, local=local, domains=frozenset({domain})))
    return tuple(rules)

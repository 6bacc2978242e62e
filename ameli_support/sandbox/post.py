"""The sandbox's post: the outbox worker that sends, and the mail world that receives."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport
from ameli_support.outbox.worker import Clocks, Outbox
from ameli_support.sandbox import schema
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.courier import Courier
from ameli_support.sandbox.mailworld import HOST, MailWorld, mailboxes
from ameli_support.sandbox.returns import Returns
from ameli_support.sandbox.sender import SENDER
from ameli_support.sandbox.site import links, paths
from ameli_support.sandbox.world import World

log = logging.getLogger(__name__)

RETURNS = "retours@sandbox.invalid"
_TIMEOUT = 10.0
_POLL_SECONDS = 0.25


class Post:
    """Sends a world's mails to Maildirs by address; `smtp_port` is known once it runs."""

    def __init__(self, world: World, maildir: Path) -> None:
        self.maildir = maildir
        self.people = cast_mailboxes()
        self._world = world
        self._mailboxes = MailWorld(
            maildir,
            people=self.people,
            clock=world.business,
            site=world.base_url,
            arrived=self._came_back,
        )
        self._returns = Returns(world, maildir, RETURNS)
        self._returned = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outbox: Outbox | None = None

    @property
    def smtp_port(self) -> int:
        """Where the mail world listens."""
        return self._mailboxes.port

    def wake(self) -> None:
        """Mails may have become due: look at once; from any thread."""
        self._mailboxes.wake()
        if self._outbox is not None:
            self._outbox.wake()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receives and sends for the length of the block; mails under way are finished."""
        stop = asyncio.Event()
        async with self._mailboxes as mailboxes:
            self._loop = asyncio.get_running_loop()
            self._outbox = self._worker(mailboxes.port)
            sending = asyncio.create_task(self._outbox.run_forever(stop))
            reading = asyncio.create_task(self._read_returns())
            try:
                yield
            finally:
                stop.set()
                await sending
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                self._outbox = self._loop = None

    def _worker(self, port: int) -> Outbox:
        world = self._world
        courier = Courier(
            world,
            lambda token: links.link_of(world, token),
            SENDER,
            lambda token: f"{world.base_url}{paths.FORGOTTEN}/{token}",
        )
        return Outbox(
            world.engine,
            schema.mail,
            wanted=courier.wanted,
            render=courier.render,
            transport=SmtpTransport(
                SmtpSettings(HOST, port, tls="none", timeout=_TIMEOUT, envelope_sender=RETURNS)
            ),
            clocks=Clocks(world.business, world.system),
        )

    def _came_back(self) -> None:
        """A report has arrived; called in a worker thread."""
        if (loop := self._loop) is not None:
            with suppress(RuntimeError):  # the loop has just ended
                loop.call_soon_threadsafe(self._returned.set)

    async def _read_returns(self) -> None:
        while True:
            self._returned.clear()
            try:
                await asyncio.to_thread(self._returns.read)
            except Exception as error:
                log.warning("returns: not read: %s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._returned.wait(), _POLL_SECONDS)


def cast_mailboxes() -> mailboxes.Mailboxes:
    """The mailboxes of the cast's people, and everybody else's by their address."""
    people = (member.person for member in CAST.values())
    return mailboxes.load({p.address: p.mailbox for p in people if p.address and p.mailbox})

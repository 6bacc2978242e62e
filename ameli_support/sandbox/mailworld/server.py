"""The SMTP server in front of the invented people's mailboxes, and what becomes of what it accepts.

It accepts everybody whose mailbox does not say otherwise. With the Maildirs it is the only place
where a link may show.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP

from ameli_support.clock import Clock, SystemClock
from ameli_support.sandbox.maildirs import deliver
from ameli_support.sandbox.mailworld import mailboxes
from ameli_support.sandbox.mailworld.later import Later
from ameli_support.sandbox.mailworld.mailboxes import Mailbox, Mailboxes
from ameli_support.sandbox.mailworld.parcel import Attempt, End, Parcel, Provider
from ameli_support.sandbox.mailworld.red_lists import RedLists
from ameli_support.sandbox.mailworld.reports import report
from ameli_support.sandbox.mailworld.scanning import open_links

HOST = "127.0.0.1"
MAX_SIZE = 2_000_000
POLL_SECONDS = 1.0


class MailWorld:
    """The SMTP server; `async with MailWorld(root) as world: world.port`.

    `people`: who has which mailbox (default: by the rules of mailboxes.toml alone). `clock`: business
    time, by which mails are late. `site`: the base URL under which scanners may open links; None,
    and they open nothing. `arrived()` is called when a report has come back to its sender.
    """

    def __init__(
        self,
        root: Path,
        *,
        people: Mailboxes | None = None,
        clock: Clock | None = None,
        site: str | None = None,
        arrived: Callable[[], None] | None = None,
        host: str = HOST,
        port: int = 0,
    ) -> None:
        self.root = root
        self.port = port
        self._people = people or mailboxes.load()
        self._clock = clock or SystemClock()
        self._site = site
        self._arrived = arrived
        self._host = host
        self._first_tries: dict[str, datetime] = {}
        self._later = Later(root)
        self._red_lists = RedLists(root)
        self._server: asyncio.Server | None = None
        self._connections: set[SMTP] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._carrying = threading.Lock()

    async def start(self) -> None:
        """Listen, from then on at `port`; raises OSError when it is taken."""
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd logs addresses
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._loop = asyncio.get_running_loop()
        self._server = await self._loop.create_server(self._connection, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self._keeper = asyncio.create_task(self._keep_carrying())

    async def stop(self) -> None:
        """Close every connection and file what was accepted; what is late waits for the next start."""
        if self._server is not None:
            self._server.close()
            for connection in self._connections:
                if connection.transport is not None:
                    connection.transport.close()
            await self._server.wait_closed()
        self._loop = None
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await asyncio.gather(*self._work, return_exceptions=True)

    def wake(self) -> None:
        """The clock was moved: look at once for what has become due; from any thread."""
        if (loop := self._loop) is not None and not loop.is_closed():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake.set)

    async def __aenter__(self) -> "MailWorld":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # ── SMTP; aiosmtpd calls the two handlers by their names ────────────────

    def _connection(self) -> SMTP:
        loop = asyncio.get_running_loop()
        self._connections = {c for c in self._connections if c.transport is not None}
        connection = SMTP(
            self,
            loop=loop,
            hostname="sandbox",
            ident="sandbox",
            enable_SMTPUTF8=True,
            data_size_limit=MAX_SIZE,
        )
        self._connections.add(connection)
        return connection

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, unless the mailbox refuses."""
        mailbox, provider = self._people.of(address), self._people.provider(address)
        attempt = self._attempt(mailbox, address)
        for behaviour in mailbox.behaviours:
            if answer := behaviour.refusal(provider, attempt):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take the message for each recipient, unless the mailbox of one rejects it."""
        now = self._clock.now()
        carried = []
        for address in envelope.rcpt_tos:
            parcel = Parcel(address, _sender(envelope.mail_from), envelope.content, now)
            mailbox, provider = self._people.of(address), self._people.provider(address)
            for behaviour in mailbox.behaviours:
                if answer := behaviour.rejection(provider, parcel):
                    return answer
            carried.append((mailbox, provider, parcel))
        for mailbox, provider, parcel in carried:
            if mailbox.behaviours:
                self._spawn(asyncio.to_thread(self.accept, parcel))
            else:
                self._end(provider, parcel)
        return "250 2.0.0 OK queued"

    def _attempt(self, mailbox: Mailbox, address: str) -> Attempt:
        now = self._clock.now()
        if not mailbox.greylists:
            return Attempt(address, now, now)
        return Attempt(address, now, self._first_tries.setdefault(address.lower(), now))

    # ── carrying ────────────────────────────────────────────────────────────

    def accept(self, parcel: Parcel) -> None:
        """Do what its mailbox does with it; what is late is left to `carry_due`. For a worker thread."""
        provider = self._people.provider(parcel.address)
        for behaviour in self._red_lists.left(self._people.of(parcel.address), parcel.address):
            parcel = behaviour.carry(provider, parcel)
        if parcel.wait and parcel.end is not End.LOST:
            self._later.keep(parcel)
        else:
            self._end(provider, parcel)

    def _end(self, provider: Provider, parcel: Parcel) -> None:
        if parcel.opened_by and self._site is not None:
            open_links(parcel.content, parcel.opened_by, self._site)
        if parcel.end is End.FILED:
            deliver(
                self.root,
                parcel.address,
                parcel.sender,
                parcel.content,
                folder=parcel.folder,
                at=parcel.arrives_at,
                notes=_notes(provider, parcel),
            )
        elif parcel.end is End.RETURNED and parcel.sender:  # a report never brings forth another
            content = report(parcel, provider.host, parcel.arrives_at)
            deliver(self.root, parcel.sender, "", content, at=parcel.arrives_at)
            if self._arrived is not None:
                self._arrived()

    def carry_due(self) -> int:
        """Bring whatever is due by now to its end; how much that was. For a worker thread."""
        with self._carrying:
            parcels = self._later.take(self._clock.now())
            for parcel in parcels:
                try:
                    self._end(self._people.provider(parcel.address), parcel)
                except Exception as error:  # one bad mail never stops the others
                    _tell_lost(error)
        return len(parcels)

    async def _keep_carrying(self) -> None:
        while True:
            self._wake.clear()
            await asyncio.to_thread(self.carry_due)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _tell_lost(error)


def _tell_lost(error: BaseException) -> None:
    logging.getLogger(__name__).error("mail lost on its way: %s", type(error).__name__)


def _sender(given: str | None) -> str:
    """The envelope sender; the null one (RFC 5321 §4.5.5) is empty."""
    return "" if given in (None, "<>") else str(given)


def _notes(provider: Provider, parcel: Parcel) -> str:
    """What a provider writes above a mail: its way, who vouches for it, and what its filter thinks."""
    host = provider.host
    domain = parcel.sender.rpartition("@")[2] or "unknown"
    lines = [f"Authentication-Results: {host}; spf=pass smtp.mailfrom={domain}; dkim=pass; dmarc=pass"]
    if parcel.folder and parcel.folder == provider.junk:
        lines += [f"{name}: {value}" for name, value in provider.junk_notes.items()]
    lines.append(f"Received: from {host} by store.{host}; {format_datetime(parcel.arrives_at)}")
    lines.append(f"Received: from sandbox by {host} with ESMTP; {format_datetime(parcel.accepted_at)}")
    return "".join(f"{line}\r\n" for line in lines)

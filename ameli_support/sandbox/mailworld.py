"""The invented people's mailboxes: an SMTP server that files every mail into a Maildir by address.

It accepts everybody, except where a rule says otherwise. With these Maildirs it is the only
place where a link may show.
"""

import asyncio
import email
import email.policy
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP

from ameli_support.sandbox.maildirs import deliver

HOST = "127.0.0.1"
MAX_SIZE = 2_000_000
# a bounce can only be noted once the worker has noted the hand-over
BOUNCE_TRIES = 100
BOUNCE_PAUSE = 0.1


# ── who refuses ─────────────────────────────────────────────────────────────


class Stage(StrEnum):
    """When the world answers: at the recipient, after the message, or later by a returned mail."""

    RCPT = "rcpt"
    DATA = "data"
    BOUNCE = "bounce"


@dataclass(frozen=True, slots=True)
class Rule:
    """Addresses that a provider answers differently.

    `local`: the word that begins the local part (`refuse`, `refuse.2`, `refuse+x@…`), or None for
    every local part. `domains`: those it holds for, none = all. `times`: only the first so
    many tries of an address, None = always.
    """

    stage: Stage
    answer: str
    local: str | None = None
    domains: frozenset[str] = frozenset()
    times: int | None = None

    def holds(self, address: str) -> bool:
        """Whether the rule is about this canonical address."""
        local, _, domain = address.rpartition("@")
        if self.domains and domain not in self.domains:
            return False
        return self.local is None or re.match(rf"{re.escape(self.local)}(?:[^a-z]|$)", local) is not None


# what the invented providers answer, in the words of real ones (facts/mail.md §1.3)
RULES = (
    Rule(Stage.RCPT, "550 5.1.1 User unknown", local="refuse"),
    Rule(Stage.RCPT, "550 5.1.1 Adresse d'au moins un destinataire invalide. OFR_416", local="inconnu"),
    Rule(Stage.RCPT, "452 4.2.2 Mailbox full", local="plein"),
    Rule(Stage.RCPT, "451 4.7.1 Greylisted, please try again later", local="lent", times=2),
    Rule(Stage.RCPT, "550 5.2.1 The account is disabled", local="ferme"),
    Rule(Stage.DATA, "554 5.7.1 Message rejected as spam", local="bloque"),
    Rule(Stage.BOUNCE, "550 5.1.1 User unknown", local="rebond"),
    Rule(
        Stage.RCPT,
        "550 5.1.2 Host or domain name not found",
        domains=frozenset(
            {
                *("gamil.com", "gmial.com", "gmai.com", "gmail.con", "ornage.fr", "oange.fr"),
                *("hotmal.fr", "homtail.fr", "hotmail.fe", "wanado.fr", "fre.fr", "yaho.fr"),
                *("yahou.fr", "outlok.fr", "oulook.fr", "gmail.fr", "wanadoo.com"),
                *("laposte.fr", "la-poste.net", "srf.fr"),
            }
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back after it was accepted; `answer` names no address."""

    message_id: str
    code: int
    enhanced: str | None
    answer: str


# ── the server ──────────────────────────────────────────────────────────────


class MailWorld:
    """The SMTP server; `async with MailWorld(root) as world: world.port`.

    `rules`: the first that holds answers. `on_bounce(bounce)` is called in a worker thread,
    again and again until it returns true.
    """

    def __init__(
        self,
        root: Path,
        *,
        rules: Iterable[Rule] = RULES,
        on_bounce: Callable[[Bounce], bool] | None = None,
        host: str = HOST,
        port: int = 0,
    ) -> None:
        self.root = root
        self.port = port
        self._rules = tuple(rules)
        self._on_bounce = on_bounce
        self._host = host
        self._tries: Counter[tuple[Rule, str]] = Counter()
        self._server: asyncio.Server | None = None
        self._connections: set[SMTP] = set()
        self._bounces: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, from then on at `port`; raises OSError when it is taken."""
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd logs addresses
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection and forget bounces that are still to come."""
        if self._server is not None:
            self._server.close()
            for connection in self._connections:
                if connection.transport is not None:
                    connection.transport.close()
            await self._server.wait_closed()
        for task in self._bounces:
            task.cancel()
        await asyncio.gather(*self._bounces, return_exceptions=True)

    async def __aenter__(self) -> "MailWorld":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

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

    # aiosmtpd calls these two by their names

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, unless a rule refuses it."""
        rule = self._rule(address, Stage.RCPT)
        if rule is not None:
            return rule.answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """File the message for each recipient, unless a rule refuses it."""
        for address in envelope.rcpt_tos:
            if rule := self._rule(address, Stage.DATA):
                return rule.answer
        number = 0
        for address in envelope.rcpt_tos:
            if rule := self._rule(address, Stage.BOUNCE):
                self._return(rule, envelope.content)
            else:
                number = deliver(self.root, address, envelope.mail_from or "", envelope.content)
        return f"250 2.0.0 OK queued as {number}"

    def _rule(self, address: str, stage: Stage) -> Rule | None:
        address = address.lower()
        for rule in self._rules:
            if rule.stage is stage and rule.holds(address):
                self._tries[rule, address] += 1
                if rule.times is None or self._tries[rule, address] <= rule.times:
                    return rule
        return None

    def _return(self, rule: Rule, content: bytes) -> None:
        if self._on_bounce is None:
            return
        message = email.message_from_bytes(content, policy=email.policy.default)
        code, enhanced, *_words = rule.answer.split(" ", 2)
        bounce = Bounce(str(message["Message-ID"] or "").strip(), int(code), enhanced, rule.answer[4:])
        task = asyncio.create_task(self._tell(self._on_bounce, bounce))
        self._bounces.add(task)
        task.add_done_callback(self._bounces.discard)

    @staticmethod
    async def _tell(on_bounce: Callable[[Bounce], bool], bounce: Bounce) -> None:
        for _ in range(BOUNCE_TRIES):
            if await asyncio.to_thread(on_bounce, bounce):
                return
            await asyncio.sleep(BOUNCE_PAUSE)

"""The outbox worker: takes due mails under a lease, asks the owner, hands them over, records the fate.

Several workers may run on one database. A mail is recorded before its line takes the next
one, so a killed worker leaves at most one mail a line in doubt; such a mail is sent again
with the same Message-ID once its lease has lapsed.
"""

import asyncio
import email.policy
import logging
import random
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import Engine, Table

from ameli_support.clock import Clock, monotonic, to_us
from ameli_support.mail.recipient import is_sendable
from ameli_support.mail.smtp_answers import Trouble, strip
from ameli_support.outbox import rows
from ameli_support.outbox.batch import Batch, Recorder
from ameli_support.outbox.rows import Result
from ameli_support.outbox.smtp import Fate, HandOver, Line, Transport
from ameli_support.outbox.table import MailState, QueuedMail

log = logging.getLogger(__name__)

# waits before the next try: doubled from a minute; a server that is down says nothing about
# the mail, so it is asked again sooner than one that answered "later" (RFC 5321 §4.5.4.1)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
LONGEST_WAIT_DOWN = timedelta(minutes=15)
JITTER = 0.25

LEASE_TIMEOUTS = 3
DOWN_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
POLL_SECONDS = 1.0
IDLE_SECONDS = 10.0
STRIKES = 3


@dataclass(frozen=True, slots=True)
class Clocks:
    """`business`: due times, waits and ends; `system`: leases."""

    business: Clock
    system: Clock


class Outbox:
    """One worker.

    `wanted(mail)`: whether the mail still has a purpose; false cancels it. `render(mail)`:
    the message with From, To and Subject; its Message-ID is set here. Both are called in a
    worker thread just before the hand-over, outside any transaction. `lanes`: connections used at once.
    `batch`: rows leased at once.
    """

    def __init__(
        self,
        engine: Engine,
        table: Table,
        *,
        wanted: Callable[[QueuedMail], bool],
        render: Callable[[QueuedMail], EmailMessage],
        transport: Transport,
        clocks: Clocks,
        lanes: int = 4,
        batch: int = 32,
        chance: random.Random | None = None,
    ) -> None:
        self._engine = engine
        self._table = table
        self._wanted = wanted
        self._render = render
        self._transport = transport
        self._clocks = clocks
        self._lanes = lanes
        self._batch = batch
        self._chance = chance or random.Random()
        self._strikes = 0  # silent outcomes in a row, over all lanes
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    # ── running ─────────────────────────────────────────────────────────────

    async def run_once(self) -> int:
        """Treat everything that is due now; returns how many rows were treated.

        Stops early when the server is down: what is left stays queued for the next run.
        """
        lines = self._open_lines()
        treated = 0
        try:
            while True:
                number, down = await self._round(lines)
                treated += number
                if number == 0 or down:
                    return treated
        finally:
            await _close(lines)

    async def run_forever(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a database or server that is away is waited for."""
        self._loop = asyncio.get_running_loop()
        lines = self._open_lines()
        failures = 0
        last_work = monotonic()
        try:
            while not stop.is_set():
                self._wake.clear()
                try:
                    number, down = await self._round(lines, stop)
                except Exception as error:
                    log.warning("outbox: round failed: %s", type(error).__name__)
                    number, down = 0, True
                if number:
                    last_work = monotonic()
                elif monotonic() - last_work > IDLE_SECONDS:
                    await _close(lines)
                failures = failures + 1 if down else 0
                if down:
                    await _either(stop, None, DOWN_PAUSES[min(failures, len(DOWN_PAUSES)) - 1])
                elif number == 0:
                    await _either(stop, self._wake, POLL_SECONDS)
        finally:
            self._loop = None
            await _close(lines)

    def wake(self) -> None:
        """Look at once instead of at the next poll; from any thread."""
        if (loop := self._loop) is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake.set)

    # ── one round ───────────────────────────────────────────────────────────

    def _open_lines(self) -> list[Line]:
        return [self._transport.line() for _ in range(self._lanes)]

    async def _round(self, lines: Sequence[Line], stop: asyncio.Event | None = None) -> tuple[int, bool]:
        """Lease one batch and treat it; returns the number of rows and whether the server is down."""
        lease = uuid.uuid4().hex
        lease_length = timedelta(seconds=LEASE_TIMEOUTS * self._transport.timeout)
        leased_at = monotonic()
        claimed = await asyncio.to_thread(
            rows.claim,
            self._engine,
            self._table,
            lease=lease,
            now=to_us(self._clocks.business.now()),
            system_now=to_us(self._clocks.system.now()),
            length=lease_length,
            limit=self._batch,
        )
        if not claimed:
            return 0, False
        batch = Batch(
            waiting=deque(claimed),
            recorder=Recorder(
                self._engine, self._table, lease, until=leased_at + lease_length.total_seconds()
            ),
            # a hand-over may begin only when it will end well inside the lease
            last_start=leased_at + lease_length.total_seconds() - 2 * self._transport.timeout,
            stop=stop,
        )
        workers = [asyncio.create_task(self._lane(line, batch)) for line in lines]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            await batch.recorder.finish()
            if batch.waiting:
                await asyncio.to_thread(
                    rows.release, self._engine, self._table, lease, [m.id for m in batch.waiting]
                )
        return len(claimed) - len(batch.waiting), batch.down is not None

    async def _lane(self, line: Line, batch: Batch) -> None:
        while batch.waiting and not batch.over():
            mail = batch.waiting.popleft()
            begun = monotonic()
            outcome = await self._deliver(line, mail, batch.down)
            if outcome is not batch.down:
                self._strikes = self._strikes + 1 if _silent(outcome) else 0
            if self._strikes >= STRIKES and _silent(outcome):
                outcome = HandOver(Fate.DOWN, trouble=outcome.trouble)
            if outcome.fate is Fate.DOWN:
                batch.down = outcome
            await batch.recorder.record(self._result(mail, outcome, monotonic() - begun))

    async def _deliver(self, line: Line, mail: QueuedMail, down: HandOver | None) -> HandOver:
        """Prepare and hand over one mail; whatever goes wrong is this mail's own trouble.

        `down`: what another mail just met, so that not every mail waits for a dead server.
        """
        try:
            prepared = await asyncio.to_thread(self._prepare, mail, down)
            if isinstance(prepared, HandOver):
                return prepared
            sender, message = prepared
            return await line.hand_over(sender, mail.recipient, message)
        except Exception as error:
            log.warning("outbox: mail not prepared: %s", type(error).__name__)
            return HandOver(Fate.TEMPORARY, trouble=Trouble.UNRENDERED)

    def _prepare(self, mail: QueuedMail, down: HandOver | None) -> HandOver | tuple[str, bytes]:
        """The envelope sender and the bytes, or why the mail does not go; runs in a thread."""
        if self._clocks.business.now() >= mail.expires_at:
            return HandOver(Fate.PERMANENT, trouble=Trouble.EXPIRED)
        if not self._wanted(mail):
            return HandOver(Fate.PERMANENT, trouble=Trouble.UNWANTED)
        if not is_sendable(mail.recipient):
            return HandOver(Fate.PERMANENT, trouble=Trouble.BAD_RECIPIENT)
        if down is not None:
            return down
        message = self._render(mail)
        if message["Message-ID"] != mail.message_id:
            del message["Message-ID"]
            message["Message-ID"] = mail.message_id
        sender = message["From"].addresses[0].addr_spec
        policy = email.policy.SMTP if mail.recipient.isascii() else email.policy.SMTPUTF8
        return sender, message.as_bytes(policy=policy.clone(cte_type="7bit"))

    # ── what comes of it ────────────────────────────────────────────────────

    def _result(self, mail: QueuedMail, outcome: HandOver, duration: float) -> Result:
        now = self._clocks.business.now()
        state = _state(outcome)
        next_try = None
        if state is MailState.DEFERRED:
            # at its end it comes up once more, to be cancelled visibly
            next_try = to_us(min(now + self._wait(mail.attempts, outcome), mail.expires_at))
        return Result(
            mail=mail.id,
            number=mail.attempts,
            at=to_us(now),
            state=state,
            not_before=next_try,
            smtp_code=outcome.code,
            smtp_enhanced=outcome.enhanced,
            smtp_text=None if outcome.text is None else strip(outcome.text),
            trouble=outcome.trouble,
            duration_us=int(duration * 1_000_000),
        )

    def _wait(self, attempts: int, outcome: HandOver) -> timedelta:
        longest = LONGEST_WAIT_DOWN if outcome.fate is Fate.DOWN else LONGEST_WAIT
        wait = min(FIRST_WAIT * (1 << min(attempts - 1, 16)), longest)
        return wait * (1 + JITTER * self._chance.random())


def _state(outcome: HandOver) -> MailState:
    if outcome.trouble in (Trouble.EXPIRED, Trouble.UNWANTED):
        return MailState.CANCELLED
    return {
        Fate.ACCEPTED: MailState.HANDED_OVER,
        Fate.PERMANENT: MailState.REFUSED,
        Fate.TEMPORARY: MailState.DEFERRED,
        Fate.DOWN: MailState.DEFERRED,
    }[outcome.fate]


def _silent(outcome: HandOver) -> bool:
    """Whether the server broke off without an answer: several in a row are no mail's fault."""
    return outcome.trouble in (Trouble.TIMEOUT, Trouble.CUT, Trouble.GARBAGE)


async def _close(lines: Sequence[Line]) -> None:
    await asyncio.gather(*(line.close() for line in lines))


async def _either(stop: asyncio.Event, wake: asyncio.Event | None, seconds: float) -> None:
    """Wait for `stop`, for `wake`, or for so many seconds."""
    waits = [asyncio.create_task(event.wait()) for event in (stop, wake) if event is not None]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

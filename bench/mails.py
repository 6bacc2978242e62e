"""One outbox worker: leased, asked for, rendered, handed over by SMTP and recorded mails a second.

The server is in another process, on the loopback. Beside it, in the same run, the floor: the
same mails by aiosmtplib alone, over as many connections, without database or rendering.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiosmtplib
from sqlalchemy import func, select

from ameli_support import sql
from ameli_support.outbox import MailState, QueuedMail
from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport
from ameli_support.outbox.worker import Clocks, Outbox
from ameli_support.sandbox import schema
from ameli_support.sandbox.courier import Courier
from ameli_support.sandbox.world import World
from bench import ready
from bench.measure import line, spread, title

ROUNDS, MAILS, LANES = 5, 500, 4
SENDER = "ne-pas-repondre@example.org"


def run() -> None:
    """Prints mails a second of the worker and of the floor, and their ratio."""
    title(f"One outbox worker, {LANES} connections, to a loopback SMTP server in another process")
    ours, floor = [], []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, sink() as port:
        world = ready.open_ready(Path(folder))
        for repeat in range(ROUNDS + 1):
            ready.issue(world, ready.add_people(world, MAILS))
            one = asyncio.run(_outbox(world, port))
            other = asyncio.run(_floor(_message(world), port))
            if repeat:
                ours.append(one)
                floor.append(other)
        handed = _handed_over(world)
        assert handed == MAILS * (ROUNDS + 1), f"only {handed} handed over"
        world.close()
    line("outbox worker, mails/s", spread(ours), "aim: ≥ 300")
    line("aiosmtplib alone, mails/s", spread(floor))
    line("ratio to the floor", spread([one / other for one, other in zip(ours, floor, strict=True)]))


@contextmanager
def sink() -> Iterator[int]:
    """The port of a server in another process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdin
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


def worker(world: World, courier: Courier, transport: SmtpTransport) -> Outbox:
    """The service's own worker."""
    return Outbox(
        world.engine, schema.mail, wanted=courier.wanted, render=courier.render, transport=transport,
        clocks=Clocks(world.business, world.system), lanes=LANES,
    )  # fmt: skip


async def _outbox(world: World, port: int) -> float:
    courier = Courier(world, link_of=lambda token: f"https://ameli.example/confirmer/{token}", sender=SENDER)
    transport = SmtpTransport(SmtpSettings("127.0.0.1", port, tls="none", timeout=10))
    begun = time.perf_counter()
    number = await worker(world, courier, transport).run_once()
    spent = time.perf_counter() - begun
    assert number == MAILS, number
    return MAILS / spent


def _message(world: World) -> bytes:
    """One rendered mail, the size of all."""
    with sql.read(world.engine) as connection:
        row = connection.execute(select(schema.mail).limit(1)).one()
    courier = Courier(world, link_of=lambda token: f"https://ameli.example/confirmer/{token}", sender=SENDER)
    queued = QueuedMail(row.id, row.owner_ref, row.message_id, row.recipient, world.now(), world.now(), 1)
    return courier.render(queued).as_bytes()


async def _floor(message: bytes, port: int) -> float:
    async def lane() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for _ in range(MAILS // LANES):
                await client.sendmail(SENDER, ["u@example.org"], message)

    begun = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(LANES)))
    return MAILS // LANES * LANES / (time.perf_counter() - begun)


def _handed_over(world: World) -> int:
    with sql.read(world.engine) as connection:
        states = select(func.count()).where(schema.mail.c.state == MailState.HANDED_OVER.value)
        return int(connection.execute(states).scalar_one())

"""A worker killed by kill -9: nothing is lost, and a mail in doubt goes out once more, recognisably."""

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from ameli_support.clock import FixedClock, SystemClock
from tests.mail.servers import sink
from tests.outbox_world import World, until

TIMEOUT = 5.0
LEASE = timedelta(seconds=3 * TIMEOUT)
LANES = 4


@pytest.fixture
def world(any_engine: Engine) -> World:
    world = World(any_engine)
    world.business = FixedClock(SystemClock().now())
    world.system = FixedClock(SystemClock().now())
    return world


@contextlib.asynccontextmanager
async def victim(database: str, port: int, where: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process; killed at the latest when the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.outbox_victim", database, str(port), str(TIMEOUT), where),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def halted(process: asyncio.subprocess.Process) -> None:
    """Wait until the worker says that it stands still."""
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while (line := await process.stdout.readline()) != b"halted\n":
            assert line, "the worker ended"


@pytest.mark.parametrize(("where", "sent"), [("in_render", 1), ("after_250", 2), ("recorded", 1)])
async def test_killed_at_each_step_the_mail_is_sent_and_doubled_at_most_once(
    world: World, engine_url: str, where: str, sent: int
) -> None:
    (number,) = world.add("a@exemple.fr")
    async with sink() as server:
        async with victim(engine_url, server.port, where) as process:
            await halted(process)
        before = len(server.received)
        assert before == (0 if where == "in_render" else 1)
        worker = world.worker(server.port, timeout=TIMEOUT)
        if where != "recorded":
            assert world.row(number)["state"] == "queued"
            assert await worker.run_once() == 0  # the dead worker's lease still holds
        world.system.at = SystemClock().now() + LEASE
        await worker.run_once()
        assert await worker.run_once() == 0
    assert world.row(number)["state"] == "handed_over"
    assert server.message_ids == [f"<{number}@exemple.fr>"] * sent


async def test_killed_in_full_run_doubles_at_most_one_mail_a_connection(
    world: World, engine_url: str
) -> None:
    numbers = world.add(*(f"p{i}@exemple.fr" for i in range(200)))
    async with sink() as server:
        async with victim(engine_url, server.port, "never"):
            await until(lambda: len(server.received) >= 50, 30)
        world.system.at = SystemClock().now() + LEASE
        await world.worker(server.port).run_once()
    assert world.states() == {"handed_over": 200}
    times = Counter(server.message_ids)
    assert set(times) == {f"<{number}@exemple.fr>" for number in numbers}
    assert max(times.values()) <= 2
    assert sum(times.values()) - 200 <= LANES

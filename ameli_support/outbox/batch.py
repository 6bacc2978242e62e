"""The rows that one worker holds under one lease, and the writing down of what came of them."""

import asyncio
from collections import deque

from sqlalchemy import Engine, Table
from sqlalchemy.exc import SQLAlchemyError

from ameli_support.clock import monotonic
from ameli_support.outbox import rows
from ameli_support.outbox.rows import Result
from ameli_support.outbox.smtp import HandOver
from ameli_support.outbox.table import QueuedMail

RETRY_SECONDS = 0.5


class Batch:
    """What the lanes of one round share; `down` is set once the server serves nobody.

    `last_start`: monotonic seconds after which no hand-over may begin under this lease.
    """

    def __init__(
        self,
        waiting: deque[QueuedMail],
        recorder: "Recorder",
        last_start: float,
        stop: asyncio.Event | None,
    ) -> None:
        self.waiting = waiting
        self.recorder = recorder
        self.down: HandOver | None = None
        self._last_start = last_start
        self._stop = stop

    def over(self) -> bool:
        """Whether no further hand-over may begin: lease half used up, or stop asked for."""
        return monotonic() > self._last_start or (self._stop is not None and self._stop.is_set())


class Recorder:
    """Writes results in groups: whatever came in during one transaction goes into the next.

    While the database is away it tries again until the lease ends (`until`, monotonic
    seconds); a result given up then means the mail is sent once more.
    """

    def __init__(self, engine: Engine, table: Table, lease: str, until: float) -> None:
        self._engine = engine
        self._table = table
        self._lease = lease
        self._until = until
        self._pending: list[tuple[Result, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, result: Result) -> None:
        """Returns once `result` is committed; raises the database's error when it was given up."""
        written = asyncio.get_running_loop().create_future()
        self._pending.append((result, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await written

    async def finish(self) -> None:
        """Wait for what is still being written."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        while self._pending:
            group, self._pending = self._pending, []
            failure = await self._write_group([result for result, _ in group])
            for _, written in group:
                if written.done():  # its lane was cancelled meanwhile
                    continue
                if failure is None:
                    written.set_result(None)
                else:
                    written.set_exception(failure)

    async def _write_group(self, results: list[Result]) -> Exception | None:
        while True:
            try:
                await asyncio.to_thread(rows.record, self._engine, self._table, self._lease, results)
            except SQLAlchemyError as error:
                if monotonic() > self._until:
                    return error
                await asyncio.sleep(RETRY_SECONDS)
            except Exception as error:
                return error
            else:
                return None

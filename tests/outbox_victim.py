"""A worker in a process of its own that stops dead at a given point, to be killed there.

Arguments: database, port, time-out, where (`in_render`, `after_250`, `recorded`, `never`).
"""

import asyncio
import sys
import threading
from email.message import EmailMessage
from typing import Any

from ameli_support import sql
from ameli_support.clock import SystemClock
from ameli_support.outbox import rows
from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport
from ameli_support.outbox.table import QueuedMail
from ameli_support.outbox.worker import Clocks, Outbox
from tests.outbox_world import letter, mail


def halt() -> None:
    """Say so, and do nothing more."""
    print("halted", flush=True)
    threading.Event().wait()


def main(database: str, port: str, timeout: str, where: str) -> None:
    """Run one worker until it halts, is killed, or has nothing left to do."""
    real_record = rows.record

    def record(*arguments: Any) -> None:
        if where == "after_250":
            halt()
        real_record(*arguments)
        if where == "recorded":
            halt()

    def render(queued: QueuedMail) -> EmailMessage:
        if where == "in_render":
            halt()
        return letter(queued)

    setattr(rows, "record", record)  # noqa: B010
    worker = Outbox(
        sql.open_engine(database),
        mail,
        wanted=lambda queued: True,
        render=render,
        transport=SmtpTransport(SmtpSettings("127.0.0.1", int(port), "none", timeout=float(timeout))),
        clocks=Clocks(SystemClock(), SystemClock()),
    )
    print("ready", flush=True)
    asyncio.run(worker.run_once())


if __name__ == "__main__":
    main(*sys.argv[1:])

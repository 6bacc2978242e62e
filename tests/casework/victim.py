"""A desk in a process of its own that re-sends one link and is killed at one step of it (see test_crash.py).

`python -m tests.casework.victim` reads one JSON object: where everything is, and the step.
The kill is put around the program from outside; the program itself knows nothing of it.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import httpx

from ameli_support.accounts.client import AccountsClient
from ameli_support.casework.desk import Desk
from ameli_support.casework.permissions import Me
from ameli_support.clock import FixedClock
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.procedure import procedure
from ameli_support.store import journal
from ameli_support.store.opening import open_store

STEPS = (
    "intent written, not committed",
    "intent committed, nothing sent",
    "sent, not answered",
    "outcome written, not committed",
    "outcome committed",
)


def die() -> NoReturn:
    """kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


class _Way(httpx.BaseTransport):
    """Dies before or after an act is sent."""

    def __init__(self, step: str) -> None:
        self._way = httpx.HTTPTransport()
        self._step = step

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        act = request.url.path.endswith("/resend")
        if act and self._step == STEPS[1]:
            die()
        response = self._way.handle_request(request)
        if act and self._step == STEPS[2]:
            response.read()
            die()
        return response


def _dying_append(append: Callable[..., Any], kind: str) -> Callable[..., Any]:
    def appended(
        self: Any, case: int, expected: int | None, actor: str, event: str, *rest: Any, **more: Any
    ) -> Any:
        done = append(self, case, expected, actor, event, *rest, **more)
        if event == kind:
            die()
        return done

    return appended


def main() -> None:
    """Re-sends, and dies on the way."""
    told = json.load(sys.stdin)
    step = told["step"]
    kind = {STEPS[0]: "act.intent", STEPS[3]: "act.outcome"}.get(step)
    if kind is not None:
        journal.Journal.append = _dying_append(journal.Journal.append, kind)  # type: ignore[method-assign]
    clock = FixedClock(datetime.fromisoformat(told["now"]))
    store = open_store(
        path=Path(told["path"]), url=told["url"], business=clock, system=clock, use_keyring=False
    )
    accounts = AccountsClient(told["service"], told["token"], clock=clock, transport=_Way(step))
    desk = Desk(accounts, store, Me(told["agent"], Role.AGENT, (told["fund"],)), procedure(), clock, clock)
    desk.resend(told["case"])
    die()


if __name__ == "__main__":
    main()

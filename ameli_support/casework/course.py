"""How the checklist's open run came to stand where it does: its last pause, its trials of another address."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ameli_support.accounts.contract import CorrectReason
from ameli_support.casework.views import EventRow
from ameli_support.onboarding.acts import Act


@dataclass(frozen=True, slots=True)
class Pause:
    """Why the run waits; `reason` is empty where one may not read it, or once it was erased."""

    at: datetime
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Course:
    """`pause`: nothing was done in the run since. `trials`: corrections to another address, tried for it."""

    begun: bool = False
    pause: Pause | None = None
    trials: int = 0


def course(events: Iterable[EventRow], text: Callable[[Any], str]) -> Course:
    """The course of the open run; `text` reads a kept text."""
    now = Course()
    tried: set[str] = set()
    for event in events:
        match event.kind:
            case "checks.started":
                now, tried = Course(begun=True), set()
            case "checks.concluded" | "checks.abandoned":
                now = Course()
            case "checks.paused":
                pause = Pause(event.at, event.actor, text(event.payload.get("text")))
                now = Course(now.begun, pause, now.trials)
            case "act.intent" if _is_trial(event):
                tried.add(event.payload["key"])
            case "act.outcome" if event.payload.get("result") == "done" and event.payload["key"] in tried:
                now = Course(now.begun, now.pause, now.trials + 1)
            case kind if kind.startswith("checks."):
                now = Course(now.begun, None, now.trials)
    return now


def _is_trial(event: EventRow) -> bool:
    payload = event.payload
    return payload.get("act") == Act.CORRECT and payload.get("reason") == CorrectReason.TEST_OTHER_ADDRESS

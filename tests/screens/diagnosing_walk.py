"""A walk to the Diagnostic screen, and what it waits for there."""

from typing import Any

from screens.diagnosis.screen import Diagnosis
from tests.screens.diagnosing_desk import DiagnosingDesk
from tests.screens.walk import Walk


async def opens(walk: Walk) -> Diagnosis:
    """From home to the first question."""
    await walk.to_level_1()
    await walk.press("d")
    await walk.on("Diagnosis")
    await walk.sees("question 1 sur")
    screen = walk.app.screen
    assert isinstance(screen, Diagnosis)
    return screen


async def asks(walk: Walk, screen: Diagnosis, check: str) -> None:
    """Goes to a question of the list, as a click would."""
    await walk.until(lambda: walk.app.screen is screen, "the diagnosis is in front")
    screen.choose(check)
    await walk.until(lambda: screen.at == check, f"asks {check}")


async def recorded(walk: Walk, desk: DiagnosingDesk, *steps: tuple[Any, ...]) -> None:
    """Waits until exactly these steps are on the timeline, in this order."""
    await walk.until(lambda: [one for one in desk.steps if one != ("started",)] == list(steps), f"{steps}")

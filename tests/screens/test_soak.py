"""Call after call in one app leaves no widget, task or thread behind (`make soak` makes a thousand)."""

import asyncio
import gc
import threading
from collections import Counter
from contextlib import suppress

import pytest
from textual._styles_cache import StylesCache
from textual.widget import Widget

from screens.dialogs import base
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import COMPACT, Walk, walking

WARM, CALLS, POOL = 11, 50, 4


def closed_widgets() -> int:
    """How many are held though nobody will see them again."""
    gc.collect()
    return sum(isinstance(one, Widget) and not one._running for one in gc.get_objects())


async def counts(walk: Walk) -> Counter[str]:
    """Widgets by their class, unfinished tasks, threads; at rest at home."""
    await walk.on("Home")
    with suppress(AssertionError):  # a screen that is closed may be on its way out of the last frame
        await walk.until(lambda: not closed_widgets(), "what was closed is gone")
    found = gc.get_objects()
    held = Counter(type(one).__name__ for one in found if isinstance(one, Widget) and one._running)
    closed = closed_widgets()
    tasks = sum(isinstance(one, asyncio.Task) and not one.done() for one in found)
    drawn = sum(isinstance(one, StylesCache) for one in found)  # the lines of a widget, 20 KiB and more
    return held + Counter(tasks=tasks, threads=threading.active_count(), closed=closed, drawn=drawn)


async def test_calls_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "DEAF_SECONDS", 0.0)
    async with walking(FakeDesk("active"), COMPACT) as walk:
        for number in range(CALLS):
            if number == WARM:
                before = await counts(walk)
            if number % 10 == 0:
                await walk.to_level_1()
            else:
                await without_record(walk)
            await walk.conclude()
            walk.desk.asked.clear()
        after = await counts(walk)
    # the pool's threads come as they are needed
    before["threads"] += POOL
    assert {name: (before[name], most) for name, most in after.items() if most > before[name]} == {}


async def without_record(walk: Walk) -> None:
    """The shortest call: the list's first row, level 0."""
    await walk.press("down", "enter")
    await walk.on("Call")

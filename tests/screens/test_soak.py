"""Fifty calls in one app leave no widget, task or thread behind (`make soak` makes a thousand)."""

import asyncio
import gc
import threading
from collections import Counter

import pytest
from textual._styles_cache import StylesCache
from textual.widget import Widget

from screens.dialogs import base
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import COMPACT, Walk, walking

WARM, CALLS, POOL = 11, 50, 4


async def counts(walk: Walk) -> Counter[str]:
    """Widgets by their class, unfinished tasks, threads; at rest at home."""
    await walk.on("Home")
    await walk.pilot.pause(0.1)
    gc.collect()
    found = gc.get_objects()
    held = Counter(type(one).__name__ for one in found if isinstance(one, Widget) and one._running)
    # a screen that is closed may still be on its way out of the last frame; nothing older is
    closed = sum(isinstance(one, Widget) and not one._running for one in found)
    tasks = sum(isinstance(one, asyncio.Task) and not one.done() for one in found)
    drawn = sum(isinstance(one, StylesCache) for one in found)  # the lines of a widget, 20 KiB and more
    return held + Counter(tasks=tasks, threads=threading.active_count(), closed=closed, drawn=drawn)


async def test_fifty_calls_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
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

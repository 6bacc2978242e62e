"""An answer that comes while the lock or help lies over its screen opens and closes nothing in front."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.screens.fake_desk import NIR, FakeDesk
from tests.screens.walk import Walk, walking

PIN = "820451"


class Slow:
    """Holds one question to the desk until it is told to go on."""

    def __init__(self, desk: FakeDesk, name: str) -> None:
        self.asked, self.go_on = threading.Event(), threading.Event()
        real: Callable[..., Any] = getattr(desk, name)

        def held(*args: Any, **options: Any) -> Any:
            self.asked.set()
            assert self.go_on.wait(20)
            return real(*args, **options)

        setattr(desk, name, held)


async def answered(walk: Walk, slow: Slow) -> None:
    """The answer comes, and has every chance to do harm."""
    slow.go_on.set()
    for _turn in range(20):
        await walk.pilot.pause(0.01)


async def unlock(walk: Walk) -> None:
    await walk.on("Lock")
    await walk.type(PIN)
    await walk.press("enter")


def with_pin(desk: FakeDesk) -> Any:
    return walking(desk, check_pin=lambda typed: typed == PIN)


async def test_a_deed_that_ends_under_the_lock_does_not_unlock_and_is_not_done_twice() -> None:
    desk = FakeDesk("j3")
    async with with_pin(desk) as walk:
        await walk.to_level_1()
        await walk.press("s")
        await walk.on("Suspend")
        await walk.press("1")
        slow = Slow(desk, "suspend")
        await walk.press("v")
        await walk.until(slow.asked.is_set, "the act is under way")
        walk.app.action_lock()
        await walk.on("Lock")
        await answered(walk, slow)
        await walk.on("Lock")
        await unlock(walk)
        await walk.on("Call")
        await walk.sees("Demande suspendue")
        assert [name for name, __ in desk.asked].count("suspend") == 1


async def test_help_over_a_deed_that_ends_stays_and_the_dialog_is_gone_after_it() -> None:
    desk = FakeDesk("j3")
    async with with_pin(desk) as walk:
        await walk.to_level_1()
        await walk.press("s")
        await walk.on("Suspend")
        await walk.press("1")
        slow = Slow(desk, "suspend")
        await walk.press("v")
        await walk.until(slow.asked.is_set, "the act is under way")
        walk.app.action_explain()
        await walk.on("Help")
        await answered(walk, slow)
        await walk.on("Help")
        await walk.press("escape")
        await walk.on("Call")
        assert [name for name, __ in desk.asked].count("suspend") == 1


@pytest.mark.parametrize("name", ["find", "call_state"])
async def test_a_record_found_under_the_lock_opens_after_it(name: str) -> None:
    desk = FakeDesk("j3")
    async with with_pin(desk) as walk:
        slow = Slow(desk, name)
        await walk.type(NIR)
        await walk.press("enter")
        await walk.until(slow.asked.is_set, "the look-up is under way")
        walk.app.action_lock()
        await walk.on("Lock")
        await answered(walk, slow)
        await walk.on("Lock")
        assert "Qui parle" not in walk.screen
        await unlock(walk)
        await walk.on("Check")


async def test_a_comparison_that_ends_under_the_lock_does_not_unlock() -> None:
    desk = FakeDesk("j3")
    async with with_pin(desk) as walk:
        await walk.find()
        await walk.on("Check")
        await walk.sees("Qui parle")
        await walk.press("1")
        await walk.sees("Quel est votre nom")
        await walk.type("dubois")
        await walk.press("tab")
        await walk.type("24081962")
        await walk.type("38000")
        slow = Slow(desk, "verify")
        await walk.press("enter")
        await walk.until(slow.asked.is_set, "the comparison is under way")
        walk.app.action_lock()
        await walk.on("Lock")
        await answered(walk, slow)
        await walk.on("Lock")
        assert "DUBOIS" not in walk.screen
        await unlock(walk)
        await walk.on("Call")


async def test_leaving_a_call_under_the_lock_does_not_unlock() -> None:
    desk = FakeDesk("j3")
    async with with_pin(desk) as walk:
        await walk.to_level_1()
        slow = Slow(desk, "leave")
        await walk.press("escape", "escape")
        await walk.until(slow.asked.is_set, "the end is under way")
        walk.app.action_lock()
        await walk.on("Lock")
        await answered(walk, slow)
        await walk.on("Lock")
        await unlock(walk)
        await walk.on("Home")

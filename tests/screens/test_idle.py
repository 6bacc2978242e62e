"""Zero bytes of output at rest: a dozen rounds of every timer draw nothing until the clock changes."""

from datetime import timedelta

import pytest
from textual._callback import invoke

from screens.app import AmeliSupport
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import SIZES, Walk, walking

ROUNDS = 12  # of timers of one and of five seconds


async def rounds(walk: Walk, number: int) -> int:
    """Lets every timer of the app, of the screen in front and of its widgets go off `number` times; how
    often something was drawn."""
    drawn: list[object] = []

    def display(_app: AmeliSupport, _screen: object, what: object) -> None:
        if what is not None:
            drawn.append(what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AmeliSupport, "_display", display)
        pumps = (walk.app, walk.app.screen, *walk.app.screen.query("*"))
        timers = [timer for pump in pumps for timer in pump._timers if timer._active.is_set()]
        assert len(timers) > 3
        for _round in range(number):
            for timer in timers:
                await invoke(timer._callback or bool)
            await walk.until(lambda: all(one.is_finished for one in walk.app.workers), "the answers came")
            await walk.pilot.pause()
    return len(drawn)


@pytest.mark.parametrize("size", SIZES, ids=["120x36", "80x24"])
async def test_home_and_call_draw_nothing_between_two_changes_of_the_clock(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j11"), size) as walk:
        await rounds(walk, 1)  # what the first answers bring is drawn
        assert await rounds(walk, ROUNDS) == 0, "home"
        await walk.to_level_1()
        await walk.sees("C Conclure")
        await rounds(walk, 1)
        assert await rounds(walk, ROUNDS) == 0, "call"
        walk.desk.business_clock.forward(timedelta(minutes=1))
        assert await rounds(walk, 1) > 0, "the hour of the top bar"

"""Concluding takes three keys at most for the usual outcomes; an escalation names its queue at once."""

import pytest

from ameli_support.casework.case import Outcome
from screens.dialogs.conclude import Conclude
from screens.widgets.choices import Choices
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import SIZES, Walk, walking

USUAL = (Outcome.ADVICE, Outcome.NO_MAILBOX, Outcome.IDENTITY_FAILED, Outcome.THIRD_PARTY, Outcome.ESCALATED)


async def digit_of(walk: Walk, outcome: Outcome) -> str:
    """The digit that stands before an outcome now."""
    await walk.on("Conclude")
    dialog = walk.app.screen
    assert isinstance(dialog, Conclude)
    await walk.until(lambda: dialog.proposal is not None, "the desk has proposed")
    values = [row[0] for row in dialog.query_one("#outcome", Choices)._rows]
    return str((values.index(outcome) + 1) % 10)


@pytest.mark.parametrize("size", SIZES, ids=["120x36", "80x24"])
async def test_a_wrap_up_takes_three_keys(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j3"), size) as walk:
        for outcome in USUAL:
            await walk.press("down", "enter")
            await walk.on("Call")
            walk.commands.clear()
            await walk.press("c")
            await walk.press(await digit_of(walk, outcome), "v")
            await walk.on("Home")
            assert len(walk.commands) == 3
            assert walk.desk.closed is not None
            assert walk.desk.closed[0] is outcome
            walk.desk.asked.clear()


async def test_an_escalation_tells_its_likely_queue_and_a_digit_takes_another() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("c")
        escalated = await digit_of(walk, Outcome.ESCALATED)
        assert "Le dossier est résolu" not in walk.squeezed, "no outcome is chosen yet"
        await walk.press(escalated)
        await walk.sees("Le dossier attend la file Caisse")
        await walk.press("2")
        await walk.sees("Le dossier attend la file Technique (mail)")
        await walk.press(await digit_of(walk, Outcome.ADVICE))
        await walk.sees("Le dossier est résolu")
        await walk.press(await digit_of(walk, Outcome.FRAUD_REPORT))
        await walk.sees("Le signalement reste au dossier")
        assert "Le dossier est résolu" not in walk.squeezed
        await walk.press(await digit_of(walk, Outcome.ESCALATED), "2", "v")
        await walk.on("Home")
        assert walk.desk.closed == (Outcome.ESCALATED, "unknown", None, "technical")

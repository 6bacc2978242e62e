"""The Diagnostic screen in English: every page of a run, nothing French left; and what is drawn where."""

from collections.abc import Iterator

import pytest

from ameli_support import i18n
from screens.diagnosis.screen import Diagnosis
from tests.screens.diagnosing_desk import DiagnosingDesk
from tests.screens.test_english import leftovers
from tests.screens.walk import SIZES, Walk, walking

# what stands on the caller's own screen or in the mail is French in both languages
ON_THEIR_SCREEN = (
    "Votre compte ameli - Confirmation de votre adresse mail", "indésirables/spam", "roue dentée",
    "Tous les paramètres", "Sécurité", "expéditeurs bloqués", "« liste rouge »",
    "expéditeurs autorisés", "Assurance Maladie", "CONFIRMATION DE VOTRE COMPTE AMELI",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """English for one test."""
    i18n.set_language("en")
    yield
    i18n.set_language("fr")


def french(walk: Walk) -> list[str]:
    """What is drawn in French, quotations aside; columns that stand side by side are read one by one."""
    text = walk.squeezed
    for quotation in ON_THEIR_SCREEN:
        text = text.replace(quotation, "")
    for word in " ".join(ON_THEIR_SCREEN).split():
        text = text.replace(word, "")
    return leftovers(_Text(text))  # type: ignore[arg-type]


class _Text:
    def __init__(self, squeezed: str) -> None:
        self.squeezed = squeezed


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_in_english(size: tuple[int, int]) -> None:
    desk = DiagnosingDesk("j11")
    desk.summary = lambda case: ()  # type: ignore[method-assign]
    async with walking(desk, size, waits_for="online") as walk:
        await walk.find("2620838185001 DUBOIS 24081962 38000")
        await walk.on("Check")
        await walk.sees("Who speaks")
        await walk.press("1")
        await walk.on("Call")
        await walk.sees("D Diagnosis")
        await walk.press("d")
        await walk.sees("Missing mail: question 1 of", "1 Yes")
        screen = walk.app.screen
        assert isinstance(screen, Diagnosis)
        for check in screen.run.checklist.checks:  # type: ignore[union-attr]
            screen.choose(check)
            await walk.settled()
            assert french(walk) == [], walk.screen
        for key, name in (
            ("p", "LeaveOut"),
            ("m", "Halt"),
            ("f", "Leaflet"),
            ("f1", "Help"),
            ("ctrl+p", "Palette"),
        ):
            screen.choose("junk_folder")
            await walk.press(key)
            await walk.on(name)
            await walk.settled()
            assert french(walk) == [], walk.screen
            await walk.press("escape")
            await walk.on("Diagnosis")
        for check in ("junk_folder", "provider_block_list"):
            screen.choose(check)
            await walk.press("1")
            await walk.sees("Cause found: ")
            assert french(walk) == [], walk.screen
        await walk.press("left", "2")
        screen.at = None
        screen.run = screen.run.did_not_help("junk_folder")  # type: ignore[union-attr]
        screen.run = screen.run.did_not_help("provider_block_list")
        while screen.run.current is not None:
            screen.run = screen.run.skip(screen.run.current, "no time")
        screen.redraw()
        await walk.sees("Cause not found", "No time: Address exact")
        assert french(walk) == [], walk.screen

"""The same screens in English: nothing French is left, Textual's own words included (ux.md)."""

from collections.abc import Iterator

import pytest

from ameli_support import i18n
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import SIZES, Walk, walking

# French words that stay: quotations of the person's own screens and mails, names, units
QUOTED = (
    "Votre Assurance Maladie", "Confirmer mon email", "Recevoir un nouveau lien", "Renvoyer le mail",
    "Votre compte est déjà activé", "compte ameli", "n° de sécurité sociale", "n° de sécurité so",
    "CPAM Isère", "carte Vitale",
    "Mme", "DUBOIS", "Code oublié",
    "FranceConnect", "ameli",
)  # fmt: skip
FRENCH = (
    " le ", " la ", " les ", " de ", " du ", " des ", " un ", " une ", " est ", " et ", " pas ", " au ",
    " ce ", "é", "è", "ê", "à ", "ç", "’est", "’a ", "« ",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """English for one test."""
    i18n.set_language("en")
    yield
    i18n.set_language("fr")


def leftovers(walk: Walk) -> list[str]:
    """French that is drawn on the screen in front, quotations aside."""
    text = walk.squeezed
    for quotation in QUOTED:
        text = text.replace(quotation, "")
    return [word for word in FRENCH if word in f" {text} "]


async def shows(walk: Walk, *sentences: str) -> None:
    """Waits for the sentences, then looks for French."""
    await walk.sees(*sentences)
    assert leftovers(walk) == [], walk.screen


@pytest.mark.parametrize("size", SIZES)
async def test_a_call_from_home_to_home_in_english(size: tuple[int, int]) -> None:
    desk = FakeDesk("j11")
    async with _english_walk(desk, size) as walk:
        await shows(walk, "Who is calling?")
        await walk.find()
        await shows(walk, "Who speaks?")
        await walk.press("1")
        await shows(walk, "level 1")
        await walk.type("dubois")
        await walk.press("tab")
        await walk.type("24081962")
        await walk.type("38000")
        await walk.press("enter")
        await shows(walk, "inactive", "new link, same address" if size[0] > 100 else "R")
        await walk.press("e")
        await shows(walk, "×")
        await walk.press("r")
        await walk.say_address()
        await shows(walk, "Re-send the mail?")
        await walk.press("v")
        await shows(walk, "The mail is queued.")
        for key, name in (("f1", "Help"), ("ctrl+p", "Palette"), ("n", "Note"), ("s", "Suspend")):
            await walk.press(key)
            await walk.on(name)
            await walk.pilot.pause(0.1)
            assert leftovers(walk) == [], walk.screen
            await walk.press("escape")
            await walk.on("Call")
        await walk.press("c")
        await walk.on("Conclude")
        await walk.until(lambda: walk.app.screen.missing() == "", "proposed")
        assert leftovers(walk) == [], walk.screen
        await walk.press("v")
        await shows(walk, "Who is calling?")


def _english_walk(desk: FakeDesk, size: tuple[int, int]):  # type: ignore[no-untyped-def]
    desk.summary = lambda case: ()  # type: ignore[method-assign]
    return walking(desk, size, waits_for="online")

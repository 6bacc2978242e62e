"""One long walk at each size: what the other scenarios show at one size only holds at the other too."""

import pytest

from screens.dialogs.base import Dialog, Leave
from screens.notice import Tone
from tests.screens.fake_desk import NOW, FakeDesk
from tests.screens.walk import SIZES, Walk, walking

PIN = "493817"


@pytest.mark.parametrize("size", SIZES, ids=["120x36", "80x24"])
async def test_a_shift(size: tuple[int, int]) -> None:
    desk = FakeDesk("j3")
    async with walking(desk, size, check_pin=lambda pin: pin == PIN) as walk:
        await the_one_box(walk)
        await the_safe_choice(walk)
        await texts_are_kept(walk)
        await help_and_palette(walk)
        await the_lock(walk)
        desk.confirmed = NOW  # the person presses the button
        await walk.sees("√ Adresse confirmée par l’assuré à 14:32.")
        await walk.conclude()
        await walk.sees("√ Appel conclu : dossier")


async def the_one_box(walk: Walk) -> None:
    """Nobody is listed; what cannot be read is said; a call leads to a person."""
    walk.desk.matches = 2
    await walk.find("dubois 24081962")
    await walk.sees("▲ nom et naissance : 2 dossiers.", "dans la même case.")
    assert "Angela" not in walk.screen
    walk.desk.matches = 1
    await walk.type(" 2620838185001 38000")
    await walk.press("enter")
    await walk.on("Check")
    await walk.sees("Qui parle")
    await walk.press("1")
    await walk.on("Call")
    await walk.sees("DUBOIS")


async def the_safe_choice(walk: Walk) -> None:
    """A forbidden key says why; a dangerous one asks, with Annuler in focus."""
    await walk.press("e")
    await walk.sees("× Le lien est encore actif")
    await walk.press("s")
    await walk.on("Suspend")
    assert isinstance(walk.app.focused, Leave)
    await walk.press("1", "enter")
    await walk.on("Call")
    assert "suspend" not in {name for name, __ in walk.desk.asked}


async def texts_are_kept(walk: Walk) -> None:
    """A note that holds a number is warned about and saved while it is typed; the case can be copied."""
    await walk.press("n")
    await walk.on("Note")
    await walk.type("Vu avec 2 62 08 99 999 001")
    await walk.sees("semble contenir un numéro de sécurité sociale :")
    await walk.until(lambda: "save_draft" in {name for name, __ in walk.desk.asked}, "the draft is saved")
    await walk.press("escape")
    await walk.on("Call")
    await walk.press("h")
    await walk.sees("Événements", "Copier le résumé")
    await walk.press("y")
    await walk.sees("√ Résumé copié")
    await walk.press("escape")
    await walk.on("Call")


async def help_and_palette(walk: Walk) -> None:
    """F1 explains; the palette finds without accents."""
    await walk.press("f1")
    await walk.sees("Cet écran", "Renvoie le mail de confirmation")
    await walk.press("escape", "ctrl+p")
    await walk.type("reemettre")
    await walk.sees("Réémettre un lien")
    await walk.press("escape")
    await walk.on("Call")


async def the_lock(walk: Walk) -> None:
    """Everything is hidden; the PIN leads back to the same dialog."""
    await walk.press("r")
    await walk.on("Resend")
    walk.app.action_lock()
    await walk.sees("Écran verrouillé")
    assert "DUBOIS" not in walk.screen
    await walk.type(PIN)
    await walk.press("enter")
    await walk.on("Resend")
    assert isinstance(walk.app.screen, Dialog)
    await walk.press("escape")
    await walk.on("Call")
    walk.app.say(Tone.PLAIN, "")

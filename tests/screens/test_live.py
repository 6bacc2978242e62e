"""What happens elsewhere shows within two seconds; a missing service leaves the screen usable."""

from datetime import timedelta

import pytest
from textual._compositor import Compositor

from ameli_support.casework.errors import DeskError
from ameli_support.casework.views import Service
from ameli_support.clock import monotonic
from tests.screens.fake_desk import NOW, FakeDesk
from tests.screens.walk import COMPACT, WIDE, Walk, walking


async def test_a_confirmation_by_the_person_shows_within_two_seconds_without_a_key() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        walk.desk.confirmed = NOW
        began = monotonic()
        await walk.sees("√ Adresse confirmée par l’assuré à 14:32.", "Parcours terminé : compte activé")
        assert monotonic() - began < 2


async def test_the_cooldown_counts_down_and_opens_the_key_again() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("r")
        await walk.say_address()
        await walk.press("v")
        await walk.sees("× encore 2 min 00 s")
        walk.desk.business_clock.forward(timedelta(seconds=61))
        await walk.sees("× encore 59 s")
        walk.desk.business_clock.forward(timedelta(seconds=60))
        await walk.sees("même lien, même adresse")


async def cut(walk: Walk) -> None:
    """The account service goes away, four minutes ago."""
    walk.desk.since = NOW - timedelta(minutes=4)
    walk.desk.service = Service.DOWN


@pytest.mark.parametrize("size", [WIDE, COMPACT])
async def test_a_cut_service_turns_the_band_grey_changes_the_script_and_offers_f5(
    size: tuple[int, int],
) -> None:
    async with walking(FakeDesk("j11"), size) as walk:
        await walk.to_level_1()
        await cut(walk)
        await walk.sees(
            "■ Service des comptes injoignable depuis 14:28.",
            "F5 réessayer",
            "service coupé",
            "état connu à 14:28",
            "Je ne peux pas renvoyer le lien à cet instant.",
            "service injoignable",
        )
        assert walk.app.screen.shown.offer("call.diagnose").recommended  # type: ignore[attr-defined]
        if size == WIDE:
            await walk.sees("possible sans le service")
        assert walk.app.screen.query_one("Band").classes & {"-warn", "-ok", "-bad"} == set()
        await walk.press("n")
        await walk.on("Note")
        await walk.type("Rappeler quand le service revient")
        await walk.press("tab", "v")
        await walk.on("Call")
        walk.desk.since, walk.desk.service = None, Service.OK
        await walk.press("f5")
        await walk.sees("en ligne", "renvoi possible jusqu’au")


async def test_a_first_look_that_fails_says_so_in_the_band_and_home_hears_of_a_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("screens.home.PULSE_SECONDS", 0.2)
    desk = FakeDesk("j11")
    async with walking(desk) as walk:
        await cut(walk)
        await walk.sees("Service des comptes injoignable depuis 14:28.", "service coupé")
        walk.desk.since, walk.desk.service = None, Service.OK
        await walk.sees("en ligne")
        whole, desk.look = desk.look, _broken  # type: ignore[assignment,method-assign]
        await walk.find("2620838185001 DUBOIS 24081962 38000")
        await walk.on("Check")
        await walk.press("1")
        await walk.on("Call")
        await walk.sees("■ Dossier pas lu : La base des dossiers ne répond pas", "F5 réessayer")
        desk.look = whole  # type: ignore[method-assign]
        await walk.press("f5")
        await walk.sees("renvoi possible jusqu’au")
        assert "La base des dossiers" not in walk.screen


def _broken(case: int) -> None:
    raise DeskError("La base des dossiers ne répond pas. Ce que vous avez saisi est gardé : réessayez.")


async def test_an_act_during_the_cut_keeps_the_dialog() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("s")
        await walk.on("Suspend")
        await cut(walk)
        await walk.press("1", "v")
        await walk.sees("■ Le service des comptes ne répond pas.")
        assert type(walk.app.screen).__name__ == "Suspend"


async def test_a_quiet_call_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.to_level_1()
        await walk.until(lambda: not walk.app.screen._looking, "the look is over")  # type: ignore[attr-defined]
        await walk.pilot.pause()  # what it changed is drawn
        drawn: list[str] = []
        monkeypatch.setattr(Compositor, "render_update", lambda self, **kwargs: drawn.append("update"))
        looks = walk.desk.looks
        await walk.until(lambda: walk.desk.looks >= looks + 3, "three more looks")
        assert drawn == []

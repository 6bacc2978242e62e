"""Incident banner and providers that are away: on every screen, in a row that is always theirs."""

from datetime import datetime

import pytest
from textual.widgets import Input

from ameli_support.casework.bulletins import Banner
from ameli_support.clock import PARIS
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.steps import Step
from tests.screens.fake_desk import NOW, FakeDesk
from tests.screens.walk import SIZES, Walk, walking

SLOW = "FranceConnect est lent : proposez le formulaire."


def incident(provider: str | None = None, text: str = SLOW) -> Banner:
    return Banner(text, provider, NOW, None, "0103", NOW, "ticket 12")


def row(walk: Walk) -> str:
    """The row above the key bar."""
    return walk.screen.split("\n")[-2].strip()


@pytest.mark.parametrize("size", SIZES)
async def test_a_banner_shows_on_every_screen_and_moves_nothing(size: tuple[int, int]) -> None:
    desk = FakeDesk("j3")
    async with walking(desk, size) as walk:
        before = walk.screen.split("\n")
        desk.banner = incident("msa")
        walk.app.listen()
        await walk.sees(f"▲ MSA : {SLOW}")
        assert [a for a, b in zip(before, walk.screen.split("\n"), strict=True) if a != b] == [before[-2]]
        assert before[-2].strip() == ""
        await walk.to_level_1()
        assert row(walk) == f"▲ MSA : {SLOW}"
        await walk.pilot.pause()  # laid out for this size
        drawn = walk.screen.split("\n")
        desk.banner = None
        walk.app.listen()
        await walk.until(lambda: row(walk) == "", "the row is blank again")
        assert walk.screen.split("\n")[:-2] == drawn[:-2]


@pytest.mark.parametrize("size", SIZES)
async def test_the_caller_check_shows_the_banner_and_still_its_reminder(size: tuple[int, int]) -> None:
    desk = FakeDesk("j25")
    desk.banner = incident("msa")
    reminder = "ce que le lien contient."
    async with walking(desk, size) as walk:
        await walk.find()
        await walk.sees("Qui parle", reminder)
        assert row(walk) == f"▲ MSA : {SLOW}"
        await walk.press("1")
        await walk.sees("Quel est votre nom", reminder)
        await walk.type("durand")
        await walk.press("tab")
        await walk.type("24081962")
        await walk.type("38000")
        await walk.press("enter")
        await walk.sees("Il reste 2 essais", reminder)
        assert row(walk) == f"▲ MSA : {SLOW}"
    async with walking(desk, size) as walk:
        await walk.to_level_1()
        await walk.press("e")
        await walk.sees("Téléphone connu auparavant", reminder)
        await walk.type("9999")
        await walk.press("tab")
        await walk.type("0")
        await walk.press("enter")
        await walk.sees("Il reste 2 essais", reminder)
        assert row(walk) == f"▲ MSA : {SLOW}"


async def test_the_longest_banner_is_read_whole_at_80_columns() -> None:
    desk = FakeDesk()
    desk.banner = incident(text=("mot " * 20)[:73] + "s")
    async with walking(desk, (80, 24)) as walk:
        await walk.sees(desk.banner.text)


@pytest.mark.parametrize("size", SIZES)
async def test_step_2_says_which_provider_is_away(size: tuple[int, int]) -> None:
    desk = FakeDesk("not_sent")
    desk.away = frozenset({"impots"})
    desk.early_step = Step.IDENTITY
    async with walking(desk, size) as walk:
        await walk.sees("× indisponible : impots.gouv")
        await walk.to_level_1()
        await walk.sees("Indisponible pour le moment : impots.gouv.")
        desk.away = frozenset()
        walk.app.listen()
        await walk.until(lambda: "impots.gouv" not in walk.screen, "nobody is away")


async def test_a_supervisor_sets_and_clears_the_banner_from_the_palette() -> None:
    desk = FakeDesk("j3", role=Role.SUPERVISOR)
    async with walking(desk) as walk:
        await walk.press("ctrl+p")
        await walk.type("afficher un incident")
        await walk.press("enter")
        await walk.on("Incident")
        await walk.type(SLOW)
        await walk.press("enter")
        await walk.type("ticket 12")
        await walk.press("enter", "v")
        await walk.sees("√ Message d’incident affiché.", f"▲ {SLOW}")
        await walk.press("ctrl+p")
        await walk.type("retirer l'incident")
        await walk.press("enter")
        await walk.on("Reason")
        await walk.type("rétabli")
        await walk.press("enter", "v")
        await walk.sees("√ Message d’incident retiré.")
        await walk.until(lambda: row(walk) == "", "no banner")
        done = [name for name, __ in desk.asked if "banner" in name]
        assert done == ["set_banner", "clear_banner"]


@pytest.mark.parametrize("size", SIZES)
async def test_a_banner_has_its_hours_and_its_provider(size: tuple[int, int]) -> None:
    desk = FakeDesk("j3", role=Role.SUPERVISOR)
    async with walking(desk, size) as walk:
        await walk.press("ctrl+p")
        await walk.type("afficher un incident")
        await walk.press("enter")
        await walk.on("Incident")
        await walk.sees("dès maintenant,", "soit retiré.", "Fournisseur aucun en particulier")
        await walk.type(SLOW)
        await walk.press("enter")
        await walk.type("ticket 12")
        await walk.press("tab")
        await walk.type("24/11 08:00")
        await walk.press("tab")
        await walk.type("24/11 07:00")
        await walk.sees("× la fin vient après le début")
        walk.app.screen.query_one("#field-end", Input).value = "24/11 12h"
        await walk.press("down")
        await walk.sees("24/11 à 08:00,", "24/11 à 12:00.", "impots.gouv")
        await walk.press("enter", "v")
        await walk.sees("√ Message d’incident prévu le 24/11 à 08:00.")
        start, end = (datetime(2026, 11, 24, hour, tzinfo=PARIS) for hour in (8, 12))
        assert ("set_banner", (SLOW, "ticket 12", start, end, "impots")) in desk.asked


async def test_a_supervisor_switches_a_provider_from_the_palette() -> None:
    desk = FakeDesk("j3", role=Role.SUPERVISOR)
    async with walking(desk) as walk:
        await walk.press("ctrl+p")
        await walk.type("fournisseurs")
        await walk.press("enter")
        await walk.on("Availability")
        await walk.press("3")
        await walk.type("ticket 12")
        await walk.press("enter", "v")
        await walk.sees("√ MSA : indisponible.", "× indisponible : MSA")
        assert ("set_provider", ("msa", False, "ticket 12")) in desk.asked


async def test_an_agents_palette_offers_none_of_it() -> None:
    async with walking() as walk:
        await walk.press("ctrl+p")
        await walk.type("incident")
        await walk.sees("Aucune commande ne correspond.")

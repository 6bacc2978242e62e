"""Plays scenarios at the screens: the real app on the real service, driven by keys (Textual's Pilot)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from ameli_support.cli import connect
from ameli_support.cli.place import Place
from ameli_support.onboarding.identity import Fact, Role
from screens.app import AmeliSupport
from screens.check import Check
from screens.launch import Launch
from screens.widgets.facts import Facts
from tests.scenarios.world import Person, ScenarioWorld
from tests.screens.walk import WIDE, Walk


@dataclass
class ScreenCall(Walk):
    """One agent at the real app, from home to home."""

    async def looks_up(self, person: Person) -> None:
        """The four facts in one go: they are level 1 once it is known who speaks."""
        facts = (person.nir, "DUBOIS", "24081962", person.facts[Fact.POSTCODE])
        await self.find(" ".join(facts))
        await self.on("Check")
        await self.sees("Qui parle")

    async def is_called_by(self, person: Person) -> None:
        """From home to the call at level 1."""
        await self.looks_up(person)
        await self.press("1")
        await self.on("Call")
        await self.sees("DUBOIS")

    async def answers_wrongly(self, person: Person) -> None:
        """One comparison with another postcode; whatever field is empty is filled again."""
        check = self.app.screen
        assert isinstance(check, Check)
        said = {**person.facts, Fact.BIRTH_DATE: "24081962", Fact.POSTCODE: "69000"}
        for field in check.query_one(Facts).open_fields:
            if not field.input.value:
                field.input.focus()
                await self.until(lambda field=field: field.input.has_focus, "the field has the focus")
                await self.type(said[Fact(field.key)])
                await self.until(lambda field=field: bool(field.input.value), "the field is filled")
        before = check.state
        await self.press("enter")
        await self.until(lambda: not check.busy and check.state is not before, "the service compared")

    async def answers_level_2(self) -> None:
        """Two facts of the fund's file."""
        await self.on("Check")
        await self.sees("niveau 2 à vérifier")
        await self.type("4821")
        await self.press("tab")
        await self.type("802500001234567890123")
        await self.press("enter")

    async def resends(self, person: Person) -> None:
        """R, the said address, V."""
        await self.press("r")
        await self.say_address(person.address)
        await self.sees("√ la même")
        await self.press("v")
        await self.sees("√ Renvoi demandé à")

    async def supervises(self, person: Person, action: str) -> None:
        """A supervisor's act: the record by a purpose, the act from the palette, a reason, V."""
        await self.on("Home")
        await self.type(person.nir)
        await self.press("enter")
        await self.type("contrôle du dossier")
        await self.press("enter")
        await self.on("Call")
        await self.press("ctrl+p")
        await self.on("Palette")
        await self.type(action)
        await self.press("enter")
        await self.until(lambda: self.app.screen.focused is not None, "the reason has the focus")
        await self.type("dossier revu avec la personne")


@asynccontextmanager
async def at_the_screens(
    world: ScenarioWorld, role: Role = Role.AGENT, size: tuple[int, int] = WIDE
) -> AsyncIterator[ScreenCall]:
    """The app as `ameli-support demo --role …` opens it, home in front and the desk open."""
    place = Place({"AMELI_HOME": str(world.demo.home)}, world.demo.home, role)
    app: AmeliSupport = AmeliSupport(Launch(connect=lambda: connect.open_desk(place)))
    async with app.run_test(size=size) as pilot:
        desk: Any = None
        call = ScreenCall(app, pilot, desk)
        await call.sees("en ligne")
        yield call

"""Drives the real app as a person would: types, presses, looks; every wait is for something to be seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from textual import events
from textual.pilot import Pilot

from ameli_support.clock import monotonic
from screens.app import AmeliSupport, Launch
from screens.dialogs.base import Dialog
from tests.screens.drawing import text
from tests.screens.fake_desk import ADDRESS, NIR, FakeDesk

WIDE, COMPACT = (120, 36), (80, 24)
SIZES = [WIDE, COMPACT]
DEADLINE = 10.0
PATIENCE = 0.2
NAMES = {" ": "space", "@": "at", ".": "full_stop", "/": "slash", "-": "minus", "_": "underscore"}
CHARACTERS = {name: character for character, name in NAMES.items()}
NAMES |= {"[": "left_square_bracket", "]": "right_square_bracket", "'": "apostrophe"}


@dataclass
class Walk:
    """One person at one app. `commands` counts keys that are not dictated text."""

    app: AmeliSupport
    pilot: Pilot[Any]
    desk: FakeDesk
    commands: list[str] = field(default_factory=list)

    @property
    def screen(self) -> str:
        """What is drawn now, as text with ordinary spaces."""
        return text(self.app).replace("\u00a0", " ")

    @property
    def squeezed(self) -> str:
        """What is drawn now with every run of blanks and bars as one space: wrapped sentences are whole."""
        return " ".join(self.screen.replace("▌", " ").split())

    async def until(self, condition: Any, what: str) -> None:
        """Waits for `condition()`; fails with what is drawn."""
        end = monotonic() + DEADLINE
        while not condition():
            if monotonic() > end or self.app._exception:
                raise AssertionError(f"never: {what}\n{self.screen}")
            await asyncio.sleep(0.01)

    async def sees(self, *sentences: str) -> None:
        """Waits until every sentence is drawn."""
        for sentence in sentences:
            await self.until(lambda sentence=sentence: sentence in self.squeezed, sentence)

    async def press(self, *keys: str) -> None:
        """Command keys: counted. V waits until the dialog listens."""
        for key in keys:
            if key == "v" and isinstance(self.app.screen, Dialog):
                dialog = self.app.screen
                await self.until(lambda dialog=dialog: not dialog.deaf, "the dialog listens")
            self.commands.append(key)
            await self.strike(key)

    async def strike(self, key: str) -> None:
        """One key, and what it leads to; `Pilot.press` would wait until the whole process is idle, twice."""
        event = events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None))
        event.set_sender(self.app)
        self.app.post_message(event)
        await self.settled()

    async def settled(self) -> None:
        """Until nothing is ready to run: every message is dealt with, and what it sent, and no key is held.

        What a worker does is waited for as well, but no longer than PATIENCE: some tests block a desk.
        """
        loop: Any = asyncio.get_running_loop()
        begun = monotonic()
        while loop._ready or self.app._under_way or (self.at_work and monotonic() < begun + PATIENCE):
            assert monotonic() < begun + DEADLINE, f"never at rest\n{self.screen}"
            assert self.app._exception is None, "the app ended"
            await asyncio.sleep(0 if loop._ready else 0.002)

    @property
    def at_work(self) -> bool:
        """Whether something was asked of the desk and is not answered yet."""
        return any(not worker.is_finished for worker in self.app.workers)

    async def type(self, words: str) -> None:
        """Dictated text: not counted; handed over at once, because a key each takes a test 65 ms."""
        await self.until(lambda: self.app.screen.focused is not None, "a field has the focus")
        self.app.post_message(events.Paste(words))
        await self.settled()

    async def type_slowly(self, words: str) -> None:
        """Dictated text, key by key."""
        await self.pilot.press(*(NAMES.get(character, character) for character in words))

    async def on(self, name: str) -> None:
        """Waits for a screen by the name of its class."""
        await self.until(lambda: type(self.app.screen).__name__ == name, f"the screen {name}")

    # ── usual ways ──────────────────────────────────────────────────────────

    async def find(self, words: str = NIR) -> None:
        """Types into the look-up box and searches."""
        await self.on("Home")
        await self.type(words)
        await self.press("enter")

    async def to_level_1(self) -> None:
        """From home to the call by the express way: the four facts in one go, then who speaks."""
        await self.find(f"{NIR} DUBOIS 24081962 38000")
        await self.on("Check")
        await self.sees("Qui parle")
        await self.press("1")
        await self.on("Call")
        await self.sees("DUBOIS")

    async def dictates_to_level_1(self) -> None:
        """The same as it is dictated: number, who speaks, name, birth date, postcode."""
        await self.find()
        await self.on("Check")
        await self.sees("Qui parle")
        await self.press("1")
        await self.sees("Quel est votre nom")
        await self.type("dubois")
        await self.press("tab")
        await self.type("24081962")
        await self.type("38000")
        await self.press("enter")
        await self.on("Call")
        await self.sees("DUBOIS")

    async def to_level_2(self) -> None:
        """In the level 2 check: two facts of the fund's file."""
        await self.on("Check")
        await self.sees("niveau 2 à vérifier")
        await self.type("1234")
        await self.press("tab")
        await self.type("0042")
        await self.press("enter")

    async def say_address(self, address: str = ADDRESS) -> None:
        """In the re-send dialog."""
        await self.on("Resend")
        await self.type(address)
        await self.press("enter")

    async def conclude(self) -> None:
        """C V, as proposed."""
        await self.press("c")
        await self.on("Conclude")
        await self.until(lambda: self.app.screen.missing() == "", "the outcome is proposed")  # type: ignore[attr-defined]
        await self.press("v")
        await self.on("Home")


@asynccontextmanager
async def walking(
    desk: FakeDesk | None = None, size: tuple[int, int] = WIDE, waits_for: str = "en ligne", **launch: Any
) -> AsyncIterator[Walk]:
    """The app on a desk in memory, home in front and the desk open."""
    desk = desk or FakeDesk()
    app = AmeliSupport(Launch(connect=lambda: desk, **launch))  # type: ignore[arg-type,return-value]
    async with app.run_test(size=size) as pilot:
        walk = Walk(app, pilot, desk)
        await walk.sees(waits_for)
        yield walk

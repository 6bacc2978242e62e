"""Every drawn cell of the top screen at 4.5:1 or better, in five themes, also in 256 colours."""

import pytest
from rich.color import Color, ColorSystem

from screens.themes import THEMES
from tests.screens.drawing import cells
from tests.screens.fake_desk import FakeDesk, resume_rows
from tests.screens.walk import WIDE, Walk, walking

LEAST, LEAST_256 = 4.5, 4.49
LEAST_BAR, LEAST_BAR_256 = 3.0, 2.95
BARS = set("▌═─┼┤█▄▁▂▃▅▆▇▔▎▊")


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(ink: str, plane: str) -> float:
    """The contrast of two colours."""
    light, dark = sorted((luminance(ink), luminance(plane)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def in_256(colour: str) -> str:
    """The colour that a terminal of 256 shows instead."""
    return Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex


async def measure(walk: Walk, where: str, *, whole: bool = True) -> None:
    """Fails on the first cell of the screen (of its dialog, unless `whole`) that is hard to read."""
    for theme in THEMES:
        walk.app.theme = theme
        await walk.pilot.pause(0.05)
        region = walk.app.screen.region if whole else walk.app.screen.query_one("#dialog").region
        rows = cells(walk.app)
        pairs = {
            cell[:3] for y in range(region.y, region.bottom) for cell in rows[y][region.x : region.right]
        }
        for character, ink, plane in pairs:
            if not character.strip():
                continue
            bar = character in BARS
            least, least_256 = (LEAST_BAR, LEAST_BAR_256) if bar else (LEAST, LEAST_256)
            assert ratio(ink, plane) >= least, (theme, where, character, ink, plane)
            assert ratio(in_256(ink), in_256(plane)) >= least_256, (
                theme,
                where,
                "256",
                character,
                ink,
                plane,
            )


async def test_every_pair_on_every_screen_can_be_read() -> None:
    desk = FakeDesk("j11")
    desk.resume_rows = resume_rows()
    async with walking(desk, WIDE) as walk:
        await walk.sees("À reprendre")
        await measure(walk, "home")
        await walk.find("nonsense")
        await walk.sees("▲")
        await measure(walk, "home, trouble")
        walk.app.screen.forget()  # type: ignore[attr-defined]
        await walk.find()
        await walk.sees("Qui parle")
        await measure(walk, "who speaks")
        await walk.press("1")
        await walk.sees("niveau 1 à vérifier")
        await measure(walk, "level 1")
        await walk.type("dubois")
        await walk.press("tab")
        await walk.type("24081962")
        await walk.type("38000")
        await walk.press("enter")
        await walk.sees("lien inactif")
        for story, sentence in (("j3", "lien actif"), ("j25", "dépassé"), ("j11", "lien inactif")):
            desk.become(story)
            await walk.press("f5")
            await walk.sees(sentence)
            await measure(walk, story)
        await walk.press("e")
        await walk.sees("× Inutile avant")
        await measure(walk, "call, refusal")
        await walk.press("r")
        await walk.on("Resend")
        await measure(walk, "resend", whole=False)
        await walk.type("autre@free.fr")
        await walk.press("enter")
        await walk.sees("Il reste 2 essais")
        await measure(walk, "resend, trouble", whole=False)
        await walk.press("escape", "c")
        await walk.on("Conclude")
        await measure(walk, "conclude", whole=False)
        await walk.press("escape", "ctrl+p")
        await walk.on("Palette")
        await measure(walk, "palette", whole=False)
        await walk.press("escape", "f1")
        await walk.on("Help")
        await measure(walk, "help", whole=False)


async def test_without_colours_sign_and_word_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with walking(FakeDesk("j11")) as walk:
        await walk.to_level_1()
        await walk.sees("▲ Bloqué à l’étape 6", "► 6 Confirmation", "× inutile avant", "√ 1 Inscription")
        grey = {colour for row in cells(walk.app) for cell in row for colour in cell[1:3]}
        assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in grey)

"""French typography where it is drawn, and the text budgets of ux-design §2."""

import re

import pytest
from textual.content import Content

from ameli_support.i18n import _, typeset
from ameli_support.onboarding.procedure import procedure
from screens import cures
from screens.call import Call
from screens.widgets.blocks import script
from screens.widgets.column import Column
from screens.widgets.foot import Foot
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import SIZES, WIDE, walking

SCRIPT_WIDTH, SCRIPT_LINES = 57, 6
STORIES = ["j11", "j3", "j25", "active", "suspended", "not_sent", "deceased", "restricted", "stranger"]


def wrapped(text: str, width: int) -> list[str]:
    """The lines of `text` as Textual breaks them."""
    cures.hold_words_together()
    return [line.plain for line in Content(text).wrap(width)]


@pytest.mark.parametrize("width", range(12, 60))
def test_no_line_ends_in_an_opening_or_begins_with_a_closing_sign(width: int) -> None:
    text = _("Cherchez « Votre Assurance Maladie » dans votre boîte ; puis cliquez : est-ce là ? Oui !")
    for line in wrapped(text, width):
        assert not line.rstrip().endswith("«")
        assert not re.match(r"\s*[:;!?»]", line)


def test_every_script_is_short_enough_to_be_said() -> None:
    cures.hold_words_together()
    rules = procedure()
    for key, cell in rules.cells.items():
        if not key.startswith("says."):
            continue
        for language in ("fr", "en"):
            filled = re.sub(r"\{[a-z_]+\}", "lundi 30 novembre"[:17], "\n".join(cell.lines(language)))
            lines = script([typeset(line) for line in filled.split("\n")]).wrap(SCRIPT_WIDTH)
            assert len(lines) <= SCRIPT_LINES, key


def test_every_hint_and_label_fits_its_place() -> None:
    rules = procedure()
    values = {"countdown": "1 min 58 s", "date": "03/12", "time": "09:14", "address": ""}
    for key, cell in rules.cells.items():
        for language in ("fr", "en"):
            text = (
                " ".join(rules.lines(key, language, **values))
                if key[:5] in ("reaso", "effec")
                else cell.lines(language)[0]
            )
            if re.search(r"^(reasons|effects)\..*\.hint", key):
                assert len(text) <= 24, (key, text)
            if key.startswith("steps."):
                assert len(text) <= 18, (key, text)


@pytest.mark.parametrize("size", SIZES)
async def test_no_drawn_line_breaks_the_rules_and_nothing_is_cut(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j11"), size) as walk:
        await walk.to_level_1()
        call = walk.app.screen
        assert isinstance(call, Call)
        for story in STORIES:
            before = call.shown
            walk.desk.become(story)
            await walk.press("f5")
            if story != "j11":
                await walk.until(lambda before=before: call.shown is not before, story)
            await walk.sees("Échap Accueil")
            for line in walk.screen.split("\n"):
                block = line.partition("▌")[2][:62].rstrip()
                assert not block.endswith("«"), line
                assert not re.match(r"\s*[:;!?»]", block), line
            await walk.sees(" C Conclure", "À dire", "S Suspendre")
            keys = call.query_one(Column)
            bottom = call.query_one(Foot).region.y if size == WIDE else size[1] - 2
            await walk.until(lambda: keys.region.bottom <= bottom, "keys and reasons are drawn whole")  # noqa: B023
            assert call.shown is not None
            last = call.shown.say[-1].replace("**", "").replace("\u00a0", " ").split()[-2:]
            await walk.sees(" ".join(last))

"""Text from outside is shown verbatim, never parsed, and can neither break a screen nor end the app."""

import pytest
from rich.cells import cell_len
from textual.widgets import Input, TextArea

from ameli_support.accounts.contract import SmtpAnswer
from ameli_support.casework.views import NoteRow, ResumeReason, ResumeRow
from screens.safe import clean, fit, fit_address
from tests.screens.drawing import cells
from tests.screens.fake_desk import NOW, FakeDesk
from tests.screens.walk import SIZES, walking

HOSTILE = [
    "[/] DUPONT",
    "[bold red]DUPONT[/bold red]",
    "[@click=app.quit]DUPONT",
    "DU\x1b[31mPONT\x07",
    "DUPONT\u202e\u2066gnirts",
    "DU\r\nPONT\tX",
    "D" * 10_000,
    "👩‍👩‍👧‍👦 DUPONT",
    "[" * 50,
    "\\[x] $ink {0} %s",
]


def test_control_characters_go_and_everything_else_stays() -> None:
    assert clean("a\x1b[31mb\x07\u202ec") == "a[31mbc"
    assert clean("a\r\nb\tc") == "a  b c"
    assert clean("[/] « x » N’DIAYE") == "[/] « x » N’DIAYE"
    assert fit("D" * 100, 10) == "D" * 9 + "…"
    assert cell_len(fit("漢" * 100, 10)) <= 10
    assert fit_address("un.nom.tres.long@assurance-maladie.fr", 25) == "un.…@assurance-maladie.fr"


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_are_shown_verbatim_on_the_call(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j11"), size) as walk:
        await walk.to_level_1()
        for name in HOSTILE:
            walk.desk.name = name
            await walk.press("f5")
            await walk.sees(" ".join(("Mme " + clean(name))[:20].split()))
            assert all(len(row) == size[0] for row in cells(walk.app))
            assert "\x1b" not in walk.screen
            assert "\u202e" not in walk.screen


@pytest.mark.parametrize("text", ["[/]", "[DUPONT] fin", "x" * 5000], ids=["close", "tag", "long"])
async def test_hostile_texts_elsewhere_are_shown_verbatim(text: str) -> None:
    desk = FakeDesk("j3")
    desk.resume_rows = [ResumeRow(1, NOW, ResumeReason.CALLBACK, text)]
    desk.notes = [NoteRow(1, NOW, text, text)]
    original = desk._sends
    answer = SmtpAnswer(code=550, text=text, at=NOW)
    desk._sends = lambda: [  # type: ignore[method-assign]
        send.model_copy(update={"state": "refused", "smtp": answer, "domain": text}) for send in original()
    ]
    async with walking(desk) as walk:
        await walk.sees(text[:20])
        await walk.to_level_1()
        await walk.sees("refusé par " + text[:10])
        await walk.press("h")
        await walk.on("History")
        await walk.sees("Notes", text[:20])
        await walk.press("escape")
        await walk.press("r")
        await walk.on("Resend")
        await walk.type(text[:100])
        await walk.press("enter")
        await walk.sees("Une adresse a la forme")


async def test_a_formatted_number_can_be_pasted() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.type("2 62 08 38 185 001")
        await walk.press("enter")
        await walk.on("Check")
        await walk.sees("Qui parle")
        await walk.press("1")
        await walk.sees("2 62 08 •• ••• •••")


PASTED = "\x1b]0;x\x07\x1b[2J[/]\u202e\u009b31mabc"


async def test_what_is_pasted_cannot_command_the_terminal() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.type(PASTED)
        await walk.sees("]0;x[2J[/]31mabc")
        assert not set(walk.screen) & set("\x1b\x07\u202e\u009b")
        walk.app.screen.query_one("#lookup", Input).value = ""
        await walk.to_level_1()
        await walk.press("n")
        await walk.on("Note")
        await walk.type(f"{PASTED}\r\nligne 2\ud800")
        await walk.sees("31mabc", "ligne 2")
        assert walk.app.screen.query_one(TextArea).text == "]0;x[2J[/]31mabc\nligne 2"
        assert not set(walk.screen) & set("\x1b\x07\u202e\u009b")


async def test_too_long_a_paste_is_cut_and_told_and_lines_become_spaces() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.type("x" * 5000)
        await walk.sees("Le texte collé était trop long")
        box = walk.app.screen.query_one("#lookup", Input)
        assert box.value == "x" * (box.max_length or 0)
        box.value = ""
        await walk.type("dubois\n24/08/1962")
        await walk.until(lambda: box.value == "dubois 24/08/1962", "both lines")

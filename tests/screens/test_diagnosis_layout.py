"""What gives way on a low terminal: counted before it is drawn, and right for what is then drawn."""

import pytest

from screens.diagnosis.layout import TIGHTER, level, rows
from screens.diagnosis.picture import Deed, DiagnosisPicture, Reply, Stage
from screens.notice import Tone
from screens.picture import Band, PersonLine
from tests.screens.diagnosing_desk import DiagnosingDesk
from tests.screens.drawing import cells
from tests.screens.walk import walking


def shown(say: int = 2, seek: int = 3, replies: int = 3, why: int = 1) -> DiagnosisPicture:
    """A picture with so many lines of each."""
    return DiagnosisPicture(
        Stage.ASKING,
        PersonLine("", (), "", False, ""),
        Band(Tone.PLAIN, "", "", "", ""),
        say=("phrase",) * say,
        seek=("à chercher",) * seek,
        replies=(Reply(Deed.ANSWER, "Oui"),) * replies,
        why=("pourquoi",) * why,
    )


def test_blank_rows_go_first_then_why_then_titles_and_only_then_what_to_look_for() -> None:
    found = [level(shown(), 60, height, wide=True, padded=True, roomy=True) for height in range(30, 6, -1)]
    assert [tight for tight, __ in found] == sorted(tight for tight, __ in found)
    assert found[0] == (0, 3)
    assert all(seek == 3 for tight, seek in found if tight < len(TIGHTER))
    assert found[-1] == (len(TIGHTER), 1), "answers and what to say stay"


def test_rows_are_counted_as_they_wrap() -> None:
    assert rows(("mot " * 20,), 40) == 2
    assert rows(("a\u00a0b " * 3, ""), 4) == 4


@pytest.mark.parametrize("size", [(160, 45), (120, 26), (80, 24)])
async def test_every_question_and_every_answer_fits(size: tuple[int, int]) -> None:
    """What is said and every answer are whole; the row of keys is where it always is."""
    async with walking(DiagnosingDesk("j11"), size) as walk:
        await walk.to_level_1()
        await walk.press("d")
        await walk.sees("question 1 sur")
        screen = walk.app.screen
        for check in screen.run.checklist.checks:  # type: ignore[attr-defined]
            screen.choose(check)  # type: ignore[attr-defined]
            picture = screen.shown  # type: ignore[attr-defined]
            words = picture.say[-1].replace("*", "").replace("\u00a0", " ").split()
            await walk.until(lambda words=words: all(word in walk.screen for word in words), check)
            labels = [reply.label.replace("\u00a0", " ") for reply in picture.replies]
            await walk.sees(*(f"{at} {label}" for at, label in enumerate(labels, 1)))
            assert all(part in walk.screen for part in ("Constaté", "►", "Causes"))
            assert walk.screen.splitlines()[-1].startswith("  F1")
            assert all(len(row) == size[0] for row in cells(walk.app))

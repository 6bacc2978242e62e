"""The first-run tour of the demo: at most six steps where they help, skipped by one key, made once."""

from pathlib import Path

import pytest

from screens import shown
from screens.app import DemoLaunch
from screens.notice import Tone
from screens.tour import STEPS, Tour
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import COMPACT, walking

SAMPLE = "1790399999002 benali 15031979 38000"
A_CALL = ("Home", "Check", "Call", "Note", "Call", "Conclude", "Call", "Conclude", "Home", "Check")


def test_the_tour_follows_a_call_and_is_remembered(tmp_path: Path) -> None:
    assert len(STEPS) <= 6
    tour = Tour(tmp_path / "data" / "made")
    told = [tour.follow(screen) for screen in A_CALL]
    numbers = [each.partition("/")[0].removeprefix("Visite ") for each in told]
    assert numbers == ["1", "2", "3", "", "4", "", "5", "", "6", ""]
    assert all(len(each) <= 76 for each in told)
    assert Tour(tmp_path / "data" / "made").follow("Home") == ""


def test_a_caller_who_is_left_at_the_check_does_not_end_it(tmp_path: Path) -> None:
    tour = Tour(tmp_path / "made")
    assert [bool(tour.follow(screen)) for screen in ("Home", "Check", "Home", "Call")] == [
        True, True, False, True,
    ]  # fmt: skip


def test_a_folder_that_cannot_be_written_only_forgets(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tour = Tour(tmp_path / "file" / "made")
    tour.skip()
    assert tour.over


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_the_tour_stands_in_the_strip_and_leaves_the_box_its_keys(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    async with walking(FakeDesk("j11"), COMPACT, demo=DemoLaunch("1", made, lambda: SAMPLE)) as walk:
        await walk.sees(f"Visite 1/6 : tapez {SAMPLE}, Entrée", "Échap passer")
        if key == "escape":
            await walk.press(key)
            await walk.until(lambda: "Visite" not in walk.screen, "the tour is gone")
            assert made.exists()
            return
        await walk.find()
        await walk.sees("Visite 2/6")
        assert not made.exists()
        monkeypatch.setattr(shown, "TOLD_SECONDS", 0.01)
        walk.app.say(Tone.OK, "Fait.")
        await walk.until(lambda: walk.app.notice is None, "the notice gives way to the tour")
        await walk.sees("Visite 2/6")

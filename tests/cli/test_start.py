"""Opening the app: what is loaded before the first paint, and what the screens are given."""

import subprocess
import sys
from pathlib import Path

import pytest

from ameli_support.casework.lookup import read_lookup
from ameli_support.cli import start
from ameli_support.settings import MachineSettings
from screens.launch import Launch

PROBE = """
import sys
import ameli_support.__main__ as entry, screens.app
heavy = {"typer", "pydantic", "pydantic_core", "sqlalchemy", "httpx", "dns", "aiosmtplib", "argon2"}
found = []
def run(launch):
    found.extend(sorted(heavy & set(sys.modules)))
    return 0
screens.app.run = run
entry.has_terminal = lambda: True
code = entry.main(%r)
assert code == 0, code
assert not found, found
"""


@pytest.mark.parametrize("argv", [[], ["demo"], ["--lang", "en", "demo", "--role", "supervisor"]])
def test_opening_the_app_loads_no_library_of_the_desk_or_of_the_commands(argv: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROBE % argv], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[Launch]:
    """What `screens.app.run` was given."""
    given: list[Launch] = []

    def run(launch: Launch) -> int:
        given.append(launch)
        return 0

    monkeypatch.setattr("screens.app.run", run)
    return given


def test_the_demo_prints_the_pin_that_unlocks_it(
    launched: list[Launch], capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.open_app(True, "supervisor") == 0
    (launch,) = launched
    assert launch.demo is not None
    assert launch.demo.pin in capsys.readouterr().out
    assert launch.check_pin is not None
    assert launch.check_pin(launch.demo.pin)
    assert not launch.check_pin("000000")
    assert launch.demo.tour is not None
    assert not launch.demo.tour.exists()
    assert read_lookup(launch.demo.sample()).level_1_complete  # type: ignore[union-attr]


def test_a_role_belongs_to_the_demo_alone(launched: list[Launch]) -> None:
    assert start.open_app(False, "supervisor") == 2
    assert start.open_app(True, "boss") == 2
    assert launched == []


def test_without_a_pin_the_screen_never_locks(
    launched: list[Launch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMELI_HOME", str(tmp_path))
    assert start.open_app(False, None) == 0
    assert launched[0].check_pin is None
    assert launched[0].lock_minutes == MachineSettings().lock_minutes


def test_wrong_settings_do_not_keep_the_app_from_opening(
    launched: list[Launch], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMELI_SCREEN_THEME", "rose")
    assert start.open_app(False, None) == 0
    assert "AMELI_SCREEN_THEME" in capsys.readouterr().err

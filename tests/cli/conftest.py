"""Runs commands in this process, as a program (input from a pipe) or as a person at a terminal."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ameli_support.__main__ import main
from ameli_support.cli import place
from ameli_support.i18n import set_language
from tests.scenarios.conftest import scenario_world as scenario_world


@dataclass(frozen=True)
class Result:
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object that was printed."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def json_lines(self) -> list[Any]:
        """One object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class _Keyboard(io.StringIO):
    """Standard input that says it is a terminal."""

    def isatty(self) -> bool:
        return True


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """`run("nir", "-", given="…")`; `typed=` instead of `given=` answers as at a terminal."""
    place.world.demo, place.world.role = False, None  # whatever another test's command chose

    def command(*argv: str, given: str = "", typed: str | None = None) -> Result:
        stdin = io.StringIO(given) if typed is None else _Keyboard(typed)
        monkeypatch.setattr("sys.stdin", stdin)
        capsys.readouterr()
        code = main(list(argv))
        seen = capsys.readouterr()
        return Result(int(code), seen.out, seen.err)

    yield command
    set_language("fr")
    place.world.demo, place.world.role = False, None

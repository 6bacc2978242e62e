"""`refusal`: a code that a caller reads out, explained at the command line."""

import json

import pytest

from ameli_support.cli.app import run
from ameli_support.cli.exit_codes import ExitCode


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["refusal", "y 02 00 17"]) == ExitCode.DONE
    told = capsys.readouterr().out
    assert told.startswith("Y020017")
    assert "désactivé" in told
    assert "Dire" in told
    assert "**" not in told


def test_several_codes_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["refusal", "Y190005", "Y999999", "--json"]) == ExitCode.NOT_FOUND
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["code"], first["known"]) == ("Y190005", True)
    assert (second["code"], second["known"]) == ("Y999999", False)
    assert second["say"]
    assert "**" not in " ".join(first["say"])


def test_codes_are_read_from_the_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("Y010015\n\nY030030\n"))
    assert run(["refusal", "-"]) == ExitCode.DONE
    told = capsys.readouterr().out
    assert told.count("Dire") == 2


def test_the_dash_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["refusal", "Y010015", "-"]) == ExitCode.BAD_INPUT
    assert "s’emploie seul" in capsys.readouterr().err

"""The frame: help and mistakes in the person's language, exit codes, what is loaded for what."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ameli_support.__main__ import read
from ameli_support.cli.app import build
from ameli_support.cli.exit_codes import ExitCode, meanings
from tests.architecture.tree import ROOT
from tests.cli.conftest import Run

COMMANDS = (
    *("find", "status", "verify", "resend", "reissue", "correct-address", "suspend", "note", "hand-over"),
    *("close", "reassign", "unlock", "lift", "cancel", "cases", "case", "nir", "settings", "doctor"),
    *("pin", "demo", "provider", "agree", "unmask"),
)
CLICKS_OWN = re.compile(
    r"Usage|Options:|Commands|Show this message|Error|Missing|No such|required|default:|Try '", re.I
)
FRENCH = re.compile(r"[àâçéèêîôûœ«»]|\b(le|la|les|des|une|pour|avec|dossier)\b", re.I)


def program(*argv: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AMELI_")}
    environment |= {"AMELI_HOME": str(home), **more}
    return subprocess.run(
        [sys.executable, "-m", "ameli_support", *argv],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def test_without_a_terminal_one_sentence_says_what_to_type(tmp_path: Path) -> None:
    for argv in ([], ["demo"]):
        result = program(*argv, home=tmp_path)
        assert result.returncode == 2
        assert result.stdout == ""
        assert ("ameli-support --demo find" if argv else "ameli-support find") in result.stderr
        assert len(result.stderr.splitlines()) == 1
    english = program("--lang", "en", home=tmp_path)
    assert "needs a terminal" in english.stderr


def test_the_program_is_named_as_it_can_be_typed_here(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", [".venv/bin/ameli-support", "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "« .venv/bin/ameli-support demo »" in run("demo").err.replace("\u00a0", " ")
    monkeypatch.setattr("sys.argv", ["ameli_support/__main__.py"])
    assert "« ameli-support --demo find »" in run("demo").err.replace("\u00a0", " ")


@pytest.mark.skipif(os.name == "nt" or shutil.which("make") is None, reason="needs make and a shell")
@pytest.mark.parametrize(("code", "failed"), [(0, False), (2, False), (1, True), (3, True)])
def test_make_run_adds_nothing_where_the_program_told_why(tmp_path: Path, code: int, failed: bool) -> None:
    program = tmp_path / "ameli-support"
    program.write_text(f"#!/bin/sh\necho told >&2\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    ready = str(tmp_path / "ready")
    made = subprocess.run(
        [
            "make",
            "-C",
            str(ROOT),
            "--no-print-directory",
            "-o",
            ready,
            "run",
            f"BIN={tmp_path}",
            f"READY={ready}",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.stdout == ""
    assert (made.returncode != 0) == failed
    assert (made.stderr != "told\n") == failed


def test_the_version_is_told_without_loading_the_commands(tmp_path: Path) -> None:
    result = program("--version", home=tmp_path)
    assert re.fullmatch(r"ameli-support \d+\.\d+\.\d+\n", result.stdout)


def test_the_entry_point_loads_no_command_library() -> None:
    code = (
        "import sys; from ameli_support.__main__ import main; main([]);"
        "bad = {'typer', 'pydantic', 'sqlalchemy', 'httpx', 'textual'} & set(sys.modules);"
        "sys.exit(repr(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_common_options_are_taken_wherever_they_stand() -> None:
    start = read(["find", "--lang=en", "--demo", "--role", "supervisor", "--json"])
    assert (start.rest, start.lang, start.demo, start.role) == (["find", "--json"], "en", True, "supervisor")
    assert read(["--lang"]).missing == "--lang"


@pytest.mark.parametrize(
    "argv",
    [[name, "--help"] for name in COMMANDS]
    + [["--help"], ["sandbox", "--help"], ["banner", "set", "--help"]],
)
def test_every_help_page_is_in_french_and_in_english(run: Run, argv: list[str]) -> None:
    french = run(*argv)
    assert french.code == 0
    assert FRENCH.search(french.out)
    assert not CLICKS_OWN.search(french.out)
    english = run("--lang", "en", *argv)
    told = english.out.replace("n° de sécurité sociale", "NIR")
    assert not FRENCH.search(told), told


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["fnd"], "Vouliez-vous dire « find » ?"),
        (["verify"], "Il manque --case."),
        (["verify", "--case"], "--case"),
        (["verify", "--cas", "3"], "Vouliez-vous dire « --case » ?"),
        (["cases", "trop"], "mots en trop"),
        (["sandbox"], "Commande incomplète"),
        (["status"], "--case N"),
        (["status", "--case", "douze"], "Numéro de dossier non compris"),
        (["cases", "--limit", "0"], "de 1 à 1000"),
        (["cases", "--state", "perdu"], "Valeurs possibles : new"),
        (["close", "--case", "1", "--callback", "demain"], "JJ/MM/AAAA HH:MM"),
        (["find", "Dupont"], "ne s’écrit pas dans la commande"),
        (["--role", "agent", "cases"], "ajoutez --demo"),
        (["--lang", "de", "nir"], "Langues possibles"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_with_code_2(run: Run, argv: list[str], sentence: str) -> None:
    result = run(*argv)
    assert result.code == ExitCode.BAD_INPUT
    assert result.out == ""
    assert sentence in result.err.replace("\u00a0", " ")
    assert not CLICKS_OWN.search(result.err)


def test_a_mistake_of_a_program_comes_as_json(run: Run) -> None:
    result = run("status", "--case", "x", "--json")
    assert result.json["exit_code"] == result.code == 2
    assert result.err == ""


def test_what_was_typed_is_never_repeated(run: Run) -> None:
    secret = "2620899999001"
    for argv in (["find", secret], ["status", secret], ["note", "--case", secret, secret]):
        result = run(*argv)
        assert secret not in result.out + result.err


def test_every_command_of_the_issue_is_there() -> None:
    names = {command.name for command in build().registered_commands}
    assert set(COMMANDS) <= names


def test_every_exit_code_is_explained() -> None:
    assert {code for code, _text in meanings()} == set(ExitCode)


def test_a_pipe_that_closes_early_is_no_error(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AMELI_")}
    done = subprocess.run(
        f"{sys.executable} -m ameli_support sandbox people --json | head -1",
        shell=True,
        capture_output=True,
        text=True,
        env=environment | {"AMELI_HOME": str(tmp_path)},
        check=False,
    )
    assert done.stdout.startswith("{")
    assert "Traceback" not in done.stderr

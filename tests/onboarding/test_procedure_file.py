"""procedure.toml: what is refused when it is loaded, and what a content folder may change."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from ameli_support.onboarding import procedure_file
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.procedure import Moment, ProcedureError, load, procedure
from ameli_support.onboarding.procedure_file import PACKAGE_FILE, Numbers
from ameli_support.onboarding.procedure_keys import required_keys
from tests.onboarding.model import P

WHOLE = PACKAGE_FILE.read_text(encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's file that a test may spoil."""
    file = tmp_path / "package.toml"
    file.write_text(WHOLE, encoding="utf-8")
    monkeypatch.setattr(procedure_file, "PACKAGE_FILE", file)
    return file


def spoil(file: Path, pattern: str, by: str) -> None:
    spoiled, count = re.subn(pattern, by, WHOLE, count=1, flags=re.MULTILINE)
    assert count == 1
    file.write_text(spoiled, encoding="utf-8")


def local(folder: Path, text: str) -> Path:
    (folder / "procedure.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_procedure_is_loaded_once() -> None:
    assert procedure() is procedure()
    assert load().cells == procedure().cells


@pytest.mark.parametrize("name", [field.name for field in fields(Numbers)])
def test_every_number_must_be_there(package: Path, name: str) -> None:
    spoil(package, rf"^{name} = .*\n", "")
    with pytest.raises(ProcedureError, match=rf"numbers\.{name}: missing"):
        load()


@pytest.mark.parametrize("value", ["0", "-1", "7.5", "true", '"7"', "[7]", "{}"])
def test_a_number_is_a_whole_one_from_1_on(package: Path, value: str) -> None:
    spoil(package, r"^link_days = \d+", f"link_days = {value}")
    with pytest.raises(ProcedureError, match=r"numbers\.link_days: a whole number"):
        load()


@pytest.mark.parametrize(
    ("pattern", "by", "key"),
    [
        (r"^link_days = ", "linkdays = 3\nlink_days = ", "numbers.linkdays: unknown"),
        (r"^strength_bits = .*", "strength_bits = 4", "numbers.strength_bits"),
        (r'^version = ".*"', "version = 3", "version: a text"),
        (r'^version = ".*"', "", "version: a text"),
        (r"^live = \{ fr = .*\n", "", "phases.live: missing"),
        (r"^level_1\.possible = .*\n", "", "says.live.level_1.possible: missing"),
        (r"^terms_refused = .*", 'terms_refused = { fr = "x" }', "ended.terms_refused: en is missing"),
        (r"^terms_refused = .*", 'terms_refused = { en = "x" }', "ended.terms_refused: fr is missing"),
        (
            r"^terms_refused = .*",
            'terms_refused = { fr = "x", quote = "x", en = "x" }',
            "ended.terms_refused: fr is missing, or stands beside quote",
        ),
        (r"^terms_refused = .*", 'terms_refused = { fr = "", en = "x" }', "ended.terms_refused: a sentence"),
        (r"^terms_refused = .*", 'terms_refused = { fr = [], en = "x" }', "ended.terms_refused: a sentence"),
        (r"^terms_refused = .*", 'terms_refused = { fr = [1], en = "x" }', "ended.terms_refused: a sentence"),
        (r"^terms_refused = .*", 'terms_refused = { fr = 1, en = "x" }', "ended.terms_refused: a sentence"),
        (r"^terms_refused = .*", 'terms_refused = "x"', "ended.terms_refused: a table"),
        (r"^terms_refused = .*", "terms_refused = {}", "ended.terms_refused: a table"),
        (r"^terms_refused = .*", 'terms_refused = { same = "no.where" }', "no.where has no sentences"),
        (
            r"^terms_refused = .*",
            'terms_refused = { same = "pages.confirm.buttons" }',
            "pages.confirm.buttons has no sentences",
        ),
        (
            r"^\[pages\.confirm\]",
            '[pages.confirmed_twice]\ntitle = { fr = "x" }\n[pages.confirm]',
            "confirmed_twice.title: unknown",
        ),
        (r"^version", "version version", "Expected '='"),
    ],
)
def test_a_spoilt_file_is_refused_by_its_name_and_key(package: Path, pattern: str, by: str, key: str) -> None:
    spoil(package, pattern, by)
    with pytest.raises(ProcedureError, match=re.escape(key)) as caught:
        load()
    assert caught.value.fault


def test_a_file_that_is_no_text_is_refused(package: Path) -> None:
    package.write_bytes(b"\xff\xfe")
    with pytest.raises(ProcedureError, match=re.escape(str(package))):
        load()


@pytest.mark.parametrize("key", list(required_keys()))
def test_every_required_entry_is_there(key: str) -> None:
    assert P.cells[key].fr


def test_a_content_folder_changes_sentences(tmp_path: Path) -> None:
    folder = local(tmp_path, '[acts.resend]\nlabel = { fr = "Renvoyer", en = "Send" }\n')
    assert load(folder).text("acts.resend.label") == "Renvoyer"
    assert load(folder).text("acts.resend.label", "en") == "Send"
    assert load(folder).text("acts.reissue.label") == P.text("acts.reissue.label")
    assert load(folder).version == P.version


def test_an_empty_content_folder_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path).cells == P.cells


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[numbers]\nlink_days = 8", "numbers: cannot be changed locally"),
        ('version = "mine"', "version: cannot be changed locally"),
        ('[acts.resent]\nlabel = { fr = "x", en = "x" }', "acts.resent.label: unknown entry"),
        ('[acts.resend]\nlabel = { same = "acts.reissue.label" }', "acts.resend.label: unknown entry"),
        ('[acts.resend]\nlabel = { fr = "{address}", en = "x" }', "acts.resend.label: only []"),
        ('[acts.resend]\ndone = { fr = "{times}", en = "x" }', "acts.resend.done: only ['time']"),
        ('[acts.resend]\nlabel = { fr = "x" }', "acts.resend.label: en is missing"),
        ("not toml", "Expected '='"),
    ],
)
def test_a_content_folder_changes_no_number_and_adds_nothing(tmp_path: Path, text: str, fault: str) -> None:
    folder = local(tmp_path, text)
    with pytest.raises(ProcedureError, match=re.escape(fault)) as caught:
        load(folder)
    assert caught.value.file == folder / "procedure.toml"


def test_an_unknown_place_or_entry_is_named() -> None:
    with pytest.raises(ProcedureError, match=r"says\.nowhere\.level_0\.possible"):
        P.says("nowhere", Level.NOTHING, Moment.POSSIBLE)
    with pytest.raises(ProcedureError, match=r"no\.where"):
        P.text("no.where")


def test_a_text_joins_its_lines_and_drops_its_stress() -> None:
    assert P.text("reminders.never_ask").startswith("Ne demandez jamais le code personnel,")
    assert "**" not in P.text("says.active.any.possible")


def test_names_keep_the_files_order() -> None:
    assert P.names("acts")[:4] == ("resend", "reissue", "correct", "suspend")
    assert P.names("nothing") == ()


def test_the_rules_load_no_library_of_screens_network_or_wire() -> None:
    """Also: importing them reads no file; the procedure is read when first asked for."""
    script = """if True:
        import importlib, pkgutil, sys, tomllib
        import ameli_support.onboarding as rules
        tomllib.loads = None
        for module in pkgutil.iter_modules(rules.__path__):
            importlib.import_module(f"{rules.__name__}.{module.name}")
        heavy = {"textual", "pydantic", "httpx", "socket", "ssl", "sqlalchemy", "http.client"}
        sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)
    """
    subprocess.run([sys.executable, "-c", script], check=True, cwd=PACKAGE_FILE.parent.parent)

"""What every file must and must not hold."""

import ast
import re
import warnings
from pathlib import Path

from tests.architecture.tree import ROOT, files, name

LONG, TOO_LONG = 300, 600
SPEAKERS = {"Static", "Label", "notify", "add_row", "update"}


def test_the_lock_has_hashes_and_no_url() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    # no option of an installer but the hashes: none can lead to a registry
    assert set(re.findall(r"(?<!\S)--[a-z-]+", lock)) == {"--hash"}
    names = re.findall(r"^[a-z0-9]\S*==", lock, re.MULTILINE)
    assert len(names) > 50
    for entry in re.split(r"\n(?=[a-z0-9])", lock.strip()):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_every_direct_dependency_is_locked() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["sandbox"],
        *project["dependency-groups"]["dev"],
    ]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    for requirement in wanted:
        package = re.match(r"[A-Za-z0-9_.-]+", requirement)
        assert package
        if package[0] != "ameli-support":
            assert package[0].lower() in locked, f"{requirement}: run make lock"


def test_no_file_names_a_place_of_one_machine() -> None:
    place = re.compile(rb"(?<![\w.*])/(?:work|root|home)/\w")
    this = "tests/architecture/test_tree.py"
    held = [
        name(path)
        for path in files()
        if name(path) != this
        and path.suffix not in (".png", ".mo")
        and any(not _quoted(path, found[0]) for found in place.finditer(path.read_bytes()))
    ]
    assert held == []


def _quoted(path: Path, found: bytes) -> bool:
    """Whether it is the home of somebody else’s server: mails from outside name theirs."""
    return path.is_relative_to(ROOT / "tests/data/mails") and found.startswith(b"/home/")


def _is_made_up(value: ast.expr) -> bool:
    """A text built from parts: an f-string, `.format(…)`, a sum or a `%`."""
    match value:
        case ast.JoinedStr():
            return any(isinstance(part, ast.FormattedValue) for part in value.values)
        case ast.Call(func=ast.Attribute(attr="format")):
            return True
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return True
    return False


def test_no_text_from_outside_is_parsed_as_markup() -> None:
    held = []
    for path in files("screens/*.py", "screens/**/*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            called = call.func
            who = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            plain = any(
                word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
                for word in call.keywords
            )
            if who in SPEAKERS and not plain and any(_is_made_up(value) for value in call.args):
                held.append(f"{name(path)}:{call.lineno} {who}")
    assert held == [], "give a Content, or markup=False"


def test_files_stay_short_enough_to_be_one_idea() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in files("*.py")}
    long = sorted((length, file) for file, length in lengths.items() if length > LONG)
    told = ", ".join(f"{file} {length}" for length, file in reversed(long))
    warnings.warn(f"longer than {LONG} lines, what is their second idea: {told}", stacklevel=1)
    assert [entry for entry in long if entry[0] > TOO_LONG] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in files("*.py")
        if (tree := ast.parse(path.read_text())).body and not ast.get_docstring(tree)
    ]
    assert silent == [], "one or two lines at the top"

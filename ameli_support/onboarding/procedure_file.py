"""Reads procedure.toml by tomllib and refuses what is missing, unknown or malformed, by file and key."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ameli_support.onboarding.wording import LANGUAGES, Cell, placeholders

PACKAGE_FILE = Path(__file__).parent.parent / "procedure.toml"
_LEAF = frozenset({*LANGUAGES, "quote", "same"})
_FRENCH_ONLY = ("mail.", "pages.", "forms.", "contacts.")


class ProcedureError(Exception):
    """An entry is missing, unknown or malformed; `file` is None when no content folder is at fault."""

    def __init__(self, file: Path | None, key: str, fault: str) -> None:
        super().__init__(f"{file or PACKAGE_FILE.name}: {key}: {fault}")
        self.file, self.key, self.fault = file, key, fault


@dataclass(frozen=True, slots=True)
class Numbers:
    """Durations, caps and sizes; a unit ends the name where there is one. No content folder changes them."""

    link_days: int
    window_days: int
    resend_same_link_hours: int
    cooldown_seconds: int
    sends_per_day: int
    agent_sends_per_hour: int
    handler_sends_per_hour: int
    check_minutes: int
    comparisons_per_check: int
    failed_checks_lock: int
    lock_hours: int
    said_address_tries: int
    provisional_code_days: int
    provisional_code_tries: int
    provisional_codes_per_day: int
    code_min: int
    code_max: int
    strength_bits: tuple[int, ...]
    login_tries: int
    login_lock_minutes: int
    address_tries_per_hour: int
    reset_link_minutes: int
    reset_block_hours: int
    minor_age: int
    resolved_close_days: int


def read_file(overrides: Path | None) -> tuple[str, Numbers, dict[str, Cell]]:
    """Version, numbers and cells of the package's file, with the wordings of `overrides` if it exists."""
    tree = _parse(PACKAGE_FILE)
    version = tree.pop("version", None)
    if not isinstance(version, str):
        raise ProcedureError(PACKAGE_FILE, "version", "a text is expected")
    numbers = _numbers(tree.pop("numbers", {}))
    cells = _resolved(dict(_leaves(PACKAGE_FILE, tree)))
    if overrides is not None and overrides.exists():
        _override(cells, overrides)
    return version, numbers, cells


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProcedureError(file, "", str(error)) from None


def _numbers(table: Mapping[str, Any]) -> Numbers:
    names = [field.name for field in fields(Numbers)]
    for name in [*names, *table]:
        if name not in table:
            raise ProcedureError(PACKAGE_FILE, f"numbers.{name}", "missing")
        if name not in names:
            raise ProcedureError(PACKAGE_FILE, f"numbers.{name}", "unknown")
        listed = table[name] if name == "strength_bits" else [table[name]]
        if not isinstance(listed, list) or any(type(number) is not int or number < 1 for number in listed):
            raise ProcedureError(PACKAGE_FILE, f"numbers.{name}", "a whole number from 1 on is expected")
    return Numbers(**{**table, "strength_bits": tuple(table["strength_bits"])})


def _leaves(file: Path, tree: Any, path: str = "") -> Iterator[tuple[str, Cell | str]]:
    if not isinstance(tree, dict) or not tree:
        raise ProcedureError(file, path, "a table with fr and en is expected")
    if not _LEAF.issuperset(tree):
        for name, branch in tree.items():
            yield from _leaves(file, branch, f"{path}.{name}" if path else name)
    elif "same" in tree:
        yield path, str(tree["same"])
    else:
        yield path, _cell(file, path, tree)


def _cell(file: Path, path: str, leaf: Mapping[str, Any]) -> Cell:
    lines: dict[str, tuple[str, ...]] = {}
    for name, text in leaf.items():
        listed = text if isinstance(text, list) else [text]
        if not listed or not all(isinstance(line, str) and line for line in listed):
            raise ProcedureError(file, path, "a sentence or a list of sentences is expected")
        lines[name] = tuple(listed)
    french = lines.get("quote") or lines.get("fr")
    if french is None or ("quote" in lines and "fr" in lines):
        raise ProcedureError(file, path, "fr is missing, or stands beside quote")
    if "en" not in lines and not path.startswith(_FRENCH_ONLY):
        raise ProcedureError(file, path, "en is missing")
    return Cell(french, lines.get("en", ()), quoted="quote" in lines)


def _resolved(leaves: Mapping[str, Cell | str]) -> dict[str, Cell]:
    cells = {}
    for path, leaf in leaves.items():
        target = leaves.get(leaf) if isinstance(leaf, str) else leaf
        if not isinstance(target, Cell):
            raise ProcedureError(PACKAGE_FILE, path, f"{leaf} has no sentences")
        cells[path] = target
    return cells


def _override(cells: dict[str, Cell], file: Path) -> None:
    tree = _parse(file)
    for fixed in ("version", "numbers"):
        if fixed in tree:
            raise ProcedureError(file, fixed, "cannot be changed locally")
    for path, leaf in _leaves(file, tree):
        if path not in cells or isinstance(leaf, str):
            raise ProcedureError(file, path, "unknown entry")
        known = placeholders(" ".join(cells[path].fr + cells[path].en))
        if not placeholders(" ".join(leaf.fr + leaf.en)) <= known:
            raise ProcedureError(file, path, f"only {sorted(known)} can be named between braces")
        cells[path] = leaf

"""Costs, probabilities and signals of population.toml as values; a fund may replace numbers by `priors.toml`.

Seconds for costs; weights for priors and shares. A file that is malformed is refused with its key.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGE_FILE = Path(__file__).parent / "population.toml"
UNKNOWN = "unknown"
OTHER_FAMILY = "other"
_NUMBERS = ("seed", "callers", "two_causes", "wrong_answers", "priors_off")
_TABLES = ("learning", "costs", "priors", "shares", "families", "hints", "signals")
_LEARNING = ("prior_cases", "prior_share", "half_life_days")
_PARTS = ("two_causes", "wrong_answers", "priors_off")


class PriorsError(Exception):
    """A number is missing, unknown or out of range; `key` says where in `file`."""

    def __init__(self, file: Path, key: str, fault: str) -> None:
        super().__init__(f"{file.name}: {key}: {fault}")
        self.file, self.key, self.fault = file, key, fault


@dataclass(frozen=True, slots=True)
class Learning:
    """How outcomes change the priors: what the priors are worth in cases, the share that they keep however
    many cases there are, and after how many days an outcome counts half."""

    prior_cases: float
    prior_share: float
    half_life_days: float


@dataclass(frozen=True)
class Priors:
    """What is believed before anything is asked, and what asking costs."""

    seed: int
    callers: int
    two_causes: float
    wrong_answers: float
    priors_off: float
    learning: Learning
    remedy_in_vain: float
    escalate: float
    open: Mapping[str, float]
    ask: Mapping[str, float]
    weights: Mapping[str, float]
    shares: Mapping[str, float]
    families: Mapping[str, Mapping[str, float]]
    hints: Mapping[str, Mapping[str, float]]
    signals: Mapping[str, Mapping[str, Mapping[str, float]]]

    @property
    def causes(self) -> tuple[str, ...]:
        """Every cause, `unknown` last."""
        return tuple(self.weights)

    def times(self, cause: str, family: str | None) -> float:
        """How much more often the cause is met at a provider family."""
        return self.families.get(self.family(family), {}).get(cause, 1.0)

    def family(self, family: str | None) -> str:
        """The family as the file knows it: a small or unknown one is `other`."""
        return family if family is not None and family in self.shares else OTHER_FAMILY

    def likelihood(self, signal: str, value: str, cause: str) -> float:
        """How often the value of a signal is seen when the cause is there."""
        tables = self.signals[signal]
        return tables.get(cause, tables["usual"])[value]


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Priors:
    """The package's numbers with those of `<folder>/priors.toml` over them. Raises `PriorsError`."""
    tree = _parse(PACKAGE_FILE)
    own = folder / "priors.toml" if folder is not None else None
    if own is not None and own.exists():
        _merge(tree, _parse(own), own, "")
        return _priors(own, tree)
    return _priors(PACKAGE_FILE, tree)


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PriorsError(file, "", str(error)) from None


def _merge(tree: dict[str, Any], own: Mapping[str, Any], file: Path, path: str) -> None:
    """Numbers replace numbers; only `families` takes new names."""
    for name, value in own.items():
        key = f"{path}{name}"
        if name not in tree and path == "families.":
            tree[name] = {}
        elif name not in tree and not path.startswith("families."):
            raise PriorsError(file, key, "unknown")
        if isinstance(tree.get(name), dict) != isinstance(value, dict):
            raise PriorsError(file, key, "of another type")
        if isinstance(value, dict):
            _merge(tree[name], value, file, f"{key}.")
        else:
            tree[name] = value


def _priors(file: Path, tree: dict[str, Any]) -> Priors:
    for name in (*_NUMBERS, *_TABLES):
        if name not in tree:
            raise PriorsError(file, name, "missing")
    for name in _PARTS:
        if not 0 <= _number(file, name, tree[name]) < 1:
            raise PriorsError(file, name, "a share from 0 to less than 1 is expected")
    costs, weights = tree["costs"], _numbers(file, "priors", tree["priors"])
    if not all(weights.values()) or list(weights)[-1:] != [UNKNOWN]:
        raise PriorsError(file, "priors", f"weights above 0 are expected, {UNKNOWN} last")
    ask = _numbers(file, "costs.ask", costs["ask"])
    if set(ask) != set(weights) - {UNKNOWN}:
        raise PriorsError(file, "costs.ask", "the same names as in priors are expected")
    families = _of_causes(file, "families", tree["families"], set(weights))
    return Priors(
        seed=int(tree["seed"]),
        callers=int(tree["callers"]),
        two_causes=tree["two_causes"],
        wrong_answers=tree["wrong_answers"],
        priors_off=tree["priors_off"],
        learning=_learning(file, tree["learning"]),
        remedy_in_vain=_number(file, "costs.remedy_in_vain", costs["remedy_in_vain"]),
        escalate=_number(file, "costs.escalate", costs["escalate"]),
        open=_numbers(file, "costs.open", costs["open"]),
        ask=ask,
        weights=weights,
        shares=_numbers(file, "shares", tree["shares"]),
        families=families,
        hints=_of_causes(file, "hints", tree["hints"], set(weights)),
        signals={name: _signal(file, name, tables, set(weights)) for name, tables in tree["signals"].items()},
    )


def _of_causes(file: Path, key: str, tables: Any, causes: set[str]) -> dict[str, dict[str, float]]:
    held = {name: _numbers(file, f"{key}.{name}", table) for name, table in tables.items()}
    for name, table in held.items():
        if unknown := set(table) - causes:
            raise PriorsError(file, f"{key}.{name}.{min(unknown)}", "no such cause")
    return held


def _learning(file: Path, table: Any) -> Learning:
    held = _numbers(file, "learning", table)
    if set(held) != set(_LEARNING):
        raise PriorsError(file, "learning", f"{', '.join(_LEARNING)} are expected")
    if not held["prior_cases"] or not held["half_life_days"] or not 0 < held["prior_share"] < 1:
        raise PriorsError(file, "learning", "numbers above 0 are expected, and a share below 1")
    return Learning(**held)


def _signal(file: Path, name: str, tables: Any, causes: set[str]) -> dict[str, dict[str, float]]:
    held = {cause: _numbers(file, f"signals.{name}.{cause}", table) for cause, table in tables.items()}
    for cause, table in held.items():
        key = f"signals.{name}.{cause}"
        if cause != "usual" and cause not in causes:
            raise PriorsError(file, key, "no such cause")
        if set(table) != set(held.get("usual", {})) or abs(sum(table.values()) - 1) > 1e-6:
            raise PriorsError(file, key, "the values of `usual` are expected, in shares that sum to 1")
        if not all(table.values()):
            raise PriorsError(file, key, "nothing is impossible: shares above 0 are expected")
    return held


def _numbers(file: Path, key: str, table: Any) -> dict[str, float]:
    if not isinstance(table, dict) or not table:
        raise PriorsError(file, key, "a table of numbers is expected")
    return {name: _number(file, f"{key}.{name}", value) for name, value in table.items()}


def _number(file: Path, key: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise PriorsError(file, key, "a number from 0 on is expected")
    return float(value)

"""What every measurement shares: percentiles, the spread of repeats, and the lines that are printed."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Repeats of one figure: median, smallest, largest."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{shown(self.median)} ({shown(self.least)}-{shown(self.most)})"


def spread(values: Sequence[float]) -> Spread:
    """The median of repeats with its range."""
    return Spread(statistics.median(values), min(values), max(values))


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the values lie; no interpolation."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def shown(value: float) -> str:
    """Three significant digits."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def title(text: str) -> None:
    """Begins the lines of one measurement."""
    print(f"\n{text}\n{'─' * len(text)}", flush=True)


def line(name: str, value: object, aim: str = "") -> None:
    """One figure, with what is aimed at."""
    print(f"  {name:58s} {value!s:>24s}  {aim}".rstrip(), flush=True)

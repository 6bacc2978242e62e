"""Two well-known Textual apps beside ours, posting and harlequin, when they are installed."""

import shutil
from contextlib import suppress
from dataclasses import dataclass

from bench.measure import line, spread
from bench.terminal import Terminal

Figures = dict[str, list[float]]


@dataclass(frozen=True)
class App:
    """How one is started, and what shows when its first picture is whole."""

    name: str
    arguments: tuple[str, ...]
    shown: str


APPS = (
    App("posting", (), "GET"),
    App("harlequin", ("-a", "sqlite", ":memory:"), "Query Editor"),
)


def installed() -> list[tuple[App, str]]:
    """Those that a shell would find, with their path."""
    return [(app, path) for app in APPS if (path := shutil.which(app.name))]


def measure(figures: Figures, home: str) -> None:
    """One start of each: milliseconds to its first picture, resident bytes then; an app that does not come
    up (their pins fight in one environment) gives none."""
    for app, path in installed():
        with (
            Terminal(list(app.arguments), home, program=path, settings={"HOME": home}) as terminal,
            suppress(OSError, RuntimeError),
        ):
            figures[f"{app.name} start"].append(terminal.until(app.shown) * 1000)
            figures[f"{app.name} resident"].append(terminal.resident)


def tell(figures: Figures) -> None:
    """Their figures, and ratios to the bare app of the same rounds."""
    there = {app.name for app, __ in installed()}
    for app in APPS:
        if app.name not in there:
            line(f"{app.name} beside it", "not installed")
            continue
        starts, bare = figures[f"{app.name} start"], figures["bare start"]
        if len(starts) < len(bare):
            line(f"{app.name} beside it", f"came up {len(starts)} times of {len(bare)}")
            continue
        ratios = [one / other for one, other in zip(starts, bare, strict=True)]
        memory = [one / 2**20 for one in figures[f"{app.name} resident"]]
        line(f"{app.name}: start to its first picture, ms", spread(starts))
        line("   ratio to the bare app", spread(ratios))
        line("   resident memory then, MiB", spread(memory))

"""The screens against bare Textual apps, in turn, in one run, on a pseudo-terminal.

Compiled bytecode, an existing store, the account service up. Usable: the question shows and a key
that was pressed then shows in the box; for the table, that its first rows show and its cursor moves.
"""

import os
import statistics
import tempfile
import time
from collections import defaultdict
from itertools import cycle

from bench import beside
from bench.measure import line, spread, title
from bench.served import Caller, a_world, active_people
from bench.terminal import Terminal

ROUNDS, LETTERS, REST_SECONDS = int(os.environ.get("BENCH_ROUNDS", "9")), 20, 10.0
PEOPLE = 400
OURS, TABLE, BOX = (
    ["-m", "ameli_support"],
    ["-m", "bench.bare_app", "table"],
    ["-m", "bench.bare_app", "input"],
)
Figures = defaultdict[str, list[float]]


def run() -> None:
    """Prints every ratio with its range."""
    title(f"The desk against bare Textual apps (120×36, pseudo-terminal, {ROUNDS} rounds in turn)")
    figures: Figures = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="bench-") as home, a_world(home, PEOPLE) as world:
        people = active_people(world, ROUNDS + 1)
        for number in range(ROUNDS + 1):  # the first warms caches and makes the store
            kept: Figures = defaultdict(list) if number == 0 else figures
            _ours(kept, home, people[number])
            _table(kept, home)
            _box(kept, home)
            beside.measure(kept, home)
    _tell(figures)
    beside.tell(figures)


def _ours(figures: Figures, home: str, caller: Caller) -> None:
    with Terminal(OURS, home) as terminal:
        terminal.until("Qui appelle")
        terminal.press("%")
        figures["start"].append(terminal.until("%") * 1000)
        figures["resident"].append(terminal.resident)
        terminal.until("en ligne")
        figures["idle"].append(_rest(terminal))
        figures["rested"].append(terminal.resident)
        terminal.press("\x7f")
        terminal.settle()
        figures["letter"].append(_typing(terminal, "abcdefghij"))
        terminal.press("\x7f" * LETTERS)
        terminal.settle()
        terminal.press(caller.express + "\r")
        terminal.until("Qui parle")
        terminal.press("1")
        terminal.until("Appelant contrôlé")
        terminal.settle(1.0)
        figures["key"].append(_typing(terminal, "re"))
        dialogs = []
        for _time in range(5):
            dialogs.append(terminal.answer("n", 0.1) * 1000)
            terminal.press("\x1b")
            terminal.settle()
        figures["dialog"].append(statistics.median(dialogs))
        figures["idle"].append(_rest(terminal, REST_SECONDS / 2))


def _table(figures: Figures, home: str) -> None:
    with Terminal(TABLE, home) as terminal:
        begun = terminal.until("ligne 20")
        figures["bare start"].append((begun + terminal.answer("\x1b[B")) * 1000)
        figures["bare resident"].append(terminal.resident)
        _rest(terminal)
        figures["bare rested"].append(terminal.resident)
        figures["bare key"].append(_typing(terminal, ("\x1b[B",)))


def _box(figures: Figures, home: str) -> None:
    with Terminal(BOX, home) as terminal:
        terminal.settle(1.0)
        figures["bare letter"].append(_typing(terminal, "abcdefghij"))


def _typing(terminal: Terminal, keys: "str | tuple[str, ...]") -> float:
    """The median of the milliseconds from a key to the last byte that it brings."""
    times = [terminal.answer(key) for key, _number in zip(cycle(keys), range(LETTERS), strict=False)]
    return statistics.median(times) * 1000


def _rest(terminal: Terminal, seconds: float = REST_SECONDS) -> float:
    """Bytes that come in some seconds in which the clock does not change."""
    terminal.settle(1.0)
    left = 60 - time.time() % 60
    if left < seconds + 1:
        terminal.read(left + 1)
        terminal.settle(1.0)
    end, came = time.monotonic() + seconds, 0
    while (wait := end - time.monotonic()) > 0:
        came += terminal.read(wait)
    return came


def _tell(figures: Figures) -> None:
    def ratio(one: str, other: str) -> list[float]:
        return [a / b for a, b in zip(figures[one], figures[other], strict=True)]

    def mega(name: str) -> list[float]:
        return [value / 2**20 for value in figures[name]]

    line("start to a usable screen, ms", spread(figures["start"]))
    line("   the bare app (Header, Footer, table of 50 rows), ms", spread(figures["bare start"]))
    line("   ratio", spread(ratio("start", "bare start")), "aim: ≤ 1.0, at worst 1.15")
    line("resident memory at the first paint, MiB", spread(mega("resident")))
    line("   ratio", spread(ratio("resident", "bare resident")), "aim: ≤ 1.1")
    line("resident memory 10 s later, MiB", spread(mega("rested")))
    line("   ratio", spread(ratio("rested", "bare rested")), "aim: ≤ 2.2")
    line("a letter in the look-up box, ms", spread(figures["letter"]))
    line("   ratio to a bare Input", spread(ratio("letter", "bare letter")), "aim: ≤ 1.4")
    line("a key on the call screen, ms", spread(figures["key"]))
    line("   ratio to a bare DataTable", spread(ratio("key", "bare key")), "aim: ≤ 1.5")
    line("key to opened dialog, ms", spread(figures["dialog"]), "aim: ≤ 150")
    line("bytes of output at rest, home 10 s and call 5 s", spread(figures["idle"]), "aim: 0")

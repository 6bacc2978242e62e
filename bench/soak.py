"""`make soak`: a thousand calls, one after the other, in the real program on a pseudo-terminal.

Each is another person: look-up with everything said at once, who speaks, the call, C and V. What a
call costs is told in processor time of the program, so that the machine's other work does not count.
"""

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench.measure import line, percentile, title
from bench.served import Caller, a_world, active_people
from bench.terminal import Terminal

CALLS = int(os.environ.get("SOAK_CALLS", "1000"))
WARM = min(100, CALLS // 4)
DEAF_SECONDS = 0.32
STEADY = ("widgets", "tasks", "threads")
MOST_BYTES_A_CALL, MOST_SLOWER = 2048, 1.1
PEOPLE_A_CALL = 8  # of the invented people, the active ones of the fund are more than an eighth
WINDOW = 100  # memory is looked at this often: the allocator's own swing is some 0.5 MiB


def run() -> bool:
    """Prints the figures; whether all hold."""
    title(f"{CALLS} calls in one program (120×36, pseudo-terminal)")
    with tempfile.TemporaryDirectory(prefix="soak-") as home, a_world(home, CALLS * PEOPLE_A_CALL) as world:
        people = active_people(world, CALLS)
        counted = Path(home) / "counts.json"
        with Terminal(["-m", "bench.soaked", str(counted)], home) as terminal:
            terminal.until("en ligne")
            return _calls(terminal, people, counted)


def _calls(terminal: Terminal, people: list[Caller], counted: Path) -> bool:
    counts: list[dict[str, int]] = []
    costs: list[float] = []
    walls: list[float] = []
    for number in range(CALLS):
        if number >= WARM and (number - WARM) % WINDOW == 0:
            counts.append(_counts(terminal, counted))
        spent, begun = _processor(terminal), time.monotonic()
        call(terminal, people[number % len(people)])
        costs.append(_processor(terminal) - spent)
        walls.append(time.monotonic() - begun)
    return _told([*counts, _counts(terminal, counted)], costs, walls)


def call(terminal: Terminal, caller: Caller) -> None:
    """From home to home; no act, the account is active."""
    terminal.press(caller.express + "\r")
    terminal.until("Qui parle")
    terminal.press("1")
    terminal.until("Réémettre", gone="Qui parle")
    terminal.until("Appelant contrôlé")
    terminal.press("c")
    terminal.until("Entrée ou Échap")
    time.sleep(DEAF_SECONDS)
    terminal.press("v")
    terminal.until("Qui appelle ?", gone="Annuler")


def _counts(terminal: Terminal, counted: Path) -> dict[str, int]:
    """At rest: resident bytes, and what the program itself counts."""
    terminal.settle(1.5)
    counted.unlink(missing_ok=True)
    terminal.signal(signal.SIGUSR1)
    deadline = time.monotonic() + 30
    while not counted.exists():
        if time.monotonic() > deadline:
            raise RuntimeError("the program counts nothing")
        terminal.read(0.1)
    found: dict[str, int] = json.loads(counted.read_text())
    return {**found, "resident": terminal.resident}


def _processor(terminal: Terminal) -> float:
    """Seconds of processor time that the program has used."""
    fields = Path(f"/proc/{terminal.process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _told(counts: list[dict[str, int]], costs: list[float], walls: list[float]) -> bool:
    before, after = counts[0], counts[-1]
    growth = (after["resident"] - before["resident"]) / (CALLS - WARM)
    first, last = sum(costs[WARM : 2 * WARM]), sum(costs[-WARM:])
    line("a call, seconds (median; 0.32 of them the deaf time)", f"{percentile(walls, 0.5):.2f}")
    seen = " ".join(f"{one['resident'] / 2**20:.1f}" for one in counts)
    line(f"resident memory after the first {WARM}, then each {WINDOW} calls, MiB", seen)
    line("growth a call after them, bytes", f"{growth:.0f}", f"at most {MOST_BYTES_A_CALL}")
    for name in STEADY:
        line(f"{name}, after the first 100 and at the end", f"{before[name]} → {after[name]}", "no growth")
    for name in after:
        if name.startswith("<") and after[name] > before.get(name, 0):
            line(f"   {name}", f"{before.get(name, 0)} → {after[name]}")
    line("objects, after the first 100 and at the end", f"{before['objects']} → {after['objects']}")
    slower = last / first
    line("last 100 against calls 101 to 200, processor time", f"{slower:.2f}", f"at most {MOST_SLOWER}")
    steady = all(after[name] <= before[name] for name in STEADY)
    return growth < MOST_BYTES_A_CALL and steady and slower <= MOST_SLOWER


if __name__ == "__main__":
    sys.exit(not run())

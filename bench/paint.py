"""From the start of the process to a usable screen, on a pseudo-terminal, as a ratio to a bare Textual app.

Usable: the home screen's question is on the screen and a key that was pressed then shows in
the box. Both programs are started in turn, in the same run, with warm `.pyc` files.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

import pyte

from bench.measure import line, spread, title

COLUMNS, ROWS = 120, 36
QUESTION, KEY = "Qui appelle", "%"
PATIENCE = 30.0
REPEATS = 9


def run() -> None:
    """Prints both times, the ratio, and the time to the question alone."""
    title("Start to a usable screen (120×36, pseudo-terminal)")
    with tempfile.TemporaryDirectory() as home:
        ours, bare = [], []
        for repeat in range(REPEATS + 1):
            one = _start(["-m", "ameli_support"], home)
            other = _start(["-m", "bench.bare_app"], home)
            if repeat:  # the first warms the caches
                ours.append(one)
                bare.append(other)
    line("bare Textual app, ms", spread([1000 * usable for _seen, usable in bare]))
    line("ameli-support, home without a service, ms", spread([1000 * usable for _seen, usable in ours]))
    line(
        "   of which to the first sight of the question, ms", spread([1000 * seen for seen, _usable in ours])
    )
    ratios = [one[1] / other[1] for one, other in zip(ours, bare, strict=True)]
    line("ratio to the bare app", spread(ratios), "reported; aimed at in the next issue")


def _start(arguments: list[str], home: str) -> tuple[float, float]:
    """Seconds until the question shows and until a pressed key shows."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AMELI_")},
        "AMELI_HOME": home,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    begun = time.monotonic()
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(Path(__file__).parents[1])
        os.execve(sys.executable, [sys.executable, *arguments], environment)
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        seen = _until(terminal, stream, screen, QUESTION, begun)
        os.write(terminal, KEY.encode())
        return seen, _until(terminal, stream, screen, KEY, begun)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def _until(terminal: int, stream: pyte.ByteStream, screen: pyte.Screen, text: str, begun: float) -> float:
    before = "\n".join(screen.display).count(text)
    while time.monotonic() - begun < PATIENCE:
        if select.select([terminal], [], [], 0.5)[0]:
            stream.feed(os.read(terminal, 65536))
            if "\n".join(screen.display).count(text) > before:
                return time.monotonic() - begun
    raise RuntimeError(f"« {text} » does not show:\n" + "\n".join(screen.display))

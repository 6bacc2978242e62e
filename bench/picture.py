"""`make picture`: the call screen of the real demo, drawn into docs/img/call.png (needs rsvg-convert)."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from html import escape
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "img" / "call.png"
COLUMNS, ROWS = 120, 36
WIDTH, HEIGHT = 12, 25
INK, PLANE = "#dddddd", "#14161a"
CALLER = b"2620899999001 dubois 24081962 38000\r"


def main() -> None:
    """Looks Mrs Dubois up, says that she speaks herself, draws what shows."""
    screen = pyte.Screen(COLUMNS, ROWS)
    with tempfile.TemporaryDirectory() as home:
        process, terminal = pty.fork()
        if process == 0:
            environment = {
                **os.environ,
                "AMELI_HOME": home,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
            }
            os.execve(sys.executable, [sys.executable, "-m", "ameli_support", "demo"], environment)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        try:
            for keys, awaited in ((b"", "en ligne"), (CALLER, "Qui parle"), (b"1", "Renvoyer le mail")):
                os.write(terminal, keys)
                _until(terminal, screen, awaited)
        finally:
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)
    draw = ["rsvg-convert", "-w", str(COLUMNS * WIDTH), "-o", str(FILE)]
    subprocess.run(draw, input=_svg(screen).encode(), check=True)


def _until(terminal: int, screen: pyte.Screen, awaited: str) -> None:
    """Reads until the text shows and nothing more came for a second."""
    stream, deadline = pyte.ByteStream(screen), time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1.0)[0]:
            stream.feed(os.read(terminal, 65536))
        elif awaited in "\n".join(screen.display):
            return
    raise RuntimeError(f"« {awaited} » does not show")


def _svg(screen: pyte.Screen) -> str:
    planes, letters = [], []
    for y in range(ROWS):
        for x in range(COLUMNS):
            cell = screen.buffer[y][x]
            ink, plane = _colour(cell.fg, INK), _colour(cell.bg, PLANE)
            ink, plane = (plane, ink) if cell.reverse else (ink, plane)
            left, top, weight = x * WIDTH, y * HEIGHT, "bold" if cell.bold else "normal"
            planes.append(
                f'<rect x="{left}" y="{top}" width="{WIDTH + 0.5}" height="{HEIGHT + 0.5}" fill="{plane}"/>'
            )
            if cell.data.strip():
                style = f'fill="{ink}" font-weight="{weight}"'
                letters.append(f'<text x="{left}" y="{top + 19}" {style}>{escape(cell.data)}</text>')
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{COLUMNS * WIDTH}" height="{ROWS * HEIGHT}" '
        'font-family="Fira Code, DejaVu Sans Mono" font-size="20">'
    )
    return "\n".join([head, *planes, *letters, "</svg>"])


def _colour(name: str, default: str) -> str:
    return f"#{name}" if len(name) == 6 else default


if __name__ == "__main__":
    main()

"""A terminal's cells as SVG, and as PNG by rsvg-convert: what shows, colour for colour."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

import pyte

WIDTH, HEIGHT, SIZE, BASELINE = 12, 25, 20, 19
INK, PLANE = "#dddddd", "#14161a"
BAR = "▌"
FONTS = "Fira Code, DejaVu Sans Mono, Consolas, Menlo, monospace"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring cells of one row that look alike."""

    x: int
    y: int
    text: str
    ink: str
    plane: str
    bold: bool


def runs(screen: pyte.Screen) -> Iterator[Run]:
    """Every row, cut where ink, plane or weight changes."""
    for y in range(screen.lines):
        cells = [screen.buffer[y][x] for x in range(screen.columns)]
        x = 0
        for (ink, plane, bold), alike in groupby(cells, key=_looks):
            text = "".join(cell.data or " " for cell in alike)
            yield Run(x, y, text, ink, plane, bold)
            x += len(text)


def _looks(cell: pyte.screens.Char) -> tuple[str, str, bool]:
    ink, plane = _colour(cell.fg, INK), _colour(cell.bg, PLANE)
    return (plane, ink, cell.bold) if cell.reverse else (ink, plane, cell.bold)


def _colour(name: str, default: str) -> str:
    return f"#{name}" if len(name) == 6 else default


def cells(screen: pyte.Screen) -> str:
    """Planes below, letters above, without the `<svg>` around them; each letter in its own cell, so that
    no font can move the columns."""
    planes, letters = [], []
    for run in runs(screen):
        planes.append(_plane(run.x, run.y, len(run.text), run.plane))
        for x, letter in enumerate(run.text, run.x):
            if letter == BAR:
                letters.append(_plane(x, run.y, 0.5, run.ink))
            elif letter.strip():
                letters.append(_letter(x, letter, run))
    return "\n".join([*planes, *letters])


def _plane(x: int, y: int, cells: float, colour: str) -> str:
    size = f'width="{cells * WIDTH:g}" height="{HEIGHT}"'
    return f'<rect x="{x * WIDTH}" y="{y * HEIGHT}" {size} fill="{colour}"/>'


def run_svg(run: Run) -> str:
    """One run, word by word: smaller, for browsers, which stretch a word to its cells."""
    weight = ' font-weight="bold"' if run.bold else ""
    pieces, x = [_plane(run.x, run.y, len(run.text), run.plane)], run.x
    for word in re.split(rf"(\s+|{BAR})", run.text.replace("\u00a0", " ")):
        if word == BAR:
            pieces.append(_plane(x, run.y, 0.5, run.ink))
        elif word.strip():
            at = f'x="{x * WIDTH}" y="{run.y * HEIGHT + BASELINE}" textLength="{len(word) * WIDTH}"'
            pieces.append(f'<text {at} fill="{run.ink}"{weight}>{escape(word)}</text>')
        x += len(word)
    return "".join(pieces)


def _letter(x: int, letter: str, run: Run) -> str:
    weight = ' font-weight="bold"' if run.bold else ""
    at = f'x="{x * WIDTH}" y="{run.y * HEIGHT + BASELINE}"'
    return f'<text {at} fill="{run.ink}"{weight}>{escape(letter)}</text>'


def svg(screen: pyte.Screen) -> str:
    """The whole picture."""
    return framed(cells(screen), screen.columns, screen.lines)


def framed(inside: str, columns: int, rows: int) -> str:
    """`<svg>` around what `cells` gives."""
    size = f'width="{columns * WIDTH}" height="{rows * HEIGHT}"'
    box = f'viewBox="0 0 {columns * WIDTH} {rows * HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="{FONTS}" font-size="{SIZE}"'
    return f'{head} shape-rendering="crispEdges">\n{inside}\n</svg>\n'


def png(screen: pyte.Screen, file: Path) -> None:
    """Draws into `file`, palette of the exact colours."""
    draw = ["rsvg-convert", "-w", str(screen.columns * WIDTH), "-o", str(file)]
    subprocess.run(draw, input=svg(screen).encode(), check=True)

"""A picture of a screen drawn cell by cell: fonts and collapsed spaces shift Textual's own screenshots."""

from functools import cache
from html import escape
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual.app import App

CELL_WIDTH, CELL_HEIGHT = 12, 25
FONT = "Fira Code"

Cell = tuple[str, str, str, bool]


def cells(app: App[Any]) -> list[list[Cell]]:
    """Rows of (character, foreground, background, bold) as drawn now, colours as #rrggbb."""
    rows = []
    for strip in app.screen._compositor.render_strips():
        row: list[Cell] = []
        for segment in strip:
            style = segment.style or Style()
            ink, plane = _hex(style.color, "#ffffff"), _hex(style.bgcolor, "#000000")
            if style.reverse:
                ink, plane = plane, ink
            for character in segment.text:
                row.append((character, ink, plane, bool(style.bold)))
                row += [("", ink, plane, False)] * (cell_len(character) - 1)
        rows.append(row)
    return rows


@cache
def _hex(colour: Color | None, default: str) -> str:
    if colour is None or colour.is_default:
        return default
    return colour.get_truecolor().hex


def text(app: App[Any]) -> str:
    """The screen as text, one line a row, trailing spaces gone."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def svg(app: App[Any]) -> str:
    """The screen as an SVG picture."""
    rows = cells(app)
    width, height = len(rows[0]) * CELL_WIDTH, len(rows) * CELL_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-family="{FONT}" font-size="20">'
    ]
    for y, row in enumerate(rows):
        for x, (_character, _ink, plane, _bold) in enumerate(row):
            left, top = x * CELL_WIDTH, y * CELL_HEIGHT
            parts.append(
                f'<rect x="{left}" y="{top}" width="{CELL_WIDTH + 0.5}" height="{CELL_HEIGHT + 0.5}" '
                f'fill="{plane}"/>'
            )
        for x, (character, ink, _plane, bold) in enumerate(row):
            if character.strip():
                weight = ' font-weight="bold"' if bold else ""
                parts.append(
                    f'<text x="{x * CELL_WIDTH}" y="{y * CELL_HEIGHT + 19}" fill="{ink}"{weight}>'
                    f"{escape(character)}</text>"
                )
    return "\n".join([*parts, "</svg>"])

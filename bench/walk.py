"""`python -m bench.walk`: one call, recorded from the real program: docs/walk.cast and docs/img/walk.svg.

The cast is an asciicast v2 (`asciinema play docs/walk.cast`); the picture shows the same screens with
what the agent does under them, and moves by itself where SVG is shown.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import httpx

from bench import drawing
from bench.scenes import BENALI, ENTER
from bench.served import a_service
from bench.terminal import ROOT, Terminal

CAST, PICTURE = ROOT / "docs" / "walk.cast", ROOT / "docs" / "img" / "walk.svg"
SIZE = (120, 36)
PEOPLE, KEY_SECONDS, LOOKING_SECONDS = 60, 0.07, 1.6
ADDRESS = "karim.benali@gmail.com"
CONFIRMED = "the person presses the button of the mail"


@dataclass(frozen=True, slots=True)
class Step:
    """What is typed, what shows then, and what the agent does, in words."""

    keys: str
    awaited: str
    caption: str
    gone: str = ""


STEPS = (
    Step("", "en ligne", "The box finds a person; the caller gives number, name, birth date, postcode."),
    Step(BENALI, "38000", "Typed as they are said, all in one go."),
    Step(ENTER, "Qui parle", "Enter. Nothing of the record is shown yet: who speaks?"),
    Step("1", "Appelant contrôlé", "1: the person. The service compared the answers: level 1, and the call."),
    Step("r", "Renvoyer le mail ?", "R: the mail goes only to an address that the caller says."),
    Step(ADDRESS + ENTER, "la même", "Typed, compared by the service: the same."),
    Step("v", "Renvoi demandé", "V. « Queued »: nothing says « sent » before a mail server has the mail."),
    Step(CONFIRMED, "Adresse confirmée", "Mr Benali opens the mail and presses its button: shown at once."),
    Step("c", "√", "C: the outcome is proposed."),
    Step("v", "Appel conclu", "V. Home again, the caret in the box: seven keys besides what was said."),
)


class Recorded(Terminal):
    """A terminal that keeps what came, and when."""

    def __init__(self, home: str) -> None:
        super().__init__(["-m", "ameli_support", "demo"], home, SIZE)
        self.came: list[tuple[float, str]] = []

    def heard(self, got: bytes) -> None:
        """Kept with its second; a character that was cut in two waits for its rest."""
        self._cut = getattr(self, "_cut", b"") + got
        text = self._cut.decode("utf-8", "ignore")
        self._cut = self._cut[len(text.encode()) :]
        self.came.append((time.monotonic() - self.begun, text))

    def look(self, seconds: float) -> None:
        """Goes on reading for so long, as a person looks."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def type(self, keys: str) -> None:
        """At a person's pace."""
        for key in keys:
            self.press(key)
            self.look(KEY_SECONDS)


@dataclass(frozen=True, slots=True)
class Frame:
    """One screen of the picture: every row as it is drawn, from when on, and what is said under it."""

    rows: tuple[str, ...]
    at: float
    caption: str


def main() -> None:
    """Walks and writes both files."""
    with (
        tempfile.TemporaryDirectory(prefix="walk-") as home,
        a_service(home, PEOPLE),
        Recorded(home) as terminal,
    ):
        frames = list(walked(terminal, home))
    CAST.write_text(cast(terminal.came), encoding="utf-8")
    PICTURE.write_text(moving(frames), encoding="utf-8")


def walked(terminal: Recorded, home: str) -> Iterator[Frame]:
    """The steps, one frame each."""
    terminal.until("Visite 1/6")
    terminal.press("\x1b")  # the tour is for another day
    for number, step in enumerate(STEPS):
        if step.keys == CONFIRMED:
            confirm(home)
        else:
            terminal.type(step.keys)
        terminal.until(step.awaited, gone=step.gone)
        terminal.look(LOOKING_SECONDS)
        yield Frame(rows(terminal), number * 3.0, step.caption)


def confirm(home: str) -> None:
    """What the person does in a browser: opens the link of the newest mail, presses its button."""
    command = [sys.executable, "-m", "ameli_support", "sandbox", "inbox", ADDRESS, "1"]
    environment = {**os.environ, "AMELI_HOME": home}
    mail = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    link = re.search(r"https?://\S+/\S{20,}", mail.stdout)
    if link is None:
        raise RuntimeError("the mail holds no link")
    with httpx.Client() as browser:
        page = browser.get(link[0]).raise_for_status()
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        browser.post(link[0], data=hidden).raise_for_status()


# ── the two files ───────────────────────────────────────────────────────────


def cast(came: list[tuple[float, str]]) -> str:
    """Asciicast v2: a header, then one line an output."""
    begun = next(at for at, text in came if "\x1b[?1049h" in text)
    head = {"version": 2, "width": SIZE[0], "height": SIZE[1], "title": "ameli-support: one call"}
    lines = [json.dumps(head)]
    lines += [
        json.dumps([round(at - begun, 3), "o", text], ensure_ascii=False) for at, text in came if at >= begun
    ]
    return "\n".join(lines) + "\n"


def rows(terminal: Terminal) -> tuple[str, ...]:
    """Each row as SVG."""
    found: dict[int, list[str]] = {}
    for run in drawing.runs(terminal.screen):
        found.setdefault(run.y, []).append(drawing.run_svg(run))
    return tuple("".join(found[y]) for y in sorted(found))


def moving(frames: list[Frame]) -> str:
    """Every frame draws the rows that differ from the one before, from its moment to the end of the round."""
    whole = frames[-1].at + 5.0
    style, body = [], []
    before: tuple[str, ...] = ("",) * SIZE[1]
    for number, frame in enumerate(frames):
        share = frame.at / whole * 100
        style.append(
            f"@keyframes f{number}{{0%{{visibility:{'visible' if number == 0 else 'hidden'}}}"
            f"{share:.2f}%,100%{{visibility:visible}}}}"
            f".f{number}{{animation:f{number} {whole:g}s step-end infinite}}"
        )
        changed = [row for row, old in zip(frame.rows, before, strict=True) if row != old]
        body.append(f'<g class="f{number}">{"".join(changed)}{_caption(frame.caption)}</g>')
        before = frame.rows
    return drawing.framed(f"<style>{''.join(style)}</style>\n" + "\n".join(body), SIZE[0], SIZE[1] + 2)


def _caption(text: str) -> str:
    y = SIZE[1] * drawing.HEIGHT
    wide = SIZE[0] * drawing.WIDTH
    plane = f'<rect x="0" y="{y}" width="{wide}" height="{2 * drawing.HEIGHT}" fill="#000000"/>'
    return f'{plane}<text x="24" y="{y + 32}" fill="#ffffff">{escape(text)}</text>'


if __name__ == "__main__":
    main()

"""`make picture`: the screens of the real demo, drawn from the real program (needs rsvg-convert).

`python -m bench.picture FOLDER [THEME…]` draws every scene at both sizes into FOLDER, to be looked at.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench import drawing
from bench.scenes import CUT, ENGLISH, SCENES, Scene
from bench.served import a_service
from bench.terminal import ROOT, Terminal

FOLDER = ROOT / "docs" / "img"
SIZES = {"120x36": (120, 36), "80x24": (80, 24)}
THEMES = ("nuit", "jour", "contraste", "daltonien")
PEOPLE, QUIET = 60, 0.8
# (scene, size, theme) of docs/img; the README opens with the first
CHOSEN = (
    ("j11", "120x36", "nuit"),
    ("home", "120x36", "nuit"),
    ("check1", "120x36", "nuit"),
    ("correct", "120x36", "nuit"),
    ("cut", "120x36", "nuit"),
    ("j11", "80x24", "nuit"),
    ("j11", "120x36", "jour"),
    ("j25", "80x24", "contraste"),
    ("en-call", "120x36", "nuit"),
    ("diagnostic", "120x36", "nuit"),
    ("diagnostic", "80x24", "nuit"),
)


def main() -> None:
    """The chosen ones into docs/img, or all of them into a folder."""
    if len(sys.argv) == 1:
        for theme in sorted({theme for __, __, theme in CHOSEN}):
            for size in SIZES:
                wanted = {
                    name: name_of(name, size, theme) for name, s, t in CHOSEN if (s, t) == (size, theme)
                }
                _walks(size, theme, FOLDER, wanted)
        return
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for theme in sys.argv[2:] or THEMES:
        for size in SIZES:
            every = {
                scene.name: name_of(scene.name, size, theme) for scene in (*SCENES, *ENGLISH) if scene.name
            }
            _walks(size, theme, folder, every)


def name_of(scene: str, size: str, theme: str) -> str:
    """`call.png` for the picture that the README opens with, else scene, size and theme."""
    if scene == "diagnostic" and theme == "nuit":
        return f"{scene}_{size}.png"
    return "call.png" if (scene, size, theme) == CHOSEN[0] else f"{scene}_{size}_{theme}.png"


def _walks(size: str, theme: str, folder: Path, wanted: dict[str, str]) -> None:
    for scenes, language in ((SCENES, "fr"), (ENGLISH, "en")):
        names = {scene.name for scene in scenes} & set(wanted)
        if names:
            last = max(index for index, scene in enumerate(scenes) if scene.name in names)
            _walk(scenes[: last + 1], language, size, theme, folder, wanted)


def _walk(
    scenes: tuple[Scene, ...], language: str, size: str, theme: str, folder: Path, wanted: dict[str, str]
) -> None:
    """One person at one program, in a world of their own."""
    command = ["-m", "ameli_support", "demo", "--lang", language]
    settings = {"AMELI_SCREEN_THEME": theme}
    with (
        tempfile.TemporaryDirectory(prefix="picture-") as home,
        a_service(home, PEOPLE) as (__, service),
        Terminal(command, home, SIZES[size], settings) as terminal,
    ):
        for scene in scenes:
            step(terminal, scene, service)
            if scene.name in wanted:
                terminal.settle(QUIET)
                drawing.png(terminal.screen, folder / wanted[scene.name])


def step(terminal: Terminal, scene: Scene, service: "subprocess.Popen[bytes]") -> None:
    """Types, then waits for what the scene says."""
    if scene.keys == CUT:
        service.terminate()
        service.wait()
    elif scene.keys:
        terminal.settle(0.35)  # a dialog is deaf for 300 ms
        terminal.press(scene.keys)
    terminal.until(scene.awaited, gone=scene.gone)


if __name__ == "__main__":
    main()

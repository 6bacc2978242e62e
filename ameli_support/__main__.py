"""The entry point: opens the screens directly, hands every other command to `cli` (design "Start-up").

Opening the app imports neither typer, pydantic, SQLAlchemy nor httpx; they load in its worker.
"""

import os
import sys
from dataclasses import dataclass

USAGE = 2


@dataclass(slots=True)
class Start:
    """What argv says before any library reads it: the options that every command takes."""

    rest: list[str]
    lang: str | None = None
    demo: bool = False
    role: str | None = None
    missing: str | None = None


def read(argv: list[str]) -> Start:
    """Takes `--lang`, `--demo` and `--role` out of `argv`, wherever they stand."""
    start = Start(rest=[])
    words = iter(argv)
    for word in words:
        name, sign, value = word.partition("=")
        if word == "--demo":
            start.demo = True
        elif name in ("--lang", "--role"):
            value = value if sign else next(words, "")
            start.missing = start.missing or (None if value else name)
            setattr(start, name[2:], value)
        else:
            start.rest.append(word)
    return start


def choose_language(wanted: str | None) -> None:
    """Fixes the language of this run: `--lang`, else the settings, else French."""
    from ameli_support.i18n import LANGUAGES, set_language

    wanted = wanted or _screen_language()
    set_language(next((known for known in LANGUAGES if known == wanted), LANGUAGES[0]))


def _screen_language() -> str:
    from ameli_support.settings import SettingsError, load_screen

    try:
        return load_screen().language
    except SettingsError:
        return "fr"  # the command or the home screen shows the error itself


def has_terminal() -> bool:
    """Whether screens can be drawn and keys be read."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def main(argv: list[str] | None = None) -> int:
    """Runs one command, or the app; returns the exit code."""
    start = read(sys.argv[1:] if argv is None else argv)
    choose_language(start.lang)
    from ameli_support.i18n import _

    if start.missing:
        return _misused(_("Il manque une valeur après {option}.").format(option=start.missing))
    if start.lang not in (None, "fr", "en"):
        return _misused(_("Langue inconnue. Langues possibles : fr, en."))
    if start.rest == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"ameli-support {version('ameli-support')}\n")
        return 0
    demo = start.demo or start.rest == ["demo"]
    if start.rest in ([], ["demo"]):
        if has_terminal():
            from ameli_support.cli.start import open_app

            return open_app(demo, start.role)
        return _misused(_without_terminal(demo))
    from ameli_support.cli.app import run

    return run(start.rest, demo=demo, role=start.role)


def _misused(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return USAGE


def _program() -> str:
    """The program as it can be typed here: a fresh clone has it in its .venv, not on the path."""
    import shutil

    called = sys.argv[0] if sys.argv else ""
    own = os.path.basename(called).removesuffix(".exe") == "ameli-support"
    return called if own and shutil.which("ameli-support") is None else "ameli-support"


def _without_terminal(demo: bool) -> str:
    from ameli_support.i18n import _

    if demo:
        sentence = _(
            "L’application a besoin d’un terminal : ouvrez-en un et tapez « {program} demo ». "
            "Sans terminal : « {program} sandbox serve », puis des commandes, "
            "par exemple « {program} --demo find » (liste : « {program} --help »)."
        )
    else:
        sentence = _(
            "L’application a besoin d’un terminal : ouvrez-en un et tapez « {program} », "
            "ou employez une commande, par exemple « {program} find » (liste : « {program} --help »)."
        )
    return sentence.format(program=_program())


if __name__ == "__main__":
    sys.exit(main())

"""Asks on the terminal, or reads standard input: what a caller says never stands in an option."""

import io
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from ameli_support.cli.errors import BadInput, CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.clock import PARIS
from ameli_support.i18n import _

AT_FORMAT = "%d/%m/%Y %H:%M"
Choice = TypeVar("Choice", bound=StrEnum)


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def line(question: str) -> str:
    """One answer; the question goes to standard error so that `--json` stays pure.

    From standard input it is the next line; an end of input is `BadInput`.
    """
    if at_terminal():
        sys.stderr.write(question)
        sys.stderr.flush()
    text = sys.stdin.readline()
    if not text:
        raise BadInput(unanswered(question))
    return text.strip()


def one(key: str, question: str) -> str:
    """One answer that may not be empty; from standard input also as `key=value`."""
    text = line(question)
    if not at_terminal():
        text = text.removeprefix(f"{key}=").strip()
    if not text:
        raise BadInput(unanswered(question))
    return text


def unanswered(question: str) -> str:
    """The sentence when nothing answers."""
    return _("Il manque une réponse à : {question}").format(question=_asked(question))


def free_text(key: str, question: str) -> str:
    """A text of one line on a terminal, of any length from standard input; not empty."""
    if at_terminal():
        return one(key, question)
    text = sys.stdin.read().strip().removeprefix(f"{key}=").strip()
    if not text:
        raise BadInput(unanswered(question))
    return text


def optional_text(question: str) -> str:
    """A text that may stay empty: one line on a terminal, all of standard input otherwise."""
    return line(question) if at_terminal() else sys.stdin.read().strip()


def code(option: str, given: str, values: type[Choice], question: str) -> Choice:
    """A code given as an option, else asked on the terminal."""
    if not given:
        if not at_terminal():
            known = ", ".join(value.value for value in values)
            raise BadInput(_("Il manque {option} ({values}).").format(option=option, values=known))
        given = line(f"{question} ({', '.join(value.value for value in values)}){colon()}")
    return choice(given, values, option)


def yes_or_no(key: str, question: str) -> bool:
    """An answer of oui or non (yes or no)."""
    text = one(key, question).lower()
    if text in ("oui", "o", "yes", "y"):
        return True
    if text in ("non", "n", "no"):
        return False
    raise BadInput(_("Réponse non comprise. Attendu : oui ou non."))


def sure(consequence: str, already: bool) -> None:
    """Tells what an act will do and waits for « oui » on a terminal; a program is not asked."""
    if already or not at_terminal():
        return
    if not yes_or_no("sure", consequence + "\n" + _("Continuer ? (oui/non) : ")):
        raise CommandError(_("Rien n’a été fait."), ExitCode.INTERRUPTED)


def colon() -> str:
    """What stands between a question and its answer."""
    return _(" : ")


def _asked(question: str) -> str:
    return re.sub(r"\s*:\s*$", "", question)


def hidden(question: str) -> str:
    """One answer that is not shown while it is typed."""
    if not at_terminal():
        return line(question)
    from getpass import getpass

    return getpass(question, stream=sys.stderr)


def each_line() -> Iterator[str]:
    """One input a line, blank ones skipped, as `-` asks."""
    for text in sys.stdin:
        if text.strip():
            yield text.strip()


def raw_lines() -> Iterator[str]:
    """One line a time as it stands, blank ones skipped; bytes that are no text never stop the reading."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    yield from (line.rstrip("\r\n") for line in sys.stdin if line.strip())


def answers(questions: Mapping[str, str], readable: Collection[str] = ()) -> dict[str, str]:
    """Answers by key: asked one by one on a terminal, else read as `key=value` lines.

    On a terminal an empty answer leaves the key out; `readable` are keys that a program may give too.
    """
    given: dict[str, str] = {}
    if at_terminal():
        for key, question in questions.items():
            if text := line(question):
                given[key] = text
        return given
    for text in each_line():
        key, sign, value = text.partition("=")
        if not sign or key.strip() not in {*questions, *readable}:
            raise BadInput(
                _("Ligne non comprise. Attendu : une réponse par ligne, sous la forme {keys}.").format(
                    keys=", ".join(f"{name}=…" for name in questions)
                )
            )
        given[key.strip()] = value.strip()
    return given


def choice(text: str, values: type[Choice], what: str) -> Choice:
    """`text` as one of `values`; the sentence lists them when it is none."""
    try:
        return values(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise BadInput(
            _("{what} : valeur inconnue. Valeurs possibles : {values}.").format(
                what=what, values=", ".join(value.value for value in values)
            )
        ) from None


def paris_time(text: str, what: str) -> datetime:
    """`JJ/MM/AAAA HH:MM` in Paris as an instant; `what` begins the sentence when it is none."""
    try:
        return datetime.strptime(text.strip(), AT_FORMAT).replace(tzinfo=PARIS).astimezone(UTC)
    except ValueError:
        raise BadInput(
            _("{what} : date non comprise. Attendu : JJ/MM/AAAA HH:MM, heure de Paris.").format(what=what)
        ) from None


def case_number(text: str) -> int:
    """The number of a case, as `find` prints it."""
    digits = text.strip().removeprefix("n°").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise BadInput(_("Numéro de dossier non compris. Attendu : un nombre, celui que donne « find »."))
    return int(digits)

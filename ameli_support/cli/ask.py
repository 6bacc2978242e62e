"""Asks on the terminal, or reads standard input: what a caller says never stands in an option."""

import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from ameli_support.cli.errors import BadInput
from ameli_support.i18n import _

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
        raise BadInput(_("Il manque une réponse à : {question}").format(question=question.strip(" :\u00a0")))
    return text.strip()


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


def answers(questions: Mapping[str, str]) -> dict[str, str]:
    """Answers by key: asked one by one on a terminal, else read as `key=value` lines.

    On a terminal an empty answer leaves the key out.
    """
    given: dict[str, str] = {}
    if at_terminal():
        for key, question in questions.items():
            if text := line(question):
                given[key] = text
        return given
    for text in each_line():
        key, sign, value = text.partition("=")
        if not sign or key.strip() not in questions:
            raise BadInput(
                _("Ligne non comprise. Attendu : une réponse par ligne, sous la forme {keys}.").format(
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
            _("{what} : valeur inconnue. Valeurs possibles : {values}.").format(
                what=what, values=", ".join(value.value for value in values)
            )
        ) from None


def case_number(text: str) -> int:
    """The number of a case, as `find` prints it."""
    digits = text.strip().removeprefix("n°").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise BadInput(_("Numéro de dossier non compris. Attendu : un nombre, celui que donne « find »."))
    return int(digits)

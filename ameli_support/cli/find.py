"""`find`: looks a record up and opens its case, which is the call."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated

import typer

from ameli_support.casework.desk import Desk
from ameli_support.casework.lookup import LookupProblem, SearchFacts, read_lookup
from ameli_support.casework.views import Found
from ameli_support.cli import ask, out, words
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk, is_supervisor
from ameli_support.cli.errors import BadInput, CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _

FIELDS = ("nir", "name", "birth_date", "postcode", "email", "phone", "case")
PURPOSE = "purpose"
_KEYS = re.compile(rf"(?:^|(?<=\s))({'|'.join((*FIELDS, PURPOSE))})\s*=")


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def find(
        several: Annotated[
            str, typer.Argument(metavar="[-]", help=_("« - » : une recherche par ligne de l’entrée"))
        ] = "",
        no_record: Annotated[
            bool, typer.Option("--no-record", help=_("appel sans dossier, niveau 0"))
        ] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        if several not in ("", "-"):
            raise BadInput(
                _(
                    "Ce que dit l’appelant ne s’écrit pas dans la commande : "
                    "il est demandé, ou lu sur l’entrée."
                )
            )
        with desk() as opened:
            if no_record:
                return _without_record(opened, json)
            given = iter(()) if ask.at_terminal() else ask.each_line()
            purpose, beside = purpose_of(given) if is_supervisor(opened) else (None, [])
            texts = chain(beside, given)
            if several:
                lines = ask.each_line() if ask.at_terminal() else texts
                codes = [_one(opened, text, purpose, json) for text in lines]
                return next((code for code in codes if code), ExitCode.DONE)
            return _search(opened, purpose, texts, json)

    add(
        app,
        "find",
        find,
        _(
            "Cherche un dossier et ouvre l’appel ; donne son numéro.\n"
            "Demande, ou lit sur l’entrée : n° de sécurité sociale, mail, téléphone, nom et date "
            "de naissance, code postal ou n° de dossier, comme dans l’application ou sous la forme {fields}. "
            "Un superviseur donne aussi le motif ({purpose}=…)."
        ).format(fields=", ".join(f"{field}=…" for field in FIELDS), purpose=PURPOSE),
    )


def purpose_of(given: Iterator[str]) -> tuple[str, list[str]]:
    """A supervisor's purpose, and the lines that stood before it or with it.

    Asked on a terminal; else what follows `purpose=`, wherever it stands, or the first line without a key.
    """
    question = _("Motif de la consultation : ")
    if ask.at_terminal():
        return ask.one(PURPOSE, question), []
    before: list[str] = []
    for line in given:
        told = _by_key(line)
        if told.get(PURPOSE):
            rest = " ".join(value for key, value in told.items() if key != PURPOSE)
            return told[PURPOSE], [*before, rest] if rest else before
        if not before and not told.keys() - {""}:
            return line, []
        before.append(line)
    raise BadInput(ask.unanswered(question))


def _by_key(line: str) -> dict[str, str]:
    """The parts of a line by the key before each; what stands before the first is under the empty one."""
    free, *rest = _KEYS.split(line)
    told = {"": free.strip()} if free.strip() else {}
    for key, value in zip(rest[::2], rest[1::2], strict=True):
        told[key] = f"{told.get(key, '')} {value.strip()}".strip()
    return told


def _without_record(opened: Desk, json: bool) -> int:
    number = opened.find_no_record()
    if json:
        out.one({"case": number, "matches": 0, "record_found": False})
    else:
        out.lines(
            [words.call_opened(number), _("Appel sans dossier : conseils généraux seulement, niveau 0.")]
        )
    return ExitCode.DONE


def facts_of(text: str) -> SearchFacts:
    """The facts in `text`, free or as `field=value` lines; `BadInput` says what is wrong."""
    read = read_lookup(" ".join(value for line in text.splitlines() for value in _by_key(line).values()))
    if isinstance(read, LookupProblem):
        raise BadInput(read.sentence, kind=read.trouble)
    return read


def _search(opened: Desk, purpose: str | None, given: Iterable[str], json: bool) -> int:
    """One look-up; on a terminal one more fact is asked for while several match."""
    if not ask.at_terminal():
        return _told(opened, opened.find(facts_of("\n".join(given)), purpose), json)
    text = ask.line(_("Qui appelle ? "))
    found = opened.find(facts_of(text), purpose)
    while found.matches > 1:
        out.aside(words.several(found.matches))
        more = ask.line(_("Un élément de plus (vide pour arrêter) : "))
        if not more:
            break
        text = f"{text}\n{more}"
        found = opened.find(facts_of(text), purpose, call=found.call)
    return _told(opened, found, json)


def _one(opened: Desk, text: str, purpose: str | None, json: bool) -> int:
    try:
        return _told(opened, opened.find(facts_of(text), purpose), json)
    except CommandError as error:
        if json:
            out.one({"error": error.sentence, "exit_code": int(error.code), **error.details})
        else:
            out.aside(error.sentence)
        return error.code


def _told(opened: Desk, found: Found, json: bool) -> int:
    if json:
        out.one(found)
    else:
        out.lines(words.found(found, checks=not is_supervisor(opened)))
    return ExitCode.DONE if found.case is not None else ExitCode.NOT_FOUND

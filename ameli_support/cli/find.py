"""`find`: looks a record up and opens its case, which is the call."""

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
            purpose = _purpose(opened)
            if several:
                codes = [_one(opened, text, purpose, json) for text in ask.each_line()]
                return next((code for code in codes if code), ExitCode.DONE)
            return _search(opened, purpose, json)

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


def _purpose(opened: Desk) -> str | None:
    return ask.one(PURPOSE, _("Motif de la consultation : ")) if is_supervisor(opened) else None


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
    plain = " ".join(_bare(part) for part in text.splitlines())
    read = read_lookup(plain)
    if isinstance(read, LookupProblem):
        raise BadInput(read.sentence, kind=read.trouble)
    return read


def _bare(part: str) -> str:
    field, sign, value = part.strip().partition("=")
    return value if sign and field.strip() in FIELDS else part.strip()


def _search(opened: Desk, purpose: str | None, json: bool) -> int:
    """One look-up; on a terminal one more fact is asked for while several match."""
    if not ask.at_terminal():
        return _told(opened.find(facts_of("\n".join(ask.each_line())), purpose), json)
    text = ask.line(_("Qui appelle ? "))
    found = opened.find(facts_of(text), purpose)
    while found.matches > 1:
        out.aside(words.several(found.matches))
        more = ask.line(_("Un élément de plus (vide pour arrêter) : "))
        if not more:
            break
        text = f"{text}\n{more}"
        found = opened.find(facts_of(text), purpose, call=found.call)
    return _told(found, json)


def _one(opened: Desk, text: str, purpose: str | None, json: bool) -> int:
    try:
        return _told(opened.find(facts_of(text), purpose), json)
    except CommandError as error:
        if json:
            out.one({"error": error.sentence, "exit_code": int(error.code), **error.details})
        else:
            out.aside(error.sentence)
        return error.code


def _told(found: Found, json: bool) -> int:
    if json:
        out.one(found)
    else:
        out.lines(words.found(found))
    return ExitCode.DONE if found.case is not None else ExitCode.NOT_FOUND

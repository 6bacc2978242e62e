"""`cases` and `case`: the list of cases, and one with its history."""

from typing import Annotated

import typer

from ameli_support.casework.case import State
from ameli_support.casework.views import CaseFilter
from ameli_support.cli import ask, out, words
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk, is_supervisor
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import coded, json_option
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    _register_cases(app)
    _register_case(app)


def _register_cases(app: typer.Typer) -> None:
    def cases(
        mine: Annotated[bool, typer.Option("--mine", help=_("les miens seulement"))] = False,
        resume: Annotated[bool, typer.Option("--resume", help=_("« À reprendre »"))] = False,
        state: Annotated[str, coded("--state", State, _("dans cet état"))] = "",
        owner: Annotated[str, typer.Option("--owner", metavar="AGENT", help=_("confiés à cet agent"))] = "",
        queue: Annotated[str, typer.Option("--queue", metavar=_("FILE"), help=_("dans cette file"))] = "",
        limit: Annotated[str, typer.Option("--limit", metavar="N", help=_("au plus N dossiers"))] = "50",
        before: Annotated[str, typer.Option("--before", metavar="N", help=_("suite, après ce dossier"))] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        if not limit.isascii() or not limit.isdigit() or not 0 < int(limit) <= 1000:
            raise BadInput(_("--limit : attendu un nombre de 1 à 1000."))
        which = CaseFilter(
            states=(ask.choice(state, State, "--state"),) if state else (),
            owner=owner or None,
            queue=queue or None,
            limit=int(limit),
            before=ask.case_number(before) if before else None,
            mine=mine,
        )
        with desk() as opened:
            if resume:
                rows = opened.to_resume()
                lines = [words.resume_row(row) for row in rows]
                objects: list[object] = list(rows)
            else:
                found = opened.cases(which)
                lines, objects = [words.case_row(row) for row in found], list(found)
        if json:
            for item in objects:
                out.one(item)
        else:
            out.lines(lines or [_("Aucun dossier.")])
        return ExitCode.DONE

    add(app, "cases", cases, _("Liste les dossiers, le contact le plus récent d’abord ; sans nom."))


def _register_case(app: typer.Typer) -> None:
    def case(
        number: Annotated[str, typer.Argument(metavar="N | -", help=_("numéro ; « - » : un par ligne"))],
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        single = [] if number == "-" else [ask.case_number(number)]
        with desk() as opened:
            purpose = ask.one("purpose", _("Motif de la consultation : ")) if is_supervisor(opened) else None
            for wanted in single or map(ask.case_number, ask.each_line()):
                history = opened.case(wanted, purpose)
                if json:
                    out.one(history)
                else:
                    out.lines(words.history(history))
        return ExitCode.DONE

    add(
        app,
        "case",
        case,
        _("Montre un dossier : son histoire et ses notes.\nUn superviseur en donne le motif."),
    )

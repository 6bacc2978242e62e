"""`checks leaflet`: the fiche for the caller, as text to copy or print."""

from typing import Annotated

import typer

from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, json_option
from ameli_support.i18n import _


def register(checks: typer.Typer) -> None:
    """Adds the command to the group of the checklist."""

    def leaflet(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        with desk() as opened:
            text = opened.leaflet(number)
        if json:
            out.one({"case": number, "leaflet": text})
        else:
            out.lines(text.splitlines())
        return ExitCode.DONE

    add(
        checks,
        "leaflet",
        leaflet,
        _("La fiche pour l’appelant : que faire chez soi ; à copier ou imprimer, sans rien sur la personne."),
    )

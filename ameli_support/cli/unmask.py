"""`unmask`: the address on file in clear, at level 2, for a purpose that is logged (rules §8)."""

from typing import Annotated

import typer

from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, json_option
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def unmask(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        purpose = ask.free_text("purpose", _("Motif (journalisé)") + ask.colon())
        with desk() as opened:
            address = opened.unmask(number, purpose)
        if json:
            out.one({"case": number, "address": address})
        else:
            out.lines([_("Adresse au dossier : {address}").format(address=address)])
            out.aside(_("Consultation journalisée. Ne lisez jamais l’adresse à l’appelant."))
        return ExitCode.DONE

    add(
        app,
        "unmask",
        unmask,
        _(
            "Affiche l’adresse entière du dossier (niveau 2) ; la consultation est journalisée.\n"
            "Demande le motif, ou le lit sur l’entrée."
        ),
    )

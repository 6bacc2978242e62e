"""`sandbox provisional-code`: the letter that an invented person received from the fund (rules §1)."""

from datetime import datetime
from typing import Annotated

import typer

from ameli_support.cli import out
from ameli_support.cli.app import add
from ameli_support.cli.errors import BadInput, CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _


def register(sandbox: typer.Typer) -> None:
    """Adds the command to the sandbox's group."""

    def provisional_code(
        nir: Annotated[str, typer.Argument(metavar="NIR", help=_("numéro d’une personne inventée"))],
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        from ameli_support.cli.sandbox import running
        from ameli_support.onboarding.person import NirVerdict, read_nir

        reading = read_nir(nir)
        if reading.verdict is not NirVerdict.VALID or reading.nir13 is None:
            raise BadInput(_("Ce n’est pas un n° de sécurité sociale de 13 ou 15 caractères."))
        found = running()
        from ameli_support.sandbox import remote

        try:
            told = remote.provisional_code(found, reading.nir13)
        except remote.ControlFailed:
            raise CommandError(_("Le bac à sable ne répond pas."), ExitCode.UNREACHABLE) from None
        if told is None:
            raise CommandError(_("Aucun code provisoire en cours pour ce numéro."), ExitCode.NOT_FOUND)
        if json:
            out.one(told)
        else:
            when = out.when(datetime.fromisoformat(told["ends_at"]))
            out.lines([_("Code provisoire : {code}, jusqu’au {when}").format(code=told["code"], when=when)])
        return ExitCode.DONE

    add(
        sandbox,
        "provisional-code",
        provisional_code,
        _("Montre le code provisoire à 4 chiffres qu’une personne inventée a reçu de sa caisse."),
    )

"""`settings`: what is in force and where it came from, secrets masked."""

from typing import Annotated

import typer

from ameli_support.cli import out
from ameli_support.cli.app import add
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.cli.place import read_settings
from ameli_support.i18n import _
from ameli_support.settings import InForce


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def settings(json: Annotated[bool, json_option()] = False) -> int:
        known = read_settings()
        if json:
            out.one({"file": str(known.file), "settings": known.explain()})
        else:
            out.lines([_("Fichier : {file}").format(file=known.file), *map(_line, known.explain())])
        return ExitCode.DONE

    add(
        app,
        "settings",
        settings,
        _("Montre les réglages en vigueur et d’où ils viennent ; les secrets sont masqués."),
    )


def _line(one: InForce) -> str:
    value = one.value or _("(vide)")
    return f"{one.section}.{one.key} = {value}\u00a0; " + (one.origin or _("valeur par défaut"))

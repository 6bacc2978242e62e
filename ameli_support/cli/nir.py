"""`nir`: reads numbers of sécurité sociale by the rules of §6."""

from typing import Annotated

import typer

from ameli_support.cli import ask, out, words
from ameli_support.cli.app import add
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.i18n import _
from ameli_support.onboarding.person import NirReading, NirVerdict, read_nir


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def nir(
        numbers: Annotated[
            list[str] | None,
            typer.Argument(metavar="[NIR… | -]", help=_("numéros fictifs seulement ; « - » : un par ligne")),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help=_("un objet JSON par numéro"))] = False,
    ) -> int:
        readings = [read_nir(text) for text in _inputs(numbers or [])]
        for reading in readings:
            if json:
                out.one(_as_object(reading))
            else:
                out.lines([words.nir_sentence(reading)])
        valid = all(reading.verdict is NirVerdict.VALID for reading in readings)
        return ExitCode.DONE if valid else ExitCode.REFUSED

    add(
        app,
        "nir",
        nir,
        _(
            "Lit un numéro de sécurité sociale et dit s’il convient.\n"
            "Le numéro d’une personne ne s’écrit pas dans une commande, qui reste dans l’historique : "
            "sans argument il est demandé, et « - » le lit sur l’entrée."
        ),
    )


def _inputs(numbers: list[str]) -> list[str]:
    if numbers == ["-"]:
        return list(ask.each_line())
    if "-" in numbers:
        raise BadInput(_("« - » s’emploie seul."))
    return numbers or [ask.line(_("N° de sécurité sociale : "))]


def _as_object(reading: NirReading) -> dict[str, str | None]:
    return {
        "input": reading.input,
        "normalised": reading.normalised,
        "verdict": reading.verdict.value,
        "reason": reading.reason,
    }

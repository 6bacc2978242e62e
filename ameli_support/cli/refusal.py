"""`refusal`: what a code of FranceConnect that a caller reads out means, what to say and what to do."""

from dataclasses import replace
from typing import Annotated

import typer

from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _, language
from ameli_support.onboarding.franceconnect import Refusal
from ameli_support.onboarding.wording import plain


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def refusal(
        codes: Annotated[
            list[str] | None,
            typer.Argument(metavar="[CODE… | -]", help=_("codes de FranceConnect ; « - » : un par ligne")),
        ] = None,
        case: Annotated[
            str, typer.Option("--case", metavar="N", help=_("dossier où le code est noté comme conseil"))
        ] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        from ameli_support.onboarding.franceconnect import refusal
        from ameli_support.onboarding.procedure import procedure

        inputs = _inputs(codes or [])
        if case:
            found = _noted(ask.case_number(case), inputs)
        else:
            found = [refusal(code, procedure(), language()) for code in inputs]
        for one in found:
            if json:
                out.one(replace(one, say=tuple(map(plain, one.say))))
            else:
                out.lines(_lines(one))
        return ExitCode.DONE if all(one.known for one in found) else ExitCode.NOT_FOUND

    add(
        app,
        "refusal",
        refusal,
        _("Explique un code d’erreur de FranceConnect, qui commence par Y : que dire et que faire."),
    )


def _noted(case: int, codes: list[str]) -> list[Refusal]:
    """The same, each code recorded in the case as advice given."""
    from ameli_support.cli.calls import desk

    with desk() as opened:
        return [opened.explain_refusal(case, code) for code in codes]


def _inputs(codes: list[str]) -> list[str]:
    if codes == ["-"]:
        return list(ask.each_line())
    if "-" in codes:
        raise BadInput(_("« - » s’emploie seul."))
    return codes or [ask.line(_("Code affiché par FranceConnect : "))]


def _lines(found: Refusal) -> list[str]:
    return [
        _("{code} : {meaning}").format(code=found.code, meaning=found.meaning),
        _("Dire :"),
        *(f"  {plain(sentence)}" for sentence in found.say),
        _("Faire : {what}").format(what=found.do),
    ]

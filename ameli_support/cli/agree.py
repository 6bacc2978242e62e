"""`agree`: the person on the line, checked alone, lets a third party take part in this call (rules §8)."""

from typing import Annotated

import typer

from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.errors import CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, json_option
from ameli_support.i18n import _, language
from ameli_support.onboarding.procedure import procedure

AGREES = "third_party_agrees"


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def agree(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        words = procedure()
        question = "\n".join(
            (
                _("Demandez : « {question} »").format(
                    question=words.text("questions.third_party_ask", language())
                ),
                words.text(f"questions.{AGREES}", language()) + _(" (oui/non) : "),
            )
        )
        if not ask.yes_or_no(AGREES, question):
            raise CommandError(
                _("Sans son accord, un tiers ne participe pas : rien n’est noté."),
                ExitCode.REFUSED,
                kind="refused",
            )
        with desk() as opened:
            state = opened.agree(number)
        if json:
            out.one({"case": number, AGREES: True, "level": int(state.level)})
        else:
            out.lines([_("√ Accord noté : un tiers peut participer, pour cet appel seulement.")])
        return ExitCode.DONE

    add(
        app,
        "agree",
        agree,
        _(
            "Note que la personne accepte à voix haute la présence d’un tiers, pour cet appel.\n"
            "Elle est en ligne (--speaker self) et contrôlée au niveau 1 ; l’appel reste le sien. "
            "Noter un tiers par « verify » ramène au niveau 0. "
            "Demande l’accord, ou lit sur l’entrée : {answer}."
        ).format(answer=f"{AGREES}=oui|non"),
    )

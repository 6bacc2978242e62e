"""A supervisor's commands: reassign, unlock, lift, cancel; each with a reason, none with a caller check."""

from collections.abc import Callable
from typing import Annotated

import typer

from ameli_support.casework.desk import Desk
from ameli_support.casework.views import Done
from ameli_support.cli import ask, out, words
from ameli_support.cli.acts import before, told
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, json_option, yes_option
from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    _register_reassign(app)
    for name, act, do, text in (
        ("unlock", Act.UNLOCK, Desk.unlock, _("Déverrouille les contrôles d’appelant (superviseur).")),
        ("lift", Act.LIFT, Desk.lift, _("Lève une suspension (superviseur).")),
        ("cancel", Act.CANCEL, Desk.cancel, _("Annule une demande suspendue (superviseur).")),
    ):
        add(app, name, _act(act, do), text + "\n" + _("Demande le motif, ou le lit sur l’entrée."))


def _act(act: Act, do: Callable[[Desk, int, str], Done]) -> Callable[..., int]:
    def command(
        case: Annotated[str, case_option()],
        yes: Annotated[bool, yes_option()] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        why = ask.free_text("reason", _("Motif : "))
        with desk() as opened:
            ask.sure(before(opened, act, number), yes)
            return told(opened, do(opened, number, why), number, json)

    return command


def _register_reassign(app: typer.Typer) -> None:
    def reassign(
        case: Annotated[str, case_option()],
        to: Annotated[str, typer.Option("--to", metavar="AGENT", help=_("nouvel agent du dossier"))],
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        why = ask.free_text("reason", _("Motif : "))
        with desk() as opened:
            opened.reassign(number, to, why)
        if json:
            out.one({"case": number, "owner": to})
        else:
            out.lines([words.given(number, to)])
        return ExitCode.DONE

    add(
        app,
        "reassign",
        reassign,
        _("Confie un dossier à un autre agent (superviseur).\nDemande le motif, ou le lit sur l’entrée."),
    )

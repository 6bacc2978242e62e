"""`pin AGENT`: the administrator sets the PIN that unlocks an agent's screens."""

from typing import Annotated

import typer

from ameli_support.casework.permissions import Action, may
from ameli_support.casework.pins import LONGEST, SHORTEST, PinRefused
from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.connect import pin_book, who
from ameli_support.cli.errors import BadInput, CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.cli.place import place
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def pin(
        agent: Annotated[str, typer.Argument(metavar="AGENT", help=_("numéro de l’agent"))],
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        where = place()
        identity = who(where)
        if (refusal := may(identity.me, Action.SET_PIN)) is not None:
            raise CommandError(refusal.sentence, ExitCode.NOT_PERMITTED, kind="not_allowed")
        chosen = _twice()
        try:
            pin_book(where).set(identity.me, agent, chosen)
        except PinRefused as error:
            raise BadInput(error.sentence) from error
        except OSError as error:
            raise CommandError(
                _("Le code PIN ne peut pas être écrit à côté du fichier des agents ({why}).").format(
                    why=error.strerror
                ),
                ExitCode.MACHINE,
            ) from error
        if json:
            out.one({"agent": agent, "pin_set": True})
        else:
            out.lines([_("Code PIN fixé pour l’agent {agent}.").format(agent=agent)])
        return ExitCode.DONE

    add(
        app,
        "pin",
        pin,
        _(
            "Fixe le code PIN d’un agent (administrateur) ; il est demandé deux fois.\n"
            "Le code PIN déverrouille les écrans ; les commandes ne le demandent pas."
        ),
    )


def _twice() -> str:
    first = ask.hidden(_("Code PIN ({least} à {most} chiffres) : ").format(least=SHORTEST, most=LONGEST))
    if ask.hidden(_("Encore une fois : ")) != first:
        raise BadInput(_("Les deux saisies diffèrent. Rien n’a été changé."))
    return first

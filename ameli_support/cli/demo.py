"""`demo`: opens the app on a small ameli of its own, started as a child or joined where one runs."""

from typing import Annotated

import typer

from ameli_support.cli.app import add
from ameli_support.cli.errors import BadInput
from ameli_support.cli.place import world
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the command; without options `__main__` opens the app and never comes here."""

    def demo(
        people: Annotated[str, typer.Option("--people", metavar="N", help=_("nombre de personnes"))] = "",
        journey: Annotated[
            bool, typer.Option("--journey", help=_("dit les adresses où jouer l’assuré, à côté"))
        ] = False,
        fresh: Annotated[bool, typer.Option("--fresh", help=_("repart d’un monde neuf"))] = False,
    ) -> int:
        from ameli_support.cli.start import open_app

        if people and not (people.isascii() and people.isdigit() and int(people) <= 1_000_000):
            raise BadInput(_("Attendu : un nombre de 0 à {most}.").format(most=1_000_000))
        number = int(people) if people else None
        return open_app(True, world.role, people=number, fresh=fresh, journey=journey)

    add(
        app,
        "demo",
        demo,
        _(
            "Ouvre l’application sur un petit ameli inventé : rien de réel, rien à régler.\n"
            "--role agent|handler|supervisor|administrator choisit qui vous êtes. "
            "Pendant ce temps, les commandes d’un autre terminal y agissent avec --demo."
        ),
    )

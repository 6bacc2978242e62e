"""`db upgrade`: brings the database of cases to this version, with a backup first."""

from typing import Annotated

import typer

from ameli_support.cli import out
from ameli_support.cli.app import add, group
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the group."""
    db = group("db", _("La base des dossiers."))
    db.callback()(lambda: None)

    def upgrade(json: Annotated[bool, json_option()] = False) -> int:
        from ameli_support.cli import connect

        before, after = connect.upgrade()
        if json:
            out.one({"before": before, "after": after})
        elif before == after:
            out.lines([_("La base est à jour (version {number}).").format(number=after)])
        else:
            out.lines(
                [_("Base mise à jour : version {before} → {after}.").format(before=before, after=after)]
            )
        return ExitCode.DONE

    add(
        db,
        "upgrade",
        upgrade,
        _(
            "Met la base des dossiers à jour ; une sauvegarde est faite d’abord.\n"
            "La base de ce poste l’est d’elle-même ; une base partagée, par cette commande."
        ),
    )
    app.add_typer(db)

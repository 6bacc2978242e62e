"""`db upgrade` and `db verify`: the database of cases brought to this version, or recomputed whole."""

import re
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
    _register_verify(db)
    app.add_typer(db)


def _register_verify(db: typer.Typer) -> None:
    def verify(json: Annotated[bool, json_option()] = False) -> int:
        from ameli_support.cli import connect

        verified = connect.verify()
        if json:
            out.one(verified)
        else:
            counted = _("Recalculé. Dossiers : {cases}, événements : {events}, jours scellés : {days}.")
            out.lines(
                [
                    counted.format(cases=verified.cases, events=verified.events, days=verified.days),
                    *map(_found, verified.findings),
                    _("Rien n’a été changé hors de l’application.")
                    if not verified.findings
                    else _("Prévenez l’administrateur et gardez la base telle qu’elle est."),
                ]
            )
        return ExitCode.REFUSED if verified.findings else ExitCode.DONE

    add(
        db,
        "verify",
        verify,
        _(
            "Recalcule toutes les chaînes, les textes et les racines de chaque jour ; "
            "dit ce qui a été changé hors de l’application.\n"
            "Superviseurs et administrateurs ; sort avec 1 si quelque chose ne tient pas."
        ),
    )


def _found(finding: str) -> str:
    """A finding of `store.verifying` in words."""
    for form, told in (
        (r"case (?P<case>\d+): event (?P<seq>\d+) altered", _("Dossier {case} : événement {seq} modifié.")),
        (r"case (?P<case>\d+): row missing", _("Dossier {case} : sa ligne manque.")),
        (
            r"case (?P<case>\d+): events missing at the end",
            _("Dossier {case} : des événements manquent à la fin."),
        ),
        (
            r"case (?P<case>\d+): text of event (?P<seq>\d+) missing",
            _("Dossier {case} : le texte de l’événement {seq} manque."),
        ),
        (
            r"case (?P<case>\d+): text of event (?P<seq>\d+) altered",
            _("Dossier {case} : le texte de l’événement {seq} a été modifié."),
        ),
        (r"day (?P<day>\S+): root does not match", _("Jour {day} : la racine ne correspond pas.")),
    ):
        if found := re.fullmatch(form, finding):
            return "× " + told.format(**found.groupdict())
    return f"× {finding}"

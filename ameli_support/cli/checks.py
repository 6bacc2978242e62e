"""`checks …`: the missing-mail checklist, read, or run with a caller (rules §9)."""

from pathlib import Path
from typing import Annotated

import typer

from ameli_support.cli import ask, leaflet, out, priors
from ameli_support.cli.app import add, group
from ameli_support.cli.calls import desk
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, coded, json_option
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the group."""
    checks = group("checks", _("Le mail introuvable : la liste des vérifications."))
    checks.callback()(lambda: None)
    _register_list(checks)
    _register_run(checks)
    _register_changed(checks)
    leaflet.register(checks)
    priors.register(checks)
    app.add_typer(checks)


def _register_list(checks: typer.Typer) -> None:
    def list_(json: Annotated[bool, json_option()] = False) -> int:
        from ameli_support.cli import checks_words as words
        from ameli_support.cli import connect
        from ameli_support.cli.place import place
        from ameli_support.onboarding.procedure import procedure
        from checks.checklist import load

        held = load(connect.settings_of(place()).machine.content_folder)
        if held.refused is not None:
            out.aside(held.refused.sentence)
        for check in held.checks.values():
            if json:
                out.one({**words.check_object(check), "checklist": held.version})
            else:
                out.lines(words.check_lines(check, procedure()))
        return ExitCode.DONE if held.refused is None else ExitCode.MACHINE

    add(checks, "list", list_, _("Liste les vérifications : d’abord celles du document, dans son ordre."))


def _register_run(checks: typer.Typer) -> None:
    from checks.run import Mode

    def run(
        case: Annotated[str, case_option()],
        answers: Annotated[
            str,
            typer.Option(
                "--answers",
                metavar=_("FICHIER"),
                help=_(
                    "réponses, une par ligne : vérification=réponse, vérification.skip=motif, "
                    "cause.helped=yes|no, cause.changed=yes|no, other_address=arrived|not_arrived, "
                    "said_address=adresse ; « - » : sur l’entrée"
                ),
            ),
        ] = "",
        order: Annotated[str, coded("--order", Mode, _("ordre des questions ; sinon le moins coûteux"))] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        from ameli_support.cli import checks_asking as asking
        from ameli_support.cli import checks_words as words

        number = ask.case_number(case)
        mode = ask.choice(order, Mode, "--order") if order else None
        given = None if not answers and ask.at_terminal() else _read(answers or "-")
        with desk() as opened:
            asking.known(given or {}, opened)
            found = opened.diagnose(number, mode)
            if not json:
                out.lines(words.evidence_lines(found))
            found = asking.asked(opened, number, found, given)
            if json:
                out.one(words.run_object(number, found, opened.procedure))
            else:
                out.lines(words.end_lines(found, opened.procedure))
        return ExitCode.DONE

    add(
        checks,
        "run",
        run,
        _(
            "Mène les vérifications avec l’appelant ; chaque réponse va au dossier.\n"
            "Sans réponse à la question suivante, le diagnostic reste ouvert et se reprend."
        ),
    )


def _register_changed(checks: typer.Typer) -> None:
    def changed(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        with desk() as opened:
            opened.setting_changed(number)
        if json:
            out.one({"case": number, "changed": True})
        else:
            out.lines([_("Noté : le réglage est changé, le mail peut être renvoyé.")])
        return ExitCode.DONE

    add(
        checks,
        "changed",
        changed,
        _("Note que l’appelant a changé le réglage qui efface le mail : le renvoi redevient possible."),
    )


def _read(name: str) -> dict[str, str]:
    """The answers by key; the last one of a key holds."""
    try:
        lines = list(ask.each_line()) if name == "-" else Path(name).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(_("Le fichier des réponses ne se lit pas.")) from None
    given = {}
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, sign, value = line.partition("=")
        if not sign or not value.strip():
            raise BadInput(_("Ligne non comprise. Attendu : vérification=réponse."))
        given[key.strip()] = value.strip()
    return given

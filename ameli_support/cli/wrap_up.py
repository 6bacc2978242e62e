"""`note`, `hand-over` and `close`: what is written into a case and how a contact ends (rules §10)."""

from typing import Annotated

import typer

from ameli_support.casework.case import Callback, Outcome
from ameli_support.casework.desk import Desk
from ameli_support.casework.script import says_at_the_end
from ameli_support.cli import ask, out, words
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, coded, json_option
from ameli_support.i18n import _, language
from ameli_support.onboarding.wording import plain


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    _register_note(app)
    _register_hand_over(app)
    _register_close(app)


def _register_note(app: typer.Typer) -> None:
    def note(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        text = ask.free_text("note", _("Note : "))
        with desk() as opened:
            opened.note(number, text)
        if json:
            out.one({"case": number, "noted": True})
        else:
            out.lines([_("Note ajoutée au dossier n° {case}.").format(case=number)])
        return ExitCode.DONE

    add(app, "note", note, _("Ajoute une note au dossier ; elle est demandée, ou lue sur l’entrée."))


def _register_hand_over(app: typer.Typer) -> None:
    def hand_over(
        case: Annotated[str, case_option()],
        to: Annotated[str, typer.Option("--to", metavar="AGENT", help=_("agent qui reprend le dossier"))],
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        text = ask.optional_text(_("Message pour la suite (peut rester vide) : "))
        with desk() as opened:
            opened.hand_over(number, to, text)
        if json:
            out.one({"case": number, "owner": to})
        else:
            out.lines([words.given(number, to)])
        return ExitCode.DONE

    add(
        app,
        "hand-over",
        hand_over,
        _("Passe le dossier à un autre agent ; le message est demandé, ou lu sur l’entrée."),
    )


def _register_close(app: typer.Typer) -> None:
    def close(
        case: Annotated[str, case_option()],
        outcome: Annotated[str, coded("--outcome", Outcome, _("issue ; sinon celle du dernier acte"))] = "",
        cause: Annotated[
            str, typer.Option("--cause", metavar=_("CODE"), help=_("cause ; sinon celle que l’acte suggère"))
        ] = "",
        queue: Annotated[
            str, typer.Option("--queue", metavar=_("FILE"), help=_("file d’attente d’une escalade"))
        ] = "",
        callback: Annotated[
            str,
            typer.Option(
                "--callback",
                metavar=_("'JJ/MM/AAAA HH:MM'"),
                help=_("rappel promis, heure de Paris ; le numéro est demandé, ou lu sur l’entrée"),
            ),
        ] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        at = ask.paris_time(callback, "--callback") if callback else None
        promised = Callback(at, ask.one("phone", _("Numéro à rappeler : "))) if at else None
        with desk() as opened:
            opened.look(number)  # the person may have confirmed since the last act
            proposal = opened.proposed_outcome(number)
            chosen = ask.choice(outcome, Outcome, "--outcome") if outcome else proposal.outcome
            why = cause or proposal.cause or _cause(opened)
            state = opened.close(number, chosen, why, promised, queue or proposal.queue)
        if json:
            out.one({"case": number, "state": state, "outcome": chosen, "cause": why})
        else:
            said = says_at_the_end(opened.procedure, chosen, language()) if chosen else ()
            script = [_("À dire :"), *(f"  {plain(sentence)}" for sentence in said)] if said else []
            out.lines([*words.closed(number, state, chosen), *script])
        return ExitCode.DONE

    add(
        app,
        "close",
        close,
        _("Conclut l’appel. Sans option, propose l’issue et la cause du dernier acte."),
    )


def _cause(opened: Desk) -> str | None:
    """Asked on a terminal only; without one the close gate says that it is missing."""
    if not ask.at_terminal():
        return None
    causes = [key.partition(".")[2] for key in opened.procedure.cells if key.startswith("causes.")]
    return ask.line(_("Cause ({values}) : ").format(values=", ".join(causes))) or None

"""`status`: where the person stands, what they see, what to say, what is allowed and why not."""

from contextlib import suppress
from typing import Annotated, Any

import typer

from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import DeskError
from ameli_support.casework.views import CallState, Look, Service
from ameli_support.cli import ask, out, picture
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk, is_supervisor
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.obstacles import as_objects, lines, of_contact
from ameli_support.cli.options import json_option
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def status(
        several: Annotated[
            str, typer.Argument(metavar="[-]", help=_("« - » : un numéro de dossier par ligne de l’entrée"))
        ] = "",
        case: Annotated[
            str, typer.Option("--case", metavar="N", help=_("numéro du dossier, donné par « find »"))
        ] = "",
        advice: Annotated[
            bool, typer.Option("--advice", help=_("détaille aussi les conseils généraux, sans dossier"))
        ] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        if several not in ("", "-") or bool(several) == bool(case):
            raise BadInput(_("Attendu : --case N, ou « - » pour lire les numéros sur l’entrée."))
        numbers = map(ask.case_number, ask.each_line()) if several else iter([ask.case_number(case)])
        with desk() as opened:
            codes = [_one(opened, number, json, advice) for number in numbers]
        return next((code for code in codes if code), ExitCode.DONE)

    add(
        app,
        "status",
        status,
        _("Dit où en est la personne, ce qu’elle voit, quoi lui dire, ce qui est possible et pourquoi."),
    )


def _one(opened: Desk, case: int, json: bool, advice: bool) -> int:
    if opened.call_state(case).unknown_acts:
        with suppress(DeskError):  # still unknown: the status says so
            opened.settle(case)
    state, look = opened.call_state(case), opened.look(case)
    obstacles = of_contact(opened, state, look)
    if json:
        out.one(as_object(state, look) | {"difficulties": as_objects(obstacles)})
    else:
        now, purposeful = opened.business_clock.now(), is_supervisor(opened)
        out.lines(picture.status(opened.procedure, state, look, now, purposeful=purposeful))
        out.lines(lines(state, look, obstacles, whole=advice))
    if look.refused:
        if not json:
            out.aside(look.refused)
        return ExitCode.REFUSED
    return ExitCode.UNREACHABLE if look.service is Service.DOWN else ExitCode.DONE


_ALWAYS = ("phase", "step", "route", "link", "window_closes_at", "closed_because", "as_of")


def as_object(state: CallState, look: Look) -> dict[str, Any]:
    """The record's view as it came from the service, with the call's own state.

    The keys of `_ALWAYS`, `allowed` and `sends` are there even before level 1, empty.
    """
    view: dict[str, Any] = {**dict.fromkeys(_ALWAYS), "allowed": {}, "sends": []}
    if look.view is not None:
        view |= out.as_json(look.view)
    call = {
        "case": state.case,
        "state": state.state,
        "level": state.level,
        "speaker": state.speaker,
        "direction": state.direction,
        "comparisons_left": state.comparisons_left,
        "said_address": state.said_address,
        "said_tries_left": state.said_tries_left,
        "locked_until": state.locked_until,
        "unknown_acts": state.unknown_acts,
        "service": look.service,
        "known_at": look.known_at,
        "age": look.age,
        "since": look.since,
        "refused": look.refused,
    }
    return {**view, **call}

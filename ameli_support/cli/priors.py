"""`checks priors`: how likely each cause is per provider family, and what a supervisor takes back."""

from typing import TYPE_CHECKING, Annotated

import typer

from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _, language

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.learning import Reset

MOST = 3  # causes told of a family that nobody asked for


def register(checks: typer.Typer) -> None:
    """Adds the command to the group of the checklist."""

    def priors(
        family: Annotated[
            str, typer.Option("--family", metavar=_("FAMILLE"), help=_("fournisseur : orange, google…"))
        ] = "",
        reset: Annotated[
            bool, typer.Option("--reset", help=_("oublier ce qui a été appris (superviseur)"))
        ] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        why = ask.free_text("reason", _("Motif : ")) if reset else ""
        with desk() as opened:
            if reset:
                _forgotten(opened.reset_priors(family or None, why), json)
            elif json:
                for one in opened.learned(family or None):
                    out.one(one)
            else:
                out.lines(_lines(opened, family))
        return ExitCode.DONE

    add(
        checks,
        "priors",
        priors,
        _(
            "Montre la probabilité des causes par fournisseur : au départ, les cas comptés, à présent.\n"
            "Avec --reset, demande le motif, ou le lit sur l’entrée."
        ),
    )


def _forgotten(counts: int, json: bool) -> None:
    if json:
        out.one({"forgotten": counts})
    else:
        out.lines(
            [_("Oublié : {number} compteurs. Les probabilités de départ valent.").format(number=counts)]
        )


def _lines(opened: "Desk", family: str) -> list[str]:
    from ameli_support.cli.checks_words import cause_label

    lines = []
    for one in opened.learned(family or None):
        lines.append(_("{family} · {cases} cas comptés").format(family=one.family, cases=_number(one.cases)))
        for cause in one.causes if family else one.causes[:MOST]:
            told = _("  {cause} : {prior} % → {now} % ({cases} cas)")
            lines.append(
                told.format(
                    cause=cause_label(cause.cause, opened.procedure),
                    prior=_number(100 * cause.prior),
                    now=_number(100 * cause.now),
                    cases=_number(cause.cases),
                )
            )
    return lines + [_reset(one) for one in opened.prior_resets()]


def _number(value: float) -> str:
    """One decimal, behind a comma in French."""
    return f"{value:.1f}".replace(".", ",") if language() == "fr" else f"{value:.1f}"


def _reset(one: "Reset") -> str:
    what = one.family or _("tous les fournisseurs")
    return _("Oublié le {at} par {agent} ({what}) : {reason}").format(
        at=out.when(one.at), agent=one.agent, what=what, reason=one.reason
    )

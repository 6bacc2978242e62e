"""`doctor`: whether service, database, SMTP, DNS and terminal work, and what to do when they do not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from ameli_support.cli import out
from ameli_support.cli.app import add
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `ok` is None for what is not set and not needed; `advice` says what to do."""

    check: str
    ok: bool | None
    sentence: str
    advice: str = ""

    def line(self) -> str:
        """Sign, what was checked, what was found, what to do."""
        sign = {True: "√", False: "×", None: "○"}[self.ok]
        return " ".join(filter(None, (f"{sign} {self.check}" + _(" :"), self.sentence, self.advice)))


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def doctor(json: Annotated[bool, json_option()] = False) -> int:
        from ameli_support.cli import diagnosis

        failed = False
        waiting: dict[Callable[[], Finding], str] = {}
        for check in diagnosis.checks():
            finding = _waits(waiting[check]) if check in waiting else _safely(check)
            if check is diagnosis.settings and not finding.ok:
                waiting = diagnosis.rest_on_settings()
            failed = failed or finding.ok is False
            if json:
                out.one(finding)
            else:
                out.lines([finding.line()])
        return ExitCode.REFUSED if failed else ExitCode.DONE

    add(
        app,
        "doctor",
        doctor,
        _("Vérifie réglages, agent, service, base, SMTP, DNS et terminal ; dit quoi faire."),
    )


def _waits(name: str) -> Finding:
    """A part that cannot be looked at before the settings are read."""
    return Finding(name, None, _("non contrôlé : les réglages ne se lisent pas."))


def _safely(check: Callable[[], Finding]) -> Finding:
    """One check that breaks never stops the others."""
    try:
        return check()
    except Exception as error:  # whatever a broken machine can raise
        return Finding(
            check.__name__,
            False,
            _("contrôle impossible ({error}).").format(error=type(error).__name__),
            _("Signalez cette ligne à votre administrateur."),
        )

"""Options and arguments that several commands share; texts are translated when a command is built."""

from typing import Any

import typer

from ameli_support.i18n import _


def json_option() -> Any:
    """`--json`: for programs."""
    return typer.Option("--json", help=_("pour les programmes : un objet JSON par ligne"))


def case_option() -> Any:
    """`--case N`: the call that the command belongs to."""
    return typer.Option("--case", metavar="N", help=_("numéro du dossier, donné par « find »"))


def coded(name: str, values: Any, text: str) -> Any:
    """An option that takes one of the codes of an enumeration."""
    return typer.Option(
        name, metavar=_("CODE"), help=text + _(" : ") + ", ".join(value.value for value in values)
    )


def yes_option() -> Any:
    """`--yes`: without the question that precedes an act."""
    return typer.Option("--yes", help=_("sans demander de confirmation"))

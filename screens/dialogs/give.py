"""A case goes to another agent: handed over by its owner, reassigned by a supervisor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from ameli_support.i18n import _
from screens.dialogs.base import Dialog, Leave
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk


class Give(Dialog[str | None]):
    """To whom, and why; ends with the agent's number."""

    def __init__(self, title: str, verb: str, deed: "Callable[[Desk, str, str], None]") -> None:
        sentence = _(
            "Votre contrôle de l’appelant prend fin ; le dossier passe dans la liste de l’autre agent."
        )
        super().__init__(title, sentence, verb)
        self._deed = deed

    def compose_body(self) -> "ComposeResult":
        """Agent and word."""
        yield Field("to", _("N° d’agent"), max_length=32)
        yield Field("why", _("Motif"), max_length=500)

    @property
    def _to(self) -> str:
        return self.query_one("#row-to", Field).value

    @property
    def _why(self) -> str:
        return self.query_one("#row-why", Field).value

    @on(Input.Changed)
    def _typing(self) -> None:
        self.changed()

    @on(Input.Submitted)
    def _typed(self) -> None:
        if not self._to:
            self.query_one("#row-to", Field).input.focus()
        elif not self._why:
            self.query_one("#row-why", Field).input.focus()
        else:
            self.query_one(Leave).focus()

    def missing(self) -> str:
        """Both."""
        if not self._to:
            return _("à quel agent ?")
        return "" if self._why else _("dites pourquoi")

    def deed(self, desk: "Desk") -> str:
        """Gives it."""
        self._deed(desk, self._to, self._why)
        return self._to

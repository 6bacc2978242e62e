"""A deed that wants a typed reason: a supervisor's acts, the unmasked address."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.widgets import Input

from ameli_support.i18n import _
from screens.dialogs.base import Dialog, Leave
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk

T = TypeVar("T")


class Reason(Dialog[T]):
    """Title, consequence, reason, V."""

    def __init__(self, title: str, sentence: str, verb: str, deed: "Callable[[Desk, str], T]") -> None:
        super().__init__(title, sentence, verb)
        self._deed = deed

    def compose_body(self) -> "ComposeResult":
        """The reason, which is logged."""
        yield Field("reason", _("Motif (journalisé)"), max_length=500)

    @on(Input.Changed)
    def _typing(self) -> None:
        self.changed()

    @on(Input.Submitted)
    def _typed(self) -> None:
        if not self.missing():
            self.query_one(Leave).focus()

    def missing(self) -> str:
        """A reason."""
        return "" if self.query_one(Field).value else _("dites pourquoi")

    def deed(self, desk: "Desk") -> T:
        """As given, with the reason."""
        return self._deed(desk, self.query_one(Field).value)

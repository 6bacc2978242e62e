"""A supervisor says that an identity provider is away, or back."""

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from ameli_support.i18n import _
from screens.dialogs.base import Dialog, Leave
from screens.widgets.choices import Choices, Row
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk


class Availability(Dialog[str | None]):
    """One provider changes over; ends with what became of it. `providers`: name, label, available."""

    def __init__(self, providers: tuple[tuple[str, str, bool], ...]) -> None:
        super().__init__(
            _("Changer la disponibilité d’un fournisseur ?"),
            _("Le fournisseur choisi devient indisponible, ou disponible ; tous les agents le voient."),
            _("Changer"),
        )
        self._providers = providers

    def compose_body(self) -> "ComposeResult":
        """The providers as they are, and the reason."""
        rows: list[Row] = [
            (name, label, _("√ disponible") if available else _("× indisponible"))
            for name, label, available in self._providers
        ]
        yield Choices(rows)
        yield Field("why", _("Motif (journalisé)"), max_length=500)

    def take_focus(self) -> None:
        """A digit chooses first."""
        self.query_one(Leave).focus()

    def changed(self) -> None:
        """Once a provider is chosen, the reason is asked."""
        super().changed()
        if self.query_one(Choices).value and not self.query_one(Field).value:
            self.query_one(Field).input.focus()

    @on(Input.Changed)
    def _typing(self) -> None:
        self.refresh_feet()

    @on(Input.Submitted)
    def _typed(self) -> None:
        if not self.missing():
            self.query_one(Leave).focus()

    def missing(self) -> str:
        """A provider and a reason."""
        if self.query_one(Choices).value is None:
            return _("choisissez un fournisseur")
        return "" if self.query_one(Field).value else _("dites pourquoi")

    def deed(self, desk: "Desk") -> str:
        """Switches the chosen one over."""
        chosen = self.query_one(Choices).value
        available = next(available for name, __, available in self._providers if name == chosen)
        now = desk.set_provider(str(chosen), not available, self.query_one(Field).value)
        form = _("{provider} : disponible.") if now.available else _("{provider} : indisponible.")
        return form.format(provider=now.label)

"""What a supervisor tells every agent: an incident in one sentence, a provider that is away or back."""

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

LONGEST = 74  # a row of 80 columns; the desk refuses more


class Incident(Dialog[str | None]):
    """The sentence and the reason; ends with the sentence."""

    def __init__(self) -> None:
        super().__init__(
            _("Afficher un message d’incident ?"),
            _("Tous les agents le lisent en bas de leur écran, jusqu’à ce qu’il soit retiré."),
            _("Afficher"),
        )

    def compose_body(self) -> "ComposeResult":
        """Message and reason."""
        yield Field("message", _("Message"), max_length=LONGEST)
        yield Field("why", _("Motif (journalisé)"), max_length=500)

    def _value(self, name: str) -> str:
        return self.query_one(f"#row-{name}", Field).value

    @on(Input.Changed)
    def _typing(self) -> None:
        self.changed()

    @on(Input.Submitted)
    def _typed(self) -> None:
        if self._value("message") and not self._value("why"):
            self.query_one("#row-why", Field).input.focus()
        elif not self.missing():
            self.query_one(Leave).focus()

    def missing(self) -> str:
        """Both."""
        if not self._value("message"):
            return _("écrivez le message")
        return "" if self._value("why") else _("dites pourquoi")

    def deed(self, desk: "Desk") -> str:
        """Sets the banner from now on, without an end."""
        return desk.set_banner(self._value("message"), self._value("why")).text


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

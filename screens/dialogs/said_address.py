"""The document's first check: the caller says the address, the service compares; nobody ticks anything."""

from typing import TYPE_CHECKING

from textual.content import Content

from ameli_support.i18n import _
from screens.dialogs.base import Leave
from screens.dialogs.resend import Resend

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Look


class SaidAddress(Resend):
    """Three tries a call, those of the re-send; ends by itself once the address is the same."""

    def __init__(self, state: "CallState", look: "Look | None", desk: "Desk") -> None:
        super().__init__(state, look, desk)
        self._title, self._verb = _("L’adresse est-elle exacte ?"), _("Continuer")
        self.matched = False

    def consequence(self) -> Content:
        """Nothing is mailed."""
        said = _("Le service compare l’adresse dite à celle du compte, sans la montrer. Rien n’est envoyé.")
        return Content.styled(said, "$ink")

    def leave_label(self) -> str:
        """There is nothing to cancel."""
        return _("Fermer")

    def refresh_feet(self) -> None:
        """Once it is the same there is nothing left to do here."""
        super().refresh_feet()
        if self.matched and self.is_attached:
            self.query_one(Leave).focus()
            self.dismiss(None)

    def action_validate(self) -> None:
        """Entrée compares; V has nothing to do."""

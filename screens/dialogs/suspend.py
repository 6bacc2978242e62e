"""S: « ce n’est pas moi » or a stranger's report; a reason, V (rules §3 `suspended`)."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act, Effect
from screens.dialogs.act import ActDialog
from screens.widgets.choices import Choices

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import Done


class Suspend(ActDialog):
    """Possible at any level; only a supervisor lifts it."""

    ACT = Act.SUSPEND
    EFFECT = Effect.LINKS_REVOKED

    def compose_body(self) -> "ComposeResult":
        """The reason."""
        yield Static(_("Motif"), classes="heading", markup=False)
        yield Choices(
            [
                ("denied", _("L’assuré dit ne pas avoir créé ce compte"), ""),
                ("stranger", _("Un tiers reçoit le mail de confirmation"), ""),
                ("fraud", _("Fraude soupçonnée pendant l’appel"), ""),
            ]
        )

    def consequence(self) -> Content:
        """No address in it: nothing leaves."""
        return Content.styled(self.words.consequence(self.effect, "", None), "$ink")

    def missing(self) -> str:
        """The reason."""
        return "" if self.query_one(Choices).value else _("choisissez un motif")

    def deed(self, desk: "Desk") -> "Done":
        """Suspends."""
        return desk.suspend(self.state.case, self.query_one(Choices).label)

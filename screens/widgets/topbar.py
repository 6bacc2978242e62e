"""The top bar: name, modes, agent, time, and how the account service does."""

from typing import TYPE_CHECKING

from textual.content import Content

from ameli_support.i18n import _
from screens.widgets.line import Line, Part

if TYPE_CHECKING:
    from screens.app import AmeliSupport

RAIL, GAP = 22, 3


class TopBar(Line):
    """Row 0 of every screen."""

    app: "AmeliSupport"

    def on_mount(self) -> None:
        """Draws again when what it shows changes."""
        for name in ("clock_text", "service", "agent"):
            self.watch(self.app, name, self._again, init=False)

    def _again(self) -> None:
        self.refresh()

    def left(self) -> Content:
        """Name and modes; the active mode is one of the four uses of the accent."""
        name: list[Part] = [("ameli", "bold $ink")]
        if self.wide:
            name.append((" assistance".ljust(RAIL + GAP - 2 - len("ameli")), "$muted"))
        else:
            name.append("   ")
        return Content.assemble(*name, ("F2 ", "$muted"), (_("Appel"), "bold $accent"))

    def right(self) -> Content:
        """Agent (wide only), hour, service."""
        parts: list[Part] = []
        if self.wide and self.app.agent:
            parts.append((_("agent {number}").format(number=self.app.agent) + "   ", "$muted"))
        parts.append((self.app.clock_text + "   ", "$muted"))
        return Content.assemble(*parts, *self._service())

    def _service(self) -> list[Part]:
        match self.app.service.state:
            case "down":
                return [("■ " + _("service coupé"), "bold $bad")]
            case "slow":
                return [("▲ ", "$warn"), (_("service lent"), "$warn")]
            case "ok":
                return [("● ", "$ok"), (_("en ligne"), "$muted")]
        return [("○ ", "$muted"), (_("connexion…"), "$muted")]

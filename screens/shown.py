"""What every screen shows and nobody asked for: the strip's one sentence, the clock, how the service does."""

from functools import partial
from typing import TYPE_CHECKING

from textual.reactive import var

from screens import bulletin
from screens.key_order import InOrder
from screens.notice import Notice, ServiceState, Tone

if TYPE_CHECKING:
    from ameli_support.casework.views import Look
    from screens.backend import Backend
    from screens.tour import Tour

TOLD_SECONDS = 6.0


class Shown(InOrder):
    """The app's state that bars and strips watch."""

    backend: "Backend"
    tour: "Tour | None"
    clock_text: var[str] = var("")
    service: var[ServiceState] = var(ServiceState())
    notice: var[Notice | None] = var(None)
    agent: var[str] = var("")
    tour_text: var[str] = var("")
    told: var[bulletin.Told] = var(bulletin.Told())

    def say(self, tone: Tone, head: str, tail: str = "") -> None:
        """Puts one sentence into the strip of whichever screen is in front."""
        self.notice = Notice(tone, head, tail) if head else None
        touring = self.tour is not None and not self.tour.over and tone is not Tone.BAD
        if self.notice is not None and (self.service.down or touring):
            self.set_timer(TOLD_SECONDS, partial(self._told, self.notice))

    def _told(self, notice: Notice) -> None:
        """While the service is cut the strip goes back to saying so; during the tour, to its sentence."""
        if self.notice is notice and self.backend.desk is not None:
            self.notice = None

    def seen(self, look: "Look") -> None:
        """Keeps how the account service does, from the last look."""
        desk, view = self.backend.desk, look.view
        other = self.service.other_version
        if desk is not None and view is not None:
            other = view.procedure_version != desk.procedure.version
        state = ServiceState(str(look.service), look.since, other)
        if state.down and not self.service.down:
            self.notice = None
        self.service = state

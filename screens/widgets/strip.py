"""The strip under the top bar: the one place of success and failure; its row is always there."""

from typing import TYPE_CHECKING

from textual.content import Content

from ameli_support.i18n import _
from screens.notice import Tone
from screens.safe import clean
from screens.when import hour
from screens.widgets.line import Line

if TYPE_CHECKING:
    from screens.app import AmeliSupport

SIGNS = {Tone.OK: "√", Tone.WARN: "▲", Tone.BAD: "■", Tone.PLAIN: "·"}
INKS = {Tone.OK: "$ok", Tone.WARN: "$warn", Tone.BAD: "$bad", Tone.PLAIN: "$muted"}


class Strip(Line):
    """Row 1 of every screen; that the service is cut, or applies another version of the procedure, it says
    whenever nothing newer is to be told."""

    app: "AmeliSupport"

    def on_mount(self) -> None:
        """Draws again when there is something else to tell."""
        for name in ("notice", "service", "tour_text"):
            self.watch(self.app, name, self._again)

    def _again(self) -> None:
        tone = self._tone
        for each in Tone:
            self.set_class(each is tone, f"-{each}")
        self.refresh()

    @property
    def _tone(self) -> Tone | None:
        if self.app.notice is not None:
            return self.app.notice.tone
        if self.app.service.down:
            return Tone.BAD
        return Tone.WARN if self._other_version else None

    @property
    def _other_version(self) -> str:
        """The sentence of the banner when service and desk differ, else nothing."""
        desk = self.app.backend.desk
        if desk is None or not self.app.service.other_version:
            return ""
        from screens.words import Words

        return Words(desk.procedure).text("reminders.other_version")

    def left(self) -> Content:
        """Sign, head in bold, tail."""
        notice, service = self.app.notice, self.app.service
        if notice is None and service.down and service.since is not None:
            head = _("Service des comptes injoignable depuis {hour}.").format(hour=hour(service.since))
            tail = _("Nouvel essai toutes les 5 s.") if self.wide else ""
            return Content.assemble((f"■ {head}", "bold $bad"), (f" {tail}", "$ink"))
        if notice is None and self._other_version:
            return Content.assemble((f"▲ {self._other_version}", "bold $warn"))
        if notice is None:
            return Content.styled(self.app.tour_text, "$muted")
        ink = INKS[notice.tone]
        head = f"{SIGNS[notice.tone]} {clean(notice.head)}"
        return Content.assemble((head, f"bold {ink}"), (f" {clean(notice.tail)}", "$ink"))

    def right(self) -> Content:
        """The one key that retries; on home, the one that skips the tour."""
        if not self.app.service.down:
            touring = self.app.tour_text and self.app.notice is None and self.screen.query("#lookup")
            if not touring:
                return Content("")
            return Content.assemble((_("Échap"), "bold $ink"), (" " + _("passer"), "$muted"))
        return Content.assemble(("F5", "bold $ink"), (" " + _("réessayer"), "$ink"))

"""The row above the key bar, always there: a supervisor's incident banner, else the providers away."""

from typing import TYPE_CHECKING

from textual.content import Content

from ameli_support.i18n import _
from screens.safe import clean
from screens.widgets.line import Line

if TYPE_CHECKING:
    from screens.app import AmeliSupport


class Bulletin(Line):
    """The row before the last one of every screen; blank when there is nothing to know."""

    app: "AmeliSupport"

    def on_mount(self) -> None:
        """Draws again when there is something else to tell."""
        self.watch(self.app, "told", self._again)

    def _again(self) -> None:
        self.set_class(bool(self.app.told.text), "-warn")
        self.refresh()

    def left(self) -> Content:
        """The banner, after the provider that it is about."""
        told = self.app.told
        if not told.text:
            return self._away(told.away)
        about = _("{label} :").format(label=clean(told.about)) + " " if told.about else ""
        return Content.assemble(("▲ ", "bold $warn"), (f"{about}{clean(told.text)}", "bold $ink"))

    def right(self) -> Content:
        """Who is away beside a banner, where there is room."""
        told = self.app.told
        return self._away(told.away) if told.text and self.wide else Content("")

    def _away(self, labels: tuple[str, ...]) -> Content:
        if not labels:
            return Content("")
        said = _("× indisponible : {providers}").format(providers=", ".join(clean(label) for label in labels))
        return Content.styled(said, "$muted")

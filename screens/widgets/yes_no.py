"""A question answered by O or N, on one row."""

from textual import events
from textual.content import Content
from textual.widget import Widget

from ameli_support.i18n import _


class YesNo(Widget):
    """« Avez-vous vous-même créé ce compte ?  O Oui  N Non »."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question
        self.answer: bool | None = None

    def say(self, yes: bool) -> None:
        """Keeps the answer."""
        self.answer = yes
        self.refresh()

    def render(self) -> Content:
        """The answer given is bold with √."""
        parts: list[tuple[str, str]] = [(self._question, "$ink"), ("  ", "$ink")]
        for value, key, label in ((True, "O", _("Oui")), (False, "N", _("Non"))):
            chosen = self.answer is value
            parts += [(f" {key} ", "bold $ink on $sel"), (f" {label}", "bold $ink" if chosen else "$ink")]
            parts += [(" √ " if chosen else "   ", "$ok")]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        """A click right of the question answers it."""
        start = len(self._question) + 2
        if event.x >= start:
            self.call_later(self.screen.run_action, f"answer({event.x < start + 9})")

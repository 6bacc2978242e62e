"""The band: the only tinted area, where the journey is stuck and until when."""

from textual.content import Content

from screens.notice import Tone
from screens.picture import Band as Shown
from screens.safe import clean
from screens.widgets.line import Line

INKS = {Tone.OK: "$ok", Tone.WARN: "$warn", Tone.BAD: "$bad", Tone.PLAIN: "$ink"}


class Band(Line):
    """Three rows from 28 rows of terminal on, else one."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = Shown(Tone.PLAIN, "○", "", "", "")

    def show(self, shown: Shown) -> None:
        """Draws another band; a stale one loses its colour."""
        if shown == self._shown:
            return
        self._shown = shown
        for tone in Tone:
            self.set_class(tone is shown.tone and not shown.stale, f"-{tone}")
        self.refresh()

    def left(self) -> Content:
        """Sign and sentence, bold; the short sentence where the long one would be cut."""
        shown = self._shown
        ink = "$ink" if shown.stale else INKS[shown.tone]
        room = self.content_size.width - self.right().cell_length - 3
        head = shown.head if len(shown.head) + 2 <= room else shown.short_head
        return Content.styled(f"{shown.sign} {clean(head)}".strip(), f"bold {ink}")

    def right(self) -> Content:
        """The deadline, or since when the state is known."""
        return Content.styled(self._shown.deadline, "$warn" if self._shown.stale else "$ink")

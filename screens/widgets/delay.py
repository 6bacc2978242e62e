"""The delay bar: two cells a day from the submitted address to the end of the window."""

from textual.content import Content
from textual.widget import Widget

from screens.picture import DelayBar


class Delay(Widget):
    """The bar, its scale, and « jour 11 sur 21 »."""

    def __init__(self) -> None:
        super().__init__()
        self._bar = DelayBar()

    def show(self, bar: DelayBar) -> None:
        """Draws another bar."""
        if bar != self._bar:
            self._bar = bar
            self.refresh()

    def render(self) -> Content:
        """Two rows."""
        bar = self._bar
        return Content.assemble(
            *[(text, f"${token}") for text, token in bar.cells],
            *[(text, style) for text, style in bar.legend],
            "\n",
            (bar.scale, "$muted"),
        )

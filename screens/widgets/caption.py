"""The label of a block: above it in the wide layout, in the gutter of the narrow one."""

from textual.content import Content
from textual.widget import Widget


class Caption(Widget):
    """A muted word or two; a shorter one where the gutter is narrow."""

    DEFAULT_CSS = "Caption { height: 1; width: auto; }"

    def __init__(self, text: str, compact: str = "") -> None:
        super().__init__()
        self._text, self._compact = text, compact or text

    def render(self) -> Content:
        """By the layout."""
        return Content.styled(self._text if self.app.size.width >= 118 else self._compact, "$muted")

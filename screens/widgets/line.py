"""One row with something at its left and something at its right, cut before it would wrap."""

from textual.content import Content
from textual.widget import Widget

Part = tuple[str, str] | str


class Line(Widget):
    """A row of text; subclasses say what stands left and right."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    @property
    def wide(self) -> bool:
        """Whether the wide layout is in force (ux-design §2)."""
        return self.app.size.width >= 118

    def on_unmount(self) -> None:
        """Gone from the app's watchers, which Textual would keep, screen and all, until the value changes."""
        watchers = getattr(self.app, "__watchers", {})
        for name, watching in watchers.items():
            watchers[name] = [one for one in watching if one[0] is not self]

    def left(self) -> Content:
        """What stands at the left; cut with « … » when it does not fit."""
        return Content("")

    def right(self) -> Content:
        """What stands at the right; never cut."""
        return Content("")

    def render(self) -> Content:
        """The row, filled up with spaces between its two parts."""
        return spread(self.left(), self.right(), self.content_size.width)


def spread(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at both ends of `width` cells; left gives way."""
    room = width - right.cell_length - (1 if right.cell_length else 0)
    if left.cell_length > room:
        left = left.truncate(max(room, 0), ellipsis=True)
    gap = width - left.cell_length - right.cell_length
    return Content.assemble(left, " " * max(gap, 0), right)

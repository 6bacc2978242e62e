"""The journey: seven steps down the side, or on one line when the terminal is narrow."""

from textual.content import Content
from textual.widget import Widget

from screens.picture import Mark, RailStep
from screens.widgets.line import Part

SIGNS = {Mark.DONE: ("√", "$ok"), Mark.HERE: ("►", "$accent"), Mark.TO_COME: ("·", "$muted")}


class Rail(Widget):
    """Done, here, to come."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[RailStep, ...] = ()

    def show(self, steps: tuple[RailStep, ...]) -> None:
        """Draws other steps."""
        if steps != self._steps:
            self._steps = steps
            self.refresh()

    def render(self) -> Content:
        """Rows or one line, by the layout."""
        rows = self.app.size.width >= 118
        parts: list[Part] = []
        for step in self._steps:
            sign, ink = SIGNS[step.mark]
            here = step.mark is Mark.HERE
            parts.append((sign + " ", f"bold {ink}" if here else ink))
            parts.append((f"{step.number}", "bold $accent" if here else "$muted"))
            if rows:
                label = "bold $accent" if here else "$ink" if step.mark is Mark.DONE else "$muted"
                parts.append((f" {step.label}\n", label))
            else:
                parts.append((f" {step.label}  " if here else "  ", "bold $accent"))
        return Content.assemble(*parts)

"""A numbered list of answers: digits choose, a click too; the chosen one is bold with √."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from screens.widgets.line import Part

Row = tuple[str, str, str]


class Choices(Widget):
    """Rows of (value, label, meaning); with `columns` of them side by side."""

    DEFAULT_CSS = "Choices { height: auto; width: 1fr; }"

    class Chosen(Message):
        """A row was clicked."""

        def __init__(self, choices: "Choices", digit: int) -> None:
            super().__init__()
            self.choices = choices
            self.digit = digit

    def __init__(self, rows: list[Row] | None = None, *, id: str | None = None, columns: int = 1) -> None:
        super().__init__(id=id)
        self._rows = rows or []
        self._zero: tuple[str, str] | None = None
        self._columns = columns
        self.index: int | None = None

    def offer(self, rows: list[Row], *, zero: tuple[str, str] | None = None) -> None:
        """Other rows; `zero` adds one under the key 0."""
        self._rows, self._zero, self.index = rows, zero, None
        self.refresh(layout=True)

    @property
    def value(self) -> str | None:
        """The value of the chosen row."""
        return self._rows[self.index][0] if self.index is not None else None

    @property
    def label(self) -> str:
        """The words of the chosen row."""
        return self._rows[self.index][1] if self.index is not None else ""

    def choose(self, digit: int) -> bool:
        """Chooses row `digit` (1 is the first, 0 the tenth); False when there is none."""
        index = (digit or 10) - 1
        if not 0 <= index < len(self._rows):
            return False
        self.index = index
        self.refresh()
        return True

    def choose_value(self, value: str | None) -> None:
        """Chooses the row of `value`, or none."""
        values = [row[0] for row in self._rows]
        self.index = values.index(value) if value in values else None
        self.refresh()

    def move(self, by: int) -> None:
        """The next or previous row becomes the chosen one."""
        if self._rows:
            start = self.index if self.index is not None else (-1 if by > 0 else 0)
            self.index = (start + by) % len(self._rows)
            self.refresh()

    @property
    def _height(self) -> int:
        return -(-len(self._rows) // self._columns)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """A row each, and one for the key 0."""
        return self._height + (1 if self._zero else 0)

    def render(self) -> Content:
        """Chip, label, meaning; column after column."""
        parts: list[Part] = []
        for line in range(self._height):
            for column in range(self._columns):
                index = column * self._height + line
                if index < len(self._rows):
                    parts += self._row(index, self._width_of(column))
            parts.append("\n")
        if self._zero:
            parts += [(" 0 ", "bold $ink on $sel"), (f" {self._zero[0]}", "$ink")]
            parts += [(f"   {self._zero[1]}", "$muted")]
        return Content.assemble(*parts)

    def _width_of(self, column: int) -> int:
        """A column is as wide as its widest row; the last one ends where it ends."""
        if column == self._columns - 1:
            return 0
        rows = self._rows[column * self._height : (column + 1) * self._height]
        return max((len(label) + len(meaning) for __, label, meaning in rows), default=0) + 8

    def _row(self, index: int, width: int) -> list[Part]:
        __, label, meaning = self._rows[index]
        chosen = index == self.index
        chip = [(f" {(index + 1) % 10} ", "bold $ink on $sel")] if index < 10 else [("   ", "$ink")]
        text = f" {label}"
        tail = "√" if chosen else ""
        parts: list[Part] = [*chip, (text, "bold $ink" if chosen else "$ink"), (f" {tail}", "$ok")]
        used = 3 + len(text) + 1 + len(tail)
        if meaning:
            parts.append((f"  {meaning}", "$muted"))
            used += 2 + len(meaning)
        parts.append(" " * max(width - used, 0))
        return parts

    def on_click(self, event: events.Click) -> None:
        """A click is the row's digit."""
        if self._zero and event.y == self._height:
            self.post_message(self.Chosen(self, 0))
            return
        column = 1 if self._columns > 1 and event.x >= self._width_of(0) else 0
        index = column * self._height + event.y
        if 0 <= index < len(self._rows):
            self.post_message(self.Chosen(self, index + 1))

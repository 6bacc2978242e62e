"""The checklist's questions: rows down the side, or one line when the terminal is narrow; its answers."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from screens.diagnosis.layout import AIRY_MOST
from screens.diagnosis.picture import QuestionRow, Reply
from screens.safe import fit
from screens.widgets.line import Part

WIDTH = 22
SIGN_INKS = {"√": "$ok", "○": "$muted", "×": "$muted", "·": "$muted"}


class Questions(Widget):
    """Answered, left out, here, to come; scrolled so that the present one shows."""

    class Chosen(Message):
        """A question was clicked."""

        def __init__(self, check: str) -> None:
            super().__init__()
            self.check = check

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[QuestionRow, ...] = ()
        self._here = -1
        self._drawn: list[int] = []

    def show(self, rows: tuple[QuestionRow, ...], here: int) -> None:
        """Draws other rows; `here` is -1 where no question is in the middle."""
        if (rows, here) != (self._rows, self._here):
            self._rows, self._here = rows, here
            self.refresh()

    def render(self) -> Content:
        """Rows or one line, by the layout."""
        return self._down() if self.app.size.width >= 118 else self._across()

    def _down(self) -> Content:
        """A blank row stands before those that nobody need be asked."""
        lines: list[int] = []
        for at, row in enumerate(self._rows):
            if not row.number and lines and self._rows[at - 1].number:
                lines.append(-1)
            lines.append(at)
        height = max(self.size.height, 1)
        place = lines.index(self._here) if self._here in lines else 0
        start = max(0, min(place - height // 2, len(lines) - height))
        self._drawn = lines[start : start + height]
        parts: list[Part] = []
        for at in self._drawn:
            parts += [*self._row(at), "\n"] if at >= 0 else ["\n"]
        return Content.assemble(*parts)

    def _row(self, at: int) -> list[Part]:
        row, here = self._rows[at], at == self._here
        number = f"{row.number:>2} " if row.number else "   "
        room = WIDTH - 1 - len(number) - (len(row.answer) + 1 if row.answer else 0)
        label = fit(row.label, room)
        ink = "bold $accent" if here else "$ink" if row.number and row.answer else "$muted"
        sign, sign_ink = ("►", "bold $accent") if here else (row.sign, SIGN_INKS[row.sign])
        parts: list[Part] = [(sign, sign_ink), (number, "bold $accent" if here else "$muted"), (label, ink)]
        if row.answer:
            parts.append((" " * (room - len(label) + 1) + row.answer, "$muted"))
        return parts

    def _across(self) -> Content:
        """« √ 1 oui  √ 2 non  ► 3 Autre adresse  · 4 »: from where the present one is surely seen."""
        asked = [row for row in self._rows if row.number]
        here = self._rows[self._here] if 0 <= self._here < len(self._rows) else None
        if here is not None and not here.number:
            asked = [*asked, here]
        pieces = [self._piece(row, row is here) for row in asked]
        start = 0
        place = asked.index(here) if here is not None else 0
        while sum(len(text) + 2 for text, *_inks in pieces[start : place + 1]) > self.size.width + 2:
            start += 1
        parts: list[Part] = []
        used = 0
        for text, sign_ink, ink in pieces[start:]:
            if used + len(text) > self.size.width:
                break
            parts += [(text[:1], sign_ink), (text[1:] + "  ", ink)]
            used += len(text) + 2
        return Content.assemble(*parts)

    @staticmethod
    def _piece(row: QuestionRow, here: bool) -> tuple[str, str, str]:
        if here:
            number = f" {row.number}" if row.number else ""
            return f"►{number} {row.label}", "bold $accent", "bold $accent"
        answer = f" {row.answer}" if row.answer else ""
        return f"{row.sign} {row.number}{answer}", SIGN_INKS[row.sign], "$muted"

    def on_click(self, event: events.Click) -> None:
        """A click on a row asks that question."""
        if self.app.size.width >= 118 and event.y < len(self._drawn) and self._drawn[event.y] >= 0:
            self.post_message(self.Chosen(self._rows[self._drawn[event.y]].check))


class Replies(Widget):
    """The answers under their digits; the one in force is bold with √."""

    class Chosen(Message):
        """An answer was clicked."""

        def __init__(self, digit: int) -> None:
            super().__init__()
            self.digit = digit

    airy: reactive[bool] = reactive(False, layout=True)  # a blank row between them, where few

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Reply, ...] = ()

    def show(self, rows: tuple[Reply, ...]) -> None:
        """Draws other answers."""
        if rows != self._rows:
            self._rows = rows
            self.refresh(layout=True)

    @property
    def _step(self) -> int:
        return 2 if self.airy and len(self._rows) <= AIRY_MOST else 1

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """A row each, and the blank ones between."""
        return max((len(self._rows) - 1) * self._step + 1, 0) if self._rows else 0

    def render(self) -> Content:
        """Chip and label."""
        parts: list[Part] = []
        for digit, row in enumerate(self._rows, 1):
            label = fit(row.label, self.size.width - 8)
            parts += [
                (f" {digit} ", "bold $on-accent on $accent" if row.recommended else "bold $ink on $raised"),
                (f" {label}", "bold $ink" if row.chosen else "$ink"),
            ]
            parts += [(" √" if row.chosen else "", "$ok"), "\n" * self._step]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        """A click is the row's digit."""
        digit, between = divmod(event.y, self._step)
        if not between and digit < len(self._rows):
            self.post_message(self.Chosen(digit + 1))

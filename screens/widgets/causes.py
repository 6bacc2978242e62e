"""The right column of the checklist, causes with ●●○, word and why; and below, what the program found."""

from textwrap import wrap

from textual.content import Content
from textual.widget import Widget

from ameli_support.i18n import _
from screens.diagnosis.picture import CauseRow, FindingRow
from screens.safe import fit
from screens.widgets.line import Part

HANG, WIDTH, MOST_WHY = 4, 28, 2
GUTTER_WIDE, GUTTER = 25, 13


class Causes(Widget):
    """As many as fit, the likeliest first, at least one that is ruled out when there is one."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[CauseRow, ...] = ()

    def show(self, rows: tuple[CauseRow, ...]) -> None:
        """Draws other causes."""
        if rows != self._rows:
            self._rows = rows
            self.refresh()

    def render(self) -> Content:
        """Rows or one line, by the layout."""
        return self._down() if self.app.size.width >= 118 else self._across()

    def _down(self) -> Content:
        height = self.size.height
        out = [row for row in self._rows if not row.dots]
        kept = [self._block(row, first=False) for row in out[:2]]
        room = height - sum(len(block) + 1 for block in kept)
        blocks: list[list[list[Part]]] = []
        for row in (row for row in self._rows if row.dots):
            block = self._block(row, first=not blocks)
            room -= len(block) + 1
            if room < -1 and blocks:
                break
            blocks.append(block)
        parts: list[Part] = []
        for block in (*blocks, *kept):
            for line in block:
                parts += [*line, "\n"]
            parts.append("\n")
        return Content.assemble(*parts)

    @staticmethod
    def _block(row: CauseRow, *, first: bool) -> list[list[Part]]:
        """Label, then why in one or two lines that hang under it."""
        label = fit(row.label, WIDTH - HANG)
        if row.dots:
            ink = "bold $ink" if first else "$ink"
            head: list[Part] = [("●" * row.dots + "○" * (3 - row.dots) + " ", "$ink"), (label, ink)]
        else:
            head = [(" ×  ", "$muted"), (label, "$muted")]
        block = [head]
        for line in wrap(row.why, WIDTH - HANG)[:MOST_WHY]:
            block.append([(" " * HANG + line, "$muted")])
        return block

    def _across(self) -> Content:
        parts: list[Part] = []
        used, width = 0, self.size.width
        for at, row in enumerate(row for row in self._rows if row.dots):
            if used + 4 + len(row.label) > width:
                break
            parts += [("●" * row.dots + "○" * (3 - row.dots) + " ", "$ink")]
            parts += [(row.label + "   ", "$ink" if at else "bold $ink")]
            used += 4 + len(row.label) + 3
        return Content.assemble(*parts)


class Findings(Widget):
    """« Constaté »: one line each, as many as the terminal has room for; the rest is counted."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[FindingRow, ...] = ()

    def show(self, rows: tuple[FindingRow, ...]) -> None:
        """Draws other evidence; the height follows."""
        if rows != self._rows:
            self._rows = rows
            self.refresh(layout=True)

    @property
    def _most(self) -> int:
        height = self.app.size.height
        return 3 if height >= 34 else 2 if height >= 30 else 1

    @property
    def rows(self) -> int:
        """How many are drawn."""
        return min(len(self._rows), self._most)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """A row each."""
        return self.rows

    def render(self) -> Content:
        """Label, sign, sentence."""
        gutter = GUTTER_WIDE if self.app.size.width >= 118 else GUTTER
        shown = self._rows[: self._most]
        more = len(self._rows) - len(shown)
        parts: list[Part] = []
        for at, row in enumerate(shown):
            last = more and at == len(shown) - 1
            form = _(" (et {number} de plus)") if gutter == GUTTER_WIDE else " (+{number})"
            tail = form.format(number=more) if last else ""
            head = _("Constaté") if at == 0 else ""
            text = fit(row.text, self.size.width - gutter - 2 - len(tail))
            parts += [(head.ljust(gutter), "$muted"), (f"{row.sign} ", f"${row.token}"), (text, "$ink")]
            parts += [(tail, "$muted"), "\n"]
        return Content.assemble(*parts)

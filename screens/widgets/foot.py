"""The foot: mails with their fate, and the case; the same three columns as the body above."""

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from ameli_support.i18n import _
from screens.picture import FootRow
from screens.safe import fit
from screens.widgets.line import Part

RAIL, GAP, RIGHT, MAIN_MOST = 22, 3, 28, 72
GUTTER = 13
WHEN = 13
CLAUSE = "\u00a0; "  # what follows is left to H when there is no room


class Foot(Widget):
    """Gives way to the body: case 3 rows → 1, then one mail less, then nothing (ux-design §2)."""

    def __init__(self) -> None:
        super().__init__()
        self._mails: tuple[FootRow, ...] = ()
        self._events: tuple[FootRow, ...] = ()

    def show(self, mails: tuple[FootRow, ...], events: tuple[FootRow, ...]) -> None:
        """Draws other rows; the height follows their number."""
        if (mails, events) != (self._mails, self._events):
            self._mails, self._events = mails, events
            self.refresh(layout=True)

    def _fitting(self) -> tuple[tuple[FootRow, ...], tuple[FootRow, ...]]:
        height = self.app.size.height
        if height < 28:
            return (), ()
        return self._mails[: 2 if height >= 32 else 1], self._events[
            : 3 if height >= 36 else 1 if height >= 32 else 0
        ]

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Rows of both groups, one blank between."""
        mails, events = self._fitting()
        return max(sum(len(rows) + 1 for rows in (mails, events) if rows) - 1, 0)

    def render(self) -> Content:
        """Label, when, what, whose."""
        width = self.content_size.width
        wide = self.app.size.width >= 118
        gutter = RAIL + GAP if wide else GUTTER
        main = min(width - gutter - GAP - RIGHT, MAIN_MOST) if wide else width - gutter
        parts: list[Part] = []
        mails, events = self._fitting()
        for label, rows in ((_("Mails"), mails), (_("Dossier"), events)):
            for index, row in enumerate(rows):
                head = label if index == 0 else ""
                room = main - WHEN + (0 if row.who or not wide else GAP + RIGHT)
                what = fit(row.what if cell_len(row.what) <= room else row.what.partition(CLAUSE)[0], room)
                parts += [(head.ljust(gutter), "$muted"), (row.when.ljust(WHEN), "$muted")]
                parts += [(what.ljust(main - WHEN + GAP), "$ink")]
                parts += [(fit(row.who, RIGHT) if wide else "", "$muted"), "\n"]
            if rows:
                parts.append("\n")
        return Content.assemble(*parts)

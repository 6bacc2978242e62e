"""H: the whole case: its summary, its mails, its notes."""

from dataclasses import replace
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ameli_support.i18n import _
from screens.actions import BY_ID, Scope, bindings, key_label
from screens.backend import Failed
from screens.dialogs.base import Dialog
from screens.looking_back import contact_rows, sentence_rows
from screens.picture import FootRow
from screens.safe import clean, fit
from screens.sending import mail_rows
from screens.when import stamp
from screens.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.accounts.contract import RecordView
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CaseHistory, Earlier
    from screens.widgets.line import Part


WHEN, WHO = 13, 11


class History(Dialog[None]):
    """Reads only; ↑ ↓ scroll."""

    BINDINGS: ClassVar = [*bindings(Scope.DIALOG), *bindings(Scope.HISTORY)]

    def __init__(
        self, case: int, record: "RecordView | None", desk: "Desk", earlier: "Earlier | None" = None
    ) -> None:
        super().__init__(_("Dossier {number}").format(number=case), "", "")
        self.case, self.record, self.earlier = case, record, earlier
        self.words = Words(desk.procedure)
        self.summary: tuple[str, ...] = ()

    def compose_body(self) -> "ComposeResult":
        """One scrolling text."""
        with VerticalScroll(id="pages", can_focus=False):
            yield Static(_("Lecture…"), id="page", markup=False)

    def on_mount(self) -> None:
        """Reads the case in a worker."""
        super().on_mount()
        self.query_one("#consequence").display = False
        self.read()

    def leave_label(self) -> str:
        """Nothing to cancel."""
        return _("Fermer")

    def refresh_feet(self) -> None:
        """Nothing to validate; the summary can be copied."""
        action = BY_ID["history.copy"]
        key = key_label(action, self.app.launch.keymap)
        content = Content.assemble((f" {key} ", "bold $ink on $sel"), (f" {_(action.label)}", "$ink"))
        self.query_one("#validate", Static).update(content)

    def action_copy(self) -> None:
        """Y: the summary, by the terminal; many refuse silently, so the text stays on the screen."""
        if self.summary:
            self.app.copy_to_clipboard("\n".join(clean(sentence) for sentence in self.summary))
            self.trouble(_("Résumé copié ; sinon, sélectionnez-le ici avec Maj."), "√", "ok")

    def action_validate(self) -> None:
        """Nothing to validate."""

    def action_move(self, by: int) -> None:
        """↑ ↓ scroll."""
        self.query_one("#pages").scroll_relative(y=by * 3, animate=False)

    @work(exclusive=True, group="read", exit_on_error=False)
    async def read(self) -> None:
        """The case as it stands."""
        case = self.case
        try:
            history = await self.app.backend.ask(lambda desk: desk.case(case))
        except Failed as failure:
            self.failed(failure)
            return
        self.summary = history.summary
        self.query_one("#page", Static).update(self.page(history))

    def page(self, history: "CaseHistory") -> Content:
        """Earlier contacts, summary, mails, notes; every text from outside verbatim."""
        now = self.app.now()
        parts: list[Part] = []
        if self.earlier is not None and self.earlier.contacts:
            parts += self._titled(_("Contacts d’avant"), contact_rows(self.earlier, now, self.words))
        events = tuple(reversed(sentence_rows(history.summary, now)))
        parts += self._titled(_("Événements"), events)
        if self.record is not None and self.record.sends:
            mails = mail_rows(self.record, now, self.words)
            told = [
                replace(row, what=f"{row.what} ·\u00a0{row.who}", who="") if row.who else row for row in mails
            ]
            parts += self._titled(_("Mails"), tuple(told))
        none = "" if history.notes else _(" : aucune. Échap, puis N, en ajoute une.")
        notes = tuple(
            FootRow(
                stamp(note.at, now),
                clean(note.text) if note.text else _("(effacée ou réservée au niveau 1)"),
                _("agent {number}").format(number=clean(note.actor)),
            )
            for note in history.notes
        )
        return Content.assemble(*parts, *self._titled(_("Notes") + none, notes))

    def _titled(self, title: str, rows: tuple[FootRow, ...]) -> "list[Part]":
        """A heading, then when, what and whose, each in its column; a blank row after."""
        parts: list[Part] = [(title + "\n", "$muted")]
        whose = WHO if any(row.who for row in rows) else 0
        room = (
            self.query_one("#pages").size.width - WHEN - whose - 2
        )  # one for the gap, one for the scroll bar
        for row in rows:
            lines = wrap(clean(row.what), max(room, 20), break_on_hyphens=False) or [""]
            parts += [(row.when.ljust(WHEN), "$muted"), (lines[0].ljust(room + 1), "$ink")]
            parts.append((f"{fit(row.who, WHO)}\n", "$muted"))
            parts += [(" " * WHEN + line + "\n", "$ink") for line in lines[1:]]
        return [*parts, "\n"]

"""N: a note, saved as a draft while it is typed (within 500 ms of the last key)."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.timer import Timer
from textual.widgets import TextArea

from ameli_support.i18n import _
from ameli_support.onboarding.person import NirVerdict, read_nir
from screens.backend import Failed
from screens.dialogs.base import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState

DRAFT_AFTER = 0.3
LONGEST = 4000


class Note(Dialog[bool | None]):
    """Échap keeps the draft, V adds the note."""

    def __init__(self, state: "CallState") -> None:
        super().__init__(
            _("Noter"),
            _("La note est gardée pendant la saisie. Tab, puis V pour l’ajouter au dossier."),
            _("Ajouter"),
        )
        self.state = state
        self._saving: Timer | None = None

    def compose_body(self) -> "ComposeResult":
        """The text; a draft comes back."""
        area = TextArea(self.state.draft, soft_wrap=True, tab_behavior="focus", id="text")
        area.cursor_blink = False
        yield area

    def take_focus(self) -> None:
        """The caret stands after the draft."""
        area = self.query_one(TextArea)
        area.focus()
        area.move_cursor(area.document.end)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.query_one(TextArea).text.strip()[:LONGEST]

    @on(TextArea.Changed)
    def _typing(self) -> None:
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(DRAFT_AFTER, self.save_draft)
        self.changed()
        if holds_number(self.text):
            self.trouble(_("Cette note semble contenir un numéro de sécurité sociale : retirez-le."))

    @work(exclusive=True, group="draft", exit_on_error=False)
    async def save_draft(self) -> None:
        """Keeps what is typed so far."""
        case, text = self.state.case, self.text
        try:
            await self.app.backend.ask(lambda desk: desk.save_draft(case, text))
        except Failed as failure:
            self.failed(failure)

    def missing(self) -> str:
        """A text."""
        return "" if self.text else _("écrivez la note")

    def deed(self, desk: "Desk") -> bool:
        """Adds it."""
        if self._saving is not None:
            self._saving.stop()
        desk.note(self.state.case, self.text)
        return True

    def action_leave(self) -> None:
        """Échap: the draft is kept, at once."""
        if self._saving is not None:
            self._saving.stop()
        self._keep_and_leave()

    @work(exclusive=True, group="draft", exit_on_error=False)
    async def _keep_and_leave(self) -> None:
        case, text = self.state.case, self.text
        try:
            await self.app.backend.ask(lambda desk: desk.save_draft(case, text))
        except Failed as failure:
            self.failed(failure)
            return
        self.dismiss(False)


def holds_number(text: str) -> bool:
    """Whether a run of digits and spaces in `text` reads as a NIR."""
    run: list[str] = []
    for character in text + "\n":
        if character.isalnum() or character in " .-\u00a0":
            run.append(character)
            continue
        if _any_nir("".join(run)):
            return True
        run = []
    return False


def _any_nir(run: str) -> bool:
    figures = "".join(character for character in run if character.isalnum())
    return any(
        read_nir(figures[start : start + length]).verdict in (NirVerdict.VALID, NirVerdict.PROVISIONAL)
        for length in (15, 13)
        for start in range(len(figures) - length + 1)
        if figures[start : start + 5].isdigit()
    )

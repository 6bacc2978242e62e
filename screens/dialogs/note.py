"""N: a note, saved as a draft while it is typed (within 500 ms of the last key)."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.timer import Timer
from textual.widgets import TextArea

from ameli_support.i18n import _
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
        self.refresh_feet()

    @work(exclusive=True, group="draft", exit_on_error=False)
    async def save_draft(self) -> None:
        """Keeps what is typed so far, and warns of what no note may hold."""
        case, text = self.state.case, self.text

        def keep(desk: "Desk") -> str:
            desk.save_draft(case, text)
            return warning(text)

        try:
            self.trouble(await self.app.backend.ask(keep))
        except Failed as failure:
            self.failed(failure)

    def on_mount(self) -> None:
        """A draft that came back is read as one that is typed."""
        super().on_mount()
        if self.text:
            self.save_draft()

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


def warning(text: str) -> str:
    """What the note seems to hold, as a sentence; empty when nothing is wrong with it."""
    from ameli_support.casework.note_reading import Secret, secrets_in

    names = {
        Secret.NIR: _("un numéro de sécurité sociale"),
        Secret.CODE: _("un code"),
        Secret.LINK: _("un lien"),
    }
    found = _(" et ").join(names[secret] for secret in secrets_in(text))
    return (
        _("Cette note semble contenir {what} : à retirer avant d’ajouter.").format(what=found)
        if found
        else ""
    )

"""« Adresses de la démonstration »: the pages to open in a browser, and whom to play on the other side."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ameli_support.i18n import _
from screens.actions import BY_ID, Scope, bindings, key_label
from screens.backend import Failed
from screens.dialogs.base import Dialog
from screens.safe import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Addresses(Dialog[None]):
    """Reads only. ↑ ↓ scroll, Y copies."""

    BINDINGS = [*bindings(Scope.DIALOG), *bindings(Scope.HISTORY)]  # noqa: RUF012

    def __init__(self, written: Callable[[], str]) -> None:
        sentence = _("Jouez l’assuré dans un navigateur, l’agent ici : chaque étape se voit sur l’appel.")
        super().__init__(_("Adresses de la démonstration"), sentence, "")
        self._written = written
        self.text = ""

    def compose_body(self) -> "ComposeResult":
        """One scrolling text."""
        with VerticalScroll(id="pages", can_focus=False):
            yield Static(_("Lecture…"), id="page", markup=False)

    def leave_label(self) -> str:
        """Nothing to cancel."""
        return _("Fermer")

    def on_mount(self) -> None:
        """Written in a worker."""
        super().on_mount()
        self.write()

    @work(exclusive=True, group="read", exit_on_error=False)
    async def write(self) -> None:
        """Where the demo answers now."""
        try:
            self.text = await self.app.backend.ask(lambda _desk: self._written())
        except Failed as failure:
            self.failed(failure)
            return
        self.query_one("#page", Static).update(
            Content.styled("\n".join(map(clean, self.text.splitlines())), "$ink")
        )

    def refresh_feet(self) -> None:
        """« Y Copier »."""
        key = key_label(BY_ID["history.copy"], self.app.launch.keymap)
        content = Content.assemble((f" {key} ", "bold $ink on $sel"), (" " + _("Copier"), "$ink"))
        self.query_one("#validate", Static).update(content)

    def action_copy(self) -> None:
        """Y: by the terminal; many refuse silently, so the text stays on the screen."""
        if self.text:
            self.app.copy_to_clipboard(self.text)
            self.trouble(_("Adresses copiées ; sinon, sélectionnez-les ici avec Maj."), "√", "ok")

    def action_move(self, by: int) -> None:
        """↑ ↓ scroll."""
        self.query_one("#pages").scroll_relative(y=by * 3, animate=False)

    def action_validate(self) -> None:
        """Nothing to validate."""

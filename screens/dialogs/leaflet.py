"""F: the fiche, what the caller can do at home; read out, copied, or written to a file to print or mail."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from ameli_support.i18n import _
from screens.actions import BY_ID, Scope, bindings, key_label
from screens.backend import Failed
from screens.dialogs.base import Dialog, Leave
from screens.safe import clean
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk


class Leaflet(Dialog[None]):
    """Nothing about the person stands in it. ↑ ↓ scroll, Y copies, a file's name and V save."""

    BINDINGS = [*bindings(Scope.DIALOG), *bindings(Scope.HISTORY), ("e,E", "name", "")]  # noqa: RUF012

    def __init__(self, text: "Callable[[Desk], str]") -> None:
        sentence = _("Sans donnée personnelle : à lire, à copier (Y) ou à enregistrer pour l’imprimer (E).")
        super().__init__(_("Fiche pour l’appelant"), sentence, _("Enregistrer"))
        self._written = text
        self.text = ""

    def compose_body(self) -> "ComposeResult":
        """One scrolling text, and the file's name."""
        with VerticalScroll(id="pages", can_focus=False):
            yield Static(_("Lecture…"), id="page", markup=False)
        yield Field("file", _("Fichier"), _("fiche.txt"), max_length=200)

    def leave_label(self) -> str:
        """Nothing to cancel."""
        return _("Fermer")

    def on_mount(self) -> None:
        """Written in a worker."""
        super().on_mount()
        self.write()

    def take_focus(self) -> None:
        """Fermer: the letters are commands until E."""
        self.query_one(Leave).focus()

    @work(exclusive=True, group="read", exit_on_error=False)
    async def write(self) -> None:
        """The leaflet of the run as it stands."""
        try:
            self.text = await self.app.backend.ask(self._written)
        except Failed as failure:
            self.failed(failure)
            return
        lines = paragraphs(self.text)
        self.query_one("#page", Static).update(Content.styled("\n".join(lines), "$ink"))
        self.refresh_feet()

    def refresh_feet(self) -> None:
        """« Y Copier   E Fichier   V Enregistrer »."""
        copy = key_label(BY_ID["history.copy"], self.app.launch.keymap)
        save = key_label(BY_ID["dialog.validate"], self.app.launch.keymap)
        named = "" if self.missing() else f" {save} "
        content = Content.assemble(
            (f" {copy} ", "bold $ink on $sel"), (" " + _("Copier") + "   ", "$ink"),
            (" E ", "bold $ink on $sel"), (" " + _("Nommer le fichier"), "$ink"),
            ("   " if named else "", "$ink"), (named, "bold $ink on $sel"),
            (" " + _("Enregistrer") if named else "", "$ink"),
        )  # fmt: skip
        self.query_one("#validate", Static).update(content)

    def action_copy(self) -> None:
        """Y: by the terminal; many refuse silently, so the text stays on the screen."""
        if self.text:
            self.app.copy_to_clipboard(self.text)
            self.trouble(_("Fiche copiée ; sinon, sélectionnez-la ici avec Maj."), "√", "ok")

    def action_name(self) -> None:
        """E: the caret goes to the file's name."""
        self.query_one(Field).input.focus()

    def action_move(self, by: int) -> None:
        """↑ ↓ scroll."""
        self.query_one("#pages").scroll_relative(y=by * 3, animate=False)

    @on(Input.Changed)
    def _typing(self) -> None:
        self.changed()

    @on(Input.Submitted)
    def _typed(self) -> None:
        self.query_one(Leave).focus()

    def missing(self) -> str:
        """A name, and something to write."""
        return "" if self.text and self.query_one(Field).value else _("nommez le fichier")

    def action_validate(self) -> None:
        """V: writes the file; one that is there is never overwritten."""
        if self.deaf or self.missing():
            return
        file = Path(self.query_one(Field).value).expanduser()
        file = file if file.is_absolute() else Path.home() / file
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(self.text)
        except FileExistsError:
            self.trouble(_("Ce fichier existe déjà : choisissez un autre nom."))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            self.trouble(_("Le fichier ne peut pas être écrit ({why}).").format(why=why))
        else:
            self.trouble(_("Fiche enregistrée : {file}").format(file=file), "√", "ok")

    def deed(self, desk: "Desk") -> None:
        """Nothing at the desk."""


def paragraphs(text: str) -> list[str]:
    """The leaflet's lines as they were before they were wrapped: the dialog is narrower."""
    from checks.leaflet import WIDTH

    found: list[str] = []
    last = ""
    for line in text.splitlines():
        word = line.lstrip(" ").split(" ", 1)[0]
        item = word == "-" or word.rstrip(".").isdigit()
        if found and line.startswith(" ") and not item and len(last) + 1 + len(word) > WIDTH:
            found[-1] += " " + clean(line)
        else:
            found.append(clean(line))
        last = line
    return found

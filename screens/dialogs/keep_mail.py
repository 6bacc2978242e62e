"""J: a mail that somebody kept, by its file or by pasted headers: read, told, then kept in the case."""

from typing import TYPE_CHECKING
from urllib.parse import unquote

from textual import on, work
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.widgets import Input, Static

from ameli_support.i18n import _
from screens.backend import Failed, Trouble
from screens.dialogs.base import Dialog, Leave
from screens.safe import fit
from screens.widgets.field import Field, Typed

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.keeping import MailKept, MailRead
    from ameli_support.casework.views import CallState

LONGEST_PATH = 2000
MOST_FINDINGS = 4


class PathOrMail(Typed):
    """A path is typed; several lines that are pasted are the mail itself, and never shown."""

    raw_paste = True

    class Pasted(Message):
        """A mail, or its headers, as pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def _on_paste(self, event: Paste) -> None:
        text = event.text
        if len(text.strip().splitlines()) > 1:
            event.prevent_default()
            event.stop()
            self.value = ""
            self.post_message(self.Pasted(text))


class MailField(Field):
    """The one field of the dialog."""

    def compose(self) -> "ComposeResult":
        """Label, field, mark."""
        for widget in super().compose():
            own = isinstance(widget, Typed)
            yield PathOrMail(self.key, self._placeholder, self._max_length) if own else widget


class KeepMail(Dialog["MailKept | None"]):
    """Entrée reads, V keeps; a link that works ends by that, which stands there before."""

    def __init__(self, state: "CallState") -> None:
        sentence = _("Le mail est lu ici, puis gardé scellé dans le dossier, comme preuve du diagnostic.")
        super().__init__(_("Joindre un mail ?"), sentence, _("Joindre"))
        self.state = state
        self.raw: bytes | None = None
        self.read: MailRead | None = None

    def compose_body(self) -> "ComposeResult":
        """Where the mail is, and what it tells."""
        yield MailField("mail", _("Mail"), _("fichier .eml, ou en-têtes collés"), max_length=LONGEST_PATH)
        yield Static("", id="read", markup=False)

    def forget(self) -> None:
        """A lock leaves nothing of the mail."""
        self.raw = self.read = None
        self.query_one(Field).input.value = ""
        self._show()

    # ── reading ─────────────────────────────────────────────────────────────

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        if event.value:
            self.raw = self.read = None
            self._show()
        self.changed()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.look(event.value.strip())

    @on(PathOrMail.Pasted)
    def _pasted(self, event: PathOrMail.Pasted) -> None:
        self.look("", event.text.encode("utf-8", "surrogateescape"))

    @work(exclusive=True, group="mail", exit_on_error=False)
    async def look(self, path: str, pasted: bytes | None = None) -> None:
        """Reads file and mail in a thread; what cannot be read is said, and the path stays."""
        self.trouble(_("Lecture…"), "·", "muted")

        def read(desk: "Desk") -> "tuple[bytes, MailRead]":
            raw = bytes_of(path) if pasted is None else pasted
            return raw, desk.read_mail(raw)

        try:
            self.raw, self.read = await self.app.backend.ask(read)
        except Failed as failure:
            self.failed(failure)
            return
        if pasted is not None:
            self.query_one(Field).mark("√", _("collé"), "ok")
        self._show()
        self.changed()
        self.query_one(Leave).focus()

    def _show(self) -> None:
        """Kind, findings, and in the place of the sentence what keeping it will do."""
        if self.read is None:
            self.query_one(Field).mark()
            self.query_one("#read", Static).update(Content(""))
            self.query_one("#consequence", Static).update(self.consequence())
            return
        reading = self.read.reading
        width = self.query_one("#dialog").content_size.width
        parts: list[tuple[str, str]] = [(f"{kind_of(reading.kind.value)}\n", "bold $ink")]
        parts += [
            (fit(f"· {one.text}", width * 2) + "\n", "$ink") for one in reading.findings[:MOST_FINDINGS]
        ]
        self.query_one("#read", Static).update(Content.assemble(*parts))
        if self.read.ends_a_link:
            told = _(
                "Ce mail porte un lien de confirmation : le joindre met fin à ce lien. Un neuf sera proposé."
            )
            self.query_one("#consequence", Static).update(
                Content.assemble(("▲ ", "$warn"), (told, "bold $ink"))
            )
        else:
            self.query_one("#consequence", Static).update(self.consequence())

    def missing(self) -> str:
        """A mail that was read."""
        if self.read is not None:
            return ""
        fields = self.query(Field)
        typed = bool(fields) and bool(fields.first().value)
        return _("Entrée lit le mail") if typed else _("donnez un mail")

    # ── keeping ─────────────────────────────────────────────────────────────

    def deed(self, desk: "Desk") -> "MailKept":
        """Keeps it; the agent has read that its link ends."""
        assert self.raw is not None
        assert self.read is not None
        return desk.attach_mail(self.state.case, self.raw, told=self.read.ends_a_link)

    def failed(self, failure: Failed) -> None:
        """Where only the service is missing, the mail is kept already: V tells its link again."""
        super().failed(failure)
        if self.read is not None and failure.trouble in (Trouble.CUT, Trouble.UNKNOWN):
            kept = _("{why} Le mail est gardé ; V reprend pour son lien.")
            self.trouble(kept.format(why=failure.sentence), "■", "bad")


class NoMail(Exception):
    """A file that cannot be read; `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def bytes_of(path: str) -> bytes:
    """The file's bytes, no more than a mail may have. Raises `NoMail`."""
    from ameli_support.mail.parsing import MAX_BYTES

    file = path_of(path)
    try:
        if not file.is_file():
            raise NoMail(_("Ce fichier n’existe pas : vérifiez le chemin, ou collez les en-têtes."))
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise NoMail(_("Ce fichier ne peut pas être lu ({why}).").format(why=why)) from None


def path_of(text: str) -> "Path":
    """The path as typed, or as a terminal pastes a file that was dropped on it: quoted, escaped, an URL."""
    from pathlib import Path

    if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0]:
        text = text[1:-1]
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://"))
    return next(
        (file for file in (Path(text), Path(text.replace("\\ ", " "))) if _there(file)), Path(text)
    ).expanduser()


def _there(file: "Path") -> bool:
    try:
        return file.expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def kind_of(kind: str) -> str:
    """What the mail is, in a few words."""
    return {
        "confirmation": _("Mail de confirmation"),
        "bounce": _("Avis d’un serveur de mail"),
        "auto_reply": _("Réponse automatique"),
        "human": _("Mail d’une personne"),
        "other": _("Autre mail"),
    }[kind]

"""What every dialog shares: title, consequence, feet; V, Échap, the deaf 300 ms; the deed in a worker."""

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from ameli_support.clock import monotonic
from ameli_support.i18n import _
from screens.actions import BY_ID, Scope, bindings, digit_bindings, key_label
from screens.backend import Failed, Trouble
from screens.behind import Patient
from screens.safe import clean
from screens.widgets.choices import Choices
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from ameli_support.casework.desk import Desk
    from screens.app import AmeliSupport

T = TypeVar("T")
DEAF_SECONDS = 0.3
FORGOTTEN = ("said", "address")


class Leave(Widget, can_focus=True):
    """« Annuler »: has the focus unless a field needs it; Entrée on it leaves."""

    BINDINGS: ClassVar["list[BindingType]"] = [("enter", "screen.leave", "")]

    def __init__(self, label: str = "") -> None:
        super().__init__()
        self._label = label or _("Annuler")

    def render(self) -> Content:
        """The chip is the accent while it has the focus."""
        if self.has_focus:
            hint = _("Entrée ou Échap")
            return Content.assemble(
                (f" {self._label} ", "bold $on-accent on $accent"), (f" {hint}", "$muted")
            )
        return Content.assemble((f" {self._label} ", "bold $ink on $sel"), (" " + _("Échap"), "$muted"))

    def on_click(self) -> None:
        """A click is Entrée."""
        self.call_later(self.screen.run_action, "leave")


class Dialog(Patient, ModalScreen[T]):
    """A question with one consequence. Subclasses give title, sentence, body, what is missing, the deed."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar = [
        *bindings(Scope.DIALOG),
        *digit_bindings(lambda digit: f"digit({digit})"),
        ("o,O", "answer(True)", ""),
        ("n,N", "answer(False)", ""),
        ("up", "move(-1)", ""),
        ("down", "move(1)", ""),
    ]
    app: "AmeliSupport"

    def __init__(self, title: str, sentence: str, verb: str) -> None:
        super().__init__()
        self._title, self._sentence, self._verb = title, sentence, verb
        self._opened = monotonic()
        self.busy = False

    # ── what it looks like ──────────────────────────────────────────────────

    def compose(self) -> "ComposeResult":
        """Title, consequence, body, trouble, feet."""
        with Vertical(id="dialog"):
            yield Static(self._title, id="title", markup=False)
            yield Static(self.consequence(), id="consequence", markup=False)
            yield from self.compose_body()
            yield Static("", id="trouble", markup=False)
            with Container(id="feet"):
                yield Leave(self.leave_label())
                yield Static("", id="validate", markup=False)

    def compose_body(self) -> "ComposeResult":
        """Rows, fields and lists of this dialog."""
        yield from ()

    def leave_label(self) -> str:
        """The safe button's word; « Annuler » unless there is nothing to cancel."""
        return ""

    def consequence(self) -> Content:
        """What V will do, in one sentence."""
        return Content.styled(clean(self._sentence), "$ink")

    def on_mount(self) -> None:
        """Annuler has the focus unless a field needs it."""
        self._opened = monotonic()
        self.take_focus()
        self.refresh_feet()

    def take_focus(self) -> None:
        """The first field, else Annuler."""
        fields = [field for field in self.query(Field) if field.display]
        if fields:
            fields[0].input.focus()
        else:
            self.query_one(Leave).focus()

    def forget(self) -> None:
        """Addresses typed here do not survive a lock; other texts do (ux.md, last line)."""
        for field in self.query(Field):
            if field.key in FORGOTTEN:
                field.input.value = ""

    def refresh_feet(self) -> None:
        """« V  Renvoyer », or why V is not possible yet."""
        key = key_label(BY_ID["dialog.validate"], self.app.launch.keymap)
        missing = self.missing()
        if missing:
            content = Content.assemble((f"{key}  {self._verb} × {missing}", "$muted"))
        else:
            content = Content.assemble((f" {key} ", "bold $ink on $sel"), (f" {self._verb}", "$ink"))
        self.query_one("#validate", Static).update(content)

    def trouble(self, sentence: str, sign: str = "▲", token: str = "warn") -> None:
        """What went wrong; what was typed stays."""
        content = Content.assemble((f"{sign} ", f"${token}"), (clean(sentence), "$ink"))
        self.query_one("#trouble", Static).update(content if sentence else Content(""))

    def on_descendant_focus(self, event: "events.DescendantFocus") -> None:
        """Annuler shows whether Entrée is its key."""
        self.query_one(Leave).refresh(layout=True)

    # ── keys ────────────────────────────────────────────────────────────────

    @property
    def deaf(self) -> bool:
        """V does nothing yet: a held key must not open and validate (ux.md)."""
        return monotonic() - self._opened < DEAF_SECONDS

    def missing(self) -> str:
        """What is missing before V is possible, in a few words; empty when nothing is."""
        return ""

    def action_validate(self) -> None:
        """V."""
        if self.deaf or self.busy:
            return
        if self.missing():
            self.refresh_feet()
            return
        self.carry_out()

    def action_leave(self) -> None:
        """Échap: nothing changes."""
        self.dismiss(None)

    def action_digit(self, digit: int) -> None:
        """A digit answers the list of the dialog."""
        choices = self.current_choices()
        if choices is not None and choices.choose(digit):
            self.changed()

    def action_move(self, by: int) -> None:
        """↑ ↓ choose in the list too."""
        choices = self.current_choices()
        if choices is not None:
            choices.move(by)
            self.changed()

    def action_answer(self, yes: bool) -> None:
        """O or N, where a question is asked."""

    def current_choices(self) -> Choices | None:
        """The list that digits answer now."""
        return self.query_one_optional(Choices)

    def changed(self) -> None:
        """Something was chosen or typed: the feet follow."""
        self.trouble("")
        self.refresh_feet()

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """A click on a row."""
        if event.choices.choose(event.digit % 10 if event.digit <= 10 else event.digit):
            self.changed()

    # ── the deed ────────────────────────────────────────────────────────────

    def deed(self, desk: "Desk") -> "T | None":
        """What V does; runs in a worker thread."""
        raise NotImplementedError

    @work(exclusive=True, group="deed", exit_on_error=False)
    async def carry_out(self) -> None:
        """Does it; on success the dialog ends with the answer, else it stays with what was typed."""
        self.busy = True
        self.trouble(_("En cours…"), "·", "muted")
        try:
            answer = await self.app.backend.ask(self.deed)
        except Failed as failure:
            self.failed(failure)
            return
        finally:
            self.busy = False
        self.dismiss(answer)

    def failed(self, failure: Failed) -> None:
        """A refusal is a sentence, a conflict tells the others' events, an unknown outcome is unknown."""
        sentence = failure.sentence
        others = getattr(failure.cause, "others", ())
        desk = self.app.backend.desk
        if others and desk is not None:
            from ameli_support.casework.telling import told

            sentence += " " + " ; ".join(told(others, desk.procedure))
        sign = "■" if failure.trouble in (Trouble.CUT, Trouble.BROKEN) else "▲"
        self.trouble(sentence, sign, "bad" if sign == "■" else "warn")
        self.refresh_feet()

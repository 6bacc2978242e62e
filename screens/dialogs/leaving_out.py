"""The checklist's typed reasons: a question left out, a pause, an end; kept while they are typed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input, Static

from ameli_support.i18n import _
from screens.backend import Failed
from screens.dialogs.base import Dialog, Leave, T
from screens.widgets.choices import Choices
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState

OTHER = "other"
KEEP_AFTER = 0.4  # seconds after the last key
LONGEST = 500


class KeptReason(Dialog[T]):
    """What is typed stands in the case's draft until it is recorded: after a crash, N finds it there."""

    def __init__(self, title: str, sentence: str, verb: str, state: "CallState") -> None:
        super().__init__(title, sentence, verb)
        self.state = state
        self._keeping: Timer | None = None

    @property
    def typed(self) -> str:
        """The reason in words."""
        return self.query_one(Field).value

    @on(Input.Changed)
    def _typing(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEEP_AFTER, self.keep)
        self.changed()

    @on(Input.Submitted)
    def _typed(self) -> None:
        if not self.missing():
            self.query_one(Leave).focus()

    @work(exclusive=True, group="draft", exit_on_error=False)
    async def keep(self) -> None:
        """Behind a note that was begun, if there is one."""
        case, text = self.state.case, "\n".join(part for part in (self.state.draft, self.typed) if part)
        try:
            await self.app.backend.ask(lambda desk: desk.save_draft(case, text))
        except Failed as failure:
            self.failed(failure)

    def _drop(self, desk: "Desk") -> None:
        """The draft is again what it was."""
        if self._keeping is not None:
            self._keeping.stop()
            desk.save_draft(self.state.case, self.state.draft)

    def action_leave(self) -> None:
        """Échap: nothing changes, and nothing typed here is left behind."""
        if self._keeping is None:
            self.dismiss(None)
        else:
            self._drop_and_leave()

    @work(exclusive=True, group="draft", exit_on_error=False)
    async def _drop_and_leave(self) -> None:
        try:
            await self.app.backend.ask(self._drop)
        except Failed as failure:
            self.failed(failure)
            return
        self.dismiss(None)


class LeaveOut(KeptReason[str | None]):
    """P: why a question is not asked; ends with the reason in words."""

    def __init__(self, state: "CallState") -> None:
        sentence = _("Elle peut encore être posée ; avant de conclure, l’écran rappelle ce qui manque.")
        super().__init__(_("Passer cette question ?"), sentence, _("Passer"), state)

    def compose_body(self) -> "ComposeResult":
        """Three usual reasons, or another one."""
        yield Static(_("Motif"), classes="heading", markup=False)
        yield Choices(
            [
                ("absent", _("Pas devant sa messagerie"), ""),
                ("refuses", _("Ne souhaite pas répondre"), ""),
                ("later", _("Pas possible maintenant"), ""),
                (OTHER, _("Autre, à préciser"), ""),
            ]
        )
        field = Field("why", _("Lequel ?"), _("noté au dossier"), max_length=LONGEST)
        field.display = False
        yield field

    def take_focus(self) -> None:
        """Annuler, until another reason is typed."""
        self.query_one(Leave).focus()

    def action_digit(self, digit: int) -> None:
        """« Autre » opens its field."""
        super().action_digit(digit)
        if self._other:
            self.query_one(Field).input.focus()

    @property
    def _other(self) -> bool:
        return self.query_one(Choices).value == OTHER

    def changed(self) -> None:
        """The field shows for another reason only."""
        super().changed()
        self.query_one(Field).display = self._other

    def missing(self) -> str:
        """A reason."""
        choices = self.query_one(Choices)
        if choices.value is None:
            return _("choisissez un motif")
        return _("dites lequel") if self._other and not self.typed else ""

    def deed(self, desk: "Desk") -> str:
        """Ends with the reason; the screen behind records it."""
        self._drop(desk)
        return self.typed if self._other else self.query_one(Choices).label


class Halt(KeptReason[bool | None]):
    """M and X: the run waits or ends, with a reason."""

    def __init__(
        self, state: "CallState", title: str, sentence: str, verb: str, deed: "Callable[[Desk, str], None]"
    ) -> None:
        super().__init__(title, sentence, verb, state)
        self._deed = deed

    def compose_body(self) -> "ComposeResult":
        """The reason, which is logged."""
        yield Field("why", _("Motif (journalisé)"), max_length=LONGEST)

    def missing(self) -> str:
        """A reason."""
        return "" if self.typed else _("dites pourquoi")

    def deed(self, desk: "Desk") -> bool:
        """As given."""
        self._deed(desk, self.typed)
        self._drop(desk)
        return True

"""E: « Avez-vous vous-même créé ce compte ? », a reason, V."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act, Effect
from screens.actions import BY_ID
from screens.backend import Failed
from screens.dialogs.act import ActDialog
from screens.dialogs.base import Leave
from screens.when import day_hour, hour
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from screens.widgets.yes_no import YesNo

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import Done

SUSPEND = "call.suspend"
OTHER = "other"


class Reissue(ActDialog):
    """A new link and a new window, at level 2."""

    ACT = Act.REISSUE
    EFFECT = Effect.NEW_LINK_NEW_WINDOW
    REASONS = "reissue_reasons"
    noted = False
    no_told = False

    def compose_body(self) -> "ComposeResult":
        """What will be valid until when, the question, the reason."""
        yield from self.compose_facts()
        yield YesNo(self.words.text("questions.self_created"))
        yield Static(_("Motif"), classes="heading", markup=False)
        yield Choices([(*each, "") for each in self.words.keyed(self.REASONS)])
        other = Field("other", _("Lequel ?"), _("noté au dossier"), max_length=500)
        other.display = False
        yield other

    def compose_facts(self) -> "ComposeResult":
        """Window and identity."""
        until = self.state.level_until
        identity = _("niveau {level}").format(level=int(self.state.level))
        if until is not None:
            identity += _(", jusqu’à {hour}").format(hour=hour(until))
        yield from fact(
            _("Délai"), Content.styled(_("jusqu’au {when}").format(when=day_hour(self.window_end())), "$ink")
        )
        yield from fact(_("Identité"), Content.assemble(("√ ", "$ok"), (identity, "$ink")), last=True)

    def action_answer(self, yes: bool) -> None:
        """O or N; a no leaves only suspending."""
        self.query_one(YesNo).say(yes)
        self.changed()

    @property
    def other(self) -> Field:
        """What « Autre » means."""
        return self.query_one("#row-other", Field)

    def action_digit(self, digit: int) -> None:
        """« Autre » opens its field."""
        super().action_digit(digit)
        if self.query_one(Choices).value == OTHER:
            self.other.input.focus()

    @on(Input.Changed, "#field-other")
    def _typing_other(self) -> None:
        self.changed()

    @on(Input.Submitted, "#field-other")
    def _typed_other(self) -> None:
        if self.other.value:
            self.query_one(Leave).focus()

    def changed(self) -> None:
        """After a no the sentence stays that says what is left."""
        super().changed()
        self.other.display = self.query_one(Choices).value == OTHER
        if self.query_one(YesNo).answer is False:
            self.trouble(self.words.text("reasons.did_not_create.sentence"))

    def missing(self) -> str:
        """The answer, then the reason."""
        answer = self.query_one(YesNo).answer
        if answer is None:
            return _("répondez O ou N")
        if not answer:
            return _("S pour suspendre")
        reason = self.query_one(Choices).value
        if reason == OTHER and not self.other.value:
            return _("dites lequel")
        return "" if reason else _("choisissez un motif")

    def key_s(self) -> None:
        """After a no: suspending is the only act."""
        if self.query_one(YesNo).answer is False:
            self.tell_no(SUSPEND)

    def action_leave(self) -> None:
        """Échap changes nothing, but a no stands for the rest of the call."""
        if self.query_one(YesNo).answer is False:
            self.tell_no(None)
        else:
            super().action_leave()

    @work(exclusive=True, group="deed", exit_on_error=False)
    async def tell_no(self, then: str | None) -> None:
        """Tells the service, then goes on; a service that is cut is told here, and the next key goes on."""
        if self.busy:
            return
        self.busy = True
        try:
            if not self.no_told:
                self.no_told = True
                await self.app.backend.ask(lambda desk: desk.did_not_create(self.state.case))
        except Failed as failure:
            self.failed(failure)
            return
        finally:
            self.busy = False
        self.dismiss(then)
        if then is None:  # what is left is shown at once
            self.app.call_later(self.app.action_retry)

    def deed(self, desk: "Desk") -> "Done":
        """Issues the link."""
        from ameli_support.accounts.contract import ReissueReason

        self.note_other(desk)
        return desk.reissue(self.state.case, ReissueReason(self.query_one(Choices).value or ""), True)

    def note_other(self, desk: "Desk") -> None:
        """« Autre » is a code for the service; its words are a note of the case, once."""
        if self.query_one(Choices).value == OTHER and not self.noted:
            action = _(BY_ID[f"call.{self.ACT}"].label)
            note = _("{action}, autre motif : {text}").format(action=action, text=self.other.value)
            desk.note(self.state.case, note)
            self.noted = True


def fact(label: str, value: Content, *, last: bool = False) -> "ComposeResult":
    """A row « Délai   jusqu’au 14/12 à 14:32 »."""
    with Container(classes="row gap" if last else "row"):
        yield Static(label, classes="label", markup=False)
        yield Static(value, classes="value", markup=False)

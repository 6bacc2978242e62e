"""A: the new address, read back letter by letter, the question, a reason, V."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act, Effect
from screens.backend import Failed
from screens.dialogs.reissue import Reissue
from screens.safe import clean, fit
from screens.spelling import likely_domain, spelled
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from screens.widgets.yes_no import YesNo

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Done, Look

NOT_TOLD = ("typo", "test_other_address")
SPELLED = 140


class Correct(Reissue):
    """A new address, link and window, at level 2."""

    ACT = Act.CORRECT
    EFFECT = Effect.NEW_ADDRESS_NEW_WINDOW
    REASONS = "correct_reasons"
    likely: str | None = None

    def __init__(
        self,
        state: "CallState",
        look: "Look | None",
        desk: "Desk",
        reason: str | None = None,
        typed: str = "",
        keep: Callable[[str], object] = str,
    ) -> None:
        super().__init__(state, look, desk)
        self._reason, self._typed_before, self._keep = reason, typed, keep

    def on_mount(self) -> None:
        """A reason that is known already is chosen, an address left unfinished stands there again."""
        self.query_one(Choices).choose_value(self._reason)
        self.query_one(Field).input.value = self._typed_before
        super().on_mount()

    def compose_facts(self) -> "ComposeResult":
        """The field, the likely domain, what to read back."""
        yield Field("address", _("Nouvelle adresse"))
        yield Static("", id="likely", markup=False)
        with Container(id="spelled-row"):
            yield Static(_("À relire"), classes="label", markup=False)
            yield Static("", id="spelled", markup=False)

    def consequence(self) -> Content:
        """The address typed takes its place in the sentence as soon as it is one."""
        typed = clean(self.query_one(Field).value) if self.is_mounted else ""
        where = typed if "@" in typed else _("la nouvelle adresse")
        sentence = self.words.consequence(self.effect, where, self.valid_until())
        head, found, tail = sentence.partition(where)
        return Content.assemble((head, "$ink"), (found, "bold $ink"), (tail, "$ink"))

    @on(Input.Changed, "#field-address")
    def _typing(self, event: Input.Changed) -> None:
        text = spelled(event.value)
        self.query_one("#spelled", Static).update(Content.styled(fit(text, SPELLED), "$ink"))
        self.guess(event.value)
        self.changed()

    @work(exclusive=True, group="likely", exit_on_error=False)
    async def guess(self, address: str) -> None:
        """The domain that was probably meant, offered under the field."""
        try:
            self.likely = await self.app.backend.ask(lambda desk: likely_domain(address))
        except Failed:
            return
        content = Content("")
        if self.likely:
            content = Content.assemble(
                ("▲ ", "$warn"),
                (_("{domain} ?").format(domain=self.likely) + "   ", "$warn"),
                (" ↓ ", "bold $ink on $sel"),
                (" " + _("prendre"), "$ink"),
            )
        self.query_one("#likely", Static).update(content)

    @on(Input.Submitted, "#field-address")
    def _typed(self) -> None:
        if self.query_one(Field).value:
            self.set_focus(None)  # the digits answer now, and a second Entrée does not cancel

    def action_leave(self) -> None:
        """Échap: nothing changes; the address is there again when A opens in this call."""
        self._keep(self.query_one(Field).value)
        super().action_leave()

    def action_move(self, by: int) -> None:
        """↓ in the field takes the likely domain; elsewhere the arrows choose the reason."""
        field = self.query_one(Field)
        if field.input.has_focus:
            if by > 0 and self.likely:
                field.input.value = field.value.rpartition("@")[0] + "@" + self.likely
                field.input.cursor_position = len(field.input.value)
        else:
            super().action_move(by)

    def changed(self) -> None:
        """The consequence names the address; whether the old one is told depends on the reason."""
        super().changed()
        self.query_one("#consequence", Static).update(self.consequence())
        reason = self.query_one(Choices).value
        if reason and self.query_one(YesNo).answer is not False:
            key = "notice.not_told" if reason in NOT_TOLD else "notice.told"
            self.trouble(self.words.text(key), "·", "muted")

    def missing(self) -> str:
        """The address, then what a reissue asks."""
        address = self.query_one(Field).value
        if "@" not in address[1:] or "." not in address.rpartition("@")[2]:
            return _("saisissez l’adresse")
        return super().missing()

    def deed(self, desk: "Desk") -> "Done":
        """Corrects it."""
        from ameli_support.accounts.contract import CorrectReason

        self.note_other(desk)
        answer = self.query_one(YesNo).answer is True
        reason = CorrectReason(self.query_one(Choices).value or "")
        return desk.correct(self.state.case, self.query_one(Field).value, reason, answer)

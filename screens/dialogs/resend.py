"""R: the caller says the address, the service answers yes or no, then V (rules §3)."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input, Static

from ameli_support.i18n import _, ngettext
from ameli_support.onboarding.acts import Act, Ask, Effect
from ameli_support.onboarding.identity import Direction
from screens.backend import Failed
from screens.dialogs.act import ActDialog
from screens.dialogs.base import Leave
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Done, Look


class Resend(ActDialog):
    """The said address first; three tries a call."""

    ACT = Act.RESEND
    EFFECT = Effect.NEW_LINK_SAME_ADDRESS

    def __init__(self, state: "CallState", look: "Look | None", desk: "Desk") -> None:
        super().__init__(state, look, desk)
        asks = self.verdict.asks if self.verdict is not None else (Ask.SAID_ADDRESS,)
        self.matched = bool(state.said_address) or Ask.SAID_ADDRESS not in asks
        self.tries_left = state.said_tries_left
        self.asking = False

    def compose_body(self) -> "ComposeResult":
        """The question, then the field; both gone once the address was right."""
        by_mail = self.state.direction is Direction.MAIL
        asked = "questions.written_from" if by_mail else "questions.said_address"
        question = Static(self.words.text(asked), classes="heading", markup=False)
        label, expected = (_("Expéditeur"), "") if by_mail else (_("Adresse dite"), _("telle que dictée"))
        field = Field("said", label, expected)
        question.display = field.display = not self.matched
        yield question
        yield field

    def missing(self) -> str:
        """The address must match before anything is mailed."""
        if self.matched:
            return ""
        if self.tries_left == 0:
            return _("adresse non reconnue")
        return _("Entrée compare l’adresse") if self._said_so_far else _("adresse à comparer")

    @property
    def _said_so_far(self) -> str:
        fields = self.query(Field)
        return fields.first().value if fields else ""

    @on(Input.Submitted)
    def _said(self, event: Input.Submitted) -> None:
        address = event.value.strip()
        if address and not self.asking and self.tries_left != 0:
            self.compare(address)

    @on(Input.Changed)
    def _typing(self) -> None:
        if not self.asking:
            self.trouble("")
            self.refresh_feet()

    @work(exclusive=True, group="said", exit_on_error=False)
    async def compare(self, address: str) -> None:
        """Asks the service; the file's own address is never shown."""
        if "@" not in address[1:]:
            self.trouble(_("Une adresse a la forme nom@domaine.fr."))
            return
        self.asking = True
        case = self.state.case
        try:
            said = await self.app.backend.ask(lambda desk: desk.say_address(case, address))
        except Failed as failure:
            self.failed(failure)
            return
        finally:
            self.asking = False
        self.matched, self.tries_left = said.matches, said.tries_left
        field = self.query_one(Field)
        if said.matches:
            field.mark("√", _("la même"), "ok")
            field.input.disabled = True
            self.set_focus(None)  # V is next; a second Entrée does not cancel
        else:
            self._not_the_same(said.tries_left)
        self.refresh_feet()

    def _not_the_same(self, left: int) -> None:
        if left:
            tries = ngettext("Il reste {number} essai.", "Il reste {number} essais.", left)
            self.trouble(_("Ce n’est pas l’adresse du compte. {left}").format(left=tries.format(number=left)))
            return
        self.query_one(Field).input.disabled = True
        self.query_one(Leave).focus()
        self.trouble(self.words.text("reasons.address_not_confirmed.sentence"))

    def deed(self, desk: "Desk") -> "Done":
        """Mails the link again."""
        return desk.resend(self.state.case)

"""The dialogs of the four acts share their words and the record they act on."""

from typing import TYPE_CHECKING

from textual.content import Content

from ameli_support.onboarding.acts import Act, Effect
from ameli_support.onboarding.link import link_end, new_window
from screens.dialogs.base import Dialog
from screens.safe import clean
from screens.words import Words

if TYPE_CHECKING:
    from datetime import datetime

    from ameli_support.accounts.contract import RecordView, VerdictView
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Done, Look  # noqa: F401 - Done in the base


class ActDialog(Dialog["Done | str | None"]):
    """Ends with the deed done, with the id of the action to go on with, or with nothing."""

    ACT: Act
    EFFECT: Effect

    def __init__(self, state: "CallState", look: "Look | None", desk: "Desk") -> None:
        self.words = Words(desk.procedure)
        super().__init__(
            self.words.text(f"acts.{self.ACT}.question"), "", self.words.text(f"acts.{self.ACT}.verb")
        )
        self.state = state
        self.record: RecordView | None = look.view if look is not None else None
        self.now = desk.business_clock.now()

    @property
    def verdict(self) -> "VerdictView | None":
        """What the service says of this act."""
        return self.record.allowed.get(self.ACT) if self.record is not None else None

    @property
    def effect(self) -> Effect:
        """What the act will do."""
        verdict = self.verdict
        return verdict.effect if verdict is not None and verdict.effect is not None else self.EFFECT

    @property
    def address(self) -> str:
        """Where the mail will go, masked."""
        return clean(self.record.address_masked or "") if self.record is not None else ""

    def valid_until(self) -> "datetime":
        """Until when the link of the mail will work."""
        if self.effect is Effect.SAME_LINK and self.record is not None and self.record.link is not None:
            return self.record.link.expires_at
        return link_end(self.now, self.words.procedure)

    def window_end(self) -> "datetime":
        """When a window opened now will close."""
        return new_window(self.now, self.words.procedure)[1]

    def consequence(self) -> Content:
        """With real values, the address in bold."""
        sentence = self.words.consequence(self.effect, self.address, self.valid_until())
        head, found, tail = sentence.partition(self.address) if self.address else (sentence, "", "")
        return Content.assemble((head, "$ink"), (found, "bold $ink"), (tail, "$ink"))

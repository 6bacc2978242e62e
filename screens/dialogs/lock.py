"""The lock: nothing can be read until the agent's PIN; unlocking returns to the very same place."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ameli_support.i18n import _
from screens.behind import Patient

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

PIN_LENGTH = 32


class Lock(Patient, ModalScreen[None]):
    """Opaque; only the right PIN leaves it (Ctrl+Q still quits)."""

    CSS_PATH = "lock.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar["list[BindingType]"] = [
        ("f1,f2,f5,ctrl+p", "nothing", ""),
    ]

    def __init__(self, check_pin: Callable[[str], bool], agent: str) -> None:
        super().__init__()
        self._check_pin = check_pin
        self._agent = agent

    def compose(self) -> "ComposeResult":
        """Whose screen, the PIN, what went wrong."""
        with Vertical(id="lock"):
            title = _("Écran verrouillé")
            if self._agent:
                title = _("Écran verrouillé : agent {number}").format(number=self._agent)
            yield Static(Content.styled(title, "bold $ink"), id="title")
            yield Input(
                id="pin",
                password=True,
                max_length=PIN_LENGTH,
                placeholder=_("code PIN"),
                select_on_focus=False,
            )
            yield Static(_("Entrée déverrouille ; vous revenez au même endroit."), id="trouble", markup=False)

    def on_mount(self) -> None:
        """The caret is in the PIN."""
        pin = self.query_one(Input)
        pin.cursor_blink = False
        pin.focus()

    def action_nothing(self) -> None:
        """The app's keys are asleep."""

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value:
            self.check(event.value)
            event.input.value = ""

    @work(exclusive=True, group="pin", exit_on_error=False)
    async def check(self, pin: str) -> None:
        """Hashing takes a moment: in a thread."""
        try:
            right = await asyncio.to_thread(self._check_pin, pin)
        except Exception as error:
            text = getattr(error, "sentence", "") or _("Le code PIN n’a pas pu être vérifié.")
            self.query_one("#trouble", Static).update(Content.assemble(("■ ", "$bad"), (text, "$ink")))
            return
        if right:
            self.dismiss(None)
            return
        self.query_one("#trouble", Static).update(
            Content.assemble(("▲ ", "$warn"), (_("Ce n’est pas le bon code PIN."), "$ink"))
        )

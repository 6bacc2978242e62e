"""The frame of every full screen: top bar, strip, body, incident banner, key bar."""

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.screen import Screen

from screens.actions import Scope
from screens.backend import Failed
from screens.behind import Patient
from screens.widgets.bulletin import Bulletin
from screens.widgets.keybar import KeyBar
from screens.widgets.strip import Strip
from screens.widgets.topbar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from screens.app import AmeliSupport

T = TypeVar("T")
WIDE = 118
PULSE_SECONDS = 5.0


class Framed(Patient, Screen[T]):
    """A screen whose rows 0, 1 and last never change their meaning."""

    AUTO_FOCUS = ""
    SCOPE: ClassVar[Scope] = Scope.APP
    ALSO_SHOWN: ClassVar[tuple[str, ...]] = ()
    app: "AmeliSupport"

    @property
    def wide(self) -> bool:
        """Whether the wide layout is in force (ux-design §2)."""
        return self.app.size.width >= WIDE

    def compose(self) -> "ComposeResult":
        """The frame around the body."""
        yield TopBar()
        yield Strip()
        yield from self.compose_body()
        yield Bulletin()
        yield KeyBar(self.SCOPE, self.ALSO_SHOWN)

    def compose_body(self) -> "ComposeResult":
        """What stands between strip and key bar."""
        yield from ()

    def forget(self) -> None:
        """Empties the fields that a lock must not keep (ux.md, last line)."""

    def retry(self) -> None:
        """F5: asks how the service does."""
        self.pulse()

    def each_pulse(self) -> None:
        """The same every few seconds, for a screen that has no look of its own."""
        # a screen that lies behind another still counts as current, and would be drawn through it
        if self.app.screen is self and self.app.backend.desk is not None:
            self.pulse()

    @work(exclusive=True, group="pulse", exit_on_error=False)
    async def pulse(self) -> None:
        """How the service does; nothing is drawn while it does the same."""
        with suppress(Failed):
            self.app.seen(await self.app.backend.ask(lambda desk: desk.pulse()))

    def take_focus(self) -> None:
        """Puts the caret or the focus where the screen wants it."""

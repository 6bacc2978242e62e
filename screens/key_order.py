"""Keys that arrive in one burst are dealt with one after the other.

A key that edits or moves (Tab, Entrée, ⌫ …) bubbles from the focused field up to the app before
its binding acts; letters behind it in the same packet would be in the old field by then. They wait
until a marker, sent along the same way, has come back three times: behind the key, behind the
message that its action sent, behind the change of focus that this asked for.
"""

from collections import deque

from textual.app import App
from textual.events import Event, Key
from textual.message import Message

PATIENCE = 0.25  # seconds; a marker is lost when its widget is removed on the way
TIMES = 3


class Passed(Message):
    """The marker of one key; it has to come back `left` more times."""

    def __init__(self, number: int, left: int) -> None:
        self.number = number
        self.left = left
        super().__init__()


class InOrder(App[int]):
    """An app that holds back what was typed behind a key that is still on its way."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[Key] = deque()
        self._number = 0
        self._under_way = False

    async def on_event(self, event: Event) -> None:
        """Forwards a key in its turn; one that is no letter keeps the next ones waiting."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._under_way:
            self._held.append(event)
        else:
            await super().on_event(event)
            if not event.is_printable:
                self._wait_for(event)

    def _wait_for(self, event: Key) -> None:
        self._number += 1
        self._under_way = True
        self._send(Passed(self._number, TIMES))
        number = self._number
        self.set_timer(PATIENCE, lambda: self.call_next(self._go_on, number))

    async def on_passed(self, marker: Passed) -> None:
        """The marker came back."""
        if marker.left > 1:
            self._send(Passed(marker.number, marker.left - 1))
        else:
            await self._go_on(marker.number)

    async def _go_on(self, number: int) -> None:
        if number != self._number or not self._under_way:
            return
        self._under_way = False
        while self._held and not self._under_way:
            await self.on_event(self._held.popleft())

    def _send(self, marker: Passed) -> None:
        (self.focused or self.screen).post_message(marker)

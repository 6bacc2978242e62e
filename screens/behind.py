"""What finishes while something lies over its screen waits for it: Textual closes whatever is in front.

Without this an answer that comes late would close the lock instead of its own dialog.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete
from textual.events import Event, Mount

if TYPE_CHECKING:
    from textual.app import App


class Patient:
    """Mixed into a screen: it ends only while it is in front, else as soon as it is again."""

    app: Any
    _late: tuple[Any] | None = None

    async def on_event(self, event: Event) -> None:
        """A screen that opens while the app closes gets no children: it is not mounted either."""
        if not isinstance(event, Mount) or self.app.is_running:
            await super().on_event(event)  # type: ignore[misc]

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Ends the screen with `result`, now or when nothing lies over it any more."""
        if self.app.screen is self:
            ended: AwaitComplete = super().dismiss(result)  # type: ignore[misc]
            return ended
        self._late = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """In front again: what was due is done."""
        if self._late is not None:
            (result,), self._late = self._late, None
            self.dismiss(result)


class Queue:
    """What has to wait until the screen is unlocked, in order."""

    def __init__(self, app: "App[int]") -> None:
        self._app = app
        self._waiting: list[Callable[[], object]] = []

    @property
    def locked(self) -> bool:
        """Whether the lock lies over everything."""
        from screens.dialogs.lock import Lock

        return any(isinstance(screen, Lock) for screen in self._app.screen_stack)

    def when_unlocked(self, act: Callable[[], object]) -> None:
        """Does it now, or once the right PIN was given."""
        if self.locked:
            self._waiting.append(act)
        else:
            act()

    def unlocked(self) -> None:
        """The lock is gone: everything that waited is done."""
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act()

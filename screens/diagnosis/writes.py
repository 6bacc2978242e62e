"""What the agent answered on its way to the desk: in order, behind the screen, whichever is in front."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from screens.backend import Failed
from screens.notice import Tone

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from checks.run import Run
    from screens.app import AmeliSupport

Deed = Callable[["Desk"], "Run | None"]


class Writes:
    """One queue a call. The screen shows an answer at once and goes on; here it is recorded.

    `done` hears the run that the desk has after the last one, `failed` that one was refused: what waited
    behind it is dropped, and the screen reads the run anew.
    """

    def __init__(self, app: "AmeliSupport") -> None:
        self._app = app
        self._waiting: deque[tuple[Deed, Callable[[], object] | None]] = deque()
        self.busy = False
        self.forget()

    def forget(self) -> None:
        """Nobody listens any more: a refusal is still told."""
        self.done: Callable[[Run | None], object] = lambda run: None
        self.failed: Callable[[Failed], object] = lambda failure: self._app.say(Tone.BAD, failure.sentence)

    def add(self, deed: Deed, then: Callable[[], object] | None = None) -> None:
        """Records `deed` in its turn; `then` follows once it is recorded."""
        self._waiting.append((deed, then))
        if not self.busy:
            self.busy = True
            self._app.run_worker(self._all(), group="checks", exit_on_error=False)

    async def _all(self) -> None:
        run: Run | None = None
        try:
            while self._waiting:
                deed, then = self._waiting.popleft()
                run = await self._app.backend.ask(deed)
                if then is not None:
                    self._app.behind.when_unlocked(then)
        except Failed as failure:
            self._waiting.clear()
            self.busy = False
            self.failed(failure)
            return
        self.busy = False
        self.done(run)

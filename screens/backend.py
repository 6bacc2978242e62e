"""The desk behind the screens: opened after the first paint, asked in threads, never in the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from ameli_support.i18n import _

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk

T = TypeVar("T")


class Trouble(StrEnum):
    """What kind of failure a screen has to show."""

    REFUSED = "refused"
    UNKNOWN = "unknown"
    CUT = "cut"
    BROKEN = "broken"


class Failed(Exception):
    """A question to the desk that failed; `sentence` is for the person, `cause` the desk's own error."""

    def __init__(self, trouble: Trouble, sentence: str, cause: Exception) -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.sentence = sentence
        self.cause = cause


def failed(error: Exception) -> Failed:
    """Any error as one that a screen can show; only the desk's own carry their sentence."""
    from ameli_support.casework.errors import ActUnknown, DeskError, ServiceCut

    if isinstance(error, ActUnknown):
        return Failed(Trouble.UNKNOWN, error.sentence, error)
    if isinstance(error, ServiceCut):
        return Failed(Trouble.CUT, error.sentence, error)
    if isinstance(error, DeskError):
        return Failed(Trouble.REFUSED, error.sentence, error)
    sentence = getattr(error, "sentence", None)
    if isinstance(sentence, str):
        return Failed(Trouble.REFUSED, sentence, error)
    name = type(error).__name__
    return Failed(
        Trouble.BROKEN,
        _("Erreur inattendue ({name}). Rien n’a été perdu ; réessayez avec F5.").format(name=name),
        error,
    )


class Backend:
    """Opens the desk once, on first use, and runs every question to it in a thread."""

    def __init__(self, connect: "Callable[[], Desk]") -> None:
        self._connect = connect
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="desk")
        self._opening = asyncio.Lock()
        self.desk: Desk | None = None

    async def open(self) -> "Desk":
        """The desk, opened now if it is not yet; raises `Failed`, and may be tried again."""
        async with self._opening:
            if self.desk is None:
                self.desk = await self._run(self._connect)
        return self.desk

    async def ask(self, question: "Callable[[Desk], T]") -> T:
        """The desk's answer to `question`, worked out in a thread; raises `Failed`."""
        desk = await self.open()
        return await self._run(lambda: question(desk))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except Exception as error:
            raise failed(error) from error

    async def close(self) -> None:
        """Ends leases and connections; whatever is still running is left to its time-out."""
        if self.desk is not None:
            desk, self.desk = self.desk, None
            await self._run(desk.close_desk)
        self._threads.shutdown(wait=False, cancel_futures=True)

"""A program on a pseudo-terminal: keys in, cells out, bytes counted, memory read from /proc."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

ROOT = Path(__file__).parents[1]
COLUMNS, ROWS = 120, 36
PATIENCE = 30.0


class Terminal:
    """Runs `python <arguments>`, or another program, until the block ends; `home` is its AMELI_HOME."""

    def __init__(
        self,
        arguments: list[str],
        home: str,
        size: tuple[int, int] = (COLUMNS, ROWS),
        settings: Mapping[str, str] | None = None,
        program: str = sys.executable,
    ) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AMELI_")},
            "AMELI_HOME": home,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **(settings or {}),
        }
        self.begun = time.monotonic()
        self.bytes = 0
        self.process, self._terminal = pty.fork()
        if self.process == 0:
            os.chdir(ROOT)
            os.execve(program, [program, *arguments], environment)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self._terminal)

    @property
    def text(self) -> str:
        """What shows, with ordinary spaces."""
        return "\n".join(self.screen.display).replace("\u00a0", " ")

    def press(self, keys: str) -> None:
        """Types, without waiting."""
        os.write(self._terminal, keys.encode())

    def read(self, seconds: float) -> int:
        """Takes what comes within `seconds`, in one piece; the number of bytes."""
        if not select.select([self._terminal], [], [], seconds)[0]:
            return 0
        got = os.read(self._terminal, 65536)
        self._stream.feed(got)
        self.heard(got)
        self.bytes += len(got)
        return len(got)

    def heard(self, got: bytes) -> None:
        """Called with every piece that `read` took."""

    def raw(self, seconds: float) -> int:
        """The number of bytes that come within `seconds`, shown or not; ends with the first piece."""
        ready = select.select([self._terminal], [], [], seconds)[0]
        return len(os.read(self._terminal, 65536)) if ready else 0

    def until(self, text: str, *, gone: str = "", patience: float = PATIENCE) -> float:
        """Reads until `text` shows (and `gone` does not); seconds since the program began."""
        end = time.monotonic() + patience
        while text not in (shown := self.text) or (gone and gone in shown):
            if time.monotonic() > end:
                raise RuntimeError(f"« {text} » does not show:\n{shown}")
            self.read(0.5)
        return time.monotonic() - self.begun

    def settle(self, quiet: float = 0.3) -> None:
        """Reads until nothing came for `quiet` seconds."""
        while self.read(quiet):
            pass

    def answer(self, keys: str, quiet: float = 0.03) -> float:
        """Seconds from a key to the last byte that it brought; what came is put on the screen after."""
        begun = time.monotonic()
        self.press(keys)
        pieces: list[bytes] = []
        last = begun
        while select.select([self._terminal], [], [], quiet if pieces else 5.0)[0]:
            pieces.append(os.read(self._terminal, 65536))
            last = time.monotonic()
        for piece in pieces:
            self._stream.feed(piece)
            self.bytes += len(piece)
        if not pieces:
            raise RuntimeError(f"nothing came after {keys!r}:\n{self.text}")
        return last - begun

    @property
    def resident(self) -> int:
        """Resident bytes of the program."""
        pages = Path(f"/proc/{self.process}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def signal(self, number: int) -> None:
        """A signal to the program."""
        os.kill(self.process, number)

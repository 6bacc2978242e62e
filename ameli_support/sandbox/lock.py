"""One sandbox a folder: who holds it, and the owner-only file that says where it answers."""

import contextlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import TracebackType

from ameli_support.clock import monotonic

LOCK = "sandbox.json"
GUARD = "sandbox.guard"


@dataclass(frozen=True, slots=True)
class Lock:
    """What the file says: where the running sandbox answers and the key of its control routes.

    `started_by` is what the starting process chose, so that it knows its own child again.
    """

    base_url: str
    smtp_host: str
    smtp_port: int
    maildir: str
    control_key: str = field(repr=False)
    pid: int
    started_by: str = ""


class AlreadyRunning(Exception):
    """Another process holds the folder."""


class Guard:
    """Holds a folder for as long as this process lives: the system lets go when it ends, however it ends.

    `patience`: seconds to try, because whoever looks whether it is held holds it for an instant.
    """

    def __init__(self, home: Path, patience: float = 0.0) -> None:
        self._path = home / GUARD
        self._patience = patience
        self._file: int | None = None

    def __enter__(self) -> "Guard":
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = monotonic() + self._patience
        while True:
            try:
                _lock_file(handle)
            except OSError:
                if monotonic() >= deadline:
                    os.close(handle)
                    raise AlreadyRunning from None
                time.sleep(0.01)
            else:
                self._file = handle
                return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def is_held(home: Path) -> bool:
    """Whether a living process holds the folder; a file left behind by a killed one does not count."""
    if not (home / GUARD).exists():
        return False
    try:
        with Guard(home):
            return False
    except AlreadyRunning:
        return True


def publish(home: Path, lock: Lock) -> None:
    """Write the file in one step, readable by its owner alone."""
    part = home / f"{LOCK}.{os.getpid()}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(lock), file)
    part.replace(home / LOCK)


def withdraw(home: Path) -> None:
    """Remove the file."""
    with contextlib.suppress(FileNotFoundError):
        (home / LOCK).unlink()


def read(home: Path) -> Lock | None:
    """What the running sandbox of this folder published; None without one, a stale file included."""
    try:
        values = json.loads((home / LOCK).read_text(encoding="utf-8"))
        lock = Lock(**{one.name: values[one.name] for one in fields(Lock)})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return lock if is_held(home) else None


if sys.platform == "win32":
    import msvcrt

    def _lock_file(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock_file(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""What the provider remembers for seconds or minutes: bounded, gone with the process, on the system clock."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """Values by key, each until its time; beyond `most` the oldest goes first. Safe between threads."""

    def __init__(self, lifetime: timedelta, now: Callable[[], datetime], most: int = 20_000) -> None:
        self._lifetime = lifetime
        self._now = now
        self._most = most
        self._kept: OrderedDict[str, tuple[datetime, Value]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: str, value: Value) -> None:
        """Keep a value from now on for the shelf's lifetime."""
        with self._lock:
            self._kept[key] = (self._now() + self._lifetime, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, key: str) -> Value | None:
        """The value while its time has not come; its end is outside."""
        with self._lock:
            until, value = self._kept.get(key, (None, None))
            if until is None or until > self._now():
                return value
            del self._kept[key]
            return None

    def pop(self, key: str) -> Value | None:
        """The value once: whoever takes it is alone to have it."""
        with self._lock:
            until, value = self._kept.pop(key, (None, None))
            return value if until is not None and until > self._now() else None

    def __len__(self) -> int:
        return len(self._kept)

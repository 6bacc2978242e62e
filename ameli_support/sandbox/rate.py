"""Token buckets in bounded memory: how often one link, and everybody together, may ask."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, refilled by `per_second`."""

    burst: float
    per_second: float


class Buckets:
    """One bucket a key, the least recently used forgotten beyond `most` keys. Safe between threads.

    `clock` gives seconds that never jump.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float], most: int = 10_000) -> None:
        self._rate = rate
        self._clock = clock
        self._most = most
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: bytes) -> float:
        """Take one; 0.0 when allowed, else the seconds until one is there again."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(key, (self._rate.burst, now))
            left = min(self._rate.burst, left + (now - since) * self._rate.per_second)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._rate.per_second

    def __len__(self) -> int:
        return len(self._left)

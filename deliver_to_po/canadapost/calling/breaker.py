"""A circuit breaker: after several failed calls in a row, every call fails at once for a while."""

import threading
import time
from collections.abc import Callable

from deliver_to_po.canadapost.errors import Unavailable

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 30.0


class Breaker:
    """Counts calls in a row that got no answer, for all threads of a process.

    After ``failures`` of them every call raises Unavailable at once. After OPEN_SECONDS one call is let through: if
    it gets any answer at all, everybody may call again; if not, the wait starts again.
    """

    def __init__(self, failures: int = FAILURES_TO_OPEN, *, clock: Callable[[], float] = time.monotonic):
        self._failures_to_open = failures
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    def check(self, operation: str) -> None:
        """Raise Unavailable while nobody should call."""
        with self._lock:
            if self._failures < self._failures_to_open:
                return
            now = self._clock()
            if now < self._closed_until:
                raise Unavailable(operation, why="not reached several times in a row; not tried now")
            # This call is the trial. If it never reports back, another one is let through after the same wait.
            self._closed_until = now + OPEN_SECONDS

    @property
    def is_open(self) -> bool:
        """Say whether ``check`` would raise now, without using up the trial call."""
        with self._lock:
            return self._failures >= self._failures_to_open and self._clock() < self._closed_until

    def reached(self) -> None:
        with self._lock:
            self._failures = 0

    def missed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._failures_to_open:
                self._closed_until = self._clock() + OPEN_SECONDS

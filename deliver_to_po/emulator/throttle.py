"""Canada Post's limits on the calls of one group of operations in any 60 seconds."""

from collections import defaultdict, deque
from threading import Lock

WINDOW_SECONDS = 60.0

# Web services' published limits a minute; the portal publishes none.
PUBLISHED = {"postoffice": 468, "rating": 840, "shipping": 646, "void": 468, "tracking": 20}


class Throttle:
    """Counts calls by group over a rolling window; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, group: str, most: int, now: float) -> float:
        """Return 0 and count the call, or the seconds until there is room for it."""
        with self._lock:
            calls = self._calls[group]
            while calls and calls[0] <= now - WINDOW_SECONDS:
                calls.popleft()
            if len(calls) < most:
                calls.append(now)
                return 0.0
            return calls[0] + WINDOW_SECONDS - now

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

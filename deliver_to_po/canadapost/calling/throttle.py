"""Keeps calls below Canada Post's limits, counted over all processes of a shop; buyers go before other work."""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol

WINDOW_SECONDS = 60.0
SILENCE_SECONDS = 60.0
# A bucket that has only partly left the window still counts, so the sum is never less than the calls of the last 60 s.
# With more buckets less of the window is lost at its end.
BUCKETS = 24
BUCKET_SECONDS = WINDOW_SECONDS / BUCKETS
KEEP_SECONDS = int(WINDOW_SECONDS + 2 * BUCKET_SECONDS)
# The last quarter of every window is kept for people who wait.
BACKGROUND_SHARE = 0.75
# Where one limit is for all calls, tracking has a quarter of it, and the half above that is for everybody else.
TRACKING = "tracking"
TRACKING_SHARE, TRACKING_BELOW = 0.25, 0.5


class SharedCounts(Protocol):
    """The few things that the throttle needs of a cache. Nothing in it has to be kept for more than some minutes."""

    def add(self, key: str, value: float, seconds: int) -> None:
        """Keep ``value`` under ``key`` for ``seconds``, unless there is one."""

    def increase(self, key: str, by: int) -> None:
        """Add ``by`` to the number under ``key`` atomically; do nothing if it has expired."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, float]:
        """Return the numbers under those ``keys`` that exist."""


class MemoryCounts:
    """Counts in the memory of one process: the default, enough for one process and for tests."""

    def __init__(self, clock: Callable[[], float] = time.time):
        self._clock = clock
        self._lock = threading.Lock()
        self._rows: dict[str, tuple[float, float]] = {}

    def add(self, key: str, value: float, seconds: int) -> None:
        with self._lock:
            now = self._clock()
            self._rows = {name: row for name, row in self._rows.items() if row[1] > now}
            self._rows.setdefault(key, (value, now + seconds))

    def increase(self, key: str, by: int) -> None:
        with self._lock:
            if key in self._rows:
                value, ends_at = self._rows[key]
                self._rows[key] = value + by, ends_at

    def get_many(self, keys: Sequence[str]) -> Mapping[str, float]:
        with self._lock:
            now = self._clock()
            return {key: self._rows[key][0] for key in keys if key in self._rows and self._rows[key][1] > now}


class Limits(NamedTuple):
    """Calls in 60 s: ``by_kind`` for the kinds that have a limit of their own, ``otherwise`` for the rest together.

    None is no limit.
    """

    otherwise: int | None
    by_kind: Mapping[str, int]

    def of(self, kind: str, *, background: bool) -> Mapping[str, int | None]:
        """Return under which names a call of that kind is counted, and how many calls each of them may hold for it.

        Work in the background leaves the last quarter to buyers, save where nobody but it makes such calls.
        """
        name, limit = (kind, self.by_kind[kind]) if kind in self.by_kind else ("all", self.otherwise)
        if limit is None:
            return {name: None}
        if kind != TRACKING:
            return {name: _share(limit, BACKGROUND_SHARE) if background else limit}
        if name == TRACKING:
            return {name: limit}
        return {name: _share(limit, TRACKING_BELOW), TRACKING: _share(limit, TRACKING_SHARE)}


def _share(limit: int, share: float) -> int:
    return max(1, math.floor(limit * share))


# Published for the XML API, in a rolling minute: post office look-ups, prices, shipments with their documents, voids
# and refunds, tracking.
PUBLISHED = {"offices": 468, "rating": 840, "shipments": 646, "void": 468, TRACKING: 20}
BELOW_PUBLISHED = 0.9


def portal_limits(calls_per_minute: int) -> Limits:
    """Return one limit for all calls: Canada Post publishes none for the portal. 0 is no limit."""
    return Limits(calls_per_minute or None, {})


def webservices_limits(calls_per_minute: int, tracking_per_minute: int = PUBLISHED[TRACKING]) -> Limits:
    """Return a limit for each kind of call: ``calls_per_minute``, or a tenth below the published one if that is lower.

    Canada Post allows ``tracking_per_minute`` questions where parcels are. 0 calls per minute is no limit.
    """
    if not calls_per_minute:
        return Limits(None, {})
    published = {**PUBLISHED, TRACKING: tracking_per_minute}
    below = {kind: min(calls_per_minute, _share(calls, BELOW_PUBLISHED)) for kind, calls in published.items()}
    return Limits(below["shipments"], below)


class Throttle:
    """Says how long a call of one account to one API has to wait."""

    def __init__(self, counts: SharedCounts, limits: Limits, account: str, *, clock: Callable[[], float] = time.time):
        self._counts = counts
        self._limits = limits
        # ``account`` names credentials, so only its hash becomes part of a key.
        self._prefix = f"deliver_to_po.calls.{sha256(account.encode()).hexdigest()[:16]}"
        self._clock = clock

    def wait_seconds(self, kind: str, *, background: bool) -> float:
        """Return 0 and count a call, or return how many seconds to wait before asking again.

        Work in the background leaves the last quarter of every window to buyers.
        """
        now = self._clock()
        current = math.floor(now / BUCKET_SECONDS)
        allowed = self._limits.of(kind, background=background)
        counted = [name for name, most in allowed.items() if most is not None]
        for name in counted:
            self._counts.add(self._key(name, current), 0, KEEP_SECONDS)
            self._counts.increase(self._key(name, current), 1)
        buckets = range(current - BUCKETS, current + 1)
        silent = [self._key(name, "silent") for name in {*allowed, *({kind} & {TRACKING})}]
        found = self._counts.get_many([*silent, *(self._key(name, bucket) for name in counted for bucket in buckets)])
        free_at = [
            _free_at({bucket: found.get(self._key(name, bucket), 0) for bucket in buckets}, most)
            for name, most in allowed.items()
            if most is not None
        ]
        wait = max(0.0, *(found.get(key, 0.0) - now for key in silent), *(free - now for free in free_at))
        if wait > 0:
            for name in counted:
                self._counts.increase(self._key(name, current), -1)
        return wait

    def rejected(self, kind: str, seconds: float = SILENCE_SECONDS) -> None:
        """Stop all calls of this kind for ``seconds``, because Canada Post has rejected one."""
        name = kind if kind == TRACKING else next(iter(self._limits.of(kind, background=False)))
        silent = math.ceil(max(seconds, 1.0))
        self._counts.add(self._key(name, "silent"), self._clock() + silent, silent)

    def _key(self, name: str, what: object) -> str:
        return f"{self._prefix}.{name}.{what}"


def _free_at(counted: Mapping[int, float], allowed: int) -> float:
    """Return the time from which the window holds at most ``allowed`` calls; in the past if it does now."""
    total = sum(counted.values())
    for bucket in sorted(counted):
        if total <= allowed:
            return (bucket + BUCKETS) * BUCKET_SECONDS
        total -= counted[bucket]
    return (max(counted) + 1 + BUCKETS) * BUCKET_SECONDS

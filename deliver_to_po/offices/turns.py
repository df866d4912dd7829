"""One question, one call: whoever asks first asks for all, in any process that shares the cache SEARCH_CACHE."""

import math
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from deliver_to_po.canadapost.deadline import Deadline
from deliver_to_po.shared_cache import attempt

# How long a question that Canada Post did not answer is not asked again: the next rung answers at once meanwhile.
FAILED_SECONDS = 5
# A turn ends by itself this long after the deadline of the request that holds it, should that one have died.
GRACE_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.1

T = TypeVar("T")


def ask_once(key: str, seconds: float, look: Callable[[], T | None], ask: Callable[[float], T]) -> T | None:
    """Return what ``look`` finds, else what ``ask`` answers, which is called by one request at a time for ``key``.

    ``look`` reads the answer where ``ask`` leaves it. Requests that come meanwhile wait for that answer, ``seconds``
    at most, or what is left of this thread's deadline; ``ask`` gets the seconds that are left. None when the time is
    up, or when the question went unanswered moments ago. What ``ask`` raises is raised, and remembered for those who
    wait if ``not_answered`` was called.
    """
    outer = Deadline.current()
    ends_at = min(time.monotonic() + seconds, outer.ends_at if outer else math.inf)
    pause = FIRST_PAUSE_SECONDS
    while (left := ends_at - time.monotonic()) > 0:
        if unanswered(key):
            return None
        with _turn(key, seconds + GRACE_SECONDS) as mine:
            if (found := look()) is not None:
                return found
            if mine and not unanswered(key):
                return ask(left)
        time.sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
    return None


def taken(key: str) -> bool:
    """Say whether somebody asks just now."""
    return bool(attempt(lambda cache: cache.get(_turn_key(key)), None))


def not_answered(key: str) -> None:
    """Note that Canada Post did not answer, so that nobody else waits to find out again for a moment."""
    attempt(lambda cache: cache.set(_failed_key(key), 1, FAILED_SECONDS), None)


def unanswered(key: str) -> bool:
    """Say whether Canada Post did not answer this question moments ago."""
    return bool(attempt(lambda cache: cache.get(_failed_key(key)), None))


@contextmanager
def _turn(key: str, seconds: float) -> Iterator[bool]:
    """Take the turn and give it back; yields False when somebody else has it.

    Without a cache everybody has the turn: slower, not broken. The turn of a request that was held up past its end
    belongs to another by then and is left alone.
    """
    token = uuid.uuid4().hex
    mine = attempt(lambda cache: cache.add(_turn_key(key), token, seconds), True)
    try:
        yield mine
    finally:
        if mine:
            attempt(lambda cache: cache.get(_turn_key(key)) == token and cache.delete(_turn_key(key)), None)


def _turn_key(key: str) -> str:
    return f"{key}.turn"


def _failed_key(key: str) -> str:
    return f"{key}.failed"

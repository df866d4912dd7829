"""One question, one call: of many who ask the same at the same time, one calls Canada Post and the others wait.

Whose turn it is to call stands in the shared cache, so this works across all processes that share it.
"""

import logging
import math
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, NamedTuple, TypeVar

from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.errors import CanadaPostError, CredentialsRefused, NotEntitled
from deliver_to_po.core.shared_cache import claimed, with_cache

log = logging.getLogger(__name__)

# How long we do not ask a question again that Canada Post did not answer, and do not wait for it.
UNANSWERED_SECONDS = 5
# If the request that has the turn dies, the turn ends this long after that request's deadline.
GRACE_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.1

T = TypeVar("T")


class NoAnswer(Exception):
    """Canada Post did not answer, or not in time."""


class Turn(NamedTuple, Generic[T]):
    """The ``answer`` that another request got, or None: then it is our turn to ask, within ``seconds_left``."""

    answer: T | None
    seconds_left: float


@contextmanager
def one_call(question: str, seconds: float, look: Callable[[], T | None]) -> Iterator[Turn[T]]:
    """Wait for another request's answer, or for our turn to ask::

        with one_call(question, seconds, look) as turn:
            answer = turn.answer or ask(turn.seconds_left)

    ``question`` is a cache key. ``look`` returns the answer from where ``ask`` saves it for all who wait. All of this
    takes ``seconds`` at most, or what is left of this thread's deadline.

    Raises NoAnswer when the time is up, when another request got no answer a few seconds ago, and when ``ask`` raises
    CanadaPostError, which is logged and remembered for those who wait.
    """
    with _answer_or_turn(question, seconds, look) as turn:
        try:
            yield turn
        except CanadaPostError as error:
            note_unanswered(question)
            _log(error)
            raise NoAnswer from error


@contextmanager
def _answer_or_turn(question: str, seconds: float, look: Callable[[], T | None]) -> Iterator[Turn[T]]:
    outer = Deadline.current()
    ends_at = min(time.monotonic() + seconds, outer.ends_at if outer else math.inf)
    pause = FIRST_PAUSE_SECONDS
    while (left := ends_at - time.monotonic()) > 0 and not unanswered(question):
        with _taking_turn(question, math.ceil(seconds + GRACE_SECONDS)) as ours:
            # Look after trying for the turn, not before: its holder may be about to save the answer.
            answer = look()
            if answer is not None or (ours and not unanswered(question)):
                yield Turn(answer, left)
                return
        time.sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
    raise NoAnswer


def taken(question: str) -> bool:
    return bool(with_cache(lambda cache: cache.get(_turn_key(question)), None))


def note_unanswered(question: str) -> None:
    """Remember for UNANSWERED_SECONDS that Canada Post did not answer, so that no other request waits in vain."""
    with_cache(lambda cache: cache.set(_unanswered_key(question), 1, UNANSWERED_SECONDS), None)


def unanswered(question: str) -> bool:
    """Say whether Canada Post did not answer this question a few seconds ago."""
    return bool(with_cache(lambda cache: cache.get(_unanswered_key(question)), None))


@contextmanager
def _taking_turn(question: str, seconds: int) -> Iterator[bool]:
    """Take the turn if it is free, and free it at the end; yields False if another request has it.

    If the cache is down every request gets the turn: there are more calls, but all are answered. ``seconds`` are whole:
    Redis cuts off the rest.
    """
    token = uuid.uuid4().hex
    ours = claimed(_turn_key(question), seconds, token)
    try:
        yield ours
    finally:
        if ours:
            _free(question, token)


def _free(question: str, token: str) -> None:
    """Free the turn, unless ours ended before we were done: then it is another request's by now."""
    key = _turn_key(question)
    with_cache(lambda cache: cache.get(key) == token and cache.delete(key), None)


def _log(error: CanadaPostError) -> None:
    """Tell the shop what the buyer is not told; as an error when only the shop can repair it."""
    if isinstance(error, CredentialsRefused | NotEntitled):
        log.error("Buyers see older post offices and prices, or none: %s", error)
    else:
        log.warning("No answer from Canada Post: %s", error)


def _turn_key(question: str) -> str:
    return f"{question}.turn"


def _unanswered_key(question: str) -> str:
    return f"{question}.unanswered"

"""Calls with manners: below the limits, repeated where that is safe, left alone when nobody answers, errors typed."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.breaker import Breaker
from deliver_to_po.canadapost.deadline import Deadline
from deliver_to_po.canadapost.reading import SUCCESS
from deliver_to_po.canadapost.searching import Spellings
from deliver_to_po.canadapost.throttle import Throttle
from deliver_to_po.canadapost.transport import Answer, Transport

BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 5.0
REQUEST_TIMEOUT = 408


class ErrorOf(Protocol):
    """What an answer that is no success stands for: each API reads its own messages."""

    def __call__(self, operation: str, answer: Answer, *, repeatable: bool) -> errors.CanadaPostError:
        """Return the error."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How to behave: who calls, how often to try again, and how to wait (tests wait by not waiting)."""

    background: bool = False
    retries: int = 2
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


class Caller:
    """Sends calls of one account to one API, for every client made for it.

    Throttle, breaker and ``spellings`` are shared by all of them; ``manners`` may differ.
    """

    def __init__(
        self,
        transport: Transport,
        error_of: ErrorOf,
        throttle: Throttle,
        breaker: Breaker,
        manners: Manners | None = None,
        spellings: Spellings | None = None,
    ):
        self.transport = transport
        self.spellings = spellings or Spellings()
        self._error_of = error_of
        self._throttle = throttle
        self._breaker = breaker
        self._manners = manners or Manners()

    def within(self, total_seconds: float | None, *, background: bool) -> "Caller":
        """Return the same caller with a shorter total deadline, for somebody who waits or for work that can."""
        return Caller(
            self.transport.within(total_seconds),
            self._error_of,
            self._throttle,
            self._breaker,
            replace(self._manners, background=background),
            self.spellings,
        )

    @property
    def base_url(self) -> str:
        """Return the address below which calls go."""
        return self.transport.base_url

    @property
    def gave_up(self) -> bool:
        """Say whether a call would raise Unavailable at once, since none has reached anybody for a while."""
        return self._breaker.is_open

    def owns(self, url: str) -> bool:
        """Say whether ``url`` lies on the configured host and below the configured path."""
        return self.transport.owns(url)

    def budget(self) -> Deadline:
        """Return the deadline of an operation, for a ``with``: every call and every wait inside shares it."""
        return self.transport.budget()

    def call(
        self,
        operation: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        repeatable: bool,
        kind: str = "",
        **request: Any,
    ) -> Answer:
        """Send one call and return its answer when that is a success; raises what the answer stands for otherwise.

        ``repeatable`` calls (questions, the token) are sent again after Unavailable and Throttled, with growing pauses
        or the one that Canada Post asks for, while the deadline lasts. ``kind`` says which limit counts, where there
        are several. ``request`` is the rest of what ``Transport.call`` takes.
        """
        with self.budget() as deadline:
            for tries_left in range(self._manners.retries if repeatable else 0, -1, -1):
                self._breaker.check(operation)
                try:
                    self._wait_for_turn(operation, kind, deadline)
                    return self._once(operation, method, url, kind, headers=headers, repeatable=repeatable, **request)
                except (errors.Unavailable, errors.Throttled) as error:
                    if not tries_left or not self._pause(tries_left, error, deadline):
                        raise
        raise AssertionError("a call ends with an answer or an error")

    def _once(self, operation: str, method: str, url: str, kind: str, *, repeatable: bool, **request: Any) -> Answer:
        try:
            answer = self.transport.call(operation, method, url, repeatable=repeatable, **request)
        except (errors.Unavailable, errors.UnknownOutcome):
            self._breaker.missed()
            raise
        except errors.Unreadable as unreadable:
            self._breaker.reached()
            if repeatable:
                raise
            raise errors.UnknownOutcome(operation, status=unreadable.status, why=unreadable.why) from None
        self._breaker.reached()
        if answer.status in SUCCESS:
            return answer
        error = self._error_of(operation, answer, repeatable=repeatable)
        if isinstance(error, errors.Throttled) and answer.status != REQUEST_TIMEOUT:
            self._throttle.rejected(kind, error.retry_after)
        raise error

    def _wait_for_turn(self, operation: str, kind: str, deadline: Deadline) -> None:
        background = self._manners.background
        while wait := self._throttle.wait_seconds(kind, background=background):
            if wait >= deadline.left:
                raise errors.Throttled(operation, retry_after=wait)
            self._manners.sleep(wait)

    def _pause(self, tries_left: int, error: errors.CanadaPostError, deadline: Deadline) -> bool:
        """Wait a little before the next try; False when there is no time for another."""
        tried = self._manners.retries - tries_left
        pause = min(BACKOFF_SECONDS * 2**tried, LONGEST_BACKOFF_SECONDS) * (0.5 + self._manners.random() / 2)
        pause = max(pause, error.retry_after or 0)
        if pause >= deadline.left:
            return False
        self._manners.sleep(pause)
        return True

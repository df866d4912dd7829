"""Calls that stay below the limits, are retried where that is safe, stop while nobody answers, raise typed errors."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.breaker import Breaker
from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.calling.throttle import Throttle
from deliver_to_po.canadapost.calling.transport import Answer, Transport
from deliver_to_po.canadapost.reading import SUCCESS
from deliver_to_po.canadapost.shipment_search import Row, Spelling, Spellings

BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 5.0
REQUEST_TIMEOUT = 408


class ErrorOf(Protocol):
    """Turns an answer that is not a success into an error; each API reads its own messages."""

    def __call__(self, operation: str, answer: Answer, *, repeatable: bool) -> errors.CanadaPostError:
        """Return the error."""


class CallPolicy(NamedTuple):
    """Whether anybody waits for the calls, how often to retry one, and how to sleep (tests do not).

    What is not ``patient`` never sleeps: no turn is waited for and nothing is tried again.
    """

    background: bool = False
    patient: bool = True
    retries: int = 2
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


class Caller:
    """Sends the calls of one account to one API.

    Callers made by ``within`` share throttle, breaker and ``spellings`` with the one they are made from.
    """

    def __init__(
        self,
        transport: Transport,
        error_of: ErrorOf,
        throttle: Throttle,
        breaker: Breaker,
        policy: CallPolicy | None = None,
        spellings: Spellings | None = None,
    ):
        self.transport = transport
        self.spellings = spellings or Spellings()
        self.error_of = error_of
        self._throttle = throttle
        self._breaker = breaker
        self._policy = policy or CallPolicy()

    def within(self, total_seconds: float | None, *, background: bool, patient: bool = True) -> "Caller":
        """Return the same caller with a shorter total deadline, for a buyer who waits or for work in the background."""
        return Caller(
            self.transport.within(total_seconds),
            self.error_of,
            self._throttle,
            self._breaker,
            self._policy._replace(background=background, patient=patient),
            self.spellings,
        )

    @property
    def base_url(self) -> str:
        return self.transport.base_url

    @property
    def gave_up(self) -> bool:
        """Say whether a call would raise Unavailable at once, because the breaker is open."""
        return self._breaker.is_open

    def address(self, operation: str, path: str) -> str:
        """Return the URL of a path of ours, or a link from an answer; raises Unreadable for a link that leads away."""
        if path.startswith("/"):
            return self.base_url + path
        if not self.transport.owns(path):
            raise errors.Unreadable(operation, why="a link leads elsewhere than to the configured host and path")
        return path

    def budget(self) -> Deadline:
        """Return the deadline of an operation, for a ``with``: every call and every wait inside shares it."""
        return self.transport.budget()

    def search(
        self,
        operation: str,
        spellings: tuple[Spelling, ...],
        ask: Callable[[Spelling], Iterable[Row]],
        fits: Callable[[Row], bool | None] = lambda row: True,
    ) -> list[Row]:
        """Return what ``Spellings.search`` does; all of its calls share one deadline."""
        with self.budget():
            return self.spellings.search(operation, spellings, ask, fits)

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
        """Send one call and return its answer if that is a success; otherwise raise the error that the answer means.

        ``repeatable`` calls (questions, the token) are sent again after Unavailable and Throttled while the deadline
        lasts, after growing pauses or the pause that Canada Post asks for. ``kind`` names the limit that the call
        counts against, where there are several. ``request`` is the rest of what ``Transport.call`` takes.
        """
        with self.budget() as deadline:
            for tries_left in range(self._policy.retries if repeatable and self._policy.patient else 0, -1, -1):
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
        except (errors.Unavailable, errors.UnknownOutcome) as failed:
            # A redirect that is not followed still counts as an answer.
            if failed.status is None:
                self._breaker.missed()
            else:
                self._breaker.reached()
            raise
        except errors.Unreadable as unreadable:
            self._breaker.reached()
            if repeatable:
                raise
            raise errors.UnknownOutcome(operation, status=unreadable.status, why=unreadable.why) from None
        self._breaker.reached()
        if answer.status in SUCCESS:
            return answer
        error = self.error_of(operation, answer, repeatable=repeatable)
        if isinstance(error, errors.Throttled) and answer.status != REQUEST_TIMEOUT:
            self._throttle.rejected(kind, error.retry_after)
        raise error

    def _wait_for_turn(self, operation: str, kind: str, deadline: Deadline) -> None:
        background = self._policy.background
        while wait := self._throttle.wait_seconds(kind, background=background):
            if wait >= deadline.left or not self._policy.patient:
                raise errors.Throttled(operation, retry_after=wait)
            self._policy.sleep(wait)

    def _pause(self, tries_left: int, error: errors.CanadaPostError, deadline: Deadline) -> bool:
        """Wait before the next try and return True; return False at once when the deadline leaves no time for one."""
        tried = self._policy.retries - tries_left
        pause = min(BACKOFF_SECONDS * 2**tried, LONGEST_BACKOFF_SECONDS) * (0.5 + self._policy.random() / 2)
        pause = max(pause, error.retry_after or 0)
        if pause >= deadline.left:
            return False
        self._policy.sleep(pause)
        return True

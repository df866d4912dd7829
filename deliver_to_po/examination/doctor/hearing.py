"""A transport that passes every answer on to a listener."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from deliver_to_po.canadapost.calling.transport import Answer, Timeouts, Transport


class Heard(NamedTuple):
    """One answer, with the time it came by this machine's clock and the seconds it took."""

    operation: str
    method: str
    answer: Answer
    at: datetime
    seconds: float

    @property
    def clock_difference(self) -> timedelta | None:
        """Return how far this machine's clock is ahead of the server's; None when the answer has no date."""
        try:
            theirs = parsedate_to_datetime(self.answer.headers.get("Date", "")[:60])
        except (ValueError, OverflowError, IndexError, TypeError):
            return None
        return self.at - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))


class ListeningTransport(Transport):
    """Sends calls as ``Transport`` does, and gives each answer to ``hear``."""

    def __init__(self, base_url: str, timeouts: Timeouts, *, hear: Callable[[Heard], None]):
        super().__init__(base_url, timeouts)
        self._hear = hear

    def call(self, operation: str, method: str, url: str, **request: Any) -> Answer:
        began = time.monotonic()
        answer = super().call(operation, method, url, **request)
        self._hear(Heard(operation, method, answer, datetime.now(UTC), time.monotonic() - began))
        return answer

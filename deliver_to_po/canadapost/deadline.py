"""One time budget for everything an operation does, kept even against a peer that drips."""

import socket
import threading
import time
from types import TracebackType
from typing import Self


class OutOfTime(Exception):
    """The budget is spent."""


class Deadline:
    """Ends whatever the operation is waiting for when its budget is spent, by shutting the socket down.

    Deadlines of one thread nest: the one that was opened first counts, so that a token, a call, its repetitions and the
    links it follows share one budget. The socket is held by a descriptor of its own, so that a late end can never hit a
    connection that another call uses by then.
    """

    _of_thread = threading.local()

    def __init__(self, seconds: float):
        self.ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        # Runs from the first connection on: before, there is nothing to end.
        self._timer: threading.Timer | None = None

    def __enter__(self) -> "Deadline":
        outer = Deadline.current()
        if outer is not None:
            return outer
        Deadline._of_thread.value = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if Deadline.current() is not self:
            return
        Deadline._of_thread.value = None
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._drop()

    @classmethod
    def current(cls) -> Self | None:
        """Return the deadline of this thread's operation, or None outside one."""
        return getattr(cls._of_thread, "value", None)

    @property
    def left(self) -> float:
        """Return the seconds that are left, never below zero."""
        return max(self.ends_at - time.monotonic(), 0.0)

    @property
    def passed(self) -> bool:
        """Say whether nothing is left."""
        return self.left <= 0

    def hold(self, connected: socket.socket) -> None:
        """Let the end of the budget shut this connection down, whatever it is doing; raises OutOfTime after it."""
        with self._lock:
            self._drop()
            if self.passed:
                raise OutOfTime
            # A descriptor of the same connection: a TLS layer put on it takes the first one away.
            self._held = socket.fromfd(connected.fileno(), connected.family, connected.type, connected.proto)
        if self._timer is None:
            self._timer = threading.Timer(self.left, self._end)
            self._timer.daemon = True
            self._timer.start()

    def check(self) -> None:
        """Raise OutOfTime when nothing is left."""
        if self.passed:
            raise OutOfTime

    def _drop(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _end(self) -> None:
        with self._lock:
            # A clock that is a hair slow must not hide why the connection ends.
            self.ends_at = min(self.ends_at, time.monotonic())
            if self._held is not None:
                try:
                    self._held.shutdown(socket.SHUT_RDWR)
                except OSError:
                    # The peer has closed it already.
                    self._drop()

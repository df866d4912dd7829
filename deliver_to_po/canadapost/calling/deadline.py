"""One time limit for everything an operation does, kept even when the server sends a byte at a time."""

import socket
import threading
import time
from types import TracebackType
from typing import Self


class OutOfTime(Exception):
    """The time is up."""


class Deadline:
    """Ends whatever the operation is waiting for when its time is up, by shutting down the socket.

    Deadlines of one thread nest: the outermost counts, so that a token, a call, its retries and the links it follows
    share one time limit. The socket is held by a duplicate descriptor, so that a timer that fires late can never hit a
    connection that another call uses by then.
    """

    _of_thread = threading.local()

    def __init__(self, seconds: float):
        self.ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        # Started with the first connection: before that there is nothing to shut down.
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
        """Return the seconds that are left, at least 0."""
        return max(self.ends_at - time.monotonic(), 0.0)

    @property
    def passed(self) -> bool:
        return self.left <= 0

    def hold(self, connected: socket.socket) -> None:
        """Shut this connection down when the time is up, whatever it is doing; raises OutOfTime if that is now."""
        with self._lock:
            self._drop()
            if self.passed:
                raise OutOfTime
            # A duplicate descriptor: a TLS layer takes over the original.
            self._held = socket.fromfd(connected.fileno(), connected.family, connected.type, connected.proto)
        if self._timer is None:
            self._timer = threading.Timer(self.left, self._end)
            self._timer.daemon = True
            self._timer.start()

    def check(self) -> float:
        """Return the seconds that are left, more than 0; raises OutOfTime when the time is up."""
        left = self.left
        if left <= 0:
            raise OutOfTime
        return left

    def _drop(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _end(self) -> None:
        with self._lock:
            # If the clock is a hair behind the timer, the deadline must still count as passed.
            self.ends_at = min(self.ends_at, time.monotonic())
            if self._held is not None:
                try:
                    self._held.shutdown(socket.SHUT_RDWR)
                except OSError:
                    # The peer has closed it already.
                    self._drop()

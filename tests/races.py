"""Two connections at once: a test holds rows in its own transaction while somebody else, in a thread, wants them."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from django.db import connection

SECONDS = 30.0


class Contender:
    """Does something on a connection of its own, beside the transaction of the test."""

    def __init__(self, executor: ThreadPoolExecutor, do: Callable[[], Any]) -> None:
        self._backend: Future[int] = Future()
        self._outcome = executor.submit(self._run, do)

    def _run(self, do: Callable[[], Any]) -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._backend.set_result(cursor.fetchone()[0])
            return do()
        finally:
            connection.close()

    def waits(self) -> bool:
        """Say whether it waits for a lock that somebody holds; False once it has ended without."""
        backend = self._backend.result(SECONDS)
        for _ in range(int(SECONDS / 0.005)):
            if wait([self._outcome], timeout=0.005).done:
                return False
            with connection.cursor() as cursor:
                cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted)", [backend])
                if cursor.fetchone()[0]:
                    return True
        raise AssertionError("it neither waits nor ends")

    def result(self) -> Any:
        """Return what it came to, or raise what it raised."""
        return self._outcome.result(SECONDS)

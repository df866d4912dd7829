"""Threads at once, and two connections: a test holds rows in its transaction while somebody else wants them."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from django.db import connection, transaction

from deliver_to_po.errors import DeliverToPoError

SECONDS = 30.0
# Who one is to the database, whether that one waits for a lock that somebody holds, and when to ask once more.
# MariaDB repeats its answer to whoever asks again within 100 ms.
QUESTIONS = {
    "postgresql": (
        "SELECT pg_backend_pid()",
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted)",
        0.005,
    ),
    "mysql": (
        "SELECT CONNECTION_ID()",
        "SELECT EXISTS (SELECT 1 FROM information_schema.innodb_trx"
        " WHERE trx_mysql_thread_id = %s AND trx_state = 'LOCK WAIT')",
        0.15,
    ),
}


class Contender:
    """Does something on a connection of its own, beside the transaction of the test."""

    def __init__(self, executor: ThreadPoolExecutor, do: Callable[[], Any]) -> None:
        self._number: Future[int] = Future()
        self._who, self._is_waiting, self._seconds = QUESTIONS[connection.vendor]
        self._outcome = executor.submit(self._run, do)

    def _run(self, do: Callable[[], Any]) -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute(self._who)
                self._number.set_result(cursor.fetchone()[0])
            return do()
        finally:
            connection.close()

    def waits(self) -> bool:
        """Say whether it waits for a lock that somebody holds; False once it has ended without."""
        number = self._number.result(SECONDS)
        for _ in range(int(SECONDS / self._seconds)):
            if wait([self._outcome], timeout=self._seconds).done:
                return False
            with connection.cursor() as cursor:
                cursor.execute(self._is_waiting, [number])
                if cursor.fetchone()[0]:
                    return True
        raise AssertionError("it neither waits nor ends")

    def result(self) -> Any:
        """Return what it came to, or raise what it raised."""
        return self._outcome.result(SECONDS)


Beside = Callable[[Callable[[], Any]], Contender]


def meeting(beside: Beside, first: Callable[[], Any], second: Callable[[], Any], *, undone: bool = False) -> Any:
    """Return what ``second`` comes to, which waits until ``first`` is committed; or ``undone`` after all."""
    with transaction.atomic():
        assert first()
        contender = beside(second)
        assert contender.waits()
        transaction.set_rollback(undone)
    return contender.result()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment, each in a thread; return what each came to, one of our errors too."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(timeout=SECONDS)
        try:
            return act()
        except DeliverToPoError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as executor:
        return list(executor.map(run, acts, timeout=SECONDS))

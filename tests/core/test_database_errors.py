"""A database that is only busy is asked again; and the log says what an error was, but nothing of a row."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError

from deliver_to_po.core.database_errors import WAITS, described, is_busy, patiently


class FromMariadb(Exception):
    """An error as PyMySQL raises it, with a number and with a state that says less."""

    sqlstate = "HY000"


class FromPostgresql(Exception):
    """An error as psycopg raises it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("a row of Marie-Ève Côté")
        self.sqlstate = sqlstate


class FromPsycopg2(Exception):
    """An error as psycopg2 raises it."""

    def __init__(self, pgcode: str) -> None:
        super().__init__("a row of Marie-Ève Côté")
        self.pgcode = pgcode


def of_django(cause: Exception, kind: type[DatabaseError | InterfaceError] = OperationalError) -> Exception:
    """Return the error of Django's whose cause is the driver's."""
    error = kind(*cause.args)
    error.__cause__ = cause
    return error


def locked(folder: Path) -> sqlite3.Error:
    """Return what SQLite raises for a second writer."""
    first, second = (sqlite3.connect(folder / "shop.sqlite3", timeout=0, isolation_level=None) for _ in range(2))
    first.execute("BEGIN IMMEDIATE")
    try:
        second.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error
    finally:
        first.close()
        second.close()
    raise AssertionError("both may write")


def extended(code: int) -> sqlite3.Error:
    """Return an error of SQLite with an extended code: how it is busy stands above the lowest byte."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


def test_a_locked_sqlite_is_only_busy_and_the_log_says_so(tmp_path: Path) -> None:
    error = of_django(locked(tmp_path))
    assert is_busy(error)
    assert described(error) == "OperationalError, database is locked"


@pytest.mark.parametrize(
    ("cause", "busy"),
    [
        (FromPostgresql("40P01"), True),
        (FromPostgresql("40001"), True),
        (FromPostgresql("55P03"), True),
        (FromPostgresql("57014"), True),
        (FromPostgresql("57P01"), False),
        (FromPsycopg2("40P01"), True),
        (FromPsycopg2("57P01"), False),
        (Exception(1213, "Deadlock found"), True),
        (Exception(1205, "Lock wait timeout exceeded"), True),
        (FromMariadb(1205, "Lock wait timeout exceeded"), True),
        (FromMariadb(1020, "Record has changed since last read"), True),
        (FromMariadb(1969, "max_statement_time exceeded"), True),
        (FromMariadb(2013, "Lost connection"), False),
        (Exception(2006, "MySQL server has gone away"), False),
        (sqlite3.OperationalError("no such table: marie"), False),
        (extended(sqlite3.SQLITE_BUSY_SNAPSHOT), True),
        (extended(sqlite3.SQLITE_IOERR_LOCK), False),
    ],
)
def test_a_deadlock_or_a_lock_that_came_too_late_is_only_busy_too(cause: Exception, busy: bool) -> None:
    assert is_busy(of_django(cause)) is busy
    assert not is_busy(of_django(cause, IntegrityError))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (of_django(FromPostgresql("23505"), IntegrityError), "IntegrityError, 23505"),
        (of_django(FromPsycopg2("23505"), IntegrityError), "IntegrityError, 23505"),
        (of_django(Exception(1062, "Duplicate entry Marie-Ève Côté"), IntegrityError), "IntegrityError, 1062"),
        (OperationalError("about Marie-Ève Côté"), "OperationalError"),
        (KeyError("Marie-Ève Côté"), "KeyError"),
    ],
)
def test_of_any_other_error_kind_and_code_are_said_and_none_of_its_words(error: Exception, said: str) -> None:
    assert described(error) == said


def test_what_a_busy_database_refuses_is_done_again_and_two_refusals_cost_less_than_a_second(
    tmp_path: Path, pauses: list[float], failing: Callable[[int, Exception], Any]
) -> None:
    assert patiently(failing(2, of_django(locked(tmp_path)))) == "done"
    assert pauses == list(WAITS[:2])
    assert sum(pauses) < 1


def test_it_is_not_done_again_without_end(
    tmp_path: Path, pauses: list[float], failing: Callable[[int, Exception], Any]
) -> None:
    with pytest.raises(OperationalError):
        patiently(failing(len(WAITS) + 1, of_django(locked(tmp_path))))
    assert pauses == list(WAITS)


def test_a_database_that_waits_for_its_locks_itself_is_not_asked_for_minutes(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []
    # MariaDB says so after 50 seconds.
    monkeypatch.setattr("time.monotonic", lambda: 50.0 * len(tries))

    def do() -> None:
        tries.append(50)
        raise of_django(Exception(1205, "Lock wait timeout exceeded"))

    with pytest.raises(OperationalError):
        patiently(do)
    assert (len(tries), pauses) == (1, [])


@pytest.mark.parametrize("error", [OperationalError("gone away"), ValueError()])
def test_any_other_error_is_raised_at_once(
    error: Exception, pauses: list[float], failing: Callable[[int, Exception], Any]
) -> None:
    with pytest.raises(type(error)):
        patiently(failing(1, error))
    assert pauses == []


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that were waited, which take none."""
    made: list[float] = []
    monkeypatch.setattr("time.sleep", made.append)
    return made


@pytest.fixture
def failing() -> Callable[[int, Exception], Callable[[], str]]:
    """Return a function that makes one which fails some times."""

    def times(count: int, error: Exception) -> Callable[[], str]:
        left = [error] * count

        def do() -> str:
            if left:
                raise left.pop()
            return "done"

        return do

    return times

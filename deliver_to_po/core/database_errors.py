"""Errors of the database: whether it was only busy, so that the same may work in a second, and what may be logged."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import Error, OperationalError

BUSY_SECONDS = 1.0
# Between tries: whoever meets another writer twice in a row has not lost a second yet.
WAITS = (0.2, 0.4, 0.8, 1.6)
PATIENCE_SECONDS = 30.0
# SQLite's SQLITE_BUSY and SQLITE_LOCKED, without what its extended codes add.
SQLITE = {5, 6}
# PostgreSQL: could not be put in order, deadlock, lock not available, a statement that took too long, since one about a
# single row only waits for a lock. MariaDB and MySQL: lock time-out, deadlock, a row that was changed by another while
# this one waited for it, again a statement that took too long.
CODES = {"40001", "40P01", "55P03", "57014", "1205", "1213", "1020", "1969", "3024"}

T = TypeVar("T")


def is_busy(error: BaseException) -> bool:
    """Say whether the database was only busy: "database is locked", a deadlock, a lock that came too late."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF in SQLITE or _code(error) in CODES


def described(error: BaseException) -> str:
    """Return what may be logged of an error: its kind, of the database's own its code, and its words if it is busy.

    Other words may hold anything, a whole row included.
    """
    kind = type(error).__name__
    if is_busy(error):
        return f"{kind}, {str(error.__cause__).splitlines()[0]}"
    code = _code(error) if isinstance(error, Error) else ""
    return f"{kind}, {code}" if code else kind


def patiently(do: Callable[[], T]) -> T:
    """Return what ``do`` returns; while the database is busy, do it again after each of WAITS.

    Not for longer than PATIENCE_SECONDS: MariaDB waits for 50 by itself before it says that it is busy.
    """
    ends_at = time.monotonic() + PATIENCE_SECONDS
    for seconds in WAITS:
        try:
            return do()
        except OperationalError as error:
            if not is_busy(error) or time.monotonic() >= ends_at:
                raise
            time.sleep(seconds)
    return do()


def _code(error: BaseException) -> str:
    """Return the database's own code of an error; ``""`` if it has none."""
    cause = error.__cause__
    # First the number: the state that MariaDB sends beside it is the same for a time-out as for what is never busy.
    number = cause.args[0] if cause is not None and cause.args else None
    if isinstance(number, int):
        return str(number)
    # PostgreSQL's is called so by psycopg 3 and psycopg2.
    names = ("sqlite_errorname", "sqlstate", "pgcode")
    return str(next(filter(None, (getattr(cause, name, None) for name in names)), ""))

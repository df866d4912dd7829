"""Doing something with each of some rows, so that what one of them raises costs no other."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connections, router

from deliver_to_po.core.database_errors import described

log = logging.getLogger(__name__)


def log_error(name: str, row: Any, error: Exception) -> None:
    """Log an error that nobody foresaw: what may be said of it, and its place."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s %s: %s at %s:%s", name, row.pk, described(error), where.filename, where.lineno)


def each_by_itself(
    name: str, rows: Iterable[Any], do: Callable[[Any], bool], *, failed: Callable[[Any], None] = lambda _row: None
) -> int:
    """Do something with each row and return for how many of them it was done.

    What a row raises is logged, and ``failed`` is told of the row. Raises OperationalError or InterfaceError when the
    database is away, since that concerns every row; one that answers, such as after a deadlock, goes on with the next.
    """
    done = 0
    for row in rows:
        try:
            done += do(row)
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and database_is_away(row):
                raise
            log_error(name, row, error)
            failed(row)
    return done


def database_is_away(row: Any) -> bool:
    """Say whether the row's database answers nothing just now."""
    try:
        with connections[router.db_for_write(type(row))].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return True
    return False

"""Doing something with each of some rows, so that what one of them raises costs no other."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)


def log_error(name: str, row: Any, error: Exception) -> None:
    """Log an error that nobody foresaw: its kind and its place.

    Its text may hold anything, a whole row of the database included.
    """
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s %s: %s at %s:%s", name, row.pk, type(error).__name__, where.filename, where.lineno)


def each_by_itself(name: str, rows: Iterable[Any], do: Callable[[Any], bool]) -> int:
    """Do something with each row and return for how many of them it was done; what a row raises is logged.

    Raises OperationalError or InterfaceError when the database is away, since that concerns every row.
    """
    done = 0
    for row in rows:
        try:
            done += do(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log_error(name, row, error)
    return done

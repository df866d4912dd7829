"""Rows that a test is not about: whatever it does, they must stand as they were."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
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


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table, each value as the database takes it; keys that the database makes are left out."""

    model: type[Model]
    columns: Sequence[str]
    values: Sequence[Sequence[Any]]

    @classmethod
    def of(cls, objects: Sequence[Model]) -> "Rows":
        model = type(objects[0])
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
        values = [
            [field.get_db_prep_save(field.pre_save(one, add=True), connection) for field in fields] for one in objects
        ]
        return cls(model, [str(field.column) for field in fields], values)

    def of_column(self, name: str) -> list[Any]:
        """Return one value of each row."""
        place = self.columns.index(name)
        return [row[place] for row in self.values]

    def insert(self, **keys: Mapping[Any, Any]) -> None:
        """Write the rows. ``keys`` says, for a column, which key the database made for one that was made up."""
        columns = ", ".join(map(_quoted, self.columns))
        sql = f"INSERT INTO {_table(self.model)} ({columns}) VALUES ({_marks(self.columns)})"
        made = {self.columns.index(column): new for column, new in keys.items()}
        rows = [
            [made[place].get(value, value) if place in made else value for place, value in enumerate(row)]
            for row in self.values
        ]
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


class Bystanders:
    """An open draft, a delivery in each state and a shipment in each state, of other people and other orders.

    Most tests have them, so they are made once and then written as they are.
    """

    def __init__(self) -> None:
        orders, deliveries, of_deliveries, attempts = _made()
        orders.insert()
        made_up = {number: -place for place, number in enumerate(orders.of_column("number"), start=1)}
        keys = {made_up[number]: key for key, number in _select(orders.model, "id, number", "number", list(made_up))}
        deliveries.insert(order_id=keys, current_order_id=keys)
        self._deliveries = deliveries.of_column("id")
        for rows in of_deliveries:
            rows.insert()
        self._shipments = [key for (key,) in _select(Shipment, "id", "delivery_id", self._deliveries)]
        attempts.insert(shipment_id={-place: key for place, key in enumerate(self._shipments, start=1)})
        self._before = self._rows()

    def _rows(self) -> set[tuple[Any, ...]]:
        """Return every row that is theirs, those that the test gave them included."""
        columns = ", ".join(
            _quoted(str(field.column)) for field in Delivery._meta.concrete_fields if field.name not in NOTED
        )
        found = [("Delivery", *row) for row in _select(Delivery, columns, "id", self._deliveries)]
        for model in (Shipment, History, SearchKey):
            found += [(model.__name__, *row) for row in _select(model, "*", "delivery_id", self._deliveries)]
        return {*found, *(("Attempt", *row) for row in _select(Attempt, "*", "shipment_id", self._shipments))}

    def assert_unchanged(self) -> None:
        """Fail when one of them was changed or deleted, or something was added to it."""
        changed = self._before ^ self._rows()
        assert not changed, f"rows that the test is not about were changed: {sorted(changed, key=str)}"


@cache
def _made() -> tuple[Rows, Rows, Sequence[Rows], Rows]:
    """Return orders, deliveries, what each delivery has, and one attempt of each shipment.

    An order is known by a made-up key, and so is a shipment.
    """
    much_later = REAL_NOW + LATER
    deliveries = [build_draft(state=state, expires_at=much_later) for state in WITHOUT_ORDER]
    placed = [state for state in DeliveryState if state not in WITHOUT_ORDER]
    with_lease = [(state, uuid.uuid4()) for state in ShipmentState]
    shipping = [*with_lease, *((state, None) for state in WITH_A_NEXT_STEP)]
    # Whoever has parcels has paid; a sweep would keep their labels back, and release who has paid and has none.
    orders = [*(build_order() for _ in placed), *(build_paid_order() for _ in shipping)]
    for place, order in enumerate(orders, start=1):
        if isinstance(order._meta.pk, AutoField):
            order.pk = -place
    free = iter(orders)
    deliveries += [build_delivery(next(free), state=state) for state in placed]
    shipments = []
    for state, lease in shipping:
        # The shop is not asked again whether its order is still paid.
        deliveries.append(build_delivery(next(free), paid_asked_at=much_later))
        # It holds what a test may wipe out.
        known = {"reason": Reason.UNAVAILABLE, "reason_text": "busy", "system_data": {"links": 1}, "tries": 3}
        shipments.append(build_shipment(deliveries[-1], due_at=None, state=state, lease=lease, **known))
    for place, shipment in enumerate(shipments, start=1):
        shipment.pk = -place
    return (
        Rows.of(orders),
        Rows.of(deliveries),
        (
            Rows.of(shipments),
            Rows.of([History(delivery=row, change=Change.PLACE) for row in deliveries]),
            Rows.of([SearchKey(delivery=row, key="somebody") for row in deliveries]),
        ),
        Rows.of([Attempt(shipment=row, step=HandoffStep.CHECK, outcome=Outcome.TAKES_PARCELS) for row in shipments]),
    )


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

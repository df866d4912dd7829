"""Rows that a test is not about: whatever it does, they must stand as they were."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils import timezone

from deliver_to_po import conf
from deliver_to_po.choices import Change, DeliveryState, HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.models import Attempt, Delivery, History, SearchKey, Shipment
from tests.factories import build_delivery, build_draft, build_order, build_shipment

# Neither due nor expired before the test is over, however far it moves the clock.
LATER = timedelta(days=3650)
BEFORE_PLACING = (DeliveryState.DRAFT, DeliveryState.RESERVED)
# What a worker may have in hand or not.
WITH_A_NEXT_STEP = (
    ShipmentState.WAITING,
    ShipmentState.REQUESTED,
    ShipmentState.UNKNOWN,
    ShipmentState.MADE,
    ShipmentState.VOIDING,
    ShipmentState.REFUNDING,
)


class Bystanders:
    """An open draft, a delivery in each state and a shipment in each state, of other people and other orders.

    They are written in a few statements, since most tests have them.
    """

    def __init__(self) -> None:
        much_later = timezone.now() + LATER
        self._deliveries = [build_draft(state=state, expires_at=much_later) for state in BEFORE_PLACING]
        placed = [state for state in DeliveryState if state not in BEFORE_PLACING]
        with_lease = [(state, uuid.uuid4()) for state in ShipmentState]
        shipments = [*with_lease, *((state, None) for state in WITH_A_NEXT_STEP)]
        orders = _saved_orders(len(placed) + len(shipments))
        self._deliveries += [build_delivery(orders.pop(), state=state) for state in placed]
        self._shipments = [
            self._shipment(build_delivery(orders.pop()), state=state, lease=lease) for state, lease in shipments
        ]
        Delivery.objects.bulk_create(self._deliveries)
        Shipment.objects.bulk_create(self._shipments)
        self._write_down_what_happened()
        self._before = dict(self._rows())

    def _shipment(self, delivery: Delivery, **fields: Any) -> Shipment:
        """Return a shipment that holds what a test may wipe out."""
        self._deliveries.append(delivery)
        known = {"reason": Reason.UNAVAILABLE, "reason_text": "busy", "system_data": {"links": 1}, "tries": 3}
        return build_shipment(delivery, due_at=timezone.now() + LATER, **known, **fields)

    def _write_down_what_happened(self) -> None:
        History.objects.bulk_create(History(delivery=row, change=Change.PLACE) for row in self._deliveries)
        SearchKey.objects.bulk_create(SearchKey(delivery=row, key="somebody") for row in self._deliveries)
        shipments = Shipment.objects.filter(delivery__in=self._deliveries)
        Attempt.objects.bulk_create(
            Attempt(shipment=row, step=HandoffStep.CHECK, outcome=Outcome.TAKES_PARCELS) for row in shipments
        )

    def _rows(self) -> Iterator[tuple[tuple[type[Model], Any], dict[str, Any]]]:
        """Return every row that is theirs, those that the test gave them included."""
        theirs = [row.pk for row in self._deliveries]
        found: Sequence[QuerySet[Any]] = (
            Delivery.objects.filter(pk__in=theirs),
            Shipment.objects.filter(delivery__in=theirs),
            History.objects.filter(delivery__in=theirs),
            Attempt.objects.filter(shipment__delivery__in=theirs),
            SearchKey.objects.filter(delivery__in=theirs),
        )
        for rows in found:
            for row in rows.values():
                yield (rows.model, row["id"]), row

    def assert_unchanged(self) -> None:
        """Fail when one of them was changed or deleted, or something was added to it."""
        now = dict(self._rows())
        changed = {
            f"{key[0].__name__} {key[1]}": (self._before.get(key), now.get(key))
            for key in {**self._before, **now}
            if now.get(key) != self._before.get(key)
        }
        assert not changed, f"rows that the test is not about were changed: {changed}"


def _saved_orders(count: int) -> list[Any]:
    orders = [build_order() for _ in range(count)]
    rows = apps.get_model(conf.order_model())._default_manager
    rows.bulk_create(orders)
    # Read anew, since not every database tells the keys of rows that it got at once.
    return list(rows.filter(number__in=[order.number for order in orders]))

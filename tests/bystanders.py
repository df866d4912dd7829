"""Rows that a test is not about: whatever it does, they must stand as they were."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from deliver_to_po.choices import DeliveryState, ShipmentState
from deliver_to_po.models import Attempt, Delivery, History, Shipment
from tests.factories import make_delivery, make_draft, make_shipment

KINDS: tuple[type[Model], ...] = (Delivery, Shipment, History, Attempt)
# Not due before the test is over, so that no sweep has a reason to touch them.
LATER = timedelta(days=1)


class Bystanders:
    """An open draft, a delivery in each state and a shipment in each state, of other people and other orders."""

    def __init__(self) -> None:
        make_draft()
        for state in DeliveryState:
            if state != DeliveryState.DRAFT:
                make_delivery(state=state)
        for shipment_state in ShipmentState:
            make_shipment(state=shipment_state, due_at=timezone.now() + LATER, lease=uuid.uuid4())
        self._before = dict(self._rows())

    def _rows(self) -> Iterator[tuple[tuple[type[Model], Any], dict[str, Any]]]:
        for kind in KINDS:
            for row in kind._default_manager.values():
                yield (kind, row["id"]), row

    def assert_unchanged(self) -> None:
        """Fail when one of them was changed or deleted."""
        now = dict(self._rows())
        changed = {
            f"{key[0].__name__} {key[1]}": (row, now.get(key))
            for key, row in self._before.items()
            if now.get(key) != row
        }
        assert not changed, f"rows that the test is not about were changed: {changed}"

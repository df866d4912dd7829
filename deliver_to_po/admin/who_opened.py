"""Who of the staff opened a label or took recipients' details away in a file, as lines of a delivery's history."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from deliver_to_po.core.choices import Change
from deliver_to_po.core.in_parts import in_parts
from deliver_to_po.models import History, Shipment

# Whoever does the same again within this time leaves no second line.
ONE_LINE_FOR = timedelta(hours=1)


def labels_opened(shipments: Iterable[Shipment], user: Any) -> None:
    """Keep of each label that somebody opened or printed it: it shows a name, an address and a phone."""
    _keep(Change.OPEN_LABEL, {(shipment.delivery_id, shipment.pk) for shipment in shipments}, user)


def details_saved(deliveries: Iterable[UUID], user: Any) -> None:
    """Keep of each delivery that somebody got a file or a paper with details of its recipient."""
    _keep(Change.SAVE_DETAILS, {(pk, None) for pk in deliveries}, user)


def _keep(change: Change, rows: Iterable[tuple[UUID, int | None]], user: Any) -> None:
    for part in in_parts(sorted(rows, key=str)):
        recent = History.objects.filter(change=change, user=user, at__gte=timezone.now() - ONE_LINE_FOR)
        known: set[Any] = set(recent.filter(delivery__in={pk for pk, _ in part}).values_list("delivery", "shipment"))
        History.objects.bulk_create(
            History(delivery_id=delivery, shipment_id=shipment, user=user, change=change)
            for delivery, shipment in part
            if (delivery, shipment) not in known
        )

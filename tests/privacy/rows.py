"""Deliveries that were placed so long ago, with label files, and what became of their rows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone

from deliver_to_po.canadapost.types import Address
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.shipment import label_storage
from tests.factories import RECIPIENT, make_delivery, make_draft, make_shipment

OTTO = replace(
    RECIPIENT,
    name="Otto Canárius-L’Écuyer",
    email="otto@example.com",
    phone="+1 (613) 555-0142",
    address=Address("7 Birch Lane", "Gatineau", "QC", "J8X1A1"),
)
# RECIPIENT_LIFETIME is 180 days where the shop says nothing else.
TOO_LONG, NOT_YET = timedelta(days=180, hours=1), timedelta(days=179, hours=23)
# A shipment that is unfinished keeps them 30 days longer at most.
FAR_TOO_LONG, NOT_YET_FAR = timedelta(days=210, hours=1), timedelta(days=209, hours=23)
WAITS = [DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE]


def placed(ago: timedelta, **fields: Any) -> Delivery:
    """Return a released delivery that was placed so long ago."""
    return make_delivery(placed_at=timezone.now() - ago, **fields)


def reserved(ago: timedelta, **fields: Any) -> Delivery:
    """Return what was reserved for a payment so long ago."""
    return make_draft(state=DeliveryState.RESERVED, reserved_at=timezone.now() - ago, **fields)


def labelled(delivery: Delivery, name: str, **fields: Any) -> Shipment:
    storage = label_storage()
    storage.delete(name)
    storage.save(name, ContentFile(b"%PDF"))
    known: dict[str, Any] = {
        "reason_text": "about Marie-Ève Côté",
        "system_data": {"links": ["x"]},
        "tracking_pin": "7023",
    }
    known["contents"] = [["1", "Ring"]]
    return make_shipment(delivery, state=ShipmentState.LABELLED, label=name, **{**known, **fields})


def row_of(row: Model) -> dict[str, Any]:
    every: Any = type(row)._default_manager
    values: dict[str, Any] = every.filter(pk=row.pk).values().get()
    return values


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Return the fields that differ."""
    return {name for name in after if after[name] != before[name]}


def iso(moment: datetime | None) -> str:
    assert moment is not None
    return shop_time(moment).isoformat(timespec="seconds")


def reread(*deliveries: Delivery) -> list[Delivery]:
    return [Delivery.objects.get(pk=delivery.pk) for delivery in deliveries]

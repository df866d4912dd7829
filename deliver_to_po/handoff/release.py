"""Release: the order may ship, so its parcels become shipments that are due."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.choices import DeliveryState
from deliver_to_po.handoff.integrations.base import shipping_system
from deliver_to_po.handoff.request import option_to_json, sender_to_json
from deliver_to_po.handoff.tasks import wake_after_commit
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.shipment import request_id

SYSTEM = "default"


def release(order: Any) -> None:
    """Release the order's current delivery: the shop calls this when the order is paid.

    Does nothing for an order without one, and nothing the second time. Makes no call; the hand-off is woken after
    the shop's transaction has committed.
    """
    delivery = Delivery.objects.filter(current_order=order, state=DeliveryState.PLACED).first()
    if delivery is not None:
        release_delivery(delivery)


def release_delivery(delivery: Delivery, *, user: Any = None) -> bool:
    """Release one delivery; say whether it was released now."""
    order = delivery.order
    adapter = order_adapter()
    parcels, sender, options = adapter.parcels(order), adapter.ship_from(order), adapter.options(order)
    shared = {
        "system": SYSTEM,
        "api": shipping_system(SYSTEM).api,
        "service": delivery.service,
        "options": [option_to_json(option) for option in options],
        "group_id": timezone.localdate().isoformat(),
        "sender": sender_to_json(sender),
        "due_at": timezone.now(),
    }
    with transaction.atomic():
        if not move_delivery(delivery, "release", user=user, released_at=timezone.now()):
            return False
        shipments = [
            Shipment.objects.create(**_parcel_fields(delivery, number, parcel), **shared)
            for number, parcel in enumerate(parcels, 1)
        ]
        wake_after_commit([shipment.pk for shipment in shipments])
    return True


def _parcel_fields(delivery: Delivery, number: int, parcel: Parcel) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "parcel": number,
        "request_id": request_id(delivery.pk, number, 1),
        "open_parcel": f"{delivery.pk.hex}.{number}",
        "weight_kg": parcel.weight_kg,
        "length_cm": parcel.length_cm,
        "width_cm": parcel.width_cm,
        "height_cm": parcel.height_cm,
    }

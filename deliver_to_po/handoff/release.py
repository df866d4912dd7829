"""Release: the order may ship, so its parcels become shipments that are due."""

from dataclasses import replace
from decimal import ROUND_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.integrations.base import shipping_system
from deliver_to_po.handoff.request import option_to_json, sender_to_json
from deliver_to_po.handoff.tasks import wake_after_commit
from deliver_to_po.models import Delivery, History, Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.shipment import request_id

SYSTEM = "default"


def release(order: Any) -> None:
    """Release the order's current delivery: the shop calls this when the order is paid, in the same transaction.

    Does nothing for an order without one, and nothing the second time. Makes no call; the hand-off is woken after
    the shop's transaction has committed.
    """
    delivery = Delivery.objects.filter(current_order=order).first()
    if delivery is not None and releasable(delivery):
        release_delivery(delivery)


def releasable(delivery: Delivery) -> bool:
    """Say whether a delivery waits for nothing but its release; one held for want of parcels may be tried again."""
    return delivery.state == DeliveryState.PLACED or (
        delivery.state == DeliveryState.HELD and delivery.reason == Reason.NO_PARCELS
    )


def release_delivery(delivery: Delivery, *, user: Any = None) -> bool:
    """Release one delivery; say whether it was released now. Without parcels it is put on hold, with the reason."""
    parcels = list(order_adapter().parcels(delivery.order))
    if not parcels:
        move_delivery(delivery, "hold", user=user, reason=Reason.NO_PARCELS)
        return False
    shared = _from_shop(delivery)
    kept = Reason.NONE if delivery.reason == Reason.NO_PARCELS else delivery.reason
    with transaction.atomic():
        if not move_delivery(delivery, "release", user=user, released_at=timezone.now(), reason=kept):
            return False
        shipments = [_make(delivery, number, 1, parcel, shared) for number, parcel in enumerate(parcels, 1)]
        wake_after_commit([shipment.pk for shipment in shipments])
    return True


def revise(shipment: Shipment, *, user: Any = None) -> Shipment:
    """Make the next revision of a refused parcel, with what the adapter says now, and return it.

    Its request id is a new one: Canada Post has refused the old one, and holds nothing under it. Raises MoveRefused
    when the parcel is not refused any more, has been revised already, or the shop no longer names it.
    """
    delivery = shipment.delivery
    parcels = list(order_adapter().parcels(delivery.order))
    if len(parcels) < shipment.parcel:
        raise MoveRefused
    shared = _from_shop(delivery)
    try:
        with transaction.atomic():
            current = Delivery.objects.select_for_update().get(pk=delivery.pk)
            newest = current.shipments.filter(parcel=shipment.parcel).latest("revision")
            if current.state != DeliveryState.RELEASED or newest.state != ShipmentState.REFUSED:
                raise MoveRefused
            number, revision = newest.parcel, newest.revision + 1
            made = _make(current, number, revision, parcels[number - 1], shared)
            History.objects.create(delivery=current, user=user, what="revise", why=f"{number}.{revision}")
            wake_after_commit([made.pk])
    except IntegrityError:
        raise MoveRefused from None
    return made


def _from_shop(delivery: Delivery) -> dict[str, Any]:
    """Return what every parcel of a delivery shares, as the adapter says it now."""
    adapter, order = order_adapter(), delivery.order
    sender = adapter.ship_from(order)
    address = sender.address
    postal_code = normalize_postal_code(address.postal_code) or address.postal_code
    sender = replace(sender, address=replace(address, postal_code=postal_code))
    return {
        "system": SYSTEM,
        "api": shipping_system(SYSTEM).api,
        "service": delivery.service,
        "options": [option_to_json(option) for option in adapter.options(order)],
        "group_id": timezone.localdate().isoformat(),
        "sender": sender_to_json(sender),
        "due_at": timezone.now(),
    }


def _make(delivery: Delivery, number: int, revision: int, parcel: Parcel, shared: dict[str, Any]) -> Shipment:
    return Shipment.objects.create(
        delivery=delivery,
        parcel=number,
        revision=revision,
        request_id=request_id(delivery.pk, number, revision),
        open_parcel=f"{delivery.pk.hex}.{number}",
        weight_kg=_rounded_up(parcel.weight_kg, "0.001"),
        length_cm=_rounded_up(parcel.length_cm, "0.1"),
        width_cm=_rounded_up(parcel.width_cm, "0.1"),
        height_cm=_rounded_up(parcel.height_cm, "0.1"),
        **shared,
    )


def _rounded_up(number: Decimal, step: str) -> Decimal:
    """Return ``number`` in the steps that Canada Post takes, never lighter or smaller than it is."""
    return Decimal(number).quantize(Decimal(step), rounding=ROUND_UP)

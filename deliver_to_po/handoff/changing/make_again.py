"""Making a parcel again whose label is lost, or which was refused."""

from typing import Any

from deliver_to_po.core.choices import Change, Reason, ShipmentState
from deliver_to_po.core.choices.states import MADE_OR_REFUSED, NO_LABEL_TO_LOSE, WITHDRAWN
from deliver_to_po.errors import InThePost, MoveRefused, NoSuchParcel
from deliver_to_po.handoff.changing.as_asked import is_out_of_reach, is_scanned, newest
from deliver_to_po.handoff.changing.change import Changed, can_be_changed, changeable, plan_now, revise
from deliver_to_po.handoff.changing.ship_again import came_back
from deliver_to_po.models import History, Shipment
from deliver_to_po.models.history import as_note

# What waits for these would wait for ever in a shop that has another shipping system by now.
FOR_ITS_SYSTEM = (Reason.NOT_CONFIGURED, Reason.NO_D2PO, Reason.RECEIVER_GONE)


def make_again(shipment: Shipment, *, user: Any = None, note: str = "") -> Changed:
    """Make a parcel again whose label is lost, was refused or waits for a system that will not ship it.

    It is made as the shop says it then, as its next revision under a request id of its own, once its delivery is
    released. Return the result: NOTHING while it is being made, voided or refunded. ``note`` is kept in the history
    and must hold nothing personal.

    Raises TooLateToChange, InThePost, NoSuchParcel when the shop no longer names the parcel, ShopFailed, and
    MoveRefused when the parcel has been made again already, was dropped, or came back: ``ship_again`` is for that.
    """
    delivery = shipment.delivery
    with changeable(delivery):
        latest = newest(delivery).get(parcel=shipment.parcel)
        if latest.pk != shipment.pk or latest.state in WITHDRAWN or came_back(latest):
            raise MoveRefused
        if is_out_of_reach([latest]):
            raise InThePost
        if latest.state in NO_LABEL_TO_LOSE and not _waits_for_its_system(latest):
            return Changed.NOTHING
        if latest.parcel > len(plan_now(delivery).parcels):
            raise NoSuchParcel
        fields = {"user": user, "change": Change.MAKE_AGAIN, "note": as_note(note)}
        History.objects.create(delivery_id=latest.delivery_id, shipment=latest, **fields)
        return revise(delivery, [latest], user)


def can_be_made_again(shipment: Shipment) -> bool:
    """Say whether making a parcel again would do anything: of its newest shipment, unless that is asked for already."""
    found = shipment.state == ShipmentState.ATTENTION and shipment.shipment_id
    known = shipment.state in MADE_OR_REFUSED or found or _waits_for_its_system(shipment)
    asked = shipment.change_asked_at is not None and shipment.open_parcel is not None
    if not known or is_scanned(shipment) or (asked and shipment.state == ShipmentState.REFUND_ASKED):
        return False
    return can_be_changed(shipment.delivery) and newest(shipment.delivery).filter(pk=shipment.pk).exists()


def _waits_for_its_system(shipment: Shipment) -> bool:
    return shipment.state == ShipmentState.WAITING and shipment.reason in FOR_ITS_SYSTEM

"""What puts a parcel right: it is made again, its old label is destroyed, or a person has seen what exists of it."""

from typing import Any

from deliver_to_po.choices import Change, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused, NoSuchParcel, NumberRefused, NumberTaken
from deliver_to_po.handoff.changing import (
    AWAITED,
    Changed,
    can_be_changed,
    changeable,
    make_anew,
    plan_now,
    what_came_of_it,
)
from deliver_to_po.handoff.frozen_request import can_be_kept
from deliver_to_po.handoff.numbers import NumberOfAnother, is_anothers, own_number
from deliver_to_po.handoff.release import alone_with
from deliver_to_po.handoff.settling import newest, settle
from deliver_to_po.handoff.tasks import wake_after_commit
from deliver_to_po.models import History, Shipment
from deliver_to_po.models.history import as_note
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.outbox.claiming import after
from deliver_to_po.shipping import Made

# No label of these can be lost yet, or it is being taken back.
ON_ITS_WAY = (ShipmentState.WAITING, *AWAITED, ShipmentState.VOIDING, ShipmentState.REFUNDING)
# A shipment in one of these can be made again: something of it exists, or it was refused.
MADE_OR_REFUSED = (
    ShipmentState.REFUSED,
    ShipmentState.MADE,
    ShipmentState.LABELLED,
    ShipmentState.DONE,
    ShipmentState.SUSPENDED,
    ShipmentState.REFUND_ASKED,
)


def make_again(shipment: Shipment, *, user: Any = None, note: str = "") -> Changed:
    """Make a parcel again whose label is lost or was refused, as its next revision, and say what came of it.

    It is made as the shop says it then, under a request id of its own, once its delivery is released. NOTHING while it
    is being made or taken back. ``note`` is kept in the history and must hold nothing personal. Raises TooLateToChange,
    NoSuchParcel when the shop names the parcel no longer, ShopFailed, and MoveRefused when the parcel has been made
    again already, or was dropped.
    """
    delivery = shipment.delivery
    with changeable(delivery):
        latest = newest(delivery).get(parcel=shipment.parcel)
        if latest.pk != shipment.pk or latest.state in (ShipmentState.DROPPED, ShipmentState.VOIDED):
            raise MoveRefused
        if latest.state in ON_ITS_WAY:
            return Changed.NOTHING
        if latest.parcel > len(plan_now(delivery).parcels):
            raise NoSuchParcel
        _write(latest, Change.MAKE_AGAIN, user, note)
        return make_anew(delivery, [latest], user)


def can_be_made_again(shipment: Shipment) -> bool:
    """Say whether making a parcel again would do anything: of its newest shipment, unless that is asked for already."""
    known = shipment.state in MADE_OR_REFUSED or (shipment.state == ShipmentState.ATTENTION and shipment.shipment_id)
    asked = shipment.change_asked_at is not None and shipment.open_parcel is not None
    if not known or (asked and shipment.state == ShipmentState.REFUND_ASKED):
        return False
    return can_be_changed(shipment.delivery) and newest(shipment.delivery).filter(pk=shipment.pk).exists()


def label_destroyed(shipment: Shipment, *, user: Any = None, note: str = "") -> Changed:
    """Keep that a person says: the old label is destroyed. The next revision of its parcel follows, if it was wanted.

    Raises MoveRefused unless a refund was asked for and nobody has said so before.
    """
    with alone_with(shipment.delivery):
        shipment.refresh_from_db()
        if shipment.open_parcel is None or not move_shipment(shipment, "label_destroyed", user=user, note=note):
            raise MoveRefused
        settle(shipment.delivery, user=user)
    return Changed.NOTHING if shipment.change_asked_at is None else Changed.CHANGED


def nothing_exists(shipment: Shipment, *, user: Any = None, note: str = "") -> Changed:
    """Keep that a person has looked into the shipping system: nothing of this shipment exists there, or no longer.

    What was asked of its delivery is done then: it is cancelled, or the next revision follows. Raises MoveRefused
    unless the shipment waits for a person.
    """
    with alone_with(shipment.delivery):
        if not move_shipment(shipment, "not_made", user=user, note=note):
            raise MoveRefused
        settle(shipment.delivery, user=user)
    return Changed.NOTHING if shipment.change_asked_at is None else Changed.CHANGED


def parcel_exists(
    shipment: Shipment, shipment_id: str, tracking_number: str = "", *, user: Any = None, note: str = ""
) -> Changed:
    """Keep that a person has found this shipment in the shipping system, under these numbers; its label is fetched.

    What was asked of its delivery is done then: what was found is voided or refunded. Raises NumberRefused for numbers
    that cannot be kept, NumberTaken for those of another shipment, and MoveRefused unless the shipment waits for a
    person.
    """
    found = Made(shipment_id=shipment_id.strip(), tracking_number=tracking_number.strip())
    if not can_be_kept(found):
        raise NumberRefused
    with alone_with(shipment.delivery):
        shipment.refresh_from_db()
        if is_anothers(shipment, found):
            raise NumberTaken
        fields: dict[str, Any] = {"shipment_id": found.shipment_id, "tracking_pin": found.tracking_number}
        if shipment.shipment_id != found.shipment_id:
            # The shipping system said these of another one.
            fields |= {"system_data": {}, "price": None}
        due: dict[str, Any] = {"due_at": after(0), "tries": 0, "reason": Reason.NONE, "reason_text": ""}
        try:
            with own_number(found) as number:
                moved = move_shipment(shipment, "found", user=user, note=note, **due, **fields, **number)
        except NumberOfAnother:
            raise NumberTaken from None
        if not moved:
            raise MoveRefused
        wake_after_commit([shipment.pk])
        settle(shipment.delivery, user=user)
        shipment.refresh_from_db()
    return Changed.NOTHING if shipment.change_asked_at is None else what_came_of_it(shipment.delivery)


def _write(shipment: Shipment, change: Change, user: Any, note: str) -> None:
    History.objects.create(
        delivery_id=shipment.delivery_id, shipment=shipment, user=user, change=change, note=as_note(note)
    )

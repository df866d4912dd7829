"""Cancelling a delivery, and letting go of an order: at once while nothing is live, or once everything is undone."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from deliver_to_po.core.choices import Change, DeliveryState, ParcelState, Reason, ShipmentState
from deliver_to_po.core.choices.states import ACTIVE, NOT_LIVE
from deliver_to_po.errors import MoveRefused, StillLive
from deliver_to_po.handoff.changing.as_asked import do_as_asked, newest
from deliver_to_po.handoff.releasing.release import alone_with, current_delivery
from deliver_to_po.handoff.stored_files import delete_former
from deliver_to_po.models import Delivery, Export, Shipment
from deliver_to_po.models.export import erase_export
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.outbox.each import each_by_itself


class Cancelled(StrEnum):
    """The result of a request to cancel."""

    #: It is cancelled: nothing of it exists, or its refund is asked for.
    CANCELLED = "cancelled"
    #: It was cancelled before.
    ALREADY = "already"
    #: It will be cancelled by itself: what was made is being voided or refunded, or an answer is still to come.
    ASKED = "asked"
    #: It will be cancelled when a person has settled a parcel; the delivery's page says what is to be done.
    NEEDS_PERSON = "needs_person"
    #: Every parcel of it is picked up, so nothing is left to cancel: what the buyer returns is the shop's own matter.
    PICKED_UP = "picked_up"
    #: The order has no delivery to a post office.
    NOTHING = "nothing"


def cancel(order: Model, note: str = "", *, user: Any = None) -> Cancelled:
    """Cancel the order's current delivery, and return the result.

    What is not sent yet is dropped. What was made is voided, or its refund is asked for once it is transmitted; while
    an answer is awaited, the wish is kept and done then. What was picked up, came back or is lost stays as it is, since
    its label was used. It makes no call. ``note`` is kept in the history and must
    hold nothing personal. Raises ValueError for an order that is not saved.
    """
    return _cancel_current(order, note, Reason.CANCELLED, user)


def to_home(order: Model, note: str = "", *, user: Any = None) -> Cancelled:
    """Let an order that was placed go to the buyer's home instead: as ``cancel``, with a reason of its own.

    The shop ships it then as it ships to a home; with ASKED or NEEDS_PERSON only when the delivery is cancelled.
    """
    return _cancel_current(order, note, Reason.TO_HOME, user)


def _cancel_current(order: Model, note: str, reason: Reason, user: Any) -> Cancelled:
    with transaction.atomic():
        delivery = current_delivery(order, lock=True)
        return Cancelled.NOTHING if delivery is None else cancel_delivery(delivery, note, reason=reason, user=user)


def cancel_delivery(
    delivery: Delivery, note: str = "", *, reason: Reason = Reason.CANCELLED, user: Any = None
) -> Cancelled:
    """Cancel one delivery; see ``cancel``. Raises MoveRefused for a draft."""
    with alone_with(delivery):
        if delivery.state == DeliveryState.CANCELLED:
            return Cancelled.ALREADY
        if delivery.state not in ACTIVE:
            raise MoveRefused
        if is_picked_up(delivery) and delivery.stop_asked_at is None:
            return Cancelled.PICKED_UP
        if move_delivery(delivery, Change.CANCEL, locked=True, reason=reason, user=user, note=note):
            return Cancelled.CANCELLED
        if delivery.stop_asked_at is None:
            move_delivery(delivery, Change.ASK_STOP, locked=True, reason=reason, user=user, note=note)
        do_as_asked(delivery, user=user, by_person=True)
        persons = delivery.shipments.filter(state=ShipmentState.ATTENTION)
        return Cancelled.NEEDS_PERSON if persons.exists() else Cancelled.ASKED


def can_be_cancelled(delivery: Delivery) -> bool:
    """Say whether cancelling does anything: it was not asked for, or what could not be voided is tried again."""
    if delivery.state not in ACTIVE:
        return False
    if delivery.stop_asked_at is None:
        return not is_picked_up(delivery)
    tried = delivery.shipments.filter(state=ShipmentState.ATTENTION).exclude(shipment_id="")
    return tried.exists()


def is_picked_up(delivery: Delivery) -> bool:
    """Say whether the buyer has every parcel of a delivery; one that was taken off the order is none of it."""
    rows = newest(delivery)
    if delivery.state == DeliveryState.RELEASED:
        # Had the order still such a parcel, its next revision would have followed at once.
        rows = rows.exclude(open_parcel=None, change_asked_at__isnull=False)
    states = set(rows.values_list("tracking__state", flat=True))
    return states == {ParcelState.COLLECTED}


def forget(order: Model) -> bool:
    """Let go of an order that the shop is about to delete: erase its labels and delete every row of ours about it.

    Returns whether there was anything. Test deliveries go whatever state they are in. Raises StillLive when a real one
    is not cancelled or something of it exists, or when a worker has a parcel in hand right now; and ValueError for an
    order that is not saved.
    """
    if order._state.adding:
        raise ValueError("save the order before asking for its deliveries")
    with transaction.atomic():
        deliveries = list(Delivery.objects.select_for_update().filter(Q(order=order)).order_by("-placed_at", "-pk"))
        shipments = Shipment.objects.filter(delivery__in=deliveries)
        # Locked, so that no worker begins with one meanwhile.
        rows = list(shipments.select_for_update().select_related("delivery").order_by("pk"))
        if any(each.live and each.state != DeliveryState.CANCELLED for each in deliveries) or any(map(_exists, rows)):
            raise StillLive
        exports = list(Export.objects.filter(shipments__in=rows, erased_at=None).distinct())
        # Not before it is certain: the shop's own transaction may fail. Django 5.2 fails on a partial that fails.
        transaction.on_commit(lambda: _delete_files(rows, exports), robust=True)
        shipments.delete()
        forgotten = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
        forgotten.update(replaces=None)
        forgotten.delete()
    return bool(deliveries)


def _exists(shipment: Shipment) -> bool:
    """Say whether a shipment may be a real parcel, or is in a worker's hands until its lease ends."""
    return shipment.is_under_lease or (shipment.delivery.live and shipment.state not in NOT_LIVE)


def _delete_files(shipments: Sequence[Shipment], exports: Sequence[Export]) -> None:
    for shipment in shipments:
        for name in shipment.every_label_file:
            delete_former(shipment, shipment.label.storage, name)
    # The housekeeping erases an export whose file stays.
    each_by_itself("Erasure of export", exports, erase_export)

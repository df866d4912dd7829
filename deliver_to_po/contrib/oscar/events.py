"""What an order's events lead to: a cancelled order cancels its delivery, and labels become a shipping event."""

import logging
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from oscar.apps.order.exceptions import InvalidShippingEvent, InvalidStatus
from oscar.apps.order.signals import order_line_status_changed, order_status_changed
from oscar.apps.payment.exceptions import PaymentError
from oscar.core.loading import get_class, get_model

from deliver_to_po.adapter import order_adapter
from deliver_to_po.contrib.oscar.adapter import OscarAdapter
from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.contrib.oscar.unplaced import in_language_of_staff
from deliver_to_po.core.choices.states import OVER, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.host.answered import answer_or
from deliver_to_po.host.calling import MOST_ANSWERS, listed
from deliver_to_po.shop import cancel, delivery_of, replan
from deliver_to_po.signals import labelled

log = logging.getLogger(__name__)
UID = "deliver_to_po_oscar"


def connect() -> None:
    order_status_changed.connect(follow_order, dispatch_uid=UID)
    order_line_status_changed.connect(follow_line, dispatch_uid=UID)
    labelled.connect(add_shipping_event, dispatch_uid=UID)


def follow_order(order: Any, old_status: str, new_status: str, **_kwargs: Any) -> None:
    """Cancel the delivery of an order that is cancelled: labels are voided, and what the dashboard shows says so."""
    _follow(order, old_status, new_status, whole=True)


def follow_line(line: Any, old_status: str, new_status: str, **_kwargs: Any) -> None:
    """Let the parcels of an order follow a line that is cancelled, or no longer is; with the last one the delivery."""
    # The dashboard's own has read its lines before.
    _follow(get_model("order", "Order").objects.get(pk=line.order_id), old_status, new_status, whole=False)


def _follow(order: Any, old: str, new: str, *, whole: bool) -> None:
    adapter = order_adapter()
    if not isinstance(adapter, OscarAdapter) or order.shipping_code != CODE:
        return
    cancelled = new in adapter.cancelling_statuses
    if cancelled or old in adapter.cancelling_statuses:
        # Nobody knows what is left to ship while the adapter fails.
        change = cancel if (whole and cancelled) or _shipped_lines(adapter, order) == [] else replan
        try:
            change(order, f"Oscar: {new}")
        except MoveRefused as refused:
            # Staff sees why the parcels stay as they are.
            order.notes.create(message=str(refused), note_type="System")


def _shipped_lines(adapter: OscarAdapter, order: Any) -> Sequence[Any] | None:
    return answer_or(None, lambda: listed("shipped_lines", MOST_ANSWERS, lambda _shop: adapter.shipped_lines(order)))


def add_shipping_event(order_pk: Any, tracking_number: str, **_kwargs: Any) -> None:
    """Add the event that the adapter names once every parcel of an order has its label, with the tracking numbers."""
    adapter = order_adapter()
    if not (isinstance(adapter, OscarAdapter) and adapter.shipping_event):
        return
    order = get_model("order", "Order").objects.get(pk=order_pk)
    kind = get_model("order", "ShippingEventType").objects.filter(name=adapter.shipping_event).first()
    if kind is None:
        log.error("Oscar has no shipping event type %s, so no order gets it", adapter.shipping_event)
        return
    delivery = delivery_of(order)
    shipments = list(delivery.shipments.order_by("parcel", "revision")) if delivery else []
    # The last revision of each parcel counts: none that was dropped, whose parcel is gone, and no label that is over.
    last = {shipment.parcel: shipment for shipment in shipments if shipment.state != ShipmentState.DROPPED}.values()
    numbers = ["" if shipment.state in OVER else shipment.tracking_pin for shipment in last]
    with in_language_of_staff():
        note = _("Tracking number: %(numbers)s") % {"numbers": ", ".join(numbers)}
    if not (numbers and all(numbers)) or order.notes.filter(message=note).exists():
        return
    # Where a label was made again, or staff has added the event before, nothing of the lines is left.
    left = [(line, line.quantity - line.shipping_event_quantity(kind)) for line in _shipped_lines(adapter, order) or ()]
    lines = [(line, quantity) for line, quantity in left if quantity > 0]
    if lines:
        handler = get_class("order.processing", "EventHandler")()
        try:
            handler.handle_shipping_event(order, kind, *map(list, zip(*lines, strict=True)))
        except (InvalidShippingEvent, InvalidStatus, PaymentError) as error:
            # Those that Oscar's own page shows to staff: their text is for nobody else.
            log.warning("Order %s did not get its shipping event: %s", order.pk, type(error).__name__)
            order.notes.create(message=str(error), note_type="System")
    order.notes.create(message=note, note_type="System")

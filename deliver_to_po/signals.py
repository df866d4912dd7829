"""Signals for the shop: what happened to a delivery. Sent after the commit; a receiver that fails breaks nothing."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

# Each is sent with ``delivery_id`` (UUID), ``order_pk`` (the key of the shop's order, None before there is one) and
# ``reason`` (a value of ``Reason``, "" for none); ``refused`` and ``labelled`` with ``shipment_pk`` and
# ``tracking_number`` as well.
# ``held`` comes again when the reason is another one, and ``released`` when a delivery goes on after a hold. What is
# paid for but cannot simply be placed is ``held`` or ``needs_choice`` from the start, without ``placed``.

#: The choice was reserved for a payment.
reserved = Signal()
#: Service or price of a choice have changed. Sent with ``service``, ``price``, ``former_service`` and
#: ``former_price`` as well, prices in CAD before tax, None while there is none.
price_changed = Signal()
#: The choice was placed with its order.
placed = Signal()
#: The parcels may be sent.
released = Signal()
#: The delivery was put on hold.
held = Signal()
#: The order needs a post office, or another one.
needs_choice = Signal()
#: The buyer asks to cancel the delivery, or to have it delivered home. Nothing more of it is sent until a clerk has
#: decided, or your code calls ``cancel``, ``to_home`` or ``resume``.
buyer_asked = Signal()
#: The delivery was cancelled.
cancelled = Signal()
#: A parcel was refused: what its reason names must be corrected.
refused = Signal()
#: A parcel's label is ready; not told again when it is fetched once more.
labelled = Signal()
#: Somebody is to be told something by e-mail, and NOTICES says that the shop writes. Sent with ``kind`` (a value of
#: ``NoticeKind``) and ``shipment_pk`` as well, the parcel that it is about, None if the buyer is to be asked for a
#: post office: then ``shop.choose_for(order)`` gives the link.
notice = Signal()
#: A parcel is somewhere else than before: ready, picked up, on its way back … Sent as ``labelled`` is, with ``state``
#: (a value of ``ParcelState``) as well; ``reason`` is why a person must look (a value of ``Doubt``). What was so before
#: anybody followed the parcel is not told.
parcel_moved = Signal()

__all__ = [
    "buyer_asked",
    "cancelled",
    "held",
    "labelled",
    "needs_choice",
    "notice",
    "parcel_moved",
    "placed",
    "price_changed",
    "refused",
    "released",
    "reserved",
]


def send_on_commit(
    signal: Signal, sender: type, *, delivery_id: UUID, order_pk: Any, reason: str = "", **more: Any
) -> None:
    """Send ``signal`` once the transaction, if any, has committed. What a receiver raises is logged by Django."""

    def send() -> None:
        signal.send_robust(sender, delivery_id=delivery_id, order_pk=order_pk, reason=reason, **more)

    transaction.on_commit(send, robust=True)

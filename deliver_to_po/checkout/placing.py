"""Placing: a draft becomes the delivery of an order, inside the shop's own transaction."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.identifiers import REFERENCE_LENGTH
from deliver_to_po.checkout.draft import CLOSED_ANSWERS, fingerprint
from deliver_to_po.choices import Change, DeliveryState, OfficeCheck, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import (
    ChoiceRequired,
    DraftChanged,
    DraftExpired,
    DraftIncomplete,
    DraftTaken,
    DraftUnknown,
    NotForPostOffice,
    OfficeNoLongerTakesParcels,
)
from deliver_to_po.handoff.release import release_delivery
from deliver_to_po.language import language_of
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.pause import refuse_while_paused


def place(order: Any, draft_id: object, *, seen: str = "") -> Delivery:
    """Attach a draft to ``order``, which must be saved, and return the delivery. Makes no call.

    ``seen`` is the ``fingerprint`` of the draft that the buyer's review page showed. The same pair again returns the
    same delivery. Nothing has changed when it raises, and the shop's transaction can go on:

    - DraftUnknown, DraftExpired, DraftIncomplete;
    - DraftTaken when the draft is another order's, or the order has another current delivery;
    - DraftChanged when office or recipient are others than ``seen``;
    - OfficeNoLongerTakesParcels when Canada Post has said so of the office;
    - OptionPaused while the merchant has paused the option;
    - NotForPostOffice when the adapter says that the order goes elsewhere.

    An office that could not be confirmed is taken with a flag: it is asked about before the label.
    """
    if order.pk is None:
        raise ValueError("save the order before placing its delivery")
    if not order_adapter().goes_to_post_office(order):
        raise NotForPostOffice
    with transaction.atomic():
        delivery = _draft(draft_id)
        if delivery.order_id == order.pk:
            return delivery
        refuse_while_paused()
        _refuse_unfit(delivery, seen)
        _attach(delivery, order)
        if app_settings.release == "on_placing" or (
            app_settings.release == "when_paid" and order_adapter().is_paid(order)
        ):
            release_delivery(delivery)
    return delivery


def require_choice(order: Any) -> Delivery | None:
    """Return the order's current delivery; None when it goes elsewhere than to a post office.

    Raises ChoiceRequired when the order goes to a post office and none was chosen: call it before taking payment.
    """
    delivery = Delivery.objects.filter(current_order=order).first()
    if delivery is None and order_adapter().goes_to_post_office(order):
        raise ChoiceRequired
    return delivery


def _refuse_unfit(delivery: Delivery, seen: str) -> None:
    if delivery.state != DeliveryState.DRAFT:
        raise DraftTaken
    if delivery.expires_at <= timezone.now():
        raise DraftExpired
    if not delivery.complete:
        raise DraftIncomplete
    if seen and not constant_time_compare(seen, fingerprint(delivery)):
        raise DraftChanged
    if delivery.office_check in CLOSED_ANSWERS:
        raise OfficeNoLongerTakesParcels


def _draft(draft_id: object) -> Delivery:
    try:
        key = uuid.UUID(str(draft_id))
    except ValueError:
        raise DraftUnknown from None
    delivery = Delivery.objects.select_for_update().filter(pk=key).first()
    if delivery is None:
        raise DraftUnknown
    return delivery


def _attach(delivery: Delivery, order: Any) -> None:
    adapter = order_adapter()
    confirmed = delivery.office_check == OfficeCheck.TAKES_PARCELS
    language = adapter.language(order)
    try:
        placed = move_delivery(
            delivery,
            Change.PLACE,
            only_if=Q(order=None, expires_at__gt=timezone.now()),
            order=order,
            current_order=order,
            reason=Reason.NONE if confirmed else Reason.OFFICE_NOT_CHECKED,
            live=app_settings.canada_post.live,
            language=language_of(language) if language else delivery.language,
            reference=_reference(adapter.reference(order)),
        )
    except IntegrityError:
        # The order already has a current delivery: the unique column is what decides, on every database.
        raise DraftTaken from None
    if not placed:
        raise DraftTaken


def _reference(text: str) -> str:
    """Return the shop's reference on one line, as much of it as a label takes."""
    printable = "".join(character for character in text if character.isprintable())
    return printable[:REFERENCE_LENGTH]

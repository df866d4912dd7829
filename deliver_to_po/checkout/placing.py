"""Placing: what the buyer chose becomes the delivery of an order, inside the shop's own transaction."""

import logging
from contextlib import suppress
from decimal import Decimal
from typing import Any, Literal, NamedTuple, overload

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from deliver_to_po.checkout.draft import is_as_seen, is_chosen_as_seen, locked
from deliver_to_po.checkout.kept_price import refuse_another_charge, what_was_charged
from deliver_to_po.checkout.reserving import refuse_unfit, service_named
from deliver_to_po.core.choices import CLOSED_OFFICE, Change, DeliveryState, OfficeCheck, Reason
from deliver_to_po.core.choices.states import UNRELEASED, WITHOUT_OFFICE
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import speaking
from deliver_to_po.core.wording import money
from deliver_to_po.errors import ChoiceRequired, DraftTaken, DraftUnknown, NotForPostOffice, OrderHasDelivery
from deliver_to_po.handoff.releasing.release import current_delivery, hold_delivery, reason_to_hold, release_delivery
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError, fingerprint_of_parcels
from deliver_to_po.models import Delivery
from deliver_to_po.models.history import as_note
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.models.pause_in_force import current_pause, refuse_while_paused
from deliver_to_po.models.placing import add_unchosen, place_draft
from deliver_to_po.offer.mailable import why_too_big

log = logging.getLogger(__name__)

# Clears a row whose choice was erased: what is chosen for it next is saved, and erased when its own time comes.
CLEARED: dict[str, Any] = {
    **dict.fromkeys(OFFICE_FIELDS, ""),
    **dict.fromkeys(
        ("office_latitude", "office_longitude", "office_hours", "office_fetched_at", "office_checked_at", "erased_at")
    ),
    "office_check": OfficeCheck.NOT_ASKED,
}


class _Obstacle(NamedTuple):
    """Why a delivery that was paid for cannot simply be placed, and how it is placed instead."""

    change: Change
    reason: Reason
    note: str = ""


@overload
def place(
    order: Model,
    draft_id: object,
    *,
    seen: str | None = None,
    paid: Literal[False] = False,
    charged: Decimal | None = None,
) -> Delivery: ...


@overload
def place(
    order: Model, draft_id: object, *, seen: str | None = None, paid: bool, charged: Decimal | None = None
) -> Delivery | None: ...


def place(
    order: Model, draft_id: object, *, seen: str | None = None, paid: bool = False, charged: Decimal | None = None
) -> Delivery | None:
    """Attach what the buyer chose to ``order``, which must be saved, and return the delivery. Makes no call.

    Call it in the transaction that makes the order, after all that was ordered is saved: where the delivery is released
    at once, the adapter is asked for the parcels at once. The same order and draft again return the same delivery,
    which is released if it is paid for by now. Where the order's delivery is cancelled, or waits for its first choice,
    the new one replaces it.

    **Payment first**: after ``reserve``, or with ``paid=True``, nothing is refused. What stands in the way puts the
    delivery on hold or asks for another post office, with the reason; an unknown draft, or another order's, makes a
    delivery that needs a choice. Parcels other than those of the cart that was reserved put it on hold, and so does
    what was ``charged`` for the delivery, in CAD before tax, where it is not what the delivery costs: its price, or the
    ``charge`` that was reserved. Take it from the payment; without it that ``charge`` is compared. A delivery that the
    order has already is held for what was ``charged`` too, until it is released. If the adapter's
    ``goes_to_post_office`` says plainly that the order goes elsewhere, it makes none and returns None.

    **Payment later**: ``seen`` is required, and nothing has changed when this raises DraftUnknown, DraftExpired,
    DraftIncomplete, DraftTaken (the draft is another order's), OrderHasDelivery, DraftChanged (office or recipient are
    others than ``seen``), PriceChanged (service or price are, or ``charged`` is not the price),
    OfficeNoLongerTakesParcels, OptionPaused or NotForPostOffice; or ValueError for ``charged`` that is no amount.

    Whatever the shop's adapter raises or returns puts the delivery on hold. An office that could not be confirmed is
    asked about before the label. Raises ValueError for an order that is not saved.
    """
    if order._state.adding:
        raise ValueError("save the order before placing its delivery")
    with transaction.atomic():
        draft = locked(draft_id)
        delivery: Delivery | None
        if draft is not None and draft.order_id == order._meta.pk.to_python(order.pk):
            delivery = draft
        elif paid or (draft is not None and draft.state == DeliveryState.RESERVED):
            delivery = _place_paid(order, draft, seen, charged)
        else:
            delivery = _place_unpaid(order, draft, seen, charged)
        if delivery is not None:
            _hold_if_charged_otherwise(delivery, charged)
            _release_as_set(delivery, paid=paid)
    return delivery


def require_choice(order: Model) -> Delivery | None:
    """Return the order's current delivery; None when the order goes elsewhere than to a post office.

    Raises ChoiceRequired when the order goes to a post office and none is chosen for it: call it before taking payment
    for an order that exists. When the shop's adapter cannot say where the order goes, it is let through. Raises
    ValueError for an order that is not saved.
    """
    delivery = current_delivery(order)
    if delivery is not None and delivery.state not in WITHOUT_OFFICE:
        return delivery
    with suppress(ShopError):
        if asking.goes_to_post_office(order):
            raise ChoiceRequired
    return delivery


def delivery_of(order: Model) -> Delivery | None:
    """Return the order's current delivery, None when it has none. Makes no call."""
    return None if order._state.adding else current_delivery(order)


def _place_unpaid(order: Any, draft: Delivery | None, seen: str | None, charged: Decimal | None) -> Delivery:
    charge = what_was_charged("charged", charged)
    if draft is None:
        raise DraftUnknown
    mistake = ""
    try:
        if not asking.goes_to_post_office(order):
            raise NotForPostOffice
    except ShopError as error:
        mistake = str(error)
    refuse_unfit(draft, seen)
    refuse_another_charge(draft, charge)
    refuse_while_paused()
    # A payment that was given up, see ``unreserve``, is not this order's.
    fields = _fields(order, draft, charge) | {"charge": charge, "reserved_for": ""}
    try:
        placed = place_draft(draft, Change.PLACE, order, **fields)
    except IntegrityError:
        # The order already has a current delivery: the unique column is what decides, on every database.
        raise OrderHasDelivery from None
    if not placed:
        raise DraftTaken
    if mistake:
        hold_delivery(draft, reason=Reason.SHOP_ERROR, note=mistake)
    else:
        _hold_if_shop_says_so(draft)
    return draft


def _place_paid(order: Any, draft: Delivery | None, seen: str | None, charged: Decimal | None) -> Delivery | None:
    charge, other_charge = _compared(draft, charged)
    if draft is None or draft.order_id is not None or not (draft.complete or draft.erased_at):
        return current_delivery(order) if asking.surely_goes_elsewhere(order) else _without_choice(order, draft, charge)
    obstacle = _obstacle(order, draft, seen, other_charge)
    fields = _fields(order, draft, charge)
    if draft.erased_at is not None:
        fields |= CLEARED
    try:
        if obstacle is None:
            place_draft(draft, Change.PLACE, order, **fields)
        else:
            place_draft(draft, obstacle.change, order, note=obstacle.note, **fields | {"reason": obstacle.reason})
    except IntegrityError:
        log.error("Order %s has a delivery already; the draft %s is left as it is", order.pk, draft.pk)
        return _without_choice(order, None, charge)
    if obstacle is None:
        _hold_if_shop_says_so(draft)
    elif obstacle.change == Change.PLACE_UNCHOSEN and other_charge:
        # Else choosing another post office would release it.
        hold_delivery(draft, note=other_charge)
    return draft


def add_delivery_without_choice(order: Any) -> Delivery:
    """Return a new delivery of ``order`` that needs a choice, released as the setting says; or the one that it has."""
    with transaction.atomic():
        delivery = _without_choice(order, None, None)
        _release_as_set(delivery, paid=False)
    return delivery


def _without_choice(order: Any, draft: Delivery | None, charge: Decimal | None) -> Delivery:
    """Return a delivery that needs a choice, with the recipient that is known; or the one that the order has."""
    known: dict[str, Any] = {}
    if draft is not None and draft.order_id is None:
        known = {name: getattr(draft, name) for name in RECIPIENT_FIELDS}
    fields = {
        "live": app_settings.canada_post.live,
        "language": asking.language_of_order(order, draft.language if draft else ""),
        "reference": asking.reference_of(order),
        "service": service_named(order),
        "charge": charge,
        **known,
    }
    return add_unchosen(order, **fields) or Delivery.objects.get(current_order=order)


def _obstacle(order: Any, draft: Delivery, seen: str | None, other_charge: str) -> _Obstacle | None:
    """Return what keeps a delivery that was paid for from being placed as it is.

    ``other_charge`` says what else was charged for it than it costs, ``""`` for nothing.
    """
    if draft.erased_at is not None:
        return _Obstacle(Change.PLACE_UNCHOSEN, Reason.CHOICE_ERASED)
    mistake = ""
    try:
        # Asked before anything else: a buyer whose order goes home is not asked for another post office.
        if not asking.goes_to_post_office(order):
            return _Obstacle(Change.PLACE_HELD, Reason.NOT_FOR_POST_OFFICE, other_charge)
    except ShopError as error:
        mistake = str(error)
    if closed := CLOSED_OFFICE.get(OfficeCheck(draft.office_check)):
        return _Obstacle(Change.PLACE_UNCHOSEN, closed)
    if draft.state == DeliveryState.DRAFT and seen is not None and not is_chosen_as_seen(draft, seen):
        return _Obstacle(Change.PLACE_HELD, Reason.CHANGED, other_charge)
    if other_charge:
        return _Obstacle(Change.PLACE_HELD, Reason.CHARGED_OTHERWISE, other_charge)
    if draft.state == DeliveryState.DRAFT and seen is not None and not is_as_seen(draft, seen):
        # It goes by another service for the same charge, or nobody knows any longer for how much.
        return _Obstacle(Change.PLACE_HELD, Reason.CHANGED)
    if (note := _other_parcels(order, draft)) is not None:
        return _Obstacle(Change.PLACE_HELD, Reason.PARCELS_CHANGED, note)
    # What ends by itself comes last: it would take the place of what a person must look at.
    if mistake:
        return _Obstacle(Change.PLACE_HELD, Reason.SHOP_ERROR, mistake)
    return _Obstacle(Change.PLACE_HELD, Reason.PAUSED) if current_pause() else None


def _compared(draft: Delivery | None, charged: Decimal | None) -> tuple[Decimal | None, str]:
    """Return what was charged for a delivery, and what to note where that is no amount or not what it costs."""
    try:
        charge = what_was_charged("charged", charged)
    except ValueError as error:
        return None, str(error)
    return charge, "" if draft is None else _other_charge(draft, charge)


def _hold_if_charged_otherwise(delivery: Delivery, charged: Decimal | None) -> None:
    """Keep what was paid for a delivery that the order had already, and hold it for that; once for the same amount."""
    charge, note = _compared(delivery, charged)
    if charged is None or not note or delivery.state not in UNRELEASED:
        return
    if delivery.history.filter(note=as_note(note)).exists():
        return
    if charge is not None:
        Delivery.objects.filter(pk=delivery.pk).update(charge=charge)
    hold_delivery(delivery, reason=Reason.CHARGED_OTHERWISE, note=note)


def _other_charge(draft: Delivery, charge: Decimal | None) -> str:
    """Return what else was charged for the delivery than it costs, ``""`` if it is the same or cannot be told.

    Clerks read it, so it is in the shop's own language, and the same whoever tells of the payment.
    """
    charge = draft.charge if charge is None else charge
    price = draft.charge if draft.price is None else draft.price
    if charge is None or price is None or charge == price:
        return ""
    with speaking(settings.LANGUAGE_CODE):
        amounts = {"charged": money(charge), "price": money(price)}
        return _("%(charged)s was charged for the delivery, which costs %(price)s.") % amounts


def _other_parcels(order: Any, draft: Delivery) -> str | None:
    """Return None if the order's parcels are those that were reserved, or cannot be told; else why they do not go.

    That is ``""`` if they go. What the shop cannot tell now is asked again at the release.
    """
    if not draft.reserved_for:
        return None
    try:
        parcels = asking.parcels_of(order)
    except ShopError:
        return None
    with speaking(settings.LANGUAGE_CODE):
        return None if fingerprint_of_parcels(parcels) in ("", draft.reserved_for) else why_too_big(parcels)


def _hold_if_shop_says_so(delivery: Delivery) -> None:
    try:
        why = reason_to_hold(delivery)
    except ShopError as error:
        hold_delivery(delivery, reason=Reason.SHOP_ERROR, note=str(error))
        return
    if why:
        hold_delivery(delivery, reason=Reason.SHOP_HOLD, note=why)


def _fields(order: Any, draft: Delivery, charge: Decimal | None) -> dict[str, Any]:
    confirmed = draft.office_check == OfficeCheck.TAKES_PARCELS
    return {
        "reason": Reason.NONE if confirmed else Reason.OFFICE_NOT_CHECKED,
        "live": app_settings.canada_post.live,
        "language": asking.language_of_order(order, draft.language),
        "reference": asking.reference_of(order),
        "service": draft.service or service_named(order),
        "charge": draft.charge if charge is None else charge,
    }


def _release_as_set(delivery: Delivery, *, paid: bool) -> None:
    """Release at placing if it was asked for, or the setting says so; what stands still keeps that it was asked for."""
    if (
        delivery.release_asked_at is not None
        or app_settings.release == "on_placing"
        or (app_settings.release == "when_paid" and (paid or asking.is_surely_paid(delivery.order)))
    ):
        release_delivery(delivery)

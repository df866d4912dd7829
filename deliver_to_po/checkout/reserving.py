"""Reserving: every refusal that there is, before payment; then the draft is frozen and waits for its order."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deliver_to_po import asking
from deliver_to_po.answered import ShopError
from deliver_to_po.checkout.draft import CLOSED_ANSWERS, is_as_seen, is_chosen_as_seen, locked
from deliver_to_po.checkout.price import refuse_another_price
from deliver_to_po.choices import Change, DeliveryState
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import (
    DraftChanged,
    DraftExpired,
    DraftIncomplete,
    DraftTaken,
    DraftUnknown,
    OfficeNoLongerTakesParcels,
    PriceChanged,
)
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.offer.mailable import refuse_unmailable
from deliver_to_po.pause import refuse_while_paused


def reserve(draft_id: object, *, seen: str, cart: Any = None) -> Delivery:
    """Freeze a draft for a payment that is about to be made, and return it. Makes no call.

    ``seen`` is what the review page showed (``Review.seen``). ``cart`` is what is being paid for, if the adapter can
    tell its parcels, options or service: what the adapter's own ``cart`` returns. After this ``place`` refuses nothing,
    however late the payment's answer comes: put the delivery's ``id`` into the payment's metadata. Reserving the same
    again changes nothing. The buyer who edits the choice after this edits a copy.

    Raises DraftUnknown, DraftExpired, DraftIncomplete, DraftTaken (an order has it), DraftChanged (office or recipient
    are others than ``seen``), PriceChanged (the price is another one, or ``cart`` costs another one now),
    OfficeNoLongerTakesParcels, OptionPaused and NotMailable (``cart`` is too heavy or too
    large for any post office, or is shipped with an option that none does); nothing has changed then. Whatever the
    adapter raises, or returns that is no answer, refuses nothing.
    """
    with transaction.atomic():
        draft = locked(draft_id)
        if draft is None:
            raise DraftUnknown
        refuse_while_paused()
        refuse_unfit(draft, seen)
        refuse_unmailable(cart)
        if draft.state == DeliveryState.RESERVED:
            return draft
        refuse_another_price(draft, cart)
        service = draft.service if draft.price is not None else _service(cart)
        if not move_delivery(draft, Change.RESERVE, only_if=Q(expires_at__gt=timezone.now()), service=service):
            raise DraftExpired
    return draft


def unreserve(draft_id: object) -> Delivery:
    """Turn what is reserved into a draft again: the payment failed or was given up. Returns the draft.

    What is a draft already stays one. Raises DraftUnknown when there is none, and DraftTaken when an order has it.
    """
    with transaction.atomic():
        draft = locked(draft_id)
        if draft is None or draft.erased_at is not None:
            raise DraftUnknown
        if draft.state == DeliveryState.DRAFT:
            return draft
        expires_at = timezone.now() + app_settings.draft_lifetime
        # A service that has its price was the buyer's choice; any other was named by what is not paid for now.
        service = draft.service if draft.price is not None else ""
        if not move_delivery(draft, Change.UNRESERVE, expires_at=expires_at, reserved_at=None, service=service):
            raise DraftTaken
    return draft


def refuse_unfit(draft: Delivery, seen: object) -> None:
    """Raise what keeps a draft, or what is reserved, from being paid for as the buyer saw it."""
    if draft.order_id is not None:
        raise DraftTaken
    if draft.erased_at is not None:
        raise DraftUnknown
    if draft.state == DeliveryState.DRAFT and draft.expires_at <= timezone.now():
        raise DraftExpired
    if not draft.complete:
        raise DraftIncomplete
    if not is_chosen_as_seen(draft, seen):
        raise DraftChanged
    if not is_as_seen(draft, seen):
        raise PriceChanged
    if draft.office_check in CLOSED_ANSWERS:
        raise OfficeNoLongerTakesParcels.named(draft.office_name)


def _service(cart: Any) -> str:
    """Return the service of what is being paid for, ``""`` when it is not known yet: the order is asked then."""
    if cart is None:
        return ""
    try:
        return asking.service_of(cart)
    except ShopError:
        return ""

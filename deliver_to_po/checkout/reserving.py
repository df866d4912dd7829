"""Reserving: every refusal that there is, before payment; then the draft is frozen and waits for its order."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import EllipsisType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.checkout.draft import is_as_seen, is_chosen_as_seen, locked, row_of, usable
from deliver_to_po.checkout.kept_price import refuse_another_charge, refuse_another_price, what_was_charged
from deliver_to_po.checkout.secret import refuse_wrong_secret
from deliver_to_po.core.choices import CLOSED_OFFICE, Change, DeliveryState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import (
    DraftChanged,
    DraftExpired,
    DraftIncomplete,
    DraftTaken,
    DraftUnknown,
    OfficeNoLongerTakesParcels,
    PriceChanged,
)
from deliver_to_po.host import asking
from deliver_to_po.host.answered import answer_or, fingerprint_of_parcels
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.pause_in_force import refuse_while_paused
from deliver_to_po.offer.mailable import refuse_unmailable
from deliver_to_po.privacy.lifetimes import RESERVED_FOR


@dataclass(frozen=True)
class Reserved:
    """What a payment is for: what was reserved under an id, and stays so whatever another tab changes.

    ``price`` is in CAD before tax what the delivery costs, else what ``reserve`` was told that is charged for it, else
    None. ``service`` is ``""`` while nobody has named one. ``province`` is the one whose taxes are charged, in two
    letters. An id without an order is kept until ``expires_at``; ``order`` is the order that has it, None before.
    """

    id: UUID
    price: Decimal | None
    service: str
    province: str
    expires_at: datetime
    order: Any = None


def reserved(draft_id: object) -> Reserved | None:
    """Return what was reserved under an id, None for an unknown id, for a draft, and for what is erased.

    It needs no session: for a payment's answer, for the page that a buyer comes back to, and for your taxes from the
    moment on when a payment has begun. It tells nothing of the recipient and no post office, only its province.
    """
    row = row_of(draft_id)
    if row is None or row.reserved_at is None or row.erased_at is not None:
        return None
    return Reserved(
        id=row.pk,
        price=row.charge if row.price is None else row.price,
        service=row.service,
        province=asking.tax_destination_of(row),
        expires_at=row.reserved_at + RESERVED_FOR,
        order=row.order,
    )


@sensitive_variables()
def reserve(
    draft_id: object,
    *,
    seen: str,
    cart: Any = None,
    charge: Decimal | None = None,
    secret: str | EllipsisType | None = ...,
) -> Delivery:
    """Freeze a draft for a payment that is about to be made, and return it. Makes no call.

    ``seen`` is what the review page showed (``Review.seen``). ``cart`` is what is being paid for, if the adapter can
    tell its parcels, options or service: what the adapter's own ``cart`` returns. After this ``place`` refuses nothing,
    however late the payment's answer comes: put the delivery's ``id`` into the payment's metadata. An order whose
    parcels are others than those of ``cart`` is put on hold. Reserving the same again changes nothing; another ``cart``
    or ``charge`` is checked as at first, and counts from then on. A buyer who edits the choice after this edits a copy.

    ``charge`` is what you are about to charge for the delivery, in CAD before tax: the amount itself, from where your
    code takes it, so that no other one is charged than was seen. It is kept, and compared with what ``place`` is told
    was ``charged``. None compares nothing.

    Give the ``secret`` that came with the id where a visitor sent both. Leave it out for the id that
    ``draft_id_of(request)`` returns: a session holds the choice of its own buyer only.

    Raises DraftUnknown, WrongSecret, DraftExpired, DraftIncomplete, DraftTaken (an order has it), DraftChanged (office
    or recipient are others than ``seen``), PriceChanged (the price is not the one that was seen, ``cart`` costs another
    one now, or ``charge`` is not the price that the draft keeps: the error's ``price`` is the right one),
    OfficeNoLongerTakesParcels, OptionPaused and NotMailable (``cart`` is too heavy or too large for any post office, or
    is shipped with an option that none does); nothing has changed then. Whatever the adapter raises, or returns that is
    no answer, refuses nothing. Raises ValueError for a ``charge`` that is no amount.
    """
    charge = what_was_charged("charge", charge)
    # As a decorator `asked_once` would show the secret in an error report.
    with asked_once(), transaction.atomic():
        draft = locked(draft_id)
        if draft is None:
            raise DraftUnknown
        _refuse_stranger(draft, secret)
        refuse_while_paused()
        refuse_unfit(draft, seen)
        refuse_unmailable(cart)
        refuse_another_price(draft, cart)
        refuse_another_charge(draft, charge)
        service = draft.service if draft.price is not None else service_named(cart)
        fields: dict[str, Any] = {"reserved_for": parcels_of_cart(cart), "service": service, "charge": charge}
        if draft.state == DeliveryState.RESERVED:
            return _reserved_again(draft, fields if cart is not None else {"charge": charge})
        if not move_delivery(draft, Change.RESERVE, only_if=Q(expires_at__gt=timezone.now()), **fields):
            raise DraftExpired
    return draft


def _reserved_again(draft: Delivery, named: dict[str, Any]) -> Delivery:
    """Return what is reserved already; parcels, service and charge named now take the place of the former ones."""
    others = {name: value for name, value in named.items() if value not in (None, getattr(draft, name))}
    if others:
        Delivery.objects.filter(pk=draft.pk).update(**others)
        draft.refresh_from_db(fields=others)
    return draft


@sensitive_variables()
def unreserve(draft_id: object, *, secret: str | EllipsisType | None = ...) -> Delivery:
    """Turn what is reserved into a draft again: the payment failed or was given up. Returns the draft.

    Call it when nothing more can come of the payment: one declined try of a payment that goes on is no reason. Its
    ``charge`` and its parcels are kept until the next ``reserve``, and compared with a payment that succeeds after all.

    What is a draft already stays one. ``secret`` is as for ``reserve``; leave it out for the id in a payment's answer,
    too. Raises DraftUnknown when there is none, WrongSecret, and DraftTaken when an order has it.
    """
    with transaction.atomic():
        draft = locked(draft_id)
        if draft is None or draft.erased_at is not None:
            raise DraftUnknown
        _refuse_stranger(draft, secret)
        if draft.state == DeliveryState.DRAFT:
            return draft
        expires_at = timezone.now() + app_settings.draft_lifetime
        # A service that has its price was the buyer's choice; any other was named by what is not paid for now.
        service = draft.service if draft.price is not None else ""
        fields: dict[str, Any] = {"expires_at": expires_at, "service": service, "reserved_at": None}
        if not move_delivery(draft, Change.UNRESERVE, **fields):
            raise DraftTaken
    return draft


def serves_another_cart(draft: Delivery, cart: Any) -> bool:
    """Say whether other parcels than those of ``cart`` are being paid for, as far as the shop can tell."""
    known = draft.state == DeliveryState.RESERVED and draft.reserved_for
    return bool(known) and parcels_of_cart(cart) not in ("", draft.reserved_for)


def refuse_unfit(draft: Delivery, seen: object) -> None:
    """Raise what keeps a draft, or what is reserved, from being paid for as the buyer saw it."""
    if draft.order_id is not None:
        raise DraftTaken
    if not usable(draft).complete:
        raise DraftIncomplete
    if not is_as_seen(draft, seen):
        raise PriceChanged if is_chosen_as_seen(draft, seen) else DraftChanged
    if draft.office_check in CLOSED_OFFICE:
        raise OfficeNoLongerTakesParcels.named(draft.office_name)


def _refuse_stranger(draft: Delivery, secret: str | EllipsisType | None) -> None:
    if secret is not ...:
        refuse_wrong_secret(draft, secret)


def parcels_of_cart(cart: Any) -> str:
    """Return the fingerprint of the parcels that are being paid for, ``""`` if the shop cannot tell."""
    return "" if cart is None else fingerprint_of_parcels(answer_or((), lambda: asking.parcels_of(cart)))


def service_named(bought: Any) -> str:
    """Return the service by which a cart or an order goes, ``""`` while the shop cannot say: it is asked again."""
    return "" if bought is None else answer_or("", lambda: asking.service_of(bought))

"""Choosing again, once the order is placed: its office has closed, it came without one, or another one is wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.types import OfficeQuery, Recipient
from deliver_to_po.checkout.choosing import OfferedOffice, offered_office
from deliver_to_po.checkout.draft import locked
from deliver_to_po.checkout.placing import add_delivery_without_choice
from deliver_to_po.checkout.recipients.office_address import lives_at
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.core.choices.states import BEING_SENT, NOT_LIVE
from deliver_to_po.core.language import language_of
from deliver_to_po.errors import BreaksARule, ChoiceClosed, LinkUnknown, MoveRefused, RecipientKept, TooLateToChange
from deliver_to_po.handoff.changing.change import change_office
from deliver_to_po.handoff.releasing.release import current_delivery
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.links import url_for, used
from deliver_to_po.models.parts import RECIPIENT_FIELDS, RECIPIENT_REQUIRED, recipient_fields
from deliver_to_po.models.search_key import keep_keys

CANCELLED = _("This delivery has been cancelled, so its post office can no longer be chosen. Please contact us.")
OFFICE_FOR_A_HOME = _(
    "The address that we have of whoever picks up is that of this post office. Choose another post office, or have "
    "that address corrected first."
)
BEING_CANCELLED = _("This delivery is being cancelled, so no post office can be chosen for it. Please contact us.")


@dataclass(frozen=True)
class ToChoose:
    """A delivery that needs a choice, and the link to choose; ``""`` while SITE_URL is not set."""

    delivery: Delivery
    url: str


def choose_for(order: Model) -> ToChoose:
    """Return the order's delivery and a link with which its buyer chooses a post office, whatever was chosen before.

    For an order that came without a choice: from a wallet, by phone, or from before the app was there. It gets a
    delivery that needs a choice; the page asks for the recipient too. An order that has a delivery keeps it; a
    cancelled one is replaced. Makes no call. Raises ChoiceClosed, which says why, where the link would lead nowhere: a
    parcel is being sent or made, or the delivery is still being cancelled. Raises ValueError for an order that is not
    saved.
    """
    delivery = current_delivery(order)
    if delivery is None or delivery.state == DeliveryState.CANCELLED:
        delivery = add_delivery_without_choice(order)
    refuse_closed_choice(delivery)
    return ToChoose(delivery, url_for(delivery))


def lacks_recipient(delivery: Delivery) -> bool:
    return not all(getattr(delivery, name) for name in RECIPIENT_REQUIRED)


def refuse_closed_choice(delivery: Delivery, *, by_staff: bool = False) -> None:
    """Raise ChoiceClosed when the post office can no longer be changed.

    A buyer changes it while nothing is being sent and no parcel is made, or when it must be changed. What staff may do
    beyond that is said by ``change_office``.
    """
    if delivery.state == DeliveryState.CANCELLED:
        raise ChoiceClosed(CANCELLED)
    if delivery.stop_asked_at is not None:
        raise ChoiceClosed(BEING_CANCELLED)
    needed = delivery.state == DeliveryState.NEEDS_CHOICE
    if delivery.erased_for_good:
        raise ChoiceClosed(TooLateToChange.message)
    if by_staff:
        return
    shipments = Shipment.objects.filter(delivery=delivery)
    in_the_way = shipments.filter(state__in=BEING_SENT) if needed else shipments.exclude(state__in=NOT_LIVE)
    if in_the_way.exists():
        raise ChoiceClosed


def confirmed_office(
    delivery: Delivery,
    office_id: str,
    *,
    listed_by: OfficeQuery | None = None,
    before_asking: Callable[[], None] = lambda: None,
) -> OfferedOffice:
    """Return the office of that id if it may be chosen and Canada Post confirms it now, or cannot be asked.

    Its words are in the delivery's language. ``before_asking`` is called before Canada Post is; if it raises
    TooManySearches, what was known of the office stands. Raises what ``offered_office`` does.
    """
    language = language_of(delivery.language)
    return offered_office(office_id, language, listed_by=listed_by, before_asking=before_asking, always_asked=True)


def keep_recipient(delivery: Delivery, recipient: Recipient) -> None:
    """Save the recipient of a delivery that has none, even if no office is chosen then.

    Raises RecipientKept if it has another one by now. The rest of ``delivery`` stays as the page saw it, so that
    ``choose_again`` finds out whether its office was chosen meanwhile.
    """
    waiting = Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.NEEDS_CHOICE, choice=delivery.choice, recipient_name=""
    )
    with transaction.atomic():
        # A recipient who was erased and has come back is no longer erased.
        kept = waiting.update(**recipient_fields(recipient), erased_at=None)
        delivery.refresh_from_db(fields=RECIPIENT_FIELDS)
        if kept:
            keep_keys(delivery)
    if not kept and delivery.recipient_name and delivery.recipient != recipient:
        raise RecipientKept


def choose_again(delivery: Delivery, offered: OfferedOffice, *, user: Any = None) -> Delivery:
    """Give a placed delivery the confirmed office, and return it reloaded. Makes no call.

    ``delivery`` is as the page saw it: raises LinkUsed, and changes nothing, when its office was chosen since. Raises
    ChoiceClosed when it can no longer be changed, and BreaksARule for an office whose address is the recipient's.
    ``user`` is the clerk who chooses.
    """
    with transaction.atomic():
        row = locked(delivery.pk)
        if row is None:
            raise LinkUnknown
        if row.choice != delivery.choice:
            raise used(row)
        refuse_closed_choice(row, by_staff=user is not None)
        if lives_at(row.recipient, offered.office):
            raise BreaksARule(OFFICE_FOR_A_HOME)
        needed = row.state == DeliveryState.NEEDS_CHOICE
        try:
            change_office(row, offered.office, user=user, cause=Reason.NONE if user else Reason.BY_BUYER)
        except MoveRefused:
            raise ChoiceClosed from None
        rows = Delivery.objects.filter(pk=row.pk)
        rows.update(office_check=offered.check, office_checked_at=offered.checked_at)
        # The same office again, since it is open again, was chosen as well: every former link is used up.
        if needed:
            rows.filter(choice=delivery.choice).update(choice=F("choice") + 1)
        row.refresh_from_db()
    return row

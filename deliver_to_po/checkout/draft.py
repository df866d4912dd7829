"""The draft: an office and a recipient before there is an order. Reading one, changing one, and its fingerprint."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.choices import DeliveryState, OfficeCheck
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import DraftExpired, DraftUnknown
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.models.placing import draft_from

# A UUID with its hyphens and brackets.
LONGEST_ID = 45
# What Canada Post answers about an office that takes no parcels any more.
CLOSED_ANSWERS = (OfficeCheck.NO_LONGER, OfficeCheck.GONE)


def get_draft(draft_id: object) -> Delivery:
    """Return a draft, or what is reserved for a payment, by its id.

    Raises DraftUnknown when there is none, and DraftExpired when it is too old. What is reserved does not expire.
    """
    key = _key(draft_id)
    draft = Delivery.objects.filter(pk=key, order=None, erased_at=None).first() if key else None
    if draft is None:
        raise DraftUnknown
    if draft.state == DeliveryState.DRAFT and draft.expires_at <= timezone.now():
        raise DraftExpired
    return draft


def locked(draft_id: object) -> Delivery | None:
    """Return the row of that id whatever its state, locked until the transaction ends; None when there is none."""
    key = _key(draft_id)
    return Delivery.objects.select_for_update().filter(pk=key).first() if key else None


def placed_from(draft_id: object) -> Delivery | None:
    """Return the delivery that a draft became when its order was placed, None while there is no order."""
    key = _key(draft_id)
    return Delivery.objects.filter(pk=key, order__isnull=False).first() if key else None


def _key(draft_id: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(draft_id)[:LONGEST_ID])
    except ValueError:
        return None


def editable(draft: Delivery, *, before_making: Callable[[], None] = lambda: None) -> Delivery:
    """Return a draft that may be changed: the given one, or a copy of what is reserved, which stays as it is.

    ``before_making`` is called before a copy is stored; what it raises is raised.
    """
    if draft.state == DeliveryState.DRAFT:
        return draft
    before_making()
    return draft_from(draft, app_settings.draft_lifetime)


def update_draft(draft: Delivery, fields: Mapping[str, Any], *, if_still: Mapping[str, Any] | None = None) -> None:
    """Write ``fields`` into one draft by a conditional UPDATE, then read the draft again.

    Nothing is written if the row no longer has the values of ``if_still``: another tab has changed it. Raises
    DraftUnknown if the draft was placed or deleted.
    """
    row = Delivery.objects.filter(pk=draft.pk, state=DeliveryState.DRAFT)
    if not row.filter(**(if_still or {})).update(**fields) and not row.exists():
        raise DraftUnknown
    draft.refresh_from_db()


# Of the two parts of a fingerprint: what was chosen, and what that costs.
CHOICE_LENGTH, PRICE_LENGTH = 40, 24


def fingerprint(draft: Delivery) -> str:
    """Return a text that changes with the draft's office, recipient and price, for a review page to send along.

    ``place`` compares it: if another tab has changed the choice since the buyer saw it, nothing is placed.
    """
    chosen = [str(draft.pk), draft.office_id, *recipient_fields(draft.recipient).values()]
    # Without a price of ours the service may still be named by the cart that is paid for.
    costs = [] if draft.price is None else [draft.service, str(draft.price)]
    return _digest(chosen)[:CHOICE_LENGTH] + _digest([*chosen, *costs])[:PRICE_LENGTH]


def fingerprint_of_recipient(recipient: Recipient) -> str:
    """Return a text that changes with the recipient, for the step to compare what the buyer saw."""
    return _digest([*recipient_fields(recipient).values()])


def _digest(seen: list[str]) -> str:
    return salted_hmac("deliver_to_po.fingerprint", json.dumps(seen), algorithm="sha256").hexdigest()


def is_as_seen(draft: Delivery, seen: object) -> bool:
    """Say whether all is as the buyer saw it on the review page; whatever was sent along."""
    return isinstance(seen, str) and seen.isascii() and constant_time_compare(seen, fingerprint(draft))


def is_chosen_as_seen(draft: Delivery, seen: object) -> bool:
    """Say whether office and recipient are those that the buyer saw, whatever the delivery costs by now."""
    if not isinstance(seen, str) or not seen.isascii():
        return False
    whole = len(seen) == CHOICE_LENGTH + PRICE_LENGTH
    return whole and constant_time_compare(seen[:CHOICE_LENGTH], fingerprint(draft)[:CHOICE_LENGTH])

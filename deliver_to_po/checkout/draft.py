"""The draft: an office and a recipient before there is an order. Reading one, changing one, and its fingerprint."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.choices import DeliveryState, OfficeCheck
from deliver_to_po.errors import DraftExpired, DraftUnknown
from deliver_to_po.models import Delivery

# What Canada Post answers about an office that takes no parcels any more.
CLOSED_ANSWERS = (OfficeCheck.NO_LONGER, OfficeCheck.GONE)


def get_draft(draft_id: object) -> Delivery:
    """Return a draft by its id; raises DraftUnknown when there is none, DraftExpired when it is too old."""
    try:
        draft = Delivery.objects.filter(pk=uuid.UUID(str(draft_id)), state=DeliveryState.DRAFT).first()
    except ValueError:
        draft = None
    if draft is None:
        raise DraftUnknown
    if draft.expires_at <= timezone.now():
        raise DraftExpired
    return draft


def update_draft(draft: Delivery, fields: Mapping[str, Any], *, if_still: Mapping[str, Any] | None = None) -> None:
    """Write ``fields`` into one draft by a conditional UPDATE, then read the draft again.

    Nothing is written if the row no longer has the values of ``if_still``: another tab has changed it. Raises
    DraftUnknown if the draft was placed or deleted.
    """
    row = Delivery.objects.filter(pk=draft.pk, state=DeliveryState.DRAFT)
    if not row.filter(**(if_still or {})).update(**fields) and not row.exists():
        raise DraftUnknown
    draft.refresh_from_db()


def fingerprint(draft: Delivery) -> str:
    """Return a text that changes with the draft's office and recipient, for a review page to send along.

    ``place`` compares it: if another tab has changed the choice since the buyer saw it, nothing is placed.
    """
    seen = [str(draft.pk), draft.office_id, *recipient_fields(draft.recipient).values()]
    return salted_hmac("deliver_to_po.fingerprint", json.dumps(seen), algorithm="sha256").hexdigest()


def recipient_fields(recipient: Recipient) -> dict[str, str]:
    """Return the recipient as the fields of a delivery."""
    return {
        "recipient_name": recipient.name,
        "recipient_address_line_1": recipient.address.line_1,
        "recipient_address_line_2": recipient.address.line_2,
        "recipient_city": recipient.address.city,
        "recipient_province": recipient.address.province,
        "recipient_postal_code": recipient.address.postal_code,
        "recipient_email": recipient.email,
        "recipient_phone": recipient.phone,
    }

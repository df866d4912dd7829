"""The recipient of a draft: what is known of them, and saving them."""

from django.http import HttpRequest
from django.utils import timezone

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.draft import update_draft
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import DraftIncomplete, DraftUnknown
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields


def with_office(draft: Delivery | None) -> Delivery:
    """Return the draft that a recipient can be named for; raises DraftUnknown, and DraftIncomplete for no office."""
    if draft is None:
        raise DraftUnknown
    if not draft.office_id:
        raise DraftIncomplete
    return draft


def known_recipient(draft: Delivery | None, request: HttpRequest) -> Recipient | RecipientSuggestion:
    """Return the recipient who was named before, or the shop's suggestion. Only the adapter looks at ``request``."""
    return draft.recipient if draft and draft.recipient_name else asking.recipient_of(request)


def save_recipient(draft: Delivery, recipient: Recipient) -> None:
    """Save who picks up, and start DRAFT_LIFETIME again; raises DraftUnknown if the draft was placed or deleted."""
    expires_at = timezone.now() + app_settings.draft_lifetime
    update_draft(draft, {**recipient_fields(recipient), "expires_at": expires_at})

"""Who picks the parcel up: the draft that waits for a recipient, what is known of them, and naming them."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone

from deliver_to_po import asking
from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.confirming_office import confirm
from deliver_to_po.checkout.draft import get_draft, update_draft
from deliver_to_po.choices import OfficeCheck
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import DraftIncomplete
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields


def draft_with_office(draft_id: object) -> Delivery:
    """Return the draft that a recipient can be named for; raises DraftUnknown, DraftExpired, DraftIncomplete."""
    draft = get_draft(draft_id)
    if not draft.office_id:
        raise DraftIncomplete
    return draft


def known_recipient(draft: Delivery | None, request: HttpRequest) -> Recipient | RecipientSuggestion:
    """Return who was named before, else whom the shop suggests. Only the shop's adapter looks at ``request``."""
    return draft.recipient if draft and draft.recipient_name else asking.recipient_of(request)


def name_recipient(
    draft: Delivery, recipient: Recipient, *, before_asking: Callable[[], None] = lambda: None
) -> OfficeCheck:
    """Save who picks up, then confirm the draft; returns and raises what ``confirm`` does.

    The recipient is saved even if the draft is not confirmed, so that nobody types it twice.
    """
    save_recipient(draft, recipient)
    return confirm(draft, before_asking=before_asking)


def save_recipient(draft: Delivery, recipient: Recipient) -> None:
    """Save who picks up, and let DRAFT_LIFETIME start anew; raises DraftUnknown if the draft was placed or deleted."""
    expires_at = timezone.now() + app_settings.draft_lifetime
    update_draft(draft, {**recipient_fields(recipient), "expires_at": expires_at})

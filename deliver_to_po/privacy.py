"""What must not linger: drafts whose time is over."""

from django.utils import timezone

from deliver_to_po.choices import DeliveryState
from deliver_to_po.models import Delivery


def delete_expired_drafts() -> int:
    """Delete drafts that no order has taken within DRAFT_LIFETIME, with the recipient in them; return how many."""
    deleted, _ = Delivery.objects.filter(state=DeliveryState.DRAFT, expires_at__lte=timezone.now()).delete()
    return deleted

"""Making a real delivery of a test: of an order that somebody really placed while the shop was in test mode."""

from typing import Any

from django.db.models import QuerySet

from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason
from deliver_to_po.core.choices.states import ACTIVE
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.ship_again import KEPT
from deliver_to_po.handoff.releasing.release import alone_with, notes_of_holds, release_delivery
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.placing import draft_from, place_draft

# How a delivery is placed that takes the place of one that stands so.
PLACED_AS = {DeliveryState.HELD: Change.PLACE_HELD, DeliveryState.NEEDS_CHOICE: Change.PLACE_UNCHOSEN}


def left_as_tests() -> QuerySet[Delivery]:
    """Return the tests of a shop that ships for real by now: nothing of them goes on, and a buyer may wait for one."""
    rows = Delivery.objects.filter(live=False, state__in=ACTIVE, current_order__isnull=False, erased_at=None)
    return rows.filter(stop_asked_at=None) if app_settings.canada_post.live else rows.none()


def make_real(delivery: Delivery, *, user: Any = None, note: str = "") -> Delivery:
    """Put a real delivery into the place of a test, and return it: same order, recipient, post office and price.

    The test and whatever was made of it stay tests. The new one stands where the test stood: on hold for the same
    reason, without a post office, or placed, and then released if that one was; but with RELEASE ``"by_merchant"`` it
    waits to be packed. The post office is asked about before the label, since test mode may know others. ``note`` is
    kept in the history and must hold nothing personal. Raises MoveRefused for anything but such a test.
    """
    with alone_with(delivery):
        kept: dict[str, Any] = {name: getattr(delivery, name) for name in (*KEPT, "charge", "reserved_for")}
        change = PLACED_AS.get(DeliveryState(delivery.state), Change.PLACE)
        reason = Reason.OFFICE_NOT_CHECKED if change == Change.PLACE else Reason(delivery.reason)
        hold = notes_of_holds(delivery).first() if change == Change.PLACE_HELD else None
        left = left_as_tests().filter(pk=delivery.pk).exists()
        if not (left and move_delivery(delivery, Change.CANCEL, reason=Reason.REPLACED, user=user, note=note)):
            raise MoveRefused
        draft = draft_from(delivery)
        kept |= {"live": True, "office_check": OfficeCheck.NOT_ASKED, "reason": reason}
        place_draft(draft, change, delivery.order, note=hold.note if hold else "", **kept)
        if delivery.release_asked_at is not None and app_settings.release != "by_merchant":
            release_delivery(draft, user=user)
    return draft

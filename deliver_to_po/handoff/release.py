"""Release: the order may ship, so its parcels become shipments that are due."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from deliver_to_po.choices import Change, DeliveryState, Reason
from deliver_to_po.handoff.planning import make_missing, plan_of
from deliver_to_po.handoff.tasks import wake_after_commit
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery

# What the shop may have corrected since: a release asked for again tries again.
MENDABLE = (Reason.NO_PARCELS,)


def release(order: Any) -> None:
    """Release the order's current delivery: the shop calls this when the order is paid, in the same transaction.

    Does nothing for an order without one, and nothing the second time. A delivery that is on hold or needs another
    post office keeps that its release was asked for, and is released when it goes on. Makes no call; the hand-off is
    woken after the shop's transaction has committed.
    """
    with transaction.atomic():
        # Locked so that nobody holds or resumes it between the question and the move: the shop asks only once.
        delivery = Delivery.objects.select_for_update().filter(current_order=order).first()
        if delivery is None:
            return
        if releasable(delivery):
            release_delivery(delivery)
        else:
            _keep_that_it_was_asked(delivery)


def _keep_that_it_was_asked(delivery: Delivery) -> None:
    move_delivery(delivery, Change.ASK_RELEASE, only_if=Q(release_asked_at=None))


def releasable(delivery: Delivery) -> bool:
    """Say whether a delivery waits for nothing but its release; one held for want of parcels may be tried again."""
    return delivery.state == DeliveryState.PLACED or (
        delivery.state == DeliveryState.HELD and delivery.reason in MENDABLE
    )


def release_delivery(delivery: Delivery, *, user: Any = None) -> bool:
    """Release one delivery; say whether it was released now. Without parcels it is put on hold, with the reason."""
    plan = plan_of(delivery)
    if not plan.parcels:
        with transaction.atomic():
            move_delivery(delivery, Change.HOLD, user=user, reason=Reason.NO_PARCELS)
            _keep_that_it_was_asked(delivery)
        return False
    with transaction.atomic():
        if delivery.state == DeliveryState.HELD:
            move_delivery(delivery, Change.RESUME, user=user, reason=Reason.NONE)
        if not move_delivery(delivery, Change.RELEASE, user=user):
            return False
        wake_after_commit([shipment.pk for shipment in make_missing(delivery, plan)])
    return True

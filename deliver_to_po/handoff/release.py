"""Release: the order may ship, so its parcels become shipments that are due. And standing still until it may."""

from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q

from deliver_to_po import asking
from deliver_to_po.asking import NOTE_LENGTH, ShopError
from deliver_to_po.choices import Change, DeliveryState, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.planning import make_missing, plan_of
from deliver_to_po.handoff.tasks import wake_after_commit
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery

# What the shop may have corrected since: a release asked for again tries again.
MENDABLE = (Reason.NO_PARCELS, Reason.SHOP_ERROR)


class Released(StrEnum):
    """What came of a release."""

    RELEASED = "released"
    #: It was released before.
    ALREADY = "already"
    #: It is on hold, with the reason.
    HELD = "held"
    #: It is on hold or needs a post office; that its release was asked for is kept, and done when it goes on.
    KEPT = "kept"
    #: RELEASE is "by_merchant": a clerk releases it.
    BY_MERCHANT = "by_merchant"
    #: It is cancelled.
    CANCELLED = "cancelled"
    #: The order has no delivery to a post office.
    NOTHING = "nothing"


def release(order: Any) -> Released:
    """Release the order's current delivery, and say what came of it: the shop calls this when the order is paid.

    Call it in the transaction that makes the order paid. It makes no call and never raises for what the shop's adapter
    answers; the hand-off is woken after the transaction has committed. Calling it again does no harm.
    """
    with transaction.atomic():
        # Locked so that nobody holds or resumes it between the question and the move: the shop asks only once.
        delivery = Delivery.objects.select_for_update().filter(current_order=order).first()
        if delivery is None:
            return Released.NOTHING
        if app_settings.release == "by_merchant" and delivery.state == DeliveryState.PLACED:
            return Released.BY_MERCHANT
        return release_delivery(delivery)


def release_delivery(delivery: Delivery, *, user: Any = None) -> Released:
    """Release one delivery, whoever may do so by the settings, and say what came of it."""
    if releasable(delivery):
        return _release(delivery, user)
    if delivery.state == DeliveryState.RELEASED:
        return Released.ALREADY
    if delivery.state == DeliveryState.CANCELLED:
        return Released.CANCELLED
    _keep_that_it_was_asked(delivery, user)
    return Released.KEPT


def _keep_that_it_was_asked(delivery: Delivery, user: Any) -> None:
    move_delivery(delivery, Change.ASK_RELEASE, only_if=Q(release_asked_at=None), user=user)


def releasable(delivery: Delivery) -> bool:
    """Say whether a delivery waits for nothing but its release; one held for what the shop can mend is tried again."""
    return delivery.state == DeliveryState.PLACED or (
        delivery.state == DeliveryState.HELD and delivery.reason in MENDABLE
    )


def _release(delivery: Delivery, user: Any) -> Released:
    try:
        why_not = reason_to_hold(delivery)
        plan = plan_of(delivery)
    except ShopError as error:
        return _hold(delivery, Reason.SHOP_ERROR, str(error), user)
    if why_not:
        return _hold(delivery, Reason.SHOP_HOLD, why_not, user)
    if not plan.parcels:
        return _hold(delivery, Reason.NO_PARCELS, "", user)
    with transaction.atomic():
        if delivery.state == DeliveryState.HELD:
            move_delivery(delivery, Change.RESUME, user=user, reason=Reason.NONE)
        if not move_delivery(delivery, Change.RELEASE, user=user):
            return Released.ALREADY
        wake_after_commit([shipment.pk for shipment in make_missing(delivery, plan)])
    return Released.RELEASED


def reason_to_hold(delivery: Delivery) -> str:
    """Return why the shop wants a delivery to wait, ``""`` for no reason or once somebody let it go on.

    Raises ShopError.
    """
    if delivery.history.filter(change=Change.RESUME).exists():
        return ""
    return asking.hold_reason(delivery.order)


def _hold(delivery: Delivery, reason: Reason, note: str, user: Any) -> Released:
    """Put a delivery on hold that should be released, which is kept. One that is on hold may get another reason."""
    if (delivery.state, delivery.reason) == (DeliveryState.HELD, reason):
        return Released.HELD
    with transaction.atomic():
        if delivery.state == DeliveryState.HELD:
            move_delivery(delivery, Change.RESUME, user=user)
        move_delivery(delivery, Change.HOLD, user=user, reason=reason, note=note[:NOTE_LENGTH])
        _keep_that_it_was_asked(delivery, user)
    return Released.HELD


def hold(order: Any, note: str = "", *, user: Any = None) -> bool:
    """Put the order's current delivery on hold, and say whether it was: for a check for fraud, a payment taken back.

    What is not sent yet waits until ``resume``. ``note`` is kept in the history; it must hold nothing personal.
    """
    delivery = Delivery.objects.filter(current_order=order).first()
    return delivery is not None and hold_delivery(delivery, note=note, user=user)


def hold_delivery(delivery: Delivery, *, reason: Reason = Reason.ON_HOLD, note: str = "", user: Any = None) -> bool:
    """Put one delivery on hold; False when it is already, or cannot be any more."""
    return move_delivery(delivery, Change.HOLD, user=user, reason=reason, note=note[:NOTE_LENGTH])


def resume(order: Any, note: str = "", *, user: Any = None) -> bool:
    """Let the order's current delivery go on, and say whether it was on hold; released if that was asked meanwhile."""
    delivery = Delivery.objects.filter(current_order=order).first()
    return delivery is not None and resume_delivery(delivery, note=note, user=user)


def resume_delivery(delivery: Delivery, *, note: str = "", user: Any = None) -> bool:
    """Let one delivery go on; False when it is not on hold."""
    with transaction.atomic():
        if not move_delivery(delivery, Change.RESUME, user=user, reason=Reason.NONE, note=note[:NOTE_LENGTH]):
            return False
        if delivery.release_asked_at is not None:
            release_delivery(delivery, user=user)
    return True

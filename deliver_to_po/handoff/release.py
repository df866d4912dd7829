"""Release: the order may ship, so its parcels become shipments that are due. And standing still until it may."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from deliver_to_po import asking
from deliver_to_po.answered import ShopError
from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.planning import make_missing, plan_of
from deliver_to_po.handoff.tasks import wake_after_commit
from deliver_to_po.models import Delivery, History
from deliver_to_po.models.history import as_note
from deliver_to_po.models.moves import NOT_LIVE, move_delivery

# What the shop may have settled since: a release asked for again tries again.
MENDABLE = (Reason.NO_PARCELS, Reason.SHOP_ERROR, Reason.NOT_PAID)
# Nobody decided on these, so whoever puts the delivery on hold is heard all the same.
ENDS_BY_ITSELF = (Reason.PAUSED, *MENDABLE)


# A hold still keeps these from being sent, sent again or made anew.
UNSENT = (ShipmentState.WAITING, ShipmentState.REQUESTED, ShipmentState.UNKNOWN, ShipmentState.REFUSED)


class Released(StrEnum):
    """What came of a release."""

    #: Its parcels may be sent.
    RELEASED = "released"
    #: It was released before.
    ALREADY = "already"
    #: It is on hold, with the reason.
    HELD = "held"
    #: It is on hold or needs a post office; that its release was asked for is kept, and done when it goes on.
    KEPT = "kept"
    #: RELEASE is "by_merchant": only a clerk releases it, whatever it waits for now.
    BY_MERCHANT = "by_merchant"
    #: It is cancelled, or will be as soon as nothing of it is under way.
    CANCELLED = "cancelled"
    #: Its recipient is erased: nothing more of it is sent.
    ERASED = "erased"
    #: The order has no delivery to a post office.
    NOTHING = "nothing"


# Where a delivery waits for its release or for what comes before it; and what is over.
WAITS = (DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE)
DONE: Mapping[str, Released] = {
    DeliveryState.RELEASED: Released.ALREADY,
    DeliveryState.CANCELLED: Released.CANCELLED,
}


def release(order: Any) -> Released:
    """Release the order's current delivery, and say what came of it: the shop calls this when the order is paid.

    Call it in the transaction that makes the order paid. It makes no call and never raises for what the shop's adapter
    answers; the hand-off is woken after the transaction has committed. Calling it again does no harm. Raises ValueError
    for an order that is not saved.
    """
    delivery = current_delivery(order)
    if delivery is None:
        return Released.NOTHING
    if app_settings.release == "by_merchant" and delivery.state in WAITS and delivery.erased_at is None:
        return Released.BY_MERCHANT
    return release_delivery(delivery)


def current_delivery(order: Any) -> Delivery | None:
    """Return the order's current delivery, None when it has none. Raises ValueError for an order that is not saved."""
    if order._state.adding:
        raise ValueError("save the order before asking for its delivery")
    return Delivery.objects.filter(current_order=order).first()


def release_delivery(delivery: Delivery, *, user: Any = None) -> Released:
    """Release one delivery, whoever may do so by the settings, and say what came of it."""
    with alone_with(delivery):
        if delivery.stop_asked_at is not None:
            return Released.CANCELLED
        if releasable(delivery):
            return _release(delivery, user)
        if delivery.state in DONE:
            return DONE[delivery.state]
        if delivery.erased_at is not None:
            return Released.ERASED
        if delivery.release_asked_at is None:
            move_delivery(delivery, Change.ASK_RELEASE, user=user)
    return Released.KEPT


@contextmanager
def alone_with(delivery: Delivery) -> Iterator[None]:
    """Lock the row of a delivery and read it anew, so that nobody moves it between our question and our answer."""
    with transaction.atomic():
        Delivery.objects.select_for_update().filter(pk=delivery.pk).first()
        delivery.refresh_from_db()
        yield


def releasable(delivery: Delivery) -> bool:
    """Say whether a delivery waits for nothing but its release; one held for what the shop can mend is tried again.

    One that was not paid any more waits for as long as the shop says so.
    """
    if delivery.erased_at is not None:
        return False
    if delivery.state != DeliveryState.HELD:
        return delivery.state == DeliveryState.PLACED
    return delivery.reason in MENDABLE and not (
        delivery.reason == Reason.NOT_PAID
        and app_settings.release == "when_paid"
        and asking.is_surely_unpaid(delivery.order)
    )


def _release(delivery: Delivery, user: Any) -> Released:
    if delivery.hold_asked_at is not None:
        return _hold(delivery, Reason.ON_HOLD, "", user)
    try:
        for_post_office = asking.goes_to_post_office(delivery.order)
        why_not = reason_to_hold(delivery)
        plan = plan_of(delivery)
    except ShopError as error:
        return _hold(delivery, Reason.SHOP_ERROR, str(error), user)
    if not for_post_office:
        return _hold(delivery, Reason.NOT_FOR_POST_OFFICE, "", user)
    if why_not:
        return _hold(delivery, Reason.SHOP_HOLD, why_not, user)
    if not plan.parcels:
        return _hold(delivery, Reason.NO_PARCELS, "", user)
    if delivery.state == DeliveryState.HELD:
        move_delivery(delivery, Change.RESUME, user=user, reason=Reason.NONE)
    move_delivery(delivery, Change.RELEASE, user=user)
    wake_after_commit([shipment.pk for shipment in make_missing(delivery, plan)])
    return Released.RELEASED


def reason_to_hold(delivery: Delivery) -> str:
    """Return why the shop wants a delivery to wait, ``""`` for no reason or once somebody let it go on.

    Raises ShopError.
    """
    changes = delivery.history.order_by("pk")
    held = changes.filter(change=Change.HOLD, reason=Reason.SHOP_HOLD).first()
    if held is not None and changes.filter(change=Change.RESUME, pk__gt=held.pk).exists():
        return ""
    return asking.hold_reason(delivery.order)


def _hold(delivery: Delivery, reason: Reason, note: str, user: Any) -> Released:
    """Put a delivery on hold that should be released, which is kept."""
    hold_delivery(delivery, reason=reason, note=note, user=user)
    if delivery.release_asked_at is None:
        move_delivery(delivery, Change.ASK_RELEASE, user=user)
    return Released.HELD


def hold(order: Any, note: str = "", *, user: Any = None) -> bool:
    """Put the order's current delivery on hold, and say whether it was: for a check for fraud, a payment taken back.

    What is not sent yet waits until ``resume``, also what waited for something that ends by itself, such as a pause.
    One that needs a post office is put on hold when that is chosen and it would be released. False when somebody has
    put it on hold already, or when there is nothing that could wait. ``note`` is kept in the history; it must hold
    nothing personal. Raises ValueError for an order that is not saved.
    """
    delivery = current_delivery(order)
    return delivery is not None and hold_delivery(delivery, note=note, user=user)


def hold_delivery(delivery: Delivery, *, reason: Reason = Reason.ON_HOLD, note: str = "", user: Any = None) -> bool:
    """Put one delivery on hold; False when it is already, for this or for what does not end by itself, or cannot be.

    One that is on hold for what ends by itself, or for what the shop mends, gets the other reason. For one that needs a
    post office the wish is kept: its release finds it.
    """
    with alone_with(delivery):
        if delivery.state == DeliveryState.NEEDS_CHOICE:
            return delivery.hold_asked_at is None and move_delivery(delivery, Change.ASK_HOLD, user=user, note=note)
        if delivery.state == DeliveryState.HELD and delivery.reason in ENDS_BY_ITSELF:
            if _says_the_same(delivery, reason, note):
                return False
            move_delivery(delivery, Change.RESUME, user=user)
        return move_delivery(delivery, Change.HOLD, user=user, reason=reason, note=note, hold_asked_at=None)


def need_choice(delivery: Delivery, reason: Reason, *, office_id: str) -> None:
    """Say of one delivery that it needs another post office; what somebody put on hold is so again after the choice.

    ``office_id`` is the one that is closed: nothing is done if somebody has just chosen another.
    """
    with alone_with(delivery):
        if delivery.office_id != office_id:
            return
        on_hold = delivery.state == DeliveryState.HELD and delivery.reason == Reason.ON_HOLD
        if move_delivery(delivery, Change.NEED_CHOICE, reason=reason) and on_hold:
            hold_delivery(delivery)


def can_be_held(delivery: Delivery) -> bool:
    """Say whether putting a delivery on hold would do anything: something of it is not sent, and nobody has before."""
    if delivery.state == DeliveryState.RELEASED:
        return delivery.shipments.filter(state__in=UNSENT).exists()
    if delivery.state == DeliveryState.HELD:
        return delivery.reason in ENDS_BY_ITSELF
    return delivery.state == DeliveryState.PLACED or (
        delivery.state == DeliveryState.NEEDS_CHOICE and delivery.hold_asked_at is None
    )


def can_go_on(delivery: Delivery) -> bool:
    """Say whether a delivery is on hold, or is to be put on hold after its post office is chosen."""
    return delivery.state == DeliveryState.HELD or (delivery.state in WAITS and delivery.hold_asked_at is not None)


def notes_of_holds(delivery: Any) -> QuerySet[History]:
    """Return the changes that put a delivery on hold, the last first; ``delivery`` is one or an OuterRef to one."""
    return History.objects.filter(delivery=delivery, change__in=(Change.HOLD, Change.PLACE_HELD)).order_by("-pk")


def something_was_sent(delivery: Delivery) -> bool:
    """Say whether the shipping system has, or may have, a parcel of a delivery."""
    return delivery.shipments.exclude(state__in=NOT_LIVE).exists()


def _says_the_same(delivery: Delivery, reason: Reason, note: str) -> bool:
    """Say whether the history of what is on hold ends with this reason and note already."""
    if delivery.reason != reason:
        return False
    latest = notes_of_holds(delivery).first()
    return latest is not None and latest.note == as_note(note)


def resume(order: Any, note: str = "", *, user: Any = None) -> bool:
    """Let the order's current delivery go on, and say whether it was on hold; released if that was asked meanwhile.

    For one that needs a post office a hold that was asked for is taken back.
    ``note`` is kept in the history; it must hold nothing personal. Raises ValueError for an order that is not saved.
    """
    delivery = current_delivery(order)
    return delivery is not None and resume_delivery(delivery, note=note, user=user)


def resume_delivery(delivery: Delivery, *, note: str = "", user: Any = None) -> bool:
    """Let one delivery go on; False when it is not on hold, nor to be put on hold."""
    with alone_with(delivery):
        if delivery.hold_asked_at is not None:
            return move_delivery(delivery, Change.UNASK_HOLD, user=user, note=note, hold_asked_at=None)
        if not move_delivery(delivery, Change.RESUME, user=user, reason=Reason.NONE, note=note):
            return False
        if delivery.release_asked_at is not None:
            release_delivery(delivery, user=user)
    return True

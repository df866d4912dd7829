"""Release: the order may ship, so its parcels become shipments that are due. And standing still until it may."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max, Model, Q, QuerySet
from django.utils.translation import gettext as _

from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.core.choices.states import NOT_LIVE, UNRELEASED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.releasing.planning import Plan, make_revisions, plan_of, with_contents
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.savepoints import under_one_savepoint
from deliver_to_po.models import Delivery, History
from deliver_to_po.models.history import as_note
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.only import only
from deliver_to_po.models.shipment import CHANGED, can_be_kept_back


class Released(StrEnum):
    """The result of a release."""

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


# On hold for these, a delivery waits until the shop's program, or what an order is packed in, is mended.
SHOPS_MISTAKE = (Reason.SHOP_ERROR, Reason.NO_PARCELS)
# A score or a number of days in a shop's reason may change; it is the same reason.
FIGURES = re.compile(r"\d+([.,]\d+)*")
DONE: Mapping[str, Released] = {
    DeliveryState.RELEASED: Released.ALREADY,
    DeliveryState.CANCELLED: Released.CANCELLED,
}


class Stays(NamedTuple):
    """Why nothing of a delivery must leave; ``said`` is what the shop says of it, if anything."""

    reason: Reason
    said: str = ""


def release(order: Model) -> Released:
    """Release the order's current delivery, and return the result: the shop calls this when the order is paid.

    Call it in the transaction that makes the order paid. It makes no call and never raises for what the shop's adapter
    answers; the hand-off is woken after the transaction has committed. Calling it again does no harm. Raises ValueError
    for an order that is not saved.
    """
    with transaction.atomic():
        delivery = current_delivery(order, lock=True)
        if delivery is None:
            return Released.NOTHING
        if app_settings.release == "by_merchant" and delivery.state in UNRELEASED and delivery.erased_at is None:
            return Released.BY_MERCHANT
        return _release_locked(delivery, None)


def current_delivery(order: Any, *, lock: bool = False) -> Delivery | None:
    """Return the order's current delivery, None when it has none. Raises ValueError for an order that is not saved.

    ``lock`` it until the transaction ends.
    """
    if order._state.adding:
        raise ValueError("save the order before asking for its delivery")
    if not lock:
        return only(Delivery.objects.filter(current_order=order))
    rows = Delivery.objects.select_for_update().filter(current_order=order)
    # While we waited for the lock the order may have got another delivery, which only the next question sees.
    return only(rows) or only(rows)


def release_delivery(delivery: Delivery, *, user: Any = None) -> Released:
    """Release one delivery, whoever may do so by the settings, and return the result."""
    with alone_with(delivery):
        return _release_locked(delivery, user)


def _release_locked(delivery: Delivery, user: Any) -> Released:
    if delivery.stop_asked_at is not None:
        return Released.CANCELLED
    if releasable(delivery):
        return _release(delivery, user)
    if delivery.state in DONE:
        return DONE[delivery.state]
    if delivery.erased_at is not None:
        return Released.ERASED
    if delivery.release_asked_at is None:
        move_delivery(delivery, Change.ASK_RELEASE, user=user, locked=True)
    return Released.KEPT


@contextmanager
def alone_with(delivery: Delivery) -> Iterator[None]:
    """Lock the row of a delivery and reload it, so that nobody moves it between our question and our answer."""
    with transaction.atomic():
        delivery.refresh_from_db(from_queryset=Delivery.objects.select_for_update())
        yield


def releasable(delivery: Delivery) -> bool:
    """Say whether a delivery waits for nothing but its release; one held for what the shop can mend is tried again.

    A delivery held for non-payment waits for as long as the shop says that it is not paid.
    """
    if delivery.erased_at is not None:
        return False
    if delivery.state != DeliveryState.HELD:
        return delivery.state == DeliveryState.PLACED
    return Reason(delivery.reason).entry.mendable and not (
        delivery.reason == Reason.NOT_PAID
        and app_settings.release == "when_paid"
        and asking.is_surely_unpaid(delivery.order)
    )


def _release(delivery: Delivery, user: Any) -> Released:
    if delivery.hold_asked_at is not None:
        return _hold(delivery, Reason(delivery.wished) or Reason.ON_HOLD, "", user)
    plan = _asked_of_shop(delivery)
    if isinstance(plan, Stays):
        return _hold(delivery, plan.reason, plan.said, user)
    if delivery.state == DeliveryState.HELD:
        move_delivery(delivery, Change.RESUME, user=user, locked=True, reason=Reason.NONE)
    move_delivery(delivery, Change.RELEASE, user=user, locked=True)
    wake_after_commit([shipment.pk for shipment in make_revisions(delivery, plan)])
    return Released.RELEASED


def _asked_of_shop(delivery: Delivery) -> Plan | Stays:
    """Return what the shop wants shipped of a delivery now, or why it is not to be."""
    try:
        with under_one_savepoint():
            for_post_office = asking.goes_to_post_office(delivery.order)
            why_not = reason_to_hold(delivery)
            plan = with_contents(plan_of(delivery), delivery)
    except ShopError as error:
        return Stays(Reason.SHOP_ERROR, str(error))
    if not for_post_office:
        return Stays(Reason.NOT_FOR_POST_OFFICE)
    if why_not:
        return Stays(Reason.SHOP_HOLD, why_not)
    return plan if plan.parcels else Stays(Reason.NO_PARCELS)


def release_if_mended(delivery: Delivery) -> bool:
    """Let a delivery go on that is on hold for the shop's own mistake, once the shop answers; say whether it did.

    It is released if that was asked for; otherwise it waits for its release again.
    """
    with alone_with(delivery):
        if delivery.state != DeliveryState.HELD or delivery.reason not in SHOPS_MISTAKE or not releasable(delivery):
            return False
        if delivery.release_asked_at is not None:
            return _release(delivery, None) == Released.RELEASED
        found = _asked_of_shop(delivery)
        if isinstance(found, Stays):
            hold_delivery(delivery, reason=found.reason, note=found.said)
            return False
        return resume_delivery(delivery)


def reason_to_hold(delivery: Delivery) -> str:
    """Return why the shop wants a delivery to wait, ``""`` for no reason or for one that somebody let go on.

    Raises ShopError.
    """
    why = asking.hold_reason(delivery.order)
    return "" if why and _was_let_go_on(delivery, as_note(why)) else why


def _was_let_go_on(delivery: Delivery, why: str) -> bool:
    """Say whether somebody resumed a delivery right after the shop had last held it in these words, figures aside."""
    turns = delivery.history.filter(change__in=(Change.HOLD, Change.RESUME)).order_by("-pk")
    after = None
    for turn in turns:
        if turn.reason == Reason.SHOP_HOLD and FIGURES.sub("", turn.note) == FIGURES.sub("", why):
            return after == Change.RESUME
        after = turn.change
    return False


def _hold(delivery: Delivery, reason: Reason, note: str, user: Any) -> Released:
    """Put a delivery on hold that should be released, which is kept."""
    hold_delivery(delivery, reason=reason, note=note, user=user)
    if delivery.release_asked_at is None:
        move_delivery(delivery, Change.ASK_RELEASE, user=user)
    return Released.HELD


def hold(order: Model, note: str = "", *, user: Any = None) -> bool:
    """Put the order's current delivery on hold, and say whether it was: for a check for fraud, a refunded payment.

    What has not left the shop waits until ``resume``, including what waited for something that ends by itself, like a
    pause: nothing of it is sent, printed or transmitted, and labels that were made stay valid. A delivery that needs a
    post office is put on hold when that is chosen and it would be released. False when somebody has put it on hold
    already, or when nothing of it could wait. ``note`` is kept in the history; it must hold nothing personal. Raises
    ValueError for an order that is not saved.
    """
    with transaction.atomic():
        delivery = current_delivery(order, lock=True)
        return delivery is not None and hold_delivery(delivery, note=note, user=user)


def hold_delivery(delivery: Delivery, *, reason: Reason = Reason.ON_HOLD, note: str = "", user: Any = None) -> bool:
    """Put one delivery on hold; False when it is already, for this or for what does not end by itself, or cannot be.

    A delivery that is on hold for what ends by itself, or for what the shop mends, gets the other reason. If it needs a
    post office, the wish is kept: its release finds it.
    """
    with alone_with(delivery):
        if not can_be_held(delivery):
            return False
        if delivery.state == DeliveryState.NEEDS_CHOICE:
            return move_delivery(delivery, Change.ASK_HOLD, user=user, note=note)
        if delivery.state == DeliveryState.HELD:
            if _says_the_same(delivery, reason, note):
                return False
            move_delivery(delivery, Change.RESUME, user=user, locked=True)
        return move_delivery(
            delivery, Change.HOLD, locked=True, user=user, note=note, reason=reason, hold_asked_at=None
        )


def need_choice(delivery: Delivery, reason: Reason, *, office_id: str) -> None:
    """Say of one delivery that it needs another post office; what somebody put on hold is so again after the choice.

    ``office_id`` is the one that is closed: nothing is done if somebody has just chosen another.
    """
    with alone_with(delivery):
        if delivery.office_id != office_id:
            return
        on_hold = is_held_by_somebody(delivery)
        if move_delivery(delivery, Change.NEED_CHOICE, locked=True, reason=reason) and on_hold:
            hold_delivery(delivery)


def is_held_by_somebody(delivery: Delivery) -> bool:
    """Say whether a delivery is on hold for a person's reason, which nobody finds again at its release."""
    by_somebody = delivery.reason == Reason.ON_HOLD or delivery.wished != ""
    return delivery.state == DeliveryState.HELD and by_somebody


def can_be_held(delivery: Delivery) -> bool:
    """Say whether putting a delivery on hold would do anything, and nobody has before.

    Something of it is here or to be made again; or it is still to be released.
    """
    if delivery.state == DeliveryState.RELEASED:
        return delivery.shipments.filter(can_be_kept_back() | CHANGED).exists()
    if delivery.state == DeliveryState.HELD:
        return Reason(delivery.reason).ends_by_itself
    return delivery.state == DeliveryState.PLACED or (
        delivery.state == DeliveryState.NEEDS_CHOICE and delivery.hold_asked_at is None
    )


def can_go_on(delivery: Delivery) -> bool:
    """Say whether a delivery is on hold, or is to be put on hold after its post office is chosen."""
    return delivery.state == DeliveryState.HELD or (delivery.state in UNRELEASED and delivery.hold_asked_at is not None)


def notes_of_holds(delivery: Any) -> QuerySet[History]:
    """Return the changes that put a delivery on hold, the last first; ``delivery`` is one or an OuterRef to one."""
    return History.objects.filter(delivery=delivery, change__in=(Change.HOLD, Change.PLACE_HELD)).order_by("-pk")


def last_stop(deliveries: Sequence[Delivery]) -> int:
    """Return the key of the last change that put one of these on hold, or by which a buyer asked for something."""
    stops = (Change.HOLD, Change.PLACE_HELD, Change.ASK_HOLD, Change.BUYER_ASKS)
    found = History.objects.filter(delivery__in=deliveries, change__in=stops).aggregate(last=Max("pk"))
    return found["last"] or 0


def something_may_leave(delivery: Delivery) -> bool:
    """Say whether a hold comes too late for a parcel of a delivery, or may: nothing here keeps it in the shop."""
    live = delivery.shipments.exclude(state__in=NOT_LIVE)
    kept_back = Q(can_be_kept_back(), manifest=None) & ~Q(state=ShipmentState.HANDED)
    return live.exclude(kept_back).exists()


def _says_the_same(delivery: Delivery, reason: Reason, note: str) -> bool:
    """Say whether the history of what is on hold ends with this reason and note already."""
    if delivery.reason != reason:
        return False
    latest = notes_of_holds(delivery).first()
    return latest is not None and latest.note == as_note(note)


def resume(order: Model, note: str = "", *, user: Any = None) -> bool:
    """Let the order's current delivery go on, and say whether it was on hold; released if that was asked meanwhile.

    If it needs a post office, a hold that was asked for is dropped. If it is on hold for what the buyer asks, or if
    there is a ``user``, that answers the buyer; otherwise it is on hold for that from now on, until it is answered.
    ``note`` is kept in the history; it must hold nothing personal. Raises ValueError for an order that is not saved.
    """
    with transaction.atomic():
        delivery = current_delivery(order, lock=True)
        return delivery is not None and resume_delivery(delivery, note=note, user=user)


def resume_delivery(delivery: Delivery, *, note: str = "", user: Any = None, seen: int | None = None) -> bool:
    """Let one delivery go on; False when it is not on hold, nor to be put on hold; see ``resume``.

    ``seen`` is what ``last_stop`` was when the clerk decided: raises MoveRefused for a later one.
    """
    with alone_with(delivery):
        if seen is not None and last_stop([delivery]) > seen:
            raise MoveRefused(
                _(
                    "Since you opened the page, this delivery has been put on hold again, or the buyer has asked for "
                    "something. Read why it waits, then try again."
                )
            )
        # The shop's program ends its own hold without having seen what the buyer asks for.
        answers = user is not None or delivery.reason == delivery.wished
        wished = "" if answers else delivery.wished
        asked = delivery.hold_asked_at is not None
        change = Change.UNASK_HOLD if asked else Change.RESUME
        fields: dict[str, Any] = {"hold_asked_at": None} if asked else {"reason": Reason.NONE}
        if not move_delivery(delivery, change, user=user, note=note, wished=wished, **fields):
            return False
        if wished:
            hold_delivery(delivery, reason=Reason(wished))
        elif not asked and delivery.release_asked_at is not None:
            release_delivery(delivery, user=user)
    return True

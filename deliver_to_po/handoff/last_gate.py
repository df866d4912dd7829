"""The last gate: is an order whose label is made still paid and wanted? The shop is asked before anything leaves."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from deliver_to_po.core.choices import CLOSED_OFFICE, DeliveryState, Reason
from deliver_to_po.core.choices.states import READY
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.changing.change import follows
from deliver_to_po.handoff.office_check import OfficesAsked
from deliver_to_po.handoff.releasing.missed_calls import AT_A_TIME, about_to_be_asked_about
from deliver_to_po.handoff.releasing.planning import plan_of
from deliver_to_po.handoff.releasing.release import Stays, hold_delivery, need_choice, reason_to_hold
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import SENDABLE
from deliver_to_po.models.shipment import can_be_kept_back
from deliver_to_po.outbox.each import each_by_itself
from deliver_to_po.outbox.jobs import Housekeeping

EVERY_SECONDS = 60.0
# The sweep asks about the same order again after this time.
ASKED_AGAIN_AFTER = timedelta(minutes=5)


def shop_keeps_back(delivery: Delivery) -> Stays | None:
    """Return why the shop does not want a delivery to leave now, None if it says nothing against it.

    What somebody let go on after the shop had held it goes. Raises ShopError.
    """
    order = delivery.order
    if not asking.goes_to_post_office(order):
        return Stays(Reason.NOT_FOR_POST_OFFICE)
    # Where a clerk releases, or placing does, orders are paid later or elsewhere.
    if app_settings.release == "when_paid" and asking.is_paid(order) is False:
        return Stays(Reason.NOT_PAID)
    why = reason_to_hold(delivery)
    return Stays(Reason.SHOP_HOLD, why) if why else None


def keep_back(shipment: Shipment, stays: Stays) -> None:
    """Write down why a parcel must not leave, if that outlasts the day: it is on hold, or needs another post office."""
    delivery = shipment.delivery
    if delivery.state != DeliveryState.RELEASED:
        return
    if stays.reason in (Reason.NOT_PAID, Reason.NOT_FOR_POST_OFFICE, Reason.SHOP_HOLD):
        hold_delivery(delivery, reason=stays.reason, note=stays.said)
    elif stays.reason in CLOSED_OFFICE.values():
        need_choice(delivery, stays.reason, office_id=shipment.office_id)


def hold_if_unwanted(delivery: Delivery) -> bool:
    """Put a released delivery on hold that the shop plainly does not want to leave; say whether it must not.

    A shop whose code fails says nothing: that costs nobody a label.
    """
    try:
        stays = shop_keeps_back(delivery)
    except ShopError:
        return False
    if stays is None:
        return False
    if delivery.state == DeliveryState.RELEASED:
        hold_delivery(delivery, reason=stays.reason, note=stays.said)
    return True


def has_other_parcels(delivery: Delivery, known: Collection[int], rows: Collection[Shipment]) -> bool:
    """Say whether the shop names a parcel now that is not ``known``, or not one of these rows. Raises ShopError."""
    plan = plan_of(delivery)
    missing = set(range(1, len(plan.parcels) + 1)).difference(known)
    return bool(missing) or not all(follows(row, delivery, plan) for row in rows)


def reason_not_to_print(shipment: Shipment, offices: OfficesAsked) -> Reason:
    """Return why a parcel must not leave of which somebody prints the label; write down what outlasts the day.

    One without a group leaves with it, and no day's end asks about its post office and its parcels: so that is asked
    here. A shop whose code fails says nothing.
    """
    delivery = shipment.delivery
    if hold_if_unwanted(delivery):
        return Reason.ON_HOLD
    if shipment.group or shipment.printed_at:
        return Reason.NONE
    reason = offices.reason_to_stay(shipment)
    if reason in CLOSED_OFFICE.values():
        keep_back(shipment, Stays(reason))
        return reason
    known = Shipment.objects.filter(delivery=delivery).values_list("parcel", flat=True)
    with suppress(ShopError):
        return Reason.OTHER_PARCELS if has_other_parcels(delivery, known, [shipment]) else Reason.NONE
    return Reason.NONE


def hold_what_is_unwanted() -> int:
    """Put on hold what has its label, is still here and is no longer paid or wanted; return how many were.

    Each round asks the shop about AT_A_TIME, those first that it was asked about longest ago.
    """
    asked_before = timezone.now() - ASKED_AGAIN_AFTER
    here = Shipment.objects.filter(can_be_kept_back(), state__in=READY)
    due = Q(paid_asked_at=None) | Q(paid_asked_at__lt=asked_before)
    rows = Delivery.objects.filter(SENDABLE, due, pk__in=here.values("delivery"))
    return each_by_itself("Holding of", about_to_be_asked_about(rows), hold_if_unwanted)


HOUSEKEEPING = (Housekeeping("unwanted labels held", hold_what_is_unwanted, AT_A_TIME, EVERY_SECONDS),)

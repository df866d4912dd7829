""" "Hand off now": what the merchant presses, and what is said afterwards."""

from collections.abc import Sequence
from contextlib import suppress
from time import monotonic

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.adapter import order_adapter
from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.outbox import hand_off, make_due, workable
from deliver_to_po.handoff.release import releasable, release_delivery, revise
from deliver_to_po.handoff.tasks import wake_after_commit, wakes_workers
from deliver_to_po.models import Delivery, Shipment

PERMISSION = "deliver_to_po.hand_off_delivery"
# How long a clerk waits for a page where no worker does the work; one shipment more may still end after it.
BUDGET_SECONDS = 20.0


def can_be_handed_off(delivery: Delivery) -> bool:
    """Say whether pressing the button would do anything: something is to be released, tried again or not finished."""
    unfinished = workable().filter(delivery=delivery).exists()
    refused = _refused([delivery]).exists()
    return unfinished or (refused and delivery.state == DeliveryState.RELEASED) or _awaits_release(delivery)


def hand_off_one(request: HttpRequest, delivery: Delivery) -> None:
    """Hand one delivery off while the clerk waits, and say what came of each shipment."""
    shipments = _shipments_to_hand_off(request, Delivery.objects.filter(pk=delivery.pk))
    _report(request, shipments[: _hand_off_within(shipments, BUDGET_SECONDS)], shipments)


def hand_off_selection(request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
    """Hand a selection off: by the workers where there are some, else now, within BUDGET_SECONDS."""
    shipments = _shipments_to_hand_off(request, deliveries)
    if shipments and wakes_workers():
        woken = [pk for pk in shipments if make_due(pk)]
        wake_after_commit(woken)
        text = ngettext(
            "%(count)d shipment is being handed off. Reload the page in a moment.",
            "%(count)d shipments are being handed off. Reload the page in a moment.",
            len(woken),
        )
        messages.success(request, text % {"count": len(woken)})
    else:
        _report(request, shipments[: _hand_off_within(shipments, BUDGET_SECONDS)], shipments)


def _awaits_release(delivery: Delivery) -> bool:
    """Say whether it is the merchant who releases, or a release of the shop's got lost or found no parcels."""
    if not releasable(delivery):
        return False
    by_merchant = app_settings.release == "by_merchant" or delivery.state == DeliveryState.HELD
    return by_merchant or order_adapter().paid(delivery.order)


def _refused(deliveries: Sequence[Delivery]) -> QuerySet[Shipment]:
    """Return the refused shipments whose parcel has no open revision: corrected, they may be tried again."""
    newer = Shipment.objects.filter(
        delivery=OuterRef("delivery"), parcel=OuterRef("parcel"), revision__gt=OuterRef("revision")
    )
    rows = Shipment.objects.filter(delivery__in=deliveries, state=ShipmentState.REFUSED)
    return rows.exclude(Exists(newer)).select_related("delivery")


def _shipments_to_hand_off(request: HttpRequest, deliveries: QuerySet[Delivery]) -> list[int]:
    """Release what waits for it, try refused parcels again, then return the shipments that have a next step."""
    chosen = list(deliveries.order_by("placed_at", "pk"))
    for delivery in chosen:
        if _awaits_release(delivery):
            release_delivery(delivery, user=request.user)
    for shipment in _refused(chosen):
        with suppress(MoveRefused):
            revise(shipment, user=request.user)
    return list(workable().filter(delivery__in=chosen).order_by("due_at", "pk").values_list("pk", flat=True))


def _hand_off_within(shipments: Sequence[int], seconds: float) -> int:
    """Hand shipments off one after the other until the time is over; return how many were, at least one."""
    deadline = monotonic() + seconds
    done = 0
    for pk in shipments:
        hand_off(pk, now=True)
        done += 1
        if monotonic() >= deadline:
            break
    return done


def _report(request: HttpRequest, done: Sequence[int], shipments: Sequence[int]) -> None:
    """Say how many have a label, where the others stand and why, and how many nobody got to."""
    if not shipments:
        messages.warning(request, _("There is nothing to hand off: no shipment is released and unfinished."))
    outcomes = Shipment.objects.filter(pk__in=done).order_by("state", "reason").values_list("state", "reason")
    for state, reason, count in outcomes.annotate(count=Count("pk")):
        if state == ShipmentState.LABELLED:
            text = ngettext("%(count)d shipment has its label.", "%(count)d shipments have their labels.", count)
            messages.success(request, text % {"count": count})
        else:
            text = ngettext(
                "%(count)d shipment: %(state)s. %(reason)s", "%(count)d shipments: %(state)s. %(reason)s", count
            )
            values = {"count": count, "state": ShipmentState(state).label, "reason": Reason(reason).label}
            messages.warning(request, (text % values).strip())
    if remaining := len(shipments) - len(done):
        text = ngettext(
            "%(count)d shipment remains. Select it again, or leave it to “manage.py d2po_handoff”.",
            "%(count)d shipments remain. Select them again, or leave them to “manage.py d2po_handoff”.",
            remaining,
        )
        messages.info(request, text % {"count": remaining})

""" "Hand off now": what the merchant presses, and what is said afterwards."""

from collections.abc import Sequence
from time import monotonic

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.outbox import hand_off, make_due, workable
from deliver_to_po.handoff.release import release_delivery
from deliver_to_po.handoff.tasks import wake_after_commit, wakes_workers
from deliver_to_po.models import Delivery, Shipment

PERMISSION = "deliver_to_po.hand_off_delivery"
# How long a clerk waits for a page where no worker does the work; one shipment more may still end after it.
BUDGET_SECONDS = 20.0


def can_be_handed_off(delivery: Delivery) -> bool:
    """Say whether pressing the button would do anything: something is to be released, or is not finished."""
    return _awaits_merchant(delivery) or workable().filter(delivery=delivery).exists()


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


def _awaits_merchant(delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.PLACED and app_settings.release == "by_merchant"


def _shipments_to_hand_off(request: HttpRequest, deliveries: QuerySet[Delivery]) -> list[int]:
    """Release what only the merchant releases, then return the shipments that have a next step."""
    chosen = list(deliveries.order_by("placed_at", "pk"))
    for delivery in chosen:
        if _awaits_merchant(delivery):
            release_delivery(delivery, user=request.user)
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

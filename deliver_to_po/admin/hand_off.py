""" "Hand off now": what the merchant presses, and what is said afterwards."""

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.admin.show import why_and_what_to_do
from deliver_to_po.choices import Reason, ShipmentState
from deliver_to_po.handoff.again import HandedOff, hand_off_again
from deliver_to_po.models import Delivery, Shipment

# How long a clerk waits for a page where no worker does the work; one shipment more may still end after it.
BUDGET_SECONDS = 20.0


def hand_off_one(request: HttpRequest, delivery: Delivery) -> None:
    """Hand one delivery off while the clerk waits, and say what came of each shipment."""
    rows = Delivery.objects.filter(pk=delivery.pk)
    result = hand_off_again(rows, user=request.user, seconds=BUDGET_SECONDS, wait=True)
    _report(request, result)


def hand_off_selection(request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
    """Hand a selection off: by the workers where there are some, else now, within BUDGET_SECONDS."""
    result = hand_off_again(deliveries, user=request.user, seconds=BUDGET_SECONDS)
    if result.woken:
        text = ngettext(
            "%(count)d shipment is being handed off. Reload the page in a moment.",
            "%(count)d shipments are being handed off. Reload the page in a moment.",
            len(result.woken),
        )
        messages.success(request, text % {"count": len(result.woken)})
        _tell_refusals(request, result)
    else:
        _report(request, result)


def _report(request: HttpRequest, result: HandedOff) -> None:
    """Say how many have a label, where the others stand and why, and how many nobody got to."""
    _tell_refusals(request, result)
    if not result.shipments and not result.refusals:
        messages.warning(request, _("There is nothing to hand off: no released shipment is waiting."))
    rows = Shipment.objects.filter(pk__in=result.done).order_by("state", "reason", "system")
    for state, reason, system, count in rows.values_list("state", "reason", "system").annotate(count=Count("pk")):
        _tell(request, ShipmentState(state), Reason(reason), system, count)
    if remaining := len(result.shipments) - len(result.done):
        text = ngettext(
            "%(count)d shipment remains. Select it again, or leave it: it is handed off by itself.",
            "%(count)d shipments remain. Select them again, or leave them: they are handed off by themselves.",
            remaining,
        )
        messages.info(request, text % {"count": remaining})


def _tell_refusals(request: HttpRequest, result: HandedOff) -> None:
    for refusal in result.refusals:
        messages.error(request, refusal)


def _tell(request: HttpRequest, state: ShipmentState, reason: Reason, system: str, count: int) -> None:
    if state == ShipmentState.LABELLED:
        text = ngettext("%(count)d shipment has its label.", "%(count)d shipments have their labels.", count)
        messages.success(request, text % {"count": count})
        return
    text = ngettext("%(state)s: %(count)d shipment. %(reason)s", "%(state)s: %(count)d shipments. %(reason)s", count)
    words = {"count": count, "state": capfirst(str(state.label)), "reason": why_and_what_to_do(reason, system)}
    messages.warning(request, (text % words).strip())

""" "Request the label": what the merchant presses, and what is said afterwards."""

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliver_to_po.admin.changes.confirm_page import BUDGET_SECONDS, NOT_REACHED
from deliver_to_po.admin.queues import TO_LABEL_ELSEWHERE, WAITING
from deliver_to_po.admin.show import why_and_what_to_do
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.handoff.sending.hand_off_now import HandedOff, hand_off_again
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.shipping.registry import systems_by_hand


def hand_off_one(request: HttpRequest, delivery: Delivery) -> None:
    """Hand one delivery off while the clerk waits, and report the result of each shipment."""
    rows = Delivery.objects.filter(pk=delivery.pk)
    _report(request, hand_off_again(rows, user=request.user, seconds=BUDGET_SECONDS, wait=True, unpaid_too=True))


@admin.action(description=gettext_lazy("Request the label"), permissions=["hand_off_delivery"])
def hand_off_now(desk: object, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
    """Hand a selection off within BUDGET_SECONDS, the last of it by the workers where there are some."""
    _report(request, hand_off_again(deliveries, user=request.user, seconds=BUDGET_SECONDS))


def _report(request: HttpRequest, result: HandedOff) -> None:
    """Say how many parcels have a label, where the others stand and why, and what was left out or not reached."""
    for refusal in result.refusals:
        messages.error(request, refusal)
    _tell_what_is_left(request, result)
    if not any((result.shipments, result.refusals, result.unpaid, result.not_reached, result.held)):
        messages.warning(request, _("There is no label to request: no released shipment is waiting."))
    if result.by_workers:
        text = ngettext(
            "The label of %(count)d parcel is being requested. Reload the page in a moment.",
            "The labels of %(count)d parcels are being requested. The queue “%(queue)s” shows how many are left.",
            len(result.shipments),
        )
        by_hand = Shipment.objects.filter(pk__in=result.shipments, system__in=list(systems_by_hand())).exists()
        queue = TO_LABEL_ELSEWHERE if by_hand else WAITING
        messages.success(request, text % {"count": len(result.shipments), "queue": queue.title})
        return
    rows = Shipment.objects.filter(pk__in=result.done).order_by("state", "reason", "system")
    for state, reason, system, count in rows.values_list("state", "reason", "system").annotate(count=Count("pk")):
        _tell(request, ShipmentState(state), Reason(reason), system, count)
    if remaining := len(result.shipments) - len(result.done):
        text = ngettext(
            "%(count)d parcel remains. You do not need to do anything: its label is requested automatically.",
            "%(count)d parcels remain. You do not need to do anything: their labels are requested automatically.",
            remaining,
        )
        messages.info(request, text % {"count": remaining})


def _tell_what_is_left(request: HttpRequest, result: HandedOff) -> None:
    if result.unpaid:
        text = ngettext(
            "%(count)d delivery was left out: the shop says that its order is not paid. To request its label "
            "anyway, open it and press “Request the label”.",
            "%(count)d deliveries were left out: the shop says that their orders are not paid. To request a "
            "label anyway, open the delivery and press “Request the label”.",
            result.unpaid,
        )
        messages.warning(request, text % {"count": result.unpaid})
    if result.held:
        text = ngettext(
            "%(count)d delivery is on hold: its row in the queue “On hold” says why.",
            "%(count)d deliveries are on hold: their rows in the queue “On hold” say why.",
            result.held,
        )
        messages.warning(request, text % {"count": result.held})
    if result.without:
        text = ngettext(
            "%(count)d selected delivery had no label to request: its row says why.",
            "%(count)d selected deliveries had no label to request: their rows say why.",
            result.without,
        )
        messages.warning(request, text % {"count": result.without})
    if result.not_reached:
        messages.warning(request, NOT_REACHED % {"count": result.not_reached})


def _tell(request: HttpRequest, state: ShipmentState, reason: Reason, system: str, count: int) -> None:
    if state == ShipmentState.LABELLED:
        text = ngettext("%(count)d parcel has its label.", "%(count)d parcels have their labels.", count)
        messages.success(request, text % {"count": count})
        return
    text = ngettext("%(state)s: %(count)d parcel. %(reason)s", "%(state)s: %(count)d parcels. %(reason)s", count)
    words = {"count": count, "state": capfirst(str(state.label)), "reason": why_and_what_to_do(reason, system)}
    messages.warning(request, (text % words).strip())

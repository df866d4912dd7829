"""Deleting what was tried out: test deliveries, so that their orders can be deleted. Asked once, then done."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.admin.selected_rows import CHOSEN, joined
from deliver_to_po.errors import StillLive
from deliver_to_po.handoff.changing.cancelling import forget
from deliver_to_po.models import Delivery

CONFIRMED = "delete_confirmed"


def delete_selection(request: HttpRequest, deliveries: QuerySet[Delivery], site: dict[str, Any]) -> HttpResponse | None:
    """Show which tests would be deleted; once that is confirmed, delete them and say how many orders are free."""
    real = Delivery.objects.filter(live=True, order__isnull=False).values("order")
    chosen = deliveries.filter(order__isnull=False, live=False).exclude(order__in=real)
    if CONFIRMED not in request.POST:
        context = {
            **site,
            "title": _("Delete test deliveries?"),
            "what_happens": _(
                "These deliveries are deleted with their parcels, labels and history, and with every other test "
                "delivery of the same orders. Real deliveries are left as they are. The orders can be deleted "
                "afterwards."
            ),
            "button": _("Delete test deliveries"),
            "deliveries": chosen.order_by("placed_at"),
            "chosen_name": CHOSEN,
            "chosen": joined(chosen),
            "action": "delete_tests",
            "confirmed": CONFIRMED,
        }
        return render(request, "admin/deliver_to_po/confirm.html", context)
    orders = {delivery.order_id: delivery.order for delivery in chosen}.values()
    _report(request, [_forgotten(order) for order in orders])
    return None


def _forgotten(order: Any) -> bool:
    try:
        forget(order)
    except StillLive:
        return False
    return True


def _report(request: HttpRequest, forgotten: list[bool]) -> None:
    done, busy = forgotten.count(True), forgotten.count(False)
    text = ngettext(
        "The test deliveries of %(count)d order are deleted.",
        "The test deliveries of %(count)d orders are deleted.",
        done,
    )
    messages.success(request, text % {"count": done})
    if busy:
        text = ngettext(
            "Labels for the test deliveries of %(count)d order are being requested right now. Try again in a minute.",
            "Labels for the test deliveries of %(count)d orders are being requested right now. Try again in a minute.",
            busy,
        )
        messages.warning(request, text % {"count": busy})

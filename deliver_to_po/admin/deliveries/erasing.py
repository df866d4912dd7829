"""Erasing recipients and labels on somebody's wish: asked once, then done, and said what came of it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.admin.selected_rows import CHOSEN, joined
from deliver_to_po.models import Delivery
from deliver_to_po.privacy.erasing import Erasure, erase_delivery

CONFIRMED = "erase_confirmed"


def erase_selection(request: HttpRequest, deliveries: QuerySet[Delivery], site: dict[str, Any]) -> HttpResponse | None:
    """Show what would be erased; once that is confirmed, erase it and say how many were, and how many were not."""
    chosen = deliveries.filter(order__isnull=False, erased_at=None)
    if CONFIRMED not in request.POST:
        context = {
            **site,
            "title": _("Erase recipients and labels?"),
            "what_happens": _(
                "Names, addresses, e-mail addresses, phone numbers and labels of these deliveries will be erased "
                "for good. Labels not requested yet will not be."
            ),
            "button": _("Erase for good"),
            "deliveries": chosen.order_by("placed_at"),
            "chosen_name": CHOSEN,
            "chosen": joined(chosen),
            "action": "erase_recipients",
            "confirmed": CONFIRMED,
        }
        return render(request, "admin/deliver_to_po/confirm.html", context)
    outcomes = [erase_delivery(delivery, user=request.user) for delivery in chosen]
    _report(request, *(outcomes.count(outcome) for outcome in (Erasure.ERASED, Erasure.LATER, Erasure.FAILED)))
    return None


def _report(request: HttpRequest, erased: int, later: int, failed: int) -> None:
    text = ngettext("%(count)d delivery is erased.", "%(count)d deliveries are erased.", erased)
    messages.success(request, text % {"count": erased})
    if later:
        text = ngettext(
            "%(count)d delivery has a parcel that is being made. Erase it again when the parcel has its label.",
            "%(count)d deliveries have a parcel that is being made. Erase them again when those have their labels.",
            later,
        )
        messages.warning(request, text % {"count": later})
    if failed:
        text = ngettext(
            "%(count)d delivery is not erased: its label could not be deleted. Ask technical support to check the "
            "log; then erase it again.",
            "%(count)d deliveries are not erased: their labels could not be deleted. Ask technical support to "
            "check the log; then erase them again.",
            failed,
        )
        messages.error(request, text % {"count": failed})

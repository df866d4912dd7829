"""The label of a parcel, and how it stands, for the shop's own pages: for those whom the shop lets see it."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from deliver_to_po.admin.deliveries.standing import newest_of
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.admin.open_label import (
    CANNOT_BE_OPENED,
    NOT_NOW,
    STORAGE_FAILED,
    label_response,
    opened_file,
)
from deliver_to_po.admin.permissions import PRINT, VIEW_DELIVERY, VIEW_LABEL
from deliver_to_po.admin.show import state_and_reason, url_on
from deliver_to_po.admin.who_opened import labels_opened
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.language import current_language
from deliver_to_po.handoff.printing.job_file import mark_one_printed
from deliver_to_po.handoff.printing.label_state import must_not_be_used
from deliver_to_po.handoff.sending.fetch_label_again import fetch_label_again
from deliver_to_po.handoff.stored_files import StorageFailed
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.shipment import newest_revision
from deliver_to_po.offer.summary import summarize

_VOIDED = _("This label has been voided: if it is printed, destroy it.")


@require_http_methods(["GET", "HEAD", "POST"])
def shops_label(request: HttpRequest, delivery_id: UUID, parcel: int) -> HttpResponse | FileResponse:
    """Return the label of a parcel; a POST takes it to print. 404 for whoever may not see it, as for one that is none.

    What cannot or must not be printed has a page that says why. The history keeps who opened it.
    """
    of_parcel = Shipment.objects.select_related("delivery__order").filter(delivery=delivery_id, parcel=parcel)
    shipment = of_parcel.filter(newest_revision(), labelled_at__isnull=False).exclude(label="").first()
    if shipment is None or not may_see_label(request, shipment.delivery):
        raise Http404
    if must_not_be_used(shipment):
        return _instead(request, shipment, str(_VOIDED))
    try:
        file = opened_file(shipment)
    except StorageFailed:
        return _instead(request, shipment, str(STORAGE_FAILED), status=503)
    if file is None:
        came_of_it = fetch_label_again(shipment, reason=Reason.LABEL_MISSING)
        return _instead(request, shipment, str(CANNOT_BE_OPENED[came_of_it]))
    if request.method == "POST" and not mark_one_printed(shipment, request.user, again=True):
        file.close()
        shipment.refresh_from_db()
        return _instead(request, shipment, str(_VOIDED if must_not_be_used(shipment) else NOT_NOW))
    labels_opened([shipment], request.user)
    return label_response(shipment, file)


def may_see_label(request: HttpRequest, delivery: Delivery) -> bool:
    """Say whether somebody may open and print the labels of a delivery: by Django's permissions, or the shop's test."""
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return False
    return _holds(user, VIEW_LABEL, PRINT) or asking.may_see_label(request, delivery.order)


def _holds(user: Any, *permissions: str) -> bool:
    """Say whether a user holds all of these; where a shop has no Django admin, its users may know no permissions."""
    return hasattr(user, "has_perm") and all(map(user.has_perm, permissions))


def desk_entry(request: HttpRequest, delivery: Delivery) -> dict[str, Any]:
    """Return what the shop's own page of an order shows of its delivery: how it stands, and each parcel's label."""
    shipments = newest_of(delivery.shipments.select_related("tracking").order_by("parcel", "revision"))
    for shipment in shipments:
        shipment.delivery = delivery
    may = may_see_label(request, delivery)
    parcels = [
        {
            "number": shipment.parcel,
            "tracking_number": shipment.tracking_pin,
            "label_url": reverse("deliver_to_po:label", args=[delivery.pk, shipment.parcel])
            if may and shipment.label and not delivery.erased_at and not must_not_be_used(shipment)
            else "",
        }
        for shipment in shipments
    ]
    return {
        "standing": standing_of_delivery(delivery, shipments),
        "summary": summarize(delivery, current_language()),
        "parcels": parcels,
        "desk_url": _desk_url(request.user, delivery),
    }


def _desk_url(user: Any, delivery: Delivery) -> str:
    may = getattr(user, "is_staff", False) and _holds(user, VIEW_DELIVERY)
    # A shop without Django's admin has no such page.
    return url_on(None, "admin:deliver_to_po_delivery_change", delivery.pk) if may else ""


def _instead(request: HttpRequest, shipment: Shipment, message: str, *, status: int = 200) -> HttpResponse:
    context = {"message": message, "state": state_and_reason(shipment)}
    response = render(request, "deliver_to_po/no_label.html", context, status=status)
    response.headers["Cache-Control"] = "no-store, private"
    return response

"""The pages of everything that a clerk can do to a delivery or to one of its shipments, and the buttons to them."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from deliver_to_po.admin import cancelling, following, holding, labels_again, packing, recipients, shipments
from deliver_to_po.admin.changing import DeskChange, ask_and_make
from deliver_to_po.admin.editing import Edit, ask_and_save
from deliver_to_po.choices import DeliveryState, ShipmentState
from deliver_to_po.handoff.settling import newest
from deliver_to_po.models import Delivery, Shipment

# The buttons of a delivery and of a shipment, in this order.
CHANGES: Sequence[DeskChange[Delivery] | Edit[Any]] = (
    holding.HOLD,
    holding.LET_GO_ON,
    labels_again.FETCH_LABEL_AGAIN,
    recipients.CORRECT,
    packing.PACK,
    following.FOLLOW,
    cancelling.TO_HOME,
    cancelling.CANCEL,
)
SHIPMENT_CHANGES: Sequence[DeskChange[Shipment]] = (
    shipments.EXISTS,
    shipments.NOTHING_MADE,
    shipments.DESTROYED,
    shipments.MAKE_AGAIN,
)
CORRECTIONS = (recipients.CORRECT.name, packing.PACK.name)
LIST_ACTIONS = [change for change in CHANGES if isinstance(change, DeskChange) and change.for_many]
MayLook = Callable[[HttpRequest], bool]


class Button(NamedTuple):
    """What a delivery's page offers; ``aside`` says that it stands below "Change…"."""

    label: str
    url: str
    aside: bool = False


def urls(site: AdminSite, may_look: MayLook) -> list[URLPattern]:
    """Return the pages of all changes. They show names, so that looking must be allowed as well."""
    view = site.admin_view
    return [
        *(
            path(f"<uuid:pk>/{each.name}/", view(partial(_delivery_page, each, site, may_look)), name=each.url_name)
            for each in CHANGES
        ),
        *(
            path(
                f"shipment/<int:pk>/{each.name}/",
                view(partial(_shipment_page, each, site, may_look)),
                name=each.url_name,
            )
            for each in SHIPMENT_CHANGES
        ),
    ]


def buttons(user: Any, delivery: Delivery, site: AdminSite) -> list[Button]:
    """Return the buttons of a delivery that this user may press, and that would do something now."""
    first = _to_correct(delivery)
    return [
        Button(str(each.label), _url(each.url_name, delivery.pk, site), each.aside and each.name not in first)
        for each in CHANGES
        if each.allowed(user) and each.applies(delivery)
    ]


def _to_correct(delivery: Delivery) -> Collection[str]:
    """Return the names of the changes that let a refused parcel go on: they are what its clerk has come for."""
    refused = any(shipment.state == ShipmentState.REFUSED for shipment in newest(delivery))
    return CORRECTIONS if refused and delivery.state == DeliveryState.RELEASED else ()


def shipment_buttons(user: Any, shipment: Shipment, site: AdminSite) -> list[Button]:
    """Return those of one shipment."""
    return [
        Button(str(each.label), _url(each.url_name, shipment.pk, site))
        for each in SHIPMENT_CHANGES
        if each.allowed(user) and each.applies(shipment)
    ]


def _delivery_page(
    change: DeskChange[Delivery] | Edit[Any], site: AdminSite, may_look: MayLook, request: HttpRequest, pk: Any
) -> HttpResponse:
    _refuse_others(request, change, may_look)
    delivery = get_object_or_404(Delivery, pk=pk, order__isnull=False)
    back, context = _url("deliver_to_po_delivery_change", pk, site), site.each_context(request)
    if isinstance(change, Edit):
        asked = ask_and_save(request, change, delivery, back=back, site=context)
    else:
        asked = ask_and_make(request, change, [delivery], back=back, site=context)
    return asked or HttpResponseRedirect(back)


def _shipment_page(
    change: DeskChange[Shipment], site: AdminSite, may_look: MayLook, request: HttpRequest, pk: int
) -> HttpResponse:
    _refuse_others(request, change, may_look)
    shipment = get_object_or_404(Shipment.objects.select_related("delivery"), pk=pk)
    back = _url("deliver_to_po_delivery_change", shipment.delivery_id, site)
    asked = ask_and_make(request, change, [shipment], back=back, site=site.each_context(request))
    return asked or HttpResponseRedirect(back)


def _refuse_others(request: HttpRequest, change: DeskChange[Any] | Edit[Any], may_look: MayLook) -> None:
    if not (change.allowed(request.user) and may_look(request)):
        raise PermissionDenied


def _url(name: str, pk: Any, site: AdminSite) -> str:
    return reverse(f"admin:{name}", args=[pk], current_app=site.name)

"""The pages of everything that a clerk can do to a delivery or to one of its shipments, and the buttons to them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin import permissions
from deliver_to_po.admin.changes import (
    ask_shop_again,
    cancelling,
    change_parcels,
    correct_recipient,
    fetch_label_again,
    found_by_clerk,
    holding,
    how_it_ended,
    send_notice,
    ship_again,
)
from deliver_to_po.admin.changes.confirm_page import DeskChange, ask_and_make
from deliver_to_po.admin.changes.consequences import when_changed
from deliver_to_po.admin.changes.edit_page import Edit, ask_and_save
from deliver_to_po.admin.show import desk_url, may_look
from deliver_to_po.models import Delivery, Shipment

# The buttons of a delivery and of a shipment, in this order.
CHANGES: Sequence[DeskChange[Delivery] | Edit[Any]] = (
    holding.HOLD,
    holding.LET_GO_ON,
    fetch_label_again.FETCH_LABEL_AGAIN,
    correct_recipient.CORRECT,
    change_parcels.PACK,
    ask_shop_again.FOLLOW,
    send_notice.SEND_NOTICE,
    ship_again.SHIP_AGAIN,
    ship_again.MAKE_REAL,
    cancelling.TO_HOME,
    cancelling.CANCEL,
)
SHIPMENT_CHANGES: Sequence[DeskChange[Shipment]] = (
    found_by_clerk.EXISTS,
    found_by_clerk.NOTHING_MADE,
    found_by_clerk.DESTROYED,
    found_by_clerk.MAKE_AGAIN,
    *how_it_ended.PARCEL_CHANGES,
)
LIST_ACTIONS = [change for change in CHANGES if isinstance(change, DeskChange) and change.for_many]


class Button(NamedTuple):
    """What the desk offers: its words, where it leads and what it will do now.

    ``posts`` says that it is pressed, not followed, ``ends`` that it ends the delivery.
    """

    label: str
    url: str
    does: str = ""
    posts: bool = False
    ends: bool = False


class Page(NamedTuple):
    """A page to which a button leads that is no change: about a delivery, a ``shipment``, a ``manifest`` or nothing."""

    label: Promise
    name: str
    permission: str
    of: str = "delivery"
    posts: bool = False


PAGES: Mapping[str, Page] = {
    "hand_off": Page(_("Request the label"), "hand_off", permissions.HAND_OFF, posts=True),
    "choose": Page(_("Choose another post office"), "choose", permissions.CHOOSE),
    "print": Page(_("Print the label"), "label", permissions.PRINT, "shipment", posts=True),
    "manifest": Page(_("Open the manifest"), "manifest_change", permissions.TRANSMIT, "manifest"),
    "day_end": Page(_("Day’s end"), "day_end", permissions.TRANSMIT, ""),
    "ship_by_hand": Page(_("Parcels labelled in another program"), "by_hand", permissions.SHIP_BY_HAND, ""),
}


def views(site: AdminSite) -> dict[str, Callable[..., HttpResponse]]:
    """Return the pages of all changes, by name. They show names, so that looking must be allowed as well."""
    pages: list[tuple[Callable[..., HttpResponse], Any]]
    pages = [*((_delivery_page, each) for each in CHANGES), *((_shipment_page, each) for each in SHIPMENT_CHANGES)]
    return {each.name: site.admin_view(partial(page, each, site)) for page, each in pages}


def delivery_buttons(user: Any, delivery: Delivery, site: AdminSite) -> list[Button]:
    """Return the buttons of a delivery that this user may press, and that would do something now."""
    return [
        Button(
            each.label_for(delivery),
            desk_url(site, each.name, delivery.pk),
            _does(each, delivery),
            ends=each in (cancelling.TO_HOME, cancelling.CANCEL),
        )
        for each in CHANGES
        if each.allowed(user) and each.applies(delivery)
    ]


def _does(change: DeskChange[Delivery] | Edit[Any], delivery: Delivery) -> str:
    """Return what a change will do now: what becomes of each parcel where it touches all of them, else what it does."""
    foretold: Sequence[str] = ()
    if change is correct_recipient.CORRECT:
        foretold = when_changed(delivery)
    elif isinstance(change, DeskChange) and change is not holding.LET_GO_ON:
        foretold = change.foretold(delivery)
    return " ".join(foretold) or str(change.does)


def shipment_buttons(user: Any, shipment: Shipment, site: AdminSite) -> list[Button]:
    return [
        Button(str(each.label), desk_url(site, each.name, shipment.pk))
        for each in SHIPMENT_CHANGES
        if each.allowed(user) and each.applies(shipment)
    ]


def _delivery_page(
    change: DeskChange[Delivery] | Edit[Any], site: AdminSite, request: HttpRequest, pk: Any
) -> HttpResponse:
    _refuse_others(request, site, change)
    delivery = get_object_or_404(Delivery, pk=pk, order__isnull=False)
    back = desk_url(site, "delivery_change", pk)
    if isinstance(change, Edit):
        asked = ask_and_save(request, change, delivery, back=back, site=site)
    else:
        asked = ask_and_make(request, change, [delivery], back=back, site=site)
    return asked or HttpResponseRedirect(back)


def _shipment_page(change: DeskChange[Shipment], site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    _refuse_others(request, site, change)
    shipment = get_object_or_404(Shipment.objects.select_related("delivery", "tracking"), pk=pk)
    back = desk_url(site, "delivery_change", shipment.delivery_id)
    asked = ask_and_make(request, change, [shipment], back=back, site=site)
    return asked or HttpResponseRedirect(back)


def _refuse_others(request: HttpRequest, site: AdminSite, change: DeskChange[Any] | Edit[Any]) -> None:
    if not (change.allowed(request.user) and may_look(request, site)):
        raise PermissionDenied

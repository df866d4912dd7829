"""What templates use: where a parcel is picked up, and the map's ingredients without inline script or style."""

import json
import re
from contextlib import suppress
from typing import Any

from django import template
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from deliver_to_po.canadapost.letter_case import as_people_read, as_people_write
from deliver_to_po.checkout.pages.nearest import entry
from deliver_to_po.checkout.pages.order_links import OrderLinks, order_links
from deliver_to_po.checkout.placing import delivery_of
from deliver_to_po.core.configured import made_once
from deliver_to_po.core.language import current_language
from deliver_to_po.core.wording import day_and_time, day_of_year, tracking_page, with_mark
from deliver_to_po.models import Delivery
from deliver_to_po.offer.summary import as_text, parcels_told, summarize, summarize_parcels

register = template.Library()

# It translates a toolbar for drawing on maps, and does nothing if there is none.
DRAWING = re.compile(r'<script src="[^"]*leaflet\.draw\.i18n[^"]*"></script>')


@register.simple_tag(takes_context=True)
def d2po_pickup(context: Context, order: Any) -> SafeString:
    """Return where, when and how a parcel is picked up, as HTML in the active language; nothing for home delivery.

    ``order`` is the shop's order, or a draft. With the request in the context, links lead to what BUYER_MAY allows:
    show it to the buyer only.
    """
    delivery = _delivery(order)
    if delivery is None:
        return SafeString("")
    language, request, placed = current_language(), context.get("request"), delivery.order_id is not None
    shipments = parcels_told(delivery)
    shown = {"summary": summarize_parcels(delivery, shipments, language), "placed": placed, "links": OrderLinks()}
    if placed and request is not None:
        with suppress(NoReverseMatch):
            shown["links"] = order_links(delivery, shipments, language, request.get_full_path())
    return render_to_string("deliver_to_po/summary.html", shown)


@register.simple_tag
def d2po_pickup_text(order: Any) -> str:
    """Return the same as plain text, for an e-mail: put ``{% autoescape off %}`` around the whole text."""
    delivery = _delivery(order)
    return as_text(summarize(delivery, current_language())) if delivery else ""


def _delivery(order: Any) -> Delivery | None:
    """Return the delivery that is meant; a template's variable that is missing is an empty text."""
    if isinstance(order, Delivery):
        return order
    return delivery_of(order) if order else None


@register.simple_tag(takes_context=True)
def d2po_desk(context: Context, order: Any) -> SafeString:
    """Return how the delivery of ``order`` stands, its tracking numbers, and a button for each label; nothing for none.

    For staff, on the shop's own page of an order: put it outside any form. Django's permissions, or the adapter's
    ``may_see_label``, decide about the button.
    """
    # What a shop's pages for buyers never need.
    from deliver_to_po.admin.shops_label import desk_entry

    delivery = _delivery(order)
    if delivery is None:
        return SafeString("")
    shown = {**desk_entry(_request(context, "d2po_desk"), delivery), "csrf_token": context.get("csrf_token")}
    return render_to_string("deliver_to_po/desk.html", shown)


@register.simple_tag(takes_context=True)
def d2po_nearest(context: Context) -> SafeString:
    """Return the post office to suggest, with hours, day and price, a button that takes it and one for all others.

    Put it inside your form of delivery methods, and call ``deliver_there(request)`` first when that is sent.
    """
    shown = {**entry(_request(context, "d2po_nearest")), "by_tag": True, "csp_nonce": context.get("csp_nonce")}
    return render_to_string("deliver_to_po/nearest.html", shown)


def _request(context: Context, tag: str) -> Any:
    if (request := context.get("request")) is None:
        raise ImproperlyConfigured(
            f"{{% {tag} %}} needs the request: render the page with render(request, …), and name "
            "“django.template.context_processors.request” among the context_processors in TEMPLATES."
        )
    return request


@register.simple_tag
def d2po_map(*, opened: bool = False, shown: bool = False) -> SafeString:
    """Return the map's place, options and files to load later; nothing if django-leaflet is not installed.

    ``opened`` opens it without a press where it has room beside the list; ``shown`` keeps that room from the beginning.
    """
    if not apps.is_installed("leaflet"):
        return SafeString("")
    files = leaflet_files(get_language())
    context = {"options": leaflet_options(), "files": files, "opened": opened, "shown": opened and shown}
    return render_to_string("deliver_to_po/map.html", context)


register.filter(as_people_read)
register.filter(as_people_write)
register.filter(tracking_page)
register.filter(with_mark)
register.filter(day_and_time)
register.filter(day_of_year)


@register.filter
def at(values: Any, key: str) -> Any:
    """Return what a mapping has under ``key``, nothing if it has none or is missing."""
    return values.get(key, ()) if isinstance(values, dict) else ()


def leaflet_options() -> dict[str, Any]:
    """Return what django-leaflet's own tag would give the map from LEAFLET_CONFIG."""
    # Not at the top of the module: a shop without a map need not have django-leaflet.
    from leaflet.templatetags.leaflet_tags import leaflet_map

    options: dict[str, Any] = json.loads(leaflet_map("", fitextent=False)["djoptions"])
    # Its script reads what is empty as what is missing, but not null.
    return {name: value for name, value in options.items() if value not in ("", False, [])}


@made_once
def leaflet_files(_language: str | None) -> SafeString:
    """Return the elements that load Leaflet with the shop's plugins, as django-leaflet's own tags give them."""
    tags = render_to_string("deliver_to_po/map_files.html")
    # Nothing but what django-leaflet wrote itself.
    return mark_safe(re.sub(r"\s*\n\s*", "\n", DRAWING.sub("", tags)))  # noqa: S308

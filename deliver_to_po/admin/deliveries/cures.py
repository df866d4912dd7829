"""The button that leads a delivery on: its words and where it leads, by the names that ``standing`` gives."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin import AdminSite
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.changes import choose_office, send_notice
from deliver_to_po.admin.changes.buttons import CHANGES, PAGES, SHIPMENT_CHANGES, Button, Page
from deliver_to_po.admin.deliveries.standing import Standing, Waits
from deliver_to_po.admin.open_label import PRINTS
from deliver_to_po.admin.show import FOR_OTHERS, NOTHING_TO_DO, aside, desk_url, order_url, url_on
from deliver_to_po.core.choices import Reason
from deliver_to_po.models import Delivery, Shipment

OF_DELIVERY = {change.name: change for change in CHANGES}
OF_SHIPMENT = {change.name: change for change in SHIPMENT_CHANGES}
# A clerk chooses among these on the delivery's page, where all that is to be known stands beside them.
TO_BE_CHOSEN: Mapping[str, Promise] = {
    "exists": gettext_lazy("Say what became of it"),
    "nothing_made": gettext_lazy("Say what became of it"),
    "follow_on": gettext_lazy("Say where it is"),
    "lost": gettext_lazy("Say where it is"),
    "correct_recipient": gettext_lazy("Correct it"),
    "change_parcels": gettext_lazy("Correct it"),
}


def cure_of(standing: Standing, delivery: Delivery, user: Any, site: AdminSite, *, page: str) -> Button | None:
    """Return the one button for a row of the list, None if there is none or this user may not press it.

    ``page`` is the address of the delivery's page. Asks nothing of the database: what ``standing`` names applies.
    """
    if not standing.cures:
        return None
    name = standing.cures[0]
    if name == send_notice.SEND_NOTICE.name and not send_notice.was_written_to(delivery):
        return None
    return (
        Button(str(TO_BE_CHOSEN[name]), page)
        if name in TO_BE_CHOSEN
        else button_named(name, standing, delivery, user, site)
    )


def cures_of(
    standing: Standing, delivery: Delivery, user: Any, site: AdminSite, offered: Mapping[str, Button]
) -> list[Button]:
    """Return the buttons for a delivery's page that lead it on, the first of them to be pressed first.

    ``offered`` are the delivery's own by their address: of these only what is there; a parcel's where they apply.
    """
    found = []
    for name in standing.cures:
        button = button_named(name, standing, delivery, user, site)
        if button is None or ((name in OF_DELIVERY or name in ("hand_off", "choose")) and button.url not in offered):
            continue
        if name in OF_SHIPMENT and not (standing.shipment and OF_SHIPMENT[name].applies(standing.shipment)):
            continue
        found.append(offered.get(button.url, button))
    if delivery.reason == Reason.REPLACED:
        others = Delivery.objects.filter(current_order=delivery.order_id).values_list("pk", flat=True)
        found += [Button(_("Open the other delivery"), desk_url(site, "delivery_change", pk)) for pk in others]
    return found


def button_named(name: str, standing: Standing, delivery: Delivery, user: Any, site: AdminSite) -> Button | None:
    """Return the button of that name, None if this user may not press it, or the shop has no such page."""
    shipment = standing.shipment
    if (change := OF_DELIVERY.get(name)) and change.allowed(user):
        return Button(change.label_for(delivery), desk_url(site, name, delivery.pk))
    if (of_it := OF_SHIPMENT.get(name)) and shipment is not None and of_it.allowed(user):
        return Button(str(of_it.label), desk_url(site, name, shipment.pk))
    # The list knows already whether this user may look at the order.
    if name == "open_order" and delivery.order is not None and getattr(delivery, "may_view_order", False):
        url = order_url(site, delivery.order)
        return Button(_("Open the order"), url) if url else None
    page = PAGES.get(name)
    return _elsewhere(page, delivery, shipment, site) if page and user.has_perm(page.permission) else None


def _elsewhere(page: Page, delivery: Delivery, shipment: Shipment | None, site: AdminSite) -> Button | None:
    about = {"delivery": delivery.pk, "shipment": shipment and shipment.pk}
    about["manifest"] = shipment and shipment.manifest_id
    if page.of and about[page.of] is None:
        return None
    url = url_on(site, f"admin:deliver_to_po_{page.name}", *([about[page.of]] if page.of else []))
    if url and page is PAGES["print"]:
        url += PRINTS
    label = choose_office.heading(delivery) if page.name == "choose" else str(page.label)
    does = _("Whatever can be done for it now is done at once.") if page.name == "hand_off" else ""
    return Button(label, url, does, page.posts) if url else None


def without_button(standing: Standing) -> str:
    """Return what is said where this user has no button: the walk holds that what waits for a clerk has one."""
    return str(FOR_OTHERS if Waits.CLERK in standing.waits else NOTHING_TO_DO)


def as_html(button: Button | None, standing: Standing) -> SafeString:
    """Return a button of a row: a link, or what posts from within the list's own form, without any script."""
    if button is None:
        return aside(without_button(standing))
    if not button.posts:
        return format_html('<a class="d2po-line" href="{}">{}</a>', button.url, button.label)
    return format_html(
        '<button class="d2po-line" type="submit" formaction="{}" formmethod="post" formnovalidate{}>{}</button>',
        button.url,
        SafeString(' formtarget="_blank"' if "/label/" in button.url else ""),
        button.label,
    )

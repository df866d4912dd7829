"""How the desk's pages show things: badges, addresses, links, hours. Everything that people wrote is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib.admin import AdminSite
from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po import wording
from deliver_to_po.adapter import order_admin_url_name
from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.choices import DeliveryState, Reason
from deliver_to_po.handoff.release import notes_of_holds
from deliver_to_po.language import current_language
from deliver_to_po.models import Delivery, Export, Manifest, Shipment
from deliver_to_po.shipping.registry import name_of_system
from deliver_to_po.wording import hours_rows, money

NOTHING = "–"
# Canada Post's public page of a parcel. It documents no address; this is the one that others link to, in both languages
# (sources in tests/admin/test_show.py).
TRACKING_PAGE = "https://www.canadapost-postescanada.ca/track-reperage/%(language)s#/details/%(number)s"
BREAK = mark_safe("<br>")


def lines(texts: Iterable[str]) -> SafeString:
    """Return the texts that say something, each on a line of its own."""
    return format_html_join(BREAK, "{}", ((text,) for text in texts if text))


def test_badge(delivery: Delivery) -> SafeString:
    """Return a badge that says TEST, or nothing when the delivery is real or not placed yet."""
    if delivery.live or delivery.state in (DeliveryState.DRAFT, DeliveryState.RESERVED):
        return SafeString()
    return _badge(_("Placed while the shop was in test mode: it never becomes a real shipment."))


def test_badge_of(row: Manifest | Export) -> SafeString:
    """Return a badge that says TEST, or nothing when the parcels of a manifest or an export are real."""
    return SafeString() if row.live else _badge(_("Nothing of this is a real parcel."))


def _badge(title: str) -> SafeString:
    return format_html('<span class="d2po-test" title="{}">{}</span>', title, _("TEST"))


def state_and_reason(row: Delivery | Shipment | Manifest) -> SafeString:
    """Return the state and, below it, why and what to do."""
    state = format_html('<span class="d2po-state d2po-state-{}">{}</span>', row.state, row.get_state_display())
    if not row.reason:
        return state
    words = why_and_what_to_do(Reason(row.reason), "" if isinstance(row, Delivery) else row.system)
    return format_html('{}<br><span class="d2po-reason">{}</span>', state, words)


def why_and_what_to_do(reason: Reason, system: str = "") -> str:
    """Return a reason in words, and what a clerk can do; ``system`` is the alias of the system that it is about."""
    return f"{reason.why(name_of_system(system) if system else '')} {reason.advice}".strip()


def what_was_said(reason: Reason, text: str) -> str:
    """Return what is wrong in the words of whoever found it; ``""`` for no text."""
    if not text or reason == Reason.INVALID:
        # Found here, before anything was sent: the shipping system knows nothing of it.
        return text
    return _("The shipping system said: %(text)s") % {"text": text}


def note_of_hold(delivery: Delivery) -> str:
    """Return what the shop or a clerk noted of why a delivery is on hold; ``""`` for one that is not, or no note.

    Rows of the list know it already, as ``hold_note``.
    """
    if delivery.state != DeliveryState.HELD:
        return ""
    note = getattr(delivery, "hold_note", None)
    if note is None:
        note = notes_of_holds(delivery).values_list("note", flat=True).first()
    return _("Note: %(note)s") % {"note": note} if note else ""


def described(row: Delivery | Shipment) -> str:
    """Return which delivery or shipment it is, whose and where it stands, on one line."""
    delivery = row.delivery if isinstance(row, Shipment) else row
    about = str(delivery)
    if delivery.recipient_name:
        about = _("%(reference)s: %(recipient)s") % {"reference": delivery, "recipient": delivery.recipient_name}
    if isinstance(row, Shipment):
        words = {"parcel": row.parcel, "revision": row.revision}
        about = f"{about}, {_('parcel %(parcel)s, revision %(revision)s') % words}"
    return f"{about} ({row.get_state_display()})"


def parcel_lines(delivery: Delivery, shipments: Sequence[Shipment]) -> SafeString:
    """Return the tracking number of each parcel, with a link to Canada Post's page; of several, the state of each too.

    A test's number is known to nobody, so it is no link.
    """
    return format_html_join(
        "",
        '<div class="d2po-shipment">{}</div>',
        ((_parcel(shipment, delivery.live, len(shipments) > 1),) for shipment in shipments),
    )


def _parcel(shipment: Shipment, live: bool, with_state: bool) -> SafeString:
    number: str = shipment.tracking_pin
    if number and live:
        address = TRACKING_PAGE % {"language": current_language(), "number": quote(number, safe="")}
        number = format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', address, number)
    state = str(shipment.get_state_display()) if with_state else ""
    return lines([number, state]) or SafeString(NOTHING)


def may_view_order(request: HttpRequest, site: AdminSite) -> bool:
    """Say whether this user may look at the shop's orders in this admin."""
    model: Any = Delivery._meta.get_field("order").related_model
    if site.is_registered(model):
        return site.get_model_admin(model).has_view_permission(request)
    codename = get_permission_codename("view", model._meta)
    return request.user.has_perm(f"{model._meta.app_label}.{codename}")


def order_link(order: Model | None, site_name: str, *, may_view: bool, text: str = "") -> str:
    """Return a link to the order's own admin page; its name where the shop has none, or who asks may not view it.

    ``text`` stands in the link instead of the order's name.
    """
    if order is None:
        return NOTHING
    if not may_view:
        return str(order)
    try:
        url = reverse(order_admin_url_name(order), args=[order.pk], current_app=site_name)
    except NoReverseMatch:
        return str(order)
    return format_html('<a href="{}">{}</a>', url, text or order)


def service_name(code: str) -> str:
    """Return the name of a service, or its code when it is none of ours."""
    return wording.service_name(code) or NOTHING


def options_text(options: Iterable[Mapping[str, Any]]) -> str:
    """Return the codes of options, each with its amount."""
    return ", ".join(_option(option) for option in options) or NOTHING


def _option(option: Mapping[str, Any]) -> str:
    amount = option.get("amount")
    return f"{option['code']} ({money(amount)})" if amount else str(option["code"])


# How Canada Post calls the options, which people may read who know no codes.
OPTION_WORDS: Mapping[str, Promise] = {
    "SO": gettext_lazy("Signature"),
    "COV": gettext_lazy("Coverage"),
    "PA18": gettext_lazy("Proof of age required: 18 years"),
    "PA19": gettext_lazy("Proof of age required: 19 years"),
    "PA21": gettext_lazy("Proof of age required: 21 years"),
}


def options_in_words(options: Iterable[Mapping[str, Any]]) -> str:
    """Return each option as its code and what Canada Post calls it, with its amount."""
    return ", ".join(_worded(option) for option in options) or NOTHING


def _worded(option: Mapping[str, Any]) -> str:
    words = OPTION_WORDS.get(str(option["code"]), "")
    return " – ".join(filter(None, [_option(option), str(words)]))


def hours_table(hours: WeeklyHours | None) -> SafeString:
    """Return the week as a table, days with the same hours in one row; a dash when nobody knows the hours."""
    if hours is None:
        return SafeString(NOTHING)
    rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', hours_rows(hours))
    return format_html('<table class="d2po-hours"><tbody>{}</tbody></table>', rows)

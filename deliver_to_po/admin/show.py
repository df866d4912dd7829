"""How the desk's pages show things: badges, addresses, links, hours. Everything that people wrote is escaped."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.admin import AdminSite, display
from django.contrib.admin.utils import quote
from django.contrib.auth import get_permission_codename
from django.db.models import DateTimeField, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from deliver_to_po.adapter import order_admin_url_name
from deliver_to_po.admin.permissions import for_those
from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.core.choices.states import WITHOUT_ORDER
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.wording import day_and_time, hours_rows, money, tracking_page
from deliver_to_po.handoff.changing.found_by_clerk import STILL_TRUE
from deliver_to_po.handoff.releasing.release import notes_of_holds
from deliver_to_po.models import Delivery, Export, Manifest, Shipment
from deliver_to_po.shipping.objections import worded
from deliver_to_po.shipping.registry import name_of_system

NOTHING = "–"
# What one that is placed waits for, by the setting RELEASE. What is still placed under "on_placing" was placed under
# another setting.
_BY_CLERK = gettext_lazy("It waits until somebody presses “Request the label”.")
RELEASED_WHEN: Mapping[str, Promise] = {
    "when_paid": gettext_lazy("It is released automatically when the order is paid."),
    "by_merchant": _BY_CLERK,
    "on_placing": _BY_CLERK,
}
BREAK = mark_safe("<br>")
# Where a clerk releases: the button beside it still requests the label.
NOT_PAID = gettext_lazy("Not paid, says the shop.")
BEING_CANCELLED = pgettext_lazy("state of a delivery", "being cancelled")
ERASED = pgettext_lazy("state of a delivery", "recipient erased")
# Where nothing is to be pressed, and where only somebody else may press it.
NOTHING_TO_DO, FOR_OTHERS = gettext_lazy("Nothing to do here"), gettext_lazy("Ask a colleague who may do this")


def lines(texts: Iterable[str]) -> SafeString:
    """Return the texts that say something, each on a line of its own."""
    return format_html_join(BREAK, "{}", ((text,) for text in texts if text))


def with_moments(model: type[Model], shown: Iterable[Any]) -> list[Any]:
    """Return what a page or a list shows, its moments as people write them: Django knows no « 1er décembre »."""
    fields = {field.name: field for field in model._meta.fields if isinstance(field, DateTimeField)}
    return [
        with_moments(model, one) if isinstance(one, list | tuple) else _moment(fields[one]) if one in fields else one
        for one in shown
    ]


@cache
def _moment(field: Any) -> Any:
    @display(description=field.verbose_name, ordering=field.name)
    def shown(row: Any) -> str:
        moment = getattr(row, field.name)
        return NOTHING if moment is None else day_and_time(moment)

    # The cell's class is called by it.
    shown.__name__ = field.name
    return shown


def test_badge(delivery: Delivery) -> SafeString:
    """Return a badge that says TEST, or nothing when the delivery is real or not placed yet."""
    if delivery.live or delivery.state in WITHOUT_ORDER:
        return SafeString()
    return _badge(_("Placed while the shop was in test mode: it never becomes a real shipment."))


def test_badge_of(row: Manifest | Export) -> SafeString:
    """Return a badge that says TEST, or nothing when the parcels of a manifest or an export are real."""
    return SafeString() if row.live else _badge(_("None of these are real parcels."))


def _badge(title: str) -> SafeString:
    return format_html('<span class="d2po-test" title="{}">{}</span>', title, _("TEST"))


def by_whom(user: Any) -> str:
    """Return the clerk, or that the shop did it by itself."""
    return str(user) if user else _("the shop (automatically)")


def state_and_reason(row: Delivery | Shipment | Manifest) -> SafeString:
    """Return the state and, below it, why and what to do."""
    state = format_html('<span class="d2po-state d2po-state-{}">{}</span>', row.state, row.get_state_display())
    if not row.reason:
        return state
    words = why_and_what_to_do(Reason(row.reason), row.system) if isinstance(row, Manifest) else why_of(row)
    return lines([state, aside(words)])


def aside(words: str) -> SafeString:
    """Return words that stand smaller beneath others, nothing for none."""
    return format_html('<span class="d2po-reason">{}</span>', words) if words else SafeString()


def why_and_what_to_do(reason: Reason, system: str = "") -> str:
    """Return a reason in words, and what a clerk can do; ``system`` is the alias of the system that it is about."""
    return f"{reason.why(name_of_system(system) if system else '')} {reason.advice}".strip()


def is_being_asked(row: Delivery | Shipment) -> bool:
    """Say whether a worker just asks to void a parcel: that the answer got lost is written down before, in case."""
    return isinstance(row, Shipment) and row.reason == Reason.TAKE_BACK_UNKNOWN and row.is_under_lease


def why_of(row: Delivery | Shipment) -> str:
    """Return why a delivery or a parcel is where it is, and what a clerk can do; ``""`` for no reason."""
    if is_being_asked(row):
        return ""
    system = name_of_system(row.system) if isinstance(row, Shipment) else ""
    return f"{Reason(row.reason).why(system)} {advice_of(row)}".strip()


def state_word(delivery: Delivery) -> str:
    """Return how a delivery stands in a word: that it is being cancelled, or erased, comes before its state."""
    if delivery.state != DeliveryState.CANCELLED and (delivery.stop_asked_at is not None or delivery.erased_for_good):
        return str(ERASED if delivery.stop_asked_at is None else BEING_CANCELLED)
    return str(delivery.get_state_display())


def of_other_mode(delivery: Delivery) -> Reason:
    """Return why nothing of a delivery is shipped that is a test in a shop that ships for real, or the other way."""
    if delivery.live == app_settings.canada_post.live:
        return Reason.NONE
    return Reason.LIVE_OFF if delivery.live else Reason.TEST_ONLY


def advice_of(row: Delivery | Shipment) -> str:
    """Return what a clerk can do about a delivery or a parcel; ``""`` for no reason.

    A parcel that may exist is looked for before anything of it is corrected, and nothing is corrected of what is being
    cancelled. What is on hold goes on by itself only as far as it is released: by the setting RELEASE, or since that
    was asked for.
    """
    reason = Reason(row.reason)
    if isinstance(row, Shipment):
        if row.delivery.stop_asked_at is not None and row.state != ShipmentState.ATTENTION:
            return ""
        still_true = row.state == ShipmentState.ATTENTION and reason in STILL_TRUE
        return (Reason.REPORTED_LOST if still_true else reason).advice
    if row.state == DeliveryState.HELD and reason == Reason.PAUSED and row.release_asked_at is None:
        return f"{_('It comes off hold automatically when the pause ends.')} {RELEASED_WHEN[app_settings.release]}"
    if row.state == DeliveryState.HELD and reason == Reason.NOT_PAID and app_settings.release != "when_paid":
        return _("Look at the order’s payment; then press “Request the label”.")
    return reason.advice


def what_was_said(reason: Reason, text: str) -> str:
    """Return what is wrong in the words of whoever found it; ``""`` for no text."""
    said = worded(text)
    if said != text or not text or reason == Reason.INVALID:
        # Found here: the shipping system knows nothing of it.
        return said
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
        about = f"{about}, {which_parcel(row)}"
    return f"{about} ({row.get_state_display()})"


def which_parcel(shipment: Shipment) -> str:
    return _("parcel %(parcel)s, revision %(revision)s") % {"parcel": shipment.parcel, "revision": shipment.revision}


def measures_shown(weight: Decimal, length: Decimal, width: Decimal, height: Decimal) -> str:
    """Return what a parcel weighs, in kilograms, and measures, in centimetres."""
    figures = {"weight": weight, "length": length, "width": width, "height": height}
    words = {name: localize(figure.normalize()) for name, figure in figures.items()}
    return _("%(weight)s kg, %(length)s × %(width)s × %(height)s cm") % words


def printed_by(shipment: Shipment, told: str = "") -> str:
    when = day_and_time(shipment.printed_at) if shipment.printed_at else ""
    words = {"user": shipment.printed_by or _("somebody"), "when": when}
    return (told or _("printed by %(user)s on %(when)s")) % words


def tracking_link(shipment: Shipment) -> str:
    """Return a parcel's tracking number with a link to Canada Post's page, a dash where it has none.

    A test's number is known to nobody, so it is no link.
    """
    number: str = shipment.tracking_pin
    if not number or not shipment.delivery.live:
        return number or NOTHING
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', tracking_page(number), number)


def may_look(request: HttpRequest, site: AdminSite) -> bool:
    """Say whether this user may look at deliveries; a shop's own class of this admin may be stricter."""
    return site.get_model_admin(Delivery).has_view_permission(request)


# Lets only those open a page who may look at deliveries.
for_those_who_look = for_those(may_look)


def may_view_order(request: HttpRequest, site: AdminSite) -> bool:
    """Say whether this user may look at the shop's orders in this admin."""
    model: Any = Delivery._meta.get_field("order").related_model
    if site.is_registered(model):
        return site.get_model_admin(model).has_view_permission(request)
    codename = get_permission_codename("view", model._meta)
    return request.user.has_perm(f"{model._meta.app_label}.{codename}")


def desk_url(site: AdminSite, name: str, *args: Any) -> str:
    """Return the address of a page of the desk by its name without the app's."""
    return reverse(f"admin:deliver_to_po_{name}", args=args, current_app=site.name)


def desk_page(
    request: HttpRequest, site: AdminSite, name: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return a page of the desk by its template's name without the app's, in the frame of the admin's pages."""
    template = f"admin/deliver_to_po/{name}.html"
    return render(request, template, {**site.each_context(request), **context}, status=status)


def url_on(site: AdminSite | None, name: str, *args: Any) -> str:
    """Return the address of a page by its whole name, ``""`` if the site does not have it; None is Django's own."""
    try:
        return reverse(name, args=args, current_app=site.name if site else None)
    except NoReverseMatch:
        return ""


def order_url(site: AdminSite, order: Model) -> str:
    """Return the address of the order's own admin page, ``""`` if the shop has none."""
    return url_on(site, order_admin_url_name(order), quote(order.pk))


def order_link(order: Model | None, site: AdminSite, *, may_view: bool, text: str = "") -> str:
    """Return a link to the order's own admin page; its name where the shop has none, or who asks may not view it.

    ``text`` stands in the link instead of the order's name.
    """
    if order is None:
        return NOTHING
    url = order_url(site, order) if may_view else ""
    return format_html('<a href="{}">{}</a>', url, text or order) if url else str(order)


def options_text(options: Iterable[Mapping[str, Any]]) -> str:
    """Return the codes of options, each with its amount."""
    return ", ".join(map(_option, options))


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
    return ", ".join(map(_worded, options))


def _worded(option: Mapping[str, Any]) -> str:
    words = OPTION_WORDS.get(str(option["code"]), "")
    return " – ".join(filter(None, [_option(option), str(words)]))


def hours_table(hours: WeeklyHours | None) -> SafeString:
    """Return the week as a table, days with the same hours in one row; a dash when nobody knows the hours."""
    if hours is None:
        return SafeString(NOTHING)
    rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', hours_rows(hours))
    return format_html('<table class="d2po-hours"><tbody>{}</tbody></table>', rows)

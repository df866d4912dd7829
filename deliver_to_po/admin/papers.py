"""Papers beside the labels: packing slips, the pick list, and the printer's test page."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from reportlab.lib.pagesizes import LETTER

from deliver_to_po import asking
from deliver_to_po.answered import ShopError
from deliver_to_po.labels.listing import ListWords, Section, render_list
from deliver_to_po.labels.printer_test import PrinterTestWords, render_test_page
from deliver_to_po.labels.sheet import LABEL
from deliver_to_po.labels.slips import SlipWords, render_slips
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.language import current_language
from deliver_to_po.models import Delivery
from deliver_to_po.wording import city_line, day_and_time

# A slip takes about as long to draw as a label to fetch: more than these, and no clerk waits.
MOST_AT_ONCE = 500
PAPERS = {"label": LABEL, "letter": LETTER}
SCANNED = "D2PO-TEST-0123456789"


def slips_of_selection(request: HttpRequest, deliveries: QuerySet[Delivery]) -> HttpResponse | None:
    """Return the packing slips of the selected deliveries as PDF; None, and said why, where there are none."""
    chosen = _chosen(request, deliveries)
    return None if chosen is None else _pdf(render_slips([_slip(delivery) for delivery in chosen]), "packing-slips")


def pick_list_of_selection(request: HttpRequest, deliveries: QuerySet[Delivery]) -> HttpResponse | None:
    """Return what is to be fetched for the selected deliveries as PDF; None, and said why, as above."""
    chosen = _chosen(request, deliveries)
    return None if chosen is None else _pdf(_pick_list(chosen), "pick-list")


def printer_test(request: HttpRequest, site: AdminSite, paper: str) -> HttpResponse:
    """Return the test page for one of PAPERS."""
    if paper not in PAPERS:
        raise Http404
    words = PrinterTestWords(
        heading=_("Printer test"),
        lines=[
            _("Print at full size (100%), not “fit to page”."),
            _("The frame must be whole on all four sides."),
            _("Lay a ruler beside the scales: they must agree."),
            _("Scan the bars: the scanner must read the figures below them."),
        ],
        centimetres=_("centimetres"),
        inches=_("inches"),
        scanned=SCANNED,
        language=f"{current_language()}-CA",
    )
    return _pdf(render_test_page(words, PAPERS[paper]), f"printer-test-{paper}")


def _chosen(request: HttpRequest, deliveries: QuerySet[Delivery]) -> Sequence[Delivery] | None:
    """Return what is to be printed, in packing order; None, and said why, where it is nothing or too many."""
    rows = deliveries.filter(order__isnull=False, erased_at=None)
    if (count := rows.count()) > MOST_AT_ONCE:
        told = _("These are %(count)s deliveries. At most %(most)s are printed at once: choose fewer.")
        messages.error(request, told % {"count": localize(count), "most": localize(MOST_AT_ONCE)})
        return None
    chosen = list(rows.select_related("order").prefetch_related("shipments").order_by("placed_at", "pk"))
    if not chosen:
        messages.error(request, _("There is nothing to print: the recipients are erased."))
        return None
    return sorted(chosen, key=lambda delivery: asking.packing_order_of(delivery.order))


def _slip(delivery: Delivery) -> SlipWords:
    """Return the words of a packing slip, in the buyer's language."""
    with override(delivery.language):
        return SlipWords(
            heading=_("Packing slip"),
            scanned=delivery.reference,
            facts=list(_facts(delivery)),
            sender=list(_sender(delivery.order)),
            recipient_heading=_("For pickup by"),
            recipient=delivery.recipient_name,
            office_heading=_("At the post office"),
            office=[
                delivery.office_name,
                delivery.office_location,
                delivery.office_address,
                city_line(delivery.office) if delivery.office_id else "",
            ],
            contents_heading=_("Inside"),
            rows=[(_times(quantity), name) for quantity, name in _contents(delivery)],
            language=f"{delivery.language}-CA",
        )


def _facts(delivery: Delivery) -> Iterator[str]:
    yield _("Order %(reference)s") % {"reference": delivery.reference}
    if delivery.placed_at:
        yield day_and_time(delivery.placed_at)
    open_parcels = [one for one in delivery.shipments.all() if one.open_parcel]
    if len(open_parcels) > 1:
        count = len(open_parcels)
        yield ngettext("%(count)d parcel", "%(count)d parcels", count) % {"count": count}
    yield ", ".join(group_digits(one.tracking_pin) for one in open_parcels if one.tracking_pin)
    if not delivery.live:
        yield _("TEST")


def _sender(order: Any) -> Iterator[str]:
    try:
        sender = asking.sender_of(order)
    except ShopError:
        return
    yield from (sender.company, sender.address.line_1, city_line(sender.address))


def _contents(delivery: Delivery) -> Sequence[tuple[Decimal | None, str]]:
    """Return what is inside; where the shop's own program fails, that it cannot be said."""
    try:
        return asking.contents_of(delivery.order)
    except ShopError:
        return [(None, _("The shop’s program could not say what is inside: look at the order."))]


def _times(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{localize(quantity.normalize() + 0)} ×"


def _pick_list(chosen: Sequence[Delivery]) -> bytes:
    """Return everything that is to be fetched, the same things together, with the orders that they are for."""
    wanted: dict[str, Decimal] = {}
    orders: dict[str, list[str]] = {}
    unknown = []
    for delivery in chosen:
        things = _contents(delivery)
        if not things or things[0][0] is None:
            unknown.append(["", delivery.reference, delivery.recipient_name])
        for quantity, name in things:
            if quantity is not None:
                wanted[name] = wanted.get(name, Decimal(0)) + quantity
                orders.setdefault(name, []).append(f"{delivery.reference} ({_times(quantity).rstrip(' ×')})")
    rows = [[_times(wanted[name]), name, ", ".join(orders[name])] for name in sorted(wanted, key=str.casefold)]
    count = ngettext("%(count)d delivery", "%(count)d deliveries", len(chosen)) % {"count": len(chosen)}
    sections = [Section(_("To fetch"), rows, (0.1, 0.5, 0.4), ticked=True)] if rows else []
    if unknown:
        sections.append(
            Section(_("Look at the order: what is inside is not known"), unknown, (0.0, 0.4, 0.6), ticked=True)
        )
    return render_list(
        ListWords(
            _("Pick list"), [f"{day_and_time(timezone.now())}, {count}"], sections, language=f"{current_language()}-CA"
        )
    )


def _pdf(content: bytes, name: str) -> HttpResponse:
    day = timezone.localtime().strftime("%Y-%m-%d")
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}-{day}.pdf"',
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        },
    )

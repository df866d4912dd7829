"""Papers beside the labels: packing slips, pick list, cover sheet, list for the counter, the printer's test page."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override, pgettext

from deliver_to_po.admin import queues
from deliver_to_po.admin.open_label import private_file, void_labels
from deliver_to_po.admin.printing.label_words import WHY_NOT, later_than_this
from deliver_to_po.admin.show import desk_url
from deliver_to_po.admin.who_opened import details_saved
from deliver_to_po.core.choices import PrintForm
from deliver_to_po.core.choices.states import NOT_TO_BE_PACKED
from deliver_to_po.core.language import current_language
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.core.wording import city_line, day_and_time, with_colon
from deliver_to_po.handoff.frozen_request import contents_from_json
from deliver_to_po.handoff.printing.job_file import JobLine, Printed
from deliver_to_po.handoff.printing.label_state import LabelState, leaving_today
from deliver_to_po.handoff.printing.print_jobs import packing_key
from deliver_to_po.handoff.sending.hand_off_now import is_surely_unpaid
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.savepoints import under_one_savepoint
from deliver_to_po.labels.listing import ListWords, Section, render_list
from deliver_to_po.labels.printer_test import PrinterTestWords, render_test_page
from deliver_to_po.labels.sheet import LABEL
from deliver_to_po.labels.slips import SlipWords, render_slips
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.labels.units import LETTER
from deliver_to_po.models import Delivery, PrintJob, Shipment
from deliver_to_po.models.search_key import folded

# A slip takes about as long to draw as a label to fetch: more than these, and no clerk waits.
MOST_AT_ONCE = 500
PAPERS = {"label": LABEL, "letter": LETTER}
SCANNED = "D2PO-TEST-0123456789"
# How many labels stand beside each other on a wide cover sheet, and how wide number, reference and tracking number are.
BESIDE, BESIDE_WIDTHS = 3, (0.038, 0.11, 0.185)


@admin.action(description=gettext_lazy("Packing slips"), permissions=["print_labels"])
def packing_slips(desk: object, request: HttpRequest, deliveries: QuerySet[Delivery]) -> FileResponse | None:
    """Return the packing slips of the selected deliveries as PDF; None, and said why, where there are none."""
    chosen = _chosen(request, deliveries)
    if chosen is None:
        return None
    details_saved([delivery.pk for delivery in chosen], request.user)
    return _pdf(
        render_slips([slip for delivery in chosen for slip in _slips(delivery)]),
        pgettext("name of a file", "packing-slips"),
    )


@admin.action(description=gettext_lazy("Pick list"), permissions=["print_labels"])
def pick_list(desk: object, request: HttpRequest, deliveries: QuerySet[Delivery]) -> FileResponse | None:
    """Return what is to be fetched for the selected deliveries as PDF; None, and said why, as above."""
    chosen = _chosen(request, deliveries)
    if chosen is None:
        return None
    content, named = _pick_list(chosen)
    details_saved(named, request.user)
    return _pdf(content, pgettext("name of a file", "pick-list"))


def cover_sheet(job: PrintJob, printed: Printed, user: Any) -> bytes:
    """Return the cover sheet of a file as PDF: what is in it, and what is not, and why."""
    narrow, count = job.form == PrintForm.LABEL, len(printed.inside)
    facts = [
        _("%(when)s, by %(user)s") % {"when": day_and_time(timezone.now()), "user": user},
        ngettext("%(count)d label is in this file.", "%(count)d labels are in this file.", count) % {"count": count},
    ]
    if printed.later:
        facts.append(later_than_this(printed))
    if not job.live:
        facts.append(with_colon(_("TEST"), _("None of these are real parcels.")))
    return render_list(
        ListWords(
            heading=_("Cover sheet: not a label"),
            facts=facts,
            sections=list(_sections(job, printed, narrow)),
            size=LABEL if narrow else LETTER,
            language=f"{current_language()}-CA",
        )
    )


def counter_list(request: HttpRequest, site: AdminSite) -> FileResponse | HttpResponseRedirect:
    """Return what leaves for the counter today as PDF, to be ticked; say so where nothing does."""
    rows, more = leaving_today()
    if not rows:
        messages.info(request, _("The list is empty: no label was printed here for today."))
        return HttpResponseRedirect(desk_url(site, "print"))
    # What waits in a group, or was left there for another day, must not leave before it is transmitted.
    waits = {row.pk: queues.TO_TRANSMIT.title for row in rows if row.group and row.transmitted_at is None}
    lines = [
        [str(row.delivery), group_digits(row.tracking_pin), str(waits.get(row.pk) or row.manifest or "")]
        for row in rows
    ]
    count = ngettext("%(count)d parcel", "%(count)d parcels", len(rows)) % {"count": len(rows)}
    facts = [f"{day_and_time(timezone.now())}, {count}"]
    if more:
        told = ngettext(
            "%(count)d more parcel is not on this list.", "%(count)d more parcels are not on this list.", more
        )
        facts.append(told % {"count": more})
    facts += void_labels()
    section = Section(_("Order, tracking number, manifest"), lines, (0.3, 0.4, 0.3), ticked=True)
    words = ListWords(_("For the counter today"), facts, [section], language=f"{current_language()}-CA")
    return _pdf(render_list(words), pgettext("name of a file", "counter"))


def printer_test(request: HttpRequest, site: AdminSite, paper: str) -> FileResponse:
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
    return _pdf(render_test_page(words, PAPERS[paper]), "-".join((pgettext("name of a file", "printer-test"), paper)))


def _chosen(request: HttpRequest, deliveries: QuerySet[Delivery]) -> Sequence[Delivery] | None:
    """Return what is to be packed, in packing order; None, and said why, where it is nothing or too many."""
    rows = deliveries.filter(order__isnull=False, erased_at=None, stop_asked_at=None)
    rows = rows.exclude(state__in=NOT_TO_BE_PACKED)
    count = rows.count()
    if count > MOST_AT_ONCE:
        told = _("These are %(count)s deliveries. At most %(most)s are printed at once: choose fewer.")
        messages.error(request, told % {"count": localize(count), "most": localize(MOST_AT_ONCE)})
        return None
    with under_one_savepoint():
        # As when all labels are requested.
        to_pack = [
            row for row in rows.select_related("order").prefetch_related("shipments") if not is_surely_unpaid(row)
        ]
    if left := deliveries.count() - len(to_pack):
        told = ngettext(
            "%(count)d delivery is left out: on hold, cancelled, erased, not paid, or without a post office.",
            "%(count)d deliveries are left out: on hold, cancelled, erased, not paid, or without a post office.",
            left,
        )
        messages.warning(request, told % {"count": left})
    return sorted(to_pack, key=packing_key) or None


def _slips(delivery: Delivery) -> Iterator[SlipWords]:
    """Yield the words of packing slips, in the buyer's language: one for each parcel where the shop says what is in it.

    Else it is one for the order, whose contents nobody could tell apart.
    """
    parcels = [one for one in delivery.shipments.all() if one.open_parcel]
    if len(parcels) > 1 and all(one.contents for one in parcels):
        for one in parcels:
            yield _slip(delivery, [one], contents_from_json(one.contents))
    else:
        yield _slip(delivery, parcels)


def _slip(
    delivery: Delivery, parcels: Sequence[Shipment], contents: Sequence[tuple[Decimal, str]] | None = None
) -> SlipWords:
    """Return the words of the slip of some parcels; without ``contents`` the shop is asked for those of the order."""
    with override(delivery.language):
        return SlipWords(
            heading=_("Packing slip"),
            scanned=delivery.reference,
            facts=list(_facts(delivery, parcels)),
            sender=list(_sender(delivery.order)),
            recipient_heading=_("To be picked up by"),
            recipient=delivery.recipient_name,
            office_heading=_("At the post office"),
            office=[
                delivery.office_name,
                delivery.office_location,
                delivery.office_address,
                city_line(delivery.office) if delivery.office_id else "",
            ],
            contents_heading=_("Contents"),
            rows=[(_times(quantity), name) for quantity, name in contents or _contents(delivery)],
            language=f"{delivery.language}-CA",
        )


def _facts(delivery: Delivery, parcels: Sequence[Shipment]) -> Iterator[str]:
    yield _("Order %(reference)s") % {"reference": delivery.reference}
    if delivery.placed_at:
        yield day_and_time(delivery.placed_at)
    if len(parcels) > 1:
        count = len(parcels)
        yield ngettext("%(count)d parcel", "%(count)d parcels", count) % {"count": count}
    elif parcels and parcels[0].of_parcels > 1:
        told = _("parcel %(parcel)s of %(parcels)s")
        yield told % {"parcel": parcels[0].parcel, "parcels": parcels[0].of_parcels}
    yield ", ".join(group_digits(one.tracking_pin) for one in parcels if one.tracking_pin)
    if not delivery.live:
        yield _("TEST")


def _sender(order: Any) -> Iterator[str]:
    try:
        sender = asking.sender_of(order)
    except ShopError:
        return
    yield from (sender.company, sender.address.line_1, sender.address.line_2, city_line(sender.address))


def _contents(delivery: Delivery) -> Sequence[tuple[Decimal | None, str]]:
    """Return what is inside; where the shop's own program fails, that it cannot be said."""
    try:
        return asking.contents_of(delivery.order)
    except ShopError:
        return [(None, _("The shop could not say what is inside: see the order."))]


def _times(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{localize(quantity.normalize() + 0)} ×"


def _pick_list(chosen: Sequence[Delivery]) -> tuple[bytes, Sequence[UUID]]:
    """Return everything that is to be fetched, the same things together, with the orders that they are for.

    And the deliveries of which it names the recipient, since nobody knows what is inside.
    """
    wanted: dict[str, Decimal] = {}
    orders: dict[str, list[str]] = {}
    unknown, named = [], []
    for delivery in chosen:
        things = _contents(delivery)
        if not things or things[0][0] is None:
            unknown.append(["", delivery.reference, delivery.recipient_name])
            named.append(delivery.pk)
        for quantity, name in things:
            if quantity is not None:
                wanted[name] = wanted.get(name, Decimal(0)) + quantity
                orders.setdefault(name, []).append(f"{delivery.reference} ({_times(quantity).rstrip(' ×')})")
    rows = [[_times(wanted[name]), name, ", ".join(orders[name])] for name in sorted(wanted, key=folded)]
    count = ngettext("%(count)d delivery", "%(count)d deliveries", len(chosen)) % {"count": len(chosen)}
    sections = [Section(_("To fetch"), rows, (0.1, 0.5, 0.4), ticked=True)] if rows else []
    if unknown:
        sections.append(Section(_("Contents unknown: see the order"), unknown, (0.0, 0.4, 0.6), ticked=True))
    facts = [f"{day_and_time(timezone.now())}, {count}"]
    words = ListWords(_("Pick list"), facts, sections, language=f"{current_language()}-CA")
    return render_list(words), named


def _pdf(content: bytes, name: str) -> FileResponse:
    return private_file(ContentFile(content), "application/pdf", f"{name}-{shop_day()}.pdf")


def _sections(job: PrintJob, printed: Printed, narrow: bool) -> Iterable[Section]:
    before = [line.number for line in printed.left_out if line.state == LabelState.PRINTED]
    left_out = [["", _in_short(before), str(WHY_NOT[LabelState.PRINTED])]] if before else []
    others = [line for line in printed.left_out if line.state != LabelState.PRINTED]
    left_out += [[str(line.number), line.reference, str(WHY_NOT[line.state])] for line in others]
    left_out += [["", reference, _("It has no parcel yet.")] for reference in job.without]
    if left_out:
        yield Section(_("Not in this file"), left_out, (0.1, 0.3, 0.6))
    alone = [_row(line) for line in printed.inside if line.alone]
    if alone:
        yield Section(_("Too large for a sheet: on a page of its own"), alone, (0.1, 0.4, 0.5))
    inside = [_row(line) for line in printed.inside]
    # Labels are dear: of a label printer's roll the cover sheet takes one where it can.
    if narrow and len(inside) > 2:
        yield Section(_("From the first to the last"), [inside[0], inside[-1]], (0.1, 0.4, 0.5))
    elif narrow and inside:
        yield Section(_("In this file"), inside, (0.1, 0.4, 0.5))
    elif inside:
        yield Section(_("In this file"), list(_beside_each_other(inside)), BESIDE_WIDTHS * BESIDE, small=True)


def _in_short(numbers: Sequence[int]) -> str:
    """Return numbers as one writes them, ``1–298, 300``: most were printed before when a job is nearly done."""
    known = set(numbers)
    firsts = [one for one in numbers if one - 1 not in known]
    lasts = [one for one in numbers if one + 1 not in known]
    return ", ".join("–".join(map(str, dict.fromkeys(pair))) for pair in zip(firsts, lasts, strict=True))


def _beside_each_other(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Yield BESIDE rows as one, from left to right, so that the sheet of many labels is short."""
    for first in range(0, len(rows), BESIDE):
        cells = [cell for row in rows[first : first + BESIDE] for cell in row]
        yield [*cells, *[""] * (BESIDE * len(rows[0]) - len(cells))]


def _row(line: JobLine) -> Sequence[str]:
    return [str(line.number), line.reference, group_digits(line.tracking_pin)]

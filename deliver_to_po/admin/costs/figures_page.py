"""The page of figures: charged to buyers against paid to Canada Post, as a plot, by month, in sum and as a file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from deliver_to_po.admin.costs.days import FEW, days
from deliver_to_po.admin.costs.days_told import NAMED_AT_MOST, told
from deliver_to_po.admin.costs.figures import (
    Figures,
    Row,
    Sums,
    bears_the_charge,
    charged_for,
    figures,
    opened,
    were_made,
)
from deliver_to_po.admin.costs.plot import Plot, plot_of
from deliver_to_po.admin.csv_files import ROWS_AT_A_TIME, csv_file
from deliver_to_po.admin.show import desk_page, for_those_who_look
from deliver_to_po.core.choices.states import TAKEN_BACK
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import begin_of, shop_day
from deliver_to_po.core.wording import day_and_time, money, service_name

MONTHS_SHOWN = 12


class FiguresRow(NamedTuple):
    name: str
    parcels: str
    charged: str
    paid: str
    difference: str
    each: str
    unknown: str
    taken_back: str
    less: bool


@for_those_who_look
def figures_page(request: HttpRequest, site: AdminSite) -> HttpResponse | StreamingHttpResponse:
    """Show the figures of the months that are asked for, or save their parcels."""
    known = figures()
    first, last = _asked_for(request, known)
    rows = [row for row in known.rows if first <= row.month <= last]
    if "csv" in request.GET:
        return csv_file(pgettext("name of a file", "figures"), _headings(), _parcels(first, last))
    months = {month: _sum(rows, month) for month in _months(first, last)} if rows else {}
    total, shown = _sum(rows), sorted(months)[-MONTHS_SHOWN:]
    all_months = ngettext("%(count)d month", "%(count)d months", len(months)) % {"count": len(months)}
    context = {
        "title": _("Figures"),
        "first": _written(first),
        "last": _written(last),
        "choices": [(_written(month), month_name(month)) for month in _choices(known)],
        "total": line(all_months, total),
        "months": [line(month_name(month), sums) for month, sums in sorted(months.items(), reverse=True)],
        "services": [line(service_name(code), sums) for code, sums in _by_service(rows).items()],
        "finding": finding(months),
        "plot": _plot(months, shown),
        "days": _days(request, first, last, shown, all_months) if months and app_settings.tracking else None,
        "opened": opened(),
        "at": day_and_time(known.at),
    }
    return desk_page(request, site, "figures", context)


def line(name: str, sums: Sums) -> FiguresRow:
    unknown = [
        _("%(count)d without a price paid") % {"count": sums.unknown_price} if sums.unknown_price else "",
        _("%(count)d without a charge") % {"count": sums.unknown_charge} if sums.unknown_charge else "",
    ]
    return FiguresRow(
        name,
        localize(sums.parcels),
        money(sums.charged),
        money(sums.paid),
        signed(sums.difference),
        signed((sums.difference / sums.parcels).quantize(Decimal("0.01"))) if sums.parcels else "",
        ", ".join(filter(None, unknown)),
        f"{localize(sums.taken_back)} ({money(sums.taken_back_cost)})" if sums.taken_back else "0",
        sums.difference < 0,
    )


def signed(amount: Decimal) -> str:
    """Return an amount in CAD with its sign, as people write it: ``+$12.50``, ``−12,50 $``."""
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{money(abs(amount))}"


def month_name(month: date) -> str:
    """Return a month with its year: ``November 2026``, ``novembre 2026``."""
    return date_format(month, "YEAR_MONTH_FORMAT")


def finding(months: Mapping[date, Sums]) -> str:
    counted = {month: sums.difference for month, sums in months.items() if sums.parcels}
    if not any(sums.charged for sums in months.values()):
        return _("What labels cost: the shop names no price of its deliveries")
    lost = [month for month, difference in counted.items() if difference < 0]
    if not lost:
        return _("Buyers paid what the labels cost, or more, in every month")
    if len(lost) == len(counted):
        return _("Labels cost more than buyers paid, in every month")
    mostly_lost = 2 * len(lost) > len(counted)
    odd = [month for month in counted if (month in lost) != mostly_lost]
    named = ", ".join(map(month_name, odd[:NAMED_AT_MOST]))
    words = {"months": f"{named} …" if len(odd) > NAMED_AT_MOST else named}
    if mostly_lost:
        return _("Labels cost more than buyers paid, except in %(months)s") % words
    return _("Buyers paid what the labels cost, or more, except in %(months)s") % words


def _days(
    request: HttpRequest, first: date, last: date, shown: Sequence[date], all_months: str
) -> Mapping[str, Any] | None:
    """Return what is told of parcels on their way, of every post office if that is asked for."""
    fewest = 1 if "few" in request.GET else FEW
    return told(days(first, _after(last), fewest=fewest), shown, all_months)


def _plot(months: Mapping[date, Sums], shown: Sequence[date]) -> Plot | None:
    bars = [(date_format(month, "N"), months[month].charged, months[month].paid) for month in shown]
    return plot_of(bars)


def _asked_for(request: HttpRequest, known: Figures) -> tuple[date, date]:
    """Return the first and the last month that is asked for, by default the last MONTHS_SHOWN that are known."""
    choices = {_written(month): month for month in _choices(known)}
    if not choices:
        return date.min, date.min
    every = list(choices.values())
    last = choices.get(request.GET.get("to", ""), every[0])
    first = choices.get(request.GET.get("from", ""), min(every[:MONTHS_SHOWN][-1], last))
    return min(first, last), max(first, last)


def _choices(known: Figures) -> Sequence[date]:
    """Return every month from the first parcel to the last, the newest first."""
    months = [row.month for row in known.rows]
    return _months(min(months), max(months))[::-1] if months else []


def _months(first: date, last: date) -> Sequence[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [date(first.year + (first.month + n - 1) // 12, (first.month + n - 1) % 12 + 1, 1) for n in range(count)]


def _after(month: date) -> date:
    return _months(month, date(month.year + 1, 1, 1))[1]


def _written(month: date) -> str:
    return month.isoformat()[:7]


def _sum(rows: Sequence[Row], month: date | None = None) -> Sums:
    return reduce(add, (row.sums for row in rows if month in (None, row.month)), Sums())


def _by_service(rows: Sequence[Row]) -> Mapping[str, Sums]:
    services = sorted({row.service for row in rows})
    return {code: _sum([row for row in rows if row.service == code]) for code in services}


def _headings() -> list[str]:
    return [
        _("month"),
        _("reference"),
        _("parcel"),
        _("service"),
        _("post office"),
        _("charged (CAD)"),
        _("paid (CAD)"),
        _("voided or refunded"),
    ]


def _parcels(first: date, last: date) -> Iterator[Sequence[Any]]:
    """Yield a row for each real parcel that was made in these months, oldest first; no person is named."""
    rows = were_made().filter(made_at__gte=begin_of(first), made_at__lt=begin_of(_after(last)))
    rows = rows.annotate(is_charged=bears_the_charge()).select_related("delivery")
    for row in rows.order_by("made_at", "pk").iterator(chunk_size=ROWS_AT_A_TIME):
        yield [
            f"{shop_day(row.made_at):%Y-%m}",
            row.delivery.reference,
            f"{row.parcel}.{row.revision}",
            service_name(row.service),
            row.office_name,
            charged_for(row.delivery) if row.is_charged else None,
            row.price,
            _("yes") if row.state in TAKEN_BACK else "",
        ]

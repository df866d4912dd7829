"""The page on which Canada Post's invoice is compared: a file or pasted lines in, the result for each number out.

What is sent is read, compared and shown; nothing of it is stored. The answer carries the figures of the file, signed,
so that another column can be chosen, and the result saved, without the file.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from deliver_to_po.admin.costs.compare_invoice import MOST_PARCELS, BilledAs, ComparedInvoice, Row, compare
from deliver_to_po.admin.costs.figures_page import signed
from deliver_to_po.admin.costs.invoice_file import (
    Columns,
    Table,
    Taxes,
    charges,
    chosen_columns,
    known_columns,
    read_invoice,
)
from deliver_to_po.admin.csv_files import csv_file
from deliver_to_po.admin.show import NOTHING, desk_page, for_those_who_look
from deliver_to_po.core.wording import day_of_year, money
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.shipping.files.table_file import LARGEST_BYTES, MOST_PASTED, UnreadableFile, pasted

# Rows of each kind that the page shows; the CSV file has all of them.
SHOWN_AT_MOST = 200
TITLES: dict[BilledAs, Promise] = {
    BilledAs.OTHER_AMOUNT: gettext_lazy("Another amount"),
    BilledAs.TWICE: gettext_lazy("Billed twice"),
    BilledAs.TAKEN_BACK: gettext_lazy("Billed though voided or refunded"),
    BilledAs.UNKNOWN: gettext_lazy("Billed, and not known here"),
    BilledAs.UNREAD: gettext_lazy("Lines that could not be read"),
    BilledAs.NOT_BILLED: gettext_lazy("Not billed, or not yet"),
    BilledAs.NO_PRICE: gettext_lazy("Billed, no recorded price"),
    BilledAs.CREDITED: gettext_lazy("Credited"),
    BilledAs.SAME: gettext_lazy("The same amount"),
}
WHAT_TO_DO: dict[BilledAs, Promise] = {
    BilledAs.OTHER_AMOUNT: gettext_lazy(
        "Where Canada Post measured a different weight, weigh a parcel like it yourself. Ask Canada Post about the "
        "others."
    ),
    BilledAs.TWICE: gettext_lazy("The same amount appears on several lines. Ask Canada Post to remove one of them."),
    BilledAs.TAKEN_BACK: gettext_lazy(
        "Look for the credit on a later invoice, and ask Canada Post if it does not come."
    ),
    BilledAs.UNKNOWN: gettext_lazy("They may be parcels of another shop, returns, or shipped without this shop."),
    BilledAs.UNREAD: gettext_lazy("They are not included in any total. Correct them in the file and compare it again."),
    BilledAs.NOT_BILLED: gettext_lazy(
        "Real parcels from these days that are not on the invoice. They may be on another invoice."
    ),
    BilledAs.NO_PRICE: gettext_lazy("The shipping system named no price when these were made."),
}
OPEN_AT_FIRST = tuple(BilledAs)[:5]
OF_THIS_CENTURY = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31)))
SAID_OF_TAXES: dict[Taxes, Promise] = {
    Taxes.WITH: gettext_lazy("with taxes, as its heading says"),
    Taxes.WITHOUT: gettext_lazy("before taxes, as its heading says"),
    Taxes.ADDED: gettext_lazy("before taxes, with the invoice’s own taxes added"),
    Taxes.NOT_KNOWN: gettext_lazy("its heading does not say whether taxes are in it"),
}


class Sent(forms.Form):
    """What a clerk sends: a file or lines, and if they like the days in which parcels not billed are looked for."""

    lines = forms.CharField(required=False)
    first = forms.DateField(required=False, input_formats=["%Y-%m-%d"], validators=OF_THIS_CENTURY)
    last = forms.DateField(required=False, input_formats=["%Y-%m-%d"], validators=OF_THIS_CENTURY)

    def clean(self) -> None:
        """Refuse days in the wrong order."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is after the last one."))


@for_those_who_look
def invoice_page(request: HttpRequest, site: AdminSite) -> HttpResponse | StreamingHttpResponse:
    """Show the form; on POST the result for the file, or the same as a CSV file."""
    if request.method != "POST":
        return _shown(request, site, {"form": Sent()})
    form = Sent(request.POST)
    try:
        table = _table(request)
        columns = chosen_columns(table, request.POST.get("amount", ""), request.POST.get("weight", ""))
        columns = columns or known_columns(table)
        if columns is None or not form.is_valid():
            return _shown(request, site, {"form": form, **_choice(table, columns)})
        came_of_it = compare(charges(table, columns), form.cleaned_data["first"], form.cleaned_data["last"])
    except UnreadableFile as problem:
        return _shown(request, site, {"form": form, "problem": str(problem)})
    if request.POST.get("do") == "csv":
        return csv_file(pgettext("name of a file", "invoice"), _headings(), _csv_rows(came_of_it))
    return _shown(request, site, {"form": form, **_choice(table, columns), **_result(came_of_it, table, columns)})


def _table(request: HttpRequest) -> Table:
    """Return what was sent: a file, else lines, else what an earlier page carried. Raises UnreadableFile."""
    file = request.FILES.get("file")
    if file is not None:
        # Only the beginning of a file that is far too large is read.
        return read_invoice(file.read(LARGEST_BYTES + 1))
    if lines := request.POST.get("lines", "").strip():
        return read_invoice(pasted(lines))
    if carried := request.POST.get("carried", ""):
        return Table.from_carried(carried)
    raise UnreadableFile(_("Choose a file first, or paste its lines."))


def _shown(request: HttpRequest, site: AdminSite, context: dict[str, Any]) -> HttpResponse:
    same = {"title": _("Compare Canada Post’s invoice"), "most_pasted": MOST_PASTED}
    return desk_page(request, site, "invoice", {**same, **context})


def _choice(table: Table, columns: Columns | None) -> dict[str, Any]:
    """Return the columns that can be chosen, each with its heading and what stands in it first."""
    shown = [
        (at, _name(table, at), next((str(row[at + 1]) for row in table.rows if row[at + 1]), ""))
        for at in range(1, len(table.headings))
    ]
    return {"columns": shown, "chosen": columns, "carried": table.carried()}


def _name(table: Table, at: int) -> str:
    """Return what a column is called, or where it stands in the file."""
    return table.headings[at] or _("Column %(number)d") % {"number": table.places[at]}


def _result(came_of_it: ComparedInvoice, table: Table, columns: Columns) -> dict[str, Any]:
    return {
        "result": came_of_it,
        "compared": _name(table, columns.amount),
        "taxes": SAID_OF_TAXES[columns.taxes],
        "most_parcels": MOST_PARCELS,
        "first_day": day_of_year(came_of_it.first) if came_of_it.first else "",
        "last_day": day_of_year(came_of_it.last) if came_of_it.last else "",
        "others_billed": money(came_of_it.others_billed),
        "groups": [_group(found, rows) for found, rows in came_of_it.by_kind.items() if rows],
        "total": _sums([row for row in came_of_it.rows if row.found not in (BilledAs.NOT_BILLED, BilledAs.UNREAD)]),
    }


def _group(found: BilledAs, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "name": found.name.lower(),
        "title": TITLES[found],
        "what_to_do": WHAT_TO_DO.get(found, ""),
        "rows": [_row(row) for row in rows[:SHOWN_AT_MOST]],
        "more": max(0, len(rows) - SHOWN_AT_MOST),
        "open": found in OPEN_AT_FIRST,
        **_sums(rows),
    }


def _sums(rows: Sequence[Row]) -> dict[str, Any]:
    """Return how many they are, what was billed and kept, and the difference of those that have both."""
    differences = [row.difference for row in rows if row.difference is not None]
    return {
        "count": len(rows),
        "billed": _amount(_sum([row.billed for row in rows if row.billed is not None])),
        "kept": _amount(_sum([row.price for row in rows if row.price is not None])),
        "difference": _difference(_sum(differences)),
    }


def _sum(amounts: Sequence[Decimal]) -> Decimal | None:
    return sum(amounts, Decimal(0)) if amounts else None


def _row(row: Row) -> dict[str, Any]:
    return {
        "number": group_digits(row.number),
        "delivery": row.kept.delivery_pk if row.kept else None,
        "reference": row.kept.reference if row.kept else "",
        "billed": _amount(row.billed),
        "kept": _amount(row.price),
        "difference": _difference(row.difference),
        "why": " ".join([*row.why, *_lines(row)]),
    }


def _lines(row: Row) -> Iterator[str]:
    """Say where a number stands in the file that somebody must look for there; of several lines it is said already."""
    if row.found in (BilledAs.UNREAD, BilledAs.UNKNOWN) and len(row.lines) == 1:
        yield _("Line: %(line)d.") % {"line": row.lines[0]}


def _amount(amount: Decimal | None) -> str:
    return _difference(amount).removeprefix("+")


def _difference(amount: Decimal | None) -> str:
    return NOTHING if amount is None else signed(amount)


def _headings() -> list[str]:
    return [
        _("result"),
        _("tracking number"),
        _("reference"),
        _("billed (CAD)"),
        _("recorded price (CAD)"),
        _("difference (CAD)"),
        _("why"),
        _("line in the file"),
    ]


def _csv_rows(came_of_it: ComparedInvoice) -> Iterator[Sequence[object]]:
    for found, rows in came_of_it.by_kind.items():
        for row in rows:
            reference = row.kept.reference if row.kept else ""
            amounts = (row.billed, row.price, row.difference)
            lines = " ".join(map(str, row.lines))
            yield [str(TITLES[found]), group_digits(row.number), reference, *amounts, " ".join(row.why), lines]

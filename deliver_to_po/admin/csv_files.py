"""CSV files that a spreadsheet opens rightly and safely; one of them has deliveries, a row for each parcel."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.language import language_of
from deliver_to_po.core.shop_time import shop_day, shop_time
from deliver_to_po.core.wording import service_name
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.shipping.files.parcel_fields import without_formula
from deliver_to_po.shipping.registry import name_of_system

# Without it Excel takes UTF-8 for something else.
BYTE_ORDER_MARK = "\ufeff"
ROWS_AT_A_TIME = 500


class Signs(NamedTuple):
    """What stands between cells, and between dollars and cents."""

    cells: str
    decimals: str


# Where people write 9,95 their spreadsheets divide by semicolons: a file with commas would fill one column.
SIGNS: Mapping[Language, Signs] = {"en": Signs(",", "."), "fr": Signs(";", ",")}


def safe(value: object, signs: Signs = SIGNS["en"]) -> str:
    """Return a cell that no spreadsheet calculates. A number stays one, below zero too."""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", signs.decimals)
    return without_formula("" if value is None else str(value).replace("\x00", ""))


def headings() -> list[str]:
    return [
        _("reference"),
        _("state of the delivery"),
        _("recipient"),
        _("post office"),
        _("city"),
        _("date placed"),
        _("parcel"),
        _("state of the parcel"),
        _("tracking number"),
        _("where it is"),
        _("since"),
        _("post office that has it"),
        _("service"),
        _("shipping system"),
        _("weight (kg)"),
        _("price (CAD)"),
        _("date made"),
        _("date transmitted"),
        _("TEST"),
    ]


def deliveries_as_csv(request: HttpRequest, deliveries: QuerySet[Delivery]) -> StreamingHttpResponse:
    """Return a file to save, in the user's language; the rows are never all in memory."""
    # What the list was looked through by may name a row twice.
    rows = Delivery.objects.filter(pk__in=deliveries.values("pk")).order_by("placed_at", "pk")
    return csv_file(pgettext("name of a file", "deliveries"), headings(), _rows(rows))


def csv_file(about: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Return a file to save, called after what it is about and today; ``rows`` may be read as it is written."""
    written = _written(names, rows, get_language() or "en")
    response = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8")
    name = f"{about}-{shop_day():%Y-%m-%d}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _written(names: Sequence[str], rows: Iterable[Sequence[object]], language: str) -> Iterator[bytes]:
    """Yield the file piece by piece; the language is set for each, since the response is read after the request."""
    signs = SIGNS[language_of(language)]
    yield BYTE_ORDER_MARK.encode()
    yield _line(names, signs)
    found = iter(rows)
    while True:
        with override(language):
            row = next(found, None)
            if row is None:
                return
            line = _line(row, signs)
        yield line


def _line(cells: Iterable[object], signs: Signs) -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=signs.cells).writerow([safe(cell, signs) for cell in cells])
    return text.getvalue().encode()


def _rows(deliveries: QuerySet[Delivery]) -> Iterator[Sequence[object]]:
    for delivery in deliveries.prefetch_related("shipments__tracking").iterator(chunk_size=ROWS_AT_A_TIME):
        for shipment in delivery.shipments.all() or [None]:
            yield [*_of_delivery(delivery), *_of_shipment(shipment), "" if delivery.live else _("TEST")]


def _of_delivery(delivery: Delivery) -> list[Any]:
    return [
        delivery.reference,
        delivery.get_state_display(),
        delivery.recipient_name,
        delivery.office_name,
        delivery.office_city,
        _time(delivery.placed_at),
    ]


def _of_shipment(shipment: Shipment | None) -> list[Any]:
    if shipment is None:
        return [""] * 12
    return [
        f"{shipment.parcel}.{shipment.revision}",
        shipment.get_state_display(),
        # A spreadsheet would round it without spaces.
        group_digits(shipment.tracking_pin),
        *_where(shipment),
        service_name(shipment.service),
        name_of_system(shipment.system),
        shipment.weight_kg.normalize(),
        shipment.price,
        _time(shipment.made_at),
        _time(shipment.transmitted_at),
    ]


def _where(shipment: Shipment) -> list[Any]:
    """Return where the parcel is, since which day, and which post office has it as Canada Post told."""
    tracking = tracking_of(shipment)
    if tracking is None:
        return [""] * 3
    return [tracking.get_state_display(), tracking.on, tracking.office_name or tracking.office_id]


def _time(moment: Any) -> str:
    return shop_time(moment).strftime("%Y-%m-%d %H:%M") if moment else ""

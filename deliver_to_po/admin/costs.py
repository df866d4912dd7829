"""What parcels cost by month and service, from the prices that the shipping system named when it made them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deliver_to_po.admin.permissions import VIEW_DELIVERY
from deliver_to_po.choices import ShipmentState
from deliver_to_po.models import Shipment
from deliver_to_po.wording import money, service_name

# A few years; older ones are in the CSV file.
ROWS_AT_MOST = 120
TAKEN_BACK = (ShipmentState.VOIDED, ShipmentState.REFUND_ASKED)


@dataclass(frozen=True, slots=True)
class MonthOfService:
    """What the parcels of one service cost that were made in one month; those taken back stand apart."""

    month: str
    service: str
    parcels: int
    cost: str
    without_price: int
    taken_back: int
    taken_back_cost: str


def costs_by_month() -> Sequence[MonthOfService]:
    """Return a row for each month and service, newest month first; tests cost nothing and are left out."""
    gone = Q(state__in=TAKEN_BACK)
    rows = (
        Shipment.objects.filter(made_at__isnull=False, delivery__live=True)
        .annotate(month=TruncMonth("made_at"))
        .values("month", "service")
        .annotate(
            parcels=Count("pk", filter=~gone),
            cost=_sum(~gone),
            without_price=Count("pk", filter=~gone & Q(price=None)),
            taken_back=Count("pk", filter=gone),
            taken_back_cost=_sum(gone),
        )
        .order_by("-month", "service")[:ROWS_AT_MOST]
    )
    return [_row(row) for row in rows]


def costs_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the costs by month to whoever may look at deliveries."""
    if not request.user.has_perm(VIEW_DELIVERY):
        raise PermissionDenied
    context = {**site.each_context(request), "title": _("Costs by month"), "rows": costs_by_month()}
    return render(request, "admin/deliver_to_po/costs.html", context)


def _sum(condition: Q) -> Sum:
    return Sum("price", filter=condition, default=Decimal(0))


def _row(row: Any) -> MonthOfService:
    month: date = row["month"]
    return MonthOfService(
        month=date_format(month, "YEAR_MONTH_FORMAT"),
        service=service_name(row["service"]),
        parcels=row["parcels"],
        cost=money(row["cost"]),
        without_price=row["without_price"],
        taken_back=row["taken_back"],
        taken_back_cost=money(row["taken_back_cost"]),
    )

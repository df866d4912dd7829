"""A day in figures: what was ordered, released, made, transmitted and voided, what it costs, what is open."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from deliver_to_po.admin.day_end.day_end_page import day_end_url
from deliver_to_po.admin.permissions import VIEW_DELIVERY
from deliver_to_po.admin.queues import MOST, counts, queues
from deliver_to_po.admin.show import desk_url
from deliver_to_po.core.choices import Outcome, ShipmentState
from deliver_to_po.core.choices.states import TAKEN_BACK
from deliver_to_po.core.shop_time import shop_day, shop_time, shop_zone
from deliver_to_po.core.wording import clock, day_of_year, money, service_name
from deliver_to_po.models import Delivery, Shipment

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class ServiceOfDay:
    """The parcels of one service that were made on a day and not voided; the cost is in CAD, with taxes."""

    service: str
    parcels: int
    cost: Decimal
    without_price: int

    @property
    def cost_shown(self) -> str:
        return money(self.cost)


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on a day, with real parcels or with tests."""

    placed: int
    released: int
    services: tuple[ServiceOfDay, ...]
    transmitted: int
    manifests: int
    voided: int
    refunded: int

    @property
    def parcels(self) -> int:
        """Return how many parcels were made and not voided."""
        return sum(service.parcels for service in self.services)

    @property
    def cost(self) -> str:
        return money(sum((service.cost for service in self.services), Decimal(0)))

    @property
    def without_price(self) -> int:
        return sum(service.without_price for service in self.services)

    @property
    def is_empty(self) -> bool:
        counted = (self.placed, self.released, self.parcels, self.transmitted, self.voided, self.refunded)
        return not any(counted)


@permission_required(VIEW_DELIVERY, raise_exception=True)
def day_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the day that is asked for, today without one."""
    today = shop_day()
    day = _asked_for(request, today)
    figures = figures_of(day)
    context = {
        **site.each_context(request),
        "title": _("The day’s summary"),
        "day": day,
        "day_shown": day_of_year(day),
        "today": today,
        "before": day - timedelta(days=1) if day > date.min else None,
        "after": day + timedelta(days=1) if day < today else None,
        "now": clock(shop_time().time()),
        "parts": [(live, part) for live, part in figures.items() if live or not part.is_empty],
        "open": _open(request, site),
        "day_end_url": day_end_url(request, site),
    }
    return render(request, "admin/deliver_to_po/day.html", context)


def figures_of(day: date) -> Mapping[bool, Day]:
    """Return what happened on a day of the shop's time zone: True has real parcels, False tests. Five statements."""
    span = span_of(day)
    orders, made, transmitted, gone = _deliveries(span), _made(span), _transmitted(span), _taken_back(span)
    return {
        live: _day(orders.get(live, {}), made.get(live, {}), transmitted.get(live, {}), gone.get(live, {}))
        for live in (True, False)
    }


def span_of(day: date) -> Span:
    """Return when a day begins and ends in the shop's time zone, which may be 23 or 25 hours apart."""
    zone = shop_zone()
    end = day + timedelta(days=1) if day < date.max else day
    return datetime.combine(day, time(), zone), datetime.combine(end, time(), zone)


def _asked_for(request: HttpRequest, today: date) -> date:
    asked = request.GET.get("day", "")[:10]
    if not asked:
        return today
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        messages.warning(request, _("That date does not exist. Choose one below; today is shown."))
        return today
    if not day.year >= 2000 or day > today:
        messages.warning(request, _("There is nothing to show for that day. Choose another one below; today is shown."))
        return today
    return day


def _within(name: str, span: Span) -> Q:
    return Q(**{f"{name}__gte": span[0], f"{name}__lt": span[1]})


def _deliveries(span: Span) -> dict[bool, dict[str, int]]:
    counted = defaultdict[bool, dict[str, int]](dict)
    # One after the other: both at once would keep the database from using the index of either.
    for name in ("placed", "released"):
        rows = Delivery.objects.filter(_within(f"{name}_at", span), order__isnull=False).order_by().values("live")
        for row in rows.annotate(count=Count("pk")):
            counted[row["live"]][name] = row["count"]
    return counted


def _made(span: Span) -> dict[bool, dict[str, ServiceOfDay]]:
    """Return what was made by service. A parcel that was made again counts once: its old revisions are voided."""
    rows = (
        Shipment.objects.filter(_within("made_at", span))
        .exclude(state__in=TAKEN_BACK)
        .values("delivery__live", "service")
        .annotate(
            parcels=Count("pk"),
            cost=Sum("price", default=Decimal(0)),
            without_price=Count("pk", filter=Q(price=None)),
        )
        .order_by("service")
    )
    made: dict[bool, dict[str, ServiceOfDay]] = {}
    for live, code, parcels, cost, without_price in rows.values_list(
        "delivery__live", "service", "parcels", "cost", "without_price"
    ):
        of_service = ServiceOfDay(service_name(code), parcels, cost, without_price)
        made.setdefault(live, {})[code] = of_service
    return made


def _transmitted(span: Span) -> dict[bool, dict[str, int]]:
    rows = (
        Shipment.objects.filter(_within("transmitted_at", span))
        .order_by()
        .values("delivery__live")
        .annotate(parcels=Count("pk"), manifests=Count("manifest", distinct=True))
    )
    return {row["delivery__live"]: {"parcels": row["parcels"], "manifests": row["manifests"]} for row in rows}


def _taken_back(span: Span) -> dict[bool, dict[str, int]]:
    """Return how many parcels were voided, and for how many a refund was asked, as the shipping system answered it."""
    answered = (Outcome.VOIDED, Outcome.REFUND_ASKED)
    rows = (
        Shipment.objects.filter(_within("attempts__at", span), state__in=TAKEN_BACK, attempts__outcome__in=answered)
        .order_by()
        .values("delivery__live", "state")
        .annotate(parcels=Count("pk", distinct=True))
    )
    by_live: dict[bool, dict[str, int]] = {}
    for row in rows:
        by_live.setdefault(row["delivery__live"], {})[row["state"]] = row["parcels"]
    return by_live


def _day(
    deliveries: Mapping[str, int],
    made: Mapping[str, ServiceOfDay],
    transmitted: Mapping[str, int],
    gone: Mapping[str, int],
) -> Day:
    return Day(
        placed=deliveries.get("placed", 0),
        released=deliveries.get("released", 0),
        services=tuple(made.values()),
        transmitted=transmitted.get("parcels", 0),
        manifests=transmitted.get("manifests", 0),
        voided=gone.get(ShipmentState.VOIDED, 0),
        refunded=gone.get(ShipmentState.REFUND_ASKED, 0),
    )


def _open(request: HttpRequest, site: AdminSite) -> list[dict[str, Any]]:
    """Return the queues in which something waits now, each with how much and its address."""
    every = queues()
    numbers = counts(request.user, every)
    desk = desk_url(site, "delivery_changelist")
    return [
        {
            "title": queue.title,
            "count": _("more than %(most)d") % {"most": MOST} if numbers[queue.name] > MOST else numbers[queue.name],
            "url": f"{desk}?queue={queue.name}",
        }
        for queue in every
        if numbers[queue.name]
    ]

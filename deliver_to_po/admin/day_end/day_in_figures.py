"""A day in figures: what was ordered, released, made, transmitted and voided, what it costs, what is open."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deliver_to_po.admin.day_end.day_end_page import day_end_url
from deliver_to_po.admin.queues import queue_cards
from deliver_to_po.admin.show import desk_page, desk_url, for_those_who_look
from deliver_to_po.core.choices import HandoffStep, Outcome, ShipmentState
from deliver_to_po.core.choices.states import OVER, TAKEN_BACK
from deliver_to_po.core.shop_time import begin_of, shop_day, shop_time
from deliver_to_po.core.wording import clock, day_of_year, money, service_name
from deliver_to_po.models import Delivery, Manifest, Shipment

Span = tuple[datetime, datetime]
FIRST_DAY = date(2000, 1, 1)


class ServiceOfDay(NamedTuple):
    """The parcels of one service that were made on a day and not voided; the cost is in CAD, with taxes."""

    service: str
    parcels: int
    cost: Decimal
    without_price: int

    @property
    def cost_shown(self) -> str:
        return money(self.cost)


@dataclass
class Day:
    """What happened on a day, with real parcels or with tests."""

    placed: int = 0
    released: int = 0
    services: list[ServiceOfDay] = field(default_factory=list)
    transmitted: int = 0
    manifests: int = 0
    voided: int = 0
    refunded: int = 0

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


@for_those_who_look
def day_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the day that is asked for, today without one."""
    today = shop_day()
    day = _asked_for(request, today)
    figures = figures_of(day)
    context = {
        "title": _("The day’s summary"),
        "day": day,
        "day_shown": day_of_year(day),
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "now": clock(shop_time().time()),
        "parts": [(live, part) for live, part in figures.items() if live or not part.is_empty],
        "open": [card for card in queue_cards(request) if not card["empty"]],
        "list_url": desk_url(site, "delivery_changelist"),
        "day_end_url": day_end_url(request, site),
    }
    return desk_page(request, site, "day", context)


def figures_of(day: date) -> Mapping[bool, Day]:
    """Return what happened on a day of the shop's time zone: True has real parcels, False tests. Six statements."""
    days, span = {True: Day(), False: Day()}, span_of(day)
    # One after the other: both at once would keep the database from using the index of either.
    # An order that is shipped again, or gets its first choice, is placed no second time; a test is no order.
    for name, counts_if in (("placed", ~Q(replaces__live=F("live"))), ("released", Q())):
        rows = Delivery.objects.filter(counts_if, _within(f"{name}_at", span), order__isnull=False).order_by()
        for live, count in rows.values_list("live").annotate(count=Count("pk")):
            setattr(days[live], name, count)
    for live, code, *of_it in _made(span):
        days[live].services.append(ServiceOfDay(service_name(code), *of_it))
    left = Shipment.objects.filter(_within("transmitted_at", span)).order_by().values_list("delivery__live")
    for live, count in left.annotate(parcels=Count("pk")):
        days[live].transmitted = count
    # By its own time: its parcels may be stamped before midnight and after.
    manifests = Manifest.objects.filter(_within("transmitted_at", span)).order_by().values_list("live")
    for live, count in manifests.annotate(count=Count("pk")):
        days[live].manifests = count
    for live, state, count in _taken_back(span):
        setattr(days[live], "voided" if state == ShipmentState.VOIDED else "refunded", count)
    return days


def span_of(day: date) -> Span:
    """Return when a day begins and ends in the shop's time zone, which may be 23 or 25 hours apart."""
    return begin_of(day), begin_of(day + timedelta(days=1))


def _asked_for(request: HttpRequest, today: date) -> date:
    asked = request.GET.get("day", "")[:10]
    if not asked:
        return today
    with suppress(ValueError):
        day = date.fromisoformat(asked)
        if FIRST_DAY <= day <= today:
            return day
    messages.warning(request, _("There is nothing to show for that day. Choose another one below; today is shown."))
    return today


def _within(name: str, span: Span) -> Q:
    return Q(**{f"{name}__gte": span[0], f"{name}__lt": span[1]})


def _made(span: Span) -> QuerySet[Shipment, Any]:
    """Return what was made by service. A parcel that was made again counts once: nothing is left of what it was."""
    rows = Shipment.objects.filter(_within("made_at", span)).exclude(state__in=OVER)
    return (
        rows.values_list("delivery__live", "service")
        .annotate(
            parcels=Count("pk"), cost=Sum("price", default=Decimal(0)), without_price=Count("pk", filter=Q(price=None))
        )
        .order_by("service")
    )


def _taken_back(span: Span) -> QuerySet[Shipment, Any]:
    """Return how many parcels were voided, and for how many a refund was asked, as the shipping system answered it."""
    answered = Q(attempts__outcome__in=(Outcome.VOIDED, Outcome.REFUND_ASKED))
    # The first answer got lost, and asked again the system held it no longer.
    answered |= Q(attempts__outcome=Outcome.FOUND_NONE, attempts__step=HandoffStep.VOID)
    rows = Shipment.objects.filter(_within("attempts__at", span) & answered, state__in=TAKEN_BACK).order_by()
    return rows.values_list("delivery__live", "state").annotate(parcels=Count("pk", distinct=True))

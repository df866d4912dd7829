"""What buyers were charged for delivery and what Canada Post was paid, by month and service; who opened labels."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import add
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from deliver_to_po.core.choices import Change, Reason, ShipmentState
from deliver_to_po.core.choices.states import OVER, TAKEN_BACK
from deliver_to_po.core.shared_cache import remembered
from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.models import Delivery, History, Shipment

# Counting reads every parcel of the shop, so the answer is cached for this long. The key says which form it has.
KEY, KEPT_SECONDS = "deliver_to_po:figures:1", 600
# Enough for many years of months and services, and for more staff than open labels.
ROWS_AT_MOST, NAMED_AT_MOST = 1_000, 20
OPENED_WITHIN = timedelta(days=30)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Sums:
    """Real parcels that were made and not voided or refunded since, and what they cost; amounts are in CAD.

    ``charged`` is what buyers were charged for delivery, once for each order, and ``unknown_charge`` how many orders
    the shop named nothing for. ``paid`` is what the shipping system named, with taxes, ``unknown_price`` how many
    parcels have none. Voided and refunded parcels are counted apart.
    """

    parcels: int = 0
    charged: Decimal = NOTHING
    unknown_charge: int = 0
    paid: Decimal = NOTHING
    unknown_price: int = 0
    taken_back: int = 0
    taken_back_cost: Decimal = NOTHING

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*map(add, astuple(self), astuple(other)))

    @property
    def difference(self) -> Decimal:
        return self.charged - self.paid


@dataclass(frozen=True)
class Row:
    """The parcels of one service that were made in one month, by the month's first day."""

    month: date
    service: str
    sums: Sums


@dataclass(frozen=True)
class Figures:
    """All months, the newest first, as they were ``at``."""

    at: datetime
    rows: Sequence[Row]


def figures() -> Figures:
    """Return the figures, KEPT_SECONDS old at most."""
    return remembered(KEY, KEPT_SECONDS, lambda: Figures(timezone.now(), _rows()))


def were_made() -> QuerySet[Shipment]:
    """Return the real parcels that were made, voided ones too; not what somebody then found never to have been."""
    return Shipment.objects.filter(made_at__isnull=False, delivery__live=True).exclude(state=ShipmentState.REFUSED)


def bears_the_charge() -> Q:
    """Return the condition that the price of an order's delivery is counted with this shipment, and with no other.

    It is the first one of parcel 1 that is not voided or refunded, whatever was shipped again after it.
    """
    shipped = {"reason": Reason.REPLACED, "released_at__isnull": False, "live": F("delivery__live")}
    again = Q(**{f"delivery__replaces__{name}": value for name, value in shipped.items()})
    before = Shipment.objects.filter(delivery=OuterRef("delivery"), parcel=1, revision__lt=OuterRef("revision"))
    made_before = before.filter(made_at__isnull=False).exclude(state__in=OVER)
    return ~Q(state__in=OVER) & ~again & Q(parcel=1) & ~Q(Exists(made_before))


def charged_for(delivery: Delivery) -> Decimal | None:
    """Return what was charged for a delivery, or else the price that the buyer was shown."""
    return delivery.price if delivery.charge is None else delivery.charge


def _rows() -> Sequence[Row]:
    gone, first = Q(state__in=TAKEN_BACK), bears_the_charge()
    rows: Any = (
        were_made()
        .annotate(month=TruncMonth("made_at", tzinfo=shop_zone()))
        .values("month", "service")
        .annotate(
            parcels=Count("pk", filter=~gone),
            charged=Sum(Coalesce("delivery__charge", "delivery__price"), filter=first, default=NOTHING),
            unknown_charge=Count("pk", filter=first & Q(delivery__charge=None, delivery__price=None)),
            paid=Sum("price", filter=~gone, default=NOTHING),
            unknown_price=Count("pk", filter=~gone & Q(price=None)),
            taken_back=Count("pk", filter=gone),
            taken_back_cost=Sum("price", filter=gone, default=NOTHING),
        )
        .order_by("-month", "service")[:ROWS_AT_MOST]
    )
    return [Row(row.pop("month").date(), row.pop("service"), Sums(**row)) for row in rows]


def opened() -> Sequence[tuple[str, int]]:
    """Return who of the staff opened or printed how many labels within OPENED_WITHIN, most first."""
    since = timezone.now() - OPENED_WITHIN
    rows = History.objects.filter(change=Change.OPEN_LABEL, at__gte=since, user__isnull=False)
    name = f"user__{get_user_model().USERNAME_FIELD}"
    return list(rows.order_by().values_list(name).annotate(n=Count("pk")).order_by("-n", name)[:NAMED_AT_MOST])

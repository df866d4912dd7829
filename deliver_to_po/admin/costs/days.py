"""How long real parcels took, against what was promised, and what became of them: by month, and by post office."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, DateField, F, Max, QuerySet, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncMonth

from deliver_to_po.core.choices import ParcelState
from deliver_to_po.core.choices.states import EXISTING
from deliver_to_po.core.shared_cache import remembered
from deliver_to_po.core.shop_time import begin_of, shop_zone
from deliver_to_po.models import Shipment

# As the other figures: counted once for however many look. The form of what is kept is in the key.
KEY, KEPT_SECONDS = "deliver_to_po:figures:days:1", 600
# Fewer parcels say nothing about a post office.
FEW, MOST_OFFICES = 20, 50
COMES_BACK = (ParcelState.RETURNING, ParcelState.RETURNED)


@dataclass
class Ways:
    """What became of parcels that were followed. Days are calendar days, each with how many parcels took so many.

    ``kept`` of the ``promised`` were ready on the day that the buyer was told, or before. ``uncollected`` of those
    ``returned``, or on their way back, had been ready.
    """

    parcels: int = 0
    promised: int = 0
    kept: int = 0
    returned: int = 0
    uncollected: int = 0
    to_promise: Counter[int] = field(default_factory=Counter)
    to_ready: Counter[int] = field(default_factory=Counter)
    to_pick_up: Counter[int] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count the parcels of a row alike in month or office, days and state."""
        count, state = row["count"], row["tracking__state"]
        ready, promise, picked_up = (_days(row[name]) for name in ("ready", "promise", "picked_up"))
        self.parcels += count
        if ready is not None:
            self.to_ready[ready] += count
            if promise is not None:
                self.to_promise[promise] += count
                self.promised += count
                self.kept += count if ready <= promise else 0
        if state == ParcelState.COLLECTED and picked_up is not None:
            self.to_pick_up[picked_up] += count
        if state in COMES_BACK:
            self.returned += count
            self.uncollected += count if ready is not None else 0


def _days(took: timedelta | None) -> int | None:
    return None if took is None else max(took.days, 0)


@dataclass(frozen=True)
class Days:
    """All parcels, each month, and the post offices with most parcels: their names, and how many have too few."""

    total: Ways
    months: Mapping[date, Ways]
    offices: Sequence[tuple[str, Ways]]
    few: int


def days(first: date, end: date, *, fewest: int = FEW) -> Days:
    """Return what is known of real parcels that were made from the month of ``first`` on, until before ``end``.

    KEPT_SECONDS old at most. Post offices with fewer parcels than ``fewest`` are only counted.
    """
    key = f"{KEY}:{first}:{end}:{fewest}"
    return remembered(key, KEPT_SECONDS, lambda: _counted(_made(first, end), fewest))


def _made(first: date, end: date) -> QuerySet[Shipment]:
    rows = Shipment.objects.filter(made_at__gte=begin_of(first), made_at__lt=begin_of(end), delivery__live=True)
    return rows.filter(state__in=EXISTING, tracking__isnull=False).order_by()


def _counted(rows: QuerySet[Shipment], fewest: int) -> Days:
    by_month = _alike(rows.annotate(month=TruncMonth("made_at", tzinfo=shop_zone())), "month")
    total, months = Ways(), _ways(by_month, "month")
    for row in by_month:
        total.add(row)
    of_office: Any = rows.values("office_id").annotate(
        count=Count("pk"), name=Max("office_name"), city=Max("office_city")
    )
    enough = list(of_office.filter(count__gte=fewest).order_by("-count", "office_id")[:MOST_OFFICES])
    named = {row["office_id"]: ", ".join(filter(None, (row["name"], row["city"]))) for row in enough}
    theirs = _ways(_alike(rows.filter(office_id__in=named), "office_id"), "office_id") if named else {}
    offices = [(name, theirs[office_id]) for office_id, name in named.items()]
    few = of_office.filter(count__lt=fewest).count() if total.parcels else 0
    return Days(total, {month.date(): ways for month, ways in months.items()}, offices, few)


def _alike(rows: QuerySet[Any], name: str) -> list[dict[str, Any]]:
    """Return how many are alike, by what their days and state are."""
    # After another choice of post office nothing was promised.
    promised_on = Cast(KeyTextTransform("expected_from", "delivery__quote"), DateField())
    taken = rows.annotate(
        promised_on=Case(When(delivery__choice=0, then=promised_on), default=None, output_field=DateField()),
        ready=F("tracking__ready_on") - F("mailing_date"),
        promise=F("promised_on") - F("mailing_date"),
        picked_up=F("tracking__on") - F("tracking__ready_on"),
    )
    alike = taken.values(name, "ready", "promise", "picked_up", "tracking__state")
    return list(alike.annotate(count=Count("pk")).order_by())


def _ways(rows: Iterable[Mapping[str, Any]], name: str) -> dict[Any, Ways]:
    found: dict[Any, Ways] = {}
    for row in rows:
        found.setdefault(row[name], Ways()).add(row)
    return found

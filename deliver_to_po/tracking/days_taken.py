"""Counts how many working days the shop's parcels took from mailing to ready, by service and pair of provinces."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from deliver_to_po.core.choices.states import EXISTING
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.provinces import PROVINCE_NAMES
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import DaysTaken, Tracking
from deliver_to_po.offer.days import working_days_between
from deliver_to_po.outbox.beats import last_beats, write_down
from deliver_to_po.outbox.jobs import Housekeeping

# One of each season.
COUNTED = timedelta(days=365)
# What took longer was lost meanwhile, or is another's.
LONGEST = timedelta(days=60)
EVERY = timedelta(hours=6)
BEAT = "days counted"
ROWS_AT_A_TIME = 2_000


def count_when_due() -> int:
    """Rewrite the counts unless that was done within EVERY: a sweep from cron remembers nothing of the last one."""
    last = last_beats().get(BEAT)
    if not app_settings.tracking or (last is not None and timezone.now() - last < EVERY):
        return 0
    # First, so that nobody else counts beside us.
    write_down(BEAT)
    return count_days()


def count_days() -> int:
    """Rewrite the counts from all parcels of COUNTED; return how many rows they have."""
    taken: Counter[tuple[bool, str, str, str, int]] = Counter()
    for live, service, origin, destination, mailed_on, ready_on in _ready():
        if mailed_on <= ready_on <= mailed_on + LONGEST:
            days = working_days_between(mailed_on, ready_on, destination)
            taken[live, service, origin, destination, days] += 1
    names = ("live", "service", "origin", "destination", "days")
    rows = [DaysTaken(**dict(zip(names, key, strict=True)), parcels=parcels) for key, parcels in sorted(taken.items())]
    with transaction.atomic():
        DaysTaken.objects.all().delete()
        DaysTaken.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _ready() -> Iterator[tuple[Any, ...]]:
    rows = Tracking.objects.filter(
        ready_on__isnull=False,
        shipment__state__in=EXISTING,
        shipment__mailing_date__gte=shop_day() - COUNTED,
        # A shop's own shipping system may take a sender as it is.
        shipment__sender__province__in=PROVINCE_NAMES,
    )
    sent = rows.annotate(origin=KeyTextTransform("province", "shipment__sender")).order_by()
    yield from sent.values_list(
        "shipment__delivery__live",
        "shipment__service",
        "origin",
        "shipment__office_province",
        "shipment__mailing_date",
        "ready_on",
    ).iterator(chunk_size=ROWS_AT_A_TIME)


# However many rows there are, they are written at once.
COUNTING = Housekeeping("days that parcels took", count_when_due, 1_000_000, 600.0)

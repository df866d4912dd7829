"""How long things are kept, and rows whose time is over: so many at once, the oldest first, those that failed last."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import Change, ShipmentState
from deliver_to_po.core.choices.states import UNRELEASED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import movable
from deliver_to_po.outbox.each import each_by_itself

AT_A_TIME = 200
# What failed is not tried again sooner: a storage that deletes nothing refuses each file, a line in the log for each.
AGAIN_AFTER = timedelta(hours=1)
# How long an export may take from its row to its claim; one that was never finished has handed nothing over.
EXPORTED_WITHIN = timedelta(hours=1)
# How long a payment may take between reserving and placing.
RESERVED_FOR = timedelta(days=30)
# How much longer than RECIPIENT_LIFETIME a recipient is kept for a shipment that is unfinished.
UNFINISHED_FOR = timedelta(days=30)
# A model with the columns created_at and erasure_failed_at.
Row = TypeVar("Row", bound=models.Model)


def each_in_turn(name: str, rows: QuerySet[Row], do: Callable[[Row], bool]) -> int:
    """Do something with AT_A_TIME rows, each by itself; return for how many it was done."""
    now = timezone.now()
    rows = rows.exclude(erasure_failed_at__range=(now - AGAIN_AFTER, now))
    return each_by_itself(name, in_turn(rows)[:AT_A_TIME], do, failed=_put_behind)


def in_turn(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return the oldest first, and after all others those that failed, however many they are."""
    return rows.order_by(F("erasure_failed_at").asc(nulls_first=True), "created_at", "pk")


def _put_behind(row: models.Model) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(erasure_failed_at=timezone.now())


def kept_since() -> datetime:
    """Return since when a delivery must have been over for its recipient to be erased."""
    return timezone.now() - app_settings.recipient_lifetime


def waited_too_long() -> QuerySet[Delivery]:
    """Return the deliveries that wait, or of which a parcel was never sent, though their recipient is due."""
    never_sent = Exists(Shipment.objects.filter(delivery=OuterRef("pk"), state=ShipmentState.WAITING))
    long_ago = Q(placed_at__lte=kept_since(), erased_at=None)
    # Twice, since a database may look for all that can be cancelled before it looks at the rest.
    can_be_cancelled = movable(Change.EXPIRE).filter(long_ago, state__in=UNRELEASED)
    return Delivery.objects.filter(Q(never_sent) | Q(pk__in=can_be_cancelled.values("pk")), long_ago)

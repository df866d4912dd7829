"""The outbox: takes the next due shipment under a lease and does its next step."""

import random
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.steps import next_step
from deliver_to_po.models import Shipment
from deliver_to_po.pause import current_pause

# Workers pick at random among the first few, so that they seldom want the same row.
CHOICE_OF = 10
# More than any shipment needs in one go: request, answer, look-up, label.
STEPS_IN_A_ROW = 8


def hand_off(shipment_pk: int, *, now: bool = False) -> None:
    """Do every step that is due for one shipment; with ``now``, also one that is due only later.

    A shipment that another worker has under lease is left alone.
    """
    if now:
        make_due(shipment_pk)
    for _ in range(STEPS_IN_A_ROW):
        shipment = _take(shipment_pk)
        if shipment is None:
            return
        next_step(shipment)


def make_due(shipment_pk: int) -> bool:
    """Make one shipment due at once; say whether it is, which it is not while a worker has it under lease."""
    return bool(workable().filter(pk=shipment_pk, lease=None).update(due_at=timezone.now()))


def end_pause() -> int:
    """Make due what waited for a pause that has ended or was shortened; returns how many shipments."""
    waiting = workable().filter(reason=Reason.PAUSED, lease=None)
    return 0 if current_pause() else waiting.update(due_at=timezone.now())


def hand_off_due(limit: int | None = None, *, stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Do every step that is due, at most ``limit`` and none more once ``stop`` says so. This is the sweep.

    Returns in which state each step left its shipment, and how often.
    """
    done: Counter[str] = Counter()
    while (limit is None or done.total() < limit) and not stop():
        shipment = _take_next()
        if shipment is None:
            break
        next_step(shipment)
        done[Shipment.objects.values_list("state", flat=True).get(pk=shipment.pk)] += 1
    return done


def seconds_to_next() -> float | None:
    """Return how long until the next shipment is due, None when none will be by itself."""
    due = workable().filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()
    return None if due is None else max((due - timezone.now()).total_seconds(), 0.0)


def workable() -> QuerySet[Shipment]:
    """Return the shipments that have a next step: one that waits only while its delivery is released."""
    return Shipment.objects.filter(
        Q(state=ShipmentState.WAITING, delivery__state=DeliveryState.RELEASED)
        | Q(state__in=(ShipmentState.REQUESTED, ShipmentState.UNKNOWN, ShipmentState.MADE))
    )


def _take_next() -> Shipment | None:
    while True:
        due = workable().filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
        pks = list(due.values_list("pk", flat=True)[:CHOICE_OF])
        if not pks:
            return None
        random.shuffle(pks)
        for pk in pks:
            if shipment := _take(pk):
                return shipment


def _take(shipment_pk: int) -> Shipment | None:
    """Take a due shipment under a lease by one conditional UPDATE.

    ``due_at`` becomes the end of the lease, so the row of a worker that died becomes due by itself.
    """
    now = timezone.now()
    lease = uuid.uuid4()
    taken = (
        workable()
        .filter(pk=shipment_pk, due_at__lte=now)
        .update(
            lease=lease,
            due_at=now + timedelta(seconds=app_settings.handoff.lease_seconds),
            attempts=F("attempts") + 1,
        )
    )
    if not taken:
        return None
    return Shipment.objects.select_related("delivery").filter(pk=shipment_pk, lease=lease).first()

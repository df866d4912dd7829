"""Taking labels to print: from the queue or as chosen, each by one clerk, in the order in which they are packed."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices.states import LABEL_COMING
from deliver_to_po.core.in_parts import AT_A_TIME, in_parts
from deliver_to_po.handoff.printing.label_state import LabelState, label_state_of, to_print
from deliver_to_po.handoff.sending.next_step import make_due
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery, PrintJob, Shipment
from deliver_to_po.models.shipment import newest_revision
from deliver_to_po.outbox.jobs import Housekeeping

# More labels than one file is to hold, and than anybody packs in a day.
MOST = 5_000
# The sweep is told of so many at once; it finds the others by itself.
WOKEN_AT_MOST = 300
# A clerk who took labels and printed none of them within this time has left them to others.
FORGOTTEN = timedelta(hours=12)
KEPT = timedelta(days=30)


class TooMany(Exception):
    """More than MOST labels were chosen: ``count`` of them."""

    def __init__(self, count: int):
        super().__init__(count)
        self.count = count


class PrintQueue(NamedTuple):
    """How many labels wait to be printed; ``taken`` of them are in the print jobs of clerks. ``live`` as in a job."""

    waiting: int
    taken: int
    live: bool


def print_queue() -> PrintQueue:
    """Return what waits; tests only where nothing else does."""
    for live in (True, False):
        rows = to_print().filter(delivery__live=live)
        if count := rows.count():
            return PrintQueue(count, count - rows.filter(_free()).count(), live)
    return PrintQueue(0, 0, False)


def take_queue(user: Any) -> PrintJob | None:
    """Take what nobody else has taken of the queue, MOST labels at most; None if nothing is left."""
    # Asked once: what comes or goes meanwhile must not make test labels of live ones.
    live = print_queue().live
    rows = to_print().filter(_free(), delivery__live=live)
    pks = _in_packing_order(rows.order_by("delivery__placed_at", "pk"))[:MOST]
    job = PrintJob(user=user, live=live)
    with transaction.atomic():
        job.save()
        _claim(job, pks)
        mine = set(Shipment.objects.filter(print_job=job).values_list("pk", flat=True))
        job.chosen = [pk for pk in pks if pk in mine]
        job.save(update_fields=["chosen"])
        if not mine:
            # Another clerk was faster.
            job.delete()
    return job if mine else None


def take_chosen(deliveries: QuerySet[Delivery], user: Any) -> PrintJob:
    """Take the labels of deliveries, those that are still to come too. What was printed is asked about again.

    What another clerk is about to print stays there. Raises TooMany.
    """
    rows = Shipment.objects.filter(newest_revision(), delivery__in=deliveries.order_by().values("pk"))
    if (count := rows.count()) > MOST:
        raise TooMany(count)
    chosen = deliveries.filter(shipments=None).order_by("placed_at", "pk")
    without = [reference or str(pk) for pk, reference in chosen.values_list("pk", "reference")[:MOST]]
    live = rows.filter(delivery__live=True).exists()
    job = PrintJob(user=user, live=live, chosen=_in_packing_order(rows), without=without)
    with transaction.atomic():
        job.save()
        _claim(job, list(rows.filter(delivery__live=live).values_list("pk", flat=True)))
    _hurry(job)
    return job


def rows_of(job: PrintJob) -> Iterator[tuple[Shipment, LabelState]]:
    """Yield the shipments of a job in packing order, some at a time from the database, with where each stands."""
    jobs = Prefetch("print_job", PrintJob.objects.select_related("user").defer("chosen", "without"))
    for pks in in_parts(job.chosen):
        rows = Shipment.objects.select_related("delivery__order", "printed_by", "tracking").prefetch_related(jobs)
        found = rows.defer("system_data", "sender", "options").in_bulk(pks)
        for pk in pks:
            if pk in found:
                yield found[pk], label_state_of(found[pk], job)


def delete_old_jobs() -> int:
    """Delete jobs that are older than KEPT, some at a time; return how many."""
    old = PrintJob.objects.filter(created_at__lt=timezone.now() - KEPT).order_by("created_at")
    pks = list(old.values_list("pk", flat=True)[:20])
    PrintJob.objects.filter(pk__in=pks).delete()
    return len(pks)


HOUSEKEEPING = (Housekeeping("print jobs", delete_old_jobs, 20, for_good=True),)


def _free() -> Q:
    """Return the condition that nobody is about to print a label."""
    forgotten = PrintJob.objects.filter(created_at__lt=timezone.now() - FORGOTTEN)
    return Q(print_job=None) | Q(print_job__in=list(forgotten.values_list("pk", flat=True)[:AT_A_TIME]))


def _claim(job: PrintJob, pks: Sequence[int]) -> None:
    """Take what is free, and what is printed already; of two clerks who claim the same one gets it."""
    free = _free() | Q(printed_at__isnull=False)
    for part in in_parts(sorted(pks)):
        Shipment.objects.filter(free, pk__in=part).update(print_job=job)


def _hurry(job: PrintJob) -> None:
    """Have those labels fetched at once that are still to come."""
    rows = Shipment.objects.filter(print_job=job, state__in=LABEL_COMING, due_at__isnull=False).order_by("due_at", "pk")
    coming = list(rows.values_list("pk", flat=True)[:WOKEN_AT_MOST])
    make_due(coming)
    wake_after_commit(coming)


def _in_packing_order(rows: QuerySet[Shipment]) -> list[int]:
    """Return primary keys, sorted by what the shop says of the order, then as placed, then by parcel."""
    needed = rows.select_related("delivery__order").only("pk", "parcel", "delivery__placed_at", "delivery__order")
    taken = islice(needed.iterator(chunk_size=AT_A_TIME), MOST + 1)
    return [pk for _key, pk in sorted(((*packing_key(row.delivery), row.parcel), row.pk) for row in taken)]


def packing_key(delivery: Delivery) -> tuple[Any, ...]:
    """Return what labels and the papers beside them are sorted by, so that both lie in the same order."""
    placed = delivery.placed_at.timestamp() if delivery.placed_at else 0.0
    return _as_counted(asking.packing_order_of(delivery.order)), placed, delivery.pk.hex


def _as_counted(text: str) -> tuple[tuple[int, str], ...]:
    """Return a text's sorting key in which shelf 2 comes before shelf 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)

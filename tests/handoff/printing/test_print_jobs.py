"""Which labels a print job takes from the queue; old jobs are deleted, and their labels stay printed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.handoff.printing import print_jobs
from deliver_to_po.handoff.printing.print_jobs import PrintQueue, print_queue, take_chosen, take_queue
from deliver_to_po.models import Delivery, PrintJob, Shipment, Tracking
from tests.factories import make_delivery, make_shipment
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def labelled(*, live: bool) -> Shipment:
    return make_shipment(make_delivery(live=live), state="labelled")


def taken() -> PrintJob:
    job = take_queue(None)
    assert job is not None
    return job


def test_no_label_of_a_test_is_counted_or_taken_among_those_of_real_parcels() -> None:
    test, real = labelled(live=False), labelled(live=True)
    assert print_queue() == PrintQueue(waiting=1, taken=0, live=True)
    job = taken()
    assert (job.live, job.chosen, now(test).print_job) == (True, [real.pk], None)


def test_a_label_that_was_printed_uncounted_waits_for_nobody_once_its_parcel_is_scanned() -> None:
    """Whoever opens a label to look at it can print it too, and the parcel would travel with a second one."""
    seen, other = labelled(live=True), labelled(live=True)
    Tracking.objects.create(shipment=seen, state="in_transit")
    Tracking.objects.create(shipment=other, state="announced")
    assert print_queue() == PrintQueue(1, 0, live=True)
    assert taken().chosen == [other.pk]


def test_a_job_is_of_live_labels_although_none_waits_when_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    labelled(live=True)
    told = iter([print_queue(), PrintQueue(0, 0, False)])
    monkeypatch.setattr(print_jobs, "print_queue", lambda: next(told))
    assert taken().live


def test_the_labels_of_tests_that_are_chosen_beside_real_ones_are_left_to_others() -> None:
    labelled(live=False)
    real = labelled(live=True)
    assert list(take_chosen(Delivery.objects.all(), None).shipments.all()) == [real]


def test_what_is_chosen_lies_in_the_order_in_which_the_shop_packs(shop_says: Any) -> None:
    rows = sorted((labelled(live=False) for _ in range(2)), key=lambda row: row.delivery.pk.hex, reverse=True)
    shelves = {row.delivery.order_id: shelf for row, shelf in zip(rows, ("shelf 2", "shelf 10"), strict=True)}
    shop_says("packing_order", lambda order: shelves[order.pk])
    job = take_chosen(Delivery.objects.filter(order__in=shelves), None)
    assert job.chosen == [row.pk for row in rows]


def test_what_has_no_parcel_yet_is_named_beside_a_job_in_the_order_in_which_it_was_placed() -> None:
    for number in range(4):
        make_delivery(reference=f"R-{number}", placed_at=timezone.now() - timedelta(hours=number))
    chosen = Delivery.objects.filter(reference__startswith="R-")
    assert take_chosen(chosen, None).without == ["R-3", "R-2", "R-1", "R-0"]


def test_where_another_clerk_was_faster_no_job_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_jobs, "_claim", lambda job, pks: None)
    assert take_queue(None) is None
    assert not PrintJob.objects.exists()


def test_labels_that_are_still_to_come_are_hurried() -> None:
    later = timezone.now() + timedelta(hours=1)
    waits, awaited = (make_shipment(state=state, due_at=later) for state in ("waiting", "handed"))
    job = take_chosen(Delivery.objects.filter(pk__in=[waits.delivery_id, awaited.delivery_id]), None)
    for shipment, hurried in ((waits, True), (awaited, False)):
        assert now(shipment).print_job == job
        assert (shipment.due_at is not None and shipment.due_at < later) == hurried


def test_old_jobs_are_deleted_and_their_labels_stay_printed() -> None:
    old, new = PrintJob.objects.create(), PrintJob.objects.create()
    shipment = make_shipment(state="labelled", print_job=old, printed_at=timezone.now(), prints=1)
    PrintJob.objects.filter(pk=old.pk).update(created_at=timezone.now() - print_jobs.KEPT - timedelta(days=1))
    assert print_jobs.delete_old_jobs() == 1
    assert list(PrintJob.objects.all()) == [new]
    assert Shipment.objects.filter(pk=shipment.pk, printed_at__isnull=False, prints=1).exists()

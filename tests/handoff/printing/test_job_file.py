"""The file of a print job: its labels are marked as printed, all or none, by the job that has them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.handoff.printing.job_file import mark_one_printed, mark_printed
from deliver_to_po.models import Delivery, PrintJob, Shipment
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db


def printed(*shipments: Shipment) -> list[tuple[str, int]]:
    rows = Shipment.objects.in_bulk([shipment.pk for shipment in shipments])
    return [(str(rows[one.pk].printed_by or ""), rows[one.pk].prints) for one in shipments]


@pytest.mark.parametrize(
    ("changed", "again", "kept"),
    [
        ({}, False, True),
        ({"printed_at": timezone.now()}, False, False),
        ({"printed_at": timezone.now()}, True, True),
        ({"change_asked_at": timezone.now()}, True, False),
        ({"state": ShipmentState.VOIDING}, True, False),
        ({"print_job": None}, True, False),
    ],
)
def test_labels_are_marked_all_or_none_by_the_job_that_has_them(
    admin_user: User, changed: dict[str, Any], again: bool, kept: bool
) -> None:
    job = PrintJob.objects.create(live=False)
    *rows, bystander = (make_shipment(state="labelled", print_job=job) for _ in range(3))
    Shipment.objects.filter(pk=rows[1].pk).update(**changed)
    assert mark_printed(job, [row.pk for row in rows], admin_user, again=again) == kept
    assert printed(*rows, bystander) == [("admin", 1) if kept else ("", 0)] * 2 + [("", 0)]


@pytest.mark.parametrize("state", ["held", "needs_choice"])
def test_no_label_is_printed_while_its_delivery_is_on_hold_or_needs_an_office(admin_user: User, state: str) -> None:
    job = PrintJob.objects.create(live=False)
    rows = [make_shipment(state="labelled", print_job=job) for _ in range(2)]
    Delivery.objects.filter(pk=rows[0].delivery_id).update(state=state)
    assert not mark_printed(job, [row.pk for row in rows], admin_user)
    assert not mark_one_printed(rows[0], admin_user)
    assert printed(*rows) == [("", 0)] * 2
    assert mark_one_printed(rows[1], admin_user)
    assert printed(*rows) == [("", 0), ("admin", 1)]


def test_of_a_job_that_was_given_back_no_label_is_marked(admin_user: User) -> None:
    job = PrintJob.objects.create(live=False)
    shipment = make_shipment(state="labelled")
    PrintJob.objects.filter(pk=job.pk).delete()
    assert not mark_printed(job, [shipment.pk], admin_user)
    assert printed(shipment) == [("", 0)]

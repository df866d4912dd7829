"""Two at once, on PostgreSQL: of two reports one is taken, and a worker that hears later changes nothing."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from deliver_to_po.core.choices import Change, HandoffStep, ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered, enter_file
from deliver_to_po.handoff.by_hand.report import Reported, report_made
from deliver_to_po.handoff.changing.as_asked import do_as_asked
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.shipping import Made
from tests.factories import make_shipment
from tests.handoff.conftest import PostOffices
from tests.handoff.parcels_by_hand import by_hand, handed_to, number, reference
from tests.handoff.scripted import MADE, Script
from tests.races import Contender
from tests.rounds import now

__all__ = ["by_hand"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

Beside = Callable[[Callable[[], Any]], Contender]
OTHER = Made(shipment_id="S-2", tracking_number="2")


@pytest.mark.parametrize(("made", "outcome"), [(MADE, Reported.SAME_AGAIN), (OTHER, Reported.ALREADY_OTHER)])
def test_of_two_reports_at_once_one_is_taken(beside: Beside, script: Script, made: Made, outcome: Reported) -> None:
    shipment = make_shipment(system="without_labels", state=ShipmentState.HANDED, due_at=None)
    with transaction.atomic():
        assert report_made(shipment.pk, MADE) == Reported.TAKEN
        contender = beside(partial(report_made, shipment.pk, made))
        assert contender.waits()
    assert contender.result() == outcome
    shipment.refresh_from_db()
    assert (shipment.state, shipment.shipment_id, shipment.attempts.count()) == (ShipmentState.DONE, "S-1", 1)


def test_of_two_parcels_reported_under_one_number_at_once_one_gets_it(beside: Beside, script: Script) -> None:
    fields: dict[str, Any] = {"system": "without_labels", "state": ShipmentState.HANDED, "due_at": None}
    first, second = make_shipment(**fields), make_shipment(**fields)
    with transaction.atomic():
        assert report_made(first.pk, MADE) == Reported.TAKEN
        same_number = replace(MADE, shipment_id="S-2")
        contender = beside(partial(report_made, second.pk, same_number))
        assert contender.waits()
    assert contender.result() == Reported.TRACKING_NUMBER_TAKEN
    second.refresh_from_db()
    assert (second.state, second.tracking_pin, second.attempts.count()) == (ShipmentState.HANDED, "", 0)


def test_a_report_while_somebody_cancels_is_taken_back(beside: Beside, script: Script) -> None:
    shipment = make_shipment(system="without_labels", state=ShipmentState.HANDED, due_at=None)
    with transaction.atomic():
        assert move_delivery(shipment.delivery, Change.ASK_STOP)
        do_as_asked(shipment.delivery)
        contender = beside(partial(report_made, shipment.pk, MADE))
        assert contender.waits()
    assert contender.result() == Reported.TAKEN
    assert now(shipment).state == ShipmentState.VOIDING


def test_a_worker_that_hears_after_the_report_changes_nothing(beside: Beside, script: Script) -> None:
    lease = uuid.uuid4()
    shipment = make_shipment(system="without_labels", state=ShipmentState.REQUESTED, lease=lease, due_at=timezone.now())
    with transaction.atomic():
        assert report_made(shipment.pk, MADE) == Reported.TAKEN
        contender = beside(partial(move_shipment, shipment, "handed", lease=lease))
        assert contender.waits()
    assert contender.result() is False
    assert now(shipment).state == ShipmentState.DONE


def test_of_two_files_with_the_same_number_at_once_one_parcel_gets_it(beside: Beside, by_hand: PostOffices) -> None:
    first, second, third = (handed_to("desk") for _ in range(3))

    def entering(*rows: tuple[Shipment, int]) -> list[Entered]:
        lines = (f"{reference(row)},{number(sequence)}" for row, sequence in rows)
        return [line.entered for line in enter_file("desk", "\n".join(["Order ID,PIN", *lines]).encode())]

    with transaction.atomic():
        assert entering((first, 1)) == [Entered.TAKEN]
        contender = beside(partial(entering, (second, 1), (third, 3)))
        assert contender.waits()
    assert contender.result() == [Entered.NUMBER_OF_ANOTHER, Entered.TAKEN]
    second.refresh_from_db()
    assert (second.state, second.tracking_pin) == (ShipmentState.HANDED, "")
    assert not second.attempts.filter(step=HandoffStep.REPORT).exists()


def test_a_file_waits_for_whoever_has_one_of_its_parcels_when_the_others_are_kept(
    beside: Beside, by_hand: PostOffices
) -> None:
    parcel, other = handed_to("desk"), handed_to("desk")
    lines = (f"{reference(row)},{number(sequence)}" for sequence, row in enumerate((parcel, other), 1))
    content = "\n".join(["Order ID,PIN", *lines]).encode()
    with transaction.atomic():
        assert move_delivery(parcel.delivery, Change.ASK_STOP)
        do_as_asked(parcel.delivery)
        contender = beside(partial(enter_file, "desk", content))
        assert contender.waits()
        assert now(other).state == ShipmentState.DONE
    assert [line.entered for line in contender.result()] == [Entered.TAKEN] * 2
    parcel.refresh_from_db()
    assert (parcel.state, parcel.tracking_pin) == (ShipmentState.VOIDING, number(1))

"""Two at once, on PostgreSQL: of two reports one is taken, and a worker that hears later changes nothing."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from deliver_to_po.core.choices import Change, HandoffStep, ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered
from deliver_to_po.handoff.by_hand.report import Reported, report_made
from deliver_to_po.handoff.changing.as_asked import do_as_asked
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.shipping import Made
from tests.factories import make_shipment
from tests.handoff.conftest import PostOffices
from tests.handoff.parcels_by_hand import by_hand, entering, handed_to, number
from tests.handoff.scripted import MADE, Script
from tests.races import Beside, meeting
from tests.rounds import now

__all__ = ["by_hand"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

S = ShipmentState
OTHER = Made(shipment_id="S-2", tracking_number="2")


def awaited(**fields: Any) -> Shipment:
    """Return a shipment of a system that prints its labels itself, of which a report is awaited."""
    return make_shipment(**{"system": "without_labels", "state": S.HANDED, **fields})


def asked_to_stop(shipment: Shipment) -> bool:
    asked = move_delivery(shipment.delivery, Change.ASK_STOP)
    do_as_asked(shipment.delivery)
    return asked


@pytest.mark.parametrize(("made", "outcome"), [(MADE, Reported.SAME_AGAIN), (OTHER, Reported.ALREADY_OTHER)])
def test_of_two_reports_at_once_one_is_taken(beside: Beside, script: Script, made: Made, outcome: Reported) -> None:
    pk = awaited().pk
    assert meeting(beside, partial(report_made, pk, MADE), partial(report_made, pk, made)) == outcome
    shipment = Shipment.objects.get(pk=pk)
    assert (shipment.state, shipment.shipment_id, shipment.attempts.count()) == (S.DONE, "S-1", 1)


def test_of_two_parcels_reported_under_one_number_at_once_one_gets_it(beside: Beside, script: Script) -> None:
    first, second = awaited(), awaited()
    same_number = partial(report_made, second.pk, replace(MADE, shipment_id="S-2"))
    assert meeting(beside, partial(report_made, first.pk, MADE), same_number) == Reported.TRACKING_NUMBER_TAKEN
    assert (now(second).state, second.tracking_pin, second.attempts.count()) == (S.HANDED, "", 0)


def test_a_report_while_somebody_cancels_is_taken_back(beside: Beside, script: Script) -> None:
    shipment = awaited()
    stop = partial(asked_to_stop, shipment)
    assert meeting(beside, stop, partial(report_made, shipment.pk, MADE)) == Reported.TAKEN
    assert now(shipment).state == S.VOIDING


def test_a_worker_that_hears_after_the_report_changes_nothing(beside: Beside, script: Script) -> None:
    shipment = awaited(state=S.REQUESTED, lease=uuid.uuid4(), due_at=timezone.now())
    hears = partial(move_shipment, shipment, "handed", lease=shipment.lease)
    assert meeting(beside, partial(report_made, shipment.pk, MADE), hears) is False
    assert now(shipment).state == S.DONE


def test_of_two_files_with_the_same_number_at_once_one_parcel_gets_it(beside: Beside, by_hand: PostOffices) -> None:
    first, second, third = (handed_to("desk") for _ in range(3))
    others = meeting(beside, partial(entering, (first, 1)), partial(entering, (second, 1), (third, 3)))
    assert others == [Entered.NUMBER_OF_ANOTHER, Entered.TAKEN]
    assert (now(first).tracking_pin, now(second).state, second.tracking_pin) == (number(1), S.HANDED, "")
    assert not second.attempts.filter(step=HandoffStep.REPORT).exists()


def test_a_file_waits_for_who_has_one_of_its_parcels_with_the_others_kept(beside: Beside, by_hand: PostOffices) -> None:
    parcel, other = handed_to("desk"), handed_to("desk")
    with transaction.atomic():
        assert asked_to_stop(parcel)
        contender = beside(partial(entering, (parcel, 1), (other, 2)))
        assert contender.waits()
        assert now(other).state == S.DONE
    assert contender.result() == [Entered.TAKEN] * 2
    assert (now(parcel).state, parcel.tracking_pin) == (S.VOIDING, number(1))

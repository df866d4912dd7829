"""What the doctor says of the work in the background."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.examination.doctor.background import background
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.models import Heartbeat
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.sweep import Sweep
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db


def test_a_sweep_that_never_ran_is_named_with_what_to_do() -> None:
    [finding] = background()
    assert finding.verdict == Verdict.NOTE
    assert "d2po_handoff" in finding.todo


def test_a_sweep_that_just_ran_is_well() -> None:
    Sweep().round()
    [finding] = background()
    assert finding.verdict == Verdict.OK


def test_a_sweep_that_has_stopped_is_wrong() -> None:
    Heartbeat.objects.create(name=SWEEP, beat_at=timezone.now() - timedelta(minutes=11))
    [finding] = background()
    assert finding.verdict == Verdict.WRONG


def test_parcels_that_are_put_off_again_and_again_are_wrong() -> None:
    make_shipment(state=ShipmentState.MADE, reason=Reason.CRASHED, due_at=timezone.now() + timedelta(minutes=10))
    finding = background()[-1]
    assert (finding.verdict, finding.says) == (
        Verdict.WRONG,
        "the next step of 1 parcel fails each time",
    )


def test_leases_that_ended_without_a_word_are_counted_for_a_week() -> None:
    make_shipment(lapses=2)
    make_shipment(lapses=1)
    old = make_shipment(lapses=40)
    type(old).objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    finding = background()[-1]
    assert finding.verdict == Verdict.NOTE
    assert " 3 " in finding.says

"""What needs attention is counted."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Compared, DeliveryState, Doubt, ManifestState, ParcelState, Reason, ShipmentState
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.models import Comparison, Manifest, Tracking
from deliver_to_po.models.comparison import Difference
from tests.examination.health.asking import found
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def test_what_needs_a_person_is_counted_and_is_a_problem_only_above_what_is_said(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    make_delivery(state=DeliveryState.HELD)
    make_delivery(state=DeliveryState.NEEDS_CHOICE)
    make_shipment(state=ShipmentState.ATTENTION)
    make_shipment(state=ShipmentState.SUSPENDED)
    make_shipment(state=ShipmentState.REFUSED)
    make_shipment(state=ShipmentState.REFUND_ASKED, change_asked_at=timezone.now(), transmitted_at=timezone.now())
    labelled = make_shipment(state=ShipmentState.LABELLED)
    Tracking.objects.create(shipment=labelled, state=ParcelState.PERSON, doubt=Doubt.DISPOSED)
    Manifest.objects.create(state=ManifestState.ATTENTION)
    Comparison.objects.create(what=Compared.GROUP, name="g").keep([Difference("1")])
    persons = found("needs_a_person")
    assert (persons.ok, persons.value) == (True, 9)
    assert set(persons.counts.values()) == {1}
    assert persons.todo
    assert found("needs_a_person", Limits(persons=9)).ok
    assert not found("needs_a_person", Limits(persons=8)).ok


def test_what_the_desk_no_longer_lists_is_not_counted() -> None:
    for state in (DeliveryState.HELD, DeliveryState.NEEDS_CHOICE):
        make_delivery(state=state, erased_at=timezone.now(), reason=Reason.ERASED)
        make_delivery(state=state, stop_asked_at=timezone.now())
    make_delivery(state=DeliveryState.HELD, reason=Reason.PAUSED)
    voided = make_shipment(state=ShipmentState.VOIDED, tracking_pin="1")
    Tracking.objects.create(shipment=voided, state=ParcelState.PERSON, doubt=Doubt.DISPOSED)
    assert found("needs_a_person").value == 0


def test_a_manifest_of_tests_needs_nobody_in_a_shop_that_ships_for_real(change_settings: Any) -> None:
    Manifest.objects.create(state=ManifestState.ATTENTION)
    assert found("needs_a_person").value == 1
    change_settings(CANADA_POST={"LIVE": True})
    assert found("needs_a_person").value == 0
    Manifest.objects.create(state=ManifestState.ATTENTION, live=True)
    assert found("needs_a_person").value == 1


def test_tests_that_wait_in_a_shop_that_ships_for_real_are_a_problem(change_settings: Any) -> None:
    for fields in ({}, {"live": True}, {"state": DeliveryState.CANCELLED}, {"erased_at": timezone.now()}):
        make_delivery(**fields)
    assert found("tests").ok
    change_settings(CANADA_POST={"LIVE": True})
    tests = found("tests")
    assert (tests.ok, tests.value) == (False, 1)
    assert "“Ship it for real”" in tests.todo


def test_a_refused_parcel_that_was_made_again_or_is_cancelled_needs_nobody() -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    make_shipment(refused.delivery, revision=2)
    make_shipment(make_delivery(state=DeliveryState.CANCELLED), state=ShipmentState.REFUSED)
    assert found("needs_a_person").value == 0

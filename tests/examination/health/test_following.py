"""Parcels that are followed late, unanswered or with events that nobody knows."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import ParcelState, Scan, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.health.examination import examine
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.models import Tracking, TrackingEvent
from tests.examination.health.asking import ago, found
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracking_on")]


def on_its_way(*, live: bool = False, **fields: Any) -> Tracking:
    """Return a parcel that is followed."""
    shipment = make_shipment(make_delivery(live=live), state=ShipmentState.DONE, tracking_pin="1")
    return Tracking.objects.create(shipment=shipment, **fields)


def test_a_parcel_that_is_asked_about_late_is_no_work_that_is_late() -> None:
    assert found("tracking_late").ok
    on_its_way(due_at=ago(hours=3))
    late = found("tracking_late")
    assert late.ok
    assert late.value == pytest.approx(3 * 3600, abs=30)
    assert found("due").ok
    on_its_way(due_at=ago(hours=5))
    late = found("tracking_late")
    assert not late.ok
    assert late.todo
    assert found("tracking_late", Limits(tracking_late_seconds=6 * 3600)).ok


def test_the_share_that_is_answered_is_told_and_few_parcels_prove_nothing() -> None:
    assert found("tracking_answered").value is None
    on_its_way(answered_at=timezone.now())
    on_its_way(answered_at=timezone.now(), ended_at=timezone.now(), tries=1)
    for _ in range(3):
        on_its_way(answered_at=timezone.now(), tries=1)
    assert (found("tracking_answered").ok, found("tracking_answered").value) == (True, 0.25)
    on_its_way(tries=2)
    answered = found("tracking_answered")
    assert (answered.ok, answered.value) == (False, 0.2)
    assert "d2po_doctor" in answered.todo


def test_tests_whose_tracking_numbers_nobody_knew_are_no_trouble_once_the_shop_is_live(change_settings: Any) -> None:
    for _ in range(5):
        on_its_way(tries=3)
    assert not found("tracking_answered").ok
    change_settings(CANADA_POST={"LIVE": True})
    on_its_way(live=True, answered_at=timezone.now())
    assert (found("tracking_answered").ok, found("tracking_answered").value) == (True, 1.0)


def test_events_that_nobody_knows_are_named_by_number() -> None:
    assert found("tracking_unknown").value == 0
    tracking = on_its_way()
    told = [(0, Scan.UNKNOWN), (1777, Scan.UNKNOWN), (1778, Scan.UNKNOWN), (100, Scan.IN_TRANSIT)]
    TrackingEvent.objects.bulk_create(
        TrackingEvent(tracking=tracking, on=shop_day(), code=code, scan=scan) for code, scan in told
    )
    unknown = found("tracking_unknown")
    assert (unknown.ok, unknown.value, unknown.counts) == (True, 3, {"-": 1, "1777": 1, "1778": 1})
    assert "1777, 1778" in unknown.says


def test_with_tracking_off_nothing_is_told_of_it(change_settings: Any) -> None:
    on_its_way(state=ParcelState.PERSON, doubt="disposed", due_at=ago(days=2))
    assert found("needs_a_person").counts["parcels_astray"] == 1
    change_settings(TRACKING=False)
    assert found("needs_a_person").counts["parcels_astray"] == 0
    assert not [finding.name for finding in examine(Limits()) if finding.name.startswith("tracking")]

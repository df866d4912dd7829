"""The doctor tells of parcels on their way what health tells, so that both agree; of nothing it says nothing."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem, Scan, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.doctor.background import background
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.doctor.tracking import tracking
from deliver_to_po.models import Notice, Tracking, TrackingEvent
from tests.examination.health.asking import ago, found
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _followed(change_settings: Any) -> None:
    change_settings(TRACKING=True)


def test_lag_share_unknown_numbers_and_failed_mails_are_told_as_health_tells_them() -> None:
    assert list(tracking()) == []
    for _ in range(5):
        row = Tracking.objects.create(
            shipment=make_shipment(state=ShipmentState.DONE, tracking_pin="1"),
            answered_at=timezone.now(),
            tries=1,
            due_at=ago(hours=5),
        )
    TrackingEvent.objects.create(tracking=row, on=shop_day(), code=1777, scan=Scan.UNKNOWN)
    Notice.objects.create(
        delivery=make_delivery(),
        kind=NoticeKind.RETURNING,
        occasion=1,
        outcome=NoticeOutcome.FAILED,
        problem=NoticeProblem.NOT_TAKEN,
    )
    late, answered, unknown, mails = tracking()
    verdicts = [each.verdict for each in (late, answered, unknown, mails)]
    assert verdicts == [Verdict.WRONG, Verdict.WRONG, Verdict.NOTE, Verdict.WRONG]
    assert "1777" in unknown.says
    names = ("tracking_late", "tracking_answered", "tracking_unknown", "mails")
    assert [each.says for each in (late, answered, unknown, mails)] == [found(name).says for name in names]
    assert {late.says, mails.says} <= {each.says for each in background()}


def test_what_is_answered_in_time_is_said_to_be_well() -> None:
    shipment = make_shipment(state=ShipmentState.DONE, tracking_pin="1")
    Tracking.objects.create(shipment=shipment, answered_at=timezone.now())
    [answered] = tracking()
    assert (answered.verdict, answered.todo) == (Verdict.OK, "")

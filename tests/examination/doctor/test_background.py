"""The doctor tells of the work in the background what health tells, so that both agree; of nothing it says nothing."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem, Reason, Scan, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.doctor.background import background, payment
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.models import Notice, Tracking, TrackingEvent
from deliver_to_po.outbox.sweep import Sweep
from tests.examination.health.asking import ago, found
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def test_a_shop_that_never_swept_is_told_what_to_do_and_one_that_just_did_that_all_is_well() -> None:
    [never] = background()
    Sweep().round()
    [swept] = background()
    assert (never.verdict, swept.verdict) == (Verdict.NOTE, Verdict.OK)
    assert "d2po_handoff" in never.todo


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def away(limits: Limits) -> None:
        raise error("a row of somebody's")

    monkeypatch.setattr("deliver_to_po.examination.doctor.background.put_off", away)
    [finding] = background()
    assert (finding.verdict, finding.says) == (
        Verdict.WRONG,
        f"the database cannot be asked ({error.__name__})",
    )
    assert finding.todo.startswith("Start it")


def test_what_health_finds_is_told_as_health_tells_it(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    make_shipment(state=ShipmentState.MADE, reason=Reason.CRASHED, due_at=ago(hours=-1), lapses=3)
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
        due_at=timezone.now(),
    )
    told = {each.says: each.verdict for each in background()[1:]}
    assert told == {
        found("put_off").says: Verdict.WRONG,
        found("lapses").says: Verdict.OK,
        found("tracking_late").says: Verdict.WRONG,
        found("tracking_answered").says: Verdict.WRONG,
        found("tracking_unknown").says: Verdict.NOTE,
        found("mails").says: Verdict.WRONG,
    }


def test_a_shop_is_told_that_parcels_wait_for_a_card_else_that_each_is_charged_at_once(change_settings: Any) -> None:
    assert list(payment()) == []
    change_settings(CANADA_POST={"WITHOUT_CONTRACT": True})
    [unknown] = payment()
    assert unknown.verdict == Verdict.NOT_ASKED
    assert "charged at once" in unknown.says
    for _ in range(2):
        make_shipment(state=ShipmentState.WAITING, reason=Reason.NO_CARD)
    make_shipment(state=ShipmentState.WAITING, reason=Reason.PAUSED)
    [found] = payment()
    assert found.verdict == Verdict.WRONG
    assert "2 parcels wait" in found.says
    assert found.todo

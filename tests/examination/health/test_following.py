"""Parcels that are followed late, unanswered or with events that nobody knows; e-mails that failed."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem, ParcelState, Scan, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.health.examination import examine
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.models import Delivery, Notice, Tracking, TrackingEvent
from deliver_to_po.notices import kinds
from deliver_to_po.notices.occasions import ask_again, write_notices
from tests.examination.health.asking import ago, found
from tests.factories import make_delivery, make_shipment
from tests.notices.needing import needing, sweep

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


def test_e_mails_of_the_last_day_that_failed_are_counted_by_what_is_wrong() -> None:
    delivery = make_delivery()
    for number, (problem, hours) in enumerate([("no_address", 1), ("no_address", 2), ("refused", 30)]):
        failed_at = {"outcome": NoticeOutcome.FAILED, "problem": problem, "due_at": ago(hours=hours)}
        Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion=number, **failed_at)
    failed = found("mails")
    assert (failed.ok, failed.value, failed.counts) == (False, 2, {NoticeProblem.NO_ADDRESS: 2})
    assert found("mails", Limits(mails=2)).ok


def test_an_e_mail_that_crashes_each_time_is_told_of_for_as_long_as_it_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delivery = needing()
    monkeypatch.setattr(kinds, "with_html", lambda *args: 1 / 0)
    sweep()
    crashed = found("mails")
    assert crashed.counts == {NoticeProblem.CRASHED: 1}
    assert "0 could not be sent; e-mails that cannot be written: 1" in crashed.says
    # In a copy of the shop, with LIVE off, nobody writes to its real buyers.
    Delivery.objects.update(live=True)
    assert found("mails").ok
    Delivery.objects.update(live=False)
    # Mended: the clerk sends it again, or the next try does.
    monkeypatch.undo()
    assert ask_again(delivery)
    sweep()
    assert found("mails").ok


def test_an_e_mail_that_was_planned_days_before_it_failed_is_one_of_the_last_day(change_settings: Any) -> None:
    change_settings(SITE_URL="")
    needing()
    write_notices()
    Notice.objects.filter(kind=NoticeKind.REMIND).update(created_at=ago(days=3), due_at=timezone.now())
    sweep()
    assert found("mails").counts == {NoticeProblem.NO_SITE_URL: 2}

"""The doctor tells of the work in the background what health tells, so that both agree, and what the day's end left."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from deliver_to_po.core.choices import (
    Compared,
    Differs,
    ManifestState,
    NoticeKind,
    NoticeOutcome,
    NoticeProblem,
    Reason,
    Scan,
    ShipmentState,
)
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.doctor.background import background, day_end
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.models import Comparison, Manifest, Notice, Shipment, Tracking, TrackingEvent
from deliver_to_po.models.comparison import Difference
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


# What the day's end left: parcels of yesterday, foreign groups, manifests that need attention


@pytest.fixture(autouse=True)
def _prefix(change_settings: Any) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": "main-street"})


def parcel(*, days_ago: int = 1, group: str = "main-street-2026-11-25", **fields: Any) -> Shipment:
    made_at = timezone.now() - timedelta(days=days_ago)
    return make_shipment(state=ShipmentState.LABELLED, due_at=None, group=group, made_at=made_at, **fields)


def said() -> list[str]:
    findings = day_end()
    assert all(finding.verdict == Verdict.WRONG and finding.todo for finding in findings)
    return [finding.says for finding in findings]


def test_parcels_of_yesterday_are_counted_and_those_of_today_are_not() -> None:
    parcel(days_ago=0)
    assert said() == []
    parcel()
    parcel(days_ago=3)
    assert said() == ["2 parcels were made before today and were never transmitted"]


def test_parcels_that_are_to_be_mailed_today_are_not_late_whenever_they_were_made() -> None:
    parcel(days_ago=3, mailing_date=shop_day())
    assert said() == []
    parcel(days_ago=3, mailing_date=shop_day() - timedelta(days=1))
    assert said() == ["1 parcel was made before today and was never transmitted"]


def test_what_is_transmitted_claimed_or_of_the_other_mode_is_not_late() -> None:
    parcel(transmitted_at=timezone.now())
    parcel(manifest=Manifest.objects.create())
    parcel(delivery=make_delivery(live=True))
    parcel(group="")
    assert said() == []


@pytest.mark.parametrize("other", [{"group": "2026-11-25"}, {"system": "gone"}])
def test_a_group_that_the_settings_no_longer_fit_is_named_as_one(other: dict[str, Any]) -> None:
    parcel(**other)
    [says] = said()
    assert "1 parcel" in says
    assert "GROUP_PREFIX" in says
    assert "SHIPPING_SYSTEMS" in says


def test_a_manifest_that_needs_a_person_is_named() -> None:
    Manifest.objects.create(state=ManifestState.ATTENTION)
    Manifest.objects.create(state=ManifestState.UNKNOWN)
    # Nobody can settle one of the other mode now.
    Manifest.objects.create(state=ManifestState.ATTENTION, live=True)
    assert said() == ["1 manifest needs attention"]


def test_what_only_one_of_both_knows_is_named_until_it_is_settled() -> None:
    one = Comparison.objects.create(what=Compared.GROUP, name="main-street-2026-11-24")
    one.keep([Difference("1"), Difference("2", Differs.TWICE), Difference("3", Differs.UNKNOWN)], left=["3"])
    assert said() == ["2 parcels are known only to Canada Post or only here"]
    one.keep(one.found, left=["1", "2"])
    assert said() == []


def test_what_is_on_hold_is_not_late() -> None:
    parcel(delivery=make_delivery(state="held"))
    assert said() == []

"""The doctor says what the day's end left: parcels of yesterday, foreign groups, manifests that need attention."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Compared, Differs, ManifestState, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.doctor.day_end import day_end
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.models import Comparison, Manifest, Shipment
from deliver_to_po.models.comparison import Difference
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


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

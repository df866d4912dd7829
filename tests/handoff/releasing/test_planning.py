"""What is planned for the parcels of a delivery when it is released."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import get_language

from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.handoff.releasing import planning
from deliver_to_po.handoff.releasing.planning import make_revisions, plan_of, with_contents
from tests.factories import PARCEL, make_delivery, make_shipment

pytestmark = pytest.mark.django_db

# A Wednesday.
DAY = date(2026, 11, 25)


def planned_at(hour: str) -> dict[str, Any]:
    """Return what the parcels share of a delivery that is released at that hour of the shop's clock."""
    delivery = make_delivery(state=DeliveryState.PLACED)
    with time_machine.travel(timezone.make_aware(datetime.fromisoformat(f"{DAY}T{hour}"))):
        return plan_of(delivery).shared


def test_the_next_revision_follows_the_newest_in_whatever_order_the_database_has_them() -> None:
    delivery = make_delivery()
    for revision in (2, 1):
        make_shipment(delivery, revision=revision, state="voided")
    assert [one.revision for one in make_revisions(delivery, with_contents(plan_of(delivery), delivery))] == [3]


@pytest.mark.parametrize(("hour", "cut_off"), [("16:59", "17:00"), ("21:59", "22:00")])
def test_cut_off_mailing_date_and_group_go_by_the_shops_clock(change_settings: Any, hour: str, cut_off: str) -> None:
    change_settings(CUT_OFF=cut_off)
    shared = planned_at(hour)
    assert shared["mailing_date"] == DAY
    assert str(DAY) in shared["group"]


def test_mailing_date_and_group_are_of_the_zone_that_the_shop_names(late_in_vancouver: date) -> None:
    shared = plan_of(make_delivery(state=DeliveryState.PLACED)).shared
    assert shared["mailing_date"] == late_in_vancouver
    assert str(late_in_vancouver) in shared["group"]


@pytest.mark.parametrize(
    ("release", "said", "mailed_on"),
    [
        ("when_paid", "2026-11-27", date(2026, 11, 27)),
        ("when_paid", "2026-11-24", date(2026, 11, 25)),
        # A clerk releases what is made ready.
        ("by_merchant", "2026-11-27", date(2026, 11, 25)),
    ],
)
@time_machine.travel("2026-11-25T12:00:00-05:00", tick=False)
def test_what_is_to_be_made_ready_first_is_mailed_on_the_day_that_the_buyer_was_told_of(
    change_settings: Any, release: str, said: str, mailed_on: date
) -> None:
    change_settings(RELEASE=release)
    quote = {"about": "x", "kind": "fresh", "rate": None, "expected_from": "2026-12-01", "mailed_on": said}
    delivery = make_delivery(state=DeliveryState.PLACED, price=Decimal("14.85"), quote=quote)
    assert plan_of(delivery).shared["mailing_date"] == mailed_on


def test_the_contents_are_asked_for_in_the_buyers_language(shop_says: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, str | None]] = []

    def contents(order: Any, number: int, *, of: int) -> tuple[()]:
        asked.append((number, get_language()))
        return ()

    monkeypatch.setattr(planning, "contents_of_parcel", contents)
    shop_says("parcels", [PARCEL, PARCEL])
    delivery = make_delivery(state=DeliveryState.PLACED, language="fr")
    with_contents(plan_of(delivery), delivery)
    assert asked == [(1, "fr"), (2, "fr")]

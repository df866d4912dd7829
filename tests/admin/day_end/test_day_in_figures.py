"""The day’s summary: what happened on a day of the shop's own time, real parcels and tests apart, by few statements."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.day_end.day_in_figures import Day, figures_of, span_of
from deliver_to_po.canadapost.types import Service
from deliver_to_po.core.choices import DeliveryState, HandoffStep, ManifestState, Outcome, ShipmentState
from deliver_to_po.models import Attempt, Delivery, Manifest, Shipment
from tests.admin.browsing import LIST, desk
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db
PAGE = "admin:deliver_to_po_day"
ZONE = timezone.get_default_timezone()
DAY = date(2026, 11, 3)
NOON = datetime(2026, 11, 3, 12, tzinfo=ZONE)
EARLIER = NOON - timedelta(days=3)


def ordered(*, live: bool = True, **fields: Any) -> Delivery:
    """Return a delivery of another day, save for what ``fields`` say."""
    return make_delivery(live=live, **{"placed_at": EARLIER, "released_at": EARLIER, **fields})


def made(delivery: Delivery | None = None, **fields: Any) -> Shipment:
    """Return a parcel that was made at noon of the day and costs 11.30."""
    values = {"state": ShipmentState.LABELLED, "made_at": NOON, "price": Decimal("11.30")}
    return make_shipment(delivery or ordered(), **{**values, **fields})


def taken_back(state: ShipmentState, outcome: Outcome, at: datetime, **fields: Any) -> None:
    shipment = made(state=state, made_at=EARLIER, **fields)
    for _time in range(2):
        attempt = Attempt.objects.create(shipment=shipment, step=HandoffStep.VOID, outcome=outcome, request_id="a")
        Attempt.objects.filter(pk=attempt.pk).update(at=at)


def real(day: date = DAY) -> Day:
    return figures_of(day)[True]


def shown(client: Client, day: str | None = "2026-11-03", language: str = "en") -> str:
    query = {} if day is None else {"day": day}
    return client.get(reverse(PAGE), query, headers={"accept-language": language}).content.decode()


def test_orders_placed_and_released_are_counted_each_on_its_own_day() -> None:
    ordered(placed_at=NOON)
    ordered(placed_at=NOON, released_at=NOON)
    ordered(released_at=NOON)
    ordered()
    ordered(placed_at=NOON, released_at=None, release_asked_at=None, state=DeliveryState.PLACED)
    make_delivery(state=DeliveryState.DRAFT)
    assert (real().placed, real().released) == (3, 2)


def test_an_order_that_is_shipped_again_is_not_placed_twice() -> None:
    former = ordered(state=DeliveryState.CANCELLED)
    ordered(placed_at=NOON, released_at=NOON, replaces=former)
    assert (real().placed, real().released) == (0, 1)
    # What took the place of a test is placed for the first time.
    ordered(placed_at=NOON, replaces=make_delivery(state=DeliveryState.CANCELLED, live=False))
    assert real().placed == 1


def test_parcels_are_counted_by_service_with_what_they_cost() -> None:
    made()
    made(price=Decimal("10.05"))
    made(price=None, service=Service.XPRESSPOST)
    made(made_at=EARLIER)
    make_shipment(ordered())
    assert [(row.service, row.parcels, row.cost, row.without_price) for row in real().services] == [
        ("Expedited Parcel™", 2, Decimal("21.35"), 0),
        ("Xpresspost™", 1, Decimal(0), 1),
    ]
    assert (real().parcels, real().cost, real().without_price) == (3, "$21.35", 1)


@pytest.mark.parametrize("state", [ShipmentState.VOIDED, ShipmentState.REFUND_ASKED, ShipmentState.REFUSED])
def test_a_parcel_that_was_made_again_counts_once(state: ShipmentState) -> None:
    first = made(state=state, open_parcel=None)
    made(first.delivery, revision=2)
    assert (real().parcels, real().cost) == (1, "$11.30")


def test_what_is_transmitted_is_counted_with_its_manifests() -> None:
    for _manifest in range(2):
        manifest = Manifest.objects.create(state=ManifestState.TRANSMITTED, live=True, transmitted_at=NOON, parcels=2)
        for service in Service:
            made(made_at=EARLIER, transmitted_at=NOON, manifest=manifest, service=service)
    made(made_at=EARLIER, transmitted_at=NOON)
    made(made_at=EARLIER, transmitted_at=EARLIER)
    assert (real().transmitted, real().manifests, real().parcels) == (5, 2, 0)


def test_a_manifest_over_midnight_counts_on_its_own_day() -> None:
    midnight = datetime.combine(DAY, time(0), ZONE)
    manifest = Manifest.objects.create(state=ManifestState.TRANSMITTED, live=True, transmitted_at=midnight, parcels=2)
    for at in (midnight - timedelta(seconds=1), midnight):
        made(made_at=EARLIER, transmitted_at=at, manifest=manifest)
    days = (DAY - timedelta(days=1), DAY)
    assert [(one.transmitted, one.manifests) for one in (figures_of(day)[True] for day in days)] == [(1, 0), (1, 1)]


def test_what_is_voided_and_what_is_to_be_refunded_is_counted_once_each() -> None:
    taken_back(ShipmentState.VOIDED, Outcome.VOIDED, NOON)
    taken_back(ShipmentState.VOIDED, Outcome.VOIDED, EARLIER)
    taken_back(ShipmentState.REFUND_ASKED, Outcome.REFUND_ASKED, NOON)
    taken_back(ShipmentState.VOIDED, Outcome.UNAVAILABLE, NOON)
    assert (real().voided, real().refunded) == (1, 1)


def test_what_was_found_voided_after_a_lost_answer_is_counted_too() -> None:
    taken_back(ShipmentState.VOIDED, Outcome.FOUND_NONE, NOON)
    assert real().voided == 1
    # It says nothing where a parcel was looked for before it was made.
    Attempt.objects.update(step=HandoffStep.LOOK_UP)
    assert real().voided == 0


def test_tests_are_in_no_figure_of_real_parcels_and_real_ones_in_none_of_tests() -> None:
    made()
    made(ordered(live=False, placed_at=NOON, released_at=NOON), transmitted_at=NOON, price=Decimal("99.00"))
    taken_back(ShipmentState.VOIDED, Outcome.VOIDED, NOON, delivery=ordered(live=False))
    figures = figures_of(DAY)
    real_ones, tests = figures[True], figures[False]
    assert (real_ones.placed, real_ones.parcels, real_ones.cost, real_ones.transmitted) == (0, 1, "$11.30", 0)
    assert (tests.placed, tests.parcels, tests.cost, tests.transmitted, tests.voided) == (1, 1, "$99.00", 1, 1)


def test_a_day_is_from_midnight_to_midnight_in_the_shop_when_the_clocks_change_too() -> None:
    for day, hours in ((date(2026, 11, 1), 25), (date(2026, 3, 8), 23), (DAY, 24)):
        start, end = (moment.timestamp() for moment in span_of(day))
        assert (end - start) / 3600 == hours
    made(made_at=datetime(2026, 11, 3, 0, 0, tzinfo=ZONE))
    made(made_at=datetime(2026, 11, 3, 23, 59, 59, tzinfo=ZONE))
    made(made_at=datetime(2026, 11, 4, 0, 0, tzinfo=ZONE))
    made(made_at=datetime(2026, 11, 2, 23, 59, 59, tzinfo=ZONE))
    assert real().parcels == 2


def test_without_a_day_it_is_today_and_no_later_day_is_offered(client: Client) -> None:
    today = timezone.localdate()
    page = shown(client, None)
    assert f'value="{today:%Y-%m-%d}"' in page
    assert f"?day={today - timedelta(days=1):%Y-%m-%d}" in page
    assert "The day after" not in page


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "9999-12-31", "0001-01-01", "x" * 5000, "2026-11-03'--"])
def test_what_is_no_day_is_told_and_today_is_shown(client: Client, day: str) -> None:
    page = shown(client, day)
    # A day is read to its tenth character, and no further.
    assert ("today is shown." in page) == (not day.startswith("2026-11-03"))
    assert "Orders placed" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("The day’s summary", "Nov. 3, 2026", "Orders placed", "$11.30", "1 manifest", "Still open")),
        ("fr", ("Bilan de la journée", "3 novembre 2026", "Commandes passées", "11,30 $", "1 manifeste", "suspens")),
    ],
)
def test_the_page_is_in_both_languages(clerk: Clerk, language: str, words: tuple[str, ...]) -> None:
    manifest = Manifest.objects.create(state=ManifestState.TRANSMITTED, live=True, transmitted_at=NOON)
    made(transmitted_at=NOON, manifest=manifest)
    page = shown(clerk("view_delivery"), language=language).replace("\N{NO-BREAK SPACE}", " ")
    assert [word for word in words if word not in page] == []
    assert "Tests of the day" not in page
    assert "Essais de la journée" not in page


def test_tests_of_the_day_have_a_part_of_their_own(client: Client) -> None:
    made(ordered(live=False))
    page = shown(client)
    assert "Tests of the day" in page
    assert page.index("Orders placed") < page.index("Tests of the day")


def test_what_is_open_now_leads_to_its_queue(client: Client) -> None:
    make_delivery(state=DeliveryState.HELD)
    page = shown(client)
    assert 'href="/admin/deliver_to_po/delivery/?queue=held"' in page
    assert "queue=to_pack" not in page


def test_the_days_end_is_offered_to_who_may_transmit(client: Client) -> None:
    assert desk("day_end") in shown(client)
    assert f'href="{reverse(PAGE)}"' in client.get(desk("day_end")).content.decode()
    assert f'href="{reverse(PAGE)}"' in client.get(reverse(LIST)).content.decode()


def test_no_days_end_is_offered_where_nothing_is_ever_transmitted(client: Client, change_settings: Any) -> None:
    change_settings(CANADA_POST={"API": "webservices", "WITHOUT_CONTRACT": True})
    assert desk("day_end") not in shown(client)


def test_who_may_only_transmit_is_not_led_to_the_summary(clerk: Clerk) -> None:
    client = clerk("transmit_manifest")
    assert reverse(PAGE) not in client.get(desk("day_end")).content.decode()


def test_a_day_with_many_parcels_needs_no_more_statements_than_one_with_few(client: Client) -> None:

    def statements() -> int:
        made(transmitted_at=NOON)
        with CaptureQueriesContext(connection) as asked:
            shown(client)
        return len(asked)

    few = statements()
    for service in Service:
        for _parcel in range(10):
            made(service=service, transmitted_at=NOON)
            taken_back(ShipmentState.VOIDED, Outcome.VOIDED, NOON)
    assert statements() == few <= 12

"""How many working days parcels took is counted by service and pair of provinces, from the parcels themselves."""

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.models import DaysTaken, Tracking
from deliver_to_po.tracking.days_taken import count_days, count_when_due
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db
# A Wednesday.
MAILED = date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _followed(change_settings: Any, time_machine: Any) -> None:
    change_settings(TRACKING=True)
    time_machine.move_to("2026-11-29T12:00:00-05:00")


def ready(on: date | None, *, live: bool = True, mailed_on: date | None = MAILED, **fields: Any) -> None:
    """Make a parcel from Ontario that was ready at a post office of Nova Scotia on that day."""
    office = {"office_province": fields.pop("to", "NS")}
    values = {"service": "DOM.EP", "state": ShipmentState.DONE, "mailing_date": mailed_on, **office, **fields}
    shipment = make_shipment(make_delivery(live=live, **office), **values)
    state = ParcelState.IN_TRANSIT if on is None else ParcelState.READY
    Tracking.objects.create(shipment=shipment, ready_on=on, state=state)


def counted() -> dict[tuple[Any, ...], int]:
    rows = DaysTaken.objects.values_list("live", "service", "origin", "destination", "days", "parcels")
    return {key: parcels for *key_, parcels in rows if (key := tuple(key_))}


def test_working_days_are_counted_by_service_and_pair_of_provinces_tests_apart() -> None:
    ready(date(2026, 11, 19))
    ready(date(2026, 11, 19))
    # A Saturday counts as the Monday after it.
    ready(date(2026, 11, 21))
    ready(date(2026, 11, 23))
    ready(date(2026, 11, 19), service="DOM.XP", to="ON")
    ready(date(2026, 11, 19), live=False)
    assert counted() == {}
    assert count_days() == 4
    assert counted() == {
        (True, "DOM.EP", "ON", "NS", 1): 2,
        (True, "DOM.EP", "ON", "NS", 3): 2,
        (True, "DOM.XP", "ON", "ON", 1): 1,
        (False, "DOM.EP", "ON", "NS", 1): 1,
    }
    # All of it is rewritten, or nothing.
    Tracking.objects.all().delete()
    full = patch.object(DaysTaken.objects, "bulk_create", side_effect=ValueError("full"))
    with full, pytest.raises(ValueError, match="full"):
        count_days()
    assert DaysTaken.objects.count() == 4
    assert (count_days(), counted()) == (0, {})


def test_a_holiday_counts_where_the_post_office_is() -> None:
    # The day of Saint-Jean-Baptiste, between a Tuesday and a Thursday.
    ready(date(2026, 6, 25), mailed_on=date(2026, 6, 23), to="QC")
    ready(date(2026, 6, 25), mailed_on=date(2026, 6, 23))
    count_days()
    assert sorted((destination, days) for *_, destination, days in counted()) == [("NS", 2), ("QC", 1)]


def test_what_says_nothing_about_the_way_is_left_out() -> None:
    ready(None)
    ready(MAILED - timedelta(days=1))
    ready(MAILED + timedelta(days=61))
    ready(MAILED, mailed_on=None)
    ready(MAILED, mailed_on=MAILED - timedelta(days=380))
    ready(MAILED + timedelta(days=1), state=ShipmentState.VOIDED)
    ready(MAILED + timedelta(days=1), sender={"province": "Ontario"})
    assert count_days() == 0


def test_they_are_counted_every_six_hours_by_whichever_sweep_and_never_without_tracking(
    change_settings: Any, time_machine: Any
) -> None:
    ready(MAILED)
    assert [count_when_due() for _ in range(2)] == [1, 0]
    time_machine.shift(timedelta(hours=6, seconds=1))
    change_settings(TRACKING=False)
    assert count_when_due() == 0
    change_settings(TRACKING=True)
    assert count_when_due() == 1

"""When a parcel is asked for again: sooner the more it may change, later while it rests, and not at night."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deliver_to_po.core.choices import ParcelState
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.tracking.schedule import MORNING, by_day, next_look, own_offset

P = ParcelState
NOON = datetime(2026, 11, 26, 17, tzinfo=UTC)
NEVER = timedelta(0)


@pytest.fixture(autouse=True)
def _in_toronto(change_settings: Any) -> None:
    change_settings(TIME_ZONE="America/Toronto")


def hours(state: ParcelState, *, rested: float = 0, ready_for: float = 0) -> float:
    """Return in how many hours a parcel is asked for again, at noon; given in days."""
    due = next_look(state, rested=timedelta(days=rested), ready_for=timedelta(days=ready_for), now=NOON)
    return (due - NOON) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "rested", "ready_for", "least", "most"),
    [
        (P.READY, 0, 0, 2.7, 3.3),
        (P.IN_TRANSIT, 0, 0, 2.7, 3.3),
        (P.ANNOUNCED, 0, 0, 5.4, 6.6),
        # While it rests, an eighth of its rest, and at least once a day.
        (P.IN_TRANSIT, 2, 0, 5.4, 6.6),
        (P.IN_TRANSIT, 40, 0, 21.6, 26.4),
        # It will soon go back.
        (P.READY, 10, 10, 5.4, 6.6),
        # What contradicts an end may come late.
        (P.COLLECTED, 0, 0, 48, 48),
    ],
)
def test_the_wait_follows_what_may_change(
    state: ParcelState, rested: float, ready_for: float, least: float, most: float
) -> None:
    assert least <= hours(state, rested=rested, ready_for=ready_for) <= most


def test_nobody_is_asked_at_night() -> None:
    evening, night = datetime(2026, 11, 27, 3, 30, tzinfo=UTC), datetime(2026, 11, 27, 8, 59, tzinfo=UTC)
    for moment in (next_look(P.READY, rested=NEVER, ready_for=NEVER, now=evening), by_day(night)):
        due = shop_time(moment)
        assert (due.day, due.hour >= MORNING) == (27, True)
        after_six = due.hour * 3600 + due.minute * 60 + due.second - MORNING * 3600
        assert own_offset() <= after_six <= own_offset() + 31 * 60


def test_each_shop_begins_the_morning_at_a_minute_of_its_own(change_settings: Any) -> None:
    offsets = set()
    for number in range(20):
        change_settings(CANADA_POST={"CUSTOMER_NUMBER": f"{number:07d}"})
        assert 0 <= own_offset() < 3600
        offsets.add(own_offset())
    assert len(offsets) > 10

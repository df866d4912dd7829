"""Whether a counter is open at a moment."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.identifiers import PROVINCES
from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.offices.opening import State, is_holiday, opening
from deliver_to_po.offices.opening_text import opening_text
from tests.offices.counters import BREAK_AT_NOON, NINE_TO_FIVE, OFFICE, at


def test_the_time_is_the_office_s_own_not_the_shop_s() -> None:
    west = dataclasses.replace(OFFICE, province="SK", postal_code="S4P3Y2", coordinates=Coordinates(50.45, -104.6))
    now = opening(west, at(9))
    assert now is not None
    assert now.state == State.CLOSED
    assert now.now.hour == 8


def test_a_province_s_own_holiday_counts_there_alone() -> None:
    saint_jean = date(2026, 6, 24)
    assert is_holiday(saint_jean, "QC")
    assert not is_holiday(saint_jean, "ON")
    assert is_holiday(date(2026, 4, 6), "BC")


@given(
    st.sampled_from(PROVINCES),
    st.integers(0, 24 * 730).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    st.dictionaries(st.integers(1, 7), st.sampled_from([NINE_TO_FIVE, BREAK_AT_NOON, intervals(["20:00", "02:00"])])),
)
def test_no_moment_of_a_holiday_is_ever_open_now(
    province: str, moment: datetime, days: dict[int, tuple[object, ...]]
) -> None:
    office = dataclasses.replace(OFFICE, province=province, coordinates=None, postal_code="", hours=WeeklyHours(days))  # type: ignore[arg-type]
    now = opening(office, moment)
    assert now is not None
    assert not (now.state == State.OPEN and is_holiday(now.now.date(), province))
    assert now.until is None or now.until > moment or now.state == State.MAYBE_CLOSED
    assert opening_text(now)


def test_without_hours_or_a_place_nothing_is_said() -> None:
    assert opening(dataclasses.replace(OFFICE, hours=None), at(10)) is None
    assert opening(dataclasses.replace(OFFICE, province="", postal_code="", coordinates=None), at(10)) is None

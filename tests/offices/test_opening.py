"""Whether a counter is open now, and what a filter lets through."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.identifiers import PROVINCES
from deliver_to_po.canadapost.types import Coordinates, PostOffice
from deliver_to_po.offices.opening import Filter, State, is_holiday, opening, suits
from deliver_to_po.offices.wording import opening_text

NINE_TO_FIVE = intervals(["09:00", "17:00"])
BREAK_AT_NOON = intervals(["09:00", "12:00", "13:00", "17:00"])
WEEKDAYS = WeeklyHours(dict.fromkeys(range(1, 6), NINE_TO_FIVE))
TORONTO = ZoneInfo("America/Toronto")
OFFICE = PostOffice(
    office_id="1", name="Vanier", location="", street="1, rue A", city="Ottawa", province="ON", postal_code="K1A0B1",
    coordinates=Coordinates(45.42, -75.69), bilingual=False, hours=WEEKDAYS,
)  # fmt: skip
# A Monday, without a holiday near.
MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, day: date = MONDAY, zone: ZoneInfo = TORONTO) -> datetime:
    """Return a moment in UTC by the clock of a place."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def said(hours: WeeklyHours, moment: datetime, language: str = "en") -> str:
    """Return what a person reads of the office, with plain spaces."""
    now = opening(dataclasses.replace(OFFICE, hours=hours), moment)
    assert now is not None
    with translation.override(language):
        return opening_text(now).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(8, 59), "Closed, opens at 9 a.m."),
        (at(9), "Open now, closes at 5 p.m."),
        (at(16, 59), "Open now, closes at 5 p.m."),
        (at(17), "Closed, opens tomorrow at 9 a.m."),
        (at(17, day=date(2026, 11, 27)), "Closed, opens Monday at 9 a.m."),
    ],
)
def test_it_is_said_until_when_or_from_when(moment: datetime, words: str) -> None:
    assert said(WEEKDAYS, moment) == words


def test_between_the_two_intervals_of_a_day_it_is_closed() -> None:
    hours = WeeklyHours({1: BREAK_AT_NOON})
    assert said(hours, at(11)) == "Open now, closes at noon"
    assert said(hours, at(12, 30)) == "Closed, opens at 1 p.m."


def test_midnight_a_closed_week_and_a_counter_that_never_closes_are_named() -> None:
    assert said(WeeklyHours({1: intervals(["20:00", "24:00"])}), at(23, 59)) == "Open now, closes at midnight"
    assert said(WeeklyHours({}), at(12)) == "Closed"
    always = WeeklyHours(dict.fromkeys(range(1, 8), intervals(["00:00", "00:00"])))
    assert said(always, at(3)) == "Open now, 24 hours"


def test_the_time_is_the_office_s_own_not_the_shop_s() -> None:
    west = dataclasses.replace(OFFICE, province="SK", postal_code="S4P3Y2", coordinates=Coordinates(50.45, -104.6))
    now = opening(west, at(9))
    assert now is not None
    assert now.state == State.CLOSED
    assert now.now.hour == 8


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 29)])
def test_on_a_holiday_it_may_be_closed_and_is_never_open_now(day: date) -> None:
    hours = WeeklyHours(dict.fromkeys(range(1, 8), NINE_TO_FIVE))
    assert said(hours, at(10, day=day)) == "Holiday: may be closed today"
    assert said(hours, at(7, day=day)) == "Holiday: may be closed today"
    assert said(hours, at(18, day=day)).startswith("Closed, opens")
    assert not suits(dataclasses.replace(OFFICE, hours=hours), {Filter.OPEN_NOW}, at(10, day=day))


def test_a_province_s_own_holiday_counts_there_alone() -> None:
    saint_jean = date(2026, 6, 24)
    assert is_holiday(saint_jean, "QC")
    assert not is_holiday(saint_jean, "ON")
    assert is_holiday(date(2026, 4, 6), "BC")


def test_what_opens_next_is_never_promised_for_a_holiday() -> None:
    # Labour Day is Monday, 7 September 2026.
    assert said(WEEKDAYS, at(18, day=date(2026, 9, 4))) == "Closed, opens Tuesday at 9 a.m."


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


LATE = WeeklyHours({4: intervals(["12:00", "18:15"])})
TO_MIDNIGHT = WeeklyHours({5: intervals(["12:00", "24:00"])})
SATURDAY = WeeklyHours({6: intervals(["10:00", "21:00"])})


@pytest.mark.parametrize(
    ("wanted", "hours", "answer"),
    [
        (Filter.EVENINGS, LATE, True),
        (Filter.EVENINGS, TO_MIDNIGHT, True),
        (Filter.EVENINGS, WEEKDAYS, False),
        (Filter.EVENINGS, WeeklyHours({1: intervals(["09:00", "18:00"])}), False),
        (Filter.EVENINGS, SATURDAY, False),
        (Filter.WEEKEND, SATURDAY, True),
        (Filter.WEEKEND, WEEKDAYS, False),
        (Filter.OPEN_NOW, WEEKDAYS, True),
        (Filter.OPEN_NOW, SATURDAY, False),
    ],
)
def test_a_filter_lets_through_what_suits(wanted: Filter, hours: WeeklyHours, answer: bool) -> None:
    assert suits(dataclasses.replace(OFFICE, hours=hours), {wanted}, at(10)) is answer


@pytest.mark.parametrize("wanted", [Filter.EVENINGS, Filter.WEEKEND, Filter.OPEN_NOW])
def test_an_office_whose_hours_are_not_known_stays_visible(wanted: Filter) -> None:
    assert suits(dataclasses.replace(OFFICE, hours=None), {wanted}, at(10)) is None
    assert suits(dataclasses.replace(OFFICE, hours=None), {wanted, Filter.FRENCH}, at(10)) is False


def test_service_in_french_is_bilingual_offices_and_those_of_quebec() -> None:
    assert not suits(OFFICE, {Filter.FRENCH})
    assert suits(dataclasses.replace(OFFICE, bilingual=True), {Filter.FRENCH})
    assert suits(dataclasses.replace(OFFICE, bilingual=None), {Filter.FRENCH})
    assert suits(dataclasses.replace(OFFICE, province="QC"), {Filter.FRENCH})


def test_every_filter_has_to_suit() -> None:
    assert not suits(OFFICE, {Filter.OPEN_NOW, Filter.FRENCH}, at(10))

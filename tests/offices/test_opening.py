"""Whether a counter is open at a moment."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.identifiers import PROVINCES
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.offices.opening import State, day_at, is_holiday, last_opening, opening
from deliver_to_po.offices.opening_text import opening_text
from deliver_to_po.offices.zones import BY_PROVINCE
from tests.offices.counters import BREAK_AT_NOON, NINE_TO_FIVE, OFFICE, at

CHRISTMAS_EVE = ("2026-12-24T09:00-05:00", "2026-12-24T17:00-05:00")


def test_the_time_is_the_office_s_own_not_the_shop_s() -> None:
    west = dataclasses.replace(OFFICE, zone="America/Regina")
    now = opening(west, at(9))
    assert now is not None
    assert now.state == State.CLOSED
    assert now.now.hour == 8


@pytest.mark.parametrize(
    ("office", "zone"),
    [
        (dataclasses.replace(OFFICE, province="SK", postal_code="S4P3Y2"), "America/Regina"),
        (dataclasses.replace(OFFICE, province="BC", postal_code="V1C2A1"), "America/Edmonton"),
        # Crawford Bay is in the zone that its row names, though its area has two.
        (dataclasses.replace(OFFICE, province="BC", postal_code="V0B1A0", zone="America/Creston"), "America/Creston"),
    ],
)
def test_until_a_zone_is_found_the_postal_area_tells_the_time(office: PostOffice, zone: str) -> None:
    now = opening(office, at(9))
    assert now is not None
    assert (now.state, now.now.hour) == (State.CLOSED, at(9).astimezone(ZoneInfo(zone)).hour)


@pytest.mark.parametrize(
    ("office", "day"),
    [
        (dataclasses.replace(OFFICE, hours=None, province="NL", postal_code="A1A1A1", zone=""), 26),
        (dataclasses.replace(OFFICE, province="NU", postal_code="X0C0G0", zone="America/Rankin_Inlet"), 25),
        # Where nobody knows its clock, it is the shop's.
        (dataclasses.replace(OFFICE, province="NU", postal_code="X0C0G0", zone=""), 26),
    ],
)
def test_the_day_at_an_office_is_that_of_its_own_clock(office: PostOffice, day: int, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 11, 26, 5, 30, tzinfo=UTC), tick=False)
    assert day_at(office) == date(2026, 11, day)


EVERYWHERE, CIVIC = " ".join(PROVINCES), "AB BC MB NB NL NS NT NU ON PE SK"


# What Canada Post's holiday schedule of 2026 says, then what is statutory only, and what is neither.
@pytest.mark.parametrize(
    ("day", "where"),
    [
        *(
            (date(2026, *day), EVERYWHERE)
            for day in ((1, 1), (4, 3), (4, 6), (5, 18), (7, 1), (9, 7), (9, 30), (10, 12))
        ),
        *((date(2026, *day), EVERYWHERE) for day in ((11, 11), (12, 25), (12, 28))),
        (date(2026, 6, 24), "QC"),
        (date(2028, 6, 26), "QC"),
        (date(2026, 8, 3), CIVIC),
        (date(2027, 8, 2), CIVIC),
        (date(2026, 8, 17), "YT"),
        (date(2026, 2, 16), "AB BC MB NB NS ON PE SK"),
        # Saint Patrick, Saint George, Orangemen; Yukon's Heritage Day.
        *((date(2026, *day), "") for day in ((3, 16), (4, 20), (7, 13), (2, 20))),
    ],
)
def test_a_holiday_is_what_canada_post_or_the_law_of_a_province_keeps_there(day: date, where: str) -> None:
    assert [province for province in PROVINCES if is_holiday(day, province)] == sorted(where.split())
    assert is_holiday(day, "") == (where == EVERYWHERE)


@given(
    st.sampled_from(PROVINCES),
    st.integers(0, 24 * 730).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    st.dictionaries(st.integers(1, 7), st.sampled_from([NINE_TO_FIVE, BREAK_AT_NOON, intervals(["20:00", "24:00"])])),
)
def test_no_moment_of_a_holiday_is_ever_open_now(
    province: str, moment: datetime, days: dict[int, tuple[object, ...]]
) -> None:
    zone = BY_PROVINCE[province]
    office = dataclasses.replace(OFFICE, province=province, zone=zone, hours=WeeklyHours(days))  # type: ignore[arg-type]
    now = opening(office, moment)
    assert now is not None
    assert not (now.state == State.OPEN and is_holiday(now.now.date(), province))
    assert now.until is None or now.until > moment or now.state == State.MAYBE_CLOSED
    assert opening_text(now)


def test_without_hours_or_a_place_nothing_is_said() -> None:
    assert opening(dataclasses.replace(OFFICE, hours=None), at(10)) is None
    assert opening(dataclasses.replace(OFFICE, postal_code="", zone=""), at(10)) is None


@pytest.mark.parametrize(
    ("days", "until", "opens", "closes"),
    [
        ({6: ["10:00", "17:00"]}, date(2026, 12, 10), "2026-12-05T10:00-05:00", "2026-12-05T17:00-05:00"),
        # The day itself counts, with the later of its two stretches.
        (
            {4: ["09:00", "12:00", "13:00", "17:00"]},
            date(2026, 12, 10),
            "2026-12-10T13:00-05:00",
            "2026-12-10T17:00-05:00",
        ),
        # Christmas, and the Boxing Day after it, are holidays in Ontario.
        ({4: ["09:00", "17:00"], 5: ["09:00", "17:00"], 6: ["09:00", "17:00"]}, date(2026, 12, 26), *CHRISTMAS_EVE),
        ({5: ["20:00", "24:00"]}, date(2026, 12, 4), "2026-12-04T20:00-05:00", "2026-12-05T00:00-05:00"),
        # The clock was set back the night before.
        ({7: ["10:00", "16:00"]}, date(2026, 11, 1), "2026-11-01T10:00-05:00", "2026-11-01T16:00-05:00"),
    ],
)
def test_the_last_opening_is_the_last_stretch_up_to_a_day_that_is_on_no_holiday(
    days: dict[int, list[str]], until: date, opens: str, closes: str
) -> None:
    hours = WeeklyHours({day: intervals(times) for day, times in days.items()})
    last = last_opening(dataclasses.replace(OFFICE, hours=hours), until)
    assert last is not None
    assert (last.opens, last.closes) == (datetime.fromisoformat(opens), datetime.fromisoformat(closes))
    assert last.opens.tzname() == "EST"


def test_nobody_knows_the_last_opening_without_hours_or_zone() -> None:
    mixed = dataclasses.replace(OFFICE, province="BC", postal_code="V0B1A0", zone="")
    for office in (dataclasses.replace(OFFICE, hours=None), mixed):
        assert last_opening(office, date(2026, 12, 10)) is None

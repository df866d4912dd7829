"""When a counter is open, against plain arithmetic with minutes and zoneinfo that is written again here."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deliver_to_po.canadapost.hours import Interval, WeeklyHours, intervals, read_week

ZONES = ["St_Johns", "Halifax", "Toronto", "Winnipeg", "Regina", "Edmonton", "Dawson_Creek", "Vancouver", "Iqaluit"]
QUARTER = timedelta(minutes=15)
# The clocks change in the small hours, when minutes are missing or come twice.
SMALL_HOURS = 4 * 60

minutes = st.integers(0, 96).map(lambda quarter: quarter * 15)
zones = st.sampled_from([ZoneInfo(f"America/{name}") for name in ZONES])
moments = st.integers(0, 4 * 24 * 700).map(lambda quarters: datetime(2026, 1, 1, tzinfo=UTC) + QUARTER * quarters)
days = st.lists(st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]), max_size=2)


def clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def week(rows: dict[int, list[tuple[int, int]]]) -> WeeklyHours:
    """Return hours from (opens, closes) in minutes of the day, by ISO weekday."""
    return WeeklyHours({day: tuple(Interval(clock(a), clock(b)) for a, b in pairs) for day, pairs in rows.items()})


def open_by_the_clock_on_the_wall(rows: dict[int, list[tuple[int, int]]], local: datetime) -> bool:
    """Say whether the minute of the week that the wall shows lies in an interval, by comparing minutes alone."""
    shown = local.hour * 60 + local.minute
    return any(opens <= shown < closes for opens, closes in rows.get(local.isoweekday(), []))


@given(st.dictionaries(st.integers(1, 7), days), zones, moments)
def test_open_and_closed_agree_with_the_clock_on_the_wall(
    rows: dict[int, list[tuple[int, int]]], zone: ZoneInfo, moment: datetime
) -> None:
    local = moment.astimezone(zone)
    shifts = {(local + timedelta(hours=hours)).utcoffset() for hours in (-30, 0, 30)}
    assume(len(shifts) == 1)
    spans = list(week(rows).spans(moment, zone))
    assert bool(spans and spans[0].opens <= moment) == open_by_the_clock_on_the_wall(rows, local)


@given(st.dictionaries(st.integers(1, 7), days), zones, moments)
def test_the_next_change_is_the_one_that_watching_the_clock_finds(
    rows: dict[int, list[tuple[int, int]]], zone: ZoneInfo, moment: datetime
) -> None:
    assume(all(a >= SMALL_HOURS and b >= SMALL_HOURS for pairs in rows.values() for a, b in pairs))
    spans = list(week(rows).spans(moment, zone))
    watched = [moment + QUARTER * step for step in range(4 * 24 * 7)]
    states = [open_by_the_clock_on_the_wall(rows, at.astimezone(zone)) for at in watched]
    change = next((at for at, state in zip(watched, states, strict=True) if state != states[0]), None)
    ours = None if not spans else spans[0].closes if states[0] else spans[0].opens
    assert change is None or ours == change
    assert change is not None or ours is None or ours >= watched[-1]


@given(st.dictionaries(st.integers(1, 7), days, min_size=1), zones, moments)
def test_stretches_come_in_order_and_never_touch(
    rows: dict[int, list[tuple[int, int]]], zone: ZoneInfo, moment: datetime
) -> None:
    spans = list(week(rows).spans(moment, zone))
    assert all(span.closes > moment for span in spans)
    assert all(one.closes < other.opens for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("day", "hours", "length"),
    [
        # Toronto: the clock goes on at 2:00 on 8 March 2026, and back at 2:00 on 1 November 2026.
        (date(2026, 3, 8), ("00:00", "06:00"), 5),
        (date(2026, 11, 1), ("00:00", "06:00"), 7),
        (date(2026, 11, 1), ("00:00", "01:30"), 2.5),
        (date(2026, 3, 9), ("00:00", "06:00"), 6),
    ],
)
def test_a_night_on_which_the_clock_changes_is_shorter_or_longer(
    day: date, hours: tuple[str, str], length: float
) -> None:
    zone = ZoneInfo("America/Toronto")
    (interval,) = intervals(hours)
    span = interval.span(day, zone)
    assert span.closes - span.opens == timedelta(hours=length)


def test_saskatchewan_does_not_change_its_clock() -> None:
    nine = Interval(time(9), time(17))
    winter, summer = (nine.span(date(2026, month, 15), ZoneInfo("America/Regina")).opens.hour for month in (1, 7))
    assert winter == summer == 15


def test_closing_at_midnight_is_the_end_of_the_day() -> None:
    zone, monday = ZoneInfo("America/Halifax"), date(2026, 6, 1)
    assert Interval(time(20), time(0)).span(monday, zone).closes == datetime(2026, 6, 2, 3, tzinfo=UTC)


def test_a_counter_is_closed_at_the_very_minute_that_it_closes() -> None:
    daily = WeeklyHours(dict.fromkeys(range(1, 8), intervals(["09:00", "17:00"])))
    spans = daily.spans(datetime(2026, 6, 1, 17, tzinfo=UTC), UTC)
    assert next(spans).opens == datetime(2026, 6, 2, 9, tzinfo=UTC)


def test_a_counter_that_never_closes_is_one_stretch_of_more_than_a_week() -> None:
    always = WeeklyHours(dict.fromkeys(range(1, 8), intervals(["00:00", "00:00"])))
    moment = datetime(2026, 6, 1, 12, tzinfo=UTC)
    (span,) = always.spans(moment, ZoneInfo("America/Toronto"))
    assert span.closes - moment >= timedelta(days=7)


SUNDAY, MONDAY = "1", "2"
NINE_TO_FIVE = ["09:00", "17:00"]


@pytest.mark.parametrize(
    ("times", "read"),
    [
        (["09:00", "17:00"], "09:00–17:00"),
        (["9:00", "17:00"], "09:00–17:00"),
        (["09:00:00", "17:00:59"], "09:00–17:00"),
        (["08:00", "12:00", "13:00", "17:30"], "08:00–12:00 13:00–17:30"),
        (["20:00", "00:00"], "20:00–00:00"),
        (["20:00", "24:00"], "20:00–00:00"),
        ([], ""),
    ],
)
def test_times_in_the_published_form_are_read(times: list[str], read: str) -> None:
    assert " ".join(f"{i.opens:%H:%M}–{i.closes:%H:%M}" for i in intervals(times)) == read


@pytest.mark.parametrize(
    "odd",
    [
        "25:00", "24:01", "17:60", "17:00:60", "17", "17:0", "1700", "017:00", "-1:00", "", " ", "x", "5:00 PM",
        "5:00PM", "09:00-17:00", "17:00\n", " 17:00", "17:00:00.000", "17:00Z", "１７:00", "17h00", "noon",
    ],
)  # fmt: skip
def test_one_odd_time_makes_the_week_unknown_and_never_another_time(odd: str) -> None:
    assert read_week([(SUNDAY, NINE_TO_FIVE), (MONDAY, ["09:00", odd])]) is None


@pytest.mark.parametrize("odd", ["0", "8", "", "Monday", "1.0", "01", "-1", "２", "12"])
def test_one_odd_day_makes_the_week_unknown(odd: str) -> None:
    assert read_week([(odd, NINE_TO_FIVE)]) is None
    assert read_week([(MONDAY, NINE_TO_FIVE), (odd, NINE_TO_FIVE)]) is None


@pytest.mark.parametrize("count", [1, 3, 5, 6])
def test_times_that_make_no_intervals_make_the_week_unknown(count: int) -> None:
    times = [f"{hour:02}:00" for hour in range(9, 9 + count)]
    assert read_week([(SUNDAY, NINE_TO_FIVE), (MONDAY, times)]) is None


@pytest.mark.parametrize("times", [["09:00", "09:00"], ["09:00", "05:00"], ["08:00", "12:00", "13:00", "13:00:30"]])
def test_a_stretch_that_does_not_close_after_it_opens_makes_the_week_unknown_but_one_until_midnight(
    times: list[str],
) -> None:
    assert read_week([(SUNDAY, NINE_TO_FIVE), (MONDAY, times)]) is None
    assert read_week([(SUNDAY, NINE_TO_FIVE), (MONDAY, ["00:00", "24:00"])]) is not None


def test_a_counter_that_never_opens_has_hours_that_nobody_knows() -> None:
    assert read_week([(SUNDAY, []), (MONDAY, [])]) is None


def test_a_day_given_twice_makes_the_week_unknown() -> None:
    assert read_week([(MONDAY, NINE_TO_FIVE), (MONDAY, ["10:00", "11:00"])]) is None


def test_no_days_at_all_are_hours_that_nobody_knows_and_not_a_counter_that_is_always_closed() -> None:
    assert read_week([]) is None


def test_days_are_numbered_from_sunday_and_a_day_without_times_is_closed() -> None:
    hours = read_week([("1", []), ("2", NINE_TO_FIVE), ("7", ["10:00", "12:00"])])
    assert hours is not None
    assert (hours.on(7), hours.on(1), hours.on(6)) == ((), intervals(NINE_TO_FIVE), intervals(["10:00", "12:00"]))

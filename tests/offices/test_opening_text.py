"""What a person reads of a counter: open until when, closed from when."""

import dataclasses
from datetime import date, datetime

import pytest
from django.utils import translation

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.offices.opening import opening
from deliver_to_po.offices.opening_text import opening_text
from tests.offices.counters import BREAK_AT_NOON, HOLIDAYS, NINE_TO_FIVE, OFFICE, WEEKDAYS, at


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


def test_a_counter_that_opens_next_in_a_week_names_the_date() -> None:
    hours = WeeklyHours({1: NINE_TO_FIVE})
    monday = at(18, day=date(2026, 11, 30))
    assert said(hours, monday) == "Closed, opens Monday, December 7 at 9 a.m."
    assert said(hours, monday, "fr") == "Fermé, ouvre lundi 7 décembre à 9 h"


def test_midnight_a_closed_week_and_a_counter_that_never_closes_are_named() -> None:
    assert said(WeeklyHours({1: intervals(["20:00", "24:00"])}), at(23, 59)) == "Open now, closes at midnight"
    assert said(WeeklyHours({}), at(12)) == "Closed"
    always = WeeklyHours(dict.fromkeys(range(1, 8), intervals(["00:00", "00:00"])))
    assert said(always, at(3)) == "Open now, 24 hours"
    # In the night after the next the clock is set ahead: an hour of that week is missing.
    assert said(always, at(23, 30, day=date(2027, 3, 12))) == "Open now, 24 hours"


@pytest.mark.parametrize("day", HOLIDAYS)
def test_on_a_holiday_it_may_be_closed_and_is_never_open_now(day: date) -> None:
    hours = WeeklyHours(dict.fromkeys(range(1, 8), NINE_TO_FIVE))
    assert said(hours, at(10, day=day)) == "Holiday: may be closed today"
    assert said(hours, at(7, day=day)) == "Holiday: may be closed today"
    assert said(hours, at(18, day=day)).startswith("Closed, opens")


def test_what_opens_next_is_never_promised_for_a_holiday() -> None:
    # Labour Day is Monday, 7 September 2026.
    assert said(WEEKDAYS, at(18, day=date(2026, 9, 4))) == "Closed, opens Tuesday at 9 a.m."

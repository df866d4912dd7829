"""What a filter lets through."""

import dataclasses

import pytest

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.offices.filters import Filter, suits
from tests.offices.counters import OFFICE, WEEKDAYS, at

EARLY = WeeklyHours({2: intervals(["08:30", "17:00"])})
LATE = WeeklyHours({4: intervals(["12:00", "18:15"])})
TO_MIDNIGHT = WeeklyHours({5: intervals(["12:00", "24:00"])})
SATURDAY = WeeklyHours({6: intervals(["10:00", "21:00"])})
SUNDAY = WeeklyHours({7: intervals(["10:00", "21:00"])})


@pytest.mark.parametrize(
    ("wanted", "hours", "answer"),
    [
        (Filter.EVENINGS, LATE, True),
        (Filter.EVENINGS, TO_MIDNIGHT, True),
        (Filter.EVENINGS, WEEKDAYS, False),
        (Filter.EVENINGS, WeeklyHours({1: intervals(["09:00", "18:00"])}), False),
        (Filter.EVENINGS, SATURDAY, False),
        (Filter.MORNINGS, EARLY, True),
        (Filter.MORNINGS, WEEKDAYS, False),
        (Filter.MORNINGS, WeeklyHours({6: intervals(["07:00", "12:00"])}), False),
        (Filter.WEEKEND, SATURDAY, True),
        (Filter.WEEKEND, SUNDAY, True),
        (Filter.WEEKEND, WEEKDAYS, False),
        (Filter.OPEN_NOW, WEEKDAYS, True),
        (Filter.OPEN_NOW, SATURDAY, False),
    ],
)
def test_a_filter_lets_through_what_suits(wanted: Filter, hours: WeeklyHours, answer: bool) -> None:
    assert suits(dataclasses.replace(OFFICE, hours=hours), {wanted}, at(10)) is answer


@pytest.mark.parametrize("wanted", [Filter.MORNINGS, Filter.EVENINGS, Filter.WEEKEND, Filter.OPEN_NOW])
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

"""Hours, distances and addresses as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.types import Address
from deliver_to_po.core.wording import (
    city_line,
    day_and_time,
    day_of_week,
    day_of_year,
    distance,
    hours_rows,
    money,
    with_mark,
)

NINE_TO_FIVE = intervals(["09:30", "17:00"])
NOON_CLOSING = intervals(["10:00", "12:00", "13:00", "16:00"])


def spaced(text: str) -> str:
    """Return ``text`` with plain spaces, which are easier to read here."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def rows(hours: WeeklyHours) -> list[tuple[str, str]]:
    return [(spaced(days), spaced(times)) for days, times in hours_rows(hours)]


def test_neighbouring_days_with_the_same_hours_share_a_row() -> None:
    hours = WeeklyHours({**dict.fromkeys(range(1, 6), NINE_TO_FIVE), 6: NOON_CLOSING})
    assert rows(hours) == [
        ("Monday to Friday", "9:30 a.m. – 5 p.m."),
        ("Saturday", "10 a.m. – noon, 1 p.m. – 4 p.m."),
        ("Sunday", "Closed"),
    ]


def test_two_days_are_joined_by_and() -> None:
    hours = WeeklyHours(dict.fromkeys(range(1, 6), NINE_TO_FIVE))
    assert rows(hours)[-1] == ("Saturday and Sunday", "Closed")


def test_the_same_hours_on_days_apart_are_not_joined() -> None:
    hours = WeeklyHours({1: NINE_TO_FIVE, 2: NOON_CLOSING, 3: NINE_TO_FIVE})
    assert [days for days, _ in rows(hours)] == ["Monday", "Tuesday", "Wednesday", "Thursday to Sunday"]


def test_midnight_is_named_and_the_hours_after_it_and_noon_are_twelve() -> None:
    late = WeeklyHours({5: intervals(["00:30", "12:30", "20:00", "24:00"])})
    assert ("Friday", "12:30 a.m. – 12:30 p.m., 8 p.m. – midnight") in rows(late)


def test_a_day_without_a_break_is_open_24_hours() -> None:
    always = WeeklyHours(dict.fromkeys(range(1, 8), intervals(["00:00", "00:00"])))
    assert rows(always) == [("Every day", "Open 24 hours")]


def test_a_line_breaks_only_between_the_two_intervals_of_a_day() -> None:
    (_, times), *_rest = hours_rows(WeeklyHours({1: NOON_CLOSING}))
    assert times.count(" ") == 1
    assert ", " in times


@pytest.mark.parametrize(("language", "days"), [("en", "Every day"), ("fr", "Tous les jours")])
def test_a_week_of_equal_days_is_every_day(language: str, days: str) -> None:
    with translation.override(language):
        assert rows(WeeklyHours(dict.fromkeys(range(1, 8), NINE_TO_FIVE)))[0][0] == days


@pytest.mark.parametrize(
    ("language", "name", "written"),
    [
        ("en", "Xpresspost™", "Xpresspost™"),
        ("fr", "Xpresspost", 'Xpresspost<sup aria-hidden="true">MC</sup>'),
        ("fr-ca", "Colis accélérés", 'Colis accélérés<sup aria-hidden="true">MC</sup>'),
        ("fr", "<Boîte>", "&lt;Boîte&gt;"),
    ],
)
def test_a_page_raises_the_mark_of_a_service_in_french(language: str, name: str, written: str) -> None:
    with translation.override(language):
        assert with_mark(name) == written


def test_hours_are_french_in_french() -> None:
    hours = WeeklyHours({**dict.fromkeys(range(1, 6), NINE_TO_FIVE), 6: NOON_CLOSING})
    with translation.override("fr"):
        assert rows(hours) == [
            ("Du lundi au vendredi", "de 9 h 30 à 17 h"),
            ("Samedi", "de 10 h à midi, de 13 h à 16 h"),
            ("Dimanche", "Fermé"),
        ]


@pytest.mark.parametrize(
    ("language", "km", "written"),
    [
        ("en", Decimal("1.24"), "1.2 km"),
        ("fr", Decimal("1.24"), "1,2 km"),
        ("fr-ca", Decimal("0.05"), "0,1 km"),
        ("en", Decimal(3), "3.0 km"),
        ("en", Decimal("0.96"), "1.0 km"),
        ("fr", Decimal("99.94"), "99,9 km"),
        ("fr", Decimal("99.96"), "100 km"),
        ("en", Decimal("141.6"), "142 km"),
        ("en", 2.5, "2.5 km"),
        ("en", None, ""),
    ],
)
def test_distances_have_one_decimal_in_the_reader_s_language(language: str, km: Decimal | None, written: str) -> None:
    with translation.override(language):
        assert spaced(distance(km)) == written


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("en", "12.5", "$12.50"),
        ("fr", "12.5", "12,50 $"),
        ("fr-ca", "12.5", "12,50 $"),
        ("en", "134567.8", "$134,567.80"),
        ("fr", "134567.8", "134 567,80 $"),
    ],
)
def test_money_has_two_decimals_in_the_reader_s_language(language: str, amount: str, written: str) -> None:
    with translation.override(language):
        assert spaced(money(amount)) == written


def test_the_last_line_of_an_address_is_as_canada_post_wants_it() -> None:
    assert city_line(Address("1 Main St", "Ottawa", "ON", "K1A0B1")) == "Ottawa ON  K1A 0B1"
    assert city_line(Address("1 Main St", "Ottawa", "ON", "")) == "Ottawa ON"


@pytest.mark.parametrize(
    ("language", "written"), [("en", "Nov. 25, 2026 at 2:05 p.m."), ("fr", "25 novembre 2026 à 14 h 05")]
)
def test_a_moment_is_written_by_the_shops_clock_whatever_djangos_zone_is(
    language: str, written: str, change_settings: Any
) -> None:
    change_settings(TIME_ZONE="America/Toronto")
    with translation.override(language), timezone.override("Asia/Tokyo"):
        assert spaced(day_and_time(datetime(2026, 11, 25, 19, 5, tzinfo=UTC))) == written


@pytest.mark.parametrize(
    ("language", "day", "written"),
    [
        ("en", 1, "Dec. 1, 2026"),
        ("fr", 1, "1er décembre 2026"),
        ("fr-ca", 1, "1er décembre 2026"),
        ("fr", 11, "11 décembre 2026"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french_only(language: str, day: int, written: str) -> None:
    moment = datetime(2026, 12, day, 15, 0, tzinfo=UTC)
    with translation.override(language):
        assert spaced(day_of_year(moment.date())) == written
        assert spaced(day_and_time(moment)).startswith(written)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "Friday, December\N{NO-BREAK SPACE}4"), ("fr", "vendredi 4\N{NO-BREAK SPACE}décembre")],
)
def test_of_a_day_only_number_and_month_stay_on_one_line(language: str, written: str) -> None:
    with translation.override(language):
        assert day_of_week(date(2026, 12, 4)) == written

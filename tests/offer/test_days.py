"""When a cart is mailed, and from which day on it can be picked up."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.adapter import Rate
from deliver_to_po.offer.days import (
    next_deposit_day,
    pick_up_day,
    working_days_after,
    working_days_ago,
    working_days_between,
)

RATE = Rate("DOM.EP", "Expedited Parcel", Decimal(10), Decimal(11), Decimal(1), 4, date(2026, 11, 26), True)


def at(written: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(written))


@pytest.mark.parametrize(
    ("released_at", "province", "days", "mailed_on"),
    [
        # A Wednesday, a minute before and right at the cut-off.
        ("2026-11-25T12:29", "ON", (1, 2, 3, 4, 5), "2026-11-25"),
        ("2026-11-25T12:30", "ON", (1, 2, 3, 4, 5), "2026-11-26"),
        # A Friday and a Saturday.
        ("2026-11-27T13:00", "ON", (1, 2, 3, 4, 5), "2026-11-30"),
        ("2026-11-28T09:00", "ON", (1, 2, 3, 4, 5), "2026-11-30"),
        ("2026-11-25T13:00", "ON", (3,), "2026-12-02"),
        ("2026-11-25T12:00", "ON", {3}, "2026-11-25"),
        # Christmas on a Friday, and Boxing Day on the Monday after it.
        ("2026-12-24T13:00", "ON", (1, 2, 3, 4, 5), "2026-12-29"),
        ("2026-12-24T13:00", "ON", (5,), "2027-01-08"),
        # The New Year.
        ("2026-12-31T13:00", "QC", (1, 2, 3, 4, 5), "2027-01-04"),
        # The day of Saint-Jean-Baptiste is none in Ontario.
        ("2026-06-24T09:00", "QC", (1, 2, 3, 4, 5), "2026-06-25"),
        ("2026-06-24T09:00", "ON", (1, 2, 3, 4, 5), "2026-06-24"),
    ],
)
def test_a_parcel_is_mailed_on_the_next_deposit_day_that_is_no_holiday_of_the_senders_province(
    change_settings: Any, released_at: str, province: str, days: Any, mailed_on: str
) -> None:
    change_settings(CUT_OFF="12:30", DEPOSIT_DAYS=days)
    assert next_deposit_day(at(released_at), province).isoformat() == mailed_on


@pytest.mark.parametrize(
    ("ordered_at", "handling_days", "mailed_on"),
    [
        ("2026-11-25T09:00", 2, "2026-11-27"),
        ("2026-11-25T13:00", 2, "2026-11-30"),
        # A weekend counts for nothing.
        ("2026-11-26T09:00", 2, "2026-11-30"),
        # Christmas on a Friday, and Boxing Day on the Monday after it.
        ("2026-12-24T09:00", 1, "2026-12-29"),
    ],
)
def test_a_cart_is_mailed_when_it_is_ready_and_on_no_holiday(
    change_settings: Any, ordered_at: str, handling_days: int, mailed_on: str
) -> None:
    change_settings(CUT_OFF="12:30")
    assert next_deposit_day(at(ordered_at), "ON", handling_days).isoformat() == mailed_on


@pytest.mark.parametrize(
    ("today", "days", "ago"),
    [
        ("2026-11-27", 0, "2026-11-27"),
        ("2026-11-27", 1, "2026-11-26"),
        # Over a weekend, and on it.
        ("2026-11-30", 1, "2026-11-27"),
        ("2026-11-29", 0, "2026-11-27"),
        ("2026-11-29", 2, "2026-11-25"),
        # Christmas on a Friday, and Boxing Day on the Monday after it.
        ("2026-12-29", 1, "2026-12-24"),
    ],
)
def test_so_many_working_days_have_passed_since(today: str, days: int, ago: str) -> None:
    assert working_days_ago(days, date.fromisoformat(today)) == date.fromisoformat(ago)


@pytest.mark.parametrize(
    ("expected", "province", "told"),
    [
        ("2026-11-26", "ON", "2026-11-26"),
        ("2026-11-28", "ON", "2026-11-30"),
        ("2026-12-25", "ON", "2026-12-29"),
        ("2026-06-24", "QC", "2026-06-25"),
        ("2026-06-24", "NS", "2026-06-24"),
        ("2026-12-25", "", "2026-12-29"),
    ],
)
def test_the_day_is_canada_posts_own_or_the_working_day_after_it(expected: str, province: str, told: str) -> None:
    rate = replace(RATE, expected_delivery=date.fromisoformat(expected))
    assert pick_up_day(rate, "K1A0B1", province) == date.fromisoformat(told)


def test_no_day_is_told_that_canada_post_did_not_give() -> None:
    assert pick_up_day(replace(RATE, expected_delivery=None), "K1A0B1", "ON") is None
    assert pick_up_day(replace(RATE, guaranteed=False), "K1A0B1", "ON") is None
    assert pick_up_day(replace(RATE, guaranteed=None), "K1A0B1", "ON") == date(2026, 11, 26)


@pytest.mark.parametrize("postal_code", ["X0A0H0", "X0B0C0", "X0C0G0"])
def test_no_day_is_told_where_everything_comes_by_air(postal_code: str) -> None:
    assert pick_up_day(RATE, postal_code, "NU") is None
    assert pick_up_day(RATE, "X1A2N3", "NT") == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("mailed_on", "ready_on", "province", "count", "next_time"),
    [
        ("2026-11-25", "2026-11-25", "ON", 0, "2026-11-25"),
        ("2026-11-25", "2026-11-26", "ON", 1, "2026-11-26"),
        # Over a weekend, and on it.
        ("2026-11-27", "2026-11-30", "ON", 1, "2026-11-30"),
        ("2026-11-27", "2026-11-28", "ON", 1, "2026-11-30"),
        # Christmas on a Friday, and Boxing Day on the Monday after it.
        ("2026-12-24", "2026-12-29", "ON", 1, "2026-12-29"),
        ("2026-06-23", "2026-06-25", "QC", 1, "2026-06-25"),
        ("2026-06-23", "2026-06-25", "NS", 2, "2026-06-25"),
    ],
)
def test_what_took_so_many_working_days_takes_as_many_the_next_time(
    mailed_on: str, ready_on: str, province: str, count: int, next_time: str
) -> None:
    mailed = date.fromisoformat(mailed_on)
    assert working_days_between(mailed, date.fromisoformat(ready_on), province) == count
    assert working_days_after(mailed, count, province) == date.fromisoformat(next_time)

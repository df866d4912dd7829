"""From which day on: when a cart is mailed, and when it can be picked up as far as Canada Post says so."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from deliver_to_po.adapter import Rate
from deliver_to_po.core.conf import app_settings
from deliver_to_po.offices.opening import is_holiday

# No road leads to Nunavut: all of its post offices are Air Stage offices, to which Canada Post promises no day (its
# Deliver to Post Office guide of 2017). We know of no published list of the other Air Stage offices, and neither API
# marks them: there we rely on the answer that says the day is not guaranteed.
AIR_STAGE_AREAS = ("X0A", "X0B", "X0C")
WEEKEND = (6, 7)


def next_deposit_day(now: datetime, province: str, handling_days: int = 0) -> date:
    """Return the day on which a parcel is deposited that is released ``now``: the next of DEPOSIT_DAYS.

    That is today only until CUT_OFF. A cart that is ordered ``now`` is made ready on ``handling_days`` of them first.
    Holidays of the sender's ``province`` are left out: Canada Post is closed then.
    """
    first = now.date() if now.time() < app_settings.cut_off else now.date() + timedelta(days=1)
    return _deposit_day(first, handling_days, province, app_settings.deposit_days)


# Every cart of a day asks for the same.
@lru_cache(maxsize=256)
def _deposit_day(first: date, handling_days: int, province: str, deposit_days: frozenset[int]) -> date:
    day = _working_day(first, province, deposit_days)
    for _ in range(handling_days):
        day = _working_day(day + timedelta(days=1), province, deposit_days)
    return day


def _working_day(day: date, province: str, deposit_days: frozenset[int]) -> date:
    """Return ``day``, or the next of ``deposit_days`` that is no holiday."""
    while day.isoweekday() not in deposit_days or is_holiday(day, province):
        day += timedelta(days=1)
    return day


def working_days_ago(days: int, today: date) -> date:
    """Return the last day after which so many of Canada Post's working days have passed by ``today``."""
    day, left = today, days + 1
    while True:
        left -= is_working_day(day, "")
        if not left:
            return day
        day -= timedelta(days=1)


def working_days_after(day: date, count: int, province: str) -> date:
    """Return the working day that comes so many of Canada Post's working days after ``day``, which itself counts not.

    With a ``count`` of 0 it is ``day``, or the next working day. Holidays are those of the post office's ``province``.
    """
    while count or not is_working_day(day, province):
        day += timedelta(days=1)
        count -= bool(count) and is_working_day(day, province)
    return day


@lru_cache(maxsize=1024)
def working_days_between(mailed_on: date, ready_on: date, province: str) -> int:
    """Return after how many working days a parcel could be picked up; one that is ready on no working day, the next."""
    count, day = 0, mailed_on
    while day < ready_on:
        day += timedelta(days=1)
        count += is_working_day(day, province)
    return count + (ready_on > mailed_on and not is_working_day(ready_on, province))


def is_working_day(day: date, province: str) -> bool:
    return day.isoweekday() not in WEEKEND and not is_holiday(day, province)


def pick_up_day(rate: Rate, postal_code: str, province: str) -> date | None:
    """Return from which day on a parcel can be picked up, by the rate to a post office; None if nobody promises one.

    Canada Post's own day counts and no other; where it falls on a weekend or a holiday of the office's ``province``, it
    is the next working day.
    """
    day = rate.expected_delivery
    if day is None or rate.guaranteed is False or postal_code.startswith(AIR_STAGE_AREAS):
        return None
    return working_days_after(day, 0, province)

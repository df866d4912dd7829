"""Statutory holidays of each province and territory, and the days on which Canada Post is closed besides."""

from datetime import date, timedelta
from functools import lru_cache

# By month and day. These are kept everywhere; one that falls on a weekend is kept on the next working day too.
EVERYWHERE = (1, 1), (7, 1), (9, 30), (11, 11), (12, 25), (12, 26)
IN_PROVINCE = {"NT": (6, 21), "NU": (7, 9), "QC": (6, 24), "YT": (6, 21)}
# The first Mondays from these days on: Victoria Day, Labour Day and Thanksgiving; then those of provinces.
MONDAYS = (5, 18), (9, 1), (10, 8)
FAMILY_DAY, CIVIC_HOLIDAY = (2, 15), (8, 1)
MONDAYS_IN_PROVINCE = {
    **dict.fromkeys(("AB", "BC", "MB", "NB", "NS", "ON", "SK"), (FAMILY_DAY, CIVIC_HOLIDAY)),
    "NL": ((3, 14), (4, 20), (6, 21), (7, 9)),
    "NT": (CIVIC_HOLIDAY,),
    "NU": (CIVIC_HOLIDAY,),
    "PE": (FAMILY_DAY,),
    "YT": ((8, 15),),
}
DAY = timedelta(days=1)


def is_holiday(day: date, province: str) -> bool:
    """Say whether ``day`` is a statutory holiday in a province, or one that Canada Post keeps."""
    return day in _holidays(province, day.year)


@lru_cache(maxsize=64)
def _holidays(province: str, year: int) -> frozenset[date]:
    fixed = [date(year, *day) for day in EVERYWHERE]
    mondays = (*MONDAYS, *MONDAYS_IN_PROVINCE.get(province, ()))
    easter = _easter(year)
    # Good Friday, and Easter Monday, which Canada Post keeps everywhere.
    days = {*fixed, easter - 2 * DAY, easter + DAY, *(_monday(date(year, *first)) for first in mondays)}
    for day in filter(_is_weekend, fixed):
        later = (day + DAY, day + 2 * DAY, day + 3 * DAY)
        days.add(next(one for one in later if one not in days and not _is_weekend(one)))
    if province in IN_PROVINCE:
        days.add(own := date(year, *IN_PROVINCE[province]))
        # Québec keeps its own on the Monday where it falls on a Sunday.
        if province == "QC" and own.isoweekday() == 7:
            days.add(own + DAY)
    if province == "YT":
        # Heritage Day: the Friday before the last Sunday of February.
        days.add(_monday(date(year, 3, 1) - 6 * DAY) - 3 * DAY)
    return frozenset(days)


def _is_weekend(day: date) -> bool:
    return day.isoweekday() > 5


def _monday(first: date) -> date:
    """Return the first Monday from ``first`` on."""
    return first + -first.weekday() % 7 * DAY


def _easter(year: int) -> date:
    """Return Easter Sunday of the years 1900 to 2099 (Gauss)."""
    moon = (19 * (year % 19) + 24) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    # The calendar's two exceptions, so that it is never later than 25 April.
    late = sunday == 6 and (moon == 29 or (moon == 28 and year % 19 > 10))
    return date(year, 3, 22) + (moon + sunday - 7 * late) * DAY

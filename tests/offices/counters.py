"""A post office, hours and moments that tests of counters share."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.types import Coordinates, PostOffice

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
HOLIDAYS = (date(2026, 7, 1), date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 29))


def at(hour: int, minute: int = 0, day: date = MONDAY, zone: ZoneInfo = TORONTO) -> datetime:
    """Return a moment in UTC by the clock of a place."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)

"""The shop's day is counted in one zone, whatever Django's is and whatever a request has activated."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.shop_time import is_night, shop_day, shop_time, shop_zone

# In Vancouver it is Friday afternoon, in Toronto Friday evening, in St. John's and in UTC Saturday.
LATE = datetime(2026, 11, 28, 3, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ours", "django", "day", "clock"),
    [
        ("America/Vancouver", "UTC", date(2026, 11, 27), "20:45"),
        ("", "America/Toronto", date(2026, 11, 27), "22:45"),
        ("America/St_Johns", "America/Toronto", date(2026, 11, 28), "00:15"),
        ("", "UTC", date(2026, 11, 28), "03:45"),
    ],
)
def test_it_is_the_day_of_the_zone_that_the_shop_names_else_of_djangos(
    ours: str, django: str, day: date, clock: str, settings: Any, change_settings: Any, time_machine: Any
) -> None:
    settings.TIME_ZONE = django
    change_settings(TIME_ZONE=ours)
    time_machine.move_to(LATE, tick=False)
    with timezone.override("Asia/Tokyo"):
        assert (shop_day(), shop_day(LATE)) == (day, day)
        assert f"{shop_time():%H:%M}" == clock
        assert LATE.astimezone(shop_zone()).date() == day


@pytest.mark.usefixtures("nights")
@pytest.mark.parametrize(("clock", "night"), [("00:59", False), ("01:00", True), ("05:59", True), ("06:00", False)])
def test_the_night_is_from_one_to_six_on_the_shops_clock(
    clock: str, night: bool, change_settings: Any, time_machine: Any
) -> None:
    change_settings(TIME_ZONE="America/St_Johns")
    time_machine.move_to(f"2026-11-25T{clock}:00-03:30", tick=False)
    assert is_night() is night

"""The shop's day: which time and day it is where parcels are sent from, whatever zone a request has activated."""

from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

from deliver_to_po.core.conf import app_settings

# Hours in which the housekeeping asks what can wait for a quiet time.
NIGHT = range(1, 6)

# Where Canada's day begins first.
IN_THE_EAST = ZoneInfo("America/St_Johns")

_zone = lru_cache(maxsize=4)(ZoneInfo)


def shop_zone() -> tzinfo:
    """Return the zone of DELIVER_TO_PO["TIME_ZONE"], or Django's own where the shop has named none."""
    name = app_settings.time_zone
    return _zone(name) if name else timezone.get_default_timezone()


def begin_of(day: date) -> datetime:
    """Return when a day begins in the shop's zone."""
    return datetime.combine(day, time(), shop_zone())


def shop_time(moment: datetime | None = None) -> datetime:
    """Return a moment, by default now, as the shop's clock shows it."""
    return timezone.localtime(moment, shop_zone())


def not_past(day: date | None) -> date | None:
    """Return a mailing date, None for one that is past in the east: Canada Post then takes the day of the call."""
    return None if day is None or day < timezone.localtime(None, IN_THE_EAST).date() else day


def is_night() -> bool:
    """Say whether the shop's clock is within NIGHT."""
    return shop_time().hour in NIGHT


def shop_day(moment: datetime | None = None) -> date:
    """Return the shop's day of a moment, by default today."""
    return shop_time(moment).date()

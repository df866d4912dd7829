"""Clocks: that times have zones, which zone the shop's day is counted in, and whether Python knows Canada's zones."""

from datetime import datetime

from django.conf import settings
from django.core.checks import CheckMessage

from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.core.zone_data import outdated_zones
from deliver_to_po.operations.checks.messages import error, setting_name, warning
from deliver_to_po.operations.checks.shape import is_right

# When UTC and London differ.
SOME_SUMMER = datetime(2026, 7, 1)  # noqa: DTZ001 - a zone is asked for its offset then


def check_time_zones(**_kwargs: object) -> list[CheckMessage]:
    """Check that times are kept with their zone: ours are, and naive ones cannot be compared with them."""
    if settings.USE_TZ:
        return []
    message = "USE_TZ is False: the app's times have zones, and a buyer's first search would fail."
    fix = "Set USE_TZ = True. If your tables hold local times, follow “Migration guide” in Django's “Time zones”."
    return [error(65, message, fix)]


def check_shop_day(**_kwargs: object) -> list[CheckMessage]:
    """Warn when the shop's day is that of UTC, in which no sender of Canada lives."""
    if not is_right("TIME_ZONE") or not settings.USE_TZ or shop_zone().utcoffset(SOME_SUMMER):
        return []
    setting = setting_name("TIME_ZONE")
    message = (
        f"The shop's day is that of UTC, by {setting} or TIME_ZONE: cut-off, mailing dates, groups and morning mail go "
        "by it, and it ends in the afternoon or evening of Canada."
    )
    return [warning(92, message, f'Name the zone that parcels are sent from: {setting} = "America/Toronto".')]


def check_zone_data(**_kwargs: object) -> list[CheckMessage]:
    """Warn when the system's time zones are older than the package tzdata, which Python then does not read."""
    outdated = ", ".join(outdated_zones())
    if not outdated:
        return []
    message = f"This machine's time zones are older than the package tzdata: {outdated} will have wrong hours."
    fix = (
        "Update the system's tzdata. Or start Python with PYTHONTZPATH set to an empty text: it then reads the package."
    )
    return [warning(93, message, fix)]

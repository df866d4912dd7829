"""Clocks: that times have zones, which zone the shop's day is counted in, and whether Python knows Canada's zones."""

import zoneinfo
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata
from django.conf import settings
from django.core.checks import CheckMessage

from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.operations.checks.messages import error, setting_name, warning
from deliver_to_po.operations.checks.shape import is_right

# When UTC and London differ.
SOME_SUMMER = datetime(2026, 7, 1)  # noqa: DTZ001 - a zone is asked for its offset then
CANADA = (
    "America/St_Johns",
    "America/Halifax",
    "America/Moncton",
    "America/Toronto",
    "America/Winnipeg",
    "America/Regina",
    "America/Edmonton",
    "America/Vancouver",
    "America/Whitehorse",
    "America/Iqaluit",
)
# Changes are announced months before: so far ahead clocks are compared.
AHEAD_DAYS = 400
STEP_DAYS = 20


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
    outdated = ", ".join(_outdated_zones())
    if not outdated:
        return []
    message = f"This machine's time zones are older than the package tzdata: {outdated} will have wrong hours."
    fix = (
        "Update the system's tzdata. Or start Python with PYTHONTZPATH set to an empty text: it then reads the package."
    )
    return [warning(93, message, fix)]


def _outdated_zones() -> list[str]:
    """Return the zones in which the system's clock will be wrong within the next year, as far as ``tzdata`` knows."""
    if _system_version() >= tzdata.IANA_VERSION:
        return []
    now = datetime.now(UTC)
    moments = [now + timedelta(days=days) for days in range(0, AHEAD_DAYS, STEP_DAYS)]
    return [name for name in CANADA if _offsets(ZoneInfo(name), moments) != _offsets(_of_package(name), moments)]


def _system_version() -> str:
    """Return which version of the time zones the system has, such as "2026b"; ``""`` if it does not say."""
    for folder in zoneinfo.TZPATH:
        with suppress(OSError), (Path(folder) / "tzdata.zi").open(encoding="utf-8") as file:
            return file.readline().removeprefix("# version ").strip()
    return ""


def _of_package(name: str) -> tzinfo:
    folder, _, file = name.partition("/")
    with resources.files(f"tzdata.zoneinfo.{folder}").joinpath(file).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def _offsets(zone: tzinfo, moments: Iterable[datetime]) -> list[timedelta | None]:
    return [moment.astimezone(zone).utcoffset() for moment in moments]

"""Time zones of Canada that Python reads from the system, which are older than those of the package ``tzdata``."""

import zoneinfo
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata

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


def outdated_zones() -> list[str]:
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

"""Whether a postal counter is open, and until or from when, in its own time zone. On a holiday it only may be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache, partial
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from deliver_to_po.canadapost.hours import Span, WeeklyHours
from deliver_to_po.canadapost.identifiers import PROVINCES
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.offices.zones import zone_of_area

if TYPE_CHECKING:
    from holidays import HolidayBase

# A province's statutory holidays, and those of federal employers. What is "optional" there is no reason to close.
CATEGORIES = ("public", "government")
# A counter that did not open for so long has hours that nobody can rely on.
LOOKED_BACK_DAYS = 14


class State(StrEnum):
    """What can be said of a counter at one moment."""

    OPEN = "open"
    CLOSED = "closed"
    MAYBE_CLOSED = "maybe_closed"


@dataclass(frozen=True)
class Opening:
    """A counter at one moment. ``until`` is when it closes or opens next, in its own time; None if not in a week."""

    state: State
    now: datetime
    until: datetime | None = None


def opening(office: PostOffice, moment: datetime | None = None) -> Opening | None:
    """Return whether an office is open at ``moment``, by default now; None if its hours or time zone are unknown."""
    zone = zone_of_office(office)
    if office.hours is None or zone is None:
        return None
    return opening_of(office.hours, zone, office.province, moment or timezone.now())


def last_opening(office: PostOffice, until: date) -> Span | None:
    """Return the last stretch of opening that begins by the day ``until``, in the counter's own time.

    Days that are holidays do not count. None if hours or time zone are unknown, or it never opens in two weeks.
    """
    zone = zone_of_office(office)
    if office.hours is None or zone is None:
        return None
    for day in (until - timedelta(days=count) for count in range(LOOKED_BACK_DAYS)):
        stretches = [interval.span(day, zone) for interval in office.hours.on(day.isoweekday())]
        if stretches and not is_holiday(day, office.province):
            last = max(stretches, key=lambda each: each.closes)
            return Span(last.opens.astimezone(zone), last.closes.astimezone(zone))
    return None


def day_at(office: PostOffice) -> date:
    """Return which day it is at a post office, the shop's where nobody knows the time zone."""
    return timezone.localdate(None, zone_of_office(office) or shop_zone())


def zone_of_office(office: PostOffice) -> ZoneInfo | None:
    """Return the time zone of an office, None if nobody knows it.

    Until the directory knows it, the postal area tells it, unless that keeps more than one time.
    """
    name = office.zone or zone_of_area(office.province, office.postal_code)
    return ZoneInfo(name) if name else None


def opening_of(hours: WeeklyHours, zone: ZoneInfo, province: str, moment: datetime) -> Opening:
    """Return whether a counter with ``hours`` is open at ``moment``. Holidays do not count as its next opening."""
    now = moment.astimezone(zone)
    spans = hours.spans(moment, zone)
    first = next(spans, None)
    is_open = first is not None and first.opens <= moment
    opens_today, opens = False, None
    for span in spans if first is None or is_open else chain([first], spans):
        start = span.opens.astimezone(zone)
        opens_today |= start.date() == now.date()
        if not is_holiday(start.date(), province):
            opens = start
            break
    if is_holiday(now.date(), province) and (is_open or opens_today):
        return Opening(State.MAYBE_CLOSED, now, opens)
    if first is None or not is_open:
        return Opening(State.CLOSED, now, opens)
    # A counter that stays open for a whole week never closes. By its own clock: an hour may be missing in that week.
    closes = first.closes.astimezone(zone)
    return Opening(State.OPEN, now, closes if closes - now < timedelta(days=7) else None)


def is_holiday(day: date, province: str) -> bool:
    """Say whether ``day`` is a statutory holiday in a province, or one that Canada Post keeps."""
    return day in _holidays(province, day.year)


@lru_cache(maxsize=64)
def _holidays(province: str, year: int) -> frozenset[date]:
    known = province if province in PROVINCES else None
    here = _canada()(subdiv=known, years=year, categories=CATEGORIES)
    easter_monday = [day + timedelta(days=3) for day in here.get_named("Good Friday")]
    return frozenset((*here, *easter_monday, *_kept_by_canada_post(province, year)))


def _kept_by_canada_post(province: str, year: int) -> Iterator[date]:
    """Yield what Canada Post's holiday schedule (2026) has in a province beside those and Easter Monday."""
    saint_jean = date(year, 6, 24)
    if province == "QC" and saint_jean.isoweekday() > 5:
        yield _monday_from(saint_jean)
    if province in set(PROVINCES) - {"QC", "YT"}:
        yield _monday_from(date(year, 8, 1))


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


@cache
def _canada() -> Callable[..., "HolidayBase"]:
    """Return the library's class of Canada, loaded on first use and without the package that it stands in.

    With that come 250 other countries: 7 MB and 0.1 s of each process that shows a post office.
    """
    import holidays

    any_country = partial(holidays.country_holidays, "CA")
    spec = PathFinder.find_spec("canada", [f"{folder}/countries" for folder in holidays.__path__])
    if spec is None or spec.loader is None:
        return any_country
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    canada: Callable[..., HolidayBase] = getattr(module, "Canada", any_country)
    return canada

"""How distances, times, opening hours, addresses and money are written for a person, in the active language."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import cast
from urllib.parse import quote

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise, lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deliver_to_po.canadapost.hours import Interval, WeeklyHours
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.canadapost.types import Address, PostOffice, Service
from deliver_to_po.core.language import current_language
from deliver_to_po.core.shop_time import shop_time

NBSP = "\N{NO-BREAK SPACE}"
MIDNIGHT = time(0)
ONE_DECIMAL_BELOW_KM = 100
# Canada Post's public page of a parcel. It documents no address; this is the one that others link to, in both languages
# (sources in tests/admin/test_show.py).
TRACKING_PAGE = "https://www.canadapost-postescanada.ca/track-reperage/%(language)s#/details/%(number)s"


def _service_name(service: Service) -> str:
    """Return a service's name with its mark; French raises its mark, which only a page can do: see ``with_mark``."""
    return service.french if current_language() == "fr" else f"{service.english}™"


_lazy_name = lazy(_service_name, str)
SERVICES: Mapping[str, Promise] = {service: cast("Promise", _lazy_name(service)) for service in Service}


def distance(km: Decimal | float | None) -> str:
    """Return kilometres as people write them (``1.2 km``, ``1,2 km``), ``""`` if unknown."""
    if km is None:
        return ""
    decimals = 1 if round(Decimal(km), 1) < ONE_DECIMAL_BELOW_KM else 0
    # An office next door is 0.1 km away: 0.0 km would look like a mistake.
    rounded = max(round(Decimal(km), decimals), Decimal("0.1"))
    return f"{number_format(rounded, decimal_pos=decimals)}{NBSP}km"


def money(amount: Decimal | str) -> str:
    """Return an amount in CAD as people write it: ``$12.50``, ``12,50 $``."""
    return _("$%(amount)s") % {"amount": number_format(Decimal(amount), decimal_pos=2, force_grouping=True)}


def with_colon(what: str, says: str) -> str:
    """Return what something says: ``Label: stored``, in French with its space before the colon."""
    return _("%(what)s: %(says)s") % {"what": what, "says": says}


def service_name(code: str) -> str:
    """Return what people call a service of Canada Post; its code where it is none that goes to a post office."""
    return str(SERVICES.get(code, code))


def with_mark(name: str) -> SafeString:
    """Return the name of a service as HTML, in French with Canada Post's mark; any other text as it is, escaped."""
    return format_html('{}<sup aria-hidden="true">MC</sup>' if _lacks_mark(name) else "{}", name)


def with_typed_mark(name: str) -> str:
    """Return the same as plain text, which raises nothing: ``Xpresspost (MC)``."""
    return f"{name} (MC)" if _lacks_mark(name) else name


def _lacks_mark(name: str) -> bool:
    return current_language() == "fr" and name in map(str, SERVICES.values())


def tracking_page(number: str) -> str:
    """Return the address of Canada Post's page of a parcel, in the active language; nobody is asked for it."""
    return TRACKING_PAGE % {"language": current_language(), "number": quote(number, safe="")}


def city_line(address: Address | PostOffice) -> str:
    """Return ``Ottawa ON  K1A 0B1``, as Canada Post wants the last line of an address."""
    return f"{address.city} {address.province}  {display_postal_code(address.postal_code)}".strip()


def shown_city_line(address: Address | PostOffice) -> str:
    """Return ``Ottawa ON K1A 0B1`` as a person reads it: as people write the city, on one line with its postal code."""
    code = display_postal_code(address.postal_code).replace(" ", NBSP)
    return " ".join(part for part in (as_people_write(address.city), address.province, code) if part)


def day_and_time(moment: datetime) -> str:
    """Return date and time of day as people write them, in the shop's time zone."""
    local = shop_time(moment)
    # Translators: a date and a time of day.
    return _("%(date)s at %(time)s") % {"date": day_of_year(local.date()), "time": clock(local.time())}


def with_one_stop(told: str) -> str:
    """Return sentences in which a time that ends with "p.m." has its full stop already."""
    return told.replace(".m..", ".m.")


def day_of_week(day: date) -> str:
    """Return a day of the near future as people write it: ``Thursday, December 3``, ``jeudi 3 décembre``."""
    # Translators: the format of a date without its year, as Django's "date" filter takes it; "j" is the day.
    text = _first_of_month(day, date_format(day, _("l, F j")))
    # Day and month stay together. The whole as one word would be cut where large text leaves little room.
    return NBSP.join(text.rsplit(" ", 1))


def short_day(day: date) -> str:
    """Return a day of the near future in few letters and on one line: ``Fri., Dec. 4``, ``ven. 4 déc.``."""
    # Translators: the short format of a date, as Django's "date" filter takes it; "j" is the day.
    return _first_of_month(day, date_format(day, _("D., N j"))).replace(" ", NBSP)


def day_of_year(day: date) -> str:
    """Return a day with its year as people write it: ``Dec. 1, 2026``, ``1er décembre 2026``."""
    return _first_of_month(day, date_format(day, "DATE_FORMAT"))


def _first_of_month(day: date, text: str) -> str:
    """Return a written day with the ordinal that French has for the first of a month, and for no other."""
    return re.sub(r"\b1\b", "1er", text, count=1) if current_language() == "fr" and day.day == 1 else text


def hours_rows(hours: WeeklyHours) -> list[tuple[str, str]]:
    """Return (days, times) from Monday on. Days in a row with the same hours share one; closed days are named."""
    language = get_language()
    return [(_days(first, last, language), _times(times, language)) for first, last, times in _days_in_a_row(hours)]


def hours_of_day(hours: WeeklyHours, day: date) -> str:
    """Return the times of one day: ``9 a.m. – noon, 1 p.m. – 5 p.m.``, ``Closed``."""
    return _times(hours.on(day.isoweekday()), get_language())


def _days_in_a_row(hours: WeeklyHours) -> Iterator[tuple[int, int, tuple[Interval, ...]]]:
    """Yield first day, last day and hours of each group of days in a row with the same hours."""
    first = 1
    for day in range(2, 9):
        if day == 8 or hours.on(day) != hours.on(first):
            yield first, day - 1, hours.on(first)
            first = day


# Many offices have the same hours, so each text is made once for each language. ``_language`` is the active one: it is
# only there to be part of the cache's key.
@lru_cache(maxsize=256)
def _days(first: int, last: int, _language: str | None) -> str:
    if (first, last) == (1, 7):
        return _("Every day")
    names = {"first": WEEKDAYS[first - 1], "last": WEEKDAYS[last - 1]}
    if first == last:
        return capfirst(str(names["first"]))
    if last == first + 1:
        return capfirst(_("%(first)s and %(last)s") % names)
    return capfirst(_("%(first)s to %(last)s") % names)


@lru_cache(maxsize=1024)
def _times(intervals: tuple[Interval, ...], _language: str | None) -> str:
    if not intervals:
        return _("Closed")
    if intervals == (Interval(MIDNIGHT, MIDNIGHT),):
        return _("Open 24 hours")
    # A line may break between two intervals but not within one.
    return ", ".join(_interval(interval).replace(" ", NBSP) for interval in intervals)


def _interval(interval: Interval) -> str:
    # Translators: opening and closing time of a counter.
    return _("%(opens)s – %(closes)s") % {"opens": clock(interval.opens), "closes": clock(interval.closes)}


def clock(at: time) -> str:
    """Return a time of day as people write it: ``9:30 a.m.``, ``9 h 30``, ``noon``, ``midi``, ``midnight``."""
    if at == MIDNIGHT:
        return _("midnight")
    if at == time(12):
        return _("noon")
    if current_language() == "fr":
        return f"{at.hour}{NBSP}h{f'{NBSP}{at.minute:02d}' if at.minute else ''}"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{NBSP}{'a.m.' if at.hour < 12 else 'p.m.'}"

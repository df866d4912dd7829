"""Pages that are ready to be shown, kept until the clock's next minute: what many ask for costs what showing it costs.

Counters open and close on whole minutes, so a page stays true within one, but for an office that is found closed.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.cache import BaseCache
from django.utils import timezone
from django.utils.translation import get_language

from deliver_to_po.canadapost.types import Language, OfficeQuery
from deliver_to_po.checkout.shown import OfficePage, ShownOffice
from deliver_to_po.choices import Rung
from deliver_to_po.conf import app_settings
from deliver_to_po.offices.cache import key as key_of
from deliver_to_po.offices.directory import LAST_CLOSED
from deliver_to_po.shared_cache import attempt

VERSION = 1
MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is kept: ``key`` is of a question, how many offices are shown, the words' language and a minute."""

    key: str
    at: datetime

    @classmethod
    def of(cls, query: OfficeQuery, language: Language, show: int) -> "Place":
        """Return where the page of a search belongs just now."""
        now = timezone.now()
        minute = int(now.timestamp()) // MINUTE_SECONDS
        return cls(f"{key_of(query, language)}.page.{VERSION}.{show}.{get_language()}.{minute}", now)


def kept(place: Place) -> OfficePage | None:
    """Return the page that was made this minute, if any, with no office chosen."""

    def read(cache: BaseCache) -> OfficePage | None:
        found = cache.get_many([place.key, LAST_CLOSED])
        row = found.get(place.key)
        if not row or found.get(LAST_CLOSED, "") >= row["made_at"] or place.at.isoformat() >= row["until"]:
            return None
        return _page(row["page"])

    return attempt(read, None)


def keep(place: Place, page: OfficePage, asked_at: datetime) -> None:
    """Keep a page of the highest rung for the rest of the minute, never longer than its answer is fresh.

    A page with hours that are not known yet is not kept: they may be in a moment.
    """
    hours_known = all(office.hours is not None for office in page.offices)
    until = asked_at + app_settings.search_cache_lifetime
    if page.rung != Rung.FRESH or not page.offices or not hours_known or until <= timezone.now():
        return
    shown = asdict(page) | {"rung": page.rung.value}
    row = {"page": shown, "made_at": place.at.isoformat(), "until": until.isoformat()}
    attempt(lambda cache: cache.set(place.key, row, MINUTE_SECONDS), None)


def _page(row: dict[str, Any]) -> OfficePage:
    offices = tuple(_office(office) for office in row["offices"])
    return OfficePage(**{**row, "offices": offices, "rung": Rung(row["rung"])})


def _office(row: dict[str, Any]) -> ShownOffice:
    hours = tuple((days, times) for days, times in row["hours"])
    return ShownOffice(**{**row, "address_lines": tuple(row["address_lines"]), "hours": hours})

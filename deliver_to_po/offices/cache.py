"""Canada Post's answers to searches in the shared cache, as plain JSON values: nothing of ours is pickled.

If the cache is down, drops an entry or holds something that is not ours, a search is slower but never wrong.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.cache import BaseCache
from django.utils import timezone

from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.types import Coordinates, Language, OfficeQuery, PostOffice
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shared_cache import with_cache

VERSION = 3
# A service that is half down may answer that there are no offices, so we soon ask again.
NO_OFFICES_LIFETIME = timedelta(seconds=60)


class CachedAnswer(NamedTuple):
    """What Canada Post answered to a search, and when it was asked."""

    offices: tuple[PostOffice, ...]
    asked_at: datetime

    @property
    def fresh(self) -> bool:
        lifetime = app_settings.search_cache_lifetime if self.offices else NO_OFFICES_LIFETIME
        return timezone.now() - self.asked_at <= lifetime


def key(query: OfficeQuery, language: Language) -> str:
    """Return the cache key of a search: the same for the same query, language and Canada Post environment."""
    text = f"{app_settings.canada_post.environment}|{language}|{query}"
    return f"deliver_to_po.offices.{VERSION}.{sha256(text.encode()).hexdigest()[:32]}"


def store(query: OfficeQuery, language: Language, offices: Sequence[PostOffice], asked_at: datetime) -> CachedAnswer:
    """Store an answer for SEARCH_STALE_LIFETIME, or for a minute if it has no offices, and return it."""
    lifetime = app_settings.search_stale_lifetime if offices else NO_OFFICES_LIFETIME
    value = {"asked_at": asked_at.isoformat(), "offices": [to_json(office) for office in offices]}
    with_cache(lambda cache: cache.set(key(query, language), value, lifetime.total_seconds()), None)
    return CachedAnswer(tuple(offices), asked_at)


def cached_answer(query: OfficeQuery, language: Language) -> CachedAnswer | None:

    def read(cache: BaseCache) -> CachedAnswer | None:
        found = cache.get(key(query, language))
        if not found:
            return None
        offices = tuple(from_json(row) for row in found["offices"])
        return CachedAnswer(offices, datetime.fromisoformat(found["asked_at"]))

    return with_cache(read, None)


def fresh_answer(query: OfficeQuery, language: Language) -> CachedAnswer | None:
    answer = cached_answer(query, language)
    return answer if answer is not None and answer.fresh else None


def to_json(office: PostOffice) -> dict[str, Any]:
    row = {field.name: getattr(office, field.name) for field in dataclasses.fields(office)}
    row["coordinates"] = office.coordinates and [office.coordinates.latitude, office.coordinates.longitude]
    row["distance_km"] = None if office.distance_km is None else str(office.distance_km)
    row["hours"] = office.hours and office.hours.to_json()
    return row


def from_json(row: dict[str, Any]) -> PostOffice:
    return PostOffice(
        **{
            **row,
            "coordinates": Coordinates(*row["coordinates"]) if row["coordinates"] else None,
            "distance_km": None if row["distance_km"] is None else Decimal(row["distance_km"]),
            "hours": None if row["hours"] is None else WeeklyHours.from_json(row["hours"]),
        }
    )

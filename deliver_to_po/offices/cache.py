"""Canada Post's answers to searches, kept in Django's cache: as text, so that a cache holds nothing of ours pickled.

A cache that is down, evicts or holds something else makes a search slower, never wrong: its errors end here.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.cache import BaseCache
from django.utils import timezone

from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.types import Coordinates, Language, OfficeQuery, PostOffice
from deliver_to_po.conf import app_settings
from deliver_to_po.shared_cache import attempt

VERSION = 2
# "None near" may be a service that is half down: it is asked again soon.
NONE_NEAR_LIFETIME = timedelta(seconds=60)


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """A kept answer, and when Canada Post gave it."""

    offices: tuple[PostOffice, ...]
    asked_at: datetime

    @property
    def fresh(self) -> bool:
        """Say whether it counts as Canada Post's answer of now."""
        lifetime = app_settings.search_cache_lifetime if self.offices else NONE_NEAR_LIFETIME
        return timezone.now() - self.asked_at <= lifetime


def key(query: OfficeQuery, language: Language) -> str:
    """Return the key of a question: the same question in the same language to the same Canada Post."""
    text = f"{app_settings.canada_post.environment}|{language}|{query}"
    return f"deliver_to_po.offices.{VERSION}.{sha256(text.encode()).hexdigest()[:32]}"


def keep(query: OfficeQuery, language: Language, offices: Sequence[PostOffice], asked_at: datetime) -> Kept:
    """Keep an answer for SEARCH_STALE_LIFETIME, one that found nothing for a minute, and return it."""
    lifetime = app_settings.search_stale_lifetime if offices else NONE_NEAR_LIFETIME
    value = {"asked_at": asked_at.isoformat(), "offices": [to_json(office) for office in offices]}
    attempt(lambda cache: cache.set(key(query, language), value, lifetime.total_seconds()), None)
    return Kept(tuple(offices), asked_at)


def kept(query: OfficeQuery, language: Language) -> Kept | None:
    """Return a kept answer, fresh or not."""

    def read(cache: BaseCache) -> Kept | None:
        found = cache.get(key(query, language))
        if not found:
            return None
        return Kept(tuple(from_json(row) for row in found["offices"]), datetime.fromisoformat(found["asked_at"]))

    return attempt(read, None)


def to_json(office: PostOffice) -> dict[str, Any]:
    """Return ``office`` as JSON."""
    row = {field.name: getattr(office, field.name) for field in dataclasses.fields(office)}
    row["coordinates"] = office.coordinates and [office.coordinates.latitude, office.coordinates.longitude]
    row["distance_km"] = None if office.distance_km is None else str(office.distance_km)
    row["hours"] = office.hours and office.hours.to_json()
    return row


def from_json(row: dict[str, Any]) -> PostOffice:
    """Read what ``to_json`` wrote."""
    return PostOffice(
        **{
            **row,
            "coordinates": Coordinates(*row["coordinates"]) if row["coordinates"] else None,
            "distance_km": None if row["distance_km"] is None else Decimal(row["distance_km"]),
            "hours": None if row["hours"] is None else WeeklyHours.from_json(row["hours"]),
        }
    )

"""Canada Post's answers to searches, kept in Django's cache: as text, so that a cache holds nothing of ours pickled."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.cache import caches

from deliver_to_po.canadapost.hours import WeeklyHours
from deliver_to_po.canadapost.types import Coordinates, Language, OfficeQuery, PostOffice
from deliver_to_po.conf import app_settings

VERSION = 1


def key(query: OfficeQuery, language: Language) -> str:
    """Return the key of a question: the same question in the same language to the same Canada Post."""
    text = f"{app_settings.canada_post.environment}|{language}|{query}"
    return f"deliver_to_po.offices.{VERSION}.{sha256(text.encode()).hexdigest()[:32]}"


def keep(query: OfficeQuery, language: Language, offices: Sequence[PostOffice], asked_at: datetime) -> None:
    """Keep an answer for SEARCH_CACHE_LIFETIME."""
    caches[app_settings.search_cache].set(
        key(query, language),
        {"asked_at": asked_at.isoformat(), "offices": [to_json(office) for office in offices]},
        app_settings.search_cache_lifetime.total_seconds(),
    )


def kept(query: OfficeQuery, language: Language) -> tuple[tuple[PostOffice, ...], datetime] | None:
    """Return a kept answer and when Canada Post gave it."""
    found = caches[app_settings.search_cache].get(key(query, language))
    if not found:
        return None
    return tuple(from_json(row) for row in found["offices"]), datetime.fromisoformat(found["asked_at"])


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

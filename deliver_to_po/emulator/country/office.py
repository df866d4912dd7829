"""A made-up post office, and an office with its distance."""

from dataclasses import dataclass, field
from typing import TypeAlias

# Day 1 is Sunday; a closed day is absent; four times mean closed for lunch.
Hours: TypeAlias = tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Office:
    """One made-up post office."""

    office_id: str
    name: str
    name_fr: str
    location: str
    location_fr: str
    street: str
    city: str
    province: str
    postal_code: str
    latitude: float
    longitude: float
    bilingual: bool
    accepts_d2po: bool
    hours: Hours = field(repr=False)


@dataclass(frozen=True)
class Near:
    """An office and how far away it is in kilometres."""

    office: Office
    distance_km: float

"""The emulator's directory of post offices: by id, near a point, and where a postal code or an address lies."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from math import asin, cos, radians, sin, sqrt

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.emulator.country.grid import Grid
from deliver_to_po.emulator.country.made_up_offices import make_offices
from deliver_to_po.emulator.country.office import Hours, Near, Office
from deliver_to_po.emulator.country.places import areas, is_large, plain, point_of_city

__all__ = ["Hours", "Near", "Office", "all_offices", "distance_km", "nearest", "office"]

# An invented limit: a search finds no office farther away.
FARTHEST_KM = 200.0

# How far to look at first; farther only if there are too few.
_RADII_KM = (10.0, 40.0, FARTHEST_KM)
# "Bank and Slater", "Yonge/Bloor", "Saint-Denis et Rachel": two streets in one name. The slash of "12 1/2" is none.
# Two streets, or a house number before one: not before a type, since 104 St and 12e Avenue are names.
_NOT_ONE_STREET = re.compile(
    r"\S\s+(and|et|at)\s+\S|[&@+/]|^\s*[0-9]+[a-df-z]?\s+(?!(st|street|av|ave|avenue|rd|road|line)\b)", re.IGNORECASE
)

_CELL_DEGREES = 0.5
_KM_PER_DEGREE = 111.2


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance along a great circle in kilometres."""
    north = sin(radians(other_latitude - latitude) / 2) ** 2
    east = sin(radians(other_longitude - longitude) / 2) ** 2
    across = cos(radians(latitude)) * cos(radians(other_latitude))
    return 2 * 6371.0 * asin(sqrt(min(1.0, north + across * east)))


@cache
def all_offices() -> tuple[Office, ...]:
    """Return every office, the same ones at every start."""
    return tuple(make_offices())


@cache
def _by_id() -> dict[str, Office]:
    return {comparable_office_id(office.office_id): office for office in all_offices()}


@cache
def _by_postal_code() -> dict[str, Office]:
    return {office.postal_code: office for office in reversed(all_offices())}


@cache
def _by_city() -> dict[tuple[str, str], tuple[Office, ...]]:
    cities: dict[tuple[str, str], list[Office]] = {}
    for office_ in all_offices():
        cities.setdefault((plain(office_.city), office_.province), []).append(office_)
    return {key: tuple(found) for key, found in cities.items()}


@cache
def _by_place() -> Grid[Office]:
    grid: Grid[Office] = Grid(_CELL_DEGREES)
    for office_ in all_offices():
        grid.add(office_.longitude, office_.latitude, office_)
    return grid


@cache
def _middles() -> dict[str, tuple[float, float]]:
    """Return where each area lies; two characters or one stand for the first area that begins with them."""
    middles: dict[str, tuple[float, float]] = {}
    for area in areas():
        for length in (3, 2, 1):
            middles.setdefault(area.code[:length], (area.latitude, area.longitude))
    return middles


def office(office_id: str) -> Office | None:
    """Return the office with that id, with or without leading zeros."""
    return _by_id().get(comparable_office_id(office_id))


def point_of_postal_code(postal_code: str) -> tuple[float, float] | None:
    """Return latitude and longitude for a postal code ``A9A9A9``; None if the emulator knows nothing like it.

    An office's own postal code is exact, else the middle of its area, else of the first known area that shares two
    characters, else of the first that shares the first letter.
    """
    if (exact := _by_postal_code().get(postal_code)) is not None:
        return exact.latitude, exact.longitude
    known = (_middles().get(postal_code[:length]) for length in (3, 2, 1))
    return next((where for where in known if where is not None), None)


def point_of_address(province: str, city: str, street: str) -> tuple[float, float] | None:
    """Return latitude and longitude of an office on that street, else of the city.

    None for an unknown city, for two streets in one name or a house number before it, and for a larger city without a
    street: there Canada Post answers no list.
    """
    if _NOT_ONE_STREET.search(street) or (not street.strip() and is_large(province, city)):
        return None
    for office_ in _by_city().get((plain(city), province), ()):
        if street.strip() and plain(street) in plain(office_.street):
            return office_.latitude, office_.longitude
    return point_of_city(province, city)


def nearest(
    latitude: float, longitude: float, maximum: int, wanted: Callable[[Office], bool] = lambda office: True
) -> Sequence[Near]:
    """Return the offices within reach that pass the test ``wanted``, nearest first."""
    found: list[Near] = []
    for radius in _RADII_KM:
        found = [near for near in _within(latitude, longitude, radius) if wanted(near.office)]
        if len(found) >= maximum:
            break
    return sorted(found, key=lambda near: (near.distance_km, near.office.office_id))[:maximum]


def _within(latitude: float, longitude: float, radius_km: float) -> list[Near]:
    north = radius_km / _KM_PER_DEGREE
    east = north / max(0.02, cos(radians(min(89.0, abs(latitude) + north))))
    box = (longitude - east, latitude - north, longitude + east, latitude + north)
    measured = (
        Near(one, distance_km(latitude, longitude, one.latitude, one.longitude)) for one in _by_place().near(*box)
    )
    return [near for near in measured if near.distance_km <= radius_km]

"""The nearest offices in our own directory, for when Canada Post cannot be asked."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from statistics import fmean
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from deliver_to_po.canadapost.types import (
    Coordinates,
    Language,
    NearAddress,
    NearCoordinates,
    NearPostalCode,
    OfficeQuery,
    PostOffice,
)
from deliver_to_po.errors import OfficesUnavailable, PlaceNotKnown
from deliver_to_po.models import Office
from deliver_to_po.offices import directory
from deliver_to_po.offices.typed.places import fold, known_place
from deliver_to_po.offices.typed.postal_codes import LENGTH_OF_HALF
from deliver_to_po.offices.typed.whereabouts import area_of

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = math.radians(1) * EARTH_RADIUS_KM
POINT = ("latitude", "longitude")
# A postal code whose second character is 0 is rural.
RURAL = "0"
# How far to look at first, and at most. An office that is farther away is no help: our directory does not know that
# part of the country yet.
REACH_KM, RURAL_REACH_KM = (25.0, 100.0), (80.0, 200.0)
# If we found too few offices, we look this many times farther than we expect to have to; this many times if none.
MARGIN, GROWTH_FROM_NONE = 1.6, 4.0


class Precision(StrEnum):
    """How well we know where a search is, if only the offices in our directory can tell us."""

    EXACT = "exact"
    AREA = "area"


class Centre(NamedTuple):
    """The point to measure distances from, and whether it is the place itself or the centre of its area."""

    coordinates: Coordinates
    precision: Precision


class NearbyOffices(NamedTuple):
    """Offices of our directory, nearest first. ``seen_at`` is the oldest of the times when Canada Post offered them."""

    offices: tuple[PostOffice, ...]
    seen_at: datetime
    precision: Precision


def nearby_offices(query: OfficeQuery, language: Language, needed: int) -> NearbyOffices:
    """Return the ``needed`` offices of our directory nearest to what was searched for, or as many as there are.

    Raises PlaceNotKnown if our offices do not tell where that is, and OfficesUnavailable if none is near.
    """
    centre = centre_of(query)
    if centre is None:
        raise PlaceNotKnown if directory.offerable().exists() else OfficesUnavailable
    found = nearest(centre.coordinates, needed, rural=_is_rural(query))
    if not found:
        raise OfficesUnavailable
    seen_at = min((row.offered_at for _, row in found if row.offered_at), default=timezone.now())
    return NearbyOffices(
        tuple(replace(directory.post_office(row, language), distance_km=Decimal(f"{km:.2f}")) for km, row in found),
        seen_at,
        centre.precision,
    )


def centre_of(query: OfficeQuery) -> Centre | None:
    """Return the point that a search is about: the centre of the known offices there. None if there are none.

    For a postal code that is the offices that have it, else those in its area, else the middle of the area; for an
    address, the offices in its city, else the middle of the city. Closed offices, and those seen long ago, tell as well
    as any.
    """
    if isinstance(query, NearCoordinates):
        return Centre(query.coordinates, Precision.EXACT)
    if isinstance(query, NearPostalCode):
        return _of_postal_code(query.postal_code)
    place = known_place(query.city, query.province)
    middle = Centre(place.coordinates, Precision.AREA) if place else None
    return _centre_of_points(in_city(query).values_list(*POINT)) or middle


def _of_postal_code(code: str) -> Centre | None:
    """Return the centre of the known offices of a whole code, else of its area, else the area's middle in our table."""
    half = code[:LENGTH_OF_HALF]
    exact = _centre_of_points(_points(postal_code=code), Precision.EXACT)
    in_area = exact or _centre_of_points(_points(postal_code__range=(f"{half}0A0", f"{half}9Z9")))
    area = area_of(half)
    return in_area or (Centre(area.middle, Precision.AREA) if area else None)


def in_city(query: NearAddress, offices: Callable[..., QuerySet[Office]] = directory.known) -> QuerySet[Office]:
    """Return the known ``offices`` of a city, in whatever spelling."""
    wanted = fold(query.city)
    here = {"province": query.province} if query.province else {}
    # No condition on coordinates: so the database finds all of this in an index.
    cities = directory.known(**here).order_by().values_list("city", flat=True).distinct()
    return offices(**here, city__in=[city for city in cities if fold(city) == wanted])


def _points(**conditions: Any) -> Iterable[tuple[float | None, float | None]]:
    return directory.known(**conditions).order_by().values_list(*POINT)


def _centre_of_points(
    points: Iterable[tuple[float | None, float | None]], precision: Precision = Precision.AREA
) -> Centre | None:
    known = [(latitude, longitude) for latitude, longitude in points if latitude is not None and longitude is not None]
    if not known:
        return None
    return Centre(Coordinates(*(fmean(degrees) for degrees in zip(*known, strict=True))), precision)


def nearest(centre: Coordinates, needed: int, *, rural: bool = False) -> list[tuple[float, Office]]:
    """Return (kilometres, office) of the ``needed`` nearest offices that we may offer, or of as many as there are.

    We look into a box, and make it larger until the circle inside it holds enough, or reaches as far as is of any help.
    The database finds what is in the box by an index, and we read no more than ``needed`` rows of it.
    """
    reach_km, farthest_km = RURAL_REACH_KM if rural else REACH_KM
    while True:
        rows = _in_box(centre, reach_km / KM_PER_DEGREE).order_by(flat_distance(centre))[:needed]
        measured = ((distance_km(centre, Coordinates(row.latitude or 0.0, row.longitude or 0.0)), row) for row in rows)
        inside = sorted((pair for pair in measured if pair[0] <= reach_km), key=itemgetter(0))
        if len(inside) >= needed or reach_km >= farthest_km:
            return inside
        # How far we have to look if offices are as dense there as they are here.
        growth = math.sqrt(needed / len(inside)) * MARGIN if inside else GROWTH_FROM_NONE
        reach_km = min(reach_km * growth, farthest_km)


def flat_distance(centre: Coordinates) -> RawSQL:
    """Return the square of the distance on a map on which degrees of longitude shrink evenly towards the pole.

    It puts offices in the same order as the great circle does, unless their distances differ by less than a thousandth.
    It is SQL because Django takes longer to compile the same from expressions than the database takes to answer.
    """
    latitude, longitude = centre.latitude, centre.longitude
    cosine, sine = math.cos(math.radians(latitude)), math.sin(math.radians(latitude))
    shrinking = cosine * math.radians(sine)
    at_equator = cosine**2 + shrinking * latitude
    sql = "(latitude - %s) * (latitude - %s) + (longitude - %s) * (longitude - %s) * (%s - %s * latitude)"
    return RawSQL(sql, (latitude, latitude, longitude, longitude, at_equator, shrinking))  # noqa: S611


def distance_km(one: Coordinates, other: Coordinates) -> float:
    """Return the length of the great circle between two points in kilometres."""
    lat, other_lat = math.radians(one.latitude), math.radians(other.latitude)
    north, east = (other_lat - lat) / 2, math.radians(other.longitude - one.longitude) / 2
    part = math.sin(north) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(east) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(part)))


def _is_rural(query: OfficeQuery) -> bool:
    return isinstance(query, NearPostalCode) and query.postal_code[1] == RURAL


def _in_box(centre: Coordinates, half: float) -> QuerySet[Office]:
    """Return the offices we may offer within ``half`` degrees north and south, and as many kilometres east and west."""
    south, north = centre.latitude - half, centre.latitude + half
    # Degrees of longitude are shortest at the edge that is nearest to the pole.
    narrow = max(math.cos(math.radians(min(89.0, max(abs(south), abs(north))))), 0.01)
    east = min(half / narrow, 180.0)
    box = {"latitude__range": (south, north), "longitude__range": (centre.longitude - east, centre.longitude + east)}
    return directory.offerable(**box)

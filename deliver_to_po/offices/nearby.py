"""Our own directory as an answer: the nearest known offices to a place, for when Canada Post cannot be asked."""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from statistics import fmean

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

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = math.radians(1) * EARTH_RADIUS_KM
# How far to look first; an area whose second character is 0 is rural.
FIRST_KM, FIRST_RURAL_KM = 25.0, 80.0
# What is farther is no answer: the directory has not learnt that part of the country yet.
FARTHEST_KM = 500.0
# What several areas (FSA) share that lie close together, at most 35 km from their middle by GeoNames: a city's. An area
# that is not known lies where its neighbours do. Elsewhere two characters say little: V1 is Langley and Fort St. John.
CITIES_OWN = re.compile(r"B3|G[12]|H[1-5789]|J4|K[124]|L[258]|M[1-9]?|N[69]|P[3467]|R[2-6]|S7|T[2356]|V[56]")
# How much farther to look than where enough are expected, and how much where none was found.
MARGIN, GROWTH_FROM_NONE = 1.6, 4.0
RURAL = "0"
SAINTS = {"st": "saint", "ste": "sainte"}


class Precision(StrEnum):
    """How well the centre of a search is known when only known offices tell where a place is."""

    EXACT = "exact"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Centre:
    """Where to measure from, and whether that point is the place itself or the middle of its area."""

    coordinates: Coordinates
    precision: Precision


@dataclass(frozen=True, slots=True)
class Nearby:
    """Known offices, nearest first; ``seen_at`` is when Canada Post offered the one that it offered longest ago."""

    offices: tuple[PostOffice, ...]
    seen_at: datetime
    precision: Precision


def near(query: OfficeQuery, language: Language, needed: int) -> Nearby:
    """Return the ``needed`` offices nearest to what ``query`` says.

    Raises PlaceNotKnown when the known offices do not tell where that is, and OfficesUnavailable when none is near.
    """
    centre = centre_of(query)
    if centre is None:
        raise PlaceNotKnown if directory.answering().exists() else OfficesUnavailable
    found = nearest(centre.coordinates, needed, _first_km(query))
    if not found:
        raise OfficesUnavailable
    seen_at = min((row.offered_at for _, row in found if row.offered_at), default=timezone.now())
    return Nearby(
        tuple(replace(directory.post_office(row, language), distance_km=Decimal(f"{km:.2f}")) for km, row in found),
        seen_at,
        centre.precision,
    )


def centre_of(query: OfficeQuery) -> Centre | None:
    """Return where a place is, as known offices tell: the middle of those that share it; None when they do not tell.

    Those that share a postal code, else its area, else the city that the area is in; or a city by name. Closed offices
    and those seen long ago tell where a place is, too.
    """
    if isinstance(query, NearCoordinates):
        return Centre(query.coordinates, Precision.EXACT)
    if isinstance(query, NearPostalCode):
        return _of_postal_code(query.postal_code)
    return _middle(_in_city(query).values_list("latitude", "longitude"))


def _of_postal_code(code: str) -> Centre | None:
    middles = directory.postal_middles()
    if code in middles:
        return Centre(middles[code], Precision.EXACT)
    cities_own = [begins for begins in (code[:2], code[:1]) if CITIES_OWN.fullmatch(begins)]
    area = next((middles[begins] for begins in (code[:3], *cities_own) if begins in middles), None)
    return Centre(area, Precision.AREA) if area else None


def _in_city(query: NearAddress) -> QuerySet[Office]:
    """Return the known offices of a city, however its name is spelled."""
    wanted = folded(query.city)
    here = {"province": query.province} if query.province else {}
    # Without a condition on coordinates an index has all of this answer.
    cities = directory.known(**here).order_by().values_list("city", flat=True).distinct()
    return directory.known(**here, city__in=[city for city in cities if folded(city) == wanted])


def _middle(points: Iterable[tuple[float | None, float | None]]) -> Centre | None:
    known = [(latitude, longitude) for latitude, longitude in points if latitude is not None and longitude is not None]
    if not known:
        return None
    return Centre(Coordinates(*(fmean(degrees) for degrees in zip(*known, strict=True))), Precision.AREA)


def nearest(centre: Coordinates, needed: int, first_km: float = FIRST_KM) -> list[tuple[float, Office]]:
    """Return (kilometres, office) of the ``needed`` nearest known offices that answer, fewer where there are few.

    Looks into a box, the first one ``first_km`` to each side, that grows until the circle inside it holds enough: an
    index of latitudes and longitudes finds what is in it, and no more than ``needed`` of them are read.
    """
    reach_km = first_km
    while True:
        rows = _in_box(centre, reach_km / KM_PER_DEGREE).order_by(_flat_distance(centre))[:needed]
        measured = ((distance_km(centre, Coordinates(row.latitude or 0.0, row.longitude or 0.0)), row) for row in rows)
        inside = sorted((pair for pair in measured if pair[0] <= reach_km), key=itemgetter(0))
        if len(inside) >= needed or reach_km >= FARTHEST_KM:
            return inside
        # As if offices were as dense everywhere as they are here.
        growth = math.sqrt(needed / len(inside)) * MARGIN if inside else GROWTH_FROM_NONE
        reach_km = min(reach_km * growth, FARTHEST_KM)


def _flat_distance(centre: Coordinates) -> RawSQL:
    """Return the square of the distance on a map on which degrees of longitude shrink evenly towards the pole.

    It orders offices as the great circle does, save those whose distances differ by less than a thousandth. As SQL: put
    together from Django's expressions it takes longer to compile than to answer.
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


def _first_km(query: OfficeQuery) -> float:
    return FIRST_RURAL_KM if isinstance(query, NearPostalCode) and query.postal_code[1] == RURAL else FIRST_KM


def _in_box(centre: Coordinates, half: float) -> QuerySet[Office]:
    """Return the offices that answer within ``half`` degrees of latitude, and as many kilometres east and west."""
    south, north = centre.latitude - half, centre.latitude + half
    # Degrees of longitude are shortest at the edge that is nearest to the pole.
    narrow = max(math.cos(math.radians(min(89.0, max(abs(south), abs(north))))), 0.01)
    east = min(half / narrow, 180.0)
    box = {"latitude__range": (south, north), "longitude__range": (centre.longitude - east, centre.longitude + east)}
    return directory.answering(**box)


def folded(name: str) -> str:
    """Return the name of a place without accents, case, hyphens and the difference between St and Saint."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return " ".join(SAINTS.get(word, word) for word in words)

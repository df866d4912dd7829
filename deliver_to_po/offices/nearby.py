"""Our own directory as an answer: the nearest known offices to a place, for when Canada Post cannot be asked."""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Avg, QuerySet
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
from deliver_to_po.models import Office
from deliver_to_po.offices import directory

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = math.radians(1) * EARTH_RADIUS_KM
ENOUGH = 10
AT_MOST = 50
# Half the side of each box. What is farther than the last is no answer: the directory has not learnt that part of the
# country yet.
REACHES_KM = (3.0, 9.0, 27.0, 80.0, 200.0, 500.0)
SAINTS = {"st": "saint", "ste": "sainte"}


class Precision(StrEnum):
    """How well the centre of a search is known when only known offices tell where a place is."""

    EXACT = "exact"
    AREA = "area"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Centre:
    """Where to measure from, and what that point stands for: the place itself, its area or its part of the country."""

    coordinates: Coordinates
    precision: Precision


@dataclass(frozen=True, slots=True)
class Nearby:
    """Known offices, nearest first; ``seen_at`` is when Canada Post offered the one that it offered longest ago."""

    offices: tuple[PostOffice, ...]
    seen_at: datetime
    precision: Precision


def near(query: OfficeQuery, language: Language) -> Nearby | None:
    """Return the offices nearest to what ``query`` says; None when the directory knows neither place nor offices."""
    centre = centre_of(query)
    found = nearest(centre.coordinates) if centre else []
    if centre is None or not found:
        return None
    rows = Office.objects.in_bulk([pk for _, pk in found])
    known = [(km, rows[pk]) for km, pk in found if pk in rows]
    seen_at = min((row.offered_at for _, row in known if row.offered_at), default=timezone.now())
    return Nearby(
        tuple(_measured(directory.post_office(row, language), km, centre.precision) for km, row in known),
        seen_at,
        centre.precision,
    )


def centre_of(query: OfficeQuery) -> Centre | None:
    """Return the middle of the known offices that share the place: of its postal code, area (FSA), city or region.

    Closed offices and those seen long ago tell where a place is, too.
    """
    if isinstance(query, NearCoordinates):
        return Centre(query.coordinates, Precision.EXACT)
    placed = directory.known().filter(latitude__isnull=False, longitude__isnull=False)
    for rows, precision in _alike(query, placed):
        middle = rows.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
        if middle["latitude"] is not None:
            return Centre(Coordinates(middle["latitude"], middle["longitude"]), precision)
    return None


def nearest(centre: Coordinates) -> list[tuple[float, int]]:
    """Return (kilometres, primary key) of known offices that answer, at most 50: the nearest ten are among them.

    Looks into boxes that grow until the circle inside one holds ten, so that an index of latitudes and longitudes
    does the work however many offices there are.
    """
    inside: list[tuple[float, int]] = []
    for reach_km in REACHES_KM:
        rows = _in_box(centre, reach_km / KM_PER_DEGREE).values_list("latitude", "longitude", "pk")
        found = sorted((distance_km(centre, Coordinates(lat or 0.0, lon or 0.0)), pk) for lat, lon, pk in rows)
        inside = [pair for pair in found if pair[0] <= reach_km]
        if len(inside) >= ENOUGH:
            break
    return inside[:AT_MOST]


def distance_km(one: Coordinates, other: Coordinates) -> float:
    """Return the length of the great circle between two points in kilometres."""
    lat, other_lat = math.radians(one.latitude), math.radians(other.latitude)
    north, east = (other_lat - lat) / 2, math.radians(other.longitude - one.longitude) / 2
    part = math.sin(north) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(east) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(part)))


def _in_box(centre: Coordinates, half: float) -> QuerySet[Office]:
    """Return the offices that answer within ``half`` degrees of latitude, and as many kilometres east and west."""
    south, north = centre.latitude - half, centre.latitude + half
    # Degrees of longitude are shortest at the edge that is nearest to the pole.
    narrow = max(math.cos(math.radians(min(89.0, max(abs(south), abs(north))))), 0.01)
    east = min(half / narrow, 180.0)
    box = {"latitude__range": (south, north), "longitude__range": (centre.longitude - east, centre.longitude + east)}
    return directory.answering().filter(**box)


def _alike(query: OfficeQuery, placed: QuerySet[Office]) -> Iterator[tuple[QuerySet[Office], Precision]]:
    """Yield the known offices that share the place, from those that share most of it."""
    if isinstance(query, NearPostalCode):
        code = query.postal_code
        yield placed.filter(postal_code=code), Precision.EXACT
        yield placed.filter(postal_code__range=(f"{code[:3]}0A0", f"{code[:3]}9Z9")), Precision.AREA
        yield placed.filter(postal_code__range=(f"{code[:1]}0A0A0", f"{code[:1]}9Z9Z9")), Precision.REGION
    elif isinstance(query, NearAddress):
        in_province = placed.filter(province=query.province) if query.province else placed
        wanted = folded(query.city)
        # Without the condition on coordinates an index has all of this answer.
        spelled = directory.known().filter(province=query.province) if query.province else directory.known()
        cities = spelled.order_by().values_list("city", flat=True).distinct()
        yield in_province.filter(city__in=[city for city in cities if folded(city) == wanted]), Precision.AREA
        yield in_province, Precision.REGION


def folded(name: str) -> str:
    """Return the name of a place without accents, case, hyphens and the difference between St and Saint."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return " ".join(SAINTS.get(word, word) for word in words)


def _measured(office: PostOffice, km: float, precision: Precision) -> PostOffice:
    """Return ``office`` with its distance, which says nothing where only the part of the country is known."""
    if precision == Precision.REGION:
        return office
    return replace(office, distance_km=Decimal(f"{km:.2f}"))

"""The emulator's post offices: made up, the same ones at every start, in the shape of Canada's."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import asin, cos, radians, sin, sqrt

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.emulator.places import Place, PostalArea, places

OFFICES_PER_AREA = 3
OFFICES_IN_A_LONE_AREA = 5

# An invented bound: who asks from farther away has no office near.
FARTHEST_KM = 200.0

FRENCH_PROVINCES = ("QC",)
BILINGUAL_PROVINCES = ("NB", "ON", "QC")

# A territory's capital whose counters take no D2PO parcels, so that somebody always finds none near.
AREAS_WITHOUT_D2PO = ("X0A",)

_LETTERS = "ABCEGHJKLMNPRSTVWXYZ"
_FAMILIES = (
    ("BIRCHWOOD", "DU BOULEAU"),
    ("MAPLE LANE", "DES ÉRABLES"),
    ("NORTH STAR", "DE L'ÉTOILE"),
    ("HERON", "DU HÉRON"),
    ("OLD MILL", "DU VIEUX-MOULIN"),
    ("LIGHTHOUSE", "DU PHARE"),
    ("CEDAR GROVE", "DE LA CÉDRIÈRE"),
    ("RIVERBEND", "DU MÉANDRE"),
    ("SNOW GOOSE", "DE L'OIE BLANCHE"),
    ("BLUE SPRUCE", "DE L'ÉPINETTE"),
    ("STATION ROAD", "DE LA GARE"),
    ("MARIGOLD", "DU SOUCI"),
)
_SHOPS = (
    ("{} PHARMACY", "PHARMACIE {}"),
    ("{} GENERAL STORE", "MAGASIN GÉNÉRAL {}"),
    ("{} STATIONERY", "PAPETERIE {}"),
    ("{} CONVENIENCE", "DÉPANNEUR {}"),
    ("{} GROCERY", "ÉPICERIE {}"),
)
_STREETS = (
    ("MAIN ST", "RUE PRINCIPALE"),
    ("MAPLE ST", "RUE DES ÉRABLES"),
    ("RIVERSIDE DR", "CH DE LA RIVIÈRE"),
    ("STATION RD", "RUE DE LA GARE"),
    ("CHURCH ST", "RUE DE L'ÉGLISE"),
    ("PARK AVE", "AV DU PARC"),
    ("MARKET SQ", "PLACE DU MARCHÉ"),
    ("LAKESHORE RD", "CH DU LAC"),
    ("HILL ST", "CÔTE DU COTEAU"),
    ("MILL ST", "RUE DU MOULIN"),
)
_QUARTERS = (
    ("CENTRE", "CENTRE"),
    ("NORTH END", "QUARTIER NORD"),
    ("EASTGATE", "PORTE DE L'EST"),
    ("WESTVALE", "VAL-OUEST"),
    ("SOUTH SHORE", "RIVE-SUD"),
    ("OLD TOWN", "VIEILLE VILLE"),
    ("UPLANDS", "LES HAUTEURS"),
    ("BROOKSIDE", "LE RUISSEAU"),
)

Hours = tuple[tuple[int, tuple[str, ...]], ...]

_WEEK = (2, 3, 4, 5, 6)
_SATURDAY = 7
_SUNDAY = 1
_PATTERNS: tuple[Hours, ...] = (
    (*((day, ("09:00", "17:00")) for day in _WEEK), (_SATURDAY, ("10:00", "14:00"))),
    tuple((day, ("08:30", "12:00", "13:00", "17:00")) for day in _WEEK),
    (
        (_SUNDAY, ("10:00", "17:00")),
        *((day, ("08:00", "21:00")) for day in _WEEK),
        (_SATURDAY, ("09:00", "18:00")),
    ),
    tuple((day, ("08:00", "00:00")) for day in (_SUNDAY, *_WEEK, _SATURDAY)),
    (
        *((day, ("09:30", "12:30", "13:30", "17:30")) for day in _WEEK if day != 4),
        (_SATURDAY, ("09:30", "12:30")),
    ),
)


@dataclass(frozen=True, slots=True)
class Office:
    """One made-up post office. ``hours`` holds (day, times) with day 1 = Sunday; a closed day is absent."""

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


@dataclass(frozen=True, slots=True)
class Near:
    """An office and how far away it is in kilometres."""

    office: Office
    distance_km: float


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance along a great circle in kilometres."""
    north = sin(radians(other_latitude - latitude) / 2) ** 2
    east = sin(radians(other_longitude - longitude) / 2) ** 2
    across = cos(radians(latitude)) * cos(radians(other_latitude))
    return 2 * 6371.0 * asin(sqrt(min(1.0, north + across * east)))


@cache
def all_offices() -> tuple[Office, ...]:
    """Return every office, the same ones at every start."""
    return tuple(_generate())


@cache
def _by_id() -> dict[str, Office]:
    return {comparable_office_id(office.office_id): office for office in all_offices()}


def office(office_id: str) -> Office | None:
    """Return the office with that id, with or without leading zeros."""
    return _by_id().get(comparable_office_id(office_id))


def point_of_postal_code(postal_code: str) -> tuple[float, float] | None:
    """Return latitude and longitude for a postal code ``A9A9A9``; None where the emulator knows nothing like it.

    An office's own postal code is exact, else the centre of its area, else the first known area that shares two
    characters, else the first that shares the first letter.
    """
    for office_ in all_offices():
        if office_.postal_code == postal_code:
            return office_.latitude, office_.longitude
    for length in (3, 2, 1):
        for area in (area for place in places() for area in place.areas):
            if area.code[:length] == postal_code[:length]:
                return area.latitude, area.longitude
    return None


def point_of_address(province: str, city: str, street: str) -> tuple[float, float] | None:
    """Return latitude and longitude of an office on that street, else of the city; None for an unknown city."""
    wanted = _plain(city)
    here = [one for one in all_offices() if one.province == province.upper() and _plain(one.city) == wanted]
    for office_ in here:
        if street and _plain(street) in _plain(office_.street):
            return office_.latitude, office_.longitude
    for place in places():
        if place.province == province.upper() and _plain(place.name) == wanted:
            return place.latitude, place.longitude
    return None


def nearest(latitude: float, longitude: float, offices: Iterable[Office], maximum: int) -> Sequence[Near]:
    """Return the nearest of ``offices`` within reach, nearest first."""
    measured = (Near(one, distance_km(latitude, longitude, one.latitude, one.longitude)) for one in offices)
    within = [near for near in measured if near.distance_km <= FARTHEST_KM]
    return sorted(within, key=lambda near: (near.distance_km, near.office.office_id))[:maximum]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).upper().strip()


def _pick(seed: str, count: int) -> int:
    """Return a number below ``count`` that depends on ``seed`` alone, on every machine and Python."""
    return int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big") % count


def _generate() -> Iterator[Office]:
    number = 0
    for place in places():
        per_area = OFFICES_IN_A_LONE_AREA if len(place.areas) == 1 else OFFICES_PER_AREA
        for area in place.areas:
            for order in range(per_area):
                number += 1
                yield _office(place, area, order, number)


def _office(place: Place, area: PostalArea, order: int, number: int) -> Office:
    seed = f"{area.code} {order}"
    name, name_fr = _names(place, seed)
    quarter, quarter_fr = _QUARTERS[_pick(f"{seed} quarter", len(_QUARTERS))]
    street = _STREETS[_pick(f"{seed} street", len(_STREETS))][place.province in FRENCH_PROVINCES]
    city = place.name.upper()
    return Office(
        office_id=f"{100_000 + number * 137:010d}",
        name=name,
        name_fr=name_fr,
        location=f"{city} {quarter} PO",
        location_fr=f"BDP {city} {quarter_fr}",
        street=f"{_pick(f'{seed} door', 4800) + 2} {street}",
        city=city,
        province=place.province,
        postal_code=_postal_code(area.code, order),
        latitude=round(area.latitude + (_pick(f"{seed} north", 2001) - 1000) / 100_000, 5),
        longitude=round(area.longitude + (_pick(f"{seed} east", 2001) - 1000) / 70_000, 5),
        bilingual=place.province in BILINGUAL_PROVINCES and _pick(f"{seed} bilingual", 4) > 0,
        accepts_d2po=area.code not in AREAS_WITHOUT_D2PO and (order == 0 or _pick(f"{seed} d2po", 7) > 0),
        hours=_PATTERNS[_pick(f"{seed} hours", len(_PATTERNS))],
    )


def _names(place: Place, seed: str) -> tuple[str, str]:
    if _pick(f"{seed} kind", 4) == 0:
        return f"{place.name.upper()} POST OFFICE", f"BUREAU DE POSTE {place.name.upper()}"
    shop, shop_fr = _SHOPS[_pick(f"{seed} shop", len(_SHOPS))]
    family, family_fr = _FAMILIES[_pick(f"{seed} family", len(_FAMILIES))]
    branch = _pick(f"{seed} branch", 90) + 1
    french = f"{shop_fr.format(family_fr)} # {branch}"
    if place.province in FRENCH_PROVINCES:
        return french, french
    return f"{shop.format(family)} # {branch}", french


def _postal_code(area: str, order: int) -> str:
    number = _pick(f"{area} ending", 60) + order * 3
    return f"{area}{number % 9 + 1}{_LETTERS[number * 7 % len(_LETTERS)]}{number % 10}"

"""The cities, villages and postal areas of the emulator's Canada, and the outlines of its provinces.

Places: GeoNames (https://www.geonames.org), CC BY 4.0, rounded. Outlines: Natural Earth, public domain. Only the areas
(the first three characters of a postal code) are real; what the emulator appends to them is made up.
"""

import csv
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Canada Post's guide: in larger cities a search by address answers no list without a street. The bound is ours.
LARGE_CITY_POPULATION = 100_000


@dataclass(frozen=True)
class Town:
    """A city or town. Degrees, north and east positive."""

    name: str
    province: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True)
class PostalArea:
    """A forward sortation area such as ``K1A``: its place, its middle, and how many hundred postal codes it has."""

    code: str
    name: str
    province: str
    latitude: float
    longitude: float
    size: int

    @property
    def rural(self) -> bool:
        """Say whether it is a rural area, which holds many villages."""
        return self.code[1] == "0"


@dataclass(frozen=True)
class Village:
    """A place in a rural area that has a post office of its own."""

    area: str
    name: str
    province: str
    latitude: float
    longitude: float


@cache
def towns() -> tuple[Town, ...]:
    """Return every town of 5,000 people or more, the largest first."""
    return tuple(Town(row[0], row[1], float(row[2]), float(row[3]), int(row[4])) for row in _rows("towns.csv"))


@cache
def areas() -> tuple[PostalArea, ...]:
    """Return every postal area, by code."""
    return tuple(
        PostalArea(row[0], row[1], row[2], float(row[3]), float(row[4]), int(row[5])) for row in _rows("areas.csv")
    )


@cache
def villages() -> tuple[Village, ...]:
    """Return every village with a post office."""
    return tuple(Village(row[0], row[1], row[2], float(row[3]), float(row[4])) for row in _rows("villages.csv"))


@cache
def outlines() -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return the rings that bound the provinces, each as longitudes and latitudes in degrees."""
    rings = json.loads(_text("outlines.json"))
    return tuple(tuple((ring[at] / 100, ring[at + 1] / 100) for at in range(0, len(ring), 2)) for ring in rings)


@cache
def point_of_city(province: str, city: str) -> tuple[float, float] | None:
    """Return latitude and longitude of a city, town or village, however it is accented; None for an unknown one."""
    return _cities().get((plain(city), province))


@cache
def is_large(province: str, city: str) -> bool:
    """Say whether a city is so large that Canada Post wants a street."""
    wanted = plain(city)
    return any(
        town.population >= LARGE_CITY_POPULATION
        for town in towns()
        if town.province == province and plain(town.name) == wanted
    )


def plain(text: str) -> str:
    """Return ``text`` in capitals and without accents, as places are compared."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).upper().strip()


@cache
def _cities() -> dict[tuple[str, str], tuple[float, float]]:
    # The last one wins: a town's own middle over a postal area's, and that over a village of the same name.
    known: tuple[Village | PostalArea | Town, ...] = (*villages(), *areas(), *reversed(towns()))
    return {(plain(place.name), place.province): (place.latitude, place.longitude) for place in known}


def _rows(name: str) -> Iterator[list[str]]:
    rows = csv.reader(_text(name).splitlines())
    next(rows)
    return rows


def _text(name: str) -> str:
    return (files("deliver_to_po.emulator") / "data" / name).read_text(encoding="utf-8")

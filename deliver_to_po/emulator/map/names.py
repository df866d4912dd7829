"""The place names that the map shows at each zoom, chosen so that no two overlap."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from deliver_to_po.emulator.country.grid import Grid
from deliver_to_po.emulator.country.places import areas, towns, villages
from deliver_to_po.emulator.map.mercator import TILE_PX, Box, Point, point

PLACE_TEXT = "#3d3a34"
AREA_TEXT = "#8a8172"

# The least population that is named, by zoom; villages and postal areas come later.
_NAMED_POPULATION = (1_500_000, 1_500_000, 900_000, 600_000, 240_000, 90_000, 40_000, 20_000, 8_000, 0)
VILLAGES_NAMED_FROM = 9
AREAS_NAMED_FROM = 12
_LARGEST_PX = 22


@dataclass(frozen=True)
class Name:
    """A name, where its middle is in pixels of the world, its size and colour."""

    text: str
    where: Point
    size: int
    colour: str


def names_in(z: int, box: Box) -> Iterator[Name]:
    """Yield the names that may reach into a box, always in the same order."""
    reach = TILE_PX
    found = _chosen(z).near(box.left - reach, box.top - reach, box.right + reach, box.bottom + reach)
    yield from sorted(found, key=lambda name: (name.where.y, name.where.x))


def width(text: str, size: int) -> float:
    """Return how wide a bold text is at most, in pixels."""
    return len(text) * size * 0.62


@lru_cache(maxsize=20)
def _chosen(z: int) -> Grid[Name]:
    """Return the names that a zoom shows, chosen once for all of its tiles."""
    kept: Grid[Name] = Grid(TILE_PX)
    for name in _wanted(z):
        across, down = width(name.text, name.size) + TILE_PX, 2.0 * _LARGEST_PX
        x, y = name.where.x, name.where.y
        if not any(_overlap(name, other) for other in kept.near(x - across, y - down, x + across, y + down)):
            kept.add(x, y, name)
    return kept


def _overlap(one: Name, other: Name) -> bool:
    apart = width(one.text, one.size) / 2 + width(other.text, other.size) / 2 + 6
    return (
        abs(one.where.x - other.where.x) <= apart and abs(one.where.y - other.where.y) <= (one.size + other.size) * 0.62
    )


def _wanted(z: int) -> Iterator[Name]:
    least = _NAMED_POPULATION[min(z, len(_NAMED_POPULATION) - 1)]
    for town in towns():
        if town.population >= least:
            yield Name(town.name, point(town.latitude, town.longitude, z), _size(town.population, z), PLACE_TEXT)
    if z >= VILLAGES_NAMED_FROM:
        for village in villages():
            yield Name(village.name, point(village.latitude, village.longitude, z), _size(0, z), PLACE_TEXT)
    if z >= AREAS_NAMED_FROM:
        for area in areas():
            if not area.rural:
                yield Name(area.code, point(area.latitude, area.longitude, z), 12, AREA_TEXT)


def _size(population: int, z: int) -> int:
    rank = sum(population < least for least in (800_000, 200_000, 40_000))
    return min(_LARGEST_PX, 11 - rank // 2 + max(0, (z - 4) // (1 + (rank > 1))))

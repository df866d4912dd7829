"""Built-up areas and coastlines in pixels of a zoom, found by tile."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians

from deliver_to_po.emulator.country.grid import Grid
from deliver_to_po.emulator.country.places import areas, outlines, villages
from deliver_to_po.emulator.map.mercator import EQUATOR_KM, TILE_PX, Box, Point, point, world_px

BUILT_UP_KM = 2.2
VILLAGE_KM = 0.7


@dataclass(frozen=True)
class BuiltUp:
    """An area with houses: its code where it has one, its middle in pixels and how far it reaches."""

    code: str
    latitude: float
    longitude: float
    centre: Point
    radius_px: float
    rural: bool


@dataclass(frozen=True)
class Ring:
    """A ring of coast or border, in pixels of the world, and the box around it."""

    points: tuple[Point, ...]
    box: Box


def built_up(z: int, box: Box, margin_px: float) -> list[BuiltUp]:
    """Return the areas that may reach into a box, the margin included, always in the same order."""
    reach = max(margin_px, km_in_px(BUILT_UP_KM, 60, z))
    found = _built_up(z).near(box.left - reach, box.top - reach, box.right + reach, box.bottom + reach)
    return sorted(found, key=lambda one: (one.code, one.latitude, one.longitude))


def km_in_px(km: float, latitude: float, z: int) -> float:
    """Return a length on the ground in pixels of a zoom."""
    return km / (EQUATOR_KM * cos(radians(latitude))) * world_px(z)


def land(z: int, box: Box) -> list[list[Point]]:
    """Return the parts of Canada's provinces within a box, cut along its edges."""
    pieces = (_cut(ring.points, box) for ring in _rings(z) if _overlap(ring.box, box))
    return [piece for piece in pieces if len(piece) > 2]


@lru_cache(maxsize=16)
def _built_up(z: int) -> Grid[BuiltUp]:
    grid: Grid[BuiltUp] = Grid(TILE_PX * 2)
    known = [(area.code, area.latitude, area.longitude, False) for area in areas() if not area.rural]
    known += [("", village.latitude, village.longitude, True) for village in villages()]
    for code, latitude, longitude, rural in known:
        centre = point(latitude, longitude, z)
        radius = km_in_px(VILLAGE_KM if rural else BUILT_UP_KM, latitude, z)
        grid.add(centre.x, centre.y, BuiltUp(code, latitude, longitude, centre, radius, rural))
    return grid


@lru_cache(maxsize=16)
def _rings(z: int) -> tuple[Ring, ...]:
    rings = []
    for outline in outlines():
        points = tuple(point(latitude, longitude, z) for longitude, latitude in outline)
        across, down = [where.x for where in points], [where.y for where in points]
        rings.append(Ring(points, Box(min(across), min(down), max(across), max(down))))
    return tuple(rings)


def _overlap(one: Box, other: Box) -> bool:
    return one.left <= other.right and one.right >= other.left and one.top <= other.bottom and one.bottom >= other.top


def _cut(points: tuple[Point, ...], box: Box) -> list[Point]:
    """Return a polygon cut along the four edges of a box (Sutherland and Hodgman)."""
    piece = list(points)
    for axis, edge, sign in (("x", box.left, 1), ("x", box.right, -1), ("y", box.top, 1), ("y", box.bottom, -1)):
        piece = _cut_along(piece, axis, edge, sign)
    return piece


def _cut_along(points: list[Point], axis: str, edge: float, sign: int) -> list[Point]:
    kept: list[Point] = []
    for place, end in enumerate(points):
        start = points[place - 1]
        from_edge, to_edge = (sign * (getattr(where, axis) - edge) for where in (start, end))
        if (from_edge >= 0) != (to_edge >= 0):
            share = from_edge / (from_edge - to_edge)
            kept.append(Point(start.x + share * (end.x - start.x), start.y + share * (end.y - start.y)))
        if to_edge >= 0:
            kept.append(end)
    return kept

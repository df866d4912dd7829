"""Draws made-up streets: a bent lattice around the known places, which goes on in the next tile."""

from collections.abc import Callable, Iterator

from deliver_to_po.emulator.map.mercator import TILE_PX, Box, Point, world_px
from deliver_to_po.emulator.map.terrain import built_up, km_in_px

DRAWN_FROM = 11
SIDE_STREETS_FROM = 14
# How far beyond the middle of an area, and of a village, its streets reach.
REACH_KM = 2.4
VILLAGE_REACH_KM = 0.8

# The lattice: 2**17 streets around the world, about 200 m apart in southern Canada; every fourth is a main street.
LATTICE = 2**17
MAIN = 4
BEND = 0.17
CASING = "#d9d0bf"
STREET = "#ffffff"


def draw(z: int, box: Box) -> Iterator[str]:
    """Yield the streets of one tile, side streets below main streets."""
    if z < DRAWN_FROM:
        return
    wide = max(1.5, (z - 11) * 1.6)
    if z >= SIDE_STREETS_FROM:
        yield from _paths(_lines(z, box, 1), wide * 0.55)
    yield from _paths(_lines(z, box, MAIN), wide)


def _paths(data: str, width: float) -> Iterator[str]:
    if data:
        both = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
        yield f'<path d="{data}" stroke="{CASING}" stroke-width="{width + 1.4:.1f}" {both}/>'
        yield f'<path d="{data}" stroke="{STREET}" stroke-width="{width:.1f}" {both}/>'


def _lines(z: int, box: Box, every: int) -> str:
    """Return the path of all streets that lie on every ``every``-th line of the lattice."""
    spacing = world_px(z) / LATTICE
    first_column, last_column = (int(edge / spacing) // every for edge in (box.left, box.right))
    first_row, last_row = (int(edge / spacing) // every for edge in (box.top, box.bottom))
    near = _near_places(z, box)
    pieces: list[str] = []
    for column in range((first_column - 1) * every, (last_column + 2) * every, every):
        for row in range((first_row - 1) * every, (last_row + 2) * every, every):
            pieces.extend(_from_knot(column, row, every, spacing, box, near))
    return "".join(pieces)


def _from_knot(
    column: int, row: int, every: int, spacing: float, box: Box, near: Callable[[Point], bool]
) -> Iterator[str]:
    here = _knot(column, row, spacing)
    if not near(here):
        return
    for east, south in ((every, 0), (0, every)):
        there = _knot(column + east, row + south, spacing)
        gap = every == 1 and _noise(column, row, 3 + east) < -0.62
        if near(there) and not gap:
            start, end = box.inside(here), box.inside(there)
            yield f"M{start.x:.1f} {start.y:.1f}L{end.x:.1f} {end.y:.1f}"


def _knot(column: int, row: int, spacing: float) -> Point:
    x = column + BEND * _noise(column, row, 1)
    y = row + BEND * _noise(column, row, 2)
    return Point(x * spacing, y * spacing)


def _near_places(z: int, box: Box) -> Callable[[Point], bool]:
    margin = km_in_px(REACH_KM, 60, z) + TILE_PX
    centres = [
        (area.centre, km_in_px(VILLAGE_REACH_KM if area.rural else REACH_KM, area.latitude, z) ** 2)
        for area in built_up(z, box, margin)
    ]
    return lambda at: any((at.x - c.x) ** 2 + (at.y - c.y) ** 2 <= reach for c, reach in centres)


def _noise(column: int, row: int, kind: int) -> float:
    """Return a number between -1 and 1 that depends on the arguments alone."""
    mixed = (column * 374_761_393 + row * 668_265_263 + kind * 974_634_557) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1_274_126_177) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF) / 32_767.5 - 1

"""Draws map tiles from the table of places."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.map import streets
from deliver_to_po.emulator.map.mercator import TILE_PX, Box, Point, latitude_of, longitude_of, point
from deliver_to_po.emulator.map.names import PLACE_TEXT, names_in, width
from deliver_to_po.emulator.map.terrain import built_up, km_in_px, land

DEEPEST_ZOOM = 19
ONE_DAY_SECONDS = 86_400
LAND = "#f3efe6"
SEA_AND_ABROAD = "#dfe7ea"
BORDER = "#b9ad98"
BUILT_UP = "#e9e2d3"
PARK = "#dbe6c6"
GRATICULE = "#c9d3d6"
GRATICULE_TEXT = "#7d8d92"

OUTLINED_TO = 7
BUILT_UP_FROM = 8
PARKS_FROM = 10

# Degrees between two lines of the graticule, by zoom; the last holds for all deeper ones.
GRATICULE_STEPS = (60.0, 60.0, 30.0, 20.0, 10.0, 5.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.05, 0.02, 0.01, 0.005)


def tile(call: Call, z: int, x: int, y: int) -> Response:
    """Answer one tile of 256 by 256 pixels as SVG; 404 outside the world."""
    if z > DEEPEST_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound("There is no such tile.")
    answer = Response(draw(z, x, y), content_type="image/svg+xml; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={ONE_DAY_SECONDS}"
    return answer


@lru_cache(maxsize=512)
def draw(z: int, x: int, y: int) -> str:
    """Return a tile as SVG. Whatever touches a neighbour is drawn in both, so that seams match."""
    box = Box(x * TILE_PX, y * TILE_PX, (x + 1) * TILE_PX, (y + 1) * TILE_PX)
    ground = LAND if z > OUTLINED_TO else SEA_AND_ABROAD
    parts = [*_land(z, box), *_built_up(z, box), *_parks(z, box), *streets.draw(z, box)]
    parts += [*_graticule(z, box), *_names(z, box)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{TILE_PX}" height="{TILE_PX}" '
        f'viewBox="0 0 {TILE_PX} {TILE_PX}" font-family="Helvetica, Arial, sans-serif">'
        f'<rect width="{TILE_PX}" height="{TILE_PX}" fill="{ground}"/>{"".join(parts)}</svg>'
    )


def _land(z: int, box: Box) -> Iterator[str]:
    if z > OUTLINED_TO:
        return
    # A little more than the tile, so that the cut edges are not seen.
    wide = Box(box.left - 4, box.top - 4, box.right + 4, box.bottom + 4)
    pieces = []
    for piece in land(z, wide):
        corners = (box.inside(corner) for corner in piece)
        pieces.append("M" + "L".join(f"{corner.x:.1f} {corner.y:.1f}" for corner in corners) + "Z")
    if pieces:
        yield f'<path d="{"".join(pieces)}" fill="{LAND}" stroke="{BORDER}" stroke-width="1" fill-rule="evenodd"/>'


def _built_up(z: int, box: Box) -> Iterator[str]:
    if z < BUILT_UP_FROM:
        return
    for area in built_up(z, box, 0):
        if box.touches(area.centre, area.radius_px, area.radius_px):
            at = box.inside(area.centre)
            yield f'<circle cx="{at.x:.1f}" cy="{at.y:.1f}" r="{area.radius_px:.1f}" fill="{BUILT_UP}"/>'


def _parks(z: int, box: Box) -> Iterator[str]:
    if z < PARKS_FROM:
        return
    for area in built_up(z, box, km_in_px(3.0, 60, z)):
        if area.rural:
            continue
        # Somewhere near the middle, as the digits of its coordinates happen to say.
        north, east = (area.latitude * 1000 % 17 - 8) / 900, (area.longitude * 1000 % 13 - 6) / 600
        centre = point(area.latitude + north, area.longitude + east, z)
        half_width = km_in_px(0.35 + abs(east) * 12, area.latitude, z)
        half_height = km_in_px(0.22 + abs(north) * 14, area.latitude, z)
        if box.touches(centre, half_width, half_height):
            at = box.inside(centre)
            size = f'rx="{half_width:.1f}" ry="{half_height:.1f}"'
            yield f'<ellipse cx="{at.x:.1f}" cy="{at.y:.1f}" {size} fill="{PARK}"/>'


def _graticule(z: int, box: Box) -> Iterator[str]:
    step = GRATICULE_STEPS[min(z, len(GRATICULE_STEPS) - 1)]
    reach = 80
    west, east = longitude_of(box.left - reach, z), longitude_of(box.right + reach, z)
    north, south = latitude_of(box.top - reach, z), latitude_of(box.bottom + reach, z)
    meridians = [n * step for n in range(int(west // step), int(east // step) + 2) if abs(n * step) <= 180]
    parallels = [n * step for n in range(int(south // step), int(north // step) + 2) if abs(n * step) < 85]
    lines = [f"M{box.inside(point(0, degrees, z)).x:.1f} 0V{TILE_PX}" for degrees in meridians]
    lines += [f"M0 {box.inside(point(degrees, 0, z)).y:.1f}H{TILE_PX}" for degrees in parallels]
    yield f'<path d="{"".join(lines)}" stroke="{GRATICULE}" stroke-width="1" fill="none"/>'
    for parallel in parallels:
        for meridian in meridians:
            yield from _crossing(parallel, meridian, step, z, box)


def _crossing(latitude: float, longitude: float, step: float, z: int, box: Box) -> Iterator[str]:
    decimals = next(digits for digits in range(4) if round(step, digits) == step)
    north = f"{abs(latitude):.{decimals}f}° {'S' if latitude < 0 else 'N'}"
    text = f"{north} {abs(longitude):.{decimals}f}° {'E' if longitude > 0 else 'W'}"
    corner = point(latitude, longitude, z)
    where = Point(corner.x + 3, corner.y - 4)
    if box.left - 110 <= where.x <= box.right and box.top <= where.y <= box.bottom + 12:
        at = box.inside(where)
        yield f'<text x="{at.x:.1f}" y="{at.y:.1f}" font-size="9" fill="{GRATICULE_TEXT}">{text}</text>'


def _names(z: int, box: Box) -> Iterator[str]:
    for name in names_in(z, box):
        if box.touches(name.where, width(name.text, name.size) / 2 + 4, name.size):
            at = box.inside(name.where)
            bold = "bold" if name.colour == PLACE_TEXT else "normal"
            yield (
                f'<text x="{at.x:.1f}" y="{at.y + name.size * 0.35:.1f}" font-size="{name.size}" fill="{name.colour}" '
                f'text-anchor="middle" font-weight="{bold}" stroke="{LAND}" stroke-width="3" '
                f'stroke-linejoin="round" paint-order="stroke">{escape(name.text, quote=False)}</text>'
            )


OPERATIONS = (Operation("own:tile", "GET", "/tiles/<int:z>/<int:x>/<int:y>.svg", tile, "own"),)

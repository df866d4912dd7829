"""Map tiles drawn from the table of places, so that a map shows something without the internet."""

from collections.abc import Iterator
from functools import lru_cache

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from deliver_to_po.emulator import streets
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.mercator import TILE_PX, Box, Point, latitude_of, longitude_of, point
from deliver_to_po.emulator.places import Place, places

DEEPEST_ZOOM = 19
ONE_DAY_SECONDS = 86_400
LAND = "#f3efe6"
BUILT_UP = "#e9e2d3"
PARK = "#dbe6c6"
GRATICULE = "#c9d3d6"
GRATICULE_TEXT = "#7d8d92"
PLACE_TEXT = "#3d3a34"
AREA_TEXT = "#8a8172"

# The zoom from which places of each rank are named.
NAMED_FROM = {1: 0, 2: 3, 3: 5, 4: 6}
AREAS_NAMED_FROM = 12
BUILT_UP_FROM = 8
BUILT_UP_KM = 2.2
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
    parts = [*_built_up(z, box), *_parks(z, box), *streets.draw(z, box), *_graticule(z, box), *_names(z, box)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{TILE_PX}" height="{TILE_PX}" '
        f'viewBox="0 0 {TILE_PX} {TILE_PX}" font-family="Helvetica, Arial, sans-serif">'
        f'<rect width="{TILE_PX}" height="{TILE_PX}" fill="{LAND}"/>{"".join(parts)}</svg>'
    )


def _built_up(z: int, box: Box) -> Iterator[str]:
    if z < BUILT_UP_FROM:
        return
    for place in places():
        for area in place.areas:
            centre = point(area.latitude, area.longitude, z)
            radius = streets.km_in_px(BUILT_UP_KM, area.latitude, z)
            if box.touches(centre, radius, radius):
                at = box.inside(centre)
                yield f'<circle cx="{at.x:.1f}" cy="{at.y:.1f}" r="{radius:.1f}" fill="{BUILT_UP}"/>'


def _parks(z: int, box: Box) -> Iterator[str]:
    if z < PARKS_FROM:
        return
    for area in (area for place in places() for area in place.areas):
        # Somewhere near the middle, as the digits of its coordinates happen to say.
        north, east = (area.latitude * 1000 % 17 - 8) / 900, (area.longitude * 1000 % 13 - 6) / 600
        centre = point(area.latitude + north, area.longitude + east, z)
        half_width = streets.km_in_px(0.35 + abs(east) * 12, area.latitude, z)
        half_height = streets.km_in_px(0.22 + abs(north) * 14, area.latitude, z)
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
    for name, where, size, colour in _settled(z):
        width = _width(name, size)
        if box.touches(where, width / 2 + 4, size):
            at = box.inside(where)
            yield (
                f'<text x="{at.x:.1f}" y="{at.y + size * 0.35:.1f}" font-size="{size}" fill="{colour}" '
                f'text-anchor="middle" font-weight="{"bold" if colour == PLACE_TEXT else "normal"}" '
                f'stroke="{LAND}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">{name}</text>'
            )


@lru_cache(maxsize=DEEPEST_ZOOM + 1)
def _settled(z: int) -> tuple[tuple[str, Point, int, str], ...]:
    """Return the names of a zoom that do not run into each other, settled once for all of its tiles."""
    kept: list[tuple[str, Point, int, str]] = []
    for name, where, size, colour in _wanted(z):
        reach = _width(name, size) / 2
        clear = all(
            abs(where.x - other.x) > reach + _width(text, other_size) / 2 + 6
            or abs(where.y - other.y) > (size + other_size) * 0.7
            for text, other, other_size, _ in kept
        )
        if clear:
            kept.append((name, where, size, colour))
    return tuple(kept)


def _wanted(z: int) -> Iterator[tuple[str, Point, int, str]]:
    for place in places():
        if z >= NAMED_FROM[place.rank]:
            yield place.name, point(place.latitude, place.longitude, z), _size(place, z), PLACE_TEXT
    if z >= AREAS_NAMED_FROM:
        for area in (area for place in places() for area in place.areas):
            yield area.code, point(area.latitude, area.longitude, z), 12, AREA_TEXT


def _size(place: Place, z: int) -> int:
    return min(22, 13 - place.rank + max(0, z - 2))


def _width(text: str, size: int) -> float:
    """Return how wide a bold text is at most, in pixels."""
    return len(text) * size * 0.66


OPERATIONS = (
    Operation("own:tile", "GET", "/tiles/<int:z>/<int:x>/<int:y>.svg", tile, needs_token=False, answers_json=False),
)

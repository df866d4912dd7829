"""Map tiles: drawn, plain, and matching at their seams."""

import re

import pytest
from lxml import etree

from deliver_to_po.emulator.map.mercator import TILE_PX, Point, latitude_of, longitude_of, point
from deliver_to_po.emulator.map.tiles import draw
from tests.emulator.conftest import Caller

MONTREAL = (45.5019, -73.5674)


def tile_of(z: int) -> tuple[int, int]:
    where = point(*MONTREAL, z)
    return int(where.x // TILE_PX), int(where.y // TILE_PX)


@pytest.mark.parametrize("z", [0, 3, 7, 11, 12, 14, 17, 19])
def test_a_tile_is_plain_svg(z: int) -> None:
    root = etree.fromstring(draw(z, *tile_of(z)))
    names = {str(element.tag).rpartition("}")[2] for element in root.iter()}
    assert root.attrib["viewBox"] == "0 0 256 256"
    assert names <= {"svg", "rect", "path", "circle", "ellipse", "text"}


def test_a_tile_may_be_kept_for_a_day(caller: Caller) -> None:
    x, y = tile_of(12)
    answer = caller.call("GET", f"/tiles/12/{x}/{y}.svg")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_a_name_near_a_seam_is_in_both_tiles_at_the_same_place() -> None:
    found = 0
    for z in (6, 9, 12, 14):
        x, y = tile_of(z)
        for left in range(x - 3, x + 3):
            here, beside = texts(draw(z, left, y)), texts(draw(z, left + 1, y))
            for name, (at, above) in here.items():
                if at > TILE_PX - 10:
                    assert beside[name] == pytest.approx((at - TILE_PX, above), abs=0.11)
                    found += 1
    assert found > 0


def test_streets_go_on_in_the_next_tile() -> None:
    x, y = tile_of(14)
    right = crossings(draw(14, x, y), TILE_PX)
    left = crossings(draw(14, x + 1, y), 0)
    assert len(right) > 0
    assert right == pytest.approx(left, abs=0.2)


def test_places_appear_with_their_accents_and_larger_ones_first() -> None:
    assert "Montréal" in draw(5, *tile_of(5))
    assert "Sherbrooke" not in "".join(draw(3, x, y) for x in range(8) for y in range(8))


def test_the_projection_turns_back() -> None:
    where = point(*MONTREAL, 12)
    assert isinstance(where, Point)
    assert (latitude_of(where.y, 12), longitude_of(where.x, 12)) == pytest.approx(MONTREAL)


def texts(svg: str) -> dict[str, tuple[float, float]]:
    pattern = r'<text x="([-.\d]+)" y="([-.\d]+)"[^>]*text-anchor="middle"[^>]*>([^<]+)<'
    return {name: (float(x), float(y)) for x, y, name in re.findall(pattern, svg)}


def crossings(svg: str, edge: float) -> list[float]:
    """Return where streets cross the upright line at ``edge``, from the top, within the tile."""
    found = set()
    for numbers in re.findall(r"M([-.\d]+) ([-.\d]+)L([-.\d]+) ([-.\d]+)", svg):
        x1, y1, x2, y2 = map(float, numbers)
        if min(x1, x2) <= edge < max(x1, x2):
            y = y1 + (edge - x1) / (x2 - x1) * (y2 - y1)
            if 2 < y < TILE_PX - 2:
                found.add(round(y, 1))
    return sorted(found)

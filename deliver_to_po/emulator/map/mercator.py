"""The projection of map tiles (spherical Mercator, 256 pixels a tile)."""

from dataclasses import dataclass
from math import asinh, atan, degrees, pi, radians, sinh, tan

TILE_PX = 256
EQUATOR_KM = 40_075.017


@dataclass(frozen=True)
class Point:
    """A point in pixels of the whole world at one zoom, or of one tile; y grows southward."""

    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """What one tile covers, in pixels of the whole world."""

    left: float
    top: float
    right: float
    bottom: float

    def inside(self, where: Point) -> Point:
        """Return a point of the world in pixels of this tile."""
        return Point(where.x - self.left, where.y - self.top)

    def touches(self, centre: Point, half_width: float, half_height: float) -> bool:
        """Say whether something around ``centre`` reaches into this tile."""
        return (
            self.left - half_width <= centre.x <= self.right + half_width
            and self.top - half_height <= centre.y <= self.bottom + half_height
        )


def world_px(z: int) -> int:
    """Return how many pixels the world is wide at a zoom."""
    return int(TILE_PX * 2**z)


def point(latitude: float, longitude: float, z: int) -> Point:
    """Return where a place lies in the world at a zoom."""
    north = asinh(tan(radians(latitude)))
    return Point((longitude + 180) / 360 * world_px(z), (1 - north / pi) / 2 * world_px(z))


def longitude_of(x: float, z: int) -> float:
    """Return the longitude in degrees at ``x`` pixels of the world."""
    return x / world_px(z) * 360 - 180


def latitude_of(y: float, z: int) -> float:
    """Return the latitude in degrees at ``y`` pixels of the world."""
    return degrees(atan(sinh(pi * (1 - 2 * y / world_px(z)))))

"""Where a buyer is, as far as their postal code tells: the middle of its area, their city and their province.

``data/areas.csv``: GeoNames (https://www.geonames.org), CC BY 4.0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.offices.typed.places import Place, known_place, rows_of


class Area(NamedTuple):
    """What the first three characters of a postal code stand for: their middle, and the place of our table."""

    middle: Coordinates
    place: Place


@cache
def _areas() -> Mapping[str, tuple[str, str, Coordinates]]:
    return {
        code: (place, province, Coordinates(float(latitude), float(longitude)))
        for code, place, province, latitude, longitude in rows_of("areas.csv")
    }


def area_of(postal_code: str) -> Area | None:
    """Return the area of a postal code or of its first half, None if our table has none."""
    row = _areas().get(postal_code[:3])
    place = known_place(row[0], row[1]) if row else None
    return Area(row[2], place) if row and place else None


@dataclass(frozen=True)
class Whereabouts:
    """Where a buyer may be; ``postal_code`` is called only if it matters, and returns ``""`` if nobody knows."""

    postal_code: Callable[[], str] = field(default=lambda: "")

    @cached_property
    def area(self) -> Area | None:
        return area_of(normalize_postal_code(self.postal_code()))

    @property
    def city(self) -> Place | None:
        return self.area.place if self.area else None

    @property
    def province(self) -> str:
        return self.area.place.province if self.area else ""


NOWHERE = Whereabouts()

"""What the buyer asks of the step: a place, how many offices, and which ones; as a form or an address says it."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from deliver_to_po.canadapost.types import NearCoordinates, OfficeQuery
from deliver_to_po.checkout.picker import shown_count
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.query import LONGEST, near, parse, written

LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: ``text`` as typed, else a point in degrees as a device said it; how many offices, and which ones."""

    text: str
    show: int
    wanted: tuple[Filter, ...] = ()
    latitude: str = ""
    longitude: str = ""

    @classmethod
    def read(cls, data: QueryDict) -> "Asked":
        """Read the search from a form or an address; what makes no sense is left out."""
        show, filters = data.get("show", ""), data.getlist("filter")
        # One more than may be: what is too long gets a message.
        text = data.get("q", "").strip()[: LONGEST + 1]
        latitude, longitude = ("" if text else data.get(name, "")[:LONGEST_NUMBER] for name in ("lat", "lon"))
        return cls(
            text,
            shown_count(int(show[:4]) if show.isdecimal() else None),
            tuple(one for one in Filter if one in filters),
            latitude,
            longitude,
        )

    def __bool__(self) -> bool:
        """Say whether anything is searched for."""
        return bool(self.text or self.latitude or self.longitude)

    def query(self) -> OfficeQuery:
        """Return the question for Canada Post; raises QueryNotUnderstood."""
        return parse(self.text) if self.text or not self else near(self.latitude, self.longitude)

    def without_house(self) -> "Asked":
        """Return the same search with what an address may show: neither a house nor where it stands.

        Raises QueryNotUnderstood.
        """
        query = self.query()
        if isinstance(query, NearCoordinates):
            point = query.coordinates
            return replace(self, latitude=str(point.latitude), longitude=str(point.longitude))
        return replace(self, text=written(query))

    def fields(self) -> list[tuple[str, str]]:
        """Return the search as names and values, for a form's hidden fields."""
        place = {"q": self.text, "lat": self.latitude, "lon": self.longitude, "show": str(self.show)}
        return [
            *((name, text) for name, text in place.items() if text),
            *(("filter", one.value) for one in self.wanted),
        ]

    def url(self) -> str:
        """Return the address of the page that answers."""
        return f"{reverse('deliver_to_po:choose')}?{urlencode(self.fields())}"

"""What the buyer searches for, as a form or a URL says it: a place, how many offices, and which ones."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from deliver_to_po.canadapost.types import NearCoordinates, OfficeQuery
from deliver_to_po.checkout.searching import shown_count
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.named import understood
from deliver_to_po.offices.query import LONGEST, QueryNotUnderstood, parse_location, written
from deliver_to_po.offices.whereabouts import NOWHERE, Whereabouts

LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """The place as typed (``text``) or as a device told it (degrees), how many offices to show, and which ones.

    ``page`` is the path of the page that answers, ``""`` for the step's own. ``on_map`` says that the place is the
    middle of a map, not where the device is.
    """

    text: str
    show: int
    wanted: tuple[Filter, ...] = ()
    latitude: str = ""
    longitude: str = ""
    page: str = ""
    on_map: bool = False

    @classmethod
    def read(cls, data: QueryDict, page: str = "") -> "SearchRequest":
        """Read the search from a form or a URL; what makes no sense is left out."""
        show, filters = data.get("show", "")[:LONGEST_NUMBER], data.getlist("filter")
        # One character too many is kept, so that a text that is too long gets its message.
        text = data.get("q", "").strip()[: LONGEST + 1]
        latitude, longitude = ("" if text else data.get(name, "")[:LONGEST_NUMBER] for name in ("lat", "lon"))
        return cls(
            text,
            shown_count(int(show[:4]) if show.isdecimal() else None),
            tuple(one for one in Filter if one in filters),
            latitude,
            longitude,
            page,
            bool(latitude and longitude and data.get("map")),
        )

    def __bool__(self) -> bool:
        """Say whether anything is searched for."""
        return bool(self.text or self.latitude or self.longitude)

    def query(self, here: Whereabouts = NOWHERE) -> OfficeQuery:
        """Return the question for Canada Post of a buyer who may be ``here``; raises QueryNotUnderstood."""
        return understood(self.text, here) if self.text or not self else parse_location(self.latitude, self.longitude)

    def query_or_none(self) -> OfficeQuery | None:
        """Return the same question, None where there is none or it cannot be understood."""
        try:
            return self.query() if self else None
        except QueryNotUnderstood:
            return None

    def without_house(self, here: Whereabouts = NOWHERE) -> "SearchRequest":
        """Return the same search as a URL may show it: without a house number, with a rounded location.

        Raises QueryNotUnderstood.
        """
        query = self.query(here)
        if isinstance(query, NearCoordinates):
            point = query.coordinates
            return replace(self, latitude=str(point.latitude), longitude=str(point.longitude))
        return replace(self, text=written(query))

    def fields(self) -> list[tuple[str, str]]:
        """Return the search as names and values, for a form's hidden fields."""
        typed = {"q": self.text, "lat": self.latitude, "lon": self.longitude, "show": str(self.show)}
        return [
            *((name, text) for name, text in typed.items() if text),
            *(("filter", one.value) for one in self.wanted),
            *([("map", "1")] if self.on_map else []),
        ]

    def url(self) -> str:
        """Return the URL of the page that answers."""
        return self.handed_to(self.page or reverse("deliver_to_po:choose"))

    def handed_to(self, path: str) -> str:
        """Return the URL of another page that hands the search on."""
        return f"{path}?{urlencode(self.fields())}"

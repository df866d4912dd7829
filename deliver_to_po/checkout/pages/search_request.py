"""What the buyer searches for, as a form or a URL says it: a place, how many offices, and which ones."""

from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.types import NearCoordinates, OfficeQuery
from deliver_to_po.checkout.searching import shown_count
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.nearby import centre_of
from deliver_to_po.offices.typed.named import understood
from deliver_to_po.offices.typed.query import LONGEST, parse_location, written
from deliver_to_po.offices.typed.whereabouts import NOWHERE, Whereabouts

LONGEST_NUMBER = 20
SAME_POINT = _(
    "We measure this place and the first one from the same point. Enter the postal code of each, or a place farther "
    "away."
)


class SecondPlaceNotUnderstood(QueryNotUnderstood):
    """The place that somebody is on the way to is not exactly one in Canada; the first may well be."""


class SearchRequest(NamedTuple):
    """The place as typed (``text``) or as a device told it (degrees), how many offices to show, and which ones.

    ``page`` is the path of the page that answers, ``""`` for the step's own. ``on_map`` says that the place is the
    middle of a map, not where the device is. ``via`` is a second place as typed: the way there is what counts then.
    """

    text: str
    show: int
    wanted: tuple[Filter, ...] = ()
    latitude: str = ""
    longitude: str = ""
    page: str = ""
    on_map: bool = False
    via: str = ""

    @classmethod
    def read(cls, data: QueryDict, page: str = "") -> "SearchRequest":
        """Read the search from a form or a URL; what makes no sense is left out."""
        show, filters = data.get("show", "")[:LONGEST_NUMBER], data.getlist("filter")
        # One character too many is kept, so that a text that is too long gets its message.
        text, via = (data.get(name, "").strip()[: LONGEST + 1] for name in ("q", "via"))
        latitude, longitude = ("" if text else data.get(name, "")[:LONGEST_NUMBER] for name in ("lat", "lon"))
        return cls(
            text,
            shown_count(int(show[:4]) if show.isdecimal() else None),
            tuple(one for one in Filter if one in filters),
            latitude,
            longitude,
            page,
            bool(latitude and longitude and data.get("map")),
            via,
        )

    def __bool__(self) -> bool:
        return bool(self.text or self.latitude or self.longitude)

    def query(self, here: Whereabouts = NOWHERE) -> OfficeQuery:
        """Return the question for Canada Post of a buyer who may be ``here``; raises QueryNotUnderstood."""
        return understood(self.text, here) if self.text or not self else parse_location(self.latitude, self.longitude)

    def query_or_none(self, here: Whereabouts = NOWHERE) -> OfficeQuery | None:
        """Return the same question, None if there is none or it cannot be understood."""
        try:
            return self.query(here) if self else None
        except QueryNotUnderstood:
            return None

    @property
    def narrowed(self) -> int:
        """Return how many filters are on, the second place among them."""
        return len(self.wanted) + bool(self.via)

    def via_query(self, here: Whereabouts = NOWHERE) -> OfficeQuery | None:
        """Return the question for the second place, None for none; raises SecondPlaceNotUnderstood."""
        if not self.via:
            return None
        try:
            query = understood(self.via, here)
        except QueryNotUnderstood as error:
            raise SecondPlaceNotUnderstood(error.message, error.choices, asks=error.asks) from error
        first, there = self.query_or_none(here), centre_of(query)
        if there is None:
            raise SecondPlaceNotUnderstood(_("We do not know where this place is. Enter its postal code."))
        if first and there == centre_of(first):
            raise SecondPlaceNotUnderstood(SAME_POINT)
        return query

    def without_house(self, here: Whereabouts = NOWHERE) -> "SearchRequest":
        """Return the same search as a URL may show it: without a house number, with a rounded location.

        Raises QueryNotUnderstood.
        """
        return self._as_read(self.query(here), self.via_query(here))

    def as_far_as_understood(self, here: Whereabouts = NOWHERE) -> "SearchRequest":
        """Return the same as a URL may show it, without a place that is not understood and may hold a house number."""
        query, via = self.query_or_none(here), None
        with suppress(QueryNotUnderstood):
            via = self.via_query(here)
        read = self._as_read(query, via)
        return read if via or any(map(str.isdigit, self.via)) else read._replace(via=self.via)

    def _as_read(self, query: OfficeQuery | None, via: OfficeQuery | None) -> "SearchRequest":
        point = query.coordinates if isinstance(query, NearCoordinates) else None
        latitude, longitude = (str(point.latitude), str(point.longitude)) if point else ("", "")
        text, second = (written(place) if place else "" for place in (query, via))
        return self._replace(text=text, via=second, latitude=latitude, longitude=longitude)

    def fields(self) -> list[tuple[str, str]]:
        typed = {"q": self.text, "lat": self.latitude, "lon": self.longitude, "show": str(self.show), "via": self.via}
        return [
            *((name, text) for name, text in typed.items() if text),
            *(("filter", one.value) for one in self.wanted),
            *([("map", "1")] if self.on_map else []),
        ]

    def url(self) -> str:
        return self.handed_to(self.page or reverse("deliver_to_po:choose"))

    def handed_to(self, path: str) -> str:
        """Return the URL of another page that hands the search on."""
        return f"{path}?{urlencode(self.fields())}"

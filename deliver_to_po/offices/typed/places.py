"""Canada's provinces and places, found by whatever name people type, and where each place is.

``data/places.csv``: GeoNames (https://www.geonames.org), CC BY 4.0, spelt as their people write them. A name is
corrected there; then ``python -m scripts.make_suggestions``.
"""

import csv
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from sys import intern
from threading import Lock
from typing import NamedTuple

from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.core.language import current_language
from deliver_to_po.core.provinces import PROVINCE_SPELLINGS
from deliver_to_po.models.search_key import APOSTROPHES, folded
from deliver_to_po.offices.typed.also_called import ALSO_CALLED

# Canada Post's guide: in a large city people should name a street. How large is our own guess.
LARGE_CITY_POPULATION = 100_000
KM_PER_DEGREE = 111.2
LEAST_SIMILARITY = 0.8
MOST_SUGGESTIONS = 4
MOST_LARGEST = 6
# How many times a place weighs in the buyer's own province; in Quebec for a French buyer whose province nobody knows.
IN_OWN_PROVINCE, IN_QUEBEC = 50, 3

# "Ancienne-Lorette", "Île Perrot": many leave the article out, others add one.
ARTICLE = re.compile(r"(?i)^(?:l['’ʼ`´ ]|(?:la|le|les|the)[ -])\s*")
SHORT_FOR = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
MOST_WORDS_OF_A_PROVINCE = 4
MOST_WORDS_OF_A_CITY = 7

_one_thread = Lock()


class Place(NamedTuple):
    """A city, town or village, as its people write it, and its middle."""

    name: str
    province: str
    coordinates: Coordinates
    population: int

    @property
    def large(self) -> bool:
        """Say whether offices near its middle may be far from the buyer: there we offer to add a street."""
        return self.population >= LARGE_CITY_POPULATION


def fold(text: str) -> str:
    """Return ``text`` in the form in which we compare names: lower case, no accents, apostrophes or punctuation."""
    words = re.findall("[a-z0-9]+", APOSTROPHES.sub("", folded(text)))
    return " ".join(SHORT_FOR.get(word, word) for word in words)


@cache
def _province_names() -> dict[str, str]:
    return {fold(name): code for code, names in PROVINCE_SPELLINGS.items() for name in names.split("|")}


def province_of(text: str) -> str:
    """Return the two letters of the province that ``text`` names, ``""`` for none; they may have points."""
    name = fold(text)
    return _province_names().get(name) or _province_names().get(name.replace(" ", "") if len(name) == 3 else "", "")


def _by_name() -> dict[str, tuple[Place, ...]]:
    """Return the places of a name, the largest first, at most one for each province.

    If eight threads each made it at once, the process would stay 8 MB larger.
    """
    with _one_thread:
        return _sorted_by_name()


@cache
def _sorted_by_name() -> dict[str, tuple[Place, ...]]:
    found: dict[str, tuple[Place, ...]] = {}
    for place in sorted(all_places(), key=lambda place: (-place.population, place.province)):
        name = fold(place.name)
        if not _in_province(others := found.get(name, ()), place.province):
            found[name] = (*others, place)
    return found


def also_called(name: str) -> tuple[Place, ...]:
    """Return the places that people call so although their own names are others."""
    wanted = fold(name)
    meant = ((fold(city), code) for (known, code), city in ALSO_CALLED.items() if known == wanted)
    return tuple(place for city, code in meant for place in _by_name()[city] if place.province == code)


def all_places() -> list[Place]:
    return [
        Place(name, intern(province), Coordinates(float(latitude), float(longitude)), int(population))
        for name, province, latitude, longitude, population in rows_of("places.csv")
    ]


def rows_of(table: str) -> Iterator[list[str]]:
    """Yield the rows of one of our tables, without its head."""
    text = (files("deliver_to_po.offices") / "data" / table).read_text(encoding="utf-8")
    yield from csv.reader(text.splitlines()[1:])


def apart_km(one: Coordinates, other: Coordinates) -> float:
    """Return about how many kilometres are between two points that are close together."""
    narrow = math.cos(math.radians(one.latitude))
    return KM_PER_DEGREE * math.hypot(one.latitude - other.latitude, (one.longitude - other.longitude) * narrow)


def known_place(name: str, province: str) -> Place | None:
    """Return the one place of that name in a province, None if our table has none."""
    return next(iter(places_called(name, province)), None)


def largest_places(province: str) -> tuple[Place, ...]:
    here = (place for places in _by_name().values() for place in places if place.province == province)
    return tuple(sorted(here, key=lambda place: -place.population)[:MOST_LARGEST])


def places_called(name: str, province: str = "") -> tuple[Place, ...]:
    """Return the places of that name, in whatever spelling, the largest first and one for each province at most.

    If ``province`` is given, only the one there.
    """
    here = _in_province(_by_name().get(fold(name), ()), province) or _in_province(also_called(name), province)
    return here if len({fold(place.name) for place in here}) < 2 else ()


def places_roughly_called(name: str, province: str = "") -> tuple[Place, ...]:
    """Return the places of that name, or those whose names differ from it by an article or by spaces only."""
    return places_called(name, province) or _in_province(_by_rough_name().get(_rough(name), ()), province)


@cache
def _by_rough_name() -> dict[str, tuple[Place, ...]]:
    found: dict[str, tuple[Place, ...]] = {}
    for places in _by_name().values():
        found.setdefault(_rough(places[0].name), places)
    return found


def _rough(name: str) -> str:
    return fold(ARTICLE.sub("", name)).replace(" ", "")


def _in_province(places: Iterable[Place], province: str) -> tuple[Place, ...]:
    return tuple(place for place in places if province in ("", place.province))


def places_like(name: str, province: str = "", own: str = "") -> tuple[Place, ...]:
    """Return the places that somebody may have meant by ``name``: those whose names begin so, then similar ones.

    If ``province`` is given, only those there. ``own`` is the buyer's province.
    """
    wanted = fold(name)
    if not 3 <= len(wanted) <= 40:
        return ()
    found = _in_province(beginning_with(name, own), province)
    if len(found) < MOST_SUGGESTIONS:
        # People seldom get the first letter wrong, and comparing with every name in Canada takes a tenth of a second.
        names = [known for known in _names() if known[0] == wanted[0] and abs(len(known) - len(wanted)) <= 3]
        like = get_close_matches(wanted, names, n=MOST_SUGGESTIONS, cutoff=LEAST_SIMILARITY)
        found += _in_province((place for known in like for place in places_called(known)), province)
    return tuple(dict.fromkeys(found))[:MOST_SUGGESTIONS]


def beginning_with(name: str, own: str = "") -> tuple[Place, ...]:
    """Return the places whose names, or what else people call them, begin with ``name``: the likeliest first.

    However much the province weighs, the largest of all is among the first three. ``own`` is the buyer's province.
    """
    wanted = fold(name)
    names = _names()
    found = [
        place
        for known in names[bisect_left(names, wanted) : bisect_left(names, f"{wanted}~")]
        for place in _by_name()[known]
    ]
    ordered = likeliest(found, own)
    ordered[1:1] = also_called(name)
    largest = sorted(found, key=lambda place: -place.population)[:1]
    return tuple(dict.fromkeys([*ordered[:2], *largest, *ordered[2:]]))


def likeliest(places: Iterable[Place], own: str = "") -> list[Place]:
    """Return each place once, the likeliest first: the largest, where those in the buyer's province weigh more.

    If nobody knows that province, for a French buyer it is Quebec that weighs. The page's script counts the same way.
    """
    usual = own or ("QC" if current_language() == "fr" else "")
    weight = IN_OWN_PROVINCE if own else IN_QUEBEC
    once = dict.fromkeys(places)
    return sorted(once, key=lambda one: -(one.population + 100) * (weight if one.province == usual else 1))


@cache
def _names() -> Sequence[str]:
    return sorted(_by_name())

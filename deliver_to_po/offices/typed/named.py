"""Post offices by their names, and villages that only their addresses name: what a buyer types may be one of either."""

import re
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.text import format_lazy

from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.canadapost.types import NearAddress, NearPostalCode, OfficeQuery
from deliver_to_po.core.language import current_language
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.models import Office
from deliver_to_po.models.search_key import folded
from deliver_to_po.offices import directory
from deliver_to_po.offices.nearby import flat_distance, in_city
from deliver_to_po.offices.typed.addresses import Reading, read
from deliver_to_po.offices.typed.places import beginning_with, fold
from deliver_to_po.offices.typed.query import ADD_CITY, MORE_THAN_ONE, NearCorner, parse, written
from deliver_to_po.offices.typed.whereabouts import NOWHERE, Whereabouts

MOST_OFFICES = 6
SHORTEST, LONGEST = 5, 60
FIELDS = ("name_en", "name_fr", "location_en", "location_fr")
# Letters that may carry accents, small and capital: no database folds all of them.
ACCENTED = {"a": "aàâäÀÂÄ", "c": "cçÇ", "e": "eéèêëÉÈÊË", "i": "iîïÎÏ", "o": "oôöÔÖ", "u": "uùûüÙÛÜ"}


def understood(text: str, here: Whereabouts = NOWHERE) -> OfficeQuery:
    """Return what ``parse`` does, or a question for the post office whose name or city ``text`` is.

    Raises QueryNotUnderstood; where several offices have that name, with those nearest to the buyer as choices.
    """
    try:
        query = parse(text, here)
    except QueryNotUnderstood:
        # For who types Saint-Jean, an office of Saint-Jean-Baptiste is no answer.
        office = None if beginning_with(text) else _office_called(text, directory.offerable(), here)
        if found := office or _city_called(text):
            return found
        raise
    if (
        not isinstance(query, NearAddress)
        or isinstance(query, NearCorner)
        or not query.street
        or text == written(query)
    ):
        return query
    in_its_city = in_city(query, directory.offerable)
    return _office_called(text, directory.offerable(), here) or _office_called(query.street, in_its_city, here) or query


def _office_called(name: str, offices: QuerySet[Office], here: Whereabouts) -> NearPostalCode | None:
    words = re.findall(r"[a-z0-9]+", folded(name))
    if not words or not SHORTEST <= len(name) <= LONGEST:
        return None
    letters = r"\W+".join("".join(f"[{ACCENTED.get(letter, letter)}]" for letter in word) for word in words)
    # Offices of a chain have numbers. One word alone is little to go by.
    end = r"(\W.*)?$" if len(words) > 1 else r"(\W*[0-9].*)?$"
    called = Q()
    for field in FIELDS:
        called |= Q(**{f"{field}__iregex": f"^{letters}{end}"})
    found = offices.filter(called).exclude(postal_code="")
    nearest = found.order_by(flat_distance(here.area.middle)) if here.area else found.order_by("city")
    return _one_of(list(nearest[: MOST_OFFICES + 1]), name, nearest_first=here.area is not None)


def _city_called(text: str) -> NearAddress | None:
    """Return the question for a city that our table lacks, and post offices have in their addresses; None for none.

    Raises QueryNotUnderstood where several provinces have one.
    """
    if len(text) > LONGEST:
        return None
    reading = read(text) or Reading("", text.rpartition(",")[2])
    if reading.places or not fold(reading.city):
        return None
    there = in_city(NearAddress(reading.province, reading.city), directory.offerable).order_by("province")
    meant = [
        NearAddress(province, as_people_write(city), (read(f"{text}, {province}") or reading).street)
        for province, city in dict(there.values_list("province", "city")).items()
    ]
    if len(meant) > 1:
        raise QueryNotUnderstood(format_lazy(MORE_THAN_ONE, city=meant[0].city), [*map(written, meant)])
    return meant[0] if meant else None


def _one_of(offices: Sequence[Office], name: str, *, nearest_first: bool) -> NearPostalCode | None:
    """Return the question for the only one of ``offices``, None for none; raises QueryNotUnderstood for several."""
    if len({office.postal_code for office in offices}) < 2:
        return NearPostalCode(offices[0].postal_code) if offices else None
    if len(offices) > MOST_OFFICES and not nearest_first:
        raise QueryNotUnderstood(ADD_CITY, asks=True)
    choices = [_written(office) for office in offices[:MOST_OFFICES]]
    raise QueryNotUnderstood(format_lazy(MORE_THAN_ONE, city=name), choices)


def _written(office: Office) -> str:
    """Return name and address of an office: a text that is read as its postal code."""
    code = display_postal_code(office.postal_code)
    name, street, city = map(as_people_write, (office.name(current_language())[:40], office.street[:40], office.city))
    return ", ".join(filter(None, (name, street, f"{city[:30]} {office.province} {code}")))

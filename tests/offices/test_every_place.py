"""Every name of the place table leads to offices, to one question whose answers do, or to none that Canada Post names.

Canada Post is played by the emulator's own directory in this process: no socket, no database.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.types import NearAddress, NearCoordinates, OfficeQuery
from deliver_to_po.emulator.country.offices import nearest
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.offices.typed.places import Place, all_places, fold, known_place, places_called
from deliver_to_po.offices.typed.query import as_asked, parse, written
from deliver_to_po.offices.zones import in_canada
from tests.offices.prefixes import prefixes_with_their_largest_places


def answers(text: str) -> Iterator[OfficeQuery]:
    """Yield the question that ``text`` is, or what each answer to the one question about it is."""
    try:
        yield parsed(text)
    except QueryNotUnderstood as error:
        if not error.choices:
            pytest.fail(f"{text} leads nowhere: {error}")
        yield from map(parsed, error.choices)


@cache
def parsed(text: str) -> OfficeQuery:
    """Return the question that ``text`` is: the same in either language, and often an answer to another."""
    return parse(text)


@given(st.sampled_from(all_places()), st.sampled_from(["en", "fr"]))
def test_a_name_leads_to_a_place_of_the_table_by_its_middle(place: Place, language: str) -> None:
    with translation.override(language):
        found = [*answers(place.name), *answers(written(NearAddress(place.province, place.name)))]
    assert {type(as_asked(query)) for query in found} == {NearCoordinates}
    assert place in [known_place(query.city, query.province) for query in found if isinstance(query, NearAddress)]


# "Alta" is Alberta too, "Corne" is La Corne without its article, "Em-1" a postal code by half, and the others have a
# short name in them that is a place.
READ_OTHERWISE = {"70 Mi", "Alta", "Alta ", "Corne", "Em-1", "Em-1-", "Hay L", "Hay R", "La Pe"}


@pytest.mark.slow
@pytest.mark.parametrize(("language", "first"), [("en", 0), ("fr", 1)])
def test_the_largest_place_that_begins_as_four_or_five_letters_do_is_the_answer_or_one_of_three(
    language: str, first: int
) -> None:
    missed = []
    with translation.override(language):
        # Each language looks at another third of them.
        for typed, largest in islice(prefixes_with_their_largest_places(), first, None, 3):
            if len(typed) > 5 or len(fold(typed)) < 3 or places_called(typed):
                continue
            wanted = {written(NearAddress(place.province, place.name)) for place in largest}
            if not wanted & set(first_answers(typed)):
                missed.append(typed)
    assert set(missed) <= READ_OTHERWISE


def first_answers(typed: str) -> tuple[str, ...]:
    """Return the place that ``typed`` is read as, or the first three that the buyer is asked about."""
    try:
        return (written(parse(typed)),)
    except QueryNotUnderstood as error:
        return error.choices[:3]


@pytest.fixture(scope="module")
def asked() -> set[OfficeQuery]:
    """Return every question that the names of the table lead to, bare and in full, in both languages."""
    found: set[OfficeQuery] = set()
    names = [place.name for place in all_places()]
    full = [NearAddress(place.province, place.name) for place in all_places()]
    for name in dict.fromkeys(names):
        found.update(answers(name))
    for language in ("en", "fr"):
        with translation.override(language):
            for place in full:
                found.update(answers(written(place)))
    return found


@pytest.mark.slow
def test_every_name_leads_to_a_place_of_the_table_by_its_middle(asked: set[OfficeQuery]) -> None:
    assert {type(as_asked(query)) for query in asked} == {NearCoordinates}


@pytest.mark.slow
def test_every_place_is_reached(asked: set[OfficeQuery]) -> None:
    reached = {known_place(query.city, query.province) for query in asked if isinstance(query, NearAddress)}
    assert {known_place(place.name, place.province) for place in all_places()} <= reached


@pytest.mark.slow
def test_every_place_has_offices_near_but_in_the_regions_where_the_emulator_has_none(asked: set[OfficeQuery]) -> None:
    none = Counter(
        (query.province, point.coordinates.latitude > 52)
        for query in asked
        if isinstance(query, NearAddress) and isinstance(point := as_asked(query), NearCoordinates)
        if not nearest(point.coordinates.latitude, point.coordinates.longitude, 1, lambda office: office.accepts_d2po)
    )
    # Nunavut, Nunavik and James Bay, and one village each that lies beyond any other's reach.
    assert none == {("NU", True): 30, ("QC", True): 17, ("MB", True): 1, ("NT", True): 1}


def test_every_place_is_in_canada() -> None:
    assert [place for place in all_places() if not in_canada(place.coordinates)] == []

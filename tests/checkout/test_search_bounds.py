"""What is read of a search: bounded, and written into no address as it was typed."""

import pytest
from django.http import QueryDict

from deliver_to_po.checkout.picker import MOST_SHOWN
from deliver_to_po.checkout.search_request import SearchRequest
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.query import LONGEST, QueryNotUnderstood
from tests.offices.test_streets import HOUSES, UNITS

LONG = "1" * 160_000


def asked(**data: str | list[str]) -> SearchRequest:
    """Return the search that a form or an address says."""
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return SearchRequest.read(query)


def test_a_place_is_kept_one_character_longer_than_it_may_be_so_that_its_length_is_refused() -> None:
    search = asked(q=LONG)
    assert len(search.text) == LONGEST + 1
    with pytest.raises(QueryNotUnderstood) as caught:
        search.query()
    assert "too long" in str(caught.value.message)


def test_spaces_around_a_place_do_not_count() -> None:
    assert asked(q=" " * 1_000 + "Moose Jaw, SK" + " " * 1_000).text == "Moose Jaw, SK"


@pytest.mark.parametrize("name", ["lat", "lon"])
def test_a_coordinate_is_cut(name: str) -> None:
    search = asked(**{"lat": "45.4", "lon": "-75.7", name: LONG})
    assert max(len(search.latitude), len(search.longitude)) == 20


@pytest.mark.parametrize("show", [LONG, "-5", "x" * 160_000, "²", ""])
def test_a_number_of_offices_is_within_bounds(show: str) -> None:
    assert 1 <= asked(q="K1A 0B1", show=show).show <= MOST_SHOWN


def test_only_known_filters_are_kept_each_once() -> None:
    known = Filter.EVENINGS.value
    assert asked(q="K1A 0B1", filter=[LONG, known, "x", known]).wanted == (Filter.EVENINGS,)


def test_no_address_grows_with_what_was_typed() -> None:
    search = asked(q=LONG, show=LONG, filter=[LONG] * 50)
    assert len(search.url()) < 300
    assert len(asked(lat=LONG, lon=LONG).url()) < 300


@pytest.mark.parametrize("number", [*HOUSES, *UNITS])
def test_no_address_shows_a_house_or_a_flat(number: str) -> None:
    found = asked(q=f"{number} Main Street, Corner Brook, NL", show="10")
    assert found.without_house().url() == asked(q="Main Street, Corner Brook, NL", show="10").url()

"""A search as a form or a URL says it: capped, put right, and fit for a URL."""

import pytest
from django.http import QueryDict

from deliver_to_po.canadapost.types import Coordinates, NearCoordinates, NearPostalCode
from deliver_to_po.checkout.search_request import SearchRequest
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.query import LONGEST, QueryNotUnderstood


def read(query: str) -> SearchRequest:
    """Return the search that a URL's query says."""
    return SearchRequest.read(QueryDict(query))


def test_a_search_says_what_the_url_says() -> None:
    search = read("q=+K1A+0B1+&show=25&filter=weekend&filter=open&filter=nonsense")
    assert search == SearchRequest("K1A 0B1", 25, (Filter.OPEN_NOW, Filter.WEEKEND))
    assert search.query() == NearPostalCode("K1A0B1")


def test_a_location_counts_only_where_nothing_was_typed() -> None:
    assert read("lat=45.42&lon=-75.7").query() == NearCoordinates(Coordinates(45.42, -75.7))
    assert read("q=K1A+0B1&lat=45.42&lon=-75.7") == SearchRequest("K1A 0B1", 10)


@pytest.mark.parametrize(("query", "searched"), [("", False), ("show=20", False), ("q=x", True), ("lon=1", True)])
def test_an_empty_form_is_no_search(query: str, searched: bool) -> None:
    assert bool(read(query)) is searched


def test_long_texts_are_cut_and_one_that_is_too_long_is_still_refused() -> None:
    search = read(f"q={'x' * 10_000}")
    assert len(search.text) == LONGEST + 1
    with pytest.raises(QueryNotUnderstood) as refused:
        search.query()
    assert "too long" in str(refused.value.message)
    assert len(read(f"lat={'1' * 10_000}&lon=1").latitude) == 20


def test_a_url_has_no_house_number_and_a_rounded_location() -> None:
    assert read("q=123+Main+St,+Moose+Jaw,+SK").without_house().text == "Main St, Moose Jaw, SK"
    rounded = read("lat=45.421532&lon=-75.697193").without_house()
    assert (rounded.latitude, rounded.longitude) == ("45.422", "-75.697")


def test_its_own_url_says_the_same_search() -> None:
    for query in ("q=K1A+0B1&show=20&filter=french", "lat=45.42&lon=-75.7&filter=open"):
        search = read(query)
        assert read(search.url().partition("?")[2]) == search

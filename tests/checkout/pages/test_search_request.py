"""A search as a form or a URL says it: capped, put right, and fit for a URL."""

import pytest
from django.http import QueryDict

from deliver_to_po.canadapost.types import Coordinates, NearCoordinates, NearPostalCode
from deliver_to_po.checkout.pages.search_request import SearchRequest, SecondPlaceNotUnderstood
from deliver_to_po.checkout.searching import MOST_SHOWN
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.typed.query import LONGEST

# A street may be the name of a post office.
pytestmark = pytest.mark.django_db
LONG = "1" * 160_000


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


def test_a_place_is_kept_one_character_longer_than_it_may_be_so_that_its_length_is_refused() -> None:
    search = read(f"q={LONG}")
    assert len(search.text) == LONGEST + 1
    with pytest.raises(QueryNotUnderstood) as refused:
        search.query()
    assert "too long" in str(refused.value.message)


def test_spaces_around_a_place_do_not_count() -> None:
    assert read(f"q={'+' * 1_000}Moose+Jaw,+SK{'+' * 1_000}").text == "Moose Jaw, SK"


@pytest.mark.parametrize("query", [f"lat={LONG}&lon=-75.7", f"lat=45.4&lon={LONG}"])
def test_a_coordinate_is_cut(query: str) -> None:
    search = read(query)
    assert max(len(search.latitude), len(search.longitude)) == 20


@pytest.mark.parametrize("show", [LONG, "-5", "x", "²", "", "3"])
def test_a_senseless_number_of_offices_is_put_right(show: str) -> None:
    assert 10 <= read(f"show={show}").show <= MOST_SHOWN


def test_no_address_grows_with_what_was_typed() -> None:
    assert len(read(f"q={LONG}&show={LONG}" + f"&filter={LONG}" * 50).url()) < 300
    assert len(read(f"lat={LONG}&lon={LONG}").url()) < 300


def test_a_url_has_no_house_number_and_a_rounded_location() -> None:
    assert read("q=123+Main+St,+Moose+Jaw,+SK").without_house().text == "Main St, Moose Jaw, SK"
    rounded = read("lat=45.421532&lon=-75.697193").without_house()
    assert (rounded.latitude, rounded.longitude) == ("45.422", "-75.697")


def test_its_own_url_says_the_same_search() -> None:
    for query in ("q=K1A+0B1&show=20&filter=french&via=Aylmer", "lat=45.42&lon=-75.7&filter=open"):
        search = read(query)
        assert read(search.url().partition("?")[2]) == search


def test_a_second_place_loses_its_house_number_too_and_is_as_long_as_the_first_may_be() -> None:
    search = read("q=K1A+0B1&via=4321+Main+Street,+Moose+Jaw,+SK")
    assert search.without_house().via == "Main Street, Moose Jaw, SK"
    assert search.narrowed == 1
    assert len(read(f"q=K1A+0B1&via={LONG}").via) == LONGEST + 1


@pytest.mark.parametrize("first", ["Sparks Street, Ottawa, ON", "Ottawa, ON"])
def test_a_second_place_that_is_the_same_point_as_the_first_is_refused_with_what_to_enter(first: str) -> None:
    with pytest.raises(SecondPlaceNotUnderstood) as refused:
        read(f"q={first}&via=Innes+Road,+Ottawa,+ON").via_query()
    assert "Enter the postal code of each" in str(refused.value.message)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("q=123+Sparks+Street,+Ottawa,+ON&via=90210", ("Sparks Street, Ottawa, ON", "", "", "")),
        ("q=12+Sparks+Street,+Ottawa,+ON&via=34+Innes+Road,+Ottawa,+ON", ("Sparks Street, Ottawa, ON", "", "", "")),
        ("q=123+Sparks+Street,+Ottawa,+ON&via=Windsor", ("Sparks Street, Ottawa, ON", "", "", "Windsor")),
        ("lat=45.421532&lon=-75.697193&via=12+Main,+Nowhere", ("", "45.422", "-75.697", "")),
        ("q=90210&via=4321+Main+Street,+Moose+Jaw,+SK", ("", "", "", "Main Street, Moose Jaw, SK")),
    ],
)
def test_with_one_place_that_is_not_understood_a_url_has_no_house_number_either(
    typed: str, shown: tuple[str, ...]
) -> None:
    search = read(typed)
    with pytest.raises(QueryNotUnderstood):
        search.without_house()
    kept = search.as_far_as_understood()
    assert (kept.text, kept.latitude, kept.longitude, kept.via) == shown


@pytest.mark.parametrize("via", ["90210", "New York", "Main St, Notaplace, SK", "x" * 130])
def test_a_second_place_that_is_nowhere_says_so_and_the_first_is_still_a_question(via: str) -> None:
    search = read(f"q=K1A+0B1&via={via}")
    with pytest.raises(SecondPlaceNotUnderstood):
        search.via_query()
    assert search.query() == NearPostalCode("K1A0B1")

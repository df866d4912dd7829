"""Post offices by their names. What buyers mean by which text is in ``test_what_buyers_type``."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import NearAddress, NearPostalCode
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.models import Office
from deliver_to_po.offices.typed.named import MOST_OFFICES, understood
from deliver_to_po.offices.typed.query import parse, written
from deliver_to_po.offices.typed.whereabouts import Whereabouts
from tests.factories import make_office

pytestmark = pytest.mark.django_db


def _make(key: int, **fields: Any) -> None:
    values = {"name_en": "CORNER PHARMACY #1", "city": "OTTAWA", "province": "ON", "postal_code": f"K1P{key}A1"}
    point = {"latitude": 45.0 + key / 10, "longitude": -75.7}
    make_office(received_id=str(key), **{**point, **values, **fields})


def _choices(text: str, postal_code: str = "") -> tuple[str, ...]:
    with pytest.raises(QueryNotUnderstood) as caught:
        understood(text, Whereabouts(lambda: postal_code))
    return caught.value.choices


def test_the_nearest_of_a_chain_come_first_and_each_answer_is_read_as_its_postal_code() -> None:
    for key in range(1, 9):
        _make(key)
    choices = _choices("Corner Pharmacy", "K1P 1J1")
    assert len(choices) == MOST_OFFICES
    # K1P lies at 45.42.
    assert [parse(choice) for choice in choices[:2]] == [NearPostalCode("K1P4A1"), NearPostalCode("K1P5A1")]


def test_of_a_large_chain_the_city_is_asked_for_if_nobody_knows_where_the_buyer_is() -> None:
    for key in range(MOST_OFFICES):
        _make(key)
    assert len(_choices("Corner Pharmacy")) == MOST_OFFICES
    _make(MOST_OFFICES)
    assert _choices("Corner Pharmacy") == ()


def test_one_word_is_a_name_only_if_it_is_all_of_it() -> None:
    _make(1, name_en="ZELLERS PHARMACY")
    _make(2, name_en="WOOLCO #12")
    with pytest.raises(QueryNotUnderstood):
        understood("Zellers")
    assert understood("Woolco") == NearPostalCode("K1P2A1")


def test_an_office_that_may_not_be_offered_is_not_found() -> None:
    _make(1, closed_at=timezone.now())
    with pytest.raises(QueryNotUnderstood):
        understood("Corner Pharmacy")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("St. Jacobs", NearAddress("ON", "St Jacobs")),
        ("saint jacobs", NearAddress("ON", "St Jacobs")),
        ("12 King St, St. Jacobs", NearAddress("ON", "St Jacobs", "King St")),
        # Our table has one in Nova Scotia alone.
        ("Springfield ON", NearAddress("ON", "Springfield")),
        ("12 Main St, Springfield, Ontario", NearAddress("ON", "Springfield", "Main St")),
    ],
)
def test_a_village_that_only_its_post_office_names_is_asked_about(text: str, meant: NearAddress) -> None:
    _make(1, city="ST JACOBS")
    _make(2, city="SPRINGFIELD")
    _make(3, city="SPRINGFIELD", closed_at=timezone.now())
    assert understood(text) == meant
    assert understood(written(meant)) == meant


def test_of_such_villages_in_two_provinces_the_province_is_asked_for() -> None:
    _make(1, city="ST JACOBS")
    _make(2, city="ST. JACOBS", province="AB", postal_code="T0A1A1")
    assert _choices("St. Jacobs") == ("St. Jacobs, AB", "St Jacobs, ON")


def test_a_post_office_does_not_decide_which_of_the_tables_cities_is_meant() -> None:
    _make(1, city="WINDSOR")
    _make(2, city="")
    assert _choices("Windsor")[:2] == ("Windsor, ON", "Windsor, NS")
    assert _choices("★★★★★★") == ()


@pytest.mark.parametrize("text", ["K1A 0B1", "Moose Jaw", "Main St, Moose Jaw, SK", "Bank and Slater, Ottawa"])
def test_what_is_surely_no_name_costs_no_query(text: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        understood(text)


def test_a_street_that_no_office_is_called_stays_a_street() -> None:
    _make(1)
    assert understood("Corner Street Ottawa") == NearAddress("ON", "Ottawa", "Corner Street")


@pytest.mark.parametrize("text", ["a" * 200, "★★★★★★", "(((((((", r"\W+\W+\W+", "'; DROP TABLE x"])
def test_whatever_is_typed_is_only_looked_for(text: str) -> None:
    _make(1)
    with pytest.raises(QueryNotUnderstood):
        understood(text)
    assert Office.objects.count() == 1

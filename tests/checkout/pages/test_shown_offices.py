"""Values in a person's words, in the active language."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from deliver_to_po.canadapost.types import (
    Coordinates,
    NearAddress,
    NearCoordinates,
    NearPostalCode,
    OfficeQuery,
    PostOffice,
)
from deliver_to_po.checkout.office_list import ListedOffice, OfficeList
from deliver_to_po.checkout.pages.shown_offices import shown_filters, shown_list, shown_office
from deliver_to_po.core.choices import Rung
from deliver_to_po.offices.filters import Filter
from deliver_to_po.offices.opening import Opening, State
from tests.factories import LISTED_OFFICE as OFFICE

OTTAWA = ZoneInfo("America/Toronto")
NOON = datetime(2026, 11, 23, 12, tzinfo=OTTAWA)


def office(**changes: Any) -> PostOffice:
    return replace(OFFICE, **changes)


def office_list(*offices: ListedOffice, **changes: Any) -> OfficeList:
    """Return a list of offices as a search finds it."""
    values: dict[str, Any] = {"query": NearPostalCode("K2B7K0"), "show": 10, "next_show": None, "received_at": NOON}
    return OfficeList(offices=offices, **{**values, **changes})


def test_an_office_is_shown_in_a_person_s_words() -> None:
    shown = shown_office(OFFICE)
    assert (shown.number, shown.chosen) == (0, False)
    assert shown.address_lines == ("3080, av. Carling", "Ottawa ON K2B\N{NO-BREAK SPACE}7K0")
    assert shown.distance == "1.3\N{NO-BREAK SPACE}km"
    assert shown.hours is not None
    assert shown.hours[0][0] == "Monday"


def test_the_same_list_is_shown_in_each_language_s_words() -> None:
    found = office_list(ListedOffice(1, OFFICE))
    for language, words in (("en", "1.3\N{NO-BREAK SPACE}km"), ("fr", "1,3\N{NO-BREAK SPACE}km")) * 2:
        with translation.override(language):
            assert shown_list(found).offices[0].distance == words


def test_a_position_has_decimal_points_in_french_too() -> None:
    with translation.override("fr"):
        assert shown_office(OFFICE).position == "45.35450,-75.80611"


def test_the_number_of_a_unit_stays_on_the_line_of_its_sign() -> None:
    assert shown_office(office(street="12 Main St # 4")).address_lines[0] == "12 Main St #\N{NO-BREAK SPACE}4"


@pytest.mark.parametrize(
    ("query", "city", "km", "unsaid"),
    [
        (NearAddress("QC", "Saint-Jérôme"), "ST-JEROME", "6", "St-Jerome"),
        (NearAddress("QC", "Kahnawake"), "LACHINE", "2.2", ""),
        (NearPostalCode("K2B7K0"), "OTTAWA", "0.7", "Ottawa"),
        (NearPostalCode("K7L1A1"), "CARLETON PLACE", "104", ""),
        (NearCoordinates(Coordinates(45.0, -76.0)), "CARP", None, ""),
    ],
)
def test_only_the_city_that_was_searched_is_left_out_beside_an_office(
    query: OfficeQuery, city: str, km: str | None, unsaid: str
) -> None:
    listed = ListedOffice(1, office(city=city, distance_km=Decimal(km) if km else None))
    assert shown_list(office_list(listed, query=query)).city == unsaid


def test_a_location_that_only_repeats_the_name_is_left_out() -> None:
    assert shown_office(office(name="Vanier", location="VANIER")).location == ""
    assert shown_office(OFFICE).location == "Plage Cristal"


def test_unknown_things_stay_unknown() -> None:
    shown = shown_office(office(coordinates=None, distance_km=None, hours=None, street=""))
    assert (shown.position, shown.distance, shown.hours, shown.opening) == ("", "", None, "")
    assert shown.address_lines == ("Ottawa ON K2B\N{NO-BREAK SPACE}7K0",)


def test_an_office_farther_than_fifty_kilometres_says_so() -> None:
    assert shown_office(office(distance_km=Decimal("50.01"))).far
    assert not shown_office(office(distance_km=Decimal("50.00"))).far
    assert not shown_office(office(distance_km=None)).far


@pytest.mark.parametrize(
    ("opening", "words", "is_open"),
    [
        (Opening(State.OPEN, NOON, NOON.replace(hour=17)), "Open now, closes at 5\N{NO-BREAK SPACE}p.m.", True),
        (Opening(State.CLOSED, NOON, NOON.replace(hour=15)), "Closed, opens at 3\N{NO-BREAK SPACE}p.m.", False),
        (Opening(State.MAYBE_CLOSED, NOON), "Holiday: may be closed today", False),
    ],
)
def test_a_listed_office_says_whether_it_is_open(opening: Opening, words: str, is_open: bool) -> None:
    (shown,) = shown_list(office_list(ListedOffice(1, OFFICE, opening))).offices
    assert (shown.opening, shown.is_open) == (words, is_open)


def test_a_listed_office_keeps_its_number_and_whether_it_is_chosen() -> None:
    shown = shown_list(office_list(ListedOffice(1, OFFICE), ListedOffice(2, OFFICE, chosen=True))).offices
    assert [(one.number, one.chosen) for one in shown] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("query", "english", "french"),
    [
        (NearPostalCode("K2B7K0"), "K2B\N{NO-BREAK SPACE}7K0", "K2B\N{NO-BREAK SPACE}7K0"),
        (NearAddress("SK", "Moose Jaw", "Main St"), "Main St, Moose Jaw, SK", "Main St, Moose Jaw (Saskatchewan)"),
        (NearCoordinates(Coordinates(45.42, -75.7)), "your location", "Votre position"),
    ],
)
def test_a_list_says_where_was_searched(query: Any, english: str, french: str) -> None:
    found = office_list(query=query)
    assert shown_list(found).place == english
    with translation.override("fr"):
        assert shown_list(found).place == french


@pytest.mark.parametrize(
    ("rung", "words"),
    [(Rung.STALE, "as we received it yesterday"), (Rung.DIRECTORY, "this is our own list, received yesterday")],
)
def test_a_list_says_where_it_comes_from(rung: Rung, words: str, time_machine: Any) -> None:
    time_machine.move_to(NOON.replace(day=24), tick=False)
    told = shown_list(office_list(rung=rung)).standing
    assert told
    assert words in told.sentence


def test_of_an_answer_of_just_now_there_is_nothing_to_know() -> None:
    assert shown_list(office_list(rung=Rung.FRESH)).standing is None


def test_filters_have_words_and_say_which_are_on() -> None:
    words = {value: (str(text), on) for value, text, on in shown_filters([Filter.WEEKEND])}
    assert list(words) == [one.value for one in Filter]
    assert words["weekend"] == ("Open on weekends", True)
    assert words["open"] == ("Open now", False)


@pytest.mark.parametrize(
    ("language", "km", "says"),
    [
        ("en", 1.24, "About 1.2 km out of your way"),
        ("fr", 1.24, "Environ 1,2 km de détour"),
        ("en", 0.04, "On your way"),
        ("fr", 0.04, "Sur votre chemin"),
    ],
)
def test_a_detour_is_about_so_many_kilometres(language: str, km: float, says: str) -> None:
    with translation.override(language):
        (listed,) = shown_list(office_list(ListedOffice(1, OFFICE, detour_km=km))).offices
    assert listed.detour.replace("\N{NO-BREAK SPACE}", " ") == says


def test_a_list_of_the_way_names_both_places_and_says_how_it_is_measured() -> None:
    shown = shown_list(office_list(ListedOffice(1, OFFICE), via=NearAddress("ON", "Kanata")))
    assert shown.place.replace("\N{NO-BREAK SPACE}", " ") == "K2B 7K0"
    assert shown.near.endswith("and Kanata, ON")
    assert "as the crow flies" in shown.measured


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"via": NearAddress("ON", "Kanata", "Teron Road")}, "measured from the middle of the city"),
        (
            {"query": NearAddress("ON", "Kanata"), "via": NearPostalCode("K1A0B1")},
            "measured from the middle of the city",
        ),
        ({"via": NearPostalCode("K1A0B1"), "over_limit": True}, "Too many searches came from your connection."),
        ({"via": NearPostalCode("K1A0B1")}, ""),
        # The standing of such a list says it.
        ({"via": NearPostalCode("K1A0B1"), "over_limit": True, "rung": Rung.DIRECTORY}, ""),
    ],
)
def test_of_the_way_it_is_said_where_a_place_is_inexact_and_that_offices_may_be_missing(
    changes: dict[str, Any], says: str
) -> None:
    _way, _by_road, more = shown_list(office_list(ListedOffice(1, OFFICE), **changes)).measured.partition("is longer.")
    assert (says in more) if says else not more

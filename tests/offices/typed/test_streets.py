"""What is left of a street once the numbers of houses, flats and boxes are taken out, which are nobody's business."""

import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.types import NearAddress
from deliver_to_po.offices.typed.query import parse, written
from deliver_to_po.offices.typed.streets import street_only

HOUSES = [
    *("120", "120A", "120 B", "120-A", "120½", "120 ½", "120 1/2", "120-1/2", "120 bis", "120bis", "120 ter"),
    *("12B-34", "12-34B", "12–34", "12—34", "12‑34", "12 - 34", "12 − 34", "4 - 120 - B", "12/34", "12 & 14"),
    *("12 to 14", "12 à 14", "12, 14", "12E", "１２", "１２３４A", "٣٤", "④", "12²", "№ 5", "n° 5", "nº 5", "no 5"),
    *("No. 5", "numéro 5", "#5", "# 5", "120.5", "1\u200b2\u200b0", "123456"),
]
UNITS = [
    *("#4", "#4-120", "Apt 5", "Apt. #5", "Apt5", "apt B", "Apt B-12", "app. 4", "app 3-120", "appartement 12B"),
    *("Unit 3", "UNIT 3-45", "unité 3", "Suite 200", "Suite no 200", "Ste 200", "Ste. #200", "bureau 300"),
    *("local 5", "porte 3", "Room 12", "PH3", "Penthouse 3", "bldg 4", "bâtiment B", "3rd floor", "2nd Fl."),
    *("3e étage", "étage 3", "floor 3", "Lot 5", "Site 5 Comp 3", "Box 45", "P.O. Box 45A", "PO Box 45 Stn A"),
    *("PO BOX 45 STN MAIN", "PO Box 45, Station Main", "CP 45 succ. Centre-Ville", "PO Box 45 RPO Sherwood"),
    *("RPO Sherwood Park", "GD STN MAIN", "General Delivery", "case postale 45", "boîte postale 45", "RR 2"),
    *("R.R. #2", "RR 2A", "RR 3 STN MAIN", "HC 3 Box 5", "SS 4 Comp 12", "Km 1422"),
]
STREETS = [
    *("Main St", "King Street West", "rue Principale", "rue X", "chemin du Lac", "boul. de Québec"),
    *("Côte-de-Liesse", "Avenue Road", "5th Avenue", "1re Avenue", "1ère Avenue", "12e Rue", "7e Rue Est", "4e Rang"),
    *("2nd Line North", "17 Ave SW", "104 Street NW", "104A Street", "Highway 7", "Hwy 7 East"),
    *("Trans-Canada Highway 1", "Route 132 Est", "Rang 3", "Concession 5", "Concession Road 10", "County Road 42"),
    *("Township Road 1052", "Range Road 231", "RR 231", "Line 34", "Chemin 5", "rue du 24-Juin"),
    *("chemin du 4e Rang", "boulevard du 22e Régiment"),
]


def asked(typed: str) -> str:
    """Return the street of which ``typed`` asks, after the checks that hold for every address."""
    question = parse(f"{typed}, Corner Brook, NL")
    assert isinstance(question, NearAddress)
    assert (question.province, question.city) == ("NL", "Corner Brook")
    for language in ("en", "fr"):
        with translation.override(language):
            assert parse(written(question)) == question
    return question.street


def test_no_form_of_a_house_number_is_asked_about() -> None:
    assert {house: asked(f"{house} Main Street") for house in HOUSES} == dict.fromkeys(HOUSES, "Main Street")


def test_no_form_of_a_flat_a_floor_or_a_box_is_asked_about() -> None:
    assert {unit: asked(f"{unit}, 120, rue Principale") for unit in UNITS} == dict.fromkeys(UNITS, "rue Principale")


HOUSE_ORDERS = ("{house} {street}", "{house}, {street}", "{street} {house}", "{street}, {house}")
UNIT_ORDERS = ("{unit} 120 {street}", "{unit}, 120, {street}", "120 {street} {unit}")


@given(
    st.tuples(st.sampled_from(HOUSE_ORDERS), st.sampled_from(HOUSES), st.just(""))
    | st.tuples(st.sampled_from(UNIT_ORDERS), st.just(""), st.sampled_from(UNITS)),
    st.sampled_from(["Main Street", "rue Principale"]),
)
def test_a_number_is_found_before_and_behind_its_street(typed: tuple[str, str, str], street: str) -> None:
    order, house, unit = typed
    assert asked(order.format(house=house, unit=unit, street=street)) == street


def test_a_number_that_names_a_street_stays() -> None:
    assert [asked(street) for street in STREETS] == [asked(f"1205 {street}") for street in STREETS] == STREETS


@given(st.sampled_from(STREETS), st.sampled_from(["1205, {}", "Unit 3, 1205 {}", "{} Apt 5"]))
def test_a_number_that_names_a_street_stays_wherever_the_house_is_named(street: str, order: str) -> None:
    assert asked(order.format(street)) == street


TOLD_APART = {
    "10405-104 Street NW": "104 Street NW",
    "10405 - 104 Street NW": "104 Street NW",
    "10405–104 Street NW": "104 Street NW",
    "Suite 200 10405 104A Street NW": "104A Street NW",
    "120 17 Ave SW": "17 Ave SW",
    "17 Ave SW 120": "17 Ave SW",
    "5th Avenue 120": "5th Avenue",
    "45 rang 3": "rang 3",
    "4e Rang de Simpson": "4e Rang de Simpson",
    "Highway #7": "Highway 7",
    "Hwy. No. 7": "Hwy 7",
    "Hwy7": "Hwy 7",
    "Old King's Highway 7": "Old King's Highway 7",
    "Lot 5 Concession 3": "Concession 3",
    "PO Box 45 Station Road": "Station Road",
    "RR 3 Highway 7": "Highway 7",
    "5 Line": "5 Line",
    "3 Avenue N": "3 Avenue N",
    "104 Street North": "104 Street North",
    "des 4 Bourgeois": "des 4 Bourgeois",
    "12-Main St": "Main St",
    "120Main St": "Main St",
    "120rue Principale": "rue Principale",
    "Main120": "Main",
    "12 A Street": "A Street",
    "A Street": "A Street",
    "1205 2nd E Main": "2nd E Main",
    "120 Avenue A": "Avenue A",
    "120 Avenue S South": "Avenue S South",
    "Bureau Street": "Bureau Street",
    "Nord Road": "Nord Road",
    "No Name Road": "No Name Road",
    "Sainte-Catherine": "Sainte-Catherine",
}


def test_houses_and_numbered_streets_are_told_apart() -> None:
    assert {typed: asked(typed) for typed in TOLD_APART} == TOLD_APART


STAYS_HOME = {
    "1205 Street": "",
    "120 Avenue N": "Avenue N",
    "12 rue": "",
    "17 Ave 120": "",
    "King Road 45": "King Road",
    "Lakeshore Line 45": "Lakeshore Line",
    "Island Highway 1205": "Island Highway",
    "Avenue Road 12": "Avenue Road",
    "12e rue Principale": "rue Principale",
    "King St 12 Court": "King St",
    "King St 12 Back": "King St",
    "Elm 12 to 14": "Elm",
    "Chemin 45 Principale": "Principale",
    "rue du Lac 45": "rue du Lac",
    "place du 45": "place du",
    "unit 5": "",
    **dict.fromkeys(UNITS, ""),
    "5": "",
}


def test_where_a_number_may_be_a_house_it_stays_home() -> None:
    assert {typed: asked(typed) for typed in STAYS_HOME} == STAYS_HOME


@pytest.mark.parametrize("name", ["John Smith", "c/o Jean Tremblay", "Tilleul inc."])
def test_who_lives_there_stays_home_with_the_number(name: str) -> None:
    assert asked(f"{name} 123 Main St") == "Main St"
    assert asked(f"{name} 123 Elm") == "Elm"


@given(
    st.lists(st.sampled_from(UNITS), max_size=2),
    st.sampled_from(HOUSES),
    st.sampled_from(["Main Street", "rue Principale", "Elm Crescent", "chemin du Lac"]),
    st.sampled_from([" ", ", "]),
    st.permutations(range(3)),
)
def test_no_number_survives_whatever_stands_where(
    units: list[str], house: str, street: str, between: str, order: list[int]
) -> None:
    parts = [" ".join(units), house, street]
    typed = between.join(parts[at] for at in order if parts[at])
    assert not re.search(r"\d", asked(typed)), typed


@given(st.text("0123456789 -/#.aABe", max_size=30), st.sampled_from(STREETS))
def test_what_is_left_is_left_as_it_is_the_second_time(before: str, street: str) -> None:
    once = street_only(f"{before} {street}")
    assert street_only(once) == once

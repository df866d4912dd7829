"""Two streets in one text: the first one is asked about, and a street with such a word in its name stays whole."""

import pytest
from django.utils import translation

from deliver_to_po.canadapost.types import NearAddress
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.offices.typed.intersections import is_intersection, streets_of
from deliver_to_po.offices.typed.query import as_asked, parse, written


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("Bank and Slater, Ottawa", NearAddress("ON", "Ottawa", "Bank")),
        ("Bank and Slater Ottawa", NearAddress("ON", "Ottawa", "Bank")),
        ("Yonge/Bloor, Toronto", NearAddress("ON", "Toronto", "Yonge")),
        ("Granville @ Robson, Vancouver", NearAddress("BC", "Vancouver", "Granville")),
        ("Granville at Robson, Vancouver", NearAddress("BC", "Vancouver", "Granville")),
        ("Granville à Robson, Vancouver", NearAddress("BC", "Vancouver", "Granville")),
        ("near metro Bonaventure, Montreal", NearAddress("QC", "Montréal")),
        ("près du métro Berri-UQAM, Montréal", NearAddress("QC", "Montréal")),
        ("Main Street at Moose Jaw", NearAddress("SK", "Moose Jaw", "Main Street")),
        ("King à Sherbrooke QC", NearAddress("QC", "Sherbrooke", "King")),
        ("rue Principale à Kamouraska", NearAddress("QC", "Kamouraska", "rue Principale")),
        ("rue de l’Anse à Beaufils, Percé", NearAddress("QC", "Percé", "rue de l’Anse à Beaufils")),
        ("Portage + Main, Winnipeg", NearAddress("MB", "Winnipeg", "Portage")),
        ("corner of King and Queen, Fredericton", NearAddress("NB", "Fredericton", "King")),
        ("Jasper Ave & 101 St, Edmonton", NearAddress("AB", "Edmonton", "Jasper Ave")),
        ("coin Saint-Denis et Rachel, Montréal", NearAddress("QC", "Montréal", "Saint-Denis")),
        ("à l’angle des rues Peel et Sherbrooke, Montréal", NearAddress("QC", "Montréal", "Peel")),
        ("coin de la Montagne et Sherbrooke, Montréal", NearAddress("QC", "Montréal", "de la Montagne")),
        ("intersection King et Wellington, Sherbrooke", NearAddress("QC", "Sherbrooke", "King")),
        ("Main and Quebec, Vancouver", NearAddress("BC", "Vancouver", "Main")),
        ("12 Bank and Slater, Ottawa", NearAddress("ON", "Ottawa", "Bank")),
        # King is a place near Toronto, so its name alone would not be read as the street.
        ("King and Bay, Toronto", NearAddress("ON", "Toronto", "Bay")),
        ("King and Queen, Kingston ON", NearAddress("ON", "Kingston", "King")),
    ],
)
def test_of_two_streets_the_first_is_asked_about(typed: str, question: NearAddress) -> None:
    assert as_asked(parse(typed)) == as_asked(question)
    assert parse(written(parse(typed))) == parse(typed)


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "King and Bay, Toronto, ON"), ("fr", "King et Bay, Toronto (Ontario)")]
)
def test_both_streets_are_shown_in_the_order_in_which_they_were_typed(language: str, shown: str) -> None:
    with translation.override(language):
        assert written(parse("King/Bay, Toronto")) == shown
    # In either language that is the same question.
    assert parse(shown) == parse("King & Bay, Toronto")


@pytest.mark.parametrize(
    "typed",
    [
        *("Bank and Slater", "Yonge/Bloor", "Portage & Main", "coin Saint-Denis et Rachel", "King and Wellington"),
        *("Yonge at Bloor", "King at Bay", "King St W & Spadina Ave", "Saint-Denis à Rachel"),
        *("Rachel à l’angle de Saint-Denis", "Granville at Robson", "Granville à Robson"),
    ],
)
def test_two_streets_without_a_city_are_asked_for_it_as_one_is(typed: str) -> None:
    with pytest.raises(QueryNotUnderstood, match="Add the city after the street"):
        parse(typed)


def test_if_the_second_street_is_a_village_too_that_is_one_answer_to_the_question() -> None:
    with pytest.raises(QueryNotUnderstood) as caught:
        parse("Granville at Robson")
    assert [parse(choice) for choice in caught.value.choices] == [NearAddress("BC", "Robson", "Granville")]
    with pytest.raises(QueryNotUnderstood) as caught:
        parse("Bank and Robson")
    assert caught.value.choices == ()


@pytest.mark.parametrize(
    "name",
    [
        *("rue Saint-Pierre-et-Miquelon", "rue Pierre-et-Marie-Curie", "rue Pierre et Marie Curie"),
        *("rue des Arts et Métiers", "Rose and Crown Lane", "Corner Brook Road", "Anderson Street", "Grande Allée"),
    ],
)
def test_a_street_whose_own_name_has_such_a_word_stays_whole(name: str) -> None:
    assert not is_intersection(name)
    assert streets_of(name) == streets_of(f"12 {name}") == (name,)


@pytest.mark.parametrize("text", ["12 1/2 Main St", "c/o Jean Tremblay", "John and Mary Smith 123 Main St", "Main and"])
def test_what_is_no_two_streets_is_none(text: str) -> None:
    assert not is_intersection(text)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Stoneham et Tewkesbury", NearAddress("QC", "Stoneham-et-Tewkesbury")),
        ("Gander, Newfoundland and Labrador", NearAddress("NL", "Gander")),
        ("Kitchener/Waterloo", NearAddress("ON", "Kitchener")),
    ],
)
def test_a_place_whose_own_name_has_such_a_word_is_that_place(typed: str, place: NearAddress) -> None:
    assert parse(typed) == place

"""Reading an address: which words are the province, which the city, and which the street."""

import pytest

from deliver_to_po.offices.typed.addresses import Reading, read


def said(typed: str) -> tuple[str, str, str]:
    """Return province, city and street of an address that can be read."""
    reading = read(typed)
    assert reading is not None
    return reading.province, reading.city, reading.street


@pytest.mark.parametrize("link", ["en", "in", "au", "de", "of"])
def test_the_word_that_links_a_city_to_its_province_is_no_part_of_the_city(link: str) -> None:
    assert said(f"Baie-Nulle-Part {link} Nouveau-Brunswick") == ("NB", "Baie-Nulle-Part", "")
    assert said(f"12 rue X, Baie-Nulle-Part {link} Nouveau-Brunswick") == ("NB", "Baie-Nulle-Part", "rue X")


def test_a_street_that_is_called_like_a_province_is_no_province() -> None:
    assert said("rue Principale, boulevard du Manitoba, Laval") == ("", "Laval", "rue Principale")


def test_a_country_between_city_and_province_is_elsewhere() -> None:
    assert read("Kingston, Jamaica ON") is None


def test_a_street_may_be_called_like_a_country() -> None:
    assert said("Jamaica Street, Moose Jaw") == ("", "Moose Jaw", "Jamaica Street")


def test_a_street_is_made_of_latin_letters_and_has_a_length() -> None:
    assert said(f"{'x' * 64}, Moose Jaw, SK") == ("SK", "Moose Jaw", "x" * 64)
    assert read(f"{'x' * 65}, Moose Jaw, SK") is None
    assert read("Main ★ St, Moose Jaw, SK") is None


def test_a_part_of_town_is_the_city_unless_it_is_called_as_a_street_is() -> None:
    assert said("Kanata, Ottawa, ON") == ("ON", "Kanata", "")
    assert said("Alberta Avenue, Edmonton") == ("", "Edmonton", "Alberta Avenue")


def test_of_two_streets_the_one_that_is_called_so_is_asked_about() -> None:
    assert said("Saint-Denis, rue Principale, Percé") == ("", "Percé", "rue Principale")


@pytest.mark.parametrize("part", ["East", "North", "Nord"])
def test_a_direction_before_a_city_is_no_street(part: str) -> None:
    assert said(f"{part} Moose Jaw, SK") == ("SK", "Moose Jaw", "")


def test_what_a_street_begins_with_keeps_the_words_after_it() -> None:
    assert read("rue de Windsor") == Reading("", "", "rue de Windsor")


def test_a_street_alone_is_read_without_its_house() -> None:
    assert read("12 King Street") == Reading("", "", "King Street")

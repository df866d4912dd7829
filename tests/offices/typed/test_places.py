"""Provinces and places by whatever name people type."""

import re
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import pytest
from django.utils import translation

from deliver_to_po.canadapost.identifiers import PROVINCES as CODES
from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.core.provinces import PROVINCE_SPELLINGS
from deliver_to_po.offices.typed import places
from deliver_to_po.offices.typed.also_called import ALSO_CALLED
from deliver_to_po.offices.typed.places import (
    MOST_SUGGESTIONS,
    Place,
    all_places,
    beginning_with,
    fold,
    likeliest,
    places_called,
    places_like,
    places_roughly_called,
    province_of,
)
from tests.offices.prefixes import prefixes_with_their_largest_places

HERE = Coordinates(45.0, -75.0)


def _names(found: tuple[Place, ...]) -> list[tuple[str, str]]:
    return [(place.name, place.province) for place in found]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Trois-Rivières ", "trois rivieres"),
        ("St. John’s", "saint johns"),
        ("L'Assomption", "lassomption"),
        ("STE-ANNE", "sainte anne"),
        ("Belœil", "beloeil"),
        ("Łutsel K’e", "lutsel ke"),
        ("Søre Đævı‘ß", "sore daeviss"),
        ("Mt. Pearl", "mount pearl"),
        ("Ft. McMurray", "fort mcmurray"),
        ("Saint-Louis-du-Ha! Ha!", "saint louis du ha ha"),
    ],
)
def test_names_are_compared_without_accents_case_punctuation_and_short_forms(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("written", "code"),
    [("ON", "ON"), ("ont.", "ON"), ("Québec", "QC"), ("T.-N.-L.", "NL"), ("N.-É.", "NS"), ("P.E.I.", "PE")],
)
def test_a_province_is_known_by_either_language_s_name_and_by_its_short_forms(written: str, code: str) -> None:
    assert province_of(written) == code


@pytest.mark.parametrize("written", ["Texas", "", "O", "Ontario Street"])
def test_what_names_no_province_is_none(written: str) -> None:
    assert province_of(written) == ""


def test_every_province_has_names_and_none_means_two() -> None:
    names = [fold(name) for names in PROVINCE_SPELLINGS.values() for name in set(names.split("|"))]
    assert sorted(PROVINCE_SPELLINGS) == sorted(CODES)
    assert len(names) == len(set(names))


def test_places_of_one_name_come_the_largest_first_and_one_for_each_province() -> None:
    assert _names(places_called("windsor")) == [("Windsor", "ON"), ("Windsor", "NS"), ("Windsor", "QC")]


def test_with_a_province_only_the_place_there_counts() -> None:
    assert _names(places_called("Windsor", "NS")) == [("Windsor", "NS")]
    assert places_called("Ottawa", "QC") == ()


def test_a_place_is_found_by_a_name_that_only_people_use() -> None:
    assert _names(places_called("T.M.R.")) == []
    assert _names(places_called("TMR")) == [("Mont-Royal", "QC")]
    assert places_called("TMR", "ON") == ()


def test_a_name_that_people_use_in_two_provinces_means_neither_until_the_province_is_named() -> None:
    assert places_called("Saint-Jean") == ()
    assert _names(places_called("Saint-Jean", "NL")) == [("St. John's", "NL")]
    assert _names(places_called("Saint-Jean", "NB")) == [("Saint John", "NB")]
    assert {("St. John's", "NL"), ("Saint John", "NB")} < set(_names(places_like("Saint-Jean")))


def test_a_name_of_a_place_may_be_what_people_call_another_in_another_province() -> None:
    assert _names(places_called("Mount Royal")) == [("Mount Royal", "SK")]
    assert _names(places_called("Mount Royal", "QC")) == [("Mont-Royal", "QC")]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ancienne lorette", "L'Ancienne-Lorette"),
        ("Île Perrot", "L'Île-Perrot"),
        ("malbaie", "La Malbaie"),
        ("escoumins", "Les Escoumins"),
        ("Glebe", "The Glebe"),
        ("L’Île-des-Soeurs", "Île-des-Soeurs"),
        ("l assomption", "L'Assomption"),
        ("val d or", "Val-d'Or"),
        ("moosejaw", "Moose Jaw"),
        # What is called so comes first.
        ("La Salle", "La Salle"),
    ],
)
def test_a_place_is_found_with_or_without_its_article_and_its_spaces(typed: str, name: str) -> None:
    assert places_roughly_called(typed)[0].name == name
    assert places_roughly_called(typed, "YT") == ()


def test_every_name_that_people_use_leads_to_a_place_of_the_table() -> None:
    for name, province in ALSO_CALLED:
        assert name == fold(name)
        assert [place.province for place in places_called(name, province)] == [province], name


def test_a_city_of_a_hundred_thousand_is_large() -> None:
    assert not Place("Here", "ON", HERE, 99_999).large
    assert Place("Here", "ON", HERE, 100_000).large


def test_a_name_that_is_misspelled_suggests_the_most_similar_ones() -> None:
    assert _names(places_like("Otawa")) == [("Ottawa", "ON")]
    assert ("Ajax", "ON") in _names(places_like("Aja"))
    assert ("Victoria", "BC") in _names(places_like("Victoia"))
    assert _names(places_like("Victoia", "BC")) == [("Victoria", "BC")]


def test_a_short_name_suggests_the_largest_places_whose_names_begin_so() -> None:
    found = places_like("Sainte-Anne")
    assert found[0].name == "Sainte-Anne-des-Plaines"
    assert len(found) == MOST_SUGGESTIONS
    assert [place.population for place in found] == sorted((place.population for place in found), reverse=True)


@pytest.mark.parametrize("name", ["Ot", "O" * 41])
def test_too_short_or_too_long_a_name_suggests_nothing(name: str) -> None:
    assert places_like(name) == ()


@pytest.mark.parametrize(
    ("typed", "province", "written"),
    [
        ("trois pistoles", "QC", "Trois-Pistoles"),
        ("Pont Rouge", "QC", "Pont-Rouge"),
        ("cote st luc", "QC", "Côte-Saint-Luc"),
        ("Vercheres", "QC", "Verchères"),
        ("St Athanase", "QC", "Saint-Athanase"),
        ("saint louis du ha ha", "QC", "Saint-Louis-du-Ha! Ha!"),
        ("riviere a pierre", "QC", "Rivière-à-Pierre"),
        ("L'Assomption", "QC", "L'Assomption"),
        ("la malbaie", "QC", "La Malbaie"),
        ("Thetford-Mines", "QC", "Thetford Mines"),
        ("new richmond", "QC", "New Richmond"),
        ("Acton-Vale", "QC", "Acton Vale"),
        ("St Agatha", "ON", "St. Agatha"),
        ("Mcbride", "BC", "McBride"),
        ("baie ste anne", "NB", "Baie-Sainte-Anne"),
        ("saint john", "NB", "Saint John"),
        ("Lac Du Bonnet", "MB", "Lac du Bonnet"),
    ],
)
def test_a_place_is_spelt_as_its_people_do_however_it_is_typed(typed: str, province: str, written: str) -> None:
    assert _names(places_called(typed, province)) == [(written, province)]


def test_the_table_holds_each_place_once_however_its_sources_spell_it() -> None:
    keys = [(fold(place.name), place.province) for place in all_places()]
    assert len(keys) == len(set(keys))


def test_french_names_of_quebec_have_hyphens() -> None:
    names = [place.name for place in all_places() if place.province == "QC"]
    assert not [name for name in names if re.match(r"(Saint|Sainte|Notre|Trois|Pont|Côte|Île|Lac|Baie) ", name)]
    assert not [name for name in names if re.match(r"Ste?\b", name)]


@pytest.mark.parametrize(("language", "own"), [("en", ""), ("fr", ""), ("fr", "QC"), ("en", "NS")])
def test_the_largest_place_of_every_beginning_is_among_the_first_three(language: str, own: str) -> None:
    with translation.override(language):
        found = [(largest, beginning_with(typed, own)[:3]) for typed, largest in prefixes_with_their_largest_places()]
    assert len(found) > 10_000
    assert [first for largest, first in found if not largest & set(first)] == []


def test_places_in_the_buyer_s_province_are_the_likeliest_else_in_french_those_in_quebec() -> None:
    windsor = places_called("Windsor")
    assert [place.province for place in likeliest(windsor)] == ["ON", "NS", "QC"]
    assert [place.province for place in likeliest(windsor, "NS")] == ["NS", "ON", "QC"]
    with translation.override("fr"):
        assert [place.province for place in likeliest(windsor)] == ["ON", "QC", "NS"]
        assert [place.province for place in likeliest(windsor, "NS")] == ["NS", "ON", "QC"]


def test_the_table_is_made_once_for_all_threads_that_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Mock(wraps=all_places)
    monkeypatch.setattr(places, "all_places", made)
    places._sorted_by_name.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(places.known_place, ["Laval"] * 4, ["QC"] * 4))
    assert all(found)
    assert made.call_count == 1

"""Reading what a buyer types."""

import string
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.identifiers import PROVINCES, display_postal_code, normalize_postal_code
from deliver_to_po.canadapost.rules import check_query
from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates, NearPostalCode, OfficeQuery
from deliver_to_po.core.provinces import PROVINCE_SPELLINGS
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.offices.typed import places
from deliver_to_po.offices.typed.query import as_asked, parse, parse_location, written
from deliver_to_po.offices.typed.whereabouts import Whereabouts
from deliver_to_po.offices.zones import in_canada


def refused(typed: str) -> QueryNotUnderstood:
    with pytest.raises(QueryNotUnderstood) as caught:
        parse(typed)
    assert str(caught.value.message)
    return caught.value


def test_a_text_may_have_a_hundred_and_twenty_characters() -> None:
    assert parse("Moose Jaw, SK".ljust(120)) == NearAddress("SK", "Moose Jaw")
    assert "too long" in str(refused("Moose Jaw, SK".ljust(121)).message)


def test_the_length_of_a_text_is_measured_before_anything_is_done_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever would be asked of it fails: there is no such function.
    monkeypatch.setattr("deliver_to_po.offices.typed.query.unicodedata", object())
    assert "too long" in str(refused("\u0301\u0327" * 80_000).message)


def test_a_text_that_grows_too_long_as_it_is_made_plain_is_refused() -> None:
    assert "too long" in str(refused("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 120).message)


@pytest.mark.parametrize(
    "typed",
    [
        "Moose\u200b Jaw, SK",
        "Moose\x07Jaw, SK",
        "Moose\u2028Jaw, SK",
        "\u202aMoose Jaw\u202c, SK",
        "Moo\u00adse Jaw, SK",
    ],
)
def test_invisible_characters_of_a_pasted_text_do_not_count(typed: str) -> None:
    assert parse(typed) == NearAddress("SK", "Moose Jaw")


def test_a_control_character_parts_words() -> None:
    assert parse("Main\x07Street, Moose Jaw, SK") == NearAddress("SK", "Moose Jaw", "Main Street")


def test_a_place_that_looks_like_a_misspelt_postal_code_is_a_place() -> None:
    assert parse("mimico") == NearAddress("ON", "Mimico")
    assert parse("Kikino") == NearAddress("AB", "Kikino")


@pytest.mark.parametrize("typed", ["K1A", "k1a 0", "K1A-0B", "K1A Ottawa"])
def test_half_a_postal_code_is_answered_from_the_middle_of_its_area(typed: str) -> None:
    query = parse(typed)
    assert written(query) == "K1A"
    assert as_asked(query) == NearCoordinates(Coordinates(45.418, -75.7))


def test_an_email_address_is_no_corner_of_two_streets() -> None:
    assert "We cannot find" in str(refused("zoe@example.com, Toronto").message)
    assert as_asked(parse("Bank@St.Laurent, Ottawa")) == NearAddress("ON", "Ottawa", "Bank")


def test_a_road_and_its_number_are_no_postal_code() -> None:
    assert "Add the city" in str(refused("Hwy 401").message)


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("rue Saint-Jean, Québec (Québec)", NearAddress("QC", "Québec", "rue Saint-Jean")),
        ("123, rue Principale, St-Sauveur (Qué.)", NearAddress("QC", "Saint-Sauveur", "rue Principale")),
        ("Colombie-Britannique, Victoria, rue Douglas", NearAddress("BC", "Victoria", "rue Douglas")),
        ("St John's NL Water Street", NearAddress("NL", "St. John's", "Water Street")),
        ("Saint John, NB", NearAddress("NB", "Saint John")),
        ("100 Mile House", NearAddress("BC", "100 Mile House")),
        ("Ontario Street, Toronto", NearAddress("ON", "Toronto", "Ontario Street")),
        ("Nowhereville, ON", NearAddress("ON", "Nowhereville")),
        ("Ville d’Anjou", NearAddress("QC", "Anjou")),
        ("Main Street, Town of Antigonish, NS", NearAddress("NS", "Antigonish", "Main Street")),
        ("Saint-Jean (N.-B.)", NearAddress("NB", "Saint John")),
        ("Montreal West", NearAddress("QC", "Montréal-Ouest")),
        ("Gimli, CA, MB", NearAddress("MB", "Gimli")),
        ("12 rue Principale, Baie-Nulle-Part, Québec", NearAddress("QC", "Baie-Nulle-Part", "rue Principale")),
        ("Baie-Nulle-Part (Québec)", NearAddress("QC", "Baie-Nulle-Part")),
        ("Grande Allée, Québec", NearAddress("QC", "Québec", "Grande Allée")),
        ("Montréal, Saint-Denis", NearAddress("QC", "Montréal", "Saint-Denis")),
        ("123 Main St, Kanata, Ottawa, ON", NearAddress("ON", "Kanata", "Main St")),
        ("Kanata Ottawa", NearAddress("ON", "Kanata")),
        ("rue du Manitoba, Laval", NearAddress("QC", "Laval", "rue du Manitoba")),
        ("Box 45 Moose Jaw", NearAddress("SK", "Moose Jaw")),
        ("RR 2, Lunenburg NS", NearAddress("NS", "Lunenburg")),
        ("General Delivery, Iqaluit", NearAddress("NU", "Iqaluit")),
        ("poste restante Iqaluit", NearAddress("NU", "Iqaluit")),
        ("Box Grove Road, Markham", NearAddress("ON", "Markham", "Box Grove Road")),
        ("Goose Bay", NearAddress("NL", "Happy Valley-Goose Bay")),
        ("Îles-de-la-Madeleine", NearAddress("QC", "Cap-aux-Meules")),
        ("rue Wellington, NDG", NearAddress("QC", "Notre-Dame-de-Grâce", "rue Wellington")),
        ("Wyoming, ON", NearAddress("ON", "Wyoming")),
        ("Niagara on the Lake", NearAddress("ON", "Niagara-on-the-Lake")),
        ("King, Kingston ON", NearAddress("ON", "Kingston", "King")),
        ("Ottawa, Hamilton, ON", NearAddress("ON", "Hamilton", "Ottawa")),
        ("rue Galt, Sherbrooke", NearAddress("QC", "Sherbrooke", "rue Galt")),
        ("Old Montreal", NearAddress("QC", "Vieux-Montréal")),
        # A large city by any name: no street.
        ("City of Toronto", NearAddress("ON", "Toronto")),
        ("Downtown Toronto", NearAddress("ON", "Toronto")),
        ("centre-ville de Montréal", NearAddress("QC", "Montréal")),
        ("vieux-québec", NearAddress("QC", "Québec")),
        ("Old Toronto", NearAddress("ON", "Toronto")),
        ("Plateau Mont-Royal", NearAddress("QC", "Le Plateau-Mont-Royal")),
        ("Windsor, ON", NearAddress("ON", "Windsor")),
        ("12, Montréal", NearAddress("QC", "Montréal")),
    ],
)
def test_addresses_as_people_write_them_in_either_language(typed: str, question: NearAddress) -> None:
    assert parse(typed) == question


def test_a_known_place_without_a_street_is_asked_for_by_its_middle() -> None:
    assert as_asked(NearAddress("ON", "Toronto")) == NearCoordinates(Coordinates(43.706, -79.399))
    assert as_asked(NearAddress("SK", "Moose Jaw")) == NearCoordinates(Coordinates(50.4, -105.534))


@pytest.mark.parametrize(
    "query", [NearAddress("ON", "Toronto", "Bloor"), NearAddress("ON", "Nowhereville"), NearPostalCode("K1A0B1")]
)
def test_any_other_question_is_asked_as_it_is(query: OfficeQuery) -> None:
    assert as_asked(query) == query


def test_a_short_name_that_longer_ones_begin_with_is_a_question() -> None:
    assert "Sainte-Anne-des-Monts, QC" in refused("Sainte-Anne").choices
    assert parse("Ste Anne, MB") == NearAddress("MB", "Ste. Anne")


def test_only_longer_and_larger_places_are_meant_by_a_short_name() -> None:
    others = ("Sainte-Anne-des-Plaines, QC", "Sainte-Anne-des-Monts, QC", "Sainte-Anne-de-Bellevue, QC")
    assert refused("Ste. Anne").choices == ("Ste. Anne, MB", *others)
    assert refused("Conception").choices == ("La Conception, QC", "Conception Bay South, NL")
    # Beeton is larger and much alike, but not called Beaverton for short.
    assert parse("Beaverton") == NearAddress("ON", "Beaverton")


def test_once_the_province_is_named_a_short_name_is_no_question() -> None:
    assert parse("Victoria, NL") == NearAddress("NL", "Victoria")


def test_a_city_of_another_province_is_asked_with_its_own_province_and_the_street() -> None:
    assert refused("Banff, NS").choices == ("Banff, AB",)
    assert refused("12 Main St, Banff, NS").choices == ("Main St, Banff, AB",)


def test_what_is_like_a_city_is_looked_for_in_the_province_that_was_named() -> None:
    assert refused("Kingstn").choices == ("Kingston, ON", "Kingston, NS")
    assert refused("Main St, Kingstn, NS").choices == ("Main St, Kingston, NS",)


def test_a_city_that_several_provinces_have_is_asked_with_choices() -> None:
    error = refused("windsor")
    assert "more than one Windsor" in str(error.message)
    assert error.choices == ("Windsor, ON", "Windsor, NS", "Windsor, QC")
    assert "Did you mean" in str(refused("Saint-Je").message)


def test_a_larger_place_that_people_call_so_is_asked_with_the_place_of_that_name() -> None:
    assert refused("St. Boniface").choices == ("Saint-Boniface, QC", "Winnipeg, MB")
    assert refused("12 Graham, Mount Royal").choices == ("Graham, Mount Royal, SK", "Graham, Mont-Royal, QC")
    assert refused("Three Rivers").choices == ("Trois-Rivières, QC", "Three Rivers, PE", "Three Rivers, NB")
    assert parse("St. Boniface, QC") == NearAddress("QC", "Saint-Boniface")


def test_a_name_of_several_places_means_a_far_larger_one_in_the_buyer_s_own_province() -> None:
    here = Whereabouts(lambda: "M5V 3A1")
    assert parse("windsor", here) == NearAddress("ON", "Windsor")
    for typed in ("Cornwall", "Windsor Forest Glade"):
        with pytest.raises(QueryNotUnderstood):
            parse(typed, here)
    with pytest.raises(QueryNotUnderstood):
        parse("Windsor", Whereabouts(lambda: "H2X 1Y4"))


@pytest.mark.parametrize(
    ("typed", "largest"),
    [("Ontario", "Toronto, ON"), ("Î.-P.-É.", "Charlottetown, PE"), ("nb", "Moncton, NB"), ("Nunavut", "Iqaluit, NU")],
)
def test_a_province_alone_asks_for_a_city_and_offers_the_largest(typed: str, largest: str) -> None:
    error = refused(typed)
    assert "Add a city" in str(error.message)
    assert error.choices[0] == largest
    assert all(isinstance(parse(choice), NearAddress) for choice in error.choices)


@pytest.mark.parametrize("place", ["Windsor", "Saint-Jean-sur-Richelieu", "Corner Brook", "Flin Flon"])
@pytest.mark.parametrize("order", ["{s}, {c}, {p}", "{s} {c} {p}", "{p} {c} {s}", "{c}, {p}, {s}", "{p}, {s}, {c}"])
def test_every_province_s_name_in_either_language_and_any_order(place: str, order: str) -> None:
    for found in places.places_called(place):
        for name in PROVINCE_SPELLINGS[found.province].split("|"):
            typed = order.format(s="Main Street", c=place, p=name).upper()
            assert parse(typed) == NearAddress(found.province, found.name, "MAIN STREET")


NAMES = [name for names in PROVINCE_SPELLINGS.values() for name in names.split("|")]
WORDS = [
    *("rue", "Main St", "12", "K1A", "Windsor", "Toronto", "Québec", "K1A 0B1", "KIA OBI", "nan", "😀", "\x00\x1f"),
    *("'; --", "a\u0301", "King", "Kanata", "Bank and Slater", "coin", "et", "/", "@"),
]
# Real words, halves of postal codes, noise and control characters, mixed.
TEXTS = st.builds(
    lambda words, between: between.join(words),
    st.lists(st.sampled_from(NAMES + WORDS) | st.text(max_size=8) | st.text(string.printable, max_size=8), max_size=6),
    st.sampled_from((" ", ", ", "")),
)


def question(text: str) -> OfficeQuery | str:
    """Return what ``text`` asks, or the message that it gets."""
    try:
        return parse(text)
    except QueryNotUnderstood as error:
        return str(error.message)


def is_fit_to_ask(query: OfficeQuery) -> bool:
    """Say whether ``query`` may leave the process: a postal code, or Latin letters in a province of Canada.

    Half a code is asked by the middle of its area.
    """
    check_query("find post offices", as_asked(query))
    if isinstance(query, NearPostalCode) and as_asked(query) != query:
        return True
    if isinstance(query, NearPostalCode):
        return bool(normalize_postal_code(query.postal_code))
    assert isinstance(query, NearAddress)
    return query.province in PROVINCES and any(letter.isalpha() for letter in query.city)


@given(TEXTS)
def test_any_text_is_a_question_or_gets_a_message(text: str) -> None:
    asked = question(text)
    if isinstance(asked, str):
        assert asked
    else:
        assert is_fit_to_ask(asked)
        for language in ("en", "fr"):
            with translation.override(language):
                assert parse(written(asked)) == asked


def test_what_is_written_is_found_again() -> None:
    assert written(NearPostalCode("K1A0B1")) == display_postal_code("K1A0B1")
    assert written(NearAddress("NS", "Windsor")) == "Windsor, NS"
    with translation.override("fr"):
        assert written(NearAddress("NS", "Windsor")) == "Windsor (Nouvelle-Écosse)"
    assert written(NearCoordinates(Coordinates(45.0, -75.0))) == ""


def test_a_device_s_location_is_rounded_to_a_hundred_metres() -> None:
    assert parse_location("45.4215296", "-75.6971931") == NearCoordinates(Coordinates(45.422, -75.697))


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        *[
            ("nan", "nan"),
            ("inf", "-75"),
            ("1e400", "0"),
            ("", ""),
            ("45", ""),
            ("x", "y"),
            ("91", "-75"),
        ],
        *[("44.0", "-55.0"), ("43.09", "-79.03"), ("42.33", "-83.05"), ("48.98", "-123.06"), ("46.78", "-56.18")],
        *[("0", "0"), ("64.18", "-51.7"), ("90", "0"), ("-45", "75"), ("45" + "0" * 100_000, "-75")],
    ],
)
def test_a_location_at_sea_abroad_or_nowhere_is_refused(latitude: str, longitude: str) -> None:
    with pytest.raises(QueryNotUnderstood) as caught:
        parse_location(latitude, longitude)
    assert "not in Canada" in str(caught.value.message)


@given(st.floats(), st.floats())
def test_any_two_numbers_are_a_question_about_canada_or_a_message(latitude: float, longitude: float) -> None:
    asked = None
    with suppress(QueryNotUnderstood):
        asked = parse_location(str(latitude), str(longitude))
    if asked is not None:
        check_query("find post offices", asked)
    assert asked is None or in_canada(asked.coordinates)


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("South Edmonton Mall", ("Edmonton, AB",)),
        ("near Bonaventure metro", ("Bonaventure, QC",)),
        # A station of Montréal, and a village of Saskatchewan.
        ("métro Cadillac", ()),
        ("station de métro Sherbrooke", ("Sherbrooke, QC",)),
        # Six letters could be a postal code, T0R 0N0; a town is likelier.
        ("Torono", ("Toronto, ON",)),
        ("New York", ()),
        ("123 Elm St, Springfield, Illinois", ()),
        ("near me", ()),
    ],
)
def test_a_text_that_names_no_place_offers_what_stands_within_or_is_like_it(
    typed: str, choices: tuple[str, ...]
) -> None:
    assert refused(typed).choices == choices


def test_a_city_after_a_street_that_no_place_is_called_offers_those_that_are_like_it() -> None:
    error = refused("Rang 5, Saint-Alexis")
    assert "We cannot find Saint-Alexis" in str(error.message)
    assert "Saint-Alexis-des-Monts, QC" in error.choices


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("1234 rue Sainte-Catherine O, Mtl", NearAddress("QC", "Montréal", "rue Sainte-Catherine O")),
        ("GTA", NearAddress("ON", "Toronto")),
        ("Frobisher Bay", NearAddress("NU", "Iqaluit")),
        ("Sḵwx̱wú7mesh", NearAddress("BC", "Squamish")),
        ("Délı̨nę", NearAddress("NT", "Deline")),
        ("Pelly Bay", NearAddress("NU", "Kugaaruk")),
        ("Fort Mac", NearAddress("AB", "Fort McMurray")),
        ("Westbank", NearAddress("BC", "West Kelowna")),
        # No street "ancienne" in Lorette, Manitoba.
        ("ancienne lorette", NearAddress("QC", "L'Ancienne-Lorette")),
        # The region is no other city, nor a street.
        ("Baddeck, Cape Breton", NearAddress("NS", "Baddeck")),
        ("Roberval Lac-St-Jean", NearAddress("QC", "Roberval")),
        ("Saint-Félicien au Lac-Saint-Jean", NearAddress("QC", "Saint-Félicien")),
        ("12 Main St, Masset, Haida Gwaii", NearAddress("BC", "Masset", "Main St")),
        ("Amos, Abitibi", NearAddress("QC", "Amos")),
        ("Cape Breton", NearAddress("NS", "Sydney")),
        ("100 King St, Cape Breton NS", NearAddress("NS", "Sydney", "King St")),
        ("12 rue Saint-Jean, ile perrot qc", NearAddress("QC", "L'Île-Perrot", "rue Saint-Jean")),
        ("YUL", NearAddress("QC", "Dorval")),
        ("YYT", NearAddress("NL", "St. John's")),
        ("post office Banff", NearAddress("AB", "Banff")),
        ("bureau de poste de Gaspé", NearAddress("QC", "Gaspé")),
        ("aéroport de Québec", NearAddress("QC", "Québec")),
        ("Halifax waterfront", NearAddress("NS", "Halifax")),
        ("Saint-Louis-du-Ha! Ha!", NearAddress("QC", "Saint-Louis-du-Ha! Ha!")),
        ("rue Commerciale, Saint-Louis-du-Ha! Ha!, QC", NearAddress("QC", "Saint-Louis-du-Ha! Ha!", "rue Commerciale")),
    ],
)
def test_what_buyers_call_a_place_is_no_street(typed: str, question: NearAddress) -> None:
    assert parse(typed) == question
    assert parse(written(question)) == question

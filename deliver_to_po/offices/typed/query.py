"""Turns what a person types or a device reports into one question for Canada Post; makes no call.

We ask Canada Post only about what can be a place in Canada. If a text is unclear, we ask the buyer, with choices.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.identifiers import display_postal_code, normalize_postal_code
from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates, NearPostalCode, OfficeQuery
from deliver_to_po.core.language import current_language
from deliver_to_po.core.provinces import PROVINCE_NAMES
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.offices.typed.addresses import BEFORE_A_PLACE, Reading, is_abroad, read
from deliver_to_po.offices.typed.places import (
    MOST_SUGGESTIONS,
    Place,
    also_called,
    beginning_with,
    fold,
    known_place,
    largest_places,
    likeliest,
    places_called,
    places_like,
)
from deliver_to_po.offices.typed.postal_codes import LENGTH_OF_HALF, corrected_postal_code, mixed_up, near_postal_code
from deliver_to_po.offices.typed.streets import (
    DIRECTIONS,
    NO_STREET,
    is_institution,
    is_street,
    names_institution,
    street_only,
)
from deliver_to_po.offices.typed.whereabouts import NOWHERE, Whereabouts, area_of
from deliver_to_po.offices.zones import in_canada

LONGEST = 120
# The name of a place with this many people means that place, even if a larger place's longer name begins with it.
WELL_KNOWN_POPULATION = 5_000
VILLAGE_POPULATION = 1_000
MOST_WORDS_WITHIN = 4
# With fewer letters too many places begin so.
FEWEST_LETTERS = 4
# What a name and a slip of it share at least of their letters.
ONE_SLIP = 0.9
FAR_LARGER = 10
# What somebody looks for, beside where: "closest post office to Guelph", « bureau de poste près d’Alma ».
POST_OFFICE = r"(?:(?:the|nearest|closest|canada post) )*(?:post offices?|bureaux? de poste)"
BESIDE_A_PLACE = re.compile(
    rf"(?i)^(?:{POST_OFFICE}(?: (?:in|of|to|à|de))?\b ?)?"
    rf"(?:{BEFORE_A_PLACE})?(?=.)|,? {POST_OFFICE}$"
)
# What is left of "near me" and the like, as ``fold`` leaves it: no place but the buyer's own.
NEAR_BUYER = frozenset(
    "me|here|home|my home|my location|nearest|closest|post office|canada post|moi|chez moi|ici|ma position|"
    "le plus proche|bureau de poste|postes canada".split("|")
)
# What two streets at a corner do not look like: Bank@St.Laurent.
EMAIL = re.compile(r"(?i)[^\s@]@[^\s@]+\.(?:ca|com|fr|net|org)\b")
# About 100 metres: precise enough for a list of offices, too coarse for an address.
DECIMALS = 3
# Letters as in a name, and no digit: "Laurier", "St. Clair", "De la Savane".
NAME_OF_A_STREET = re.compile(r"(?=.*[^\W\d_]{3})[^\W\d_]+(?:[ .'’-]+[^\W\d_]+){0,2}")


@dataclass(frozen=True)
class NearCorner(NearAddress):
    """A street where another one meets it: Canada Post is asked about ``street``, one of the two at the ``corner``."""

    corner: tuple[str, ...] = ()


def parse(text: str, here: Whereabouts = NOWHERE) -> OfficeQuery:
    """Return what to ask Canada Post; raises QueryNotUnderstood. Makes no call.

    If the address holds a postal code or its first half, that is what we ask about, and the rest is left out. What has
    no city is read as in the buyer's own, where they are known to be ``here``.
    """
    typed = _clean(text)
    if not typed:
        raise QueryNotUnderstood(_("Enter a postal code such as K1A 0B1, or a street, city and province."))
    if postal_code := normalize_postal_code(typed):
        return NearPostalCode(postal_code)
    # Mimico and Kikino are places.
    if (corrected := corrected_postal_code(typed)) and not places_called(typed):
        raise _not_known(typed, map(_question, like)) if (like := _names_like(typed)) else mixed_up(corrected)
    return near_postal_code(typed) or _near_buyer(typed, here) or _address(typed, here)


def parse_location(latitude: str, longitude: str) -> NearCoordinates:
    """Return the question for a point in decimal degrees, rounded; raises QueryNotUnderstood outside Canada."""
    try:
        north, east = round(float(latitude[:20]), DECIMALS), round(float(longitude[:20]), DECIMALS)
    except (ValueError, OverflowError):
        raise QueryNotUnderstood(OUTSIDE) from None
    if not (isfinite(north) and isfinite(east) and in_canada(Coordinates(north, east))):
        raise QueryNotUnderstood(OUTSIDE)
    return NearCoordinates(Coordinates(north, east))


def as_asked(query: OfficeQuery) -> OfficeQuery:
    """Return the question as Canada Post is asked it: a place of our table, or half a postal code, by its middle.

    By name alone Canada Post answers no list for larger cities, and may not know a village.
    """
    if (
        isinstance(query, NearPostalCode)
        and len(query.postal_code) == LENGTH_OF_HALF
        and (area := area_of(query.postal_code))
    ):
        return NearCoordinates(area.middle)
    if isinstance(query, NearCorner):
        return NearAddress(query.province, query.city, query.street)
    place = place_without_street(query)
    return NearCoordinates(place.coordinates) if place else query


def place_without_street(query: OfficeQuery) -> Place | None:
    """Return the place of our table that is all that a question names, None for any other question."""
    return known_place(query.city, query.province) if isinstance(query, NearAddress) and not query.street else None


ADD_CITY = _("Add the city, or enter a postal code.")
MORE_THAN_ONE = _("There is more than one {city}. Which one do you mean?")
OUTSIDE = _("This location is not in Canada. Enter a Canadian postal code or city instead.")


def written(query: OfficeQuery) -> str:
    """Return the text by which ``parse`` finds ``query`` again, as people write it in the active language.

    Fit for a URL: without a house number. ``""`` for a point.
    """
    if isinstance(query, NearPostalCode):
        return display_postal_code(query.postal_code)
    if isinstance(query, NearAddress):
        city, street = _city(query.city, query.province), query.street
        if isinstance(query, NearCorner):
            street = (" et " if current_language() == "fr" else " and ").join(query.corner)
        return f"{street}, {city}" if street else city
    return ""


def _city(name: str, province: str) -> str:
    if not province:
        return name
    return f"{name} ({PROVINCE_NAMES[province]})" if current_language() == "fr" else f"{name}, {province}"


def _clean(text: str) -> str:
    """Return ``text`` in plain characters with single spaces; raises QueryNotUnderstood above LONGEST.

    The length comes first: to normalise a long text can take seconds (NFKC is quadratic on Python 3.11).
    """
    _refuse_too_long(text)
    plain = unicodedata.normalize("NFKC", text)
    # One character can become eighteen.
    _refuse_too_long(plain)
    return " ".join("".join(map(_plain, plain)).split())


def _refuse_too_long(text: str) -> None:
    if len(text) > LONGEST:
        raise QueryNotUnderstood(_("Your search is too long. Enter a postal code, or a street, city and province."))


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category[0] in "CZ":
        return " "
    return "-" if category == "Pd" else character


def _near_buyer(typed: str, here: Whereabouts) -> NearPostalCode | None:
    """Return the question for the buyer's own postal code if ``typed`` names no other place, and if it is known."""
    asks = fold(BESIDE_A_PLACE.sub("", typed)) in NEAR_BUYER
    return NearPostalCode(code) if asks and (code := normalize_postal_code(here.postal_code())) else None


def _address(typed: str, here: Whereabouts) -> NearAddress:
    if EMAIL.search(typed):
        raise QueryNotUnderstood
    if not is_street(typed):
        typed = BESIDE_A_PLACE.sub("", typed)
    reading = read(typed)
    if reading is None:
        return _not_read(typed, here)
    if not reading.city and not reading.province:
        return _in_own_city(reading, here)
    if not reading.city:
        largest = [written(_question(place)) for place in largest_places(reading.province)]
        raise QueryNotUnderstood(_("Add a city before the province, or enter a postal code."), largest)
    if not reading.places:
        return _in_unknown_city(reading, here)
    if len(reading.places) > 1 and not _surely_the_first(typed, reading, here):
        places = likeliest([*reading.places, *_larger_called_so(reading)], here.province)
        raise _which_of_them(typed, reading, places, here)
    if longer := _longer(reading, here):
        raise _which_of_them(typed, reading, [*reading.places, *longer], here)
    may_be_street = _is_far_village(typed, reading, here) or _names_street(typed, reading, here)
    if may_be_street and _in_own_city_called(typed, here):
        raise _which_of_them(typed, reading, reading.places, here)
    if like := _nearly_called(typed, reading, here):
        raise _not_known(typed, [*map(_question, like), _question(reading.places[0], reading)])
    return _question(reading.places[0], reading)


def _question(place: Place, reading: Reading | None = None) -> NearAddress:
    """Return the question for a place, and for what a reading says of the street in it."""
    if reading and reading.corner:
        return NearCorner(place.province, place.name, reading.street, reading.corner)
    return NearAddress(place.province, place.name, reading.street if reading else "")


def _which_of_them(typed: str, reading: Reading, places: Sequence[Place], here: Whereabouts) -> QueryNotUnderstood:
    """Return the question which place is meant, or which part of the buyer's own city: Kensington Market in Toronto.

    That is left out if the text is the name of a large city, or of a town in the buyer's own province.
    """
    first, meant = places[0], [_question(place, reading) for place in places]
    is_town = first.large or (first.province == here.province and first.population >= VILLAGE_POPULATION)
    named = reading.province or (is_town and not reading.street and not _names_street(typed, reading, here))
    own = [] if named else _in_own_city_called(typed, here)
    name = own[0].street if own else reading.places[0].name
    return QueryNotUnderstood(format_lazy(MORE_THAN_ONE, city=name), [*map(written, [*own, *meant])])


def _in_own_city_called(typed: str, here: Whereabouts) -> list[NearAddress]:
    """Return the question for a street or a part of the buyer's own city, if ``typed`` is a name alone."""
    name = street_only(typed)
    if not NAME_OF_A_STREET.fullmatch(name) or here.city is None:
        return []
    # 100 Mile House has no number that is a house's, and no street is behind "RR 2".
    if name != typed and (places_called(typed) or NO_STREET.search(typed)):
        return []
    return [_question(here.city, Reading("", "", name))]


def _in_own_city(reading: Reading, here: Whereabouts) -> NearAddress:
    """Return a street in the buyer's own city; raises QueryNotUnderstood if nobody knows it, or it may be elsewhere."""
    if here.city and not reading.places:
        return _question(here.city, reading)
    in_own_city = [_question(here.city, reading)] if here.city else []
    # Where the second of two streets is a village, only the first is a street.
    in_villages = [_question(place, reading._replace(corner=())) for place in reading.places]
    choices = [written(query) for query in (*in_own_city, *in_villages)]
    raise QueryNotUnderstood(_("Add the city after the street, or enter a postal code."), choices, asks=True)


def _not_read(typed: str, here: Whereabouts) -> NearAddress:
    """Return the question for half a name; raises QueryNotUnderstood with what may have been meant by any other text.

    That is what the text resembles or names within it; a street or an institution in the buyer's own city.
    """
    if is_abroad(typed):
        # Wyoming is a village of Ontario too.
        if namesakes := places_called(typed):
            raise _not_known(typed, map(_question, namesakes))
        raise QueryNotUnderstood
    if city := _city_that_begins(typed, here):
        return _question(city)
    own = [here.city] if here.city else []
    in_own_street = _in_own_city_called(typed, here)
    *_, last = typed.split(",")
    for name in (typed, last.strip()):
        if like := places_like(name, own=here.province):
            # A village is less likely than a street in the buyer's own city.
            towns = [_question(place) for place in like if in_own_street and place.population >= VILLAGE_POPULATION]
            raise _not_known(name, dict.fromkeys([*towns, *in_own_street, *map(_question, like)]))
    within = _places_within(typed)
    if is_institution(typed):
        cities = dict.fromkeys([*own, *within])
        raise QueryNotUnderstood(ADD_CITY, [written(_question(city)) for city in cities], asks=True)
    if meant := [*map(_question, within)] or in_own_street:
        raise _not_known(typed, meant)
    raise QueryNotUnderstood


def _city_that_begins(typed: str, here: Whereabouts) -> Place | None:
    """Return the city whose name begins with ``typed`` and that is far larger than all others that do; None if none."""
    found = beginning_with(typed, here.province) if len(fold(typed)) >= FEWEST_LETTERS else ()
    if not found or found[0].population < WELL_KNOWN_POPULATION:
        return None
    first, *others = found
    far_smaller = all(other.population * FAR_LARGER <= first.population for other in others)
    return first if far_smaller and not any(fold(other.name) == fold(first.name) for other in others) else None


def _places_within(text: str) -> Sequence[Place]:
    """Return the places that the most words in a row name: Edmonton in "West Edmonton Mall"; no hamlets."""
    words = text.split()
    for count in range(min(len(words), MOST_WORDS_WITHIN), 0, -1):
        phrases = (" ".join(words[start : start + count]) for start in range(len(words) - count + 1))
        found = [place for phrase in phrases if not names_institution(phrase) for place in places_called(phrase)]
        if towns := [place for place in found if place.population >= VILLAGE_POPULATION]:
            return towns[:MOST_SUGGESTIONS]
    return ()


def _names_like(typed: str) -> Sequence[Place]:
    """Return the places that six letters without a digit resemble: Toronto for Torono, though it could be a code."""
    return () if any(map(str.isdigit, typed)) else places_like(typed)


def _surely_the_first(typed: str, reading: Reading, here: Whereabouts) -> bool:
    """Say whether the largest city of this name is meant: it has the street, or is the buyer's own province's.

    All others are villages with few streets, or far smaller.
    """
    first, *others = reading.places
    if reading.street and first.large and all(other.population < VILLAGE_POPULATION for other in others):
        return True
    far_larger = all(other.population * FAR_LARGER <= first.population for other in others)
    return far_larger and not _is_no_street(typed, reading) and first.province == here.province


def _longer(reading: Reading, here: Whereabouts) -> Sequence[Place]:
    """Return larger places that the same short name may mean; none if the buyer named the province.

    Somebody who types Sainte-Anne seldom means the village in Manitoba, and in Toronto, whose Rosedale is a part of
    Rosedale-Moore Park, that of British Columbia.
    """
    place = reading.places[0]
    if reading.province:
        return ()
    begun = f"{fold(reading.city)} "
    longer = [like for like in beginning_with(reading.city) if fold(like.name).startswith(begun)]
    larger = [like for like in longer[:MOST_SUGGESTIONS] if like.population > place.population]
    if place.population >= WELL_KNOWN_POPULATION:
        larger = [like for like in larger if not reading.street and like.province == here.province != place.province]
    return [*_larger_called_so(reading), *larger]


def _larger_called_so(reading: Reading) -> Sequence[Place]:
    """Return larger places that people call so: Winnipeg for Saint-Boniface."""
    return [place for place in also_called(reading.city) if place.population > reading.places[0].population]


def _is_no_street(typed: str, reading: Reading) -> bool:
    """Say whether a part of a text was read as a street though nothing says so: no type, no number, no comma."""
    return bool(reading.street) and not (is_street(reading.street) or is_street(typed) or "," in typed)


def _is_far_village(typed: str, reading: Reading, here: Whereabouts) -> bool:
    """Say whether a text begins with a village of another province: in Montréal, Laurier is a street."""
    village = reading.places[0]
    is_more = reading.province or (reading.street and not _is_no_street(typed, reading))
    return not is_more and village.population < VILLAGE_POPULATION and village.province != here.province


def _names_street(typed: str, reading: Reading, here: Whereabouts) -> bool:
    """Say whether only a number or a direction stands beside the name of another city: in Montréal, 1000 Sherbrooke."""
    rest = set(fold(typed).split()) - set(fold(reading.city).split())
    only = all(word in DIRECTIONS or word[0].isdigit() for word in rest)
    return bool(rest) and only and "," not in typed and reading.places[0] != here.city


def _nearly_called(typed: str, reading: Reading, here: Whereabouts) -> Sequence[Place]:
    """Return the places from which a text differs by a slip, where a part of it was read as a street: Smith Falls.

    Commas and numbers say that there is one.
    """
    if not _is_no_street(typed, reading):
        return ()
    like = places_like(typed, reading.province, here.province)
    return [place for place in like if get_close_matches(fold(typed), [fold(place.name)], cutoff=ONE_SLIP)]


def _in_unknown_city(reading: Reading, here: Whereabouts) -> NearAddress:
    """Return the question for a city that is not in our table: Canada Post may know it.

    If it resembles a known city, ask the buyer: raises QueryNotUnderstood with the cities that may have been meant.
    """
    like = places_like(reading.city, reading.province, here.province) or places_called(reading.city)
    if like:
        raise _not_known(reading.city, [_question(place, reading) for place in like])
    return NearAddress(reading.province, reading.city, reading.street)


def _not_known(name: str, meant: Iterable[NearAddress]) -> QueryNotUnderstood:
    return QueryNotUnderstood(format_lazy(_("We cannot find {city}. Did you mean:"), city=name), [*map(written, meant)])

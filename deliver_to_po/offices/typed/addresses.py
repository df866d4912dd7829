"""Reads street, city and province out of what people type: in either language, any order, with or without commas.

It asks nobody back: what is unclear is a ``Reading`` of several places or of none, and ``query`` decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from deliver_to_po.canadapost import lengths
from deliver_to_po.offices.typed.intersections import is_intersection, joins_streets, streets_of, word_before_city
from deliver_to_po.offices.typed.places import (
    MOST_WORDS_OF_A_CITY,
    MOST_WORDS_OF_A_PROVINCE,
    Place,
    apart_km,
    fold,
    places_called,
    places_roughly_called,
    province_of,
)
from deliver_to_po.offices.typed.streets import (
    DIRECTIONS,
    EDGES,
    TYPES,
    is_incomplete,
    is_institution,
    is_street,
    names_institution,
)

# No part of a city is farther from its middle: Kars and Carp are Ottawa, King is not Kingston.
FARTHEST_PART_KM = 40.0
# Words before a city's name that are not a street: "Downtown Toronto".
PART_OF_TOWN = re.compile(
    r"(?:downtown|uptown|midtown|greater|old|centre ville|grand|vieux|waterfront|aeroport|"
    r"(?:international )?airport|(?:canada post )?post office|canada post|postes canada|bureau de poste)"
    r"(?: (?:de|du|of))?"
)
# It tells which city is meant, if one is named; it is neither its street nor another city: "Roberval, Lac-Saint-Jean".
REGION = re.compile(
    r"(?:(?:de|du|des|en|au|aux|in|of) )?(?:(?:saguenay )?lac saint jean|cape breton|cap breton|haida gwaii|"
    r"vancouver island|ile de vancouver|ile dorleans|isle of orleans|annapolis valley|"
    r"iles de la madeleine|magdalen islands|abitibi|beauce|gaspesie|estrie|monteregie|mauricie|lanaudiere|outaouais)"
)
# How people say that a place is not far from what they name: no part of its name.
BESIDE = (
    r"(?:near|close to|next to|beside|by|in front of|in|around|across(?: the street)? from|opposite|behind|"
    r"pr[eè]s|proche|[aà] c[oô]t[eé]|[aà] proximit[eé]|en (?:face|avant|arri[eè]re)|vis-[aà]-vis|"
    r"derri[eè]re|devant|autour|à(?! l['’]))\b"
)
# "the shop on a street": only the street is read. Not: "Niagara on the Lake", « Saint-Jean sur Richelieu ».
SHOP_ON = r"[^,]+?\s(?:on\s(?!the\b)(?=[^\W\d])|sur\s(?:la\s|l['’]|le\s)?(?=(?:rue|av|boul|ch)\w*\b))"
# "By St" is a street.
NO_NAME = rf"(?:{'|'.join(sorted(TYPES))})\b\.?\s*(?:,|$)"
BEFORE_A_PLACE = (
    rf"{BESIDE}\s+(?:(?:de|du|des|the)\s+|d['’])?(?:{SHOP_ON})?(?:la\s+(?=rue\b)|l['’](?=[aeé]))?(?=\S)(?!{NO_NAME})"
)
NEAR = re.compile(rf"(?i)^{BEFORE_A_PLACE}")
LINK = re.compile(rf"(?i)\s+(?:de|du|of|en|at|au|on|sur|{BESIDE})$")
# A place after "at" with fewer people is rather a second street: Robson is one in Vancouver, and a village.
TOWN_AFTER_AT = 5_000
CITY_OF = re.compile(r"(?i)^(?:ville|cité|municipalité|village|city|town|municipality)\s+(?:de\s+|d['’]|of\s+)")
# "10405 - 104 Street", "12 - B Main St": one number, not two parts.
NUMBER_AND_NUMBER = re.compile(r"([0-9][A-Za-z]?)\s-\s(?=[0-9]|[A-Za-z]\b)")
COUNTRY = frozenset(("canada", "ca"))
# Places outside Canada that end an address, as in "Springfield, Illinois". Names that Canada has too, such as Georgia,
# are left out.
ELSEWHERE = frozenset(
    (
        "alabama|alaska|arizona|arkansas|california|colorado|connecticut|florida|hawaii|idaho|illinois|indiana|iowa|"
        "kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|"
        "nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|"
        "oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|washington|"
        "west virginia|wisconsin|wyoming|usa|us|united states|etats unis|england|angleterre|scotland|france|"
        "united kingdom|royaume uni|uk|ireland|irlande|germany|allemagne|italy|italie|spain|espagne|mexico|mexique|"
        "jamaica|jamaique|australia|australie|new zealand|nsw|al|ak|az|ar|co|ct|dc|fl|ga|hi|ia|id|il|ks|ky|ma|md|mi|"
        "mn|mo|ms|nc|nd|nh|nj|nm|nv|ny|oh|ok|or|pa|ri|sc|sd|tx|ut|va|vt|wa|wi|wv|wy"
    ).split("|")
)
# An American address ends with a state in capitals. Elsewhere the same letters may be a word of a street.
STATE = re.compile(
    r"(?:,\s*CT|[\s,](?:AL|AK|AZ|AR|CO|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS|MT|NC|ND|NE|NH|NJ|NM|"
    r"NV|NY|OH|OK|OR|PA|RI|SC|SD|TX|UT|VA|VT|WA|WI|WV|WY))(?:\s+[0-9]{5}(?:-[0-9]{4})?)?$"
)


class Reading(NamedTuple):
    """What an address says. ``places`` are the known places of that city's name; ``street`` has no house number.

    ``corner`` are the two streets of which ``street`` is one. Without a city, ``places`` are what may be meant if the
    second of two streets is none.
    """

    province: str
    city: str
    street: str = ""
    places: tuple[Place, ...] = ()
    corner: tuple[str, ...] = ()


class _Split(NamedTuple):
    """One way to split an address: its province (``""`` for none) and the other parts.

    ``sure`` means that the province was a part of its own, ``ends`` that it was the last one: the city is before it.
    """

    province: str
    parts: tuple[str, ...]
    sure: bool = False
    ends: bool = False


def read(text: str) -> Reading | None:
    """Return what ``text`` says, None when it can be no place in Canada.

    A city that is not in our table counts only if a province is named and nothing else is left but a street. A street
    alone is returned without a city.
    """
    text = NUMBER_AND_NUMBER.sub(r"\1-", re.sub(r"(?i)\s+canada\W*$", "", text))
    parts = tuple(part.strip(" .") for part in re.split(r"[,;()|]|\s[-–—]\s", text))
    parts = tuple(CITY_OF.sub("", NEAR.sub("", part)) for part in parts if part and fold(part) not in COUNTRY)
    if STATE.search(text) or any(_is_elsewhere(part, parts) for part in parts):
        return None
    # "Niagara on the Lake" has no province in its middle.
    if len(parts) == 1 and not province_of(parts[0]) and (places := places_roughly_called(parts[0])):
        return Reading("", parts[0], "", places)
    if len(parts) == 1 and (two_streets := _two_streets(parts[0])):
        return two_streets
    in_brackets = re.search(r"\(([^()]+)\)\W*$", text)
    if in_brackets and province_of(in_brackets[1]):
        splits = [_Split(province_of(in_brackets[1]), parts[:-1], sure=True, ends=True)]
    else:
        splits = list(_splits(parts))
    named = bool(splits[0].province)
    for split in splits:
        reading = _known_city(split)
        # If a province is named, a city of another province is a misreading. But Québec is also a city.
        if reading and (split.province or not named or province_of(reading.city)):
            return reading
        # "North Hatley, Québec" is a village of the province, not a street of the city.
        if split.sure and split.parts and not is_street(split.parts[-1]) and (reading := _unknown_city(split)):
            return reading
    for split in splits:
        if reading := _unknown_city(split):
            return reading
    # A flat may stand before the street: "Apt 4, 12 Main St".
    lettered = [part for part in parts if re.search(r"[^\W\d_]{2}", part)]
    streets = [part for part in lettered if streets_of(part)] or lettered
    is_one = len(streets) == 1 and (is_street(streets[0]) or is_intersection(streets[0])) and not is_incomplete(text)
    return Reading("", "", next(iter(streets_of(streets[0])), "")) if is_one else None


def _two_streets(text: str) -> Reading | None:
    """Return the first of two streets that are all that ``text`` says, None if a city or province is named too."""
    if province_of(text) or not is_intersection(text):
        return None
    first, second = streets_of(text)
    joint, places = word_before_city(text), places_called(second)
    is_town = any(place.population >= TOWN_AFTER_AT for place in places)
    # In French a street is at its corner « coin », and in its village « à ».
    if joint and (is_town or (places and joint == "à" and is_street(first))):
        return None
    ends = [second, *(words for _, words in _tails(second, MOST_WORDS_OF_A_CITY))]
    starts = [words for words, _ in _heads(text, MOST_WORDS_OF_A_PROVINCE)]
    heads = [words for words, rest in _heads(first, MOST_WORDS_OF_A_CITY) if not is_incomplete(rest)]
    if any(map(province_of, (*starts, *ends))) or any(map(places_called, ends[1:])):
        return None
    if any(place.large for words in heads for place in places_called(words)):
        return None
    return Reading("", "", first, places if joint else (), (first, second))


def is_abroad(text: str) -> bool:
    """Say whether ``text`` ends as an address outside Canada does, or is such a place."""
    parts = [part.strip(EDGES) for part in text.split(",")]
    return bool(STATE.search(text)) or any(fold(part) in ELSEWHERE for part in parts)


def _is_elsewhere(part: str, parts: tuple[str, ...]) -> bool:
    """Say whether ``part`` names a place outside Canada; Wyoming is one unless Ontario stands beside it."""
    in_canada = any((province := province_of(other)) and places_called(part, province) for other in parts)
    return fold(part) in ELSEWHERE and not in_canada


def _splits(parts: tuple[str, ...]) -> Iterator[_Split]:
    """Yield ways to read the province, the likeliest first."""
    for at in reversed(range(len(parts))):
        if province := province_of(parts[at]):
            yield _Split(province, parts[:at] + parts[at + 1 :], sure=True, ends=at == len(parts) - 1)
    for at in reversed(range(len(parts))):
        for rest, words in _tails(parts[at], MOST_WORDS_OF_A_PROVINCE):
            if (province := province_of(words)) and not is_incomplete(rest):
                yield _Split(province, (*parts[:at], LINK.sub("", rest), *parts[at + 1 :]))
    for at in range(len(parts)):
        yield from (_Split(code, (*parts[:at], *sides, *parts[at + 1 :])) for code, sides in _inside(parts[at]))
    yield _Split("", parts)
    for at in range(len(parts)):
        for words, rest in _heads(parts[at], MOST_WORDS_OF_A_PROVINCE):
            if (province := province_of(words)) and not is_incomplete(rest):
                yield _Split(province, (*parts[:at], rest, *parts[at + 1 :]))


def _inside(part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each province named in the middle of ``part``, with the text on either side.

    A city of that province must stand right beside it.
    """
    for before, rest in (("", part), *_heads(part, len(part))):
        for words, after in _heads(rest, MOST_WORDS_OF_A_PROVINCE):
            code = province_of(words)
            ends = [before, after, *(end for _, end in _tails(before, MOST_WORDS_OF_A_CITY))]
            ends += [head for head, _ in _heads(after, MOST_WORDS_OF_A_CITY)]
            # T.-N.-L. is not N.-L. after a T.
            if (
                code
                and not (before and province_of(f"{before} {words}"))
                and any(places_called(end, code) for end in ends)
            ):
                yield code, (before, after)


def _known_city(split: _Split) -> Reading | None:
    parts = split.parts
    named = {at: places for at in range(len(parts)) if (places := places_roughly_called(parts[at], split.province))}
    # Many cities have a Union Station: the city that is named beside it tells which.
    if known := {at: places for at, places in named.items() if not _is_beside_a_city(parts[at])} or named:
        at = _likeliest(known, len(parts) - 1 if split.ends else -1)
        return _reading(split, parts[at], known[at], parts[:at] + parts[at + 1 :])
    for at in reversed(range(len(parts))):
        for rest, words in _tails(parts[at], MOST_WORDS_OF_A_CITY):
            institution = is_institution(parts[at]) and not is_street(rest)
            if (places := places_called(words, split.province)) and not is_incomplete(rest):
                # "McGill University" is no McGill in a place called University, and "métro Cadillac" is in Montréal.
                if institution and (names_institution(words) or fold(rest).endswith("metro")):
                    continue
                if REGION.fullmatch(fold(words)) and places_called(LINK.sub("", rest), split.province):
                    continue
                before = () if institution else (LINK.sub("", rest),)
                return _reading(split, words, places, (*parts[:at], *before, *parts[at + 1 :]))
    for at in range(len(parts)):
        for words, rest in _heads(parts[at], MOST_WORDS_OF_A_CITY):
            # "Victoria Hospital" may stand anywhere.
            is_name = is_institution(parts[at]) and not PART_OF_TOWN.fullmatch(fold(rest))
            if (places := places_called(words, split.province)) and not is_incomplete(rest) and not is_name:
                return _reading(split, words, places, (*parts[:at], rest, *parts[at + 1 :]))
    return None


def _is_beside_a_city(part: str) -> bool:
    return is_institution(part) or REGION.fullmatch(fold(part)) is not None


def _likeliest(known: Mapping[int, tuple[Place, ...]], usual: int) -> int:
    """Return the position of the part that is the city: the largest place, or the last of equals.

    A place at the position where a city ``usual``ly stands (-1 for none) is the city, unless it is a part of another
    that is named.
    """
    others = [larger for at, places in known.items() if at != usual for larger in places]
    if usual in known and not any(_is_part(place, larger) for place in known[usual] for larger in others):
        return usual
    return max(known, key=lambda at: (max(place.population for place in known[at]), at))


def _reading(split: _Split, city: str, places: tuple[Place, ...], rest: tuple[str, ...]) -> Reading | None:
    """Return the reading for ``city``, with a street from the ``rest``.

    If the rest names a part of that city, the part is the city: for Canada Post, Kanata is not Ottawa.
    """
    rest = tuple(part for part in rest if not _is_around(part, places))
    named = [names for part in rest if (names := tuple(filter(_may_be_street, streets_of(part))))]
    # We ask about the first of two streets, unless its name alone would be read as a part of the city.
    streets = [next((street for street in two if not _parts_called(street, places)), two[0]) for two in named]
    for street in streets:
        if within := _parts_called(street, places):
            others = tuple(other for other in rest if street not in streets_of(other))
            return _reading(split, street, within, others)
    if any(fold(street) in ELSEWHERE or not _is_name(street, lengths.SEARCH_STREET) for street in streets):
        return None
    # A person's name may come before the street: prefer the part that looks like a street.
    streets.sort(key=lambda street: not is_street(street))
    street = streets[0] if streets else ""
    corner = next((two for two in named if len(two) > 1 and street in two), ())
    return Reading(split.province, city, street, places, corner)


def _parts_called(street: str, cities: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the parts of these cities that have the name of what may be a street."""
    if is_street(street):
        return ()
    return tuple(place for place in places_called(street) for city in cities if _is_part(place, city))


def _is_around(name: str, places: Iterable[Place]) -> bool:
    """Say whether ``name`` is one of the ``places``, or the city that one is a part of: Gatineau beside Hull."""
    return any(city == place or _is_part(place, city) for place in places for city in places_called(name))


def _is_part(place: Place, larger: Place) -> bool:
    smaller = place.province == larger.province and place != larger and place.population <= larger.population
    return smaller and apart_km(place.coordinates, larger.coordinates) < FARTHEST_PART_KM


def _may_be_street(text: str) -> bool:
    name = fold(text)
    is_country = province_of(text) or name in COUNTRY
    return not (is_country or PART_OF_TOWN.fullmatch(name) or name in DIRECTIONS or _is_beside_a_city(text))


def _unknown_city(split: _Split) -> Reading | None:
    """Return a reading whose city is the last part, and whose street is a part before it."""
    if not split.province or len(split.parts) > 3:
        return None
    if not split.parts:
        return Reading(split.province, "")
    city = split.parts[-1].strip(EDGES)
    ends = [end for words in (_tails(city, 4), _heads(city, 4)) for pair in words for end in pair]
    if fold(city) in COUNTRY:
        return _unknown_city(split._replace(parts=split.parts[:-1]))
    if is_institution(city) or fold(city) in ELSEWHERE | DIRECTIONS or any(province_of(end) for end in (city, *ends)):
        return None
    reading = _reading(split, city, (), split.parts[:-1])
    return reading._replace(city=city) if reading and _is_name(city, lengths.SEARCH_CITY, digits=False) else None


def _is_name(text: str, longest: int, *, digits: bool = True) -> bool:
    """Say whether ``text`` can name a street or city of Canada: Latin letters and the marks that go with them."""
    letters = [c for c in text if c.isalpha()]
    latin = all("LATIN" in unicodedata.name(c, "") for c in letters)
    marks = all(c.isalpha() or c in " .'’-–/&" or (digits and c.isascii() and c.isdigit()) for c in text)
    named = len(letters) >= 2 or (digits and bool(letters))
    return named and latin and marks and len(text) <= longest


def _tails(text: str, most: int) -> Iterator[tuple[str, str]]:
    """Yield (rest, last words) of ``text``, the longest first, always with a rest."""
    words = text.split()
    return _cut(words, range(max(len(words) - most, 1), len(words)))


def _heads(text: str, most: int) -> Iterator[tuple[str, str]]:
    """Yield (first words, rest) of ``text``, the longest first, always with a rest."""
    words = text.split()
    return _cut(words, range(min(most, len(words) - 1), 0, -1))


def _cut(words: Sequence[str], places: Iterable[int]) -> Iterator[tuple[str, str]]:
    for at in places:
        if not joins_streets(words[at - 1], words[at]):
            yield " ".join(words[:at]), " ".join(words[at:])

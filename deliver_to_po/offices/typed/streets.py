"""Streets as people write them: what is called one, and its name without the numbers of houses, flats and boxes."""

import re
from collections.abc import Iterator, Sequence

from deliver_to_po.offices.typed.places import fold

# What streets are called, in either language, as ``fold`` leaves it.
TYPES = frozenset(
    """
    ave av avenue st saint street rd road dr drive cres crescent crt court cir circle blvd boul boulevard ln lane
    way pl place terr terrace trail pkwy parkway sq square row walk gate line side sideroad concession hwy highway
    rue chemin ch rang rg route rte cote montee allee impasse quai autoroute aut ruelle promenade prom passage
    croissant cercle carre ligne
    """.split()
)
# What stands somewhere in a city and is no street, as ``fold`` leaves it. Alone, some of them name a street too.
INSTITUTION = frozenset(
    """
    hospital hopital clinic clinique mall galeries airport aeroport cegep universite school ecole stadium stade
    arena museum musee library bibliotheque metro centre center carrefour plaza
    """.split()
)
INSTITUTION_OR_STREET = frozenset("university college station gare".split())
LITTLE_WORDS = frozenset("d de du des la le les of the and et".split())
DIRECTIONS = frozenset("n s e w ne nw se sw north south east west nord sud est ouest".split())
# Punctuation that is cut off at either end of a name.
EDGES = " .,#'’-–/&"

# Types that a number may stand before: "17 Ave", "152 Street". In French it stands after: "Chemin 5".
NUMBER_BEFORE = frozenset(
    """
    ave av avenue st saint street rd road dr drive cres crescent crt court ln lane way pl place terr terrace trail
    line side sideroad concession
    """.split()
)
# Roads that a number names wherever they stand: "Highway 7".
NUMBER_AFTER = frozenset(
    "highway hwy route rte autoroute aut rang rg concession conc con line ligne sideroad sdrd".split()
)
ROAD = frozenset("road rd".split())
ROAD_KINDS = frozenset(
    "county co regional provincial municipal district forestry concession conc con side grid".split()
)
# Alberta and Saskatchewan number these up to four digits.
SURVEYED_ROAD_KINDS = frozenset("township twp range rge".split())
# What may stand before a numbered road without being its name: "Old King's Highway 7".
BEFORE_NUMBERED = (
    ROAD_KINDS
    | SURVEYED_ROAD_KINDS
    | frozenset("old king kings queens trans canada transcanada secondary vieille vieux ancienne ancien".split())
)
# These are numbered although they have a name as well: "4e Rang de Simpson".
NAMED_AFTER_NUMBER = frozenset("rang rg ligne concession".split())

# A number below a thousand may name a street, the letter being a part of it: "104A Street".
NUMBER = re.compile(r"[0-9]{1,3}[A-Za-z]?")
SURVEYED_NUMBER = re.compile(r"[0-9]{1,4}[A-Za-z]?")
ORDINAL_END = r"(?:st|nd|rd|th|re|er|nde|[eè]re|[eè]me|i[eè]me)"
ORDINAL = re.compile(rf"(?i)[0-9]{{1,3}}{ORDINAL_END}(?:-[^\W\d_]+)?")
# In French an ordinal, in English a house with a letter.
NUMBER_WITH_E = re.compile(r"(?i)[0-9]{1,3}e(?:-[^\W\d_]+)?")
# "rue du 24-Juin"
DAY = re.compile(r"[0-9]{1,2}(?:-[^\W\d_].*)?")
# "10405-104 Street" is house 10405.
HOUSE_BEFORE_HYPHEN = re.compile(r"(?:[0-9]+[A-Za-z]?[-/])+(?=[0-9])")
# What belongs to the number before it: "12 bis", "12 B".
END_OF_NUMBER = re.compile(r"(?i)bis|ter|quater|[a-z]")
BETWEEN_NUMBERS = frozenset("to a or ou".split())

# Where mail goes that goes to no street: a box, a rural or suburban route, general delivery, and the station of each.
NO_STREET = re.compile(
    r"(?i)\b(?:(?:(?:p\.?\s?o\.?\s?box|box|c\.?\s?p\.?|b\.?\s?p\.?|case postale|bo[iî]te postale)\s*#?\s*[0-9][\w-]*|"
    r"(?:r\.?\s?r\.?|rural route|route rurale|ss|mr|hc)\s*#?\s*[0-9]{1,2}[a-z]?\b|"
    r"general delivery\b|poste restante\b|gd(?=\s*(?:,|stn\b|succ|$)))"
    r"(?:[\s,]+(?:(?:stn|succ|succursale)\b\.?\s+[^\W\d_][\w'’-]*|station\s+(?:[a-z]|main)\b))?|"
    r"(?:rpo|csp)\s+[^,0-9]+|stn\s+(?:[a-z]|main)\b|station\s+main\b|succ(?:\.|\b|ursale\b)\s+[^\W\d_][\w'’-]*)"
)
FLOOR = re.compile(rf"(?i)\b[0-9]{{1,3}}(?:{ORDINAL_END}|e)?[\s-]*(?:floor|flr|fl|[eé]tage)\b\.?")
UNIT = re.compile(
    r"(?i)(?:\b(?:apt|app|appt|apartment|appartement|unit|unit[eé]|suite|bureau|bur|local|logement|penthouse|ph|porte|"
    r"door|room|rm|chambre|lot|floor|[eé]tage|building|bldg|b[aâ]timent|b[aâ]t|tower|tour|site|comp|compartment|group|"
    r"gp|km|mile)(?![^\W\d_])\.?\s*(?:(?:no\b\.?|n°|#)\s*)?(?:(?:[a-z]-?)?[0-9][\w-]*|[a-z]\b(?!['’]))|"
    r"\b(?:no|num[eé]ro|ste)\b\.?\s*#?\s*[0-9][\w-]*\b(?!\s+(?:road|rd)\b)|\bn°\s*[\w-]+|#\s*[\w-]+)"
)
# "Hwy7", "Highway #7", "Hwy. No. 7"
ROAD_AND_NUMBER = re.compile(rf"(?i)\b({'|'.join(sorted(NUMBER_AFTER | ROAD))})[\s.#-]*(?:n[o°]\.?\s*)?(?=[0-9])")
# "120rue", "Main120"
NO_SPACE_BETWEEN = re.compile(rf"(?i)(?<=[0-9])(?!{ORDINAL_END}\b)(?=[^\W\d_]{{2}})|(?<=[^\W\d_]{{3}})(?=[0-9])")


def is_street(text: str) -> bool:
    """Say whether ``text`` is called as streets are, or has a number."""
    words = fold(text).split()
    while len(words) > 1 and words[-1] in DIRECTIONS:
        words.pop()
    # "St" is a street at the end alone: elsewhere it is a saint.
    named = [word for word in (*words[:1], *words[-3:]) if word in TYPES and word != "saint"]
    return bool(named) or (len(words) > 1 and words[-1] == "saint") or any(c.isdigit() for c in text)


def is_institution(text: str) -> bool:
    """Say whether ``text`` is a university, a hospital, an airport, a mall or the like, and no street called so."""
    words = [word for word in fold(text).split() if word not in DIRECTIONS]
    if not names_institution(text) or any(c.isdigit() for c in text):
        return False
    alone = len(words) == 1 and words[0] in INSTITUTION_OR_STREET
    return not (alone or words[0] in TYPES or words[-1] in TYPES)


def names_institution(text: str) -> bool:
    """Say whether a word of ``text`` stands for what is no street."""
    return any(word in INSTITUTION or word in INSTITUTION_OR_STREET for word in fold(text).split())


def is_incomplete(text: str) -> bool:
    """Say whether ``text`` is only what street names begin or end with, such as "rue de la" or "Street W"."""
    words = fold(text).split()
    return any(word in TYPES for word in words) and all(
        word in TYPES or word in LITTLE_WORDS or word in DIRECTIONS for word in words
    )


def street_only(text: str) -> str:
    """Return the name of a street without the numbers of houses, flats, floors and boxes, which are private.

    A number stays only where it names the street: "17 Ave SW", "10th Street", "Highway 7", "rue du 24-Juin".
    """
    shorter = _without_private_numbers(" ".join(text.split()))
    return shorter if shorter == text else street_only(shorter)


def _without_private_numbers(text: str) -> str:
    text = ROAD_AND_NUMBER.sub(r"\1 ", NO_STREET.sub(" ", text))
    text = NO_SPACE_BETWEEN.sub(" ", UNIT.sub(" ", FLOOR.sub(" ", text))).strip(EDGES)
    pieces = [" ".join(words).strip(EDGES) for words in _pieces(text.split())]
    if pieces != [text]:
        pieces = [piece for piece in pieces if _says_something(piece)]
    # A resident's name may come before the number, and the street after it.
    streets = [piece for piece in pieces if is_street(piece)] or pieces
    return streets[-1] if streets else ""


def _says_something(piece: str) -> bool:
    """Say whether ``piece`` can be a name: not "to" between two numbers, nor the "Street" of "1205 Street"."""
    words = fold(piece).split()
    only_type = len(words) == 1 and words[0] in TYPES
    return not (only_type or all(word in LITTLE_WORDS or word in BETWEEN_NUMBERS for word in words))


def _pieces(words: Sequence[str]) -> Iterator[list[str]]:
    """Yield the words between the private numbers, which are left out with what belongs to them."""
    piece: list[str] = []
    after_private_number = False
    for at, word in enumerate(words):
        after = words[at + 1 :]
        if not _has_number(word):
            if not (after_private_number and _ends_number(word, after)):
                piece.append(word)
                after_private_number = False
        elif naming := _naming_number(word, piece, after):
            piece.append(naming)
            after_private_number = False
        else:
            yield piece
            # "12-Main"
            piece = [part for part in re.split(r"[-/]", word) if not _has_number(part) and len(part) > 1]
            after_private_number = True
    yield piece


def _has_number(word: str) -> bool:
    return any(c.isnumeric() for c in word)


def _ends_number(word: str, after: Sequence[str]) -> bool:
    """Say whether ``word`` belongs to the number before it, as the letter does in "12 B Main St"; not "12 A Street"."""
    return bool(END_OF_NUMBER.fullmatch(word.strip(EDGES))) and not is_incomplete(" ".join(after))


def _naming_number(word: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Return what of ``word`` names the street, given the words around it; ``""`` when it is a private number."""
    bare = word.strip(EDGES)
    previous = fold(before[-1]) if before else ""
    if previous in ("du", "des") and DAY.fullmatch(bare) and ("-" in bare or after):
        return bare
    if NUMBER_WITH_E.fullmatch(bare) and previous in LITTLE_WORDS:
        return bare
    if _follows_road(bare, before, after):
        return bare
    last = HOUSE_BEFORE_HYPHEN.sub("", bare)
    if ORDINAL.fullmatch(last) or (NUMBER_WITH_E.fullmatch(last) and _is_french_ordinal(after)):
        return last
    return last if _precedes_type(last, before, after) else ""


def _follows_road(number: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Say whether ``number`` names the road before it: "Highway 7", "County Road 42"; not "King Road 45"."""
    *frame, road = [fold(word) for word in " ".join(before).replace("-", " ").split()] or [""]
    if SURVEYED_NUMBER.fullmatch(number) and (
        road == "rr" or (road in ROAD and not SURVEYED_ROAD_KINDS.isdisjoint(frame))
    ):
        return True
    if not NUMBER.fullmatch(number):
        return False
    numbered = road in NUMBER_AFTER or (road in ROAD and not ROAD_KINDS.isdisjoint(frame))
    if numbered:
        return all(_is_frame(word) for word in frame)
    is_numbered_type = road in ROAD or (road in TYPES and road not in NUMBER_BEFORE)
    return not frame and bool(is_numbered_type) and len(_directions(after)) == len(_until_number(after))


def _is_frame(word: str) -> bool:
    return any(word in words for words in (TYPES, LITTLE_WORDS, DIRECTIONS, BEFORE_NUMBERED))


def _is_french_ordinal(after: Sequence[str]) -> bool:
    """Say whether "12e" is an ordinal by what stands ``after``: "12e Rue", "4e Rang de Simpson"; not "12E Main St"."""
    if not after or fold(after[0]) not in TYPES:
        return False
    may_have_name = fold(after[0]) in NAMED_AFTER_NUMBER
    return may_have_name or len(_directions(after[1:])) == len(_until_number(after[1:]))


def _precedes_type(number: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Say whether ``number`` names the street whose type comes next: "17 Ave SW", not "17 Avenue Road"."""
    if not NUMBER.fullmatch(number) or not after or fold(after[0]) not in NUMBER_BEFORE:
        return False
    rest = _until_number(after[1:])
    directions = _directions(rest)
    # "120 Avenue N" is a house in Saskatoon, whose avenues are called by letters; "3 Avenue N" a street in Lethbridge.
    may_be_letter = len(directions) == 1 and len(directions[0]) == 1
    is_short = len(number) < 3 or not may_be_letter
    is_clear = bool(rest) or len(after) == 1
    return is_short and is_clear and len(directions) == len(rest) < 2 and not is_street(" ".join(before))


def _until_number(words: Sequence[str]) -> Sequence[str]:
    return words[: next((at for at, word in enumerate(words) if _has_number(word)), len(words))]


def _directions(words: Sequence[str]) -> list[str]:
    found = []
    for word in map(fold, words):
        if word not in DIRECTIONS:
            break
        found.append(word)
    return found

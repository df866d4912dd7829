"""Two streets in one text, "Bank and Slater", « coin Saint-Denis et Rachel »: which one to ask about.

Canada Post's guide lets people search by intersection, but its API takes the name of one street.
"""

import re

from deliver_to_po.offices.typed.places import fold
from deliver_to_po.offices.typed.streets import EDGES, TYPES, is_incomplete, street_only

# Words between two streets. With hyphens, as in Pierre-et-Marie-Curie, they are a part of one name.
JOINTS = frozenset(("and", "et", "coin", "angle", "&", "@", "+", "/"))
# These may stand before a city as well: "Granville at Robson", « rue Principale à Kamouraska ».
BEFORE_A_CITY = re.compile(r"(?i)\s(at|à)\s(?!l['’])")
BETWEEN = re.compile(
    r"(?i)\s+(?:and|et|at|à(?!\s+(?:la|le|les)\b|\s+l['’])|coin|angle|(?:à\s+l['’]\s?angle|au\s+coin))\s+(?:de\s+(?!la\b|l['’])|of\s+)?"
    r"|\s*[&@+]\s*|(?<=[^\W_])\s*/\s*(?=[^\W_])"
)
# "corner of", « à l’angle des rues »
INTRODUCTION = re.compile(
    r"(?i)^(?:the\s+)?(?:intersection|corner|cor\.|(?:à\s+)?l['’]\s?(?:angle|intersection)|(?:au\s+)?coin|angle)\s+"
    r"(?!brook\b)(?:(?:of|de|des)\s+(?:the\s+)?(?:rues?|streets?)\s+|(?:of|de|entre)\s+(?!la\b|l['’]))?(?=\S)"
)
# Streets that have such a word in their own name, as ``fold`` leaves it.
ONE_NAME = re.compile(
    r"\b(?:rose and crown|crown and anchor|fox and hounds?|dog and duck|elephant and castle|lock and key|"
    r"hook and ladder|stars and stripes|adam and eve|lewis and clark|hide and seek|black and white|"
    # « rue de l’Anse à Beaufils »
    r"[dl]?(?:anse|baie|butte|cap|chutes?|cote|four|ile|lac|montee|moulin|pointe|riviere|ruisseau|terre|trou) a \w+|"
    r"arts et metiers|pierre et marie curie|adam et eve|saint pierre et miquelon|terre neuve et labrador)\b"
)


def is_intersection(text: str) -> bool:
    return bool(_sides(text))


def word_before_city(text: str) -> str:
    """Return "at" or "à" if one of them stands in ``text``: then a city may follow, and not a second street."""
    found = BEFORE_A_CITY.search(text)
    return found[1].lower() if found else ""


def streets_of(text: str) -> tuple[str, ...]:
    """Return the street or the two streets that ``text`` names, without private numbers; nothing for no street."""
    if sides := _sides(text):
        return sides
    whole = street_only(text)
    # "12 Bank and Slater": with the number gone, what is left may be two streets after all.
    return streets_of(whole) if whole != text else (whole,) if whole else ()


def joins_streets(*words: str) -> bool:
    """Say whether one of ``words`` joins two streets: a text is not cut into street and city beside it."""
    return any(word.lower() in JOINTS for word in words)


def _sides(text: str) -> tuple[str, ...]:
    """Return the two streets of ``text``, or nothing if it names one street or has a private number."""
    if ONE_NAME.search(fold(text)):
        return ()
    sides = [side.strip(EDGES) for side in BETWEEN.split(INTRODUCTION.sub("", text))][:2]
    return tuple(sides) if len(sides) == 2 and all(map(_is_name_of_street, sides)) else ()


def _is_name_of_street(side: str) -> bool:
    """Say whether ``side`` has a name, and no number but one that names the street: "Bank", "17 Ave", not "12 B"."""
    only_types = all(word in TYPES for word in fold(side).split())
    has_name = bool(re.search(r"[^\W\d_]{2}", side)) and not only_types
    return has_name and street_only(side) == side and not is_incomplete(side)

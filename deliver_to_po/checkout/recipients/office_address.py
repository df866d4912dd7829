"""Recognises a post office's own address where the recipient's is asked for, however it is written."""

import re
from collections import Counter
from collections.abc import Iterable

from deliver_to_po.canadapost.types import PostOffice, Recipient
from deliver_to_po.core.provinces import PROVINCE_SPELLINGS
from deliver_to_po.offices.typed.places import fold
from deliver_to_po.offices.typed.streets import DIRECTIONS, LITTLE_WORDS, TYPES, UNIT

# "5-3080 Carling Ave"
UNIT_BEFORE = re.compile(r"^#?\w{1,5}\s*-\s*(?=[0-9])")
ORDINAL = re.compile(r"([0-9]+)(?:st|nd|rd|th|re|er|e|ere|eme|ieme|nde)")
# One word for what is abbreviated or translated; "rue Carling" may be Carling Avenue.
SAME = {
    written: words
    for words, all_written in {
        "street": "saint",
        "street avenue": "rue",
        "avenue": "av ave",
        "road": "rd ch chemin",
        "drive": "dr prom promenade",
        "crescent": "cres croissant",
        "court": "crt",
        "circle": "cir cercle",
        "boulevard": "blvd boul",
        "lane": "ln ruelle",
        "place": "pl",
        "terrace": "terr",
        "parkway": "pkwy",
        "square": "sq carre",
        "line": "ligne",
        "highway": "hwy rte route",
        "autoroute": "aut",
        "rang": "rg",
        "north": "n nord",
        "south": "s sud",
        "east": "e est",
        "west": "w o ouest",
        "north east": "ne",
        "north west": "nw",
        "south east": "se",
        "south west": "sw so",
    }.items()
    for written in all_written.split()
}
# What people write beside a post office's street.
BESIDE_AN_OFFICE = frozenset(
    ("canada", "post", "postes", "postal", "office", "bureau", "poste", "outlet", "counter", "comptoir", "no", "n")
)


def lives_at(recipient: Recipient, office: PostOffice) -> bool:
    """Say whether the recipient's own address is that of ``office``: no parcel may be addressed to a post office."""
    home = recipient.address
    return is_office_address(home.line_1, home.line_2, home.postal_code, office)


def is_office_address(line_1: str, line_2: str, postal_code: str, office: PostOffice) -> bool:
    """Say whether the two lines hold only the address of ``office``: abbreviated or in full, in any order.

    With another postal code it is another place: several streets of a city may have one name. A type or direction may
    be missing; another one is another street. A unit that is not the office's own is somebody's home, above a store.
    """
    if postal_code != office.postal_code:
        return False
    if fold(f"{line_1} {line_2}") in _names(office):
        return True
    typed = Counter(_words(f"{line_1} {line_2}"))
    words = _words(UNIT.sub(" ", UNIT_BEFORE.sub("", office.street)))
    street = Counter(_telling(words))
    if not street or street - typed or any(_differ(typed, words, kind) for kind in (TYPES, DIRECTIONS)):
        return False
    return {word for word in typed if not _is_left_out(word)} <= _beside(office)


def _names(office: PostOffice) -> set[str]:
    pairs = (office.name, office.location), (office.location, office.name), (office.name, ""), (office.location, "")
    return {fold(" ".join(pair)) for pair in pairs} - {""}


def _beside(office: PostOffice) -> frozenset[str]:
    """Return the words that may stand beside an office's street without making it another address."""
    code = office.postal_code
    texts = [office.name, office.location, office.street, office.city, code, f"{code[:3]} {code[3:]}"]
    texts += PROVINCE_SPELLINGS.get(office.province, "").split("|")
    return BESIDE_AN_OFFICE.union(*map(_words, texts))


def _telling(words: list[str]) -> list[str]:
    """Return the words that tell a street from others, without those that people often leave out."""
    telling = [word for word in words if not _is_left_out(word)]
    # "12 Avenue Road" is its number and such words.
    return telling if len(telling) > 1 else words


def _differ(typed: Iterable[str], street: Iterable[str], kind: frozenset[str]) -> bool:
    """Say whether either side names one of a ``kind`` that the other does not."""
    one, other = kind.intersection(typed), kind.intersection(street)
    return bool(one - other and other - one)


def _is_left_out(word: str) -> bool:
    return any(word in words for words in (TYPES, LITTLE_WORDS, DIRECTIONS))


def _words(text: str) -> list[str]:
    words = " ".join(SAME.get(word, word) for word in fold(text).split()).split()
    return [match[1] if (match := ORDINAL.fullmatch(word)) else word for word in words]

"""Canada Post writes names and streets in capitals; this is how people write them. For reading only, never for a label.

No rule knows every name: what is not all in capitals is left as it is, and a word that no rule knows gets one capital.
"""

import re
from functools import lru_cache

# What stays in capitals: post office, rural route, directions, what is spelled by letters, provinces, Roman numerals.
KEPT = frozenset(
    """
    PO RR BDP CP SS GD LCD CFB BFC IGA UBC SFU UQAM CIBC NE NW SE SW SO AB BC MB NB NL NS NT NU PE QC SK YT II III
    IV VI VII VIII IX XI XII XIII XIV XV
    """.split()
)
# What is written in small letters unless it comes first; the second also in a name with hyphens.
SMALL = frozenset("de du des la le les et à au aux sur sous en lez of the and at by upon".split())
SMALL_WITH_HYPHENS = SMALL | frozenset("on in ville".split())
# French abbreviations that people write with a point.
WITH_POINT = {"SUCC": "Succ.", "BOUL": "boul."}
# After the number of a house, what a French street is begins with a small letter.
FRENCH_STREETS = frozenset(
    """
    av ch pl prom boul rte rue avenue boulevard chemin place rang route côte montée allée impasse ruelle promenade
    croissant carré terrasse quai autoroute
    """.split()
)
SHORTENED = frozenset("av ch pl prom boul".split())
ENGLISH_STREETS = frozenset(
    "st ave rd dr blvd cres crt cir lane ln way terr trail pkwy sq hwy street road drive".split()
)
HOUSE = re.compile(r"[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)?,?")
PARTS = re.compile(r"([\s/(),#–-]+)")
ORDINAL = re.compile(r"[0-9]+(?:ST|ND|RD|TH|RE|ER|E|ÈRE|IÈME|ÈME)")
INITIALS = re.compile(r"(?:\w[.&])+\w?")
# L'Assomption, d'Youville; but O'Leary and John's.
ELISION = re.compile(r"([LDJN]|QU)(['’])(\w.+)")


def as_people_read(text: str) -> str:
    """Return what ``as_people_write`` does, for a page: no line breaks between a number and its sign, as in ``# 4``."""
    return as_people_write(text).replace("# ", "#\N{NO-BREAK SPACE}")


@lru_cache(maxsize=4096)
def as_people_write(text: str) -> str:
    """Return a name, a street or a city that is all in capitals as people write it: ``2330 Main St``, ``boul. Pie-IX``.

    Any other text is returned as it is.
    """
    if not text.isupper():
        return text
    parts = PARTS.split(text)
    words = [at for at, part in enumerate(parts) if at % 2 == 0 and part]
    before = ""
    for at in words:
        # The town's own name begins after "Bureau de poste": La Prairie, The Pas; but « Bureau de poste d'Alma ».
        first = not before or (before in ("Poste", "BDP") and parts[at][0] != "D")
        before = parts[at] = _word(parts[at], first=first, last=at == words[-1], hyphens=_has_hyphen(parts, at))
    return _with_french_street("".join(parts).replace("Bureau de Poste", "Bureau de poste"))


def _has_hyphen(parts: list[str], at: int) -> bool:
    return "-" in (*parts[at - 1 : at], *parts[at + 1 : at + 2])


def _word(word: str, *, first: bool, last: bool, hyphens: bool) -> str:
    """Return one word; ``first`` and ``last`` say where it stands, ``hyphens`` that one joins it to another."""
    small = word.lower()
    if word in KEPT or INITIALS.fullmatch(word) or (word == "ON" and last and not first and not hyphens):
        return word
    if word in WITH_POINT and not hyphens:
        return WITH_POINT[word].capitalize() if first else WITH_POINT[word]
    if not first and small in (SMALL_WITH_HYPHENS if hyphens else SMALL):
        return small
    if word[0].isdigit():
        return small if ORDINAL.fullmatch(word) else word
    if elision := ELISION.fullmatch(word):
        article, apostrophe, rest = elision.groups()
        return (article.capitalize() if first else article.lower()) + apostrophe + _name(rest)
    return _name(word)


def _name(word: str) -> str:
    if word.startswith("MC") and len(word) > 4:
        return f"Mc{word[2:].capitalize()}"
    if word[:2] in ("O'", "O’"):
        return f"O{word[1]}{word[2:].capitalize()}"
    return word.capitalize()


def _with_french_street(text: str) -> str:
    """Return an address with its French street in small letters: ``12 rue Principale``, ``450 2e av.``."""
    words = text.split(" ")
    at = 2 if len(words) > 2 and ORDINAL.fullmatch(words[1].upper()) else 1
    if len(words) < 3 or not HOUSE.fullmatch(words[0]) or words[-1].lower() in ENGLISH_STREETS:
        return text
    if (kind := words[at].rstrip(".").lower()) in FRENCH_STREETS:
        words[at] = kind + ("." if kind in SHORTENED else "")
    return " ".join(words)

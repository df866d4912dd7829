"""Postal codes in what people type: a whole one or its first half, alone or among other words, and mistyped ones."""

import re

from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.identifiers import POSTAL_CODE, display_postal_code, normalize_postal_code
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.offices.typed.whereabouts import area_of

LOOKS_LIKE = str.maketrans("OILoil", "011011")
LETTERS = (0, 2, 4)
# In shape, one half of it at least, with letters that none has.
SHAPED_LIKE_ONE = re.compile(r"[A-Z][0-9][A-Z][A-Z0-9]{3}|[A-Z0-9]{3}[0-9][A-Z][0-9]")
LENGTH_OF_HALF = 3
FIRST_HALF = re.compile(r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z]")
# A postal code anywhere in an address.
WITHIN = re.compile(r"\b([A-Za-z][0-9][A-Za-z])[\s-]*([0-9][A-Za-z][0-9])\b")
# The same with letters for digits; at least one of the six is a digit.
LOOKS_LIKE_WITHIN = re.compile(
    r"\b(?=[A-Za-z\s-]*[0-9])[A-Za-z][0-9OILoil][A-Za-z][\s-]?[0-9OILoil][A-Za-z][0-9OILoil]\b"
)

NOT_A_POSTAL_CODE = _("Enter a Canadian postal code, such as K1A 0B1.")
HALF = _("Enter all six characters of the postal code, such as K1A 0B1.")


def near_postal_code(typed: str) -> NearPostalCode | None:
    """Return the question for half a postal code, or for what ``typed`` holds of one among other words, else None.

    Raises QueryNotUnderstood for what can only be meant as one.
    """
    bare = re.sub(r"[\s\-]", "", typed).upper()
    if FIRST_HALF.match(bare) and len(bare) < 6:
        return _near_area(bare[:3])
    if SHAPED_LIKE_ONE.fullmatch(bare):
        raise QueryNotUnderstood(NOT_A_POSTAL_CODE, [bare[:3]] if area_of(bare) else ())
    if within := postal_code_within(typed):
        return NearPostalCode(within)
    if any((corrected := corrected_postal_code(match[0])) for match in LOOKS_LIKE_WITHIN.finditer(typed)):
        raise mixed_up(corrected)
    for word in re.findall(r"\w+", typed):
        if FIRST_HALF.fullmatch(word.upper()):
            return _near_area(word.upper())
    return None


def postal_code_within(typed: str) -> str:
    """Return the first postal code among other words, as ``normalize_postal_code`` does; ``""`` if there is none."""
    return next(filter(None, (normalize_postal_code(match[0]) for match in WITHIN.finditer(typed))), "")


def _near_area(half: str) -> NearPostalCode:
    """Return the question for the first half of a postal code; raises QueryNotUnderstood for one that is nowhere."""
    if not area_of(half):
        raise QueryNotUnderstood(HALF)
    return NearPostalCode(half)


def mixed_up(corrected: str) -> QueryNotUnderstood:
    return QueryNotUnderstood(
        _(
            "This postal code seems to have a letter in place of a digit, or the reverse (O and 0, for example). "
            "Did you mean:"
        ),
        [corrected],
    )


def corrected_postal_code(typed: str) -> str:
    """Return the postal code that ``typed`` is with O read as 0, and I and l as 1; ``""`` if it is none."""
    bare = re.sub(r"[\s\-]", "", typed)
    if len(bare) != 6 or not bare.isascii() or not bare.isalnum():
        return ""
    code = "".join(c.upper() if place in LETTERS else c.translate(LOOKS_LIKE) for place, c in enumerate(bare))
    return display_postal_code(code) if POSTAL_CODE.fullmatch(code) else ""

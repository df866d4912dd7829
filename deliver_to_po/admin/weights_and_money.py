"""Reads figures that people type, scales show and invoices hold: money, weights, sides; in English and in French."""

import re
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import localize
from django.utils.translation import gettext as _

# Nothing is done with a longer text.
LONGEST = 40
# More than any parcel costs, weighs or measures; a larger figure is a number of something.
MOST = Decimal(1_000_000)
KILOGRAMS = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lb": Decimal("0.45359237"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
UNITS = "|".join(KILOGRAMS)


class Weight(NamedTuple):
    """A weight as it was written; ``unit`` is ``""`` if none was written beside it."""

    figure: Decimal
    unit: str

    def kilograms(self, unit: str = "kg") -> Decimal:
        """Return it in kilograms; ``unit`` is the one to use if none was written."""
        return self.figure * KILOGRAMS[self.unit or unit]


def read_weight(text: str) -> Weight | None:
    """Return a weight, below zero too: "1.25", "1,25 kg", "1 250 g", "2 lb". None for anything else."""
    match = re.fullmatch(rf"(.*?)\s*({UNITS})?\.?\s*", text[: LONGEST + 1], re.IGNORECASE | re.ASCII | re.DOTALL)
    number = _number(match[1]) if match else None
    return Weight(number, (match[2] or "").lower()) if match and number is not None else None


def read_size(text: str) -> Decimal | None:
    """Return a number such as a length. A comma before three digits is a decimal one too."""
    return _number(text)


def read_amount(text: str) -> Decimal | None:
    """Return an amount in CAD, below zero for a credit; None for anything else.

    ``$1,234.50``, ``1 234,50 $``, ``(12.50)``, ``12.50-`` and ``12.50 CR`` are understood. If a comma is the only sign
    and three digits follow it, it is one of thousands.
    """
    return _number(re.sub(r"\$|CAD|CA", "", text[: LONGEST + 1].upper()), thousands=True)


def unit_in(heading: str) -> str:
    """Return the unit of weight that a column's heading names, kilograms if it names none."""
    named = re.search(rf"\b({UNITS})\b", heading, re.IGNORECASE)
    return named[1].lower() if named else "kg"


def kilograms_shown(kilograms: Decimal) -> str:
    """Return a weight as people write it: ``1.25 kg``, ``1,25 kg``."""
    return _("%(weight)s kg") % {"weight": localize(kilograms.normalize() + 0)}


def _number(text: str, *, thousands: bool = False) -> Decimal | None:
    figure = re.sub(r"\s", "", text[: LONGEST + 1]).replace("\N{MINUS SIGN}", "-").lstrip("'+")
    for pattern in (r"\((.*)\)", r"-(.*)", r"(.*)-", r"(.*)CR"):
        if match := re.fullmatch(pattern, figure):
            number = _above_zero(match[1], thousands)
            return None if number is None else -number
    return _above_zero(figure, thousands)


def _above_zero(figure: str, thousands: bool) -> Decimal | None:
    """Return a number whose last comma or point is the decimal one, and those before it are of thousands."""
    if len(figure) > LONGEST or not re.fullmatch(r"[0-9][0-9.,]*|[.,][0-9]+", figure):
        return None
    if thousands and re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", figure):
        figure = figure.replace(",", "")
    whole, sign, fraction = figure.replace(",", ".").rpartition(".")
    groups = whole.split(".")
    if len(groups) > 1 and not all(len(group) == 3 for group in groups[1:]):
        return None
    number = Decimal("".join(groups) + sign + fraction)
    return number if number < MOST else None

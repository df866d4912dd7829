"""Figures as invoices write them, in English and in French: amounts of money, and weights in kilograms."""

import re
from decimal import Decimal, InvalidOperation

LONGEST = 40
# More than any parcel costs or weighs; a larger figure is a number of something.
MOST = Decimal(1_000_000)
POUND_KG = Decimal("0.45359237")
UNITS = {"kg": Decimal(1), "g": Decimal("0.001"), "lb": POUND_KG, "lbs": POUND_KG}


def read_amount(text: str) -> Decimal | None:
    """Return an amount in CAD, below zero for a credit; None for what is none.

    ``$1,234.50``, ``1 234,50 $``, ``(12.50)``, ``12.50-`` and ``12.50 CR`` are understood. Where only a comma stands,
    three digits behind it make it one of thousands.
    """
    figure, below_zero = _bare(text)
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", figure):
        figure = figure.replace(",", "")
    number = _decimal(figure)
    return -number if below_zero and number is not None else number


def read_weight(text: str, heading: str = "") -> Decimal | None:
    """Return a weight in kilograms; None for what is none. The unit stands beside it or in the column's heading."""
    named = re.fullmatch(r"(.*?)\s*(kg|g|lbs?)", text[:LONGEST].strip(), re.IGNORECASE)
    in_heading = re.search(r"\b(kg|g|lbs?)\b", heading, re.IGNORECASE)
    unit = named[2] if named else in_heading[1] if in_heading else "kg"
    figure, below_zero = _bare(named[1] if named else text)
    number = None if below_zero else _decimal(figure)
    return None if number is None else number * UNITS[unit.lower()]


def _bare(text: str) -> tuple[str, bool]:
    """Return the figure without its sign, currency and spaces, and whether it is below zero."""
    figure = re.sub(r"\s|\$|CAD|CA", "", text[: LONGEST + 1].upper()).replace("\N{MINUS SIGN}", "-").lstrip("'")
    for pattern in (r"\((.*)\)", r"-(.*)", r"(.*)-", r"(.*)CR"):
        if match := re.fullmatch(pattern, figure):
            return match[1], True
    return figure, False


def _decimal(figure: str) -> Decimal | None:
    """Return a number whose last comma or point is the decimal one."""
    if len(figure) > LONGEST or not re.fullmatch(r"[0-9][0-9.,]*|[.,][0-9]+", figure):
        return None
    whole, sign, fraction = figure.replace(",", ".").rpartition(".")
    groups = whole.split(".")
    if len(groups) > 1 and not all(len(group) == 3 for group in groups[1:]):
        return None
    try:
        number = Decimal("".join(groups) + sign + fraction)
    except InvalidOperation:
        return None
    return number if number < MOST else None

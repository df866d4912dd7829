"""How the shop writes amounts, weights and postal codes in each language."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

from deliver_to_po.canadapost.identifiers import display_postal_code

register = template.Library()
SPACE = "\N{NO-BREAK SPACE}"


@register.filter
def money(amount: Decimal) -> str:
    """Return an amount in CAD as people write it: ``$12.50``, ``12,50 $``."""
    figures = number_format(amount, 2, force_grouping=True)
    return f"{figures}{SPACE}$" if (get_language() or "").startswith("fr") else f"${figures}"


@register.filter
def weight(kilograms: Decimal) -> str:
    """Return a weight without idle zeros: ``1.2 kg``, ``1,2 kg``."""
    return f"{number_format(kilograms.normalize())}{SPACE}kg"


@register.filter
def postal_code(code: str) -> str:
    """Return ``K1A0B1`` as ``K1A 0B1``."""
    return display_postal_code(code).replace(" ", SPACE)

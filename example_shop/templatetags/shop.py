"""How the shop writes amounts, taxes, days, weights and postal codes in each language."""

import datetime
from decimal import Decimal

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, gettext_lazy

from deliver_to_po.canadapost.identifiers import display_postal_code
from example_shop.taxes import GST, HST, PST, QST, Tax

register = template.Library()
SPACE = "\N{NO-BREAK SPACE}"
TAX_NAMES = {
    GST: gettext_lazy("GST"),
    HST: gettext_lazy("HST"),
    PST: gettext_lazy("PST"),
    QST: gettext_lazy("QST"),
}


@register.filter
def money(amount: Decimal) -> str:
    """Return an amount in CAD as people write it: ``$12.50``, ``12,50 $``."""
    figures = number_format(amount, 2, force_grouping=True)
    return f"{figures}{SPACE}$" if (get_language() or "").startswith("fr") else f"${figures}"


@register.filter
def price(amount: Decimal) -> str:
    """Return an amount, or a word where there is nothing to pay."""
    return money(amount) if amount else gettext("Free")


@register.filter
def day(date: datetime.date) -> str:
    """Return a day of the near future as the step writes it: ``Friday, December 4``, ``vendredi 4 décembre``."""
    if not (get_language() or "").startswith("fr"):
        return date_format(date, "l, F j")
    return date_format(date, "l j F").replace(" 1 ", " 1er ")


@register.filter
def tax_name(tax: Tax) -> str:
    """Return the name of a tax with its rate: ``QST (9.975%)``, ``TVQ (9,975 %)``."""
    french = (get_language() or "").startswith("fr")
    return f"{TAX_NAMES[tax.name]} ({number_format(tax.percent.normalize())}{SPACE if french else ''}%)"


@register.filter
def weight(kilograms: Decimal) -> str:
    """Return a weight without idle zeros: ``1.2 kg``, ``1,2 kg``."""
    return f"{number_format(kilograms.normalize())}{SPACE}kg"


@register.filter
def postal_code(code: str) -> str:
    """Return ``K1A0B1`` as ``K1A 0B1``."""
    return display_postal_code(code).replace(" ", SPACE)

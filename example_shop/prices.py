"""What a basket costs. All amounts in CAD."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from example_shop.models import DeliveryMethod


@dataclass(frozen=True, slots=True)
class Totals:
    """The lines under a list of goods."""

    subtotal: Decimal
    shipping: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """Return what is to be paid."""
        return self.subtotal + self.shipping + self.tax


def shipping_price(method: str) -> Decimal:
    """Return the flat price of a delivery method, before tax."""
    prices: dict[str, Decimal] = {
        DeliveryMethod.HOME: settings.SHOP_HOME_DELIVERY_PRICE,
        DeliveryMethod.POST_OFFICE: settings.SHOP_POST_OFFICE_PRICE,
    }
    return prices[method]


def totals(subtotal: Decimal, method: str) -> Totals:
    """Return subtotal, shipping and tax (on both, rounded to the cent)."""
    shipping = shipping_price(method)
    tax = ((subtotal + shipping) * settings.SHOP_TAX_RATE).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Totals(subtotal, shipping, tax)

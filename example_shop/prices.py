"""What a basket costs. All amounts in CAD."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from example_shop.models import DeliveryMethod

# Flat, before tax.
SHIPPING: dict[str, Decimal] = {
    DeliveryMethod.HOME: Decimal("14.95"),
    DeliveryMethod.POST_OFFICE: Decimal("9.95"),
}
TAX_RATE = Decimal("0.05")


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


def totals(subtotal: Decimal, method: str) -> Totals:
    """Return subtotal, shipping and tax (on both, rounded to the cent)."""
    shipping = SHIPPING[method]
    tax = ((subtotal + shipping) * TAX_RATE).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Totals(subtotal, shipping, tax)

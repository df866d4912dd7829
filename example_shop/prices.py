"""What a basket costs: goods, coupon, delivery, taxes. All amounts in CAD, before tax where nothing else is said."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from deliver_to_po.adapter import Rate, Service
from example_shop.taxes import CENT, Tax, from_json

CURRENCY = "CAD"
HOME_PRICE = Decimal("18.95")
# To a post office, while Canada Post has not said what it asks.
FALLBACK_PRICES = {Service.EXPEDITED_PARCEL: Decimal("14.95"), Service.XPRESSPOST: Decimal("21.95")}
# Expedited Parcel to a post office is free from here on; what counts is what the goods cost after a coupon.
FREE_FROM = Decimal("150.00")
COUPONS = {"TILLEUL20": Decimal(20)}


def discount(subtotal: Decimal, coupon: str) -> Decimal:
    """Return what a coupon takes off; 0 for none."""
    return (subtotal * COUPONS.get(coupon, Decimal(0)) / 100).quantize(CENT, ROUND_HALF_UP)


def post_office_price(worth: Decimal, service: Service, rate: Rate | None) -> Decimal:
    """Return the price of a delivery to a post office, of goods that cost ``worth`` after a coupon.

    It is Canada Post's, where that is known as ``rate``.
    """
    if service == Service.EXPEDITED_PARCEL and worth >= FREE_FROM:
        return Decimal(0)
    return FALLBACK_PRICES[service] if rate is None else rate.due - rate.taxes


@dataclass(frozen=True)
class Totals:
    """The lines under a list of goods."""

    subtotal: Decimal
    discount: Decimal
    coupon: str
    shipping: Decimal
    tax_lines: tuple[Tax, ...]

    @property
    def tax(self) -> Decimal:
        """Return all taxes together."""
        return sum((tax.amount for tax in self.tax_lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Return what is to be paid."""
        return self.subtotal - self.discount + self.shipping + self.tax

    def to_json(self) -> dict[str, object]:
        """Return it as JSON, amounts as texts."""
        return {
            "subtotal": str(self.subtotal),
            "discount": str(self.discount),
            "coupon": self.coupon,
            "shipping": str(self.shipping),
            "taxes": [tax.to_json() for tax in self.tax_lines],
        }

    @classmethod
    def from_json(cls, row: dict[str, object]) -> "Totals":
        """Read what ``to_json`` wrote."""
        amounts = {name: Decimal(str(row[name])) for name in ("subtotal", "discount", "shipping")}
        return cls(**amounts, coupon=str(row["coupon"]), tax_lines=from_json(row["taxes"]))  # type: ignore[arg-type]

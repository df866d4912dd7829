"""What a buyer is about to buy: everything that an order is made of, even if it is made long after."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from example_shop.basket import Basket
from example_shop.checkout import Checkout
from example_shop.prices import Totals
from example_shop.taxes import taxes


@dataclass(frozen=True)
class Item:
    """A product, how many of it, and its price in CAD."""

    product_id: int
    quantity: int
    price: Decimal


@dataclass(frozen=True)
class Purchase:
    """Goods at the prices that the buyer has seen, contact, method of delivery and language."""

    items: tuple[Item, ...]
    contact: dict[str, str]
    method: str
    language: str
    amounts: Totals

    @classmethod
    def of(cls, checkout: Checkout, basket: Basket, language: str, shipping: Decimal, province: str) -> "Purchase":
        """Return what a basket is bought for in a checkout, delivered to a ``province`` for ``shipping`` before tax."""
        amounts = Totals(
            subtotal=basket.subtotal(),
            discount=basket.discount(),
            coupon=basket.coupon,
            shipping=shipping,
            tax_lines=taxes(basket.worth + shipping, province),
        )
        items = tuple(Item(line.product.pk, line.quantity, line.product.price) for line in basket.lines())
        return cls(items, checkout.contact, checkout.method, language, amounts)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, amounts as texts."""
        return {
            "contact": self.contact,
            "method": self.method,
            "language": self.language,
            "items": [{**asdict(item), "price": str(item.price)} for item in self.items],
            "amounts": self.amounts.to_json(),
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Purchase":
        """Read what ``to_json`` wrote."""
        return cls(
            items=tuple(Item(**{**item, "price": Decimal(item["price"])}) for item in row["items"]),
            contact=row["contact"],
            method=row["method"],
            language=row["language"],
            amounts=Totals.from_json(row["amounts"]),
        )

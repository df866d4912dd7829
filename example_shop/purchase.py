"""What a buyer is about to buy: everything that an order is made of, also when it is made long after."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from example_shop.basket import BasketLine
from example_shop.checkout import Checkout
from example_shop.prices import Totals, totals


@dataclass(frozen=True, slots=True)
class Item:
    """A product, how many of it, and its price in CAD."""

    product_id: int
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """Goods at the prices that the buyer has seen, contact, method of delivery and language."""

    items: tuple[Item, ...]
    contact: dict[str, str]
    method: str
    language: str
    amounts: Totals

    @classmethod
    def of(cls, checkout: Checkout, lines: Sequence[BasketLine], language: str) -> "Purchase":
        """Return what the basket's ``lines`` are bought for in a checkout."""
        amounts = totals(sum((line.amount for line in lines), Decimal(0)), checkout.method)
        items = tuple(Item(line.product.pk, line.quantity, line.product.price) for line in lines)
        return cls(items, checkout.contact, checkout.method, language, amounts)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, amounts as texts."""
        return {
            "contact": self.contact,
            "method": self.method,
            "language": self.language,
            "items": [{**asdict(item), "price": str(item.price)} for item in self.items],
            "amounts": {name: str(amount) for name, amount in asdict(self.amounts).items()},
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Purchase":
        """Read what ``to_json`` wrote."""
        return cls(
            items=tuple(Item(**{**item, "price": Decimal(item["price"])}) for item in row["items"]),
            contact=row["contact"],
            method=row["method"],
            language=row["language"],
            amounts=Totals(**{name: Decimal(amount) for name, amount in row["amounts"].items()}),
        )

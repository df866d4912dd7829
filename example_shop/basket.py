"""The basket: product ids, quantities and a coupon, in the session or as a program without one names them."""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from example_shop.models import Product
from example_shop.packing import Line
from example_shop.prices import COUPONS, discount

SESSION_KEY, COUPON_KEY = "basket", "coupon"
MAX_QUANTITY = 20
HEADER, LONGEST_HEADER = "Cart", 500


@dataclass(frozen=True)
class BasketLine:
    """A product and how many of it."""

    product: Product
    quantity: int

    @property
    def amount(self) -> Decimal:
        """Return quantity times price, in CAD."""
        return self.quantity * self.product.price


class Basket:
    """What one visitor wants to buy; ``of`` returns the same one throughout a request, which looks it up once."""

    @classmethod
    def of(cls, request: HttpRequest) -> "Basket":
        """Return the basket of the visitor who makes ``request``, or what its header says: ``wool-blanket=2``."""
        kept: Basket | None = getattr(request, "basket", None)
        if kept is None:
            named = request.headers.get(HEADER, "")[:LONGEST_HEADER]
            kept = cls(_named(named) if named else request.session)
            request.basket = kept  # type: ignore[attr-defined]
        return kept

    def __init__(self, session: MutableMapping[str, Any]):
        self._session = session
        self._quantities: dict[str, int] = dict(self._session.get(SESSION_KEY, {}))
        self._lines: list[BasketLine] | None = None

    def __len__(self) -> int:
        return sum(self._quantities.values())

    def quantity(self, product: Product) -> int:
        """Return how many of ``product`` are in it."""
        return self._quantities.get(str(product.pk), 0)

    def put(self, product: Product, quantity: int) -> None:
        """Make it hold ``quantity`` of ``product``, at most MAX_QUANTITY; none takes it out."""
        self._quantities[str(product.pk)] = min(quantity, MAX_QUANTITY)
        if quantity <= 0:
            del self._quantities[str(product.pk)]
        self._session[SESSION_KEY] = self._quantities
        self._lines = None

    @property
    def coupon(self) -> str:
        """Return the code of the coupon that counts, ``""`` for none; a coupon that has since ended does not count."""
        kept = str(self._session.get(COUPON_KEY, ""))
        return kept if kept in COUPONS else ""

    @coupon.setter
    def coupon(self, code: str) -> None:
        self._session[COUPON_KEY] = code

    def take_out(self, bought: Iterable[Line]) -> None:
        """Take out what was bought; what was put in after that stays."""
        for line in bought:
            self.put(line.product, self.quantity(line.product) - line.quantity)
        if not self._quantities:
            self.coupon = ""

    def lines(self) -> list[BasketLine]:
        """Return what is in it, in the catalogue's order; products that are no longer sold are left out."""
        if self._lines is None:
            products = Product.objects.filter(pk__in=self._quantities) if self._quantities else ()
            self._lines = [BasketLine(product, self._quantities[str(product.pk)]) for product in products]
        return self._lines

    def subtotal(self) -> Decimal:
        """Return the goods' price in CAD before tax."""
        return sum((line.amount for line in self.lines()), Decimal(0))

    def discount(self) -> Decimal:
        """Return what the coupon takes off, in CAD."""
        return discount(self.subtotal(), self.coupon)

    @property
    def worth(self) -> Decimal:
        """Return what the goods cost after the coupon, in CAD before tax."""
        return self.subtotal() - self.discount()


def _named(text: str) -> dict[str, Any]:
    """Return what a session would hold for goods that are named by their page addresses."""
    pairs = [pair.partition("=") for pair in text.replace("\0", "").split(",")]
    wanted = {slug.strip(): min(int(count), MAX_QUANTITY) for slug, _is, count in pairs if count.isdecimal()}
    products = Product.objects.filter(slug__in=wanted)
    return {SESSION_KEY: {str(product.pk): wanted[product.slug] for product in products if wanted[product.slug]}}

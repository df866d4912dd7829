"""The basket: product ids and quantities in the session."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest

from example_shop.models import Product
from example_shop.packing import Line, fits_post_office, pack

SESSION_KEY = "basket"
MAX_QUANTITY = 20


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A product and how many of it."""

    product: Product
    quantity: int

    @property
    def amount(self) -> Decimal:
        """Return quantity times price, in CAD."""
        return self.quantity * self.product.price


class Basket:
    """What one visitor wants to buy."""

    def __init__(self, request: HttpRequest):
        self._session = request.session
        self._quantities: dict[str, int] = dict(self._session.get(SESSION_KEY, {}))

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

    def take_out(self, bought: Iterable[Line]) -> None:
        """Take out what was bought; what was put in after that stays."""
        for line in bought:
            self.put(line.product, self.quantity(line.product) - line.quantity)

    def lines(self) -> list[BasketLine]:
        """Return what is in it, in the catalogue's order; products that are no longer sold are left out."""
        products = Product.objects.filter(pk__in=self._quantities)
        return [BasketLine(product, self._quantities[str(product.pk)]) for product in products]

    def subtotal(self) -> Decimal:
        """Return the goods' price in CAD before tax."""
        return sum((line.amount for line in self.lines()), Decimal(0))

    def fits_post_office(self) -> bool:
        """Say whether Canada Post takes it as one parcel."""
        lines = self.lines()
        return bool(lines) and fits_post_office(pack(lines))

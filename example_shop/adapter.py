"""What Deliver to Post Office asks of this shop."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from deliver_to_po.adapter import (
    Address,
    OrderAdapter,
    Parcel,
    Rate,
    RecipientSuggestion,
    Sender,
    Service,
    ShipmentOption,
)
from example_shop.basket import Basket
from example_shop.checkout import Checkout
from example_shop.models import DeliveryMethod, Order
from example_shop.packing import Line, pack
from example_shop.prices import FALLBACK_PRICES, post_office_price

WAREHOUSE = Sender(
    company="Tilleul",
    phone="514 555-0142",
    address=Address(line_1="4500 rue des Tilleuls", city="Montréal", province="QC", postal_code="H2X1Y4"),
)

# What costs as much is covered for its price, as far as Canada Post goes, and signed for.
COVERED_FROM, MOST_COVERED = Decimal(500), Decimal(5000)
HANDLING_DAYS = 2


class ShopAdapter(OrderAdapter[Order]):
    """The shop's orders, in the app's words."""

    search_fields = ("number",)
    keeps_prices = True

    def parcels(self, order: Order | Basket) -> Sequence[Parcel]:
        """Return the one box that this shop ships an order or a basket in."""
        return [pack(_lines(order))]

    def ship_from(self, order: Order) -> Sender:
        """Return the shop's warehouse."""
        return WAREHOUSE

    def options(self, order: Order | Basket) -> Sequence[ShipmentOption]:
        """Return coverage and signature for what is dear."""
        if order.worth < COVERED_FROM:
            return []
        return [ShipmentOption("COV", min(order.worth, MOST_COVERED)), ShipmentOption("SO")]

    def services(self, cart: Order | Basket) -> Sequence[Service]:
        """Return every service that the shop has a price for: the buyer has the choice."""
        return list(FALLBACK_PRICES)

    def mailable(self, cart: Order | Basket) -> str:
        """Return why something in it must not be mailed, or that nothing is in it: the session may have been lost."""
        if isinstance(cart, Basket) and not cart.lines():
            return _(
                "Your basket is empty. If you have just ordered, your confirmation is in your e-mail. If not, put the "
                "goods into the basket again."
            )
        return next((line.product.not_by_post for line in _lines(cart) if line.product.not_by_post), "")

    def handling_days(self, cart: Order | Basket) -> int:
        """Return how long the workshop takes."""
        return HANDLING_DAYS

    def price(self, cart: Order | Basket, service: Service, rate: Rate | None) -> Decimal:
        """Return the shop's price: free from some amount, else Canada Post's, else a flat one."""
        return post_office_price(cart.worth, service, rate)

    def reference(self, order: Order) -> str:
        """Return the order's number."""
        return order.number

    def contents(self, order: Order) -> list[tuple[int, str]]:
        """Return the products, by their names in the language that is active."""
        return [(line.quantity, line.product.name) for line in order.sold]

    def language(self, order: Order) -> str:
        """Return the language that the order was placed in."""
        return order.language

    def email(self, order: Order) -> str:
        """Return the buyer's address."""
        return order.email

    def goes_to_post_office(self, order: Order) -> bool:
        """Say whether the buyer chose a post office."""
        return order.method == DeliveryMethod.POST_OFFICE

    def is_paid(self, order: Order) -> bool:
        """Say whether the order is paid."""
        return order.is_paid

    def cart(self, request: HttpRequest) -> Basket:
        """Return the buyer's basket."""
        return Basket.of(request)

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        """Return the buyer, who is often the one to pick up."""
        return RecipientSuggestion(**Checkout.of(request).contact)

    def postal_code(self, request: HttpRequest) -> str:
        """Return the buyer's postal code."""
        return Checkout.of(request).contact.get("postal_code", "")

    def next_url(self, request: HttpRequest) -> str:
        """Return the review page of an order to a post office, even if Back led here from home delivery."""
        checkout = Checkout.of(request)
        checkout.method = DeliveryMethod.POST_OFFICE
        checkout.save(request)
        return reverse("shop:review")

    def home_delivery_url(self, request: HttpRequest) -> str:
        """Return the page where the delivery method is chosen."""
        return reverse("shop:delivery")


def _lines(order: Order | Basket) -> Iterable[Line]:
    return order.lines() if isinstance(order, Basket) else order.sold

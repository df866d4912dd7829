"""What Deliver to Post Office asks of this shop."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse

from deliver_to_po.adapter import Address, OrderAdapter, Parcel, RecipientSuggestion, Sender
from example_shop.basket import Basket
from example_shop.checkout import Checkout
from example_shop.models import DeliveryMethod, Order
from example_shop.packing import pack

WAREHOUSE = Sender(
    company="Tilleul",
    phone="514 555-0142",
    address=Address(line_1="4500 rue des Tilleuls", city="Montréal", province="QC", postal_code="H2X1Y4"),
)


class ShopAdapter(OrderAdapter[Order]):
    """The shop's orders, in the app's words."""

    search_fields = ("number", "name", "email")

    def parcels(self, order: Order | Basket) -> Sequence[Parcel]:
        """Return the one box that this shop ships an order or a basket in."""
        return [pack(order.lines() if isinstance(order, Basket) else order.lines.select_related("product"))]

    def ship_from(self, order: Order) -> Sender:
        """Return the shop's warehouse."""
        return WAREHOUSE

    def reference(self, order: Order) -> str:
        """Return the order's number."""
        return order.number

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
        return Basket(request)

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        """Return the buyer, who is often the one to pick up."""
        return RecipientSuggestion(**Checkout.of(request).contact)

    def postal_code(self, request: HttpRequest) -> str:
        """Return the buyer's postal code."""
        return Checkout.of(request).contact.get("postal_code", "")

    def next_url(self, request: HttpRequest) -> str:
        """Return the review page."""
        return reverse("shop:review")

    def home_delivery_url(self, request: HttpRequest) -> str:
        """Return the page where the delivery method is chosen."""
        return reverse("shop:delivery")

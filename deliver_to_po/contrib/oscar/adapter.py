"""The adapter of an Oscar shop: it answers what Oscar knows; a shop adds who sends, in which box, and what it costs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from deliver_to_po.adapter import OrderAdapter, Parcel, Rate, RecipientSuggestion, Sender, Service

if TYPE_CHECKING:
    from deliver_to_po.models import Delivery


class OscarAdapter(OrderAdapter[Any]):
    """Subclass it, and write ``sender``, ``box_cm`` and ``fallback_price``; ``price`` too, if you have a rule.

    A product's weight is its attribute ``weight``, in kilograms, as Oscar's own ``Scale`` reads it.
    """

    search_fields: Sequence[str] = ("number",)
    keeps_prices = True

    #: Company, phone and address that every order is shipped from; or write ``ship_from``.
    sender: Sender | None = None

    #: Length, width and height in centimetres of the one box that an order is sent in; or write ``parcels``.
    box_cm: tuple[Decimal | int | str, Decimal | int | str, Decimal | int | str] | None = None

    #: What is charged in CAD, before tax, while Canada Post's price is not known. Oscar lists none without a price,
    #: so where this is None the method is not offered then.
    fallback_price: Decimal | int | str | None = None

    #: The statuses of an order that cancel its delivery, and of a line that is not shipped.
    cancelling_statuses: Sequence[str] = ("Cancelled",)

    #: The name of the shipping event type that is added to an order when its labels are made; none by default.
    shipping_event = ""

    def weight_kg(self, product: Any) -> Decimal:
        """Return what one piece weighs in kilograms; raises ValueError where the product does not say."""
        from oscar.core.loading import get_class

        weight: Decimal = get_class("shipping.scales", "Scale")().weigh_product(product)
        # Oscar's attributes are floats: what is a gram too much of one would be rounded up.
        return round(weight, 3)

    def ship_from(self, order: Any) -> Sender:
        if self.sender is None:
            raise NotImplementedError(f"{type(self).__name__} must say its sender, or write ship_from().")
        return self.sender

    def parcels(self, order: Any) -> Sequence[Parcel]:
        """Return one box with all that is shipped of an order or a basket."""
        if self.box_cm is None:
            raise NotImplementedError(f"{type(self).__name__} must say its box_cm, or write parcels().")
        weight = sum((self.weight_kg(line.product) * line.quantity for line in self.shipped_lines(order)), Decimal(0))
        return [Parcel(weight, *(Decimal(side) for side in self.box_cm))]

    def shipped_lines(self, order: Any) -> list[Any]:
        """Return the lines of what is mailed of an order or a basket: nothing that is cancelled or downloaded."""
        # A basket's own call, so that lines and prices are read once.
        lines = order.all_lines() if hasattr(order, "all_lines") else order.lines.all()
        return [line for line in lines if self._is_shipped(line)]

    def _is_shipped(self, line: Any) -> bool:
        # Nobody knows of a deleted product.
        cancelled = getattr(line, "status", None) in self.cancelling_statuses
        return not cancelled and (line.product is None or line.product.is_shipping_required)

    def mailable(self, cart: Any) -> str:
        """Say that an empty basket cannot be mailed: a session may have been lost."""
        return "" if self.shipped_lines(cart) else _("Your basket is empty. Put the goods into it again, then go on.")

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        """Return Canada Post's price before tax, or the fallback price."""
        if rate is not None:
            return super().price(cart, service, rate)
        return None if self.fallback_price is None else Decimal(self.fallback_price)

    def goes_to_post_office(self, order: Any) -> bool:
        """Say whether the buyer chose this method, and the order is not cancelled: not every way tells us that."""
        from deliver_to_po.contrib.oscar.choice import CODE

        return bool(order.shipping_code == CODE and order.status not in self.cancelling_statuses)

    def reference(self, order: Any) -> str:
        # Oscar makes it as an int, and reads it as a text.
        return str(order.number)

    def contents(self, order: Any) -> Sequence[tuple[int | Decimal, str]]:
        """Return the titles, each with the options that the buyer chose, such as an engraving."""
        lines = list(self.shipped_lines(order))
        prefetch_related_objects(lines, "attributes__option")
        return [(line.quantity, line.description) for line in lines]

    def email(self, order: Any) -> str:
        """Return the account's or the guest's address."""
        return order.email or ""

    def cart(self, request: Any) -> Any:
        """Return the visitor's basket, with its offers."""
        return request.basket

    def may_see_label(self, request: HttpRequest, order: Any) -> bool:
        """Say whether Oscar's dashboard shows the order: to staff, and to partners who sell something in it."""
        from oscar.apps.dashboard.orders.views import queryset_orders_for_user

        user: Any = request.user
        if not (user.is_staff or user.has_perm("partner.dashboard_access")):
            return False
        return bool(queryset_orders_for_user(user).filter(pk=order.pk).exists())

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        from deliver_to_po.contrib.oscar.choice import suggestion

        return suggestion(request)

    def postal_code(self, request: HttpRequest) -> str:
        return self.recipient(request).postal_code

    def last_delivery(self, request: HttpRequest) -> "Delivery | None":
        """Return the delivery of the last order that went to a post office, for somebody who has signed in."""
        from oscar.core.loading import get_model

        from deliver_to_po.contrib.oscar.choice import CODE
        from deliver_to_po.shop import delivery_of

        if not request.user.is_authenticated:
            return None
        orders = get_model("order", "Order").objects.filter(user=request.user, shipping_code=CODE)
        last = orders.order_by("-date_placed").first()
        return delivery_of(last) if last else None

    def next_url(self, request: HttpRequest) -> str:
        from deliver_to_po.contrib.oscar.choice import CODE, checkout_session

        # Back may have led here from another method.
        if session := checkout_session(request):
            session.use_shipping_method(CODE)
        return reverse("checkout:payment-method")

    def home_delivery_url(self, request: HttpRequest) -> str:
        """Return the page that lists the methods; a shop with no other one names another page."""
        return reverse("checkout:shipping-method")

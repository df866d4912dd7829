"""An adapter that answers every question, with the types of the doors alone."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, assert_type

from django.contrib.auth.models import Group
from django.http import HttpRequest

from deliver_to_po.adapter import (
    Address,
    OrderAdapter,
    Parcel,
    Rate,
    RecipientSuggestion,
    Sender,
    Service,
    ShipmentOption,
    order_adapter,
)
from deliver_to_po.shop import Delivery, delivery_of


class EveryAnswer(OrderAdapter[Group]):
    """The adapter of a shop whose orders are groups of Django's."""

    search_fields = ("name",)
    keeps_prices = True

    def parcels(self, order: Group) -> list[Parcel]:
        return [Parcel(Decimal("1.25"), Decimal(30), Decimal(20), Decimal(10))]

    def ship_from(self, order: Group) -> Sender:
        return Sender("Tilleul", "613-555-0100", Address("1 Lime Street", "Ottawa", "ON", "K1A0B1"))

    def options(self, order: Group) -> tuple[ShipmentOption, ...]:
        return (ShipmentOption("COV", Decimal(250)), ShipmentOption("SO"))

    def service(self, order: Group) -> Service:
        return Service.XPRESSPOST

    def services(self, cart: dict[str, int]) -> list[Service]:
        return list(Service)

    def mailable(self, cart: dict[str, int]) -> str:
        return "" if cart else "Your cart is empty."

    def handling_days(self, cart: Any) -> int:
        return 1

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        return rate.due if rate else Decimal("12.50")

    def shipping_system(self, order: Group) -> str:
        return "default"

    def goes_to_post_office(self, order: Group) -> bool:
        return order.name != ""

    def is_paid(self, order: Group) -> bool:
        return True

    def hold_reason(self, order: Group) -> str:
        return ""

    def reference(self, order: Group) -> int:
        return int(order.pk)

    def contents(self, order: Group) -> list[tuple[int, str]]:
        return [(2, "Tea")]

    def parcel_contents(self, order: Group, number: int) -> Sequence[tuple[Decimal, str]]:
        return [(Decimal("0.5"), "Honey")]

    def packing_order(self, order: Group) -> str:
        return "aisle 2"

    def may_see_label(self, request: HttpRequest, order: Group) -> bool:
        return request.user.is_authenticated

    def language(self, order: Group) -> str:
        return "fr-ca"

    def email(self, order: Group) -> str:
        return ""

    def cart(self, request: HttpRequest) -> dict[str, int]:
        return {}

    def price_changed(self, request: HttpRequest, draft: Delivery) -> None:
        request.session["delivery"] = str(draft.price)

    def tax_destination(self, delivery: Delivery) -> str:
        return super().tax_destination(delivery)

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        return RecipientSuggestion(name="Théo Gagnon", province="Ontario")

    def postal_code(self, request: HttpRequest) -> str:
        return "K1A 0B1"

    def last_delivery(self, request: HttpRequest) -> Delivery | None:
        return delivery_of(Group())

    def next_url(self, request: HttpRequest) -> str:
        return "/review/"

    def home_delivery_url(self, request: HttpRequest) -> str:
        return "/shipping/"


assert_type(EveryAnswer().ship_from(Group()).address, Address)
assert_type(OrderAdapter[Group]().is_paid(Group()), bool | None)
assert_type(order_adapter(), OrderAdapter[Any])

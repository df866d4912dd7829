"""What the app asks of the second shop."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from deliver_to_po.adapter import OrderAdapter, Parcel, Sender
from tests.factories import PARCEL, SENDER


class PurchaseAdapter(OrderAdapter[Any]):
    """Answers for Purchase."""

    search_fields = ("number",)

    def parcels(self, order: Any) -> Sequence[Parcel]:
        return [PARCEL]

    def ship_from(self, order: Any) -> Sender:
        return SENDER

    def reference(self, order: Any) -> str:
        return str(order.number)

    def goes_to_post_office(self, order: Any) -> bool:
        return bool(order.to_post_office)

    def is_paid(self, order: Any) -> bool:
        return bool(order.paid)

    def next_url(self, request: HttpRequest) -> str:
        return "/next/"

    def home_delivery_url(self, request: HttpRequest) -> str:
        return "/home/"

"""What mypy must find in a shop's code: where it finds nothing, the ``ignore`` itself is an error."""

from decimal import Decimal

from django.contrib.auth.models import Group
from django.http import HttpRequest

from deliver_to_po import shop
from deliver_to_po.adapter import OrderAdapter, Parcel
from deliver_to_po.errors import PriceChanged
from deliver_to_po.shipping import Made, ShipmentRequest, ShippingSystem, Voided

ORDER = Group()
REQUEST = HttpRequest()

# An order's number is no order, and neither is the request.
shop.release("1001")  # type: ignore[arg-type]
shop.cancel(1001)  # type: ignore[arg-type]
shop.delivery_of(REQUEST)  # type: ignore[arg-type]
shop.review(ORDER)  # type: ignore[arg-type]

# What was seen, paid and charged is named, so that nobody mixes it up.
shop.reserve("an id")  # type: ignore[call-arg]
shop.place(ORDER, "an id", "seen")  # type: ignore[call-overload]
shop.place(ORDER, "an id", charged=9.95)  # type: ignore[call-overload]
shop.reserve("an id", seen="seen", charge=9.95)  # type: ignore[arg-type]

# A payment's answer may have no delivery, and a search no distance.
found = (
    shop.place(ORDER, "an id", paid=True).state,  # type: ignore[union-attr]
    shop.reserved("an id").price,  # type: ignore[union-attr]
    shop.delivery_of(ORDER).id,  # type: ignore[union-attr]
)
total: Decimal = shop.offers([])[0].price  # type: ignore[assignment]

# What came of a call is no yes or no, and no name is made up.
made_up = (
    shop.release(ORDER).held,  # type: ignore[attr-defined]
    shop.Released.DONE,  # type: ignore[attr-defined]
    shop.summarise,  # type: ignore[attr-defined]
    PriceChanged().amount,  # type: ignore[attr-defined]
)

Parcel(1.25, 30, 20, 10)  # type: ignore[arg-type]


class Wrong(OrderAdapter[Group]):
    """Answers of the wrong kind."""

    def parcels(self, order: Group) -> Parcel:  # type: ignore[override]
        return Parcel(Decimal(1), Decimal(1), Decimal(1), Decimal(1))

    def is_paid(self, order: Group) -> str:  # type: ignore[override]
        return "yes"

    def contents(self, order: Group) -> list[str]:  # type: ignore[override]
        return ["Tea"]

    def parcel_contents(self, order: Group) -> list[tuple[int, str]]:  # type: ignore[override]
        return []


class Raises(ShippingSystem):
    """Lacks ``create``, and answers a void with what was made."""

    def void(self, made: Made) -> Made:  # type: ignore[override]
        return made

    def objection(self, request: ShipmentRequest) -> Voided:  # type: ignore[override]
        return Voided()


Raises("default", {})  # type: ignore[abstract]

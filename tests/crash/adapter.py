"""A shop that ships each line of an order in a box of its own, so that an order may have several parcels."""

from collections.abc import Sequence

from deliver_to_po.adapter import Parcel
from example_shop.adapter import ShopAdapter
from example_shop.basket import Basket
from example_shop.models import Order
from example_shop.packing import pack


class BoxForEachLine(ShopAdapter):
    """The example shop's orders, one parcel for each line."""

    def parcels(self, order: Order | Basket) -> Sequence[Parcel]:
        """Return a box for each line of an order, in the order of the lines."""
        if isinstance(order, Basket):
            return super().parcels(order)
        return [pack([line]) for line in order.lines.select_related("product").order_by("pk")]

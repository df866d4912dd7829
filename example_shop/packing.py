"""Which box a basket or an order is shipped in. Weights in kilograms, sides in centimetres."""

from collections.abc import Iterable
from decimal import ROUND_UP, Decimal
from typing import Protocol

from deliver_to_po.adapter import Parcel
from example_shop.models import Product

BOX_KG = Decimal("0.150")
AIR = Decimal("1.2")


class Line(Protocol):
    """A product and how many of it."""

    @property
    def product(self) -> Product: ...

    @property
    def quantity(self) -> int: ...


def pack(lines: Iterable[Line]) -> Parcel:
    """Return the one box that ``lines`` fit in: as wide as the widest thing, as high as the volume asks."""
    packed = [(line.product, line.quantity) for line in lines]
    length = max(product.length_cm for product, _ in packed)
    width = max(product.width_cm for product, _ in packed)
    volume = sum(p.length_cm * p.width_cm * p.height_cm * quantity for p, quantity in packed)
    height = max(product.height_cm for product, _ in packed)
    if sum(quantity for _, quantity in packed) > 1:
        height = max(height, volume * AIR / (length * width))
    weight = sum((product.weight_kg * quantity for product, quantity in packed), BOX_KG)
    return Parcel(weight, length, width, height.quantize(Decimal("0.1"), ROUND_UP))

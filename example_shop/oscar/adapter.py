"""What Deliver to Post Office asks of this shop beyond what Oscar knows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from deliver_to_po.adapter import Address, Rate, Sender, Service
from deliver_to_po.contrib.oscar.adapter import OscarAdapter

FREE_FROM = Decimal(200)


class ShopAdapter(OscarAdapter):
    """One box for everything, Canada Post's price, and nothing from some amount on."""

    sender = Sender(
        company="Tilleul",
        phone="514 555-0142",
        address=Address(line_1="4500 rue des Tilleuls", city="Montréal", province="QC", postal_code="H2X1Y4"),
    )
    box_cm = (40, 30, 20)
    fallback_price = 14

    def services(self, cart: Any) -> Sequence[Service]:
        """Return both: the buyer chooses on the step."""
        return list(Service)

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        """Return 0 for what is dear enough, after every discount."""
        # An order's total has its delivery in it.
        worth = getattr(cart, "basket_total_excl_tax", cart.total_excl_tax)
        return Decimal(0) if worth >= FREE_FROM else super().price(cart, service, rate)

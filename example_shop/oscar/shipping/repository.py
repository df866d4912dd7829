"""Which delivery methods there are."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from oscar.apps.shipping import methods, repository
from oscar.core.prices import Price

from deliver_to_po.contrib.oscar.method import PostOfficeRepository


class HomeDelivery(methods.FixedPrice):
    """Delivered to the door, for one price."""

    code = "home"
    name = _("Home delivery")
    charge_excl_tax = Decimal("12.00")

    def calculate(self, basket):
        """Return the charge, with the tax that the strategy puts on it."""
        tax = basket.strategy.tax_on_delivery(self.charge_excl_tax)
        return Price(currency=basket.currency, excl_tax=self.charge_excl_tax, tax=tax)


class Repository(PostOfficeRepository, repository.Repository):
    """The shop's own method, and the post office."""

    methods = (HomeDelivery(),)

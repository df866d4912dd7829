"""Prices, and the taxes of where a parcel is delivered."""

from decimal import Decimal

from oscar.apps.partner import strategy

from deliver_to_po.contrib.oscar.strategy import TaxByProvince
from example_shop.taxes import RATES


class Strategy(TaxByProvince, strategy.Default):
    """Oscar's, and the taxes of each province."""

    tax_rates = {
        province: sum((percent for _name, percent in taxes), Decimal(0)) / 100 for province, taxes in RATES.items()
    }


class Selector(strategy.Selector):
    """Gives everybody the same strategy."""

    def strategy(self, request=None, user=None, **kwargs):
        """Return it."""
        return Strategy(request)

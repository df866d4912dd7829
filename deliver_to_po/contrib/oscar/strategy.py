"""Taxes by the province that a parcel is delivered to: the post office's, or the buyer's own for home delivery."""

from collections.abc import Mapping, Sequence
from copy import copy
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from oscar.core.loading import get_class

CENT = Decimal("0.01")
FixedPrice: Any = get_class("partner.prices", "FixedPrice")


class _BeforeTax(FixedPrice):
    """A price whose tax nobody knows yet, where offers count on taxed prices: until then they count on this one."""

    incl_tax: Any = property(lambda self: self.excl_tax)


class TaxByProvince:
    """Mix it into your strategy of ``partner.strategy``, as first base.

    It asks the buyer's choice for the province, and that never asks for the basket again. While the province is not
    known, no tax is: Oscar then shows prices before tax.
    """

    request: HttpRequest | None

    #: Each province in two letters, with all its taxes together: ``{"ON": Decimal("0.13")}``.
    tax_rates: Mapping[str, Decimal] = {}

    #: What is reserved, once a payment for it has begun; None before.
    post_office: Any = None

    @cached_property
    def province(self) -> str:
        """Return the province in two letters whose taxes are charged, ``""`` while nobody knows."""
        from deliver_to_po.contrib.oscar.choice import chose_post_office
        from deliver_to_po.shop import tax_destination

        if self.post_office is not None:
            return str(self.post_office.province)
        if self.request is not None and chose_post_office(self.request):
            return tax_destination(self.request)
        return self._home_province()

    def _home_province(self) -> str:
        from deliver_to_po.contrib.oscar.choice import suggestion

        return suggestion(self.request).province if self.request else ""

    def tax_rate(self, product: Any) -> Decimal | None:
        """Return the rate on a product, or on the delivery where that is None; None while it is not known."""
        return self.tax_rates.get(self.province)

    def tax_on_delivery(self, price: Decimal) -> Decimal | None:
        """Return the tax on what one of your own methods charges in CAD: at home, though a post office was chosen."""
        at_home = copy(self)
        at_home.province = self._home_province()
        return at_home.tax_on(price)

    def tax_on(self, price: Decimal, product: Any = None) -> Decimal | None:
        """Return the tax on a product's price, or on that of the delivery to a post office where that is None."""
        if not price:
            return Decimal("0.00")
        rate = self.tax_rate(product)
        return None if rate is None else (price * rate).quantize(CENT, ROUND_HALF_UP)

    def pricing_policy(self, product: Any, stockrecord: Any) -> Any:
        """Return the price of the stock record, with its tax in whole cents."""
        if not stockrecord or stockrecord.price is None:
            return get_class("partner.prices", "Unavailable")()
        tax = self.tax_on(stockrecord.price, product)
        kind = _BeforeTax if tax is None and getattr(settings, "OSCAR_OFFERS_INCL_TAX", False) else FixedPrice
        return kind(currency=stockrecord.price_currency, excl_tax=stockrecord.price, tax=tax)

    def parent_pricing_policy(self, product: Any, children_stock: Sequence[tuple[Any, Any]]) -> Any:
        """Return the price of the first child that has one."""
        records = [record for _child, record in children_stock if record is not None]
        return self.pricing_policy(product, records[0] if records else None)

"""The one delivery method, and when and for how much it is offered."""

import logging
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_class
from oscar.core.prices import Price

from deliver_to_po.contrib.oscar.choice import CODE, chose_post_office, reviewed
from deliver_to_po.contrib.oscar.strategy import TaxByProvince
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.host import asking
from deliver_to_po.shop import offers

log = logging.getLogger(__name__)

# Where a request keeps what was offered, by what the basket held.
OFFERED = "_deliver_to_po_offered"
Base: Any = get_class("shipping.methods", "Base")


class DeliverToPostOffice(Base):
    """Pick up at a post office, for a price in CAD before tax; where ``price_from`` no office is chosen yet."""

    code = CODE
    name: Any = _("Deliver to Post Office")

    def __init__(self, price: Decimal, *, price_from: bool = False):
        self.price = price
        self.price_from = price_from

    @property
    def description(self) -> Any:
        """Return what the buyer reads below the name."""
        if self.price_from:
            return _(
                "Pick up at the Canada Post office that you choose next. The price may change with the post office; "
                "you see it before you pay."
            )
        return _("Pick up at the Canada Post office that you choose.")

    def calculate(self, basket: Any) -> Price:
        """Return the charge, with the tax on it where that is known."""
        return Price(currency=basket.currency, excl_tax=self.price, tax=self.tax(basket))

    def tax(self, basket: Any) -> Decimal | None:
        """Return the tax on the charge, None while it is not known.

        A strategy that is a ``TaxByProvince`` says it. Any other shop that has a tax on its goods must override this:
        until then Oscar refuses the order, so that none is forgotten.
        """
        strategy = basket.strategy
        if isinstance(strategy, TaxByProvince):
            # Until a post office is chosen, home's stand in for its taxes.
            return strategy.tax_on_delivery(self.price) if self.price_from else strategy.tax_on(self.price)
        # Piece by piece: what an offer in percent leaves of a cent is in the basket's own sum of taxes.
        untaxed = not self.price or (basket.is_tax_known and not any(line.unit_tax for line in basket.all_lines()))
        return Decimal("0.00") if untaxed else None


class PostOfficeRepository:
    """Mix it into ``shipping.repository.Repository``: your methods stay as they are, this one comes after them."""

    #: The method itself: a subclass of yours may say its ``tax``.
    post_office_class = DeliverToPostOffice

    # A shop's own `get_available_shipping_methods`, as Oscar's documentation writes one, need not know of it.
    def get_shipping_methods(self, basket: Any, shipping_addr: Any = None, **kwargs: Any) -> list[Any]:
        """Return your own methods, and *Deliver to Post Office* where this basket may go to one."""
        methods = list(super().get_shipping_methods(basket, shipping_addr=shipping_addr, **kwargs))  # type: ignore[misc]
        if basket.is_shipping_required() and (ours := self.post_office_method(basket, kwargs.get("request"))):
            discounted = basket.has_shipping_discounts
            methods += self.apply_shipping_offers(basket, [ours]) if discounted else [ours]  # type: ignore[attr-defined]
        return methods

    def get_default_shipping_method(self, basket: Any, **kwargs: Any) -> Any:
        """Return what the basket's page adds to its total: this method once it is chosen, as its taxes on goods are."""
        request = kwargs.get("request")
        if request is not None and chose_post_office(request):
            for method in self.get_shipping_methods(basket, **kwargs):
                if method.code == CODE:
                    return method
        return super().get_default_shipping_method(basket, **kwargs)  # type: ignore[misc]

    def post_office_method(self, basket: Any, request: HttpRequest | None) -> DeliverToPostOffice | None:
        """Return the method, priced as what the buyer chose, else as the cheapest offer; None if it is withdrawn."""
        if reserved := getattr(basket.strategy, "post_office", None):
            # Being paid for: nothing that has happened since counts.
            return self.post_office_class(reserved.price)
        if basket.currency not in (None, "CAD"):
            log.warning("Deliver to Post Office costs CAD, so it is not listed for a price in %s.", basket.currency)
            return None
        if request is not None and basket.can_be_edited and chose_post_office(request):
            with suppress(DeliverToPoError):
                chosen = reviewed(request)
                if chosen.order is None and chosen.draft.price is not None:
                    return self.post_office_class(chosen.draft.price)
        price = _offered_once(basket, request)
        return None if price is None else self.post_office_class(price, price_from=True)


def _offered_once(basket: Any, request: HttpRequest | None) -> Decimal | None:
    """Return the lowest price for whoever has chosen nothing: a page of Oscar's asks several times."""
    if request is None:
        return _offered(basket, "")
    about = (basket.pk, basket.num_items, basket.total_excl_tax)
    kept: dict[Any, Decimal | None] = request.__dict__.setdefault(OFFERED, {})
    if about not in kept:
        kept[about] = _offered(basket, asking.postal_code_of(request))
    return kept[about]


def _offered(basket: Any, near: str) -> Decimal | None:
    asked = [offer.price for offer in offers(basket, near) if offer.available]
    prices = [price for price in asked if price is not None]
    if asked and not prices:
        log.warning("No price for Deliver to Post Office, so it is not listed: give the adapter a fallback_price.")
    return min(prices, default=None)


def charge_before_offers(method: Any, basket: Any) -> Decimal:
    """Return what a method charges in CAD before tax, and before the discounts of Oscar's offers on shipping."""
    charge = method.calculate_excl_discount(basket) if method.is_discounted else method.calculate(basket)
    amount: Decimal = charge.excl_tax
    return amount

"""What is being paid for as it was when its payment began, whatever has become of prices, offers and taxes since."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.core.serializers import deserialize
from oscar.core.loading import get_class, get_classes, get_model
from oscar.core.prices import Price

from deliver_to_po.contrib.oscar.being_paid import BeingPaid, being_paid


def basket_as_begun(request: Any, basket: Any) -> Any:
    """Return a frozen basket with the prices, taxes and offers of what is being paid for."""
    selector = get_class("partner.strategy", "Selector")()
    # A shop may give everybody the same one.
    strategy: Any = copy(selector.strategy(request=request, user=request.user))
    # What the session holds by now may be another tab's.
    begun = being_paid(request, basket.pk)
    strategy.post_office = begun if begun and begun.choice else None
    strategy.fetch_for_line = _at_prices(begun.prices if begun else {}, strategy.fetch_for_line)
    again: Any = get_model("basket", "Basket")._default_manager.get(pk=basket.pk)
    again.strategy = strategy
    if begun:
        # What was put into it after it was given back is not paid for.
        lines = again.all_lines().filter(pk__in=begun.quantities)
        for line in lines:
            line.quantity = begun.quantities[str(line.pk)]
        again.all_lines = lambda: lines
    get_class("offer.applicator", "Applicator")().apply_offers(again, list(_offers(begun.offers)) if begun else [])
    return again


def charge_as_begun(submission: dict[str, Any], begun: BeingPaid) -> None:
    """Let goods and delivery have the taxes that were shown, and the delivery its charge; so have surcharges.

    The shop may know another province or way of paying by now, or none: the provider's own call has no session.
    """
    for line in submission["basket"].all_lines():
        price, kept = line.purchase_info.price, begun.prices.get(str(line.pk))
        if kept and price.tax != Decimal(kept[1]):
            price.tax = Decimal(kept[1])
    if begun.charge:
        charge, (excl_tax, tax) = submission["shipping_charge"], map(Decimal, begun.charge)
        submission["shipping_charge"] = Price(charge.currency, excl_tax, tax=tax, tax_code=charge.tax_code)
    every, one = get_classes("checkout.applicator", ["SurchargeList", "SurchargePrice"])
    currency = submission["shipping_charge"].currency
    surcharges = every(
        one(SimpleNamespace(name=name, code=code), Price(currency, Decimal(excl_tax), tax=Decimal(tax)))
        for name, code, excl_tax, tax in begun.surcharges
    )
    # An empty list's sum is a number, which Oscar cannot add.
    submission["surcharges"] = surcharges or None


def _at_prices(kept: Mapping[str, tuple[str, str, str]], fetch: Callable[..., Any]) -> Callable[..., Any]:
    """Return a strategy's ``fetch_for_line`` that knows the prices that were shown, whatever the goods cost by now."""

    def fetch_for_line(line: Any, stockrecord: Any = None) -> Any:
        info = fetch(line, stockrecord)
        if str(line.pk) not in kept:
            return info
        excl_tax, tax, counted = map(Decimal, kept[str(line.pk)])
        if (excl_tax, tax) == (info.price.excl_tax, info.price.tax):
            return info
        kind = "FixedPrice" if counted == excl_tax else "TaxInclusiveFixedPrice"
        price = get_class("partner.prices", kind)(line.price_currency, excl_tax, tax, info.price.tax_code)
        return info._replace(price=price)

    return fetch_for_line


def _offers(kept: Iterable[tuple[int, int | None, int, str, list[list[int]]]]) -> Iterator[Any]:
    """Yield the offers that were shown, in the same order, though they are edited, over or used up since."""
    vouchers = get_model("voucher", "Voucher")._default_manager
    offer: Any
    for offer_id, voucher_id, times, gives, covered in kept:
        for offer in get_model("offer", "ConditionalOffer")._default_manager.filter(pk=offer_id):
            offer.benefit, offer.condition = map(_covering, deserialize("json", gives), covered)
            if voucher_id and (voucher := vouchers.filter(pk=voucher_id).first()):
                offer.set_voucher(voucher)
            offer.get_max_applications = partial(lambda times, user=None: times, times)
            yield offer


def _covering(part: Any, products: list[int]) -> Any:
    """Return a benefit or a condition with those products in its range."""
    # Its proxy is what is applied, and would ask for the range again.
    proxy = part.object.proxy()
    if proxy.range:
        proxy.range.contains_product = lambda product: product.pk in products
    return proxy


@contextmanager
def asked_by_its_buyer(request: Any, basket: Any) -> Iterator[None]:
    """Let a request have the user whose basket it is, for as long as this lasts: they may be signed in no longer."""
    here = request.user, request.basket
    request.user = basket.owner or request.user
    try:
        yield
    finally:
        request.user, request.basket = here

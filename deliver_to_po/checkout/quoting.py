"""Prices and days for one visitor: asked for on their behalf, within what a visitor may make us ask, and kept."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest

from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.core.background import works_in_background
from deliver_to_po.errors import TooManySearches
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from deliver_to_po.offer import offers
from deliver_to_po.offer.offers import Offer
from deliver_to_po.offer.tasks import ask_for_offers


def fetch_offers(request: HttpRequest, cart: Any, near: str | Delivery = "") -> list[Offer]:
    """Ask Canada Post what ``offers`` does not know yet of prices and days, and return them. Never raises.

    Takes SEARCH_TIMEOUT_SECONDS at most; many who ask the same at the same time make one call. Call it outside any
    transaction, and where a visitor who waits does no harm: on the page after the list of methods, or in a request of
    the page's script. A visitor who has made us ask too often gets what is known.
    """
    return offers.fetch_offers(cart, near, before_asking=visitor_of(request).ask)


def ask_for_price(choice: Choice, *, now: bool) -> None:
    """Have the price of the office that was just chosen asked for, where drafts keep prices. Never raises.

    By a worker where there is one, while the buyer says who picks up; else, and where the review comes ``now``, within
    SEARCH_TIMEOUT_SECONDS.
    """
    cart, draft = choice.cart if asking.keeps_prices() else None, choice.draft
    if cart is None or draft is None:
        return
    if now or not works_in_background():
        offers.fetch_offers(cart, draft, before_asking=choice.visitor.ask)
        return
    with suppress(TooManySearches):
        choice.visitor.ask()
        ask_for_offers(cart, draft)

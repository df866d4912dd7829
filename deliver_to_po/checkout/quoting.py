"""Prices and days for one visitor: asking Canada Post on their behalf, within what a visitor may make us ask."""

from functools import partial
from typing import Any

from django.http import HttpRequest

from deliver_to_po.checkout.fair_use import count_question
from deliver_to_po.models import Delivery
from deliver_to_po.offer import offers
from deliver_to_po.offer.offers import Offer


def fetch_offers(request: HttpRequest, cart: Any, near: str | Delivery = "") -> list[Offer]:
    """Ask Canada Post what ``offers`` does not know yet of prices and days, and return them. Never raises.

    Takes SEARCH_TIMEOUT_SECONDS at most; many who ask the same at the same time make one call. Call it outside any
    transaction, and where a visitor who waits does no harm: on the page after the list of methods, or in a request of
    the page's script. A visitor who has made us ask too often gets what is known.
    """
    return offers.fetch_offers(cart, near, before_asking=partial(count_question, request))

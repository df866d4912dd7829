"""Prices and days for one visitor: asked for on their behalf, within what a visitor may make us ask, and kept."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest

from deliver_to_po.adapter import Service
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.draft import editable
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.kept_price import keep_price
from deliver_to_po.checkout.session import SessionChoice, draft_of
from deliver_to_po.core.background import works_in_background
from deliver_to_po.errors import ChoiceRequired, NotMailable, TooManySearches
from deliver_to_po.host import asking
from deliver_to_po.host.answered import answer_or
from deliver_to_po.host.once import asked_once
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


@asked_once()
def choose_service(request: HttpRequest, service: str) -> Delivery:
    """Let the buyer's draft go by another service that the shop offers, at its own price; return the draft. No call.

    What is reserved for a payment stays; the buyer goes on with a copy. Raises ChoiceRequired while no post office is
    chosen, DraftUnknown, DraftExpired, NotMailable where the cart does not go by that service, and ChoiceReserved or
    DraftTaken where another tab is faster.
    """
    return go_by(SessionChoice(request, draft_of(request)), service)


def go_by(choice: Choice, service: str) -> Delivery:
    """Do the same for a choice, whoever holds it; raises ChoiceReserved and DraftTaken too."""
    if choice.draft is None:
        raise ChoiceRequired
    refuse_service(choice.cart, service)
    choice.hold(draft := editable(choice.draft, before_making=choice.before_making))
    keep_price(draft, choice.cart, Service(service), tell=choice.price_changed)
    return draft


def refuse_service(cart: Any, service: str) -> None:
    """Raise NotMailable unless ``service`` is one that the shop offers for the cart."""
    offered = () if cart is None else answer_or((), lambda: asking.services_of(cart))
    if service not in offered:
        raise NotMailable

"""From which day a parcel can be picked up at an office and for how much, in words, where drafts keep prices."""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from deliver_to_po import asking
from deliver_to_po.adapter import Service
from deliver_to_po.answered import ShopError
from deliver_to_po.canadapost.types import NearPostalCode, OfficeQuery, PostOffice
from deliver_to_po.checkout.price import keep_price
from deliver_to_po.checkout.quoting import fetch_offers
from deliver_to_po.checkout.search_request import SearchRequest
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.language import current_language
from deliver_to_po.models import Delivery
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offer.offers import Offer, offers_to_each
from deliver_to_po.offices import directory
from deliver_to_po.offices.query import QueryNotUnderstood
from deliver_to_po.wording import NBSP, day_of_week, money, service_name

# The page's script asks for the office that is suggested or chosen, one at a time.
MOST_ASKED = 2


@dataclass(frozen=True, slots=True)
class PickUp:
    """One service to one office: code, name, and ``words`` such as "Pick up from Thursday, December 3 · $9.95"."""

    service: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Services:
    """The services that the buyer may choose from, by their codes and names, and the one that is chosen."""

    choices: tuple[tuple[str, str], ...]
    chosen: str


def pick_ups(cart: Any, offices: Sequence[PostOffice], query: OfficeQuery) -> list[tuple[PickUp, ...]]:
    """Return what is known of each office, from what is kept. Makes no call.

    Where nothing is kept of an office itself, what is kept of the postal code that was searched counts: its prices are
    said to be "from".
    """
    around, *exact = offers_to_each(cart, [_postal_code(query), *map(_to, offices)])
    return [_told(own, around) for own in exact]


def fetch_pick_ups(request: HttpRequest, office_ids: Collection[str]) -> dict[str, tuple[PickUp, ...]]:
    """Ask Canada Post for what is not known of the first MOST_ASKED offices, and return what is told of them by id.

    For a request of the page's script, which nobody waits for. Never raises.
    """
    cart = asking.cart_of(request) if asking.keeps_prices() else None
    if cart is None:
        return {}
    asked = [one for one in list(office_ids)[:MOST_ASKED] if re.fullmatch("[0-9]{1,12}", one)]
    rows = [row for row in map(directory.get_office, asked) if row]
    offices = (directory.post_office(row, current_language()) for row in rows)
    return {office.office_id: _told(fetch_offers(request, cart, _to(office)), ()) for office in offices}


def keep_listed_price(request: HttpRequest, draft: Delivery, searched: SearchRequest, service: str) -> bool:
    """Keep the shop's own price of a draft's office where the list has told that one, and say whether it has.

    Only so can the review say that Canada Post has told another since. ``service`` is what the buyer has chosen there,
    ``""`` where there is no choice. Makes no call, never raises.
    """
    cart = asking.cart_of(request) if asking.keeps_prices() else None
    # The price of another office, if there is one, is what the review compares with.
    if cart is None or not (service or draft.price is None) or not _tells_own_price(cart, draft, searched, service):
        return False
    with suppress(DeliverToPoError):
        keep_price(draft, cart, Service(service) if service else None, told=True)
    return True


def _tells_own_price(cart: Any, draft: Delivery, searched: SearchRequest, service: str) -> bool:
    around, own = offers_to_each(cart, [_near(searched), draft])
    told = [offer for offer in _best(own, around) if service in ("", offer.service)]
    return bool(told) and told[0].price_kind == PriceKind.FALLBACK


def _near(searched: SearchRequest) -> str:
    try:
        return _postal_code(searched.query())
    except QueryNotUnderstood:
        return ""


def _postal_code(query: OfficeQuery) -> str:
    return query.postal_code if isinstance(query, NearPostalCode) else ""


def services_to_choose(cart: Any, draft: Delivery | None) -> Services | None:
    """Return the services that the buyer may choose from, None where there is no choice. Never raises."""
    try:
        offered, named = asking.services_of(cart), asking.service_of(cart)
    except ShopError:
        return None
    if len(offered) < 2:
        return None
    chosen = next((one for one in (draft.service if draft else "", named) if one in offered), offered[0])
    return Services(tuple((code.value, service_name(code)) for code in offered), Service(chosen).value)


def _to(office: PostOffice) -> Delivery:
    """Return a delivery to an office that nobody keeps: what an offer is asked for."""
    return Delivery(office_id=office.office_id, office_postal_code=office.postal_code, office_province=office.province)


def _told(own: Sequence[Offer], around: Sequence[Offer]) -> tuple[PickUp, ...]:
    best = _best(own, around)
    told = (PickUp(offer.service.value, service_name(offer.service), _words(offer)) for offer in best)
    return tuple(one for one in told if one.words)


def _best(own: Sequence[Offer], around: Sequence[Offer]) -> list[Offer]:
    """Return for each service what Canada Post quoted for the office, else for around it, else the shop's own offer."""
    others = {offer.service: offer for offer in around if _is_quoted(offer)}
    return [offer if _is_quoted(offer) else others.get(offer.service, offer) for offer in own]


def _is_quoted(offer: Offer) -> bool:
    return offer.price_kind in (PriceKind.FRESH, PriceKind.STALE)


def _words(offer: Offer) -> str:
    """Return the day and the price as far as they are known; for a service that does not go there, why."""
    if not offer.available:
        return offer.reason
    price = "" if offer.price is None else _price(offer)
    if offer.expected_from is None:
        return price
    day = _("Pick up from %(day)s") % {"day": day_of_week(offer.expected_from)}
    return f"{day}{NBSP}· {price}" if price else day


def _price(offer: Offer) -> str:
    if not offer.price:
        return _("free of charge")
    price = money(offer.price)
    return _("from %(price)s") % {"price": price} if offer.price_from else price

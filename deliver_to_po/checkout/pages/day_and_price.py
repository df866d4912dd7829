"""From which day a parcel can be picked up at an office and for how much, in words, where drafts keep prices."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from deliver_to_po.adapter import Service
from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import NearPostalCode, OfficeQuery, PostOffice
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.office_hours import first_asked
from deliver_to_po.core.language import current_language
from deliver_to_po.core.wording import NBSP, money, service_name, short_day
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError
from deliver_to_po.models import Delivery
from deliver_to_po.models.pause_in_force import paused
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offer.offers import Offer, fetch_offers_to_each, offers_to_each
from deliver_to_po.offices import directory


class PickUp(NamedTuple):
    """One service to one office: code, name, and ``words`` such as "From Thu., Dec. 3 · $9.95".

    ``words`` is ``""`` while Canada Post has not said what it asks: the shop's own price only stands in for that. If
    another office may have another price, ``around`` says "from $9.95" beside the day, so that the line stays short.
    ``price`` is in CAD what ``words`` say that it costs, None if they do not, and ``fresh`` if Canada Post said it
    lately. Where the cart does not go there by the service, it is not ``available``, and the words say why.
    """

    service: str
    name: str
    words: str
    around: str = ""
    price: Decimal | None = None
    fresh: bool = True
    available: bool = True


class Services(NamedTuple):
    """The services that the buyer may choose from, by their codes and names, and the one that is chosen."""

    choices: tuple[tuple[str, str], ...]
    chosen: str


def pick_ups(cart: Any, offices: Sequence[PostOffice]) -> list[tuple[PickUp, ...]]:
    """Return what is known of each office itself. Makes no call."""
    return [_told(offered) for offered in offers_to_each(cart, offices)]


def best(own: Sequence[PickUp], cart: Any, query: OfficeQuery) -> Sequence[PickUp]:
    """Return for each service what is known of the office, else around the postal code that was searched. No call.

    What is known around is a price "from": that of an office may be another.
    """
    if all(one.words for one in own):
        return own
    known = {one.service: one for one in own if one.words}
    near = query.postal_code if isinstance(query, NearPostalCode) else ""
    [around] = offers_to_each(cart, [near])
    return [known.get(one.service, one) for one in _told(around)]


def fetch_pick_ups(request: HttpRequest, office_ids: Collection[str]) -> dict[str, tuple[PickUp, ...]]:
    """Ask Canada Post for what is not known of the first MOST_ASKED offices, and return the words by office id.

    Each has its own answer, since the price depends on the postal code that the parcel goes to. For a request of the
    page's script, so that no buyer waits: what does not come in time is left out, and may be asked for again. Nothing
    is told while the option is paused. Never raises.
    """
    cart = asking.cart_of(request) if asking.keeps_prices() else None
    if cart is None:
        return {}
    keys = dict.fromkeys(map(comparable_office_id, first_asked(office_ids)))
    rows = {row.office_key: row for row in directory.known(office_key__in=list(keys))}
    offices = [directory.post_office(rows[key], current_language()) for key in keys if key in rows]
    found = fetch_offers_to_each(cart, offices, before_asking=visitor_of(request).ask)
    if paused():
        return {}
    return {office.office_id: _told(offered) for office, offered in zip(offices, found, strict=True)}


def services_to_choose(cart: Any, draft: Delivery | None, marked: str = "") -> Services | None:
    """Return the services that the buyer may choose from, or None if there is only one. Never raises.

    What the buyer has ``marked`` counts more than what the draft goes by, and that more than what the shop says.
    """
    try:
        offered, named = asking.services_of(cart), asking.service_of(cart)
    except ShopError:
        return None
    if len(offered) < 2:
        return None
    chosen = next((one for one in (marked, draft.service if draft else "", named) if one in offered), offered[0])
    return Services(tuple((code.value, service_name(code)) for code in offered), Service(chosen).value)


def settled(offer: Offer) -> PickUp:
    """Return the words of the offer that a choice is charged, be it Canada Post's or the shop's own price."""
    words, _around = _as_settled(offer)
    return PickUp(offer.service.value, offer.name, words, price=offer.price)


def _told(offered: Sequence[Offer]) -> tuple[PickUp, ...]:
    return tuple(map(_in_words, offered))


def _in_words(offer: Offer) -> PickUp:
    words, around = _words(offer)
    price = offer.price if words and not offer.price_from else None
    fresh = price is not None and offer.price_kind == PriceKind.FRESH
    return PickUp(offer.service.value, service_name(offer.service), words, around, price, fresh, offer.available)


def _words(offer: Offer) -> tuple[str, str]:
    """Return the day and the price as far as Canada Post has told them; for a service that does not go there, why."""
    if not offer.available:
        return offer.reason, ""
    return _as_settled(offer) if offer.price_kind in (PriceKind.FRESH, PriceKind.STALE) else ("", "")


def _as_settled(offer: Offer) -> tuple[str, str]:
    price = money(offer.price) if offer.price else _("free")
    around = _("from %(price)s") % {"price": price} if offer.price_from and offer.price else ""
    if offer.expected_from is None:
        return around or price, ""
    day = _("From %(day)s") % {"day": short_day(offer.expected_from)}
    return (day, around) if around else (f"{day}{NBSP}· {price}", "")

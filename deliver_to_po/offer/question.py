"""What Canada Post is asked about a cart: each kind of parcel, from the sender to the buyer or to a post office."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from deliver_to_po.adapter import Parcel, ShipmentOption
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.rules import D2PO, check_rates
from deliver_to_po.canadapost.types import PostOffice, RateRequest
from deliver_to_po.core.shop_time import shop_time
from deliver_to_po.host import asking
from deliver_to_po.host.answered import answer_or
from deliver_to_po.models import Delivery
from deliver_to_po.offer.days import next_deposit_day
from deliver_to_po.offer.mailable import Mailing, mailing_of

# Each kind of parcel is a call of its own: what is shipped in more kinds of them has the shop's fallback price.
MOST_KINDS = 5

# Where a price is asked for: a postal code, a draft whose post office is chosen, or a post office.
Near: TypeAlias = str | Delivery | PostOffice


class Destination(NamedTuple):
    """Where a price is asked for: the buyer's own postal code, or an ``exact`` post office."""

    postal_code: str
    province: str
    exact: bool

    @classmethod
    def of(cls, near: object) -> "Destination":
        """Return a post office, that of a draft, or the postal code that a text is, ``""`` when it is none."""
        if isinstance(near, PostOffice):
            return cls(normalize_postal_code(near.postal_code), near.province, exact=True)
        if isinstance(near, Delivery):
            return cls(normalize_postal_code(near.office_postal_code), near.office_province, exact=bool(near.office_id))
        return cls(normalize_postal_code(near) if isinstance(near, str) else "", "", exact=False)


class Question(NamedTuple):
    """What is asked about a cart: each kind of parcel once, with how many there are of it.

    ``tells_day`` is False if the shop cannot say when the cart is ready. It is mailed on ``mailed_on``, from the
    province ``origin``.
    """

    requests: tuple[tuple[RateRequest, int], ...] = ()
    tells_day: bool = False
    mailed_on: date | None = None
    origin: str = ""


def questions_about(cart: Any, mailing: Mailing, places: Iterable[Destination]) -> list[Question]:
    """Return what to ask about a cart for each place; nothing if the shop or the postal code leave too much open."""
    sender = answer_or(None, lambda: asking.sender_of(cart).address)
    if sender is None:
        return [Question() for _ in places]
    handling_days = answer_or(None, lambda: asking.handling_days_of(cart))
    mailed_on = next_deposit_day(shop_time(), sender.province, handling_days or 0)
    of_each = (
        _requests(sender.postal_code, to.postal_code, mailing.parcels, mailing.options, mailed_on) for to in places
    )
    return [
        Question(requests, handling_days is not None, mailed_on, sender.province) if requests else Question()
        for requests in of_each
    ]


# The same cart is looked at again and again. Its mailing day is never past: what kept the rules keeps them.
@lru_cache(maxsize=1024)
def _requests(
    origin: str, destination: str, parcels: tuple[Parcel, ...], options: tuple[ShipmentOption, ...], mailed_on: date
) -> tuple[tuple[RateRequest, int], ...]:
    """Return the requests about each kind of parcel, with how many there are; none where one breaks a rule."""
    with_d2po, kinds = (ShipmentOption(D2PO), *options), Counter(parcels)
    requests = tuple(
        (RateRequest(origin, destination, parcel, with_d2po, mailing_date=mailed_on), count)
        for parcel, count in kinds.items()
    )
    kept = len(kinds) <= MOST_KINDS and all(_keeps_the_rules(request) for request, _count in requests)
    return requests if kept else ()


def _keeps_the_rules(request: RateRequest) -> bool:
    try:
        check_rates("rates", request)
    except InvalidRequest:
        return False
    return True


def fingerprint_of(cart: Any, near: object) -> str:
    """Return a text that changes with what is mailed, from where and whither, but not with the day. Never raises.

    It ends with the sender's postal code; with nothing where the shop cannot tell that.
    """
    mailing = mailing_of(cart)
    mailed = [*map(str, mailing.options), *sorted(map(str, mailing.parcels))]
    what = "|".join([mailing.reason, Destination.of(near).postal_code, *mailed])
    return sha256(what.encode()).hexdigest()[:32] + answer_or("", lambda: asking.sender_of(cart).address.postal_code)

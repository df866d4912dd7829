"""What a buyer is offered: by which service a cart may go to a post office, for how much and from which day on.

A list of methods reads what is known and makes no call; what is not is fetched after the page, once for everybody.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from deliver_to_po.adapter import Rate, Service
from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.types import RateRequest
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.wording import service_name
from deliver_to_po.errors import NotMailable, OfficesUnavailable, TooManySearches
from deliver_to_po.host import asking
from deliver_to_po.host.answered import answer_or
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.models.pause_in_force import lately_in_force, paused
from deliver_to_po.offer.answers import KnownRate, PriceKind, known_answers, known_rate
from deliver_to_po.offer.days import pick_up_day
from deliver_to_po.offer.mailable import mailing_of
from deliver_to_po.offer.own_days import DaysKept, days_kept, own_day
from deliver_to_po.offer.question import Destination, Near, Question, questions_about
from deliver_to_po.offer.rates import fetch_rates, fresh_rates
from deliver_to_po.offices.outage import nothing_answers


@dataclass(frozen=True)
class Offer:
    """One service, and whether the cart may go to a post office by it; ``reason`` is a sentence that says why not.

    ``price`` is in CAD before tax, None while nobody has named one. Where ``price_from`` it is quoted for the buyer's
    own postal code, and may be another for the post office: write "from". ``expected_from`` is the day from which the
    parcel can be picked up if it is mailed on ``mailed_on``, None if Canada Post promises none. ``rate`` is what it
    asks for all parcels together, and ``quoted_at`` when it said so. ``name`` is the service's, in the active language.
    """

    service: Service
    available: bool
    reason: str = ""
    price: Decimal | None = None
    price_kind: PriceKind = PriceKind.NONE
    price_from: bool = False
    expected_from: date | None = None
    quoted_at: datetime | None = None
    rate: Rate | None = None
    mailed_on: date | None = None

    @property
    def name(self) -> str:
        return service_name(self.service)


@asked_once()
def offers(cart: Any, near: str | Delivery = "") -> list[Offer]:
    """Return what to offer for ``cart``, one for each service that the adapter names. Makes no call, never raises.

    ``near`` is the buyer's postal code, or the draft whose post office is chosen. What is not known yet has the shop's
    fallback price and no day until ``fetch_offers`` has asked Canada Post.
    """
    [offered] = _offers(cart, [near], _withdrawn_for_everybody())
    return offered


def withdrawn(cart: Any = None) -> str:
    """Return why the option is withdrawn, in the active language, or ``""``: for where a shop lists its methods.

    It is while the merchant has paused it, for a minute after a search that nothing could answer, and for a ``cart``
    that goes to no post office by any service. Makes no call, never raises.
    """
    why_not = _withdrawn_for_everybody()
    return why_not if cart is None else mailing_of(cart).reason or why_not


def _withdrawn_for_everybody() -> str:
    """Return why no cart can have the option, ``""`` if one may; asks the cache, and every few seconds the database."""
    return _paused() or (str(OfficesUnavailable.message) if nothing_answers() else "")


def _paused() -> str:
    return paused() if lately_in_force() else ""


def offers_to_chosen(cart: Any, draft: Delivery) -> list[Offer]:
    """Return the offers for an office that is chosen already: that nobody can choose one now is no matter then."""
    [offered] = _offers(cart, [draft], "")
    return offered


@asked_once()
def offers_to_each(cart: Any, places: Iterable[Near]) -> list[list[Offer]]:
    """Return for each place what ``offers`` does; what the cart is mailed as is asked once. Makes no call.

    They stand in a list: that another search found nothing is no matter then.
    """
    return _offers(cart, list(places), _paused())


def _offers(cart: Any, places: Sequence[Near], why_not: str) -> list[list[Offer]]:
    mailing, own = mailing_of(cart), days_kept()
    if reason := mailing.reason or why_not:
        return [[Offer(service, available=False, reason=reason) for service in mailing.services] for _ in places]
    destinations = list(map(Destination.of, places))
    questions = questions_about(cart, mailing, destinations)
    return [
        [_offer(cart, service, to, known_rate(answers, service), question, own) for service in mailing.services]
        for to, question, answers in zip(destinations, questions, known_answers(questions), strict=True)
    ]


def fetch_offers(cart: Any, near: Near = "", *, before_asking: Callable[[], None] = lambda: None) -> list[Offer]:
    """Ask Canada Post what is not known yet, within SEARCH_TIMEOUT_SECONDS, and return the offers. Never raises.

    ``before_asking`` is called before Canada Post is; if it raises TooManySearches, nothing is asked.
    """
    [offered] = fetch_offers_to_each(cart, [near], before_asking=before_asking)
    # An office stands in a list; a place alone does not, and nobody may answer there.
    return offers(cart, near) if isinstance(near, str) else offered


@asked_once()
def fetch_offers_to_each(
    cart: Any, places: Sequence[Near], *, before_asking: Callable[[], None] = lambda: None
) -> list[list[Offer]]:
    """Do the same for several places, the first of them first: all within SEARCH_TIMEOUT_SECONDS. Never raises.

    ``before_asking`` is called once. All places but the first are asked for as work in the background, which leaves
    calls to those who wait: nobody has chosen them yet.
    """
    seconds = app_settings.search_timeout_seconds
    missing = missing_rates(cart, places)
    first = {Destination.of(place).postal_code for place in places[:1]}
    with suppress(TooManySearches), Deadline(seconds):
        if missing:
            before_asking()
        for request in missing:
            if fetch_rates(request, seconds, background=request.destination_postal_code not in first) is None:
                break
    return offers_to_each(cart, places)


def missing_rates(cart: Any, places: Iterable[Near]) -> list[RateRequest]:
    """Return what Canada Post must be asked so that the offers are fresh, each once. Makes no call, never raises."""
    mailing = mailing_of(cart)
    if mailing.reason or _withdrawn_for_everybody():
        return []
    questions = questions_about(cart, mailing, map(Destination.of, places))
    wanted = dict.fromkeys(request for question in questions for request, _count in question.requests)
    fresh = fresh_rates(wanted)
    return [request for request in wanted if request not in fresh]


def _offer(cart: Any, service: Service, to: Destination, known: KnownRate, question: Question, own: DaysKept) -> Offer:
    if known.not_carried:
        lacks = _("Canada Post does not offer %(service)s for this order.") % {"service": service_name(service)}
        return Offer(service, available=False, reason=str(NotMailable.message) if known.refused else lacks)
    price, kind = priced(cart, service, known.rate, known.kind)
    day = None
    if known.rate is not None and known.same_day and question.tells_day:
        day = pick_up_day(known.rate, to.postal_code, to.province)
        day = day and max(day, own_day(own, service, question, to) or day)
    return Offer(
        service=service,
        available=True,
        price=price,
        price_kind=kind,
        price_from=not to.exact and kind in (PriceKind.FRESH, PriceKind.STALE),
        expected_from=day,
        quoted_at=known.asked_at,
        rate=known.rate,
        mailed_on=question.mailed_on,
    )


def priced(cart: Any, service: Service, rate: Rate | None, kind: PriceKind) -> tuple[Decimal | None, PriceKind]:
    """Return the shop's price of a rate of that kind, else its fallback price, else none. Never raises."""
    price = None if rate is None else answer_or(None, lambda: asking.price_of(cart, service, rate))
    if price is not None:
        return price, kind
    price = answer_or(None, lambda: asking.price_of(cart, service, None))
    return price, PriceKind.NONE if price is None else PriceKind.FALLBACK

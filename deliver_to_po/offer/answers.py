"""What is known of Canada Post's answers about a cart: the rate of a service for all its parcels together."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from deliver_to_po.adapter import Rate, Service
from deliver_to_po.canadapost.types import RateRequest
from deliver_to_po.offer.question import Question
from deliver_to_po.offer.rates import Rates, known_rates

log = logging.getLogger(__name__)


class PriceKind(StrEnum):
    """Where a price comes from, best first."""

    FRESH = "fresh"
    """Canada Post said it lately, for the day on which the cart is mailed."""
    STALE = "stale"
    """Canada Post said it some time ago, or for another day."""
    FALLBACK = "fallback"
    """Canada Post has not said anything: the shop's own."""
    NONE = ""
    """There is no price."""


@dataclass(frozen=True)
class Answer:
    """What Canada Post last answered about one kind of parcel, and how many there are of it.

    ``same_day`` says that it is about the day on which the cart is mailed as things stand now.
    """

    rates: Rates
    same_day: bool
    count: int


class KnownRate(NamedTuple):
    """The rate of one service for all parcels, None while it is not known.

    Kind and time are those of the oldest answer that it is made of. ``not_carried`` says that Canada Post named other
    services only, ``refused`` that no service carries one of the parcels.
    """

    rate: Rate | None = None
    kind: PriceKind = PriceKind.NONE
    same_day: bool = False
    asked_at: datetime | None = None
    not_carried: bool = False
    refused: bool = False


def known_answers(questions: Sequence[Question]) -> list[list[Answer]]:
    """Return what is known about each question; nothing unless something is about each of its parcels. No call.

    The cache is asked once for all of them.
    """
    known = known_rates(request for question in questions for request, _ in question.requests)
    return [_answers(question, known) for question in questions]


def _answers(question: Question, known: Mapping[RateRequest, Rates]) -> list[Answer]:
    answers = []
    for request, count in question.requests:
        rates = known.get(request)
        # An account without an agreement is answered with no services at all, which says nothing about the parcel.
        if rates is None or not (rates.by_service or rates.refused):
            return []
        answers.append(Answer(rates, rates.mailing_date == request.mailing_date, count))
    return answers


def known_rate(answers: Sequence[Answer], service: Service) -> KnownRate:
    """Return the rate of a service by the answers about all kinds of parcels."""
    if not answers:
        return KnownRate()
    found = [answer.rates.by_service.get(service) for answer in answers]
    rates = [rate for rate in found if rate is not None]
    if len(rates) < len(answers):
        return KnownRate(not_carried=True, refused=any(answer.rates.refused for answer in answers))
    if not all(rate.base > 0 and rate.taxes >= 0 and rate.due > rate.taxes for rate in rates):
        log.error("Canada Post's price of %s is not used: it is 0 or less", service)
        return KnownRate()
    same_day = all(answer.same_day for answer in answers)
    fresh = same_day and all(answer.rates.recent for answer in answers)
    return KnownRate(
        rate=_sum(rates, [answer.count for answer in answers]),
        kind=PriceKind.FRESH if fresh else PriceKind.STALE,
        same_day=same_day,
        asked_at=min(answer.rates.asked_at for answer in answers),
    )


def _sum(rates: Sequence[Rate], counts: Sequence[int]) -> Rate:
    """Return the rate of several parcels together: they have arrived when the last of them has."""
    days = [rate.expected_delivery for rate in rates if rate.expected_delivery]
    transit = [rate.transit_days for rate in rates if rate.transit_days is not None]
    promises = {rate.guaranteed for rate in rates}
    return Rate(
        service=rates[0].service,
        service_name=rates[0].service_name,
        base=_total((rate.base for rate in rates), counts),
        due=_total((rate.due for rate in rates), counts),
        taxes=_total((rate.taxes for rate in rates), counts),
        transit_days=max(transit) if len(transit) == len(rates) else None,
        expected_delivery=max(days) if len(days) == len(rates) else None,
        guaranteed=next((promise for promise in (False, None) if promise in promises), True),
    )


def _total(amounts: Iterable[Decimal], counts: Sequence[int]) -> Decimal:
    return sum((amount * count for amount, count in zip(amounts, counts, strict=True)), Decimal(0))

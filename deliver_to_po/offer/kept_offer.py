"""What a delivery keeps of the offer that was made for it: service, price and day."""

from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from deliver_to_po.adapter import Service
from deliver_to_po.models import Delivery
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offer.offers import Offer
from deliver_to_po.offer.rates import rate_from_json, rate_to_json


class KeptOffer(NamedTuple):
    """The offer that the price of a draft is, and ``about`` which cart and which office: their fingerprint.

    ``told`` says that a list or a review has shown it to the buyer.
    """

    about: str
    offer: Offer
    told: bool = False

    def fields(self) -> dict[str, Any]:
        offer = self.offer
        return {
            "service": offer.service,
            "price": offer.price,
            "price_quoted_at": offer.quoted_at or (None if offer.price is None else timezone.now()),
            "quote": {
                "about": self.about,
                "told": self.told,
                "kind": offer.price_kind.value,
                "rate": rate_to_json(offer.rate) if offer.rate else None,
                "expected_from": offer.expected_from and offer.expected_from.isoformat(),
                "mailed_on": offer.mailed_on and offer.mailed_on.isoformat(),
            },
        }


def kept_offer(delivery: Delivery) -> KeptOffer | None:
    """Return the offer that a delivery's price comes from, or None if it keeps none.

    After another office was chosen for an order, the day is unknown; the price stays what the buyer was charged.
    """
    row = delivery.quote
    if not row or delivery.price is None or delivery.service not in tuple(Service):
        return None
    rate, day, mailed_on = row["rate"], None if delivery.choice else row["expected_from"], row.get("mailed_on")
    offer = Offer(
        service=Service(delivery.service),
        available=True,
        price=delivery.price,
        price_kind=PriceKind(row["kind"]),
        expected_from=date.fromisoformat(day) if day else None,
        quoted_at=delivery.price_quoted_at,
        rate=rate_from_json(rate) if rate else None,
        mailed_on=date.fromisoformat(mailed_on) if mailed_on else None,
    )
    return KeptOffer(row["about"], offer, row.get("told", True))

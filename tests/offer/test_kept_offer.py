"""What a delivery keeps of its offer: what is written is read again, for as long as it is about its office."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.adapter import Rate, Service
from deliver_to_po.models import Delivery
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offer.kept_offer import KeptOffer, kept_offer
from deliver_to_po.offer.offers import Offer

RATE = Rate("DOM.XP", "Xpresspost", Decimal(20), Decimal("22.60"), Decimal("2.60"), 2, date(2026, 11, 27), True)
OFFER = Offer(
    Service.XPRESSPOST,
    available=True,
    price=Decimal("20.00"),
    price_kind=PriceKind.FRESH,
    expected_from=date(2026, 11, 27),
    quoted_at=timezone.now(),
    rate=RATE,
    mailed_on=date(2026, 11, 25),
)


def test_an_offer_comes_out_as_it_went_in() -> None:
    for kept in (KeptOffer("cart", OFFER, told=True), KeptOffer("cart", OFFER)):
        assert kept_offer(Delivery(**kept.fields())) == kept


def test_a_fallback_price_has_the_time_of_its_writing() -> None:
    fields = KeptOffer("cart", Offer(Service.XPRESSPOST, True, price=Decimal("9.95"))).fields()
    assert fields["price_quoted_at"] is not None
    assert KeptOffer("cart", Offer(Service.XPRESSPOST, True)).fields()["price_quoted_at"] is None


def test_after_another_choice_the_day_is_unknown_and_the_price_stays() -> None:
    kept = kept_offer(Delivery(**KeptOffer("cart", OFFER).fields(), choice=1))
    assert kept is not None
    assert (kept.offer.expected_from, kept.offer.price) == (None, Decimal("20.00"))


@pytest.mark.parametrize("changes", [{"quote": {}}, {"price": None}, {"service": ""}])
def test_a_delivery_without_price_or_service_keeps_no_offer(changes: dict[str, Any]) -> None:
    assert kept_offer(Delivery(**{**KeptOffer("cart", OFFER).fields(), **changes})) is None

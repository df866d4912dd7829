"""What is kept of Canada Post's answers: the rate of a service for all parcels together, and what is no rate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.adapter import Rate, Service
from deliver_to_po.canadapost.types import RateRequest
from deliver_to_po.offer import rates
from deliver_to_po.offer.answers import Answer, kept_rate
from deliver_to_po.offer.offers import fetch_offers
from deliver_to_po.offer.rates import Rates
from deliver_to_po.shop import PriceKind
from tests.factories import PARCEL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator", "shop_says")]
CART = object()
GOOD = Rate("DOM.XP", "Xpresspost", Decimal(20), Decimal("22.60"), Decimal("2.60"), 2, date(2026, 11, 27), True)


def answers_with(monkeypatch: pytest.MonkeyPatch, *told: Rate) -> None:
    class Told:
        def rates(self, request: RateRequest) -> list[Rate]:
            return list(told)

    monkeypatch.setattr(rates, "canada_post", lambda **_: Told())


def test_a_service_that_canada_post_does_not_name_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    answers_with(monkeypatch, GOOD)
    economy, express = fetch_offers(CART, "H2X1Y4")
    assert (economy.available, economy.reason) == (
        False,
        "Canada Post does not offer Expedited Parcel™ for this order.",
    )
    assert (express.available, express.price) == (True, Decimal("20.00"))


def test_an_account_without_prices_is_no_reason_to_refuse(monkeypatch: pytest.MonkeyPatch, shop_says: Any) -> None:
    answers_with(monkeypatch)
    shop_says(price=lambda cart, service, rate: rate.base if rate else Decimal("9.95"))
    found = fetch_offers(CART, "H2X1Y4")
    assert [(offer.available, offer.price) for offer in found] == [(True, Decimal("9.95"))] * 2


@pytest.mark.parametrize(
    "spoilt",
    [
        replace(GOOD, base=Decimal(0)),
        replace(GOOD, due=Decimal(0)),
        replace(GOOD, base=Decimal(-5)),
        replace(GOOD, due=GOOD.taxes),
    ],
)
def test_a_rate_of_nothing_is_no_price(
    spoilt: Rate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers_with(monkeypatch, spoilt)
    _economy, express = fetch_offers(CART, "H2X1Y4")
    assert (express.available, express.price, express.price_kind) == (True, None, PriceKind.NONE)
    assert "is not used" in caplog.text


def test_several_parcels_are_asked_about_once_each_and_paid_for_together(
    shop_says: Any, rate_calls: Callable[[], int]
) -> None:
    heavier = replace(PARCEL, weight_kg=Decimal("2.25"))
    shop_says(parcels=[PARCEL, heavier, PARCEL])
    economy, _express = fetch_offers(CART, "H2X1Y4")
    assert economy.price == 2 * Decimal("14.85") + Decimal("16.20")
    assert rate_calls() == 2
    shop_says(parcels=[PARCEL])
    alone = fetch_offers(CART, "H2X1Y4")[0].rate
    assert alone is not None
    assert economy.rate is not None
    # What a price rule is given: together they arrive as each of them does.
    assert alone.transit_days
    for name in ("service", "transit_days", "expected_delivery", "guaranteed"):
        assert getattr(economy.rate, name) == getattr(alone, name)
    assert economy.rate.due - economy.rate.taxes == economy.price
    assert economy.price > economy.rate.base > 2 * alone.base


def test_a_rate_without_a_day_is_a_price_without_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    answers_with(monkeypatch, replace(GOOD, expected_delivery=None))
    _economy, express = fetch_offers(CART, "H2X1Y4")
    assert (express.price, express.expected_from) == (Decimal("20.00"), None)


def test_parcels_of_which_one_has_no_day_have_none_together() -> None:
    now = timezone.now()
    told = [GOOD, replace(GOOD, expected_delivery=None, transit_days=None)]
    answers = [Answer(Rates({GOOD.service: rate}, now.date(), now), True, 1) for rate in told]
    together = kept_rate(answers, Service.XPRESSPOST).rate
    assert together is not None
    assert (together.expected_delivery, together.transit_days) == (None, None)


def test_the_price_of_several_parcels_is_as_old_as_the_oldest_answer_and_not_as_the_newest() -> None:
    now = timezone.now()
    times = [now - timedelta(hours=1), now - timedelta(hours=5), now - timedelta(hours=2)]
    answers = [Answer(Rates({GOOD.service: GOOD}, now.date(), asked_at), True, 1) for asked_at in times]
    assert kept_rate(answers, Service.XPRESSPOST).asked_at == min(times)

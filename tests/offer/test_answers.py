"""What is kept of Canada Post's answers: the rate of a service for all parcels together, and what is no rate."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.adapter import Rate, Service
from deliver_to_po.canadapost.types import RateRequest
from deliver_to_po.offer import rates
from deliver_to_po.offer.answers import Answer, known_rate
from deliver_to_po.offer.offers import fetch_offers
from deliver_to_po.offer.rates import Rates
from deliver_to_po.shop import PriceKind
from tests.factories import PARCEL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator", "shop_says")]
CART = object()
GOOD_NAMES = ("DOM.XP", "Xpresspost")
GOOD = Rate(*GOOD_NAMES, Decimal(20), Decimal("22.60"), Decimal("2.60"), 2, date(2026, 11, 27), True)


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
        replace(GOOD, taxes=Decimal("-0.01")),
    ],
)
def test_a_rate_of_nothing_is_no_price(
    spoilt: Rate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers_with(monkeypatch, spoilt)
    _economy, express = fetch_offers(CART, "H2X1Y4")
    assert (express.available, express.price, express.price_kind) == (True, None, PriceKind.NONE)
    assert "is not used" in caplog.text


def test_several_parcels_are_asked_about_once_each_and_paid_for_together(shop_says: Any, rate_calls: Any) -> None:
    heavier = replace(PARCEL, weight_kg=Decimal("2.25"))
    shop_says(parcels=[PARCEL, heavier, PARCEL])
    economy, _express = fetch_offers(CART, "H2X1Y4")
    assert economy.price == 2 * Decimal("14.85") + Decimal("16.20")
    assert rate_calls() == 2


def test_a_rate_without_a_day_is_a_price_without_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    answers_with(monkeypatch, replace(GOOD, expected_delivery=None))
    _economy, express = fetch_offers(CART, "H2X1Y4")
    assert (express.price, express.expected_from) == (Decimal("20.00"), None)


SLOWER = replace(GOOD, base=Decimal("0.50"), due=Decimal("0.60"), taxes=Decimal(0), transit_days=3)
LATER = replace(SLOWER, expected_delivery=date(2026, 11, 30))


@pytest.mark.parametrize(
    ("told", "together"),
    [
        ([(SLOWER, 1)], SLOWER),
        (
            [(GOOD, 2), (LATER, 3)],
            Rate(*GOOD_NAMES, Decimal("41.50"), Decimal("47.00"), Decimal("5.20"), 3, date(2026, 11, 30), True),
        ),
        (
            [(replace(GOOD, guaranteed=None), 1), (replace(SLOWER, expected_delivery=None, transit_days=None), 1)],
            Rate(*GOOD_NAMES, Decimal("20.50"), Decimal("23.20"), Decimal("2.60")),
        ),
        (
            [(replace(GOOD, guaranteed=None), 1), (replace(LATER, guaranteed=False), 1)],
            Rate(*GOOD_NAMES, Decimal("20.50"), Decimal("23.20"), Decimal("2.60"), 3, date(2026, 11, 30), False),
        ),
    ],
    ids=["one", "each so many times", "one without a day", "one without a promise"],
)
def test_several_parcels_cost_their_sum_and_arrive_with_the_last_of_them(
    told: list[tuple[Rate, int]], together: Rate
) -> None:
    now = timezone.now()
    answers = [Answer(Rates({GOOD.service: rate}, now.date(), now), True, count) for rate, count in told]
    assert known_rate(answers, Service.XPRESSPOST).rate == together


def test_the_price_of_several_parcels_is_as_old_as_the_oldest_answer_and_not_as_the_newest() -> None:
    now = timezone.now()
    times = [now - timedelta(hours=1), now - timedelta(hours=5), now - timedelta(hours=2)]
    answers = [Answer(Rates({GOOD.service: GOOD}, now.date(), asked_at), True, 1) for asked_at in times]
    assert known_rate(answers, Service.XPRESSPOST).asked_at == min(times)

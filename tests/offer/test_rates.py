"""Rates in the shared cache: one call however many ask, another question for whatever may cost otherwise."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from deliver_to_po.adapter import Parcel, Rate, Service, ShipmentOption
from deliver_to_po.canadapost.errors import Message, Refused
from deliver_to_po.canadapost.types import RateRequest
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import NotMailable
from deliver_to_po.offer.offers import fetch_offers, offers_to_each
from deliver_to_po.offer.rates import fetch_rates
from deliver_to_po.shop import PriceKind, offers
from tests.factories import PARCEL
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator", "shop_says")]
CART = object()
BOTH = [Service.EXPEDITED_PARCEL, Service.XPRESSPOST]


@pytest.mark.parametrize("change", [{"CONTRACT_ID": "0040000002"}, {"CUSTOMER_NUMBER": "0007023211"}, {"LIVE": True}])
def test_what_was_said_to_another_account_or_of_tests_is_no_price_of_ours(
    change: dict[str, Any], change_settings: Any
) -> None:
    fetch_offers(CART, "B3H4R2")
    assert {offer.price_kind for offer in offers(CART, "B3H4R2")} == {PriceKind.FRESH}
    change_settings(CANADA_POST=change)
    assert {offer.price for offer in offers(CART, "B3H4R2")} == {None}


@pytest.mark.parametrize("spoilt", [5, "{}"])
def test_a_cache_that_holds_something_else_is_no_answer(spoilt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliver_to_po.offer.rates.key_of", lambda request: "spoilt")
    cache.set("spoilt", spoilt)
    assert [offer.price for offer in offers(CART, "H2X1Y4")] == [None, None]
    assert [offer.price for offer in fetch_offers(CART, "H2X1Y4")] == [Decimal("14.85"), Decimal("21.40")]


@pytest.mark.django_db(transaction=True)
def test_a_herd_makes_one_call(rate_calls: Any, emulator: EmulatorServer) -> None:
    emulator.faults.add("rates", "delay", count=None, seconds=0.3)
    found = at_once(*[partial(fetch_offers, CART, "H2X1Y4")] * 8)
    assert [[offer.price for offer in each] for each in found] == [[Decimal("14.85"), Decimal("21.40")]] * 8
    assert rate_calls() == 1


def test_what_failed_a_moment_ago_is_not_asked_again(rate_calls: Any, emulator: EmulatorServer) -> None:
    emulator.faults.add("rates", "500", count=None)
    fetch_offers(CART, "H2X1Y4")
    tries = rate_calls()
    for _ in range(5):
        fetch_offers(CART, "H2X1Y4")
    assert rate_calls() == tries


@pytest.mark.parametrize(("code", "refused"), [("9111", True), ("7050", False)])
def test_a_parcel_that_no_service_carries_is_said_to_go_to_no_post_office(
    code: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CanadaPost:
        def rates(self, request: RateRequest) -> list[Rate]:
            raise Refused("rates", status=400, messages=[Message(code, "")])

    monkeypatch.setattr("deliver_to_po.offer.rates.canada_post", lambda **_given: CanadaPost())
    fetch_offers(CART, "H2X1Y4")
    found = offers(CART, "H2X1Y4")
    assert [offer.available for offer in found] == [not refused] * 2
    assert [offer.reason for offer in found] == [str(NotMailable.message) if refused else ""] * 2


@pytest.mark.parametrize("change", [Parcel(*map(Decimal, (1, 30, 20, 10))), None])
def test_another_cart_or_another_place_is_another_question(change: Parcel | None, shop_says: Any) -> None:
    fetch_offers(CART, "H2X1Y4")
    if change:
        shop_says(parcels=[change])
        assert [offer.price for offer in offers(CART, "H2X1Y4")] == [None, None]
    else:
        known, unknown = offers_to_each(CART, ["H2X1Y4", "H2X1Y5"])
        assert [offer.price for offer in known] == [Decimal("14.85"), Decimal("21.40")]
        assert [offer.price for offer in unknown] == [None, None]


@pytest.mark.parametrize(("days", "believed"), [(-1, False), (0, True), (3, True), (90, True), (91, False)])
def test_no_day_is_promised_on_which_the_parcel_cannot_arrive(
    shop_says: Any, monkeypatch: pytest.MonkeyPatch, days: int, believed: bool
) -> None:
    def said(_client: Any, request: RateRequest) -> list[Rate]:
        day = (request.mailing_date or timezone.localdate()) + timedelta(days)
        return [Rate(each, "", Decimal(10), Decimal(11), Decimal(1), 4, day, True) for each in BOTH]

    monkeypatch.setattr("deliver_to_po.canadapost.portal.client.PortalCanadaPost.rates", said)
    found = fetch_offers(CART, "K1A0B1")
    assert [offer.price for offer in found] == [10, 10]
    assert [offer.expected_from is not None for offer in found] == [believed, believed]


def test_a_mailing_day_that_is_over_in_the_east_is_not_told_to_canada_post_which_refuses_past_ones(
    late_in_vancouver: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[date | None] = []

    def said(_client: Any, request: RateRequest) -> list[Rate]:
        told.append(request.mailing_date)
        return [Rate(each, "", Decimal(10), Decimal(11), Decimal(1), 4, None, True) for each in BOTH]

    monkeypatch.setattr("deliver_to_po.canadapost.portal.client.PortalCanadaPost.rates", said)
    [offer, _other] = fetch_offers(CART, "K1A0B1")
    assert (told, offer.mailed_on, offer.price_kind) == ([None], late_in_vancouver, PriceKind.FRESH)


def price_of(request: RateRequest) -> Decimal:
    rates = fetch_rates(request, 5)
    assert rates is not None
    return rates.by_service[Service.EXPEDITED_PARCEL].due


def test_a_parcel_with_coverage_is_not_offered_at_the_price_of_one_without(emulator: EmulatorServer) -> None:
    plain = RateRequest("K1A0B1", "H2X1Y4", PARCEL, mailing_date=timezone.localdate())
    covered = plain._replace(options=(*plain.options, ShipmentOption("COV", Decimal(900)), ShipmentOption("SO")))
    assert price_of(plain) < price_of(covered)

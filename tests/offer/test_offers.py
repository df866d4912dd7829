"""What a buyer is offered: whether it may go, for how much, from which day on; and which calls that takes."""

import logging
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po import errors
from deliver_to_po.adapter import Rate, Service
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offer.offers import fetch_offers, fetch_offers_to_each, withdrawn
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.outage import note_outage
from deliver_to_po.shop import Offer, PriceKind, offers
from tests.factories import PARCEL, make_draft, make_pause
from tests.offer.test_mailable import parcel, raises

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator", "shop_says")]

CART = object()
# A Wednesday morning.
NOON = "2026-11-25T12:00:00-05:00"


def reasons(found: list[Offer]) -> set[str]:
    assert not any(offer.available for offer in found)
    assert all((offer.price, offer.expected_from, offer.rate) == (None, None, None) for offer in found)
    return {offer.reason for offer in found}


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"mailable": "Lamp oil does not travel by post."}, "Lamp oil does not travel by post."),
        ({"parcels": raises}, "Your order cannot be delivered to a post office right now."),
    ],
)
def test_what_is_not_mailable_is_not_offered_and_not_asked_about(
    answers: dict[str, Any], reason: str, shop_says: Any, rate_calls: Any
) -> None:
    shop_says(**answers)
    assert reasons(offers(CART, "K1A0B1")) == reasons(fetch_offers(CART, "K1A0B1")) == {reason}
    assert rate_calls() == 0


def test_a_cart_that_goes_by_no_service_withdraws_the_option_and_another_does_not(shop_says: Any) -> None:
    assert (withdrawn(CART), withdrawn(None)) == ("", "")
    shop_says(mailable="Lamp oil does not travel by post.")
    assert (withdrawn(CART), withdrawn(None)) == ("Lamp oil does not travel by post.", "")
    shop_says(mailable="", services=[])
    assert withdrawn(CART) == "Your order cannot be delivered to a post office right now."


def test_sizes_that_are_floats_are_what_they_were_meant_to_be(shop_says: Any) -> None:
    in_metres = [parcel(weight_kg=1.25, length_cm=0.3 * 100, width_cm=0.2 * 100, height_cm=0.1 * 3 / 3 * 100)]
    prices = [offer.price for offer in fetch_offers(CART, "H2X1Y4")]
    shop_says(parcels=in_metres)
    # The same question, so the same answer, without another call.
    assert [offer.price for offer in offers(CART, "H2X1Y4")] == prices == [Decimal("14.85"), Decimal("21.40")]


def test_a_pause_and_an_outage_withdraw_every_offer_and_no_price_is_asked_for(rate_calls: Any) -> None:
    pause = make_pause()
    assert all("Strike." in said for said in reasons(fetch_offers(CART, "K1A0B1")))
    pause.delete()
    note_outage(None)
    assert reasons(fetch_offers(CART, "K1A0B1")) == {str(errors.OfficesUnavailable())}
    assert rate_calls() == 0


@pytest.mark.usefixtures("cache_of_this_process")
def test_it_is_withdrawn_for_a_minute_after_a_search_that_nothing_answered(emulator: EmulatorServer) -> None:
    emulator.faults.add("*", "500", count=None)
    assert withdrawn() == ""
    with pytest.raises(errors.OfficesUnavailable):
        find(NearPostalCode("K1A0B1"), "en")
    assert "cannot reach" in withdrawn()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert withdrawn() == ""


def test_a_cache_that_fails_withdraws_nothing(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.broken_cache.BrokenCache"}}
    assert withdrawn() == ""


def test_only_the_services_that_the_shop_names_are_offered_each_once(shop_says: Any) -> None:
    shop_says(services=["DOM.XP", Service.XPRESSPOST])
    assert [(offer.service, offer.name) for offer in offers(CART)] == [(Service.XPRESSPOST, "Xpresspost™")]
    shop_says(services=[])
    assert offers(CART) == []


# -- For how much and when ------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_nothing_is_asked_while_methods_are_listed_and_one_call_tells_both_services(rate_calls: Any) -> None:
    for _ in range(10):
        assert [offer.price for offer in offers(CART, "H2X 1Y4")] == [None, None]
    assert rate_calls() == 0
    economy, express = fetch_offers(CART, "h2x1y4")
    assert offers(CART, "H2X 1Y4") == [economy, express]
    assert rate_calls() == 1
    # The emulator's own prices: 11.20 + 1.15 a kilogram, 15.90 + 1.85 a kilogram, and 17.5 % for fuel.
    assert (economy.service, economy.available, economy.price) == (Service.EXPEDITED_PARCEL, True, Decimal("14.85"))
    assert (express.service, express.available, express.price) == (Service.XPRESSPOST, True, Decimal("21.40"))
    assert {offer.price_kind for offer in (economy, express)} == {PriceKind.FRESH}
    assert all(offer.price_from for offer in (economy, express))
    # Mailed on Wednesday: two and four business days.
    assert (express.expected_from, economy.expected_from) == (date(2026, 11, 27), date(2026, 12, 1))
    assert economy.quoted_at == timezone.now()


@time_machine.travel(NOON, tick=False)
def test_either_api_tells_the_same(change_settings: Any) -> None:
    by_portal = fetch_offers(CART, "B3H4R2")
    change_settings(CANADA_POST={"API": "webservices", "USERNAME": "emulator", "PASSWORD": "emulator-secret"})
    assert all(offer.price is None for offer in offers(CART, "B3H4R2"))
    assert [replace(offer, rate=None) for offer in fetch_offers(CART, "B3H4R2")] == [
        replace(offer, rate=None) for offer in by_portal
    ]


def test_an_office_that_is_chosen_has_its_own_price_and_no_from() -> None:
    fetch_offers(CART, "K1A0B1")
    draft = make_draft(office_postal_code="B3H4R2", office_province="NS", office_check=OfficeCheck.TAKES_PARCELS)
    assert [offer.price for offer in offers(CART, draft)] == [None, None]
    economy, _express = fetch_offers(CART, draft)
    assert economy.price == Decimal("14.85")
    assert economy.price_from is False
    assert economy.rate is not None
    assert economy.rate.taxes == Decimal("2.23")  # HST of Nova Scotia, where the office is


def test_the_day_is_the_same_when_an_answer_is_kept() -> None:
    fetched, kept = fetch_offers(CART, "H2X1Y4"), offers(CART, "H2X1Y4")
    assert [offer.expected_from for offer in kept] == [offer.expected_from for offer in fetched]
    assert [offer.rate for offer in kept] == [offer.rate for offer in fetched]
    assert all(offer.rate and offer.rate.expected_delivery for offer in kept)


def test_more_kinds_of_parcels_than_anybody_ships_have_the_fallback_price(shop_says: Any, rate_calls: Any) -> None:
    shop_says(
        parcels=[replace(PARCEL, weight_kg=Decimal(n)) for n in range(1, 7)],
        price=lambda cart, service, rate: None if rate else Decimal("9.95"),
    )
    assert [offer.price for offer in fetch_offers(CART, "H2X1Y4")] == [Decimal("9.95")] * 2
    assert rate_calls() == 0


def test_the_shops_own_rule_makes_the_price(shop_says: Any) -> None:
    def free_above_hundred(cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        if cart == "dear" and service == Service.EXPEDITED_PARCEL:
            return Decimal(0)
        return None if rate is None else (rate.due - rate.taxes) / 3

    shop_says(price=free_above_hundred)
    fetch_offers("dear", "H2X1Y4")
    assert [offer.price for offer in offers("dear", "H2X1Y4")] == [Decimal("0.00"), Decimal("7.13")]
    assert [offer.price for offer in offers("cheap", "H2X1Y4")] == [Decimal("4.95"), Decimal("7.13")]


@pytest.mark.parametrize("answer", [raises, None, "much", -1])
def test_a_price_that_is_none_becomes_the_fallback_price_and_never_zero(answer: Any, shop_says: Any) -> None:
    def price(cart: Any, service: Service, rate: Rate | None) -> Any:
        if rate is None:
            return Decimal("9.95")
        return answer(cart) if callable(answer) else answer

    shop_says(price=price)
    found = fetch_offers(CART, "H2X1Y4")
    told = [(offer.price, offer.price_kind, offer.price_from) for offer in found]
    assert told == [(Decimal("9.95"), PriceKind.FALLBACK, False)] * 2
    shop_says(price=answer)
    assert [(offer.price, offer.price_kind) for offer in offers(CART, "H2X1Y4")] == [(None, PriceKind.NONE)] * 2


@time_machine.travel(NOON, tick=False)
def test_handling_days_move_the_day(shop_says: Any) -> None:
    shop_says(handling_days=2)
    _economy, express = fetch_offers(CART, "H2X1Y4")
    assert (express.mailed_on, express.expected_from) == (date(2026, 11, 27), date(2026, 12, 1))


# -- The ladder -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("cache_of_this_process")
def test_the_ladder_goes_from_fresh_over_stale_to_the_fallback(
    shop_says: Any, rate_calls: Any, emulator: EmulatorServer
) -> None:
    shop_says(price=lambda cart, service, rate: rate.base if rate else Decimal("9.95"))

    def first() -> tuple[Decimal | None, PriceKind, bool]:
        offer = offers(CART, "H2X1Y4")[0]
        return offer.price, offer.price_kind, offer.expected_from is not None

    with time_machine.travel(NOON, tick=False) as clock:
        assert first() == (Decimal("9.95"), PriceKind.FALLBACK, False)
        fetch_offers(CART, "H2X1Y4")
        assert first() == (Decimal("12.64"), PriceKind.FRESH, True)
        clock.shift(timedelta(hours=4, minutes=59))
        assert first() == (Decimal("12.64"), PriceKind.FRESH, True)
        # After the cut-off it is mailed a day later: yesterday's price stands, its day does not.
        clock.shift(timedelta(minutes=2))
        assert first() == (Decimal("12.64"), PriceKind.STALE, False)
        emulator.faults.add("*", "500", count=None)
        assert fetch_offers(CART, "H2X1Y4")[0].price_kind == PriceKind.STALE
        clock.shift(timedelta(days=7))
        assert first() == (Decimal("9.95"), PriceKind.FALLBACK, False)


@pytest.mark.usefixtures("cache_of_this_process")
def test_after_the_cut_off_canada_post_is_asked_anew_for_the_next_mailing_day(rate_calls: Any) -> None:
    with time_machine.travel("2026-11-25T16:59:00-05:00", tick=False) as clock:
        assert fetch_offers(CART, "H2X1Y4")[0].expected_from == date(2026, 12, 1)
        clock.shift(timedelta(minutes=2))
        economy, _express = fetch_offers(CART, "H2X1Y4")
        assert (economy.price_kind, economy.expected_from) == (PriceKind.FRESH, date(2026, 12, 2))
        assert rate_calls() == 2


@pytest.mark.parametrize("passed", [timedelta(hours=6, minutes=1), timedelta(minutes=-1)], ids=["hours", "clock back"])
@pytest.mark.usefixtures("cache_of_this_process")
def test_what_was_said_hours_ago_or_by_a_fast_clock_for_the_same_day_keeps_its_day(passed: timedelta) -> None:
    with time_machine.travel("2026-11-25T08:00:00-05:00", tick=False) as clock:
        fetch_offers(CART, "H2X1Y4")
        clock.shift(passed)
        offer = offers(CART, "H2X1Y4")[0]
        assert (offer.price_kind, offer.expected_from) == (PriceKind.STALE, date(2026, 12, 1))


@pytest.mark.parametrize("fault", ["500", "401"])
def test_whatever_becomes_of_the_call_the_fallback_price_stands(
    fault: str, emulator: EmulatorServer, shop_says: Any
) -> None:
    shop_says(price=lambda cart, service, rate: rate.base if rate else Decimal("9.95"))
    emulator.faults.add("*", fault, count=None)
    found = fetch_offers(CART, "H2X1Y4")
    assert [(offer.available, offer.price, offer.price_kind) for offer in found] == [
        (True, Decimal("9.95"), PriceKind.FALLBACK)
    ] * 2


# -- Calls ----------------------------------------------------------------------------------------------------------


def test_a_visitor_over_the_limit_makes_no_call_and_is_answered(rate_calls: Any) -> None:
    def too_many() -> None:
        raise errors.TooManySearches

    assert [offer.available for offer in fetch_offers(CART, "H2X1Y4", before_asking=too_many)] == [True, True]
    assert rate_calls() == 0
    counted: list[bool] = []
    for _ in range(2):
        fetch_offers(CART, "H2X1Y4", before_asking=lambda: counted.append(True))
    # What is known needs no call, so nothing is counted.
    assert counted == [True]


def test_of_several_places_only_the_first_is_asked_for_while_somebody_waits(asked_in_background: list[bool]) -> None:
    each = fetch_offers_to_each(CART, ["H2X1Y4", "B3H4R2", "K1A0B1"])
    assert asked_in_background == [False, True, True]
    assert [found[0].price for found in each] == [Decimal("14.85")] * 3


def test_after_the_first_that_gets_no_answer_no_other_is_asked_for(
    emulator: EmulatorServer, asked_in_background: list[bool]
) -> None:
    emulator.faults.add("rates", "500", count=None)
    fetch_offers_to_each(CART, ["H2X1Y4", "B3H4R2", "K1A0B1"])
    assert asked_in_background == [False]


def test_nothing_personal_is_logged(emulator: EmulatorServer, caplog: pytest.LogCaptureFixture, shop_says: Any) -> None:
    caplog.set_level(logging.DEBUG)
    emulator.faults.add("rates", "500", count=None)
    fetch_offers(CART, "V6B9Z9")
    shop_says(parcels=raises)
    fetch_offers(CART, "V6B9Z9")
    assert "V6B" not in caplog.text

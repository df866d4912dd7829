"""What a buyer is offered: whether it may go, for how much, from which day on; and which calls that takes."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone, translation

from deliver_to_po import errors
from deliver_to_po.adapter import Parcel, Rate, Service, ShipmentOption
from deliver_to_po.canadapost.types import RateRequest
from deliver_to_po.choices import OfficeCheck
from deliver_to_po.conf import DEFAULTS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Pause
from deliver_to_po.offer import rates
from deliver_to_po.offer.offers import fetch_offers
from deliver_to_po.offices.outage import note_outage
from deliver_to_po.shipping import ShippingSystem
from deliver_to_po.shop import Offer, PriceKind, offers
from tests.factories import PARCEL, SENDER, make_draft

pytestmark = pytest.mark.django_db

CART = object()
BOTH = [Service.EXPEDITED_PARCEL, Service.XPRESSPOST]
# A Wednesday morning.
NOON = "2026-11-25T12:00:00-05:00"


@pytest.fixture(autouse=True)
def _sandbox(emulator: EmulatorServer, shop_says: Any) -> None:
    """Begin with an empty cache, an emulator and an adapter that says what is right."""


def reasons(found: list[Offer]) -> set[str]:
    assert not any(offer.available for offer in found)
    assert all((offer.price, offer.expected_from, offer.rate) == (None, None, None) for offer in found)
    return {offer.reason for offer in found}


# -- May it go ------------------------------------------------------------------------------------------------------

HIDDEN = "This cannot be delivered to a post office right now."
BIG = Decimal(90)
HEAVY, LONG = replace(PARCEL, weight_kg=Decimal("30.001")), replace(PARCEL, height_cm=Decimal("200.1"))
LARGE = replace(PARCEL, length_cm=BIG, width_cm=BIG, height_cm=BIG)
TOO_DEAR = [ShipmentOption("COV", Decimal("5000.01")), ShipmentOption("SO")]
NOT_OFFERED: dict[str, tuple[dict[str, Any], str, str]] = {
    "heavy": ({"parcels": [PARCEL, HEAVY]}, "too heavy for a post office", "trop lourd"),
    "long": ({"parcels": [LONG]}, "too long for a post office", "trop long"),
    "large": ({"parcels": [LARGE]}, "too large for a post office", "trop volumineux"),
    "left at the door": ({"options": [ShipmentOption("LAD")]}, "needs a service that", "n’offrent pas"),
    "too dear": ({"options": TOO_DEAR}, "needs a service that", "n’offrent pas"),
    "forbidden": ({"mailable": "Lamp oil does not travel by post."}, "Lamp oil", "Lamp oil"),
}


@pytest.mark.parametrize("case", NOT_OFFERED)
def test_what_goes_to_no_post_office_says_why_in_both_languages(case: str, shop_says: Any, caplog: Any) -> None:
    answers, english, french = NOT_OFFERED[case]
    shop_says(**answers)
    [said] = reasons(offers(CART, "K1A0B1"))
    assert english in said
    with translation.override("fr"):
        [said] = reasons(offers(CART, "K1A0B1"))
        assert french in said
    assert not caplog.records


class Broken:
    """What no adapter should return: whatever is done with it fails."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name) if name.startswith("__") else RuntimeError(name)


def raises(*_: Any) -> Any:
    raise RuntimeError("shop")


def parcel(**changed: Any) -> Parcel:
    return replace(PARCEL, **changed)


MISTAKES: dict[str, dict[str, Any]] = {
    "no weight": {"parcels": [parcel(weight_kg=None)]},
    "zero weight": {"parcels": [PARCEL, parcel(weight_kg=Decimal(0))]},
    "negative weight": {"parcels": [parcel(weight_kg=Decimal("-1.25"))]},
    "absurd weight": {"parcels": [parcel(weight_kg=1e300)]},
    "no side": {"parcels": [parcel(width_cm=0)]},
    "negative side": {"parcels": [parcel(width_cm=-20.0)]},
    "not a number": {"parcels": [parcel(width_cm=float("nan"))]},
    "no parcel": {"parcels": []},
    "no list": {"parcels": None},
    "other things": {"parcels": [Broken()]},
    "parcels raise": {"parcels": raises},
    "options raise": {"options": raises},
    "coverage without a signature": {"options": [ShipmentOption("COV", Decimal("100.01"))]},
    "two proofs of age": {"options": [ShipmentOption("PA18"), ShipmentOption("PA19")]},
    "services raise": {"services": raises},
    "services of another kind": {"services": [5]},
    "no such service": {"services": ["DOM.RP"]},
    "mailable raises": {"mailable": raises},
    "mailable of another kind": {"mailable": True},
    "no such system": {"shipping_system": "nobody"},
}


@pytest.mark.parametrize("case", MISTAKES)
def test_what_is_missing_hides_the_option_and_the_merchant_is_told(
    case: str, shop_says: Any, caplog: Any, rate_calls: Callable[[], int]
) -> None:
    shop_says(**MISTAKES[case])
    for _ in range(3):
        assert reasons(offers(CART, "K1A0B1")) == {HIDDEN}
        assert reasons(fetch_offers(CART, "K1A0B1")) == {HIDDEN}
    told = [record for record in caplog.records if "are not offered" in record.message]
    assert len(told) == 1
    assert rate_calls() == 0


def test_sizes_that_are_floats_are_what_they_were_meant_to_be(shop_says: Any) -> None:
    in_metres = [parcel(weight_kg=1.25, length_cm=0.3 * 100, width_cm=0.2 * 100, height_cm=0.1 * 3 / 3 * 100)]
    prices = [offer.price for offer in fetch_offers(CART, "H2X1Y4")]
    shop_says(parcels=in_metres)
    # The same question, so the same answer, without another call.
    assert [offer.price for offer in offers(CART, "H2X1Y4")] == prices == [Decimal("14.85"), Decimal("21.40")]


def test_a_shipping_system_without_such_labels_offers_nothing(shop_says: Any, change_settings: Any) -> None:
    backend = f"{__name__}.WithoutLabels"
    change_settings(SHIPPING_SYSTEMS={**DEFAULTS["SHIPPING_SYSTEMS"], "other": {"BACKEND": backend}})
    shop_says(shipping_system="other")
    assert reasons(offers(CART, "K1A0B1")) == {HIDDEN}
    # One that cannot be named before there is an order is the default one.
    shop_says(shipping_system=raises)
    assert all(offer.available for offer in offers(CART, "K1A0B1"))


class WithoutLabels(ShippingSystem):
    """A shipping system of which nobody has seen a label."""

    def create(self, request: Any) -> Any:
        """Make nothing."""
        raise NotImplementedError


def test_a_pause_and_an_outage_withdraw_every_offer() -> None:
    now = timezone.now()
    pause = Pause.objects.create(
        reason_en="Strike.", reason_fr="Grève.", starts_at=now, ends_at=now + timedelta(days=2)
    )
    assert all("Strike." in said for said in reasons(offers(CART, "K1A0B1")))
    pause.delete()
    note_outage(None)
    assert reasons(offers(CART, "K1A0B1")) == {str(errors.OfficesUnavailable())}


def test_only_the_services_that_the_shop_names_are_offered_each_once(shop_says: Any) -> None:
    shop_says(services=["DOM.XP", Service.XPRESSPOST])
    assert [offer.service for offer in offers(CART)] == [Service.XPRESSPOST]
    shop_says(services=[])
    assert offers(CART) == []


# -- For how much and when ------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_nothing_is_asked_while_methods_are_listed_and_one_call_tells_both_services(
    rate_calls: Callable[[], int],
) -> None:
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


@pytest.mark.parametrize("change", [{"CONTRACT_ID": "0040000002"}, {"CUSTOMER_NUMBER": "0007023211"}, {"LIVE": True}])
def test_what_was_said_to_another_account_or_of_tests_is_no_price_of_ours(
    change: dict[str, Any], change_settings: Any
) -> None:
    fetch_offers(CART, "B3H4R2")
    assert {offer.price_kind for offer in offers(CART, "B3H4R2")} == {PriceKind.FRESH}
    change_settings(CANADA_POST=change)
    assert {offer.price for offer in offers(CART, "B3H4R2")} == {None}


def test_an_office_that_is_chosen_has_its_own_price_and_no_from() -> None:
    fetch_offers(CART, "K1A0B1")
    draft = make_draft(office_postal_code="B3H4R2", office_province="NS", office_check=OfficeCheck.TAKES_PARCELS)
    assert [offer.price for offer in offers(CART, draft)] == [None, None]
    economy, _express = fetch_offers(CART, draft)
    assert economy.price == Decimal("14.85")
    assert economy.price_from is False
    assert economy.rate is not None
    assert economy.rate.taxes == Decimal("2.23")  # HST of Nova Scotia, where the office is


@pytest.mark.parametrize("near", ["", "K1A", "12345", "90210-1234", "x" * 10_000, "K1A\0B1", None, 5, b"K1A0B1"])
def test_a_postal_code_that_is_none_asks_nothing_and_breaks_nothing(near: Any, rate_calls: Callable[[], int]) -> None:
    found = fetch_offers(CART, near)
    assert [(offer.available, offer.price, offer.expected_from) for offer in found] == [(True, None, None)] * 2
    assert rate_calls() == 0


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


def test_the_day_is_the_same_when_an_answer_is_kept() -> None:
    fetched, kept = fetch_offers(CART, "H2X1Y4"), offers(CART, "H2X1Y4")
    assert [offer.expected_from for offer in kept] == [offer.expected_from for offer in fetched]
    assert [offer.rate for offer in kept] == [offer.rate for offer in fetched]
    assert all(offer.rate and offer.rate.expected_delivery for offer in kept)


def test_more_kinds_of_parcels_than_anybody_ships_have_the_fallback_price(
    shop_says: Any, rate_calls: Callable[[], int]
) -> None:
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


@pytest.mark.parametrize(
    "answer", [raises, None, "much", "1,25", -1, Decimal("NaN"), 1e300, True, Broken(), [Decimal(5)], b"5"]
)
def test_a_price_that_is_none_becomes_the_fallback_price_and_never_zero(answer: Any, shop_says: Any) -> None:
    def price(cart: Any, service: Service, rate: Rate | None) -> Any:
        if rate is None:
            return Decimal("9.95")
        return answer(cart) if callable(answer) else answer

    shop_says(price=price)
    found = fetch_offers(CART, "H2X1Y4")
    assert [(offer.price, offer.price_kind) for offer in found] == [(Decimal("9.95"), PriceKind.FALLBACK)] * 2
    shop_says(price=answer)
    assert [(offer.price, offer.price_kind) for offer in offers(CART, "H2X1Y4")] == [(None, PriceKind.NONE)] * 2


def test_a_shop_that_cannot_say_from_where_or_when_tells_no_more_than_it_knows(
    shop_says: Any, rate_calls: Callable[[], int]
) -> None:
    for wrong in (raises, None, -1, 1.5, True, 10**9):
        shop_says(handling_days=wrong)
        assert [(offer.price is None, offer.expected_from) for offer in fetch_offers(CART, "H2X1Y4")] == [
            (False, None)
        ] * 2
    calls = rate_calls()
    shop_says(ship_from=raises)
    assert [(offer.available, offer.price) for offer in fetch_offers(CART, "H2X1Y4")] == [(True, None)] * 2
    shop_says(ship_from=replace(SENDER, address=replace(SENDER.address, postal_code="nowhere")))
    assert [(offer.available, offer.price) for offer in fetch_offers(CART, "H2X1Y4")] == [(True, None)] * 2
    assert rate_calls() == calls


@time_machine.travel(NOON, tick=False)
def test_handling_days_move_the_day(shop_says: Any) -> None:
    shop_says(handling_days=2)
    _economy, express = fetch_offers(CART, "H2X1Y4")
    assert express.expected_from == date(2026, 12, 1)


# -- The ladder -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("cache_of_this_process")
def test_the_ladder_goes_from_fresh_over_stale_to_the_fallback(
    shop_says: Any, rate_calls: Callable[[], int], emulator: EmulatorServer
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
def test_after_the_cut_off_canada_post_is_asked_anew_for_the_next_mailing_day(rate_calls: Callable[[], int]) -> None:
    with time_machine.travel("2026-11-25T16:59:00-05:00", tick=False) as clock:
        assert fetch_offers(CART, "H2X1Y4")[0].expected_from == date(2026, 12, 1)
        clock.shift(timedelta(minutes=2))
        economy, _express = fetch_offers(CART, "H2X1Y4")
        assert (economy.price_kind, economy.expected_from) == (PriceKind.FRESH, date(2026, 12, 2))
        assert rate_calls() == 2


@pytest.mark.usefixtures("cache_of_this_process")
def test_what_was_said_hours_ago_for_the_same_day_keeps_its_day() -> None:
    with time_machine.travel("2026-11-25T08:00:00-05:00", tick=False) as clock:
        fetch_offers(CART, "H2X1Y4")
        clock.shift(timedelta(hours=6, minutes=1))
        offer = offers(CART, "H2X1Y4")[0]
        assert (offer.price_kind, offer.expected_from) == (PriceKind.STALE, date(2026, 12, 1))


@pytest.mark.parametrize("fault", ["500", "html", "reset", "429", "truncate", "401"])
def test_whatever_becomes_of_the_call_the_fallback_price_stands(
    fault: str, emulator: EmulatorServer, shop_says: Any
) -> None:
    shop_says(price=lambda cart, service, rate: rate.base if rate else Decimal("9.95"))
    emulator.faults.add("*", fault, count=None)
    found = fetch_offers(CART, "H2X1Y4")
    assert [(offer.available, offer.price, offer.price_kind) for offer in found] == [
        (True, Decimal("9.95"), PriceKind.FALLBACK)
    ] * 2


def answers_with(monkeypatch: pytest.MonkeyPatch, *told: Rate) -> None:
    class Told:
        def rates(self, request: RateRequest) -> list[Rate]:
            return list(told)

    monkeypatch.setattr(rates, "canada_post", lambda **_: Told())


GOOD = Rate("DOM.XP", "Xpresspost", Decimal(20), Decimal("22.60"), Decimal("2.60"), 2, date(2026, 11, 27), True)


def test_a_service_that_canada_post_does_not_name_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    answers_with(monkeypatch, GOOD)
    economy, express = fetch_offers(CART, "H2X1Y4")
    assert (economy.available, economy.reason) == (False, "Canada Post does not carry this by Expedited Parcel™.")
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


@pytest.mark.parametrize("spoilt", [5, "x", {}, {"rates": 5}, {"rates": [{}], "mailing_date": "x", "asked_at": ""}])
def test_a_cache_that_holds_something_else_is_no_answer(spoilt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliver_to_po.offer.rates.key_of", lambda request: "spoilt")
    cache.set("spoilt", spoilt)
    assert [offer.price for offer in offers(CART, "H2X1Y4")] == [None, None]
    assert [offer.price for offer in fetch_offers(CART, "H2X1Y4")] == [Decimal("14.85"), Decimal("21.40")]


# -- Calls ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_herd_makes_one_call(rate_calls: Callable[[], int], emulator: EmulatorServer) -> None:
    emulator.faults.add("rates", "delay", count=None, seconds=0.3)
    found: list[list[Offer]] = []

    def ask() -> None:
        from django.db import connection

        found.append(fetch_offers(CART, "H2X1Y4"))
        connection.close()

    herd = [threading.Thread(target=ask) for _ in range(8)]
    for one in herd:
        one.start()
    for one in herd:
        one.join()
    assert [[offer.price for offer in each] for each in found] == [[Decimal("14.85"), Decimal("21.40")]] * 8
    assert rate_calls() == 1


def test_what_failed_a_moment_ago_is_not_asked_again(rate_calls: Callable[[], int], emulator: EmulatorServer) -> None:
    emulator.faults.add("rates", "500", count=None)
    fetch_offers(CART, "H2X1Y4")
    tries = rate_calls()
    for _ in range(5):
        fetch_offers(CART, "H2X1Y4")
    assert rate_calls() == tries


def test_a_visitor_over_the_limit_makes_no_call_and_is_answered(rate_calls: Callable[[], int]) -> None:
    def too_many() -> None:
        raise errors.TooManySearches

    assert [offer.available for offer in fetch_offers(CART, "H2X1Y4", before_asking=too_many)] == [True, True]
    assert rate_calls() == 0
    fetch_offers(CART, "H2X1Y4")
    # What is known needs no call, so nothing is counted.
    assert fetch_offers(CART, "H2X1Y4", before_asking=too_many)[0].price == Decimal("14.85")


@pytest.mark.parametrize("change", [Parcel(*map(Decimal, (1, 30, 20, 10))), None])
def test_another_cart_or_another_place_is_another_question(change: Parcel | None, shop_says: Any) -> None:
    fetch_offers(CART, "H2X1Y4")
    if change:
        shop_says(parcels=[change])
        assert [offer.price for offer in offers(CART, "H2X1Y4")] == [None, None]
    else:
        assert [offer.price for offer in offers(CART, "H2X1Y5")] == [None, None]


def test_nothing_personal_is_logged(emulator: EmulatorServer, caplog: pytest.LogCaptureFixture, shop_says: Any) -> None:
    caplog.set_level(logging.DEBUG)
    emulator.faults.add("rates", "500", count=None)
    fetch_offers(CART, "V6B9Z9")
    shop_says(parcels=raises)
    fetch_offers(CART, "V6B9Z9")
    assert "V6B" not in caplog.text


@pytest.mark.parametrize(("days", "believed"), [(-1, False), (0, True), (3, True), (90, True), (91, False)])
def test_no_day_is_promised_on_which_the_parcel_cannot_arrive(
    shop_says: Any, monkeypatch: pytest.MonkeyPatch, days: int, believed: bool
) -> None:
    def said(_client: Any, request: RateRequest) -> list[Rate]:
        day = (request.mailing_date or timezone.localdate()) + timedelta(days)
        return [Rate(each, "", Decimal(10), Decimal(11), Decimal(1), 4, day, True) for each in Service]

    monkeypatch.setattr("deliver_to_po.canadapost.portal.client.PortalCanadaPost.rates", said)
    found = fetch_offers(CART, "K1A0B1")
    assert [offer.price for offer in found] == [10, 10]
    assert [offer.expected_from is not None for offer in found] == [believed, believed]

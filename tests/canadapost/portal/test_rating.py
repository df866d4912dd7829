"""Reading the portal's options, whose JSON nobody has seen: what is missing stays unknown."""

import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.errors import InvalidRequest, Unreadable
from deliver_to_po.canadapost.portal.rating import read_option, read_rates
from deliver_to_po.canadapost.types import OptionInfo, Rate, RateRequest, ShipmentOption
from tests.canadapost.portal.samples import last_request, sample
from tests.canadapost.portal_requests import ACCOUNT, BASE, RATES, make_client
from tests.conformance.schemas import NEEDS_FACTS
from tests.factories import PARCEL


@pytest.mark.parametrize(
    "codes", [["HFP", "LAD"], [{"optionCode": "HFP"}, {"optionCode": "LAD"}], ["HFP", "LAD", {}, None]]
)
def test_codes_of_options_may_be_texts_or_objects(codes: Any) -> None:
    assert read_option("op", {"optionCode": "D2PO", "conflictingOptions": codes}).conflicts == ("HFP", "LAD")


@pytest.mark.parametrize("codes", [7, "HFP", {"optionCode": "HFP"}, True])
def test_codes_that_are_no_list_are_unreadable(codes: Any) -> None:
    with pytest.raises(Unreadable):
        read_option("op", {"optionCode": "D2PO", "conflictingOptions": codes})


def test_an_option_without_its_code_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="Code"):
        read_option("op", {})


@pytest.mark.parametrize("missing", ["base", "due"])
def test_a_price_without_an_amount_is_unreadable_and_no_price_is_an_empty_list(missing: str) -> None:
    row = {"serviceCode": "DOM.EP", "priceDetails": {"base": 2, "due": 2, missing: None}}
    with pytest.raises(Unreadable, match=f"no {missing}"):
        read_rates("op", [row])
    assert read_rates("op", []) == []


def test_a_price_in_another_currency_is_unreadable() -> None:
    row = {"serviceCode": "DOM.EP", "priceDetails": {"base": 2, "due": 2, "currency": "CAD"}}
    assert read_rates("op", [row])[0].due == 2
    row["priceDetails"] = {"base": 2, "due": 2, "currency": "USD"}
    with pytest.raises(Unreadable, match="another currency"):
        read_rates("op", [row])
    with pytest.raises(Unreadable, match="another currency"):
        read_rates("op", [{**row, "priceDetails": {"base": 2, "due": 2}, "currency": "USD"}])


def priced(**changes: Any) -> dict[str, Any]:
    price = {
        "base": 14.2,
        "options": [{"optionCode": "SO", "optionPrice": "1.50"}, {"optionCode": "D2PO"}],
        "adjustments": [{"adjustmentCost": 2.49}, {"adjustmentCost": -1}],
        "taxes": {"gst": {"amt": 0}, "pst": None, "hst": {"amt": 2.17, "percent": 13}},
        "due": 19.36,
    }
    return {"serviceCode": "DOM.EP", "priceDetails": price | changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"due": 19.35},
        {"due": 1.94e1},
        {"options": []},
        {"options": [{"optionPrice": "1,50"}]},
        {"options": {"optionPrice": 1.5}},
        {"adjustments": None},
        {"adjustments": [{"adjustmentCost": "1_49"}]},
        {"taxes": None},
        {"taxes": []},
        {"taxes": "2.17"},
        {"taxes": {"hst": {"percent": 13}}, "due": 17.19},
        {"taxes": {"hst": {}}, "due": 17.19},
        {"taxes": {"hst": 2.17}},
        {"taxes": {"hst": {"amt": "1_0"}}, "due": 27.19},
        {"taxes": {"hst": {"amt": 2.17}, "new": {"amt": 1}}, "due": 20.36},
        {"base": "1_4.2"},
    ],
    ids=str,
)
def test_a_price_is_believed_only_where_its_parts_are_its_amount_due(changes: dict[str, Any]) -> None:
    [right] = read_rates("op", [priced()])
    assert (right.due, right.taxes) == (Decimal("19.36"), Decimal("2.17"))
    with pytest.raises(Unreadable):
        read_rates("op", [priced(**changes)])


@pytest.mark.parametrize(
    ("standard", "days", "day"),
    [
        ({"expectedTransitTime": 2, "expectedDeliveryDate": "soon"}, 2, None),
        ({"expectedTransitTime": "two", "expectedDeliveryDate": "2026-11-26"}, None, date(2026, 11, 26)),
        ([], None, None),
    ],
)
def test_an_expected_day_that_cannot_be_read_costs_that_day_only(standard: Any, days: int | None, day: Any) -> None:
    [rate] = read_rates("op", [priced() | {"serviceStandard": standard}])
    assert (rate.due, rate.transit_days, rate.expected_delivery) == (Decimal("19.36"), days, day)


@NEEDS_FACTS
def test_prices_are_asked_under_the_contract_and_read_with_their_taxes(post: Any) -> None:
    post.post(BASE + "/rating/v1/prices", json=sample("rating_prices_response_shape"))
    [rate] = make_client().rates(RATES)
    assert rate == Rate(
        service="DOM.EP",
        service_name="Expedited Parcel",
        base=Decimal("14.2"),
        due=Decimal("18.86"),
        taxes=Decimal("2.17"),
        transit_days=2,
        expected_delivery=date(2026, 11, 26),
        guaranteed=True,
    )
    assert json.loads(last_request(post).body) == sample("rating_prices_request_d2po") | {
        "customerNumber": ACCOUNT.customer_number,
        "contractId": ACCOUNT.contract_id,
    } | {"services": [service.value for service in RATES.services]}


def test_a_price_without_a_standard_says_nothing_of_the_time(post: Any) -> None:
    row = {"serviceCode": "DOM.EP", "priceDetails": {"base": 2, "due": "2.00"}, "serviceStandard": {}}
    post.post(BASE + "/rating/v1/prices", json=[row])
    [rate] = make_client().rates(RATES)
    assert (rate.transit_days, rate.expected_delivery, rate.taxes) == (None, None, Decimal(0))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"origin_postal_code": "k1a0b1"}, "origin_postal_code"),
        ({"destination_postal_code": ""}, "destination_postal_code"),
        ({"options": ()}, "options"),
        ({"options": (ShipmentOption("D2PO", Decimal(1)),)}, "options"),
        ({"options": (ShipmentOption("D2PO"), ShipmentOption("LAD"))}, "options"),
        ({"services": ("DOM.RP",)}, "services"),
        ({"parcel": dataclasses.replace(PARCEL, weight_kg=Decimal("30.001"))}, "parcel.weight_kg"),
        ({"parcel": dataclasses.replace(PARCEL, length_cm=Decimal(201))}, "parcel.length_cm"),
        ({"mailing_date": date(2026, 11, 24)}, "mailing_date"),
    ],
)
@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_a_price_that_canada_post_does_not_give_is_not_asked_for(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        bodies.rates("rates", RateRequest(**{**RATES._asdict(), **changes}), ACCOUNT)
    assert caught.value.field == field


@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_no_service_named_means_both_and_a_mailing_date_is_sent() -> None:
    options = (ShipmentOption("D2PO"), ShipmentOption("COV", Decimal(100)))
    request = RateRequest("K1A0B1", "K2B7K0", PARCEL, options, services=(), mailing_date=date(2026, 11, 25))
    assert bodies.rates("rates", request, ACCOUNT) == {
        "quoteType": "commercial",
        "customerNumber": "0007023210",
        "contractId": "0040000001",
        "options": [{"optionCode": "D2PO"}, {"optionCode": "COV", "optionAmount": Decimal(100)}],
        "parcelCharacteristics": {"weight": 1.25, "dimensions": {"length": 30.0, "width": 20.0, "height": 10.0}},
        "services": ["DOM.EP", "DOM.XP"],
        "originPostalCode": "K1A0B1",
        "destination": {"domestic": {"postalCode": "K2B7K0"}},
        "expectedMailingDate": "2026-11-25",
    }


@NEEDS_FACTS
def test_what_goes_with_d2po(post: Any) -> None:
    post.get(BASE + "/rating/v1/options/D2PO", json=sample("rating_option_d2po_response_shape"))
    assert make_client().option("D2PO") == OptionInfo("D2PO", ("HFP", "LAD", "DNS"))

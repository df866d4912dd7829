"""Writing the portal's shipments: the request to the letter."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.portal.fields import as_json
from deliver_to_po.canadapost.types import Account, Address, Recipient, Sender, ShipmentOption
from tests.canadapost.portal.samples import sample
from tests.canadapost.portal_requests import ACCOUNT, RATES
from tests.conformance.schemas import NEEDS_FACTS
from tests.factories import SENDER, make_request


def address(line_1: str, postal_code: str, **line_2: str) -> dict[str, str]:
    place = {"city": "Ottawa", "provState": "ON", "countryCode": "CA", "postalZipCode": postal_code}
    return {"addressLine1": line_1, **line_2, **place}


EVERYTHING = {
    "customerRequestId": "0123456789abcdef",
    "groupId": "2026-11-25",
    "requestedShippingPoint": "K1A0B1",
    "providePricingInfo": True,
    "expectedMailingDate": "2026-11-26",
    "deliverySpec": {
        "serviceCode": "DOM.EP",
        "sender": {
            "name": "Zoë",
            "company": "Example Shop",
            "contactPhone": "613-555-0100",
            "addressDetails": address("1 Example St", "K1A0B1", addressLine2="Unit 2"),
        },
        "destination": {
            "name": "Marie-Ève Côté",
            "clientVoiceNumber": "613-555-0199",
            "addressDetails": address("23, rue du Jardin", "K1K4T3", addressLine2="App. 4"),
        },
        "options": [
            {"optionCode": "D2PO", "optionQualifier2": "0000102978"},
            {"optionCode": "COV", "optionAmount": 100.0},
            {"optionCode": "SO"},
        ],
        "parcelCharacteristics": {
            "weight": 1.25,
            "dimensions": {"length": 30.0, "width": 20.0, "height": 10.0},
        },
        "notification": {"email": "marie@example.com", "onShipment": True, "onException": True, "onDelivery": True},
        "printPreferences": {"outputFormat": "4x6", "encoding": "PDF"},
        "preferences": {"showPackingInstructions": False},
        "settlementInfo": {
            "paidByCustomer": "0007023210",
            "contractId": "0040000001",
            "intendedMethodOfPayment": "Account",
        },
        "references": {"customerRef1": "ORDER-1001"},
    },
}

WITHOUT_CONTRACT = Account("0007023210", None)
OF_THE_SAMPLE = make_request(
    request_id="order-1001-a1",
    group_id="",
    office_id="224693",
    sender=Sender("Example Shop Inc.", "613-555-0100", Address("1 Example St", "Ottawa", "ON", "K1A0B1"), "Warehouse"),
    recipient=Recipient(
        "Jane Shopper", "613-555-0123", "shopper@example.com", Address("23 Sample Private", "Ottawa", "ON", "K1K4T3")
    ),
)


def told(line_2: str, name: str, reference: str, **more: Any) -> Any:
    """Return the body of a request whose sender has these."""
    sender = replace(SENDER, name=name, address=replace(SENDER.address, line_2=line_2))
    request = make_request(request_id="0123456789abcdef", sender=sender, reference=reference, **more)
    return as_json(bodies.shipment(request, ACCOUNT, says_payer=True))


def test_the_most_that_a_shipment_says() -> None:
    more: dict[str, Any] = {
        "options": (ShipmentOption("COV", Decimal(100)), ShipmentOption("SO")),
        "mailing_date": date(2026, 11, 26),
    }
    assert told("Unit 2", "Zoë", "ORDER-1001", **more) == EVERYTHING


@pytest.mark.parametrize("blank", ["", " "])
def test_what_is_blank_is_left_out(blank: str) -> None:
    least = deepcopy(EVERYTHING)
    spec: Any = least["deliverySpec"]
    del least["expectedMailingDate"], spec["references"], spec["options"][1:], spec["sender"]["name"]
    del spec["sender"]["addressDetails"]["addressLine2"]
    assert told(blank, blank, blank) == least


@NEEDS_FACTS
def test_without_a_contract_it_is_the_published_request_that_needs_no_manifest() -> None:
    body = bodies.shipment(OF_THE_SAMPLE, WITHOUT_CONTRACT, says_payer=True)
    expected = sample("create_shipment_d2po_nomanifest_request")
    # A receipt is for whoever keeps receipts; we do not.
    del expected["provideReceiptInfo"]
    assert json.loads(json.dumps(as_json(body))) == expected


@pytest.mark.parametrize("group_id", ["", " "])
def test_with_a_contract_there_is_no_shipment_without_a_group(group_id: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        bodies.shipment(make_request(group_id=group_id), ACCOUNT, says_payer=True)
    assert caught.value.field == "group_id"


@pytest.mark.parametrize(
    ("account", "asked"),
    [
        (WITHOUT_CONTRACT, {"quoteType": "counter"}),
        (ACCOUNT, {"quoteType": "commercial", "customerNumber": "0007023210", "contractId": "0040000001"}),
    ],
    ids=["without a contract", "with one"],
)
def test_the_counters_prices_are_asked_for_by_nobody_in_particular(account: Account, asked: dict[str, Any]) -> None:
    body = bodies.rates("rates", RATES, account)
    assert {key: body[key] for key in ("quoteType", "customerNumber", "contractId") if key in body} == asked

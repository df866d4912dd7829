"""Writing the portal's shipments: each part of the body says what was asked, in the words of its own field."""

import json
from dataclasses import replace
from typing import Any

import pytest

from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.portal.rating import build_rates
from deliver_to_po.canadapost.portal.shipping import build_shipment
from deliver_to_po.canadapost.types import Account, Address, Recipient, Sender
from tests.canadapost.portal.samples import sample
from tests.canadapost.portal_requests import ACCOUNT, RATES
from tests.conformance.schemas import NEEDS_FACTS
from tests.factories import PARCEL, RECIPIENT, SENDER, make_request

PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "the weight and each side of the parcel": (
        "parcelCharacteristics",
        {"weight": 1.25, "dimensions": {"length": 30.0, "width": 20.0, "height": 10.0}},
    ),
    "the e-mail that says when the parcel is at the post office": (
        "notification",
        {"email": "marie@example.com", "onShipment": True, "onException": True, "onDelivery": True},
    ),
    "where it comes from": (
        "sender",
        {
            "name": "Zoë",
            "company": "Example Shop",
            "contactPhone": "613-555-0100",
            "addressDetails": {
                "addressLine1": "1 Example St",
                "city": "Ottawa",
                "provState": "ON",
                "countryCode": "CA",
                "postalZipCode": "K1A0B1",
            },
        },
    ),
    "who picks it up": (
        "destination",
        {
            "name": "Marie-Ève Côté",
            "clientVoiceNumber": "613-555-0199",
            "addressDetails": {
                "addressLine1": "23, rue du Jardin",
                "addressLine2": "App. 4",
                "city": "Ottawa",
                "provState": "ON",
                "countryCode": "CA",
                "postalZipCode": "K1K4T3",
            },
        },
    ),
    "the paper of the label": ("printPreferences", {"outputFormat": "4x6", "encoding": "PDF"}),
    "who pays": (
        "settlementInfo",
        {"paidByCustomer": "0007023210", "contractId": "0040000001", "intendedMethodOfPayment": "Account"},
    ),
    "what the shop calls it": ("references", {"customerRef1": "ORDER-1001"}),
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


@pytest.mark.parametrize("what", PARTS)
def test_a_label_is_asked_for_with(what: str) -> None:
    name, part = PARTS[what]
    request = make_request(sender=replace(SENDER, name="Zoë"), recipient=RECIPIENT, parcel=PARCEL)
    assert build_shipment(request, ACCOUNT)["deliverySpec"][name] == part


@NEEDS_FACTS
def test_without_a_contract_it_is_the_published_request_that_needs_no_manifest() -> None:
    expected = sample("create_shipment_d2po_nomanifest_request")
    # A receipt is for whoever keeps receipts; we do not.
    del expected["provideReceiptInfo"]
    assert json.loads(json.dumps(build_shipment(OF_THE_SAMPLE, WITHOUT_CONTRACT))) == expected


@pytest.mark.parametrize("group_id", ["", " "])
def test_with_a_contract_there_is_no_shipment_without_a_group(group_id: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        build_shipment(make_request(group_id=group_id), ACCOUNT)
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
    body = build_rates("rates", RATES, account)
    assert {key: body[key] for key in ("quoteType", "customerNumber", "contractId") if key in body} == asked

"""Every XML request that the client can build is valid by Canada Post's own schemas."""

import dataclasses
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.rules import broken_rules, check_rates
from deliver_to_po.canadapost.types import Account, LabelFormat, OfficeQuery, RateRequest, ShipmentRequest
from deliver_to_po.canadapost.webservices import noncontract
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices.documents import written
from tests.conformance.schemas import NEEDS_FACTS, facts, faults
from tests.strategies import accounts, emails, valid_office_queries, valid_rate_requests, valid_shipment_requests

pytestmark = NEEDS_FACTS
SLOWLY_MADE = settings(suppress_health_check=[HealthCheck.too_slow])


@given(request=valid_shipment_requests(), account=accounts(by_card=False))
@SLOWLY_MADE
def test_a_contract_shipment_is_valid_and_every_text_arrives_as_it_was_given(
    request: ShipmentRequest, account: Account
) -> None:
    assert list(broken_rules(request)) == []
    document = written(API.shipment, bodies.shipment(request, account, says_payer=False))
    assert faults("shipment", document) == []
    root = etree.fromstring(document)
    place = "s:delivery-spec/s:destination/s:"
    sent = {
        name: root.findtext(path, "", {"s": API.shipment.namespace})
        for name, path in {
            "request_id": "s:customer-request-id",
            "name": f"{place}name",
            "line_1": f"{place}address-details/s:address-line-1",
            "city": f"{place}address-details/s:city",
        }.items()
    }
    address = request.recipient.address
    assert sent == {
        "request_id": request.request_id,
        "name": request.recipient.name,
        "line_1": address.line_1,
        "city": address.city,
    }


@given(request=valid_shipment_requests(), email=emails(longest_ending=5))
@SLOWLY_MADE
def test_a_non_contract_shipment_is_valid(request: ShipmentRequest, email: str) -> None:
    recipient = dataclasses.replace(request.recipient, email=email)
    request = request._replace(recipient=recipient, label_format=LabelFormat.PDF)
    assert faults("ncshipment", written(noncontract.API.shipment, noncontract.build_shipment(request))) == []


@given(request=valid_rate_requests(), account=accounts())
@SLOWLY_MADE
def test_a_question_for_a_price_is_valid_with_a_contract_and_without(request: RateRequest, account: Account) -> None:
    check_rates("rates", request)
    for payer in (account, Account(account.customer_number, None)):
        assert faults("rating", written(API.rates, bodies.rates("rates", request, payer))) == []


@given(email=emails())
def test_a_refund_is_valid(email: str) -> None:
    assert faults("shipment", written(API.refund, {"email": email})) == []


@given(email=emails(longest_ending=5))
def test_a_refund_without_a_contract_is_valid(email: str) -> None:
    assert faults("ncshipment", written(noncontract.API.refund, {"email": email})) == []


@given(query=valid_office_queries())
def test_a_search_asks_for_d2po_with_at_most_five_decimals_and_goes_into_an_address(query: OfficeQuery) -> None:
    params = bodies.search_params("find post offices", query, 99)
    assert (params["d2po"], params["maximum"]) == ("true", "50")
    assert urlencode(params).isascii()
    assert all(len(params[name].partition(".")[2]) == 5 for name in {"latitude", "longitude"} & set(params))


@pytest.mark.parametrize(
    ("sample", "schema_name"),
    [("webservices_d2po_shipment_v8_request", "shipment"), ("webservices_d2po_ncshipment_v4_request", "ncshipment")],
)
def test_the_known_samples_are_valid_by_these_schemas(sample: str, schema_name: str) -> None:
    assert faults(schema_name, (facts() / "samples" / f"{sample}.xml").read_bytes()) == []

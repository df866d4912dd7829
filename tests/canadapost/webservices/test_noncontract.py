"""Shipments without a contract: the request to the letter, and what is refused."""

import dataclasses
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any

import pytest
from responses import matchers

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.types import (
    LabelFormat,
    Link,
    RefundTicket,
    ShipmentInfo,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices import noncontract
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.conftest import Wire, headers_sent, make_client, sent
from tests.canadapost.webservices.documents import DESTINATION, NOTIFICATION, PARCEL, exact, request, written
from tests.factories import RECIPIENT, make_request

SHIPMENTS = f"{bodies.HOST}/rs/0007023210/ncshipment"
NON_CONTRACT = f"""<non-contract-shipment xmlns="{bodies.NON_CONTRACT}">
  <requested-shipping-point>K1A0B1</requested-shipping-point>
  <delivery-spec>
    <service-code>DOM.EP</service-code>
    <sender>
      <company>Example Shop</company>
      <contact-phone>613-555-0100</contact-phone>
      <address-details>
        <address-line-1>1 Example St</address-line-1>
        <city>Ottawa</city>
        <prov-state>ON</prov-state>
        <postal-zip-code>K1A0B1</postal-zip-code>
      </address-details>
    </sender>
    {DESTINATION}
    <options>
      <option><option-code>D2PO</option-code><option-qualifier-2>0000102978</option-qualifier-2></option>
    </options>
    {PARCEL}
    {NOTIFICATION}
    <preferences><show-packing-instructions>false</show-packing-instructions></preferences>
    <references>
      <customer-ref-1>0123456789abcdef</customer-ref-1>
      <customer-ref-2>ORDER-1001</customer-ref-2>
    </references>
  </delivery-spec>
</non-contract-shipment>"""


def test_a_shipment_without_a_contract_keeps_its_request_id_as_a_reference() -> None:
    assert exact(written(noncontract.API.shipment, noncontract.build_shipment(request()))) == exact(NON_CONTRACT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label_format": LabelFormat.ZPL}, "label_format"),
        ({"recipient": dataclasses.replace(RECIPIENT, email="m@example.technology")}, "recipient.email"),
        ({"office_id": ""}, "office_id"),
    ],
)
def test_what_goes_only_with_a_contract_is_refused_without(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        noncontract.build_shipment(request(**changes))
    assert caught.value.field == field


def test_an_ending_that_is_just_short_enough_goes_without_a_contract() -> None:
    recipient = dataclasses.replace(RECIPIENT, email="m@example.store")
    spec = noncontract.build_shipment(request(recipient=recipient))["deliverySpec"]
    assert spec["notification"]["email"] == "m@example.store"


def test_a_refund_without_a_contract_is_answered_to_an_address_of_this_older_schema_only(wire: Wire) -> None:
    client = make_client(contract=False)
    with pytest.raises(InvalidRequest) as caught:
        client.refund_shipment("1", "desk@example.technology")
    assert (caught.value.field, caught.value.values, len(wire.calls)) == ("email", {"most": 5}, 0)


def test_a_refund_without_a_contract_is_asked_for_and_answered_in_its_own_words(wire: Wire) -> None:
    names = {"shipment-refund": "non-contract-shipment-refund", bodies.SHIPMENT: bodies.NON_CONTRACT}
    body = reduce(lambda text, old: text.replace(old, names[old]), names, bodies.TICKET)
    wire.post(f"{SHIPMENTS}/1/refund", body=body)
    ticket = make_client(contract=False).refund_shipment("1", "desk@example.com")
    assert ticket == RefundTicket("GT12345678RT", date(2026, 11, 26))
    root = "non-contract-shipment-refund-request"
    assert sent(wire) == exact(f'<{root} xmlns="{bodies.NON_CONTRACT}"><email>desk@example.com</email></{root}>')
    assert headers_sent(wire)["Content-Type"] == noncontract.API.refund.media_type


def test_a_create_without_a_contract_goes_elsewhere(wire: Wire) -> None:
    client = make_client(contract=False)
    wire.post(f"{bodies.HOST}/rs/0007023210/ncshipment", body=bodies.NON_CONTRACT_INFO)
    made = client.create_shipment(make_request())
    links = (Link("label", f"{bodies.HOST}/rs/artifact/1/2/0", "application/pdf"),)
    assert made == ShipmentInfo("406951321983787352", ShipmentStatus.TRANSMITTED, bodies.PIN, links=links)
    assert headers_sent(wire)["Content-Type"] == "application/vnd.cpc.ncshipment-v4+xml"


def test_a_shipment_is_found_among_those_of_these_minutes_by_its_first_reference(wire: Wire) -> None:
    # Whether Canada Post takes the times for its own or for UTC, it is among them.
    for times in ({"from": "202611261355", "to": "202611261410"}, {"from": "202611260855", "to": "202611260910"}):
        found = bodies.non_contract_shipments("0", "1", "2")
        wire.get(SHIPMENTS, body=found, match=[matchers.query_param_matcher(times)])
    # Nothing is asked about what is known to be another's.
    wire.get(f"{SHIPMENTS}/1/details", body=bodies.non_contract_details("", "somebody else's"))
    wire.get(f"{SHIPMENTS}/2/details", body=bodies.non_contract_details("", "ours"))
    wire.get(f"{SHIPMENTS}/2", body=bodies.NON_CONTRACT_INFO)
    sent_at = datetime(2026, 11, 26, 14, tzinfo=UTC)
    [shipment] = make_client(contract=False).find_shipments("ours", sent_at=sent_at, others={"0"})
    assert (shipment.request_id, shipment.status) == ("ours", ShipmentStatus.TRANSMITTED)
    assert shipment.link("label") is not None


def test_what_is_found_counts_though_there_is_no_time_to_ask_about_all(wire: Wire) -> None:
    """Of 70 answers that were lost in one incident none was found."""
    wire.get(SHIPMENTS, body=bodies.non_contract_shipments("1", "2"))
    wire.get(f"{SHIPMENTS}/1/details", body=bodies.non_contract_details("", "ours"))
    wire.get(f"{SHIPMENTS}/1", body=bodies.NON_CONTRACT_INFO)
    wire.get(f"{SHIPMENTS}/2/details", status=503)
    client = make_client(contract=False)
    assert [shipment.request_id for shipment in client.find_shipments("ours")] == ["ours"]
    with pytest.raises(errors.Unavailable):
        client.find_shipments("another", others={"1"})


@pytest.mark.parametrize(
    ("sent_at", "made_at"),
    [
        # Clocks in Ottawa go from 1:59 to 3:00 in March, and from 1:59 back to 1:00 in November.
        (datetime(2026, 3, 8, 6, 58, tzinfo=UTC), "202603080301"),
        (datetime(2026, 11, 1, 5, 58, tzinfo=UTC), "202611010159"),
        (datetime(2026, 11, 1, 5, 58, tzinfo=UTC), "202611010101"),
    ],
)
def test_what_was_made_while_the_clocks_were_changed_is_looked_for_by_both(sent_at: datetime, made_at: str) -> None:
    assert any(times["from"] <= made_at <= times["to"] for times in noncontract.times_around(sent_at))


def test_all_that_a_look_up_asks_shares_one_time_limit(wire: Wire) -> None:
    limits: list[Deadline | None] = []

    def answered(path: str, body: str) -> None:
        def answer(_request: Any) -> tuple[int, dict[str, str], str]:
            limits.append(Deadline.current())
            return 200, {}, body

        wire.add_callback("GET", f"{SHIPMENTS}{path}", answer)

    answered("", bodies.non_contract_shipments("1"))
    answered("/1/details", bodies.non_contract_details("", "ours"))
    answered("/1", bodies.NON_CONTRACT_INFO)
    assert make_client(contract=False).find_shipments("ours")
    assert len(limits) == 4
    assert set(limits) == {limits[0]} != {None}


@pytest.mark.parametrize("answer", [{"body": bodies.non_contract_shipments()}, {"status": 404}])
def test_none_of_these_minutes_is_found(wire: Wire, answer: dict[str, Any]) -> None:
    wire.get(SHIPMENTS, **answer)
    assert make_client(contract=False).find_shipments("ours") == []


def test_a_shipment_has_its_request_id_from_its_details_and_none_without_its_own_id(wire: Wire) -> None:
    client = make_client(contract=False)
    wire.get(f"{SHIPMENTS}/1/details", body=bodies.non_contract_details("", "ours"))
    links = (Link("label", f"{bodies.HOST}/rs/artifact/1/2/0", "application/pdf"),)
    ours = ShipmentInfo("406951321983787352", ShipmentStatus.TRANSMITTED, bodies.PIN, "ours", links)
    wire.get(f"{SHIPMENTS}/1", body=bodies.NON_CONTRACT_INFO)
    assert client.shipment("1") == ours
    wire.replace("GET", f"{SHIPMENTS}/1", body=bodies.NON_CONTRACT_INFO.replace(ours.shipment_id, ""))
    with pytest.raises(errors.Unreadable):
        client.shipment("1")


def test_one_that_cannot_be_read_hides_no_other(wire: Wire) -> None:
    wire.get(SHIPMENTS, body=bodies.non_contract_shipments("1", "2"))
    wire.get(f"{SHIPMENTS}/1/details", body="<html/>")
    wire.get(f"{SHIPMENTS}/2/details", body=bodies.non_contract_details("", "ours"))
    wire.get(f"{SHIPMENTS}/2", body=bodies.NON_CONTRACT_INFO)
    assert len(make_client(contract=False).find_shipments("ours")) == 1

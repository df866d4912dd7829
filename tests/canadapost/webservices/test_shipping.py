"""Shipments under a contract: the request to the letter, and its answers."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from deliver_to_po.canadapost import bodies as asked_by
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import manifests, shipments
from deliver_to_po.canadapost.types import (
    Address,
    LabelFormat,
    Link,
    PaperSize,
    Parcel,
    Sender,
    Service,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentOption,
    ShipmentRequest,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices import noncontract
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.bodies import PIN
from tests.canadapost.webservices.conftest import Wire, make_client
from tests.canadapost.webservices.documents import ACCOUNT, DESTINATION, NOTIFICATION, exact, request, told, written
from tests.factories import SENDER


def test_a_shipment_comes_with_its_links() -> None:
    price = "<shipment-price><due-amount>11.74</due-amount></shipment-price>"
    document = bodies.shipment_info().replace("<links>", f"{price}<links>")
    info = shipments.read_shipment("create", told(API.shipment, document))
    itself = f"{bodies.HOST}/rs/7023210/7023210/shipment/347881315405043891"
    links = (
        Link("self", itself, API.shipment.media_type),
        Link("details", f"{itself}/details", API.shipment.media_type),
        Link("label", f"{bodies.HOST}/rs/artifact/76108cb5192002d5/10238/0", "application/pdf"),
    )
    due = Decimal("11.74")
    assert info == ShipmentInfo("347881315405043891", ShipmentStatus.CREATED, PIN, "request-1", links, due)


def test_details_without_an_address_and_a_list_without_an_id_are_unreadable() -> None:
    nameless = bodies.details("<destination><name>Ann</name></destination>")
    with pytest.raises(Unreadable):
        shipments.read_details("details", told(API.details, nameless))
    for listed in (bodies.shipments(bodies.shipment_info("")), bodies.shipments(hrefs=("/",))):
        with pytest.raises(Unreadable):
            manifests.read_shipment_ids("find by group", told(API.shipments, listed))


def test_details_tell_the_recipients_own_address_and_the_office(wire: Wire) -> None:
    people = bodies.person("destination", "Bureau de poste") + bodies.person("recipient", "Marie-Ève Côté")
    held = shipments.read_details("details", told(API.details, bodies.details(people, status="suspended")))
    assert held == ShipmentDetails(
        status=ShipmentStatus.SUSPENDED,
        service="DOM.EP",
        office_id="0000012345",
        recipient_name="Marie-Ève Côté",
        recipient_address=Address("23, rue du Jardin", "Ottawa", "ON", "K1K4T3", line_2="App. 4"),
        reference="ORDER-1001",
    )
    wire.get(f"{bodies.HOST}/rs/0007023210/ncshipment/1/details", body=bodies.non_contract_details(people))
    assert make_client(contract=False).shipment_details("1") == held._replace(status=ShipmentStatus.TRANSMITTED)


EVERYTHING = f"""<shipment xmlns="{bodies.SHIPMENT}">
  <customer-request-id>0123456789abcdef</customer-request-id>
  <group-id>2026-11-25</group-id>
  <requested-shipping-point>K1A0B1</requested-shipping-point>
  <expected-mailing-date>2026-11-26</expected-mailing-date>
  <provide-pricing-info>true</provide-pricing-info>
  <delivery-spec>
    <service-code>DOM.XP</service-code>
    <sender>
      <name>A &amp; B</name>
      <company>Example Shop</company>
      <contact-phone>613-555-0100</contact-phone>
      <address-details>
        <address-line-1>1 Example St</address-line-1>
        <address-line-2>Unit 2</address-line-2>
        <city>Ottawa</city>
        <prov-state>ON</prov-state>
        <country-code>CA</country-code>
        <postal-zip-code>K1A0B1</postal-zip-code>
      </address-details>
    </sender>
    {DESTINATION}
    <options>
      <option><option-code>D2PO</option-code><option-qualifier-2>0000102978</option-qualifier-2></option>
      <option><option-code>COV</option-code><option-amount>1000</option-amount></option>
      <option><option-code>SO</option-code></option>
    </options>
    <parcel-characteristics>
      <weight>30</weight>
      <dimensions><length>100</length><width>12.5</width><height>0.5</height></dimensions>
    </parcel-characteristics>
    {NOTIFICATION}
    <print-preferences><output-format>4x6</output-format><encoding>ZPL</encoding></print-preferences>
    <preferences><show-packing-instructions>false</show-packing-instructions></preferences>
    <references><customer-ref-1>ORDER-1001</customer-ref-1></references>
    <settlement-info>
      <contract-id>0040000001</contract-id>
      <intended-method-of-payment>Account</intended-method-of-payment>
    </settlement-info>
  </delivery-spec>
</shipment>"""


def document_of(made: ShipmentRequest) -> bytes:
    return written(API.shipment, asked_by.shipment(made, ACCOUNT, says_payer=False))


def test_the_most_that_a_shipment_says() -> None:
    address = dataclasses.replace(SENDER.address, line_2="Unit 2")
    made = request(
        service=Service.XPRESSPOST,
        sender=Sender(SENDER.company, SENDER.phone, address, name="A & B"),
        options=(ShipmentOption("COV", Decimal("1.00E+3")), ShipmentOption("SO")),
        parcel=Parcel(Decimal("30.000"), Decimal("1E+2"), Decimal("0.5"), Decimal("12.50")),
        mailing_date=date(2026, 11, 26),
        label_format=LabelFormat.ZPL,
    )
    assert exact(document_of(made)) == exact(EVERYTHING)


def test_what_is_blank_is_left_out() -> None:
    assert "customerRef2" not in noncontract.build_shipment(request(reference="\xa0 "))["deliverySpec"]["references"]


def test_a_letter_sized_label_is_asked_for_by_its_inches() -> None:
    assert b"<output-format>8.5x11</output-format>" in document_of(request(paper_size=PaperSize.LETTER))

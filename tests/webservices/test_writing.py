"""The documents that are sent, to the letter: order of elements, spelling of numbers, nothing uncalled for."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.types import (
    Account,
    LabelFormat,
    PaperSize,
    Parcel,
    RateRequest,
    Sender,
    Service,
    ShipmentOption,
    ShipmentRequest,
)
from deliver_to_po.canadapost.webservices import charges, noncontract, rating, shipping, xml
from tests.factories import RECIPIENT, SENDER, make_request
from tests.webservices import bodies

ACCOUNT = Account("0007023210", "0040000001")
DESTINATION = """<destination>
  <name>Marie-Ève Côté</name>
  <client-voice-number>613-555-0199</client-voice-number>
  <address-details>
    <address-line-1>23, rue du Jardin</address-line-1>
    <address-line-2>App. 4</address-line-2>
    <city>Ottawa</city>
    <prov-state>ON</prov-state>
    <country-code>CA</country-code>
    <postal-zip-code>K1K4T3</postal-zip-code>
  </address-details>
</destination>"""
NOTIFICATION = """<notification>
  <email>marie@example.com</email>
  <on-shipment>true</on-shipment>
  <on-exception>true</on-exception>
  <on-delivery>true</on-delivery>
</notification>"""
PARCEL = """<parcel-characteristics>
  <weight>1.25</weight>
  <dimensions><length>30</length><width>20</width><height>10</height></dimensions>
</parcel-characteristics>"""

LEAST = f"""<shipment xmlns="{bodies.SHIPMENT}">
  <customer-request-id>0123456789abcdef</customer-request-id>
  <group-id>2026-11-25</group-id>
  <requested-shipping-point>K1A0B1</requested-shipping-point>
  <provide-pricing-info>true</provide-pricing-info>
  <delivery-spec>
    <service-code>DOM.EP</service-code>
    <sender>
      <company>Example Shop</company>
      <contact-phone>613-555-0100</contact-phone>
      <address-details>
        <address-line-1>1 Example St</address-line-1>
        <city>Ottawa</city>
        <prov-state>ON</prov-state>
        <country-code>CA</country-code>
        <postal-zip-code>K1A0B1</postal-zip-code>
      </address-details>
    </sender>
    {DESTINATION}
    <options>
      <option><option-code>D2PO</option-code><option-qualifier-2>0000102978</option-qualifier-2></option>
    </options>
    {PARCEL}
    {NOTIFICATION}
    <print-preferences><output-format>4x6</output-format><encoding>PDF</encoding></print-preferences>
    <preferences><show-packing-instructions>false</show-packing-instructions></preferences>
    <settlement-info>
      <contract-id>0040000001</contract-id>
      <intended-method-of-payment>Account</intended-method-of-payment>
    </settlement-info>
  </delivery-spec>
</shipment>"""

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
      <dimensions><length>100</length><width>0.5</width><height>12.5</height></dimensions>
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

SCENARIO = f"""<mailing-scenario xmlns="{bodies.RATE}">
  <customer-number>0007023210</customer-number>
  <contract-id>0040000001</contract-id>
  <quote-type>commercial</quote-type>
  <options><option><option-code>D2PO</option-code></option></options>
  {PARCEL}
  <services><service-code>DOM.EP</service-code><service-code>DOM.XP</service-code></services>
  <origin-postal-code>K1A0B1</origin-postal-code>
  <destination><domestic><postal-code>H2X1Y4</postal-code></domestic></destination>
</mailing-scenario>"""


def exact(document: bytes | str) -> str:
    """Return a document in its one canonical spelling, blanks between elements left out."""
    parser = etree.XMLParser(remove_blank_text=True)
    source = document if isinstance(document, bytes) else document.encode()
    return str(etree.tostring(etree.fromstring(source, parser), encoding="unicode", pretty_print=True))


def request(**changes: object) -> ShipmentRequest:
    """Return a request under a known id."""
    return make_request(request_id="0123456789abcdef", **changes)


def test_the_least_that_a_shipment_says() -> None:
    assert exact(shipping.build_shipment(request(reference=""), ACCOUNT)) == exact(LEAST)


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
    assert exact(shipping.build_shipment(made, ACCOUNT)) == exact(EVERYTHING)


@pytest.mark.parametrize("blank", ["", " ", "\xa0 "])
def test_what_is_blank_is_left_out(blank: str) -> None:
    address = dataclasses.replace(SENDER.address, line_2=blank)
    made = request(sender=dataclasses.replace(SENDER, name=blank, address=address), reference=blank)
    assert exact(shipping.build_shipment(made, ACCOUNT)) == exact(LEAST)
    assert b"customer-ref-2" not in noncontract.build_shipment(made)


def test_a_letter_sized_label_is_asked_for_by_its_inches() -> None:
    document = shipping.build_shipment(request(paper_size=PaperSize.LETTER), ACCOUNT)
    assert b"<output-format>8.5x11</output-format>" in document


def test_a_shipment_is_never_transmitted_by_its_create() -> None:
    assert b"transmit-shipment" not in shipping.build_shipment(request(), ACCOUNT)


def test_the_document_declares_utf_8_and_writes_accents_as_they_are() -> None:
    document = shipping.build_shipment(request(), ACCOUNT)
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert "Marie-Ève Côté" in document.decode("utf-8")


def test_a_shipment_without_a_contract_keeps_its_request_id_as_a_reference() -> None:
    assert exact(noncontract.build_shipment(request())) == exact(NON_CONTRACT)


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


@pytest.mark.parametrize("contract_id", ["", "12A", "1" * 11])
def test_paying_by_account_needs_a_contract(contract_id: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        shipping.build_shipment(request(), Account("0007023210", contract_id))
    assert caught.value.field == "account.contract_id"


def test_a_commercial_quote_names_customer_and_contract() -> None:
    asked = RateRequest("K1A0B1", "H2X1Y4", make_request().parcel)
    assert exact(rating.build_rate_request(asked, ACCOUNT)) == exact(SCENARIO)


def test_without_a_contract_the_counters_price_is_asked_for_without_a_customer() -> None:
    asked = RateRequest("K1A0B1", "H2X1Y4", make_request().parcel, services=(Service.XPRESSPOST,))
    document = rating.build_rate_request(asked, Account("0007023210", ""))
    assert b"<quote-type>counter</quote-type>" in document
    assert b"customer-number" not in document
    assert document.count(b"<service-code>") == 1


def test_a_refund_needs_an_address_to_answer_to() -> None:
    with pytest.raises(InvalidRequest) as caught:
        charges.build_refund("nobody")
    assert caught.value.field == "email"


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\ufffe", "\ud800"])
def test_what_xml_cannot_carry_is_refused_by_the_name_of_its_element(character: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        xml.write("operation", "urn:test", ("a", [("b", f"x{character}")]))
    assert caught.value.field == "b"


@pytest.mark.parametrize(
    ("number", "written"),
    [("30.000", "30"), ("1E+2", "100"), ("0.10", "0.1"), ("1E-3", "0.001"), ("5000.00", "5000")],
)
def test_numbers_are_written_without_exponent_and_idle_zeros(number: str, written: str) -> None:
    assert xml.decimal_text(Decimal(number)) == written

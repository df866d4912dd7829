"""What a D2PO request must keep, refused before any call."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.rules import broken_rules, check_shipment
from deliver_to_po.canadapost.types import LabelFormat, PaperSize, ShipmentOption, ShipmentRequest
from tests.factories import PARCEL, RECIPIENT, SENDER, make_request


def test_a_complete_request_keeps_every_rule() -> None:
    assert list(broken_rules(make_request())) == []


def _recipient(**changes: Any) -> ShipmentRequest:
    return make_request(recipient=dataclasses.replace(RECIPIENT, **changes))


def _address(**changes: Any) -> ShipmentRequest:
    return _recipient(address=dataclasses.replace(RECIPIENT.address, **changes))


def _parcel(**changes: Any) -> ShipmentRequest:
    return make_request(parcel=dataclasses.replace(PARCEL, **changes))


def _options(*options: ShipmentOption) -> ShipmentRequest:
    return make_request(options=options)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (make_request(service="DOM.RP"), "service"),
        (make_request(office_id=""), "office_id"),
        (make_request(office_id="12345A"), "office_id"),
        (make_request(office_id="1" * 13), "office_id"),
        (make_request(request_id="a" * 33), "request_id"),
        (make_request(group_id=""), "group_id"),
        (make_request(reference="R" * 36), "reference"),
        (_recipient(name=" "), "recipient.name"),
        (_recipient(name="N" * 45), "recipient.name"),
        (_recipient(name="Ann\x00e"), "recipient.name"),
        (_recipient(phone=""), "recipient.phone"),
        (_recipient(phone="555-0123"), "recipient.phone"),
        (_recipient(phone="call me"), "recipient.phone"),
        (_recipient(email=""), "recipient.email"),
        (_recipient(email="marie@côté.ca"), "recipient.email"),
        (_recipient(email="m" * 50 + "@example.com"), "recipient.email"),
        (_address(line_1=""), "recipient.address.line_1"),
        (_address(line_2="x" * 45), "recipient.address.line_2"),
        (_address(city=""), "recipient.address.city"),
        (_address(province="NY"), "recipient.address.province"),
        (_address(postal_code="K1A 0B1"), "recipient.address.postal_code"),
        (make_request(sender=dataclasses.replace(SENDER, company="")), "sender.company"),
        (make_request(sender=dataclasses.replace(SENDER, phone="")), "sender.phone"),
        (_parcel(weight_kg=Decimal(0)), "parcel.weight_kg"),
        (_parcel(weight_kg=Decimal("30.001")), "parcel.weight_kg"),
        (_parcel(weight_kg=Decimal("1.2345")), "parcel.weight_kg"),
        (_parcel(length_cm=Decimal("200.1")), "parcel.length_cm"),
        (_parcel(width_cm=Decimal("20.25")), "parcel.width_cm"),
        (_parcel(height_cm=Decimal(-1)), "parcel.height_cm"),
        (_parcel(length_cm=Decimal(200), width_cm=Decimal(30), height_cm=Decimal(30)), "parcel"),
        (_options(ShipmentOption("LAD")), "options"),
        (_options(ShipmentOption("COD", Decimal(10))), "options"),
        (_options(ShipmentOption("SO"), ShipmentOption("SO")), "options"),
        (_options(ShipmentOption("SO", Decimal(1))), "options"),
        (_options(ShipmentOption("PA18"), ShipmentOption("PA19")), "options"),
        (_options(ShipmentOption("COV")), "options"),
        (_options(ShipmentOption("COV", Decimal("100.01"))), "options"),
        (_options(ShipmentOption("SO"), ShipmentOption("COV", Decimal(5001))), "options"),
        (make_request(label_format=LabelFormat.ZPL, paper_size=PaperSize.LETTER), "label_format"),
    ],
)
def test_a_broken_rule_names_its_field(request_: ShipmentRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_shipment(request_)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "options",
    [
        (ShipmentOption("SO"),),
        (ShipmentOption("COV", Decimal(100)),),
        (ShipmentOption("SO"), ShipmentOption("COV", Decimal(5000))),
        (ShipmentOption("PA19"),),
    ],
)
def test_options_that_go_with_d2po_are_taken(options: tuple[ShipmentOption, ...]) -> None:
    assert list(broken_rules(make_request(options=options))) == []


def test_an_error_text_holds_nothing_of_the_recipient() -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_shipment(_recipient(name="Canary Name" * 5, email="canary@"))
    assert "Canary" not in str(caught.value)
    assert "canary" not in repr(caught.value)

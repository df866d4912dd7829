"""What each field, address, parcel and option must keep."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost.constraints import Rule
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.rules import broken_rules, check_shipment
from deliver_to_po.canadapost.types import ShipmentOption, ShipmentRequest
from tests.factories import PARCEL, RECIPIENT, SENDER, make_request


def _recipient(**changes: Any) -> ShipmentRequest:
    return make_request(recipient=dataclasses.replace(RECIPIENT, **changes))


def _address(**changes: Any) -> ShipmentRequest:
    return _recipient(address=dataclasses.replace(RECIPIENT.address, **changes))


def _parcel(**changes: Any) -> ShipmentRequest:
    return make_request(parcel=dataclasses.replace(PARCEL, **changes))


def _options(*options: ShipmentOption) -> ShipmentRequest:
    return make_request(options=options)


# One request for each way to break a rule, and the field that it breaks.
BREAKING = [
    *((_recipient(name=bad), "recipient.name") for bad in (" ", "\u00a0\u2003", "N" * 45, "Ann ^XA", "Ann ~XA")),
    *((_recipient(name=f"Ann{sign}e"), "recipient.name") for sign in "\x00\t\n\u2028\x85\ud800\ufffe\U0001fffe"),
    *(
        (_recipient(phone=bad), "recipient.phone")
        for bad in ("", "555-0123", "call me", "+1 555 0123", "+508 411", "٦١٣-٥٥٥-٠١٩٩")
    ),
    *(
        (_recipient(email=bad), "recipient.email")
        for bad in ("", "marie@côté.ca", "m" * 50 + "@example.com", "marie@example.com\n")
    ),
    *((_address(line_1=bad), "recipient.address.line_1") for bad in ("", "1\r\n2", "1 ^ Main")),
    *((_address(line_2=bad), "recipient.address.line_2") for bad in ("x" * 45, "1 ^ Main")),
    *((_address(city=bad), "recipient.address.city") for bad in ("", "1 ^ Main")),
    (_address(province="NY"), "recipient.address.province"),
    *((_address(postal_code=bad), "recipient.address.postal_code") for bad in ("K1A 0B1", "K1A0B１")),
    *((make_request(sender=dataclasses.replace(SENDER, company=bad)), "sender.company") for bad in ("", "A~B")),
    (make_request(sender=dataclasses.replace(SENDER, phone="")), "sender.phone"),
    (make_request(sender=dataclasses.replace(SENDER, name="N" * 45)), "sender.name"),
    *(
        (_parcel(weight_kg=Decimal(bad)), "parcel.weight_kg")
        for bad in ("0", "30.001", "1.2345", "NaN", "sNaN", "Infinity", "1." + "0" * 40 + "1")
    ),
    *((_parcel(length_cm=Decimal(bad)), "parcel.length_cm") for bad in ("200.1", "1e999999")),
    (_parcel(width_cm=Decimal("20.25")), "parcel.width_cm"),
    *((_parcel(height_cm=Decimal(bad)), "parcel.height_cm") for bad in ("-1", "NaN")),
    (_parcel(length_cm=Decimal(200), width_cm=Decimal(30), height_cm=Decimal(30)), "parcel"),
    *((_options(ShipmentOption(code)), "options") for code in ("LAD", "COV", "so\nX" * 9)),
    (_options(ShipmentOption("COD", Decimal(10))), "options"),
    (_options(ShipmentOption("SO"), ShipmentOption("SO")), "options"),
    (_options(ShipmentOption("SO", Decimal(1))), "options"),
    (_options(ShipmentOption("PA18"), ShipmentOption("PA19")), "options"),
    (_options(ShipmentOption("COV", Decimal("100.01"))), "options"),
    *(
        (_options(ShipmentOption("SO"), ShipmentOption("COV", Decimal(amount))), "options")
        for amount in ("5001", "100.005", "NaN")
    ),
]


def test_a_broken_field_is_named() -> None:
    for request, field in BREAKING:
        with pytest.raises(InvalidRequest) as caught:
            check_shipment(request)
        assert caught.value.field == field, request


def test_a_broken_rule_can_be_said_in_other_words() -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_shipment(_recipient(name="N" * 45))
    error = caught.value
    assert (error.template, error.values) == (Rule.TOO_LONG, {"length": 45, "most": 44})
    assert error.rule == "has 45 characters, at most 44 fit"
    with pytest.raises(InvalidRequest) as caught:
        check_shipment(_options(ShipmentOption("so\nX" * 9)))
    assert caught.value.values == {"code": "???X???X??"}, "nothing that it might hold is repeated"


@pytest.mark.parametrize(
    "options",
    [
        (ShipmentOption("SO"),),
        (ShipmentOption("COV", Decimal(100)),),
        (ShipmentOption("COV", Decimal("99.99")),),
        (ShipmentOption("COV", Decimal("0.01")),),
        (ShipmentOption("SO"), ShipmentOption("COV", Decimal(5000))),
        (ShipmentOption("PA19"),),
    ],
)
def test_options_that_go_with_d2po_are_taken(options: tuple[ShipmentOption, ...]) -> None:
    assert list(broken_rules(make_request(options=options))) == []


@pytest.mark.parametrize("province", ["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])
def test_every_province_and_territory_is_taken(province: str) -> None:
    assert list(broken_rules(_address(province=province))) == []


@pytest.mark.parametrize("name", ["Renée O’Hara-Côté", "李小龍", "👩‍👩‍👧 Family", "N" * 44])
def test_names_are_taken_as_they_are(name: str) -> None:
    assert list(broken_rules(_recipient(name=name))) == []


@pytest.mark.parametrize("side", ["NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "200.1"])
def test_sides_that_cannot_be_measured_are_named_and_not_added_up(side: str) -> None:
    broken = list(broken_rules(_parcel(length_cm=Decimal(side), width_cm=Decimal(150), height_cm=Decimal(150))))
    assert [one.field for one in broken] == ["parcel.length_cm"]


def test_length_and_girth_are_those_of_the_longest_side_whichever_it_is() -> None:
    for sides in ((200, 30, 20), (20, 200, 30), (30, 20, 200)):
        exactly = dict(zip(("length_cm", "width_cm", "height_cm"), map(Decimal, sides), strict=True))
        assert list(broken_rules(_parcel(**exactly))) == []
        more = {name: side + Decimal("0.1") if side == 30 else side for name, side in exactly.items()}
        assert [one.field for one in broken_rules(_parcel(**more))] == ["parcel"]


def test_trailing_zeros_are_no_decimals() -> None:
    assert list(broken_rules(_parcel(weight_kg=Decimal("1.25000"), length_cm=Decimal("30.000")))) == []

"""One parcel as plain texts: told apart from all others, and never a formula."""

import csv
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest

from deliver_to_po.canadapost.types import ShipmentOption
from deliver_to_po.shipping.files.parcel_fields import FIELDS, fields_of, parcel_reference, ten_digits, without_formula
from tests.factories import PARCEL, RECIPIENT
from tests.shipping.requests import asked

ID = "ab12cd34" * 4


@pytest.mark.parametrize(
    ("reference", "live", "written"),
    [
        ("ORDER-1001", True, "ORDER-1001-AB12CD"),
        ("ORDER-1001", False, "TEST-ORDER-1001-AB12CD"),
        ('=1+1"', True, "1-1-AB12CD"),
        ("é" * 9, True, "AB12CD"),
        ("x" * 99, False, "TEST-" + "x" * 23 + "-AB12CD"),
    ],
)
def test_a_parcels_reference_tells_it_apart_and_fits(reference: str, live: bool, written: str) -> None:
    assert parcel_reference(reference, ID, live=live) == written
    assert len(written) <= 35


def test_every_field_has_its_value() -> None:
    in_gatineau = replace(RECIPIENT.address, city="Gatineau", province="QC", postal_code="J8X2K4")
    request = replace(
        asked(options=(ShipmentOption("COV", Decimal(50)), ShipmentOption("SO"))),
        parcel=replace(PARCEL, weight_kg=Decimal("1.2505")),
        recipient=replace(RECIPIENT, name="Marie Ève Côté", address=in_gatineau),
    )
    values = fields_of(replace(request, request_id=ID))
    assert list(values) == list(FIELDS)
    assert values == {
        "parcel_reference": "TEST-ORDER-1001-AB12CD",
        "reference": "ORDER-1001",
        "office_id": "0000102978",
        "office_name": "Comptoir du Coin",
        "office_address": "3080, av. Carling",
        "office_city": "Ottawa",
        "office_province": "ON",
        "office_postal_code": "K2B7K0",
        "recipient_name": "Marie Ève Côté",
        "recipient_first_name": "Marie",
        "recipient_last_name": "Ève Côté",
        "recipient_address_line_1": "23, rue du Jardin",
        "recipient_address_line_2": "App. 4",
        "recipient_city": "Gatineau",
        "recipient_province": "QC",
        "recipient_postal_code": "J8X2K4",
        "country": "CA",
        "recipient_phone": "6135550199",
        "recipient_email": "marie@example.com",
        "service": "DOM.EP",
        "weight_kg": "1.2505",
        "weight_g": "1251",
        "length_cm": "30",
        "width_cm": "20",
        "height_cm": "10",
        "options": "D2PO COV SO",
        "coverage": "50.00",
        "sender_company": "Example Shop",
        "test": "TEST",
    }
    real = fields_of(replace(request, live=True, options=()))
    assert (real["test"], real["options"], real["coverage"]) == ("", "D2PO", "")


def test_who_has_one_name_has_a_last_name() -> None:
    values = fields_of(asked(recipient=replace(RECIPIENT, name="Plato")))
    assert (values["recipient_first_name"], values["recipient_last_name"]) == ("", "Plato")


@pytest.mark.parametrize("phone", ["+1 (613) 555-0199", "613.555.0199 x 12", "1 613 555 0199"])
def test_a_phone_is_its_ten_digits(phone: str) -> None:
    assert ten_digits(phone) == "6135550199"


@pytest.mark.parametrize("before", ["", " ", "\u2003", "\u200b", '"'])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "＝", "＋"])
def test_before_what_a_spreadsheet_would_calculate_stands_an_apostrophe(before: str, sign: str) -> None:
    assert without_formula(f"{before}{sign}1") == f"'{before}{sign}1"
    assert without_formula(f"1{sign}") == f"1{sign}"


@pytest.mark.parametrize(
    "text",
    [
        "Ann;=2+5;B",
        'Ann;"=2+5";B',
        "Ann; =2+5",
        "Ann\t@SUM(A1:A9)",
        "Ann\n+1;-1",
        "Ann\r\n=2",
        'Ann,";=2+5,;=1',
        ";;=1",
        "\t=1",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_is_a_formula_whichever_sign_divides_cells(text: str, delimiter: str) -> None:
    file = StringIO(newline="")
    csv.writer(file).writerow(["1", without_formula(text), without_formula(text)])
    cells = [cell for row in csv.reader(file.getvalue().splitlines(), delimiter=delimiter) for cell in row]
    assert not [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("text", ["", "Anne-Marie O’Neil", "12; rue Main", "one\n\ntwo"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert without_formula(text) == text

"""CSV files that a spreadsheet opens rightly and safely."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.test import Client

from deliver_to_po.admin.csv_files import safe
from deliver_to_po.core.choices import ParcelState
from deliver_to_po.models import Delivery, Tracking
from tests.admin.browsing import select
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def saved(client: Client, *deliveries: Delivery) -> list[list[str]]:
    response = select(client, "save_as_csv", *deliveries)
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    assert "no-store" in response["Cache-Control"]
    return list(csv.reader(StringIO(content.removeprefix("\ufeff"))))


def test_a_name_is_no_formula_in_a_file(clerk: Clerk) -> None:
    _headings, row = saved(clerk("view_delivery", "view_label"), make_delivery(recipient_name="=1+1;=2"))
    assert row[2] == "'=1+1;'=2"


def test_a_number_below_zero_stays_a_number() -> None:
    assert safe(Decimal("-9.95")) == "-9.95"


def test_a_french_spreadsheet_finds_its_columns_and_its_numbers(clerk: Clerk) -> None:
    """It divides by semicolons, since it takes 9,95 for a number."""
    make_shipment(delivery := make_delivery(reference="A;1"), price=Decimal("9.95"))
    response = select(clerk("view_delivery", "view_label"), "save_as_csv", delivery, language="fr-CA")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="livraisons-')
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    headings, row = csv.reader(StringIO(content), delimiter=";")
    assert len(row) == len(headings)
    assert (row[0], row[14], row[15]) == ("A;1", "1,25", "9,95")


def test_a_file_has_a_row_for_each_parcel_of_what_is_selected(clerk: Clerk) -> None:
    delivery, other = make_delivery(reference="Été-1"), make_delivery(reference="none", live=True)
    make_delivery(reference="not selected")
    for parcel in (1, 2):
        number = f"702321000000001{parcel}"
        shipment = make_shipment(delivery, parcel=parcel, tracking_pin=number, price=Decimal("9.95"))
    at = {"state": ParcelState.ELSEWHERE, "on": date(2026, 11, 26), "office_name": "ROSEMONT"}
    Tracking.objects.create(shipment=shipment, **at)
    headings, *rows = saved(clerk("view_delivery", "view_label"), delivery, other)
    assert [row[6] for row in rows] == ["1.1", "2.1", ""]
    assert [row[9:12] for row in rows] == [
        ["", "", ""],
        ["ready at another post office", "2026-11-26", "ROSEMONT"],
        ["", "", ""],
    ]
    assert [(row[0], row[8], row[15]) for row in rows] == [
        ("Été-1", "7023 2100 0000 0011", "9.95"),
        ("Été-1", "7023 2100 0000 0012", "9.95"),
        ("none", "", ""),
    ]
    assert {len(row) for row in rows} == {len(headings)}
    assert (headings[-1], [row[-1] for row in rows]) == ("TEST", ["TEST", "TEST", ""])

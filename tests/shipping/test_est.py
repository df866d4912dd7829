"""The file for EST 2.0, byte by byte, and what of a parcel it refuses."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from deliver_to_po.canadapost.types import ShipmentOption
from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping import Refused, ShipmentRequest
from deliver_to_po.shipping.est import COLUMNS, Est2File
from deliver_to_po.shipping.objections import worded
from deliver_to_po.testing.shipping_systems import ShippingSystemTests
from tests.conformance.schemas import NEEDS_FACTS, facts
from tests.factories import PARCEL, RECIPIENT
from tests.shipping.requests import asked

ID = "ab12cd34" * 4


def est(**options: Any) -> Est2File:
    return Est2File("est", options)


def written(*requests: ShipmentRequest, **options: Any) -> bytes:
    return est(**options).export(requests).content


def refused(request: ShipmentRequest, **options: Any) -> str:
    answer = est(**options).objection(request)
    assert isinstance(answer, Refused)
    assert answer.reason == Reason.INVALID
    # It is kept without its words: each clerk reads it in a language of their own.
    assert worded(answer.rule) == answer.said
    return answer.said


def to(**changes: Any) -> ShipmentRequest:
    return asked(recipient=replace(RECIPIENT, **changes))


def test_a_parcel_is_a_record_of_44_columns() -> None:
    assert len(COLUMNS) == 44
    content = written(asked(request_id=ID, live=True))
    assert (
        content
        == (
            '3,ORDER-1001-AB12CD,,,Marie-Ève,Côté,,,,"23, rue du Jardin",App. 4,Ottawa,ON,K1K4T3,CA,6135550199,,'
            "marie@example.com,1250,967,30,20,10,,,,0,,,,0,0,,,,,1,0000102978,,,1,,,\r\n"
        ).encode()
    )


def test_options_stand_in_their_columns_and_weights_are_rounded_up() -> None:
    options = (ShipmentOption("SO"), ShipmentOption("COV", Decimal(500)), ShipmentOption("PA19"))
    heavy = replace(PARCEL, weight_kg=Decimal("1.2501"), length_cm=Decimal("30.5"))
    content = written(asked(request_id=ID, live=True, service="DOM.XP", options=options, parcel=heavy))
    assert content.endswith(b",1251,908,30.5,20,10,,,,1,,,,0,1,,,,,1,0000102978,,,1,500.00,,\r\n")


def test_units_encoding_flags_and_columns_are_the_profile_s() -> None:
    options: dict[str, Any] = {
        "COLUMNS": ("parcel_reference", "recipient_city", "weight", "deliver_to_post_office", "signature", "article"),
        "ENCODING": "cp1252",
        "WEIGHT_UNIT": "kg",
        "YES": "Y",
        "NO": "N",
        "ARTICLES": {"DOM.EP": "1"},
        "PARCEL_COLUMN": 1,
        "NUMBER_COLUMN": "PIN",
    }
    request = replace(
        asked(request_id=ID), recipient=replace(RECIPIENT, address=replace(RECIPIENT.address, city="Lévis"))
    )
    assert written(request, **options) == "TEST-ORDER-1001-AB12CD,Lévis,1.25,Y,N,1\r\n".encode("cp1252")


def test_a_letter_in_the_name_of_one_post_office_stops_no_file() -> None:
    one = asked(request_id=ID)
    request = replace(one, office=replace(one.office, name="ᐃᖃᓗᐃᑦ"))
    assert est(ENCODING="cp1252").objection(request) is None
    assert written(request, COLUMNS=("office_name", "office_id"), ENCODING="cp1252") == b"?????,0000102978\r\n"


def test_parcels_of_one_order_are_told_apart_and_tests_are_marked() -> None:
    one, other = (asked(request_id=mark * 32) for mark in "ab")
    lines = written(one, other).decode().splitlines()
    assert [line.split(",")[1] for line in lines] == ["TEST-ORDER-1001-AAAAAA", "TEST-ORDER-1001-BBBBBB"]


@pytest.mark.parametrize("before", ["", "Ann;"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_what_a_spreadsheet_would_calculate_is_refused_with_its_field(before: str, sign: str) -> None:
    said = refused(to(name=f"{before}{sign}HYPERLINK(1)"))
    assert said == f"Recipient’s name: “{sign}” would make it a formula; write it without."


def test_so_is_an_e_mail_address_that_begins_as_a_formula_does() -> None:
    said = refused(to(email="-ann@example.com"))
    assert said == "Recipient’s e-mail address: “-” would make it a formula; write it without."


def test_a_letter_that_the_file_cannot_hold_is_named_in_both_languages() -> None:
    greek = to(name="Ὀδυσσεύς Côté")
    assert est().objection(greek) is None
    assert "cannot hold “Ὀ”" in refused(greek, ENCODING="cp1252")
    with translation.override("fr"):
        assert refused(greek, ENCODING="cp1252").startswith("Nom du destinataire\N{NO-BREAK SPACE}: ")


def test_an_option_without_a_column_is_refused() -> None:
    assert "“PA21”" in refused(asked(options=(ShipmentOption("PA21"),)))


def test_a_rule_of_deliver_to_post_office_comes_first() -> None:
    assert refused(to(phone="")).startswith("Recipient’s phone number: ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"COLUMNS": ("nope",)}, "names nope"),
        ({"COLUMNS": "recipient_name"}, "must be a tuple"),
        ({"ENCODING": "latin-999"}, "is 'latin-999'"),
        ({"WEIGHT_UNIT": "lb"}, "is 'lb'"),
        ({"YES": 1}, "must be texts"),
        ({"ARTICLES": ["967"]}, "must be a dict"),
    ],
)
def test_a_profile_that_cannot_be_is_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r'\["est"\]\["OPTIONS"\]') as caught:
        est(**options)
    assert said in str(caught.value)


def test_it_is_unverified_until_somebody_says_otherwise() -> None:
    assert "unverified" in str(est().unverified)
    assert est(VERIFIED=True).unverified == ""


@NEEDS_FACTS
def test_the_facts_folder_counts_the_same_columns() -> None:
    text = (facts() / "README.md").read_text(encoding="utf-8")
    assert "19 weight, 20 service (article number: 967 Expedited Parcel, 908 Xpresspost" in text
    assert (COLUMNS[18], COLUMNS[19], COLUMNS[36], COLUMNS[37], COLUMNS[40]) == (
        "weight",
        "article",
        "deliver_to_post_office",
        "office_id",
        "notify_recipient",
    )


class TestEst2File(ShippingSystemTests):
    backend = "deliver_to_po.shipping.est.Est2File"

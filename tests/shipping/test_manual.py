"""The file of parcels that are shipped by hand, and what its OPTIONS may say."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping import Handed, NotYet, Refused
from deliver_to_po.shipping.manual import Manual
from deliver_to_po.testing.shipping_systems import ShippingSystemTests
from tests.factories import RECIPIENT
from tests.shipping.requests import asked

ID = "ab12cd34" * 4


def manual(**options: Any) -> Manual:
    return Manual("desk", {"HAS_SHOWN_A_LABEL": True, **options})


def test_the_shop_s_columns_stand_in_its_order_and_formulas_are_texts() -> None:
    columns = {"Order no": "parcel_reference", "Name": "recipient_name", "Depot": "office_id", "kg": "weight_kg"}
    request = replace(asked(request_id=ID), recipient=replace(RECIPIENT, name="=cmd|' /C calc'!A0;=1"))
    content = manual(COLUMNS=columns).export([request]).content
    heading, line = content.decode("utf-8-sig").splitlines()
    assert heading == "Order no,Name,Depot,kg"
    assert line == "TEST-ORDER-1001-AB12CD,'=cmd|' /C calc'!A0;'=1,0000102978,1.25"


def test_without_a_map_every_field_has_a_column() -> None:
    heading, line, end = manual().export([asked(request_id=ID)]).content.decode("utf-8-sig").split("\r\n")
    assert heading.startswith("parcel_reference,reference,office_id,office_name,")
    assert line.startswith('TEST-ORDER-1001-AB12CD,ORDER-1001,0000102978,Comptoir du Coin,"3080, av. Carling",')
    assert end == ""


def test_a_parcel_goes_to_a_clerk_and_one_that_breaks_a_rule_does_not() -> None:
    assert manual().create(asked()) == Handed()
    assert isinstance(manual().create(asked(recipient=replace(RECIPIENT, phone=""))), Refused)


def test_a_letter_that_the_file_cannot_hold_is_named_unless_its_column_is_left_out() -> None:
    request = asked(recipient=replace(RECIPIENT, name="Đặng Nguyễn"))
    assert manual().create(request) == Handed()
    assert manual(ENCODING="cp1252", COLUMNS={"Order": "reference"}).create(request) == Handed()
    refused = manual(ENCODING="cp1252").create(request)
    assert isinstance(refused, Refused)
    assert refused.said == "Recipient’s name: the file cannot hold “Đ”; write it with other letters."


@pytest.mark.parametrize(
    ("part", "label"), [("line_1", "address, first line"), ("line_2", "address, second line"), ("city", "city")]
)
def test_each_part_of_the_address_is_named_for_its_letter(part: str, label: str) -> None:
    address = replace(RECIPIENT.address, **{part: "Đồng"})
    refused = manual(ENCODING="cp1252").create(asked(recipient=replace(RECIPIENT, address=address)))
    assert isinstance(refused, Refused)
    assert refused.said.startswith(f"Recipient’s {label}: the file cannot hold “Đ”")


@pytest.mark.parametrize(("live", "reason"), [(True, Reason.TEST_ONLY), (False, Reason.LIVE_OFF)])
def test_a_test_never_stands_beside_real_parcels(change_settings: Any, live: bool, reason: Reason) -> None:
    change_settings(CANADA_POST={"LIVE": live})
    assert manual().create(asked(live=not live)) == NotYet(reason=reason)
    assert manual().obstacle(live=live) is None


def test_only_the_shop_can_say_that_its_program_makes_such_labels() -> None:
    assert Manual("desk", {}).supports_d2po is False
    with pytest.raises(ImproperlyConfigured, match=r"HAS_SHOWN_A_LABEL.+neither True nor False"):
        Manual("desk", {"HAS_SHOWN_A_LABEL": "yes"})
    assert manual().supports_d2po is True


def test_staff_call_it_as_the_shop_says() -> None:
    assert manual(NAME="Shippo").name == "Shippo"
    with translation.override("fr"):
        assert str(manual().name) == "Poste d’expédition"


@pytest.mark.parametrize("columns", [{}, ["office_id"], {"Depot": "office"}, {1: "office_id"}])
def test_a_column_map_that_cannot_be_is_named(columns: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match=r'\["desk"\]\["OPTIONS"\]\["COLUMNS"\]'):
        manual(COLUMNS=columns)


class TestManual(ShippingSystemTests):
    backend = "deliver_to_po.shipping.manual.Manual"
    options = {"HAS_SHOWN_A_LABEL": True}

"""Making, finding, voiding and refunding shipments."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller


def links(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {link["rel"]: link for link in answer["links"]}


def test_many_at_once_with_one_request_id_make_one_shipment(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = [answer.status_code for answer in pool.map(lambda _: caller.create(body), range(16))]
    assert sorted(statuses) == [200, *[400] * 15]
    assert len(emulator.shipments) == 1


@pytest.mark.parametrize("names", [("request-id", "tracking-pin", "group-id"), ("requestId", "trackingPIN", "groupId")])
def test_a_shipment_is_found_by_each_of_its_numbers_in_both_spellings(
    caller: Caller, body: dict[str, Any], names: tuple[str, ...]
) -> None:
    made = caller.create(body).json()
    for name, value in zip(names, ("request-1", made["trackingPin"], "group-1"), strict=True):
        found = caller.call("GET", caller.shipments, params={name: value}).json()
        assert [link["href"] for link in found] == [links(made)["self"]["href"]]
    assert caller.call("GET", caller.shipments, params={"request-id": "other"}).json() == []


def test_a_group_with_any_name_is_linked(caller: Caller, body: dict[str, Any]) -> None:
    body["groupId"] = "week 7 & été #1"
    made = caller.create(body).json()
    found = caller.call("GET", links(made)["group"]["href"]).json()
    assert [link["href"] for link in found] == [links(made)["self"]["href"]]


def test_searching_by_what_is_not_known_is_searching_by_nothing(caller: Caller) -> None:
    answer = caller.call("GET", caller.shipments, params={"request_id": "a"})
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (400, "9105")


@pytest.mark.parametrize("other", ["no-manifest", "colour"])
def test_searching_by_two_things_at_once_is_refused(caller: Caller, other: str) -> None:
    answer = caller.call("GET", caller.shipments, params={"request-id": "a", other: "true"})
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (400, "9183")


def test_the_label_carries_the_number_and_the_offices_address(caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    office = caller.offices(postalCode="K1A0B1")[0]
    link = links(made)["label"]
    answer = caller.call("GET", link["href"], headers={"Accept": link["mediaType"]})
    page = pypdfium2.PdfDocument(answer.content)[0]
    text = page.get_textpage().get_text_bounded()
    assert [code.text for code in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())] == [made["trackingPin"]]
    assert office["address"]["officeAddress"] in text
    assert "Zoë Nœl" in text
    assert "23 Sample Lane" not in text


def test_a_label_in_another_media_type_is_not_acceptable(caller: Caller, body: dict[str, Any]) -> None:
    href = links(caller.create(body).json())["label"]["href"]
    assert caller.call("GET", href, headers={"Accept": "application/json"}).status_code == 406
    assert caller.call("GET", href, headers={"Accept": "*/*"}).status_code == 406


def test_another_customer_is_refused(caller: Caller, body: dict[str, Any]) -> None:
    own, made = caller.config.customer_number, caller.create(body).json()["shipmentId"]
    for account in (f"0000000001/{own}", f"{own}/0000000001"):
        there = f"/shipping/v1/{account}/shipments"
        for answer in (caller.call("POST", there, json=body), caller.call("GET", f"{there}/{made}")):
            assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (400, "AA003")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(caller: Caller, data: bytes) -> None:
    answer = caller.call("POST", caller.shipments, data=data, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (400, "EMU-SCHEMA")


def test_a_day_with_a_time_zone_is_refused(caller: Caller, body: dict[str, Any]) -> None:
    assert caller.create({**body, "expectedMailingDate": "2026-12-01Z"}).status_code == 400
    assert caller.create({**body, "expectedMailingDate": "2026-12-01"}).status_code == 200


def test_a_body_without_its_media_type_is_refused(caller: Caller) -> None:
    assert caller.call("POST", caller.shipments, data=b"{}").status_code == 415


def test_a_parcel_costs_what_its_post_office_says_with_one_tax(caller: Caller, body: dict[str, Any]) -> None:
    office = caller.offices(postalCode="B3H1A1")[0]["officeId"]
    body["deliverySpec"]["options"] = [{"optionCode": "D2PO", "optionQualifier2": office}]
    price = caller.create({**body, "providePricingInfo": True}).json()["shipmentPrice"]
    # Its recipient lives in Ontario, with 13 %.
    assert (price["gstAmount"], price["hstAmount"]) == (0, round(price["preTaxAmount"] * 0.15, 2))

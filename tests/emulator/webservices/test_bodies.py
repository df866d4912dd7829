"""The XML API: who may call, what Accept must say, and one memory behind both APIs."""

from typing import Any

import pytest
import requests
from lxml import etree

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller

OFFICES = "application/vnd.cpc.postoffice+xml"
SHIPMENT = "application/vnd.cpc.shipment-v8+xml"
NCSHIPMENT = "application/vnd.cpc.ncshipment-v4+xml"
OFFICE_PATH = "/rs/postoffice?d2po=true&postalCode=K1A0B1"


def ask(server: EmulatorServer, path: str, accept: str, method: str = "GET", **more: Any) -> requests.Response:
    auth = more.pop("auth", (server.config.client_id, server.config.client_secret))
    headers = {"Accept": accept, **more.pop("headers", {})}
    return requests.request(method, server.url + path, headers=headers, auth=auth, timeout=10, **more)


def said(answer: requests.Response) -> list[str | None]:
    return [code.text for code in etree.fromstring(answer.content).iter("{*}code")]


@pytest.mark.parametrize("auth", [None, ("emulator", "wrong"), ("é", "x")])
def test_the_right_user_and_password_are_needed(emulator: EmulatorServer, auth: tuple[str, str] | None) -> None:
    pair = tuple(part.encode() for part in auth) if auth else None
    answer = ask(emulator, OFFICE_PATH, OFFICES, auth=pair)
    assert (answer.status_code, said(answer)) == (401, ["E002"])


@pytest.mark.parametrize("accept", ["*/*", "application/xml", "application/json", "application/vnd.cpc.track-v2+xml"])
def test_accept_must_name_the_media_type(emulator: EmulatorServer, accept: str) -> None:
    assert ask(emulator, OFFICE_PATH, accept).status_code == 406


@pytest.mark.parametrize(
    ("document", "begin"),
    [
        (b"", "The body is not well-formed"),
        (b"<shipment", "The body is not well-formed"),
        (b"<shipment/>", "cvc-elt.1"),
        (
            b'<!DOCTYPE x [<!ENTITY a "b">]><shipment xmlns="http://www.canadapost.ca/ws/shipment-v8"/>',
            "A body declares",
        ),
        (b'<shipment xmlns="http://www.canadapost.ca/ws/shipment-v8"/>', "cvc-complex-type.2.4.b"),
        (b'<shipment xmlns="http://www.canadapost.ca/ws/shipment-v8"><x/></shipment>', "cvc-complex-type.2.4.a"),
    ],
)
def test_what_breaks_the_schema_answers_500_from_the_server(
    emulator: EmulatorServer, document: bytes, begin: str
) -> None:
    path = f"/rs/{emulator.config.customer_number}/{emulator.config.customer_number}/shipment"
    answer = ask(emulator, path, SHIPMENT, "POST", data=document, headers={"Content-Type": SHIPMENT})
    text = etree.fromstring(answer.content).findtext(".//{*}description")
    assert (answer.status_code, said(answer)) == (500, ["Server"])
    assert str(text).startswith(begin)


def test_a_shipment_made_over_one_api_is_seen_over_the_other(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    made = caller.create(body).json()
    account = f"/rs/{emulator.config.customer_number}/{emulator.config.customer_number}"
    found = ask(emulator, f"{account}/shipment?groupid=group-1&provideShipmentInfo=true", SHIPMENT)
    info = etree.fromstring(found.content)
    assert info.findtext(".//{*}tracking-pin") == made["trackingPin"]
    assert info.findtext(".//{*}customer-request-id") == "request-1"
    details = ask(emulator, f"{account}/shipment/{made['shipmentId']}/details", SHIPMENT)
    assert etree.fromstring(details.content).findtext(".//{*}recipient/{*}name") == "Zoë Nœl"
    assert ask(emulator, f"{account}/shipment/{made['shipmentId']}", SHIPMENT, "DELETE").status_code == 204
    assert caller.call("GET", caller.shipments, params={"request-id": "request-1"}).json() == []
    label = next(link for link in made["links"] if link["rel"] == "label")
    assert caller.call("GET", label["href"], headers={"Accept": label["mediaType"]}).status_code == 404
    # Its request id stays used.
    assert caller.create(body).json()["errors"][0]["errorCode"] == "7314"


def test_only_shipments_without_a_contract_are_found_by_when_they_were_made(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    number, made = emulator.config.customer_number, caller.create(body).json()["shipmentId"]
    times = "from=202601010000&to=209912310000"
    assert said(ask(emulator, f"/rs/{number}/{number}/shipment?{times}", SHIPMENT)) == ["9105"]
    found = ask(emulator, f"/rs/{number}/ncshipment?{times}", NCSHIPMENT)
    assert (found.status_code, len(etree.fromstring(found.content))) == (200, 0)
    assert ask(emulator, f"/rs/{number}/ncshipment/{made}", NCSHIPMENT).status_code == 404
    assert said(ask(emulator, f"/rs/{number}/ncshipment?from=20261126&to=20261126", NCSHIPMENT)) == ["9105"]
    backwards = "from=209912310000&to=202601010000"
    assert said(ask(emulator, f"/rs/{number}/ncshipment?{backwards}", NCSHIPMENT)) == ["9116"]


def test_of_a_group_only_what_waits_is_found(emulator: EmulatorServer, caller: Caller, body: dict[str, Any]) -> None:
    number, made = emulator.config.customer_number, caller.create(body).json()
    assert [link["rel"] for link in made["links"]].count("refund") == 0
    group = f"/rs/{number}/{number}/shipment?groupId=group-1"
    assert len(etree.fromstring(ask(emulator, group, SHIPMENT).content)) == 1
    emulator.state.transmit_shipment(made["shipmentId"])
    assert len(etree.fromstring(ask(emulator, group, SHIPMENT).content)) == 0


def test_a_body_of_another_media_type_is_not_read(emulator: EmulatorServer) -> None:
    path = f"/rs/{emulator.config.customer_number}/{emulator.config.customer_number}/shipment"
    assert ask(emulator, path, SHIPMENT, "POST", data=b"<x/>", headers={"Content-Type": NCSHIPMENT}).status_code == 415


def test_tracking_is_in_another_namespace_in_other_variants(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    pin = caller.create(body).json()["trackingPin"]
    emulator.move_parcel(pin, "ready")
    spaces = set()
    for variant in ("array", "object"):
        emulator.configure(variant=variant)
        answer = ask(emulator, f"/vis/track/pin/{pin}/detail", "application/vnd.cpc.track-v2+xml")
        spaces.add(etree.QName(etree.fromstring(answer.content)).namespace)
    assert len(spaces) == 2


def test_calls_are_counted_and_faults_planned_by_one_name_for_both_apis(emulator: EmulatorServer) -> None:
    emulator.faults.add("find_offices", "503")
    assert ask(emulator, OFFICE_PATH, OFFICES).status_code == 503
    assert ask(emulator, OFFICE_PATH, OFFICES).status_code == 200
    assert emulator.calls["find_offices"] == 2


@pytest.mark.parametrize("fault", ["401", "403", "404", "429", "500"])
def test_a_fault_speaks_xml_here(emulator: EmulatorServer, fault: str) -> None:
    emulator.faults.add("find_offices", fault)
    answer = ask(emulator, OFFICE_PATH, OFFICES)
    assert answer.status_code == int(fault)
    assert etree.QName(etree.fromstring(answer.content)).localname == "messages"

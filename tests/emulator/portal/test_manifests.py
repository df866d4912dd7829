"""Groups, transmitting them, manifests that take a while, refunds."""

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from deliver_to_po.emulator import shipments
from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller

ADDRESS = {
    "manifestCompany": "Boutique Exemple",
    "phoneNumber": "613-555-0100",
    "addressDetails": {"addressLine1": "1 Example St", "city": "Ottawa", "provState": "ON", "postalZipCode": "K1A0B1"},
}


def account(caller: Caller) -> str:
    return caller.shipments.removesuffix("/shipments")


def transmit(caller: Caller, **changes: Any) -> Any:
    body = {
        "groupIds": ["group-1"],
        "requestedShippingPoint": "K1A0B1",
        "detailedManifests": True,
        "methodOfPayment": "Account",
        "manifestAddress": ADDRESS,
        **changes,
    }
    kept = {name: value for name, value in body.items() if value is not None}
    return caller.call("POST", f"{account(caller)}/manifests", json=kept)


def code(answer: Any) -> str:
    return str(answer.json()["errors"][0]["errorCode"])


def test_a_manifest_takes_as_long_as_it_was_told_to(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    emulator.configure(manifest_waits=2)
    caller.create(body)
    [link] = transmit(caller).json()
    waiting = [caller.call("GET", link["href"]) for _ in range(2)]
    assert [(answer.status_code, code(answer)) for answer in waiting] == [(400, "9153")] * 2
    manifest = caller.call("GET", link["href"]).json()
    links = {link["rel"]: link["href"] for link in manifest["links"]}
    paper = caller.call("GET", links["artifact"], headers={"Accept": "application/pdf"})
    assert paper.content.startswith(b"%PDF")
    assert caller.call("GET", links["artifact"]).status_code == 406
    assert len(caller.call("GET", links["manifestShipments"]).json()) == 1


def test_what_is_transmitted_cannot_be_voided_but_refunded_once(caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    own = f"{caller.shipments}/{made['shipmentId']}"
    assert code(caller.call("POST", f"{own}/refund", json={"email": "a@b.ca"})) == "7291"
    transmit(caller)
    assert code(caller.call("DELETE", own)) == "8064"
    ticket = caller.call("POST", f"{own}/refund", json={"email": "a@b.ca"}).json()
    assert set(ticket) == {"serviceTicketDate", "serviceTicketId"}
    assert code(caller.call("POST", f"{own}/refund", json={"email": "a@b.ca"})) == "7292"


def test_an_excluded_shipment_stays_behind(caller: Caller, body: dict[str, Any]) -> None:
    first = caller.create(body).json()
    second = caller.create(body | {"customerRequestId": "request-2"}).json()
    assert transmit(caller, excludedShipments=[first["shipmentId"]]).status_code == 200
    status = {
        made["shipmentId"]: caller.call("GET", f"{caller.shipments}/{made['shipmentId']}").json()["shipmentStatus"]
        for made in (first, second)
    }
    assert status == {first["shipmentId"]: "created", second["shipmentId"]: "transmitted"}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"groupIds": ["other"]}, "9118"),
        ({"groupIds": ["group-1"] * 51}, "9109"),
        ({"excludedShipments": ["1"]}, "9119"),
        ({"shippingPointId": "1234"}, "9189"),
        ({"shippingPointId": "1234", "requestedShippingPoint": None, "cpcPickupIndicator": True}, "9186"),
        ({"requestedShippingPoint": None, "cpcPickupIndicator": True}, "9187"),
        ({"methodOfPayment": "Cash"}, "1711"),
        ({"customerReference": "x" * 13}, "EMU-SCHEMA"),
    ],
)
def test_a_transmit_that_breaks_a_rule_is_refused(
    caller: Caller, body: dict[str, Any], changes: dict[str, Any], wanted: str
) -> None:
    caller.create(body)
    assert code(transmit(caller, **changes)) == wanted


def test_more_parcels_than_fit_into_one_transmission_are_refused(
    caller: Caller, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipments, "MOST_PARCELS", 1)
    made = [caller.create(body | {"customerRequestId": name}).json()["shipmentId"] for name in ("one", "two")]
    assert code(transmit(caller)) == "9110"
    caller.create(body | {"customerRequestId": "three", "groupId": "group-2"})
    several = {"groupIds": ["group-1", "group-2"]}
    assert code(transmit(caller, **several, excludedShipments=made[:1])) == "9108"
    assert transmit(caller, **several, excludedShipments=made).status_code == 200


def test_nothing_to_transmit_is_refused(caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    assert code(transmit(caller, excludedShipments=[made["shipmentId"]])) == "9122"
    assert len(caller.call("GET", f"{account(caller)}/groups").json()) == 1
    transmit(caller)
    assert caller.call("GET", f"{account(caller)}/groups").json() == []
    assert code(transmit(caller)) == "9122"
    backwards = {"from": "20261127", "to": "20261126"}
    assert code(caller.call("GET", f"{account(caller)}/manifests", params=backwards)) == "9116"


def test_shipments_without_manifest_are_found_by_their_day(caller: Caller, body: dict[str, Any]) -> None:
    caller.create(body)
    del body["groupId"]
    body["transmitShipment"] = True
    body["deliverySpec"]["settlementInfo"] = {"intendedMethodOfPayment": "CreditCard"}
    made, _later = (caller.create(body | {"customerRequestId": name}).json() for name in ("request-2", "request-3"))
    links = {link["rel"]: link["href"] for link in made["links"]}
    assert "refund" in links
    today = caller.call("GET", "/_emulator/manifests").headers["Date"]
    day = parsedate_to_datetime(today).strftime("%Y%m%d")
    asked = {"no-manifest": "true", "date": day, "limit": "1"}
    found = caller.call("GET", caller.shipments, params=asked).json()
    assert [link["href"] for link in found] == [links["self"]]
    assert caller.call("GET", caller.shipments, params={**asked, "date": "20200101"}).json() == []
    assert code(caller.call("GET", caller.shipments, params={"no-manifest": "true"})) == "9105"
    assert code(caller.call("GET", caller.shipments, params={"group-id": "x", "limit": "5"})) == "9185"

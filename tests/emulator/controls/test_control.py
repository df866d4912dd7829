"""The control API, the page, the state in a file, and the command."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller, shipment_body


def test_calls_are_counted_by_operation(caller: Caller) -> None:
    caller.offices(postalCode="K1A0B1")
    caller.offices(postalCode="K1A0B1")
    counted = caller.call("GET", "/_emulator/calls").json()
    assert (counted["token"], counted["find_offices"], counted["create_shipment"]) == (1, 2, 0)


def test_shipments_are_shown_with_the_body_that_made_them(caller: Caller, body: dict[str, Any]) -> None:
    caller.create(body)
    shown = caller.call("GET", "/_emulator/shipments").json()
    assert [shipment["body"] for shipment in shown] == [body]


def test_an_office_is_closed_and_reopened(caller: Caller) -> None:
    office_id = caller.offices(postalCode="K1A0B1")[0]["officeId"]
    control = f"/_emulator/offices/{office_id.lstrip('0')}"
    assert caller.call("POST", f"{control}/close", json={"how": "gone"}).json()["officeId"] == office_id
    assert caller.offices(postalCode="K1A0B1")[0]["officeId"] != office_id
    assert caller.call("POST", f"{control}/reopen").status_code == 204
    assert caller.offices(postalCode="K1A0B1")[0]["officeId"] == office_id
    assert caller.call("POST", f"{control}/close", json={"how": "burnt"}).status_code == 400
    assert caller.call("POST", "/_emulator/offices/1/close").status_code == 404


def test_a_label_waits_as_often_as_it_was_told_to(caller: Caller, body: dict[str, Any]) -> None:
    assert caller.call("POST", "/_emulator/settings", json={"label_waits": 2}).status_code == 200
    href = next(link["href"] for link in caller.create(body).json()["links"] if link["rel"] == "label")
    asked = [caller.call("GET", href, headers={"Accept": "application/pdf"}).status_code for _ in range(3)]
    assert asked == [202, 202, 200]
    assert caller.call("POST", "/_emulator/settings", json={"label_waits": -1}).status_code == 400


def test_a_second_shipment_of_one_request_and_another_shops_lie_in_the_same_group(
    caller: Caller, body: dict[str, Any]
) -> None:
    made = caller.create(body).json()
    control = f"/_emulator/shipments/{made['shipmentId']}/copy"
    double, foreign = (caller.call("POST", control, json=wanted).json() for wanted in ({}, {"reference": "S-77"}))
    first = caller.call("GET", "/_emulator/shipments").json()[0]
    assert {one["group_id"] for one in (first, double, foreign)} == {body["groupId"]}
    assert (double["request_id"], foreign["request_id"] == first["request_id"]) == (first["request_id"], False)
    assert len({one["pin"] for one in (first, double, foreign)}) == 3
    assert foreign["body"]["deliverySpec"]["references"]["customerRef1"] == "S-77"
    assert caller.create(body).status_code == 400


def test_what_is_repeated_after_its_transmission_waits_in_a_new_group(caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    caller.call("POST", f"/_emulator/shipments/{made['shipmentId']}/transmit")
    double = caller.call("POST", f"/_emulator/shipments/{made['shipmentId']}/copy", json={}).json()
    assert (double["group_id"], double["status"]) == (body["groupId"], "created")


def test_a_shipment_can_be_transmitted_from_outside(caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    control = f"/_emulator/shipments/{made['shipmentId']}/transmit"
    assert caller.call("POST", control).status_code == 204
    assert caller.call("DELETE", f"{caller.shipments}/{made['shipmentId']}").status_code == 400


def test_reset_forgets_everything(caller: Caller, body: dict[str, Any]) -> None:
    caller.create(body)
    assert caller.call("POST", "/_emulator/reset").status_code == 204
    assert caller.call("GET", "/_emulator/shipments").json() == []
    assert set(caller.call("GET", "/_emulator/calls").json().values()) == {0}


def test_state_in_a_file_outlives_the_emulator(tmp_path: Path) -> None:
    data = tmp_path / "emulator.sqlite3"
    with EmulatorServer(data=data) as first:
        caller = Caller(first.url, first.config).sign_in()
        office_id = caller.offices(postalCode="K1A0B1")[0]["officeId"]
        pin = caller.create(shipment_body(office_id, first.config.contract_id)).json()["trackingPin"]
    with EmulatorServer(data=data) as second:
        assert [shipment.pin for shipment in second.shipments] == [pin]


def test_it_answers_on_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback only"):
        EmulatorServer(host="192.0.2.1")


@pytest.mark.parametrize(
    "path", ["/nothing", "/shipping/v1/", "/tiles/3/9/0.svg", "/tiles/25/0/0.svg", "/tiles/-1/0/0.svg"]
)
def test_what_does_not_exist_answers_404(caller: Caller, path: str) -> None:
    assert caller.call("GET", path).status_code == 404


def test_the_command_says_where_it_answers_and_who_may_call() -> None:
    command = [sys.executable, "-m", "deliver_to_po.emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = {}
            for line in process.stdout:
                name, _, value = line.strip().partition("  ")
                said[name] = value.strip()
                if name.startswith("Press"):
                    break
            answer = requests.get(said["Canada Post emulator"], timeout=10)
        finally:
            process.terminate()
    assert (answer.status_code, said["CLIENT_ID"], said["CUSTOMER_NUMBER"]) == (200, "emulator", "0007023210")

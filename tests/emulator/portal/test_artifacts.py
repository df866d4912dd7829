"""Labels over the portal: where they lie, and when there is none."""

from typing import Any

import requests

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller


def test_a_label_may_lie_at_another_host_that_wants_no_credentials(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    emulator.configure(label_redirects=True)
    href = next(link["href"] for link in caller.create(body).json()["links"] if link["rel"] == "label")
    sent = caller.call("GET", href, headers={"Accept": "application/pdf"}, allow_redirects=False)
    assert sent.status_code == 302
    elsewhere = sent.headers["Location"]
    assert requests.get(elsewhere, timeout=10).content.startswith(b"%PDF")
    assert requests.get(elsewhere, headers={"Authorization": "Bearer x"}, timeout=10).status_code == 400


def test_a_suspended_shipment_has_no_label(emulator: EmulatorServer, caller: Caller, body: dict[str, Any]) -> None:
    emulator.configure(suspend_shipments=True)
    made = caller.create(body).json()
    assert made["shipmentStatus"] == "suspended"
    assert "label" not in {link["rel"] for link in made["links"]}
    path = f"/_emulator/shipments/{made['shipmentId']}/status"
    assert caller.call("POST", path, json={"status": "created"}).status_code == 204
    again = caller.call("GET", f"{caller.shipments}/{made['shipmentId']}").json()
    assert "label" in {link["rel"] for link in again["links"]}

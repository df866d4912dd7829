"""The page in the browser: parcels moved along and faults planned by its forms."""

from typing import Any

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller


def test_a_parcel_is_moved_along_by_a_button(emulator: EmulatorServer, caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    form = {"shipment": made["shipmentId"], "step": "ready", "office": ""}
    assert caller.call("POST", "/_emulator/page/move", data=form).status_code == 200
    assert "Item available for pickup at post office" in caller.call("GET", "/").text
    assert [event.code for event in emulator.state.events(made["trackingPin"])] == [1701]
    assert caller.call("POST", "/_emulator/page/move", data=form | {"step": "eaten"}).status_code == 400


def test_faults_are_planned_and_cleared_by_buttons(emulator: EmulatorServer, caller: Caller) -> None:
    form = {"operation": "label", "fault": "500", "count": "2", "after": "on"}
    caller.call("POST", "/_emulator/page/faults", data=form)
    [planned] = emulator.faults.as_json()
    assert (planned["operation"], planned["count"], planned["after"]) == ("label", 2, True)
    caller.call("POST", "/_emulator/page/faults", data={"clear": "1"})
    assert emulator.faults.as_json() == []


def test_manifests_are_on_the_page_with_their_paper(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    caller.create(body)
    manifest = emulator.state.add_manifest("1", "1", {"groupIds": ["group-1"], "manifestAddress": MANIFEST_ADDRESS})
    assert manifest.po_number in caller.call("GET", "/").text
    paper = caller.call("GET", f"/_emulator/manifests/{manifest.manifest_id}.pdf")
    assert paper.content.startswith(b"%PDF")
    assert caller.call("GET", "/_emulator/manifests/1.pdf").status_code == 404


MANIFEST_ADDRESS = {"manifestCompany": "Boutique", "addressDetails": {"addressLine1": "1 Main", "city": "Ottawa"}}

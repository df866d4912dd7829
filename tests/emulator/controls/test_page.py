"""The page in the browser: parcels moved along and faults planned by its forms."""

from typing import Any

import pytest

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller


def test_a_parcel_is_moved_along_by_a_button(emulator: EmulatorServer, caller: Caller, body: dict[str, Any]) -> None:
    made = caller.create(body).json()
    form = {"shipment": made["shipmentId"], "step": "ready", "office": ""}
    assert caller.call("POST", "/_emulator/page/move", data=form).status_code == 200
    assert "Item available for pickup at post office" in caller.call("GET", "/").text
    assert [event.code for event in emulator.state.events(made["trackingPin"])] == [1701]


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"step": "eaten"}, 400), ({"office": "1"}, 400), ({"shipment": "1"}, 404)],
)
def test_a_move_that_cannot_be_is_said_on_the_page(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any], changes: dict[str, str], status: int
) -> None:
    made = caller.create(body).json()
    form = {"shipment": made["shipmentId"], "step": "ready", "office": "", **changes}
    answer = caller.call("POST", "/_emulator/page/move", data=form)
    assert answer.status_code == status
    assert '<p role="alert"><strong>The parcel was not moved: ' in answer.text
    assert emulator.state.events(made["trackingPin"]) == []


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


def test_the_page_shows_what_was_planned_and_where_each_parcel_goes(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    body["deliverySpec"]["references"] = {"customerRef1": "<b>A-1</b>"}
    made = caller.create(body).json()
    emulator.faults.add("label", "500", count=None, probability=0.5)
    html = caller.call("GET", "/").text
    for shown in (made["trackingPin"], "no events yet", "until cleared", "0.5", "&lt;b&gt;A-1&lt;/b&gt;"):
        assert shown in html
    assert "<b>" not in html


MANIFEST_ADDRESS = {"manifestCompany": "Boutique", "addressDetails": {"addressLine1": "1 Main", "city": "Ottawa"}}

"""Limits on calls, and the faults that came later."""

from time import monotonic
from typing import Any

import pytest
import requests

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.emulator.throttle import Throttle
from tests.emulator.conftest import Caller

OFFICES = "/postoffice/v1/post-offices?postalCode=K1A0B1"


def test_calls_beyond_the_limit_wait(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.configure(calls_per_minute=2)
    answers = [caller.call("GET", OFFICES) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert caller.call("GET", "/rating/v1/options/D2PO").status_code == 200


def test_a_limit_may_speak_as_the_slm_monitor(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.configure(calls_per_minute=1, throttled_as="slm")
    answers = [caller.call("GET", OFFICES) for _ in range(2)]
    assert "Rejected by SLM Monitor" in answers[1].text


def test_published_limits_hold_where_they_are_wanted(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.configure(published_limits=True)
    path = "/tracking/v1/pins/1/summaries"
    statuses = [caller.call("GET", path).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_there_is_room_again_after_a_minute() -> None:
    throttle = Throttle()
    assert [throttle.wait("x", 2, now) for now in (0, 10, 20)] == [0, 0, 40]
    assert throttle.wait("x", 2, 60.5) == 0


def test_a_dripping_answer_takes_its_time_and_is_whole(emulator: EmulatorServer, caller: Caller) -> None:
    whole = caller.call("GET", OFFICES).json()
    emulator.faults.add("find_offices", "drip", seconds=0.5)
    started = monotonic()
    assert caller.call("GET", OFFICES).json() == whole
    assert monotonic() - started > 0.4


def test_a_request_that_is_repeated_on_its_way_makes_one_shipment(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    emulator.faults.add("create_shipment", "duplicate")
    answer = caller.create(body)
    assert answer.json()["errors"][0]["errorCode"] == "7314"
    assert len(emulator.shipments) == 1


def test_an_answer_may_be_empty_or_in_the_wrong_encoding(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.faults.add("find_offices", "empty")
    emulator.faults.add("find_offices", "encoding")
    assert caller.call("GET", OFFICES).content == b""
    with pytest.raises(UnicodeDecodeError):
        caller.call("GET", OFFICES).content.decode()


def test_the_same_seed_hits_the_same_calls(emulator: EmulatorServer, caller: Caller) -> None:
    def hits() -> list[int]:
        caller.call("POST", "/_emulator/faults/seed", json={"seed": 7})
        emulator.faults.add("find_offices", "500", count=None, probability=0.5)
        statuses = [caller.call("GET", OFFICES).status_code for _ in range(20)]
        emulator.faults.clear()
        return statuses

    first = hits()
    assert first == hits()
    assert set(first) == {200, 500}
    fault = {"operation": "*", "fault": "500", "probability": 2}
    assert caller.call("POST", "/_emulator/faults", json=fault).status_code == 400


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

"""Faults on request, before and after the work is done."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import pytest
import requests

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller

OFFICES = "/postoffice/v1/post-offices?postalCode=K1A0B1"
FAULTS = "/_emulator/faults"


def test_a_reset_before_the_work_leaves_nothing(emulator: EmulatorServer, caller: Caller, body: dict[str, Any]) -> None:
    emulator.faults.add("create_shipment", "reset")
    with pytest.raises(requests.ConnectionError):
        caller.create(body)
    assert emulator.shipments == []
    assert caller.create(body).status_code == 200


def test_a_reset_after_the_work_leaves_a_shipment_without_an_answer(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    emulator.faults.add("create_shipment", "reset", after=True)
    with pytest.raises(requests.ConnectionError):
        caller.create(body)
    found = caller.call("GET", caller.shipments, params={"request-id": "request-1"}).json()
    assert len(found) == len(emulator.shipments) == 1


def test_a_delay_after_the_work_outlasts_the_clients_patience(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    emulator.faults.add("create_shipment", "delay", seconds=30, after=True)
    with pytest.raises(requests.ReadTimeout):
        caller.create(body, timeout=0.3)
    assert len(emulator.shipments) == 1


def test_what_is_still_delayed_at_a_reset_is_never_done(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    """Else the shipment of one test appears, seconds later, among those of another."""
    emulator.faults.add("create_shipment", "delay", seconds=30)
    with ThreadPoolExecutor(1) as pool:
        delayed = pool.submit(caller.create, body, timeout=20)
        while emulator.faults.as_json():
            sleep(0.01)
        emulator.reset()
        with pytest.raises(requests.ConnectionError):
            delayed.result(timeout=20)
    assert emulator.shipments == []


def test_stopping_ends_a_delay_at_once() -> None:
    server = EmulatorServer()
    server.start()
    server.faults.add("find_offices", "delay", seconds=60)
    started = monotonic()
    with pytest.raises(requests.ReadTimeout):
        requests.get(server.url + OFFICES, timeout=0.2)
    server.stop()
    assert monotonic() - started < 10


@pytest.mark.parametrize("status", ["401", "403", "429", "500", "503"])
def test_a_status_is_answered_as_often_as_asked(caller: Caller, status: str) -> None:
    fault = {"operation": "find_offices", "fault": status, "count": 2, "seconds": 7}
    assert caller.call("POST", FAULTS, json=fault).status_code == 201
    answers = [caller.call("GET", OFFICES) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [int(status), int(status), 200]
    assert answers[0].headers.get("Retry-After") == ("7" if status in ("429", "503") else None)


@pytest.mark.parametrize("fault", ["garbage", "html", "truncate"])
def test_an_unreadable_answer_says_success(emulator: EmulatorServer, caller: Caller, fault: str) -> None:
    emulator.faults.add("*", fault, after=True)
    answer = caller.call("GET", OFFICES)
    assert answer.status_code == 200
    with pytest.raises((requests.JSONDecodeError, UnicodeDecodeError)):
        answer.json()


def test_throttling_speaks_as_canada_post_does(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.faults.add("find_offices", "slm")
    assert "Rejected by SLM Monitor" in caller.call("GET", OFFICES).text


def test_a_fault_hits_only_its_operation_until_it_is_cleared(caller: Caller) -> None:
    caller.call("POST", FAULTS, json={"operation": "label", "fault": "500", "count": None})
    assert caller.call("GET", OFFICES).status_code == 200
    assert [fault["operation"] for fault in caller.call("GET", FAULTS).json()] == ["label"]
    assert caller.call("DELETE", FAULTS).status_code == 204
    assert caller.call("GET", FAULTS).json() == []


@pytest.mark.parametrize(
    "fault",
    [
        [],
        {"operation": "label"},
        {"operation": "labels", "fault": "500"},
        {"operation": "label", "fault": "explode"},
        {"operation": "label", "fault": "99"},
        {"operation": "label", "fault": "500", "count": 0},
        {"operation": "label", "fault": "500", "count": "many"},
        {"operation": "label", "fault": "delay", "seconds": -1},
        {"operation": "label", "fault": "delay", "seconds": "soon"},
        {"operation": "label", "fault": "500", "surprise": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(caller: Caller, fault: object) -> None:
    answer = caller.call("POST", FAULTS, json=fault)
    assert answer.status_code == 400
    assert caller.call("GET", FAULTS).json() == []


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

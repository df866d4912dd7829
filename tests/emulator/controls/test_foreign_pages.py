"""What a web page from elsewhere may do with an emulator on this machine: nothing but show its map tiles."""

from typing import Any

import pytest

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller

CONTROL = ["/", "/_emulator/", "/_emulator/shipments", "/_emulator/calls"]
EVERYWHERE = [*CONTROL, "/postoffice/v1/post-offices?postalCode=K1A0B1", "/rs/postoffice", "/tiles/3/2/2.svg"]
FAULT = {"operation": "label", "fault": "500", "count": "1"}


def loopback_hosts(emulator: EmulatorServer) -> list[str]:
    return [f"{name}:{emulator.port}" for name in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]")]


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "evil.example", "localhost", "127.0.0.1:1", "localhost:{port}.x"]
)
def test_a_name_that_is_not_this_machines_is_refused(caller: Caller, path: str, host: str) -> None:
    answer = caller.call("GET", path, headers={"Host": host.format(port=caller.port), "Accept": "*/*"})
    assert answer.status_code == 403
    assert f"localhost:{caller.port}" in answer.text


def test_every_loopback_name_is_answered(emulator: EmulatorServer, caller: Caller) -> None:
    statuses = [
        caller.call("GET", path, headers={"Host": host}).status_code
        for host in loopback_hosts(emulator)
        for path in CONTROL
    ]
    assert set(statuses) == {200}


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://localhost", "http://127.0.0.1:1", "https://localhost:{port}"]
)
def test_another_sites_page_cannot_plan_a_fault(emulator: EmulatorServer, caller: Caller, origin: str) -> None:
    headers = {"Origin": origin.format(port=emulator.port)}
    answers = [
        caller.call("POST", "/_emulator/page/faults", data=FAULT, headers=headers),
        caller.call("POST", "/_emulator/faults", json=FAULT | {"count": 1}, headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Origin" in answers[0].json()["moreInformation"]
    assert emulator.faults.as_json() == []


@pytest.mark.parametrize("path", CONTROL)
def test_another_sites_page_cannot_read_either(caller: Caller, path: str) -> None:
    marks = ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"})
    assert [caller.call("GET", path, headers=mark).status_code for mark in marks] == [403, 403]


def test_a_request_without_origin_that_a_browser_marks_as_cross_site_changes_nothing(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    caller.create(body)
    answer = caller.call("POST", "/_emulator/reset", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, len(emulator.shipments)) == (403, 1)
    assert "cross-site" in answer.json()["moreInformation"]


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_its_own_page_may_plan_a_fault(emulator: EmulatorServer, caller: Caller, site: str) -> None:
    for host in loopback_hosts(emulator):
        headers = {"Host": host, "Origin": f"http://{host.lower()}", "Sec-Fetch-Site": site}
        answer = caller.call("POST", "/_emulator/page/faults", data=FAULT, headers=headers, allow_redirects=False)
        assert answer.status_code == 303
    assert len(emulator.faults.as_json()) == 4


def test_a_shops_page_shows_map_tiles(caller: Caller) -> None:
    marks = {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}
    assert caller.call("GET", "/tiles/3/2/2.svg", headers=marks).status_code == 200


def test_a_refusal_is_said_in_french_to_who_reads_french(caller: Caller) -> None:
    headers = {"Host": "evil.example", "Accept-Language": "fr-CA"}
    assert "cet ordinateur" in caller.call("GET", "/_emulator/", headers=headers).json()["moreInformation"]


def test_the_page_cannot_be_framed(caller: Caller) -> None:
    policy = caller.call("GET", "/").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy

"""Parcels that are moved along, and what tracking says of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller


@pytest.fixture
def made(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """A shipment that was made."""
    answer: dict[str, Any] = caller.create(body).json()
    return answer


def details(caller: Caller, pin: str) -> dict[str, Any]:
    return dict(caller.call("GET", f"/tracking/v1/pins/{pin}/details").json())


def chosen(body: dict[str, Any]) -> str:
    office_id: str = body["deliverySpec"]["options"][0]["optionQualifier2"]
    return office_id.lstrip("0")


def test_a_transmitted_parcel_is_announced_once(caller: Caller, made: dict[str, Any]) -> None:
    for _ in range(2):
        caller.call("POST", f"/_emulator/shipments/{made['shipmentId']}/transmit")
    events = details(caller, made["trackingPin"])["significantEvents"]
    assert [event["eventIdentifier"] for event in events] == ["3000"]


def test_events_come_newest_first_with_the_chosen_office(
    emulator: EmulatorServer, caller: Caller, made: dict[str, Any], body: dict[str, Any]
) -> None:
    pin = made["trackingPin"]
    for step in ("announced", "in_transit", "to_post_office", "ready", "reminded", "collected"):
        emulator.move_parcel(pin, step)
    events = details(caller, pin)["significantEvents"]
    codes = [int(event["eventIdentifier"]) for event in events]
    assert codes == [1408, 156, 1701, 1703, 170, 1302, 3000]
    assert [event["eventRetailLocationId"] for event in events] == [*[chosen(body)] * 3, *[None] * 4]


def test_a_parcel_may_be_ready_at_another_office(caller: Caller, made: dict[str, Any]) -> None:
    other = caller.offices(postalCode="H2X1Y4")[0]
    move = {"step": "ready", "office_id": other["officeId"].lstrip("0"), "at": "2026-11-26T10:05:00"}
    moved = caller.call("POST", f"/_emulator/shipments/{made['shipmentId']}/move", json=move)
    assert moved.status_code == 201
    [event] = details(caller, made["trackingPin"])["significantEvents"]
    assert event["eventRetailLocationId"] == other["officeId"].lstrip("0")
    assert (event["eventDate"], event["eventTime"]) == ("2026-11-26", "10:05:00")


def test_an_event_is_told_by_the_clock_of_where_it_is_in_summer_too(
    emulator: EmulatorServer, caller: Caller, made: dict[str, Any]
) -> None:
    # The office is in Ontario.
    emulator.move_parcel(made["trackingPin"], "ready", at=datetime(2026, 7, 2, 2, 30, tzinfo=UTC))
    [event] = details(caller, made["trackingPin"])["significantEvents"]
    told = (event["eventDate"], event["eventTime"], event["eventTimeZone"])
    assert told == ("2026-07-01", "22:30:00", "EDT")


def test_a_parcel_may_go_back_to_its_sender(
    emulator: EmulatorServer, caller: Caller, made: dict[str, Any], body: dict[str, Any]
) -> None:
    for day, step in enumerate(("ready", "returning", "returned"), start=1):
        emulator.move_parcel(made["trackingPin"], step, at=datetime.fromisoformat(f"2026-11-{day:02d}T12:00:00"))
    events = details(caller, made["trackingPin"])["significantEvents"]
    assert [int(event["eventIdentifier"]) for event in events] == [1496, 1415, 1701]
    assert [event["eventRetailLocationId"] for event in events] == [None, chosen(body), chosen(body)]


def test_any_event_can_happen_by_its_number(caller: Caller, made: dict[str, Any]) -> None:
    path = f"/_emulator/shipments/{made['shipmentId']}/events"
    assert caller.call("POST", path, json={"code": 161}).status_code == 201
    assert caller.call("POST", path, json={"code": "many"}).status_code == 400
    assert caller.call("GET", path).json()[0]["code"] == 161


@pytest.mark.parametrize("move", [{"step": "eaten"}, {"step": "ready", "office_id": "1"}, {"step": "ready", "at": "x"}])
def test_a_step_that_makes_no_sense_is_refused(caller: Caller, made: dict[str, Any], move: dict[str, str]) -> None:
    assert caller.call("POST", f"/_emulator/shipments/{made['shipmentId']}/move", json=move).status_code == 400


def test_descriptions_come_in_french_when_asked_for(
    emulator: EmulatorServer, caller: Caller, made: dict[str, Any]
) -> None:
    emulator.move_parcel(made["trackingPin"], "ready")
    caller.headers["Accept-Language"] = "fr-CA"
    [event] = details(caller, made["trackingPin"])["significantEvents"]
    assert event["eventDescription"] == "Article peut être ramassé au bureau de poste"


def test_outages_are_told(caller: Caller) -> None:
    outage = {"text": "Tonight", "starts_at": "2026-11-28T21:00:00-05:00", "ends_at": "2026-11-29T04:00:00-05:00"}
    assert caller.call("POST", "/_emulator/outages", json=outage).status_code == 201
    path = "/serviceinfo/v1/shipments-service"
    [told] = caller.call("GET", path, params={"message-type": "SO"}).json()
    assert (told["messageText"], told["fromDatetime"]) == ("Tonight", outage["starts_at"])
    assert caller.call("GET", path).status_code == 400
    assert caller.call("POST", "/_emulator/outages", json=outage | {"ends_at": "2026-11-29"}).status_code == 400
    assert caller.call("DELETE", "/_emulator/outages").status_code == 204
    assert caller.call("GET", path, params={"message-type": "SO"}).json() == []


def test_a_parcel_is_found_by_either_of_its_two_references(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    body["deliverySpec"]["references"] = {"costCentre": "C-1", "customerRef1": "A-1", "customerRef2": "B-1"}
    emulator.move_parcel(caller.create(body).json()["trackingPin"], "in_transit")
    today, day = datetime.now(UTC).date(), timedelta(days=1)
    days = {"mailing-date-from": f"{today - day}", "mailing-date-to": f"{today + day}"}

    def found(reference: str) -> dict[str, Any]:
        asked = {"reference-number": reference, **days}
        [row] = caller.call("GET", "/tracking/v1/refs/summaries", params=asked).json()
        return dict(row)

    for reference in ("A-1", "B-1"):
        assert (found(reference)["customerRef1"], found(reference)["customerRef2"]) == ("A-1", "B-1")
    assert found("C-1")["error"]["code"] == "004"

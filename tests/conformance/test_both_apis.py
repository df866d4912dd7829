"""One suite of behaviour for both APIs: whoever calls need not know which one is spoken."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.deadline import Deadline
from deliver_to_po.canadapost.calling.transport import Answer, Transport
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.identifiers import comparable_office_id, is_tracking_number
from deliver_to_po.canadapost.types import (
    Manifest,
    NearAddress,
    NearCoordinates,
    NearPostalCode,
    PostOffice,
    RateRequest,
    Service,
    ShipmentOption,
    ShipmentStatus,
    TransmitRequest,
)
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.catalogue import SERVICES
from deliver_to_po.emulator.server import EmulatorServer
from tests.factories import PARCEL, RECIPIENT, SENDER, make_request
from tests.ways import WITHOUT_CONTRACT, call_of

QUERY = NearPostalCode("K1A0B1")


def test_the_nearest_offices_come_nearest_first_with_all_that_a_buyer_sees(client: CanadaPost) -> None:
    offices = client.find_offices(QUERY, maximum=7)
    distances = [office.distance_km for office in offices if office.distance_km is not None]
    assert len(distances) == 7
    assert distances == sorted(distances)
    assert all(o.name and o.street and o.city and o.province and o.postal_code and o.coordinates for o in offices)


def test_an_office_is_found_at_its_own_coordinates_and_at_its_own_street(
    client: CanadaPost, nearby: PostOffice
) -> None:
    assert nearby.coordinates is not None
    there = client.find_offices(NearCoordinates(nearby.coordinates))
    street = nearby.street.split(",")[0].lstrip("0123456789-, ")
    named = client.find_offices(NearAddress(nearby.province, nearby.city, street))
    assert there[0].office_id == nearby.office_id
    assert nearby.office_id in [office.office_id for office in named]


def test_both_apis_say_the_same_of_an_office(emulator: EmulatorServer) -> None:
    portal, xml = canada_post(api="portal"), canada_post(api="webservices")
    for one, other in zip(portal.find_offices(QUERY), xml.find_offices(QUERY), strict=True):
        assert comparable_office_id(one.office_id) == comparable_office_id(other.office_id)
        assert dataclasses.replace(one, office_id="", distance_km=None) == dataclasses.replace(
            other, office_id="", distance_km=None
        )
    office = portal.find_offices(QUERY)[0].office_id
    assert portal.office(office).hours == xml.office(office.zfill(10)).hours


@pytest.mark.parametrize("service", Service)
def test_a_shipment_is_made_found_again_and_is_what_was_asked_for(
    client: CanadaPost, nearby: PostOffice, service: Service
) -> None:
    request = make_request(office_id=nearby.office_id, service=service)
    made = client.create_shipment(request)
    [found] = client.find_shipments(request.request_id)
    details = client.shipment_details(found.shipment_id)
    assert made.status == ShipmentStatus.CREATED
    assert is_tracking_number(made.tracking_pin)
    assert (found.shipment_id, found.request_id) == (made.shipment_id, request.request_id)
    assert (comparable_office_id(details.office_id), details.service) == (
        comparable_office_id(nearby.office_id),
        service,
    )
    assert (details.recipient_name, details.recipient_address) == (RECIPIENT.name, RECIPIENT.address)


def test_the_calls_of_a_search_share_one_time_limit(client: CanadaPost, monkeypatch: pytest.MonkeyPatch) -> None:
    call, limits = Transport.call, []

    def noted(transport: Transport, *arguments: Any, **more: Any) -> Answer:
        limits.append(Deadline.current())
        return call(transport, *arguments, **more)

    monkeypatch.setattr(Transport, "call", noted)
    assert client.find_shipments("not-there") == []
    assert len(limits) > 1
    assert len(set(limits)) == 1


@pytest.mark.parametrize("way", WITHOUT_CONTRACT, indirect=True)
def test_without_a_contract_a_shipment_is_charged_at_once_found_again_and_refunded(
    way: str, emulator: EmulatorServer
) -> None:
    client = canada_post()
    office = client.find_offices(QUERY)[0]
    request = make_request(office_id=office.office_id, group_id="")
    made, other = client.create_shipment(request), client.create_shipment(make_request(office_id=office.office_id))
    [found] = client.find_shipments(request.request_id)
    assert (found.shipment_id, found.request_id) == (made.shipment_id, request.request_id)
    assert {made.status, found.status} == {ShipmentStatus.TRANSMITTED}
    assert client.label(found).content == client.label(made).content
    details = client.shipment_details(found.shipment_id)
    assert (comparable_office_id(details.office_id), details.recipient_name, details.recipient_address) == (
        comparable_office_id(office.office_id),
        RECIPIENT.name,
        RECIPIENT.address,
    )
    assert client.find_shipments("0" * 32) == []
    assert client.shipment(made.shipment_id).request_id == request.request_id
    assert client.find_by_day(datetime.now(UTC).date()) == [made.shipment_id, other.shipment_id]
    assert client.refund_shipment(made.shipment_id, "shop@example.com").ticket_id
    assert len(emulator.shipments) == 2


@pytest.mark.parametrize("way", WITHOUT_CONTRACT, indirect=True)
def test_without_a_contract_prices_are_those_of_the_counter(way: str) -> None:
    rates = canada_post().rates(RateRequest("K1A0B1", "H2X1Y4", PARCEL))
    assert {rate.service for rate in rates} == set(Service)


@pytest.mark.parametrize("way", WITHOUT_CONTRACT, indirect=True)
@pytest.mark.parametrize(("card", "code"), [("none", "9174"), ("declined", "1182")])
def test_a_card_that_cannot_be_charged_is_a_refusal_with_its_code(
    way: str, emulator: EmulatorServer, card: str, code: str
) -> None:
    client = canada_post()
    office = client.find_offices(QUERY)[0]
    emulator.configure(card=card)
    with pytest.raises(errors.Refused) as caught:
        client.create_shipment(make_request(office_id=office.office_id))
    assert caught.value.codes == (code,)
    assert emulator.shipments == []


def test_a_shipment_is_found_by_its_request_id_and_in_its_group(client: CanadaPost, nearby: PostOffice) -> None:
    request = make_request(office_id=nearby.office_id, group_id="a group")
    made = client.create_shipment(request)
    assert [i.shipment_id for i in client.find_shipments(request.request_id)] == [made.shipment_id]
    assert client.find_by_group("a group") == [made.shipment_id]
    held = client.shipment(made.shipment_id)
    assert (held.request_id, held.tracking_pin) == (request.request_id, made.tracking_pin)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service": "DOM.RP"}, "service"),
        ({"recipient": dataclasses.replace(RECIPIENT, name=" ")}, "recipient.name"),
        ({"options": (ShipmentOption("COV", Decimal("100.01")),)}, "options"),
    ],
)
def test_what_d2po_forbids_is_refused_before_any_call(
    client: CanadaPost, nearby: PostOffice, emulator: EmulatorServer, changes: dict[str, Any], field: str
) -> None:
    before = emulator.calls
    with pytest.raises(errors.InvalidRequest) as caught:
        client.create_shipment(make_request(**{"office_id": nearby.office_id, **changes}))
    assert caught.value.field == field
    assert emulator.calls == before


def test_a_service_that_the_contract_lacks_hides_the_price_of_no_other(
    client: CanadaPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = RateRequest("K1A0B1", "H2X1Y4", PARCEL)
    for lacking, services in ((Service.XPRESSPOST, [Service.EXPEDITED_PARCEL]), (Service.EXPEDITED_PARCEL, [])):
        monkeypatch.setitem(SERVICES, lacking, dataclasses.replace(SERVICES[lacking], options=()))
        assert [rate.service for rate in client.rates(question)] == services
        assert [rate.service for rate in client.rates(question._replace(services=()))] == services


def test_a_number_is_found_by_the_reference_that_the_parcel_carries(
    client: CanadaPost, nearby: PostOffice, emulator: EmulatorServer
) -> None:
    today = datetime.now(UTC).date()
    request = make_request(office_id=nearby.office_id, reference="A-1001-4F")
    pins = [client.create_shipment(request._replace(request_id=uuid4().hex)).tracking_pin for _ in "ab"]
    long_ago, lately = today - timedelta(days=59), today - timedelta(days=1)
    # What Canada Post has not seen yet has no reference for it.
    assert client.find_pins("A-1001-4F", lately, today) == []
    for pin in pins:
        emulator.move_parcel(pin, "in_transit")
    assert sorted(client.find_pins("a-1001-4f".upper(), lately, today)) == sorted(pins)
    assert client.find_pins("A-1001", lately, today) == []
    assert client.find_pins("A-1001-4F", long_ago, long_ago) == []
    with pytest.raises(errors.Refused):
        client.find_pins("A-1001-4F", today - timedelta(days=90), today)
    with pytest.raises(errors.InvalidRequest):
        client.find_pins("", lately, today)


def test_what_an_api_cannot_do_it_says_before_any_call(way: str, emulator: EmulatorServer) -> None:
    client = canada_post()
    can = client.capabilities
    asks: dict[str, tuple[bool, Callable[[], object]]] = {
        "find_by_group": (can.manifests, lambda: client.find_by_group("g")),
        "void_shipment": (can.void, lambda: client.void_shipment("1")),
        "groups": (can.manifests, client.groups),
        "transmit": (can.manifests, lambda: client.transmit(TransmitRequest(("g",), SENDER))),
        "manifest": (can.manifests, lambda: client.manifest("1")),
        "manifest_document": (can.manifests, lambda: client.manifest_document(Manifest("1", "P1"))),
        "outages": (can.outages, client.outages),
    }
    for able, ask in asks.values():
        if not able:
            with pytest.raises(errors.NotSupported):
                ask()
    assert emulator.calls == {}


# These wait for the deadline, so it is short.
SLOW = ("delay", "drip")


CREATES: dict[str, type[errors.CanadaPostError]] = {
    "401": errors.CredentialsRefused,
    "403": errors.NotEntitled,
    "400": errors.Refused,
    "412": errors.Refused,
    "429": errors.Throttled,
    "slm": errors.Throttled,
    "500": errors.UnknownOutcome,
    "503": errors.UnknownOutcome,
    "html": errors.UnknownOutcome,
    "garbage": errors.UnknownOutcome,
    "empty": errors.UnknownOutcome,
    "truncate": errors.UnknownOutcome,
    "reset": errors.UnknownOutcome,
    "delay": errors.UnknownOutcome,
    "drip": errors.UnknownOutcome,
}


@pytest.mark.parametrize(("fault", "error"), CREATES.items())
def test_a_create_that_fails_is_sent_once_and_never_taken_for_harmless(
    way: str, emulator: EmulatorServer, change_settings: Any, fault: str, error: type[errors.CanadaPostError]
) -> None:
    nearby = canada_post().find_offices(QUERY)[0]
    change_settings(CANADA_POST={"TOTAL_TIMEOUT_SECONDS": 0.4 if fault in SLOW else 5})
    create = call_of(way, "create")
    emulator.faults.add(create, fault, count=None)
    with pytest.raises(error) as caught:
        canada_post().create_shipment(make_request(office_id=nearby.office_id))
    assert type(caught.value) is error
    # Only a new token is worth a second try: with the old one nothing was done.
    assert emulator.calls[create] == (2 if way.startswith("portal") and fault == "401" else 1)

"""What each operation of the XML API asks for, and what it makes of the answer."""

import re
from base64 import b64decode
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
import responses
from responses.matchers import header_matcher, query_param_matcher

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.bodies import transmit
from deliver_to_po.canadapost.calling.throttle import Throttle
from deliver_to_po.canadapost.types import (
    NearPostalCode,
    RefundTicket,
    TrackingDetails,
    TransmitRequest,
)
from deliver_to_po.canadapost.webservices.calls import ApiKey
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.portal_requests import BASE, OPERATIONS
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.bodies import PIN, SHIPMENTS
from tests.canadapost.webservices.conftest import Client, Wire, headers_sent, make_client, sent
from tests.canadapost.webservices.documents import exact, written
from tests.factories import SENDER, make_request

OFFICES = f"{bodies.HOST}/rs/postoffice"
ACCOUNT = f"{bodies.HOST}/rs/0007023210/0007023210"


def test_offices_are_searched_by_the_media_type_of_post_offices(wire: Wire, client: Client) -> None:
    asked = {"d2po": "true", "maximum": "7", "postalCode": "K2B8J6"}
    wire.get(OFFICES, body=bodies.OFFICES, match=[query_param_matcher(asked)])
    assert len(client.find_offices(NearPostalCode("K2B8J6"), maximum=7)) == 2
    assert headers_sent(wire)["Accept"] == "application/vnd.cpc.postoffice+xml"


@pytest.mark.parametrize("office_id", ["0000012345", "12345"])
def test_an_office_is_asked_about_by_ten_digits_though_the_portal_gave_fewer(
    wire: Wire, client: Client, office_id: str
) -> None:
    wire.get(f"{OFFICES}/0000012345/detail", body=bodies.OFFICE_DETAIL)
    assert client.office(office_id).office_id == "0000012345"


def test_the_shipments_of_a_group_are_listed_by_one_call_whatever_their_form(wire: Wire, client: Client) -> None:
    found = bodies.shipments(bodies.shipment_info("1"), hrefs=(f"{SHIPMENTS}/2",))
    found = found.replace("</shipments>", f'<link rel="self" href="{SHIPMENTS}"/></shipments>')
    wire.get(SHIPMENTS, body=found, match=[query_param_matcher({"groupId": "2026-11-25"})])
    assert client.find_by_group("2026-11-25") == ["1", "2"]
    assert len(wire.calls) == 1


def test_shipments_that_come_as_links_are_followed_link_by_link(wire: Wire, client: Client) -> None:
    hrefs = tuple(f"{SHIPMENTS}/{number}" for number in (1, 2))
    wire.get(SHIPMENTS, body=bodies.shipments(hrefs=hrefs))
    for number, href in enumerate(hrefs, 1):
        wire.get(href, body=bodies.shipment_info(str(number)))
    assert [info.shipment_id for info in client.find_shipments("request-1")] == ["1", "2"]


def test_a_search_in_full_that_is_refused_is_asked_again_for_links(wire: Wire, client: Client) -> None:
    match = query_param_matcher({"requestId": "request-1", "provideShipmentInfo": "true"})
    wire.get(SHIPMENTS, body=bodies.messages(("9183", "no")), status=400, match=[match])
    found = bodies.shipments(bodies.shipment_info("1"))
    wire.get(SHIPMENTS, body=found, match=[query_param_matcher({"requestId": "request-1"})])
    assert [info.shipment_id for info in client.find_shipments("request-1")] == ["1"]


def group_asked_as(name: str) -> list[object]:
    """Return what a search of a group must hold."""
    return [query_param_matcher({name: "g"})]


def test_a_group_is_asked_for_in_the_other_spelling_after_9105_and_that_is_remembered(
    wire: Wire, client: Client
) -> None:
    missing = bodies.messages(("9105", "A required query parameter was not provided in the request."))
    first = wire.get(SHIPMENTS, body=missing, status=400, match=group_asked_as("groupId"))
    second = wire.get(SHIPMENTS, body=bodies.shipments(bodies.shipment_info("1")), match=group_asked_as("groupid"))
    for _ in range(2):
        assert client.find_by_group("g") == ["1"]
    assert (first.call_count, second.call_count) == (1, 2)


def test_a_request_id_finds_its_shipment_without_a_call_for_any_other(wire: Wire, client: Client) -> None:
    match = query_param_matcher({"requestId": "request-1", "provideShipmentInfo": "true"})
    wire.get(SHIPMENTS, body=bodies.shipments(bodies.shipment_info(request_id="request-1")), match=[match])
    assert [info.request_id for info in client.find_shipments("request-1")] == ["request-1"]
    assert len(wire.calls) == 1


def test_a_void_is_a_delete_and_its_404_is_a_failure(wire: Wire, client: Client) -> None:
    wire.delete(f"{SHIPMENTS}/1", status=204)
    client.void_shipment("1")
    wire.replace(responses.DELETE, f"{SHIPMENTS}/1", body=bodies.messages(), status=404)
    with pytest.raises(errors.NotFound):
        client.void_shipment("1")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", errors.UnknownOutcome),
        ("<html>Maintenance</html>", errors.UnknownOutcome),
        (bodies.SLM, errors.Throttled),
    ],
)
def test_a_void_that_is_answered_with_anything_else_may_not_be_done(
    wire: Wire, client: Client, body: str, error: type[errors.CanadaPostError]
) -> None:
    wire.delete(f"{SHIPMENTS}/1", body=body)
    with pytest.raises(error):
        client.void_shipment("1")


DETAIL = f"{bodies.HOST}/vis/track/pin/{PIN}/detail"


@pytest.mark.parametrize("status", [200, 404])
def test_a_parcel_without_history_was_not_seen_yet(wire: Wire, client: Client, status: int) -> None:
    said = bodies.messages(("004", "No Pin History"), namespace=bodies.TRACK)
    wire.get(DETAIL, body=said, status=status)
    assert client.tracking_details(PIN).events == ()


@pytest.mark.parametrize("element", ["description", "desc-en"])
@pytest.mark.parametrize(
    ("code", "text", "error"),
    [
        ("004", "?", None),
        ("002", "?", errors.Refused),
        ("", "?", errors.Unreadable),
        ("Server", "Rejected by SLM Monitor", errors.Throttled),
    ],
)
def test_of_the_errors_inside_an_answer_only_004_means_not_seen_yet(
    wire: Wire, client: Client, code: str, text: str, element: str, error: type[errors.CanadaPostError] | None
) -> None:
    inside = f"<pin>{PIN}</pin><error><code>{code}</code><{element}>{text}</{element}></error>"
    wire.get(DETAIL, body=f'<tracking-detail xmlns="{bodies.TRACK}">{inside}</tracking-detail>')
    with pytest.raises(error) if error else nullcontext():
        assert client.tracking_details(PIN) == TrackingDetails(PIN)
    summary = f'<pin-summary xmlns="{bodies.TRACK}">{inside}</pin-summary>'
    wire.get(f"{bodies.HOST}{API.references.path}", body=summary)
    with pytest.raises(error) if error else nullcontext():
        assert client.find_pins("A-1", date(2026, 11, 25), date(2026, 11, 26)) == []


def test_a_refund_is_asked_for_by_e_mail(wire: Wire, client: Client) -> None:
    wire.post(f"{SHIPMENTS}/1/refund", body=bodies.TICKET)
    assert client.refund_shipment("1", "shop@example.com") == RefundTicket("GT12345678RT", date(2026, 11, 26))
    root = "shipment-refund-request"
    assert sent(wire) == exact(f'<{root} xmlns="{bodies.SHIPMENT}"><email>shop@example.com</email></{root}>')
    assert headers_sent(wire)["Content-Type"] == API.shipment.media_type


def test_parcels_and_manifests_are_looked_for_between_two_days(wire: Wire, client: Client) -> None:
    days = (date(2026, 11, 25), date(2026, 11, 26))
    asked = {"mailingDateFrom": "2026-11-25", "mailingDateTo": "2026-11-26", "referenceNumber": "A-1"}
    match = [query_param_matcher({**asked, "customerNumber": "0007023210"})]
    body = bodies.tracking_summary(pin=PIN, customer_ref_1="A-1")
    wire.get(f"{bodies.HOST}{API.references.path}", body=body, match=match)
    assert client.find_pins("A-1", *days) == [PIN]
    links = "".join(f'<link rel="{rel}" href="{bodies.HOST}/rs/manifest/{rel}-1"/>' for rel in ("self", "manifest"))
    body = f'<manifests xmlns="{API.manifests.namespace}">{links}</manifests>'
    address = f"{ACCOUNT}/manifest"
    wire.get(address, body=body, match=[query_param_matcher({"start": "20261125", "end": "20261126"})])
    assert client.find_manifests(*days) == ["manifest-1"]
    wire.replace(responses.GET, address, status=404)
    assert client.find_manifests(*days) == []


def test_shipments_without_a_manifest_are_those_of_a_day(wire: Wire, client: Client) -> None:
    match = [query_param_matcher({"noManifest": "true", "date": "20261125"})]
    wire.get(SHIPMENTS, body=bodies.shipments(hrefs=(f"{SHIPMENTS}/1",)), match=match)
    assert client.find_by_day(date(2026, 11, 25)) == ["1"]


def test_groups_are_listed_and_transmitted(wire: Wire, client: Client) -> None:
    group = "<group><group-id>a</group-id></group>"
    wire.get(f"{ACCOUNT}/group", body=f'<groups xmlns="{bodies.SHIPMENT}">{group}</groups>')
    assert client.groups() == ["a"]
    link = f'<link rel="manifest" href="{ACCOUNT}/manifest/13"/>'
    wire.post(f"{ACCOUNT}/manifest", body=f'<manifests xmlns="{API.manifests.namespace}">{link}</manifests>')
    asked = TransmitRequest(("a",), SENDER)
    assert client.transmit(asked) == ["13"]
    document = written(API.manifests, transmit("transmit", asked, client.account, says_country=False))
    assert wire.calls[1].request.body == document
    assert headers_sent(wire, 1)["Content-Type"] == API.manifests.media_type


def test_a_manifest_is_asked_for_by_its_id(wire: Wire, client: Client) -> None:
    address = f"{ACCOUNT}/manifest/13"
    wire.get(address, body=f'<manifest xmlns="{API.manifests.namespace}"><po-number>P13</po-number></manifest>')
    assert (client.manifest("13").manifest_id, client.manifest("13").po_number) == ("13", "P13")


def test_credentials_go_as_http_basic_in_utf_8_and_are_never_shown() -> None:
    key = ApiKey("user", "pä:ss")
    scheme, _, encoded = key.header().partition(" ")
    assert (scheme, b64decode(encoded).decode()) == ("Basic", "user:pä:ss")
    assert "user" not in repr(key)
    assert "pä:ss" not in repr(key)


def test_a_create_names_its_version_twice_and_sends_utf_8(wire: Wire, client: Client) -> None:
    wire.post(SHIPMENTS, body=bodies.shipment_info(), match=[header_matcher({"Content-Type": API.shipment.media_type})])
    client.create_shipment(make_request())
    body = wire.calls[0].request.body
    assert (headers_sent(wire)["Accept"], headers_sent(wire)["Accept-Encoding"]) == (API.shipment.media_type, "gzip")
    assert isinstance(body, bytes)
    assert "Marie-Ève Côté" in body.decode()


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        *(("find_offices", "offices"), ("office", "offices"), ("rates", "rating"), ("create_shipment", "shipments")),
        *(("label", "shipments"), ("void_shipment", "void"), ("refund_shipment", "void")),
        *(("tracking_details", "tracking"), ("find_pins", "tracking")),
    ],
)
@responses.activate
def test_a_call_counts_against_the_limit_of_its_kind(
    operation: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    def wait_seconds(_throttle: Throttle, kind: str, **_more: Any) -> float:
        counted.append(kind)
        return 0

    monkeypatch.setattr(Throttle, "wait_seconds", wait_seconds)
    for method in ("GET", "POST", "DELETE"):
        responses.add(method, re.compile(BASE), status=503)
    with pytest.raises(errors.CanadaPostError):
        OPERATIONS[operation](make_client(base_url=BASE))
    assert counted == [kind]

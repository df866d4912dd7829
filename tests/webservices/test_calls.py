"""What goes over the wire: address, media type, language, credentials, and nothing that Canada Post refuses."""

from base64 import b64decode

import pytest
import responses
from responses.matchers import header_matcher, query_param_matcher

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import (
    Coordinates,
    Link,
    NearAddress,
    NearCoordinates,
    NearPostalCode,
    OfficeQuery,
    ShipmentInfo,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices.calls import ApiKey
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from tests.factories import make_request
from tests.webservices import bodies
from tests.webservices.conftest import make_client

OFFICES = f"{bodies.HOST}/rs/postoffice"
SHIPMENTS = f"{bodies.HOST}/rs/0007023210/0007023210/shipment"
SHIPMENT_TYPE = "application/vnd.cpc.shipment-v8+xml"


def sent(wire: responses.RequestsMock, number: int = 0) -> dict[str, str]:
    """Return the headers of a call."""
    call: responses.Call = wire.calls[number]
    return {str(name): str(value) for name, value in call.request.headers.items()}


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (NearPostalCode("K2B8J6"), {"postalCode": "K2B8J6"}),
        (
            NearAddress("ON", "Ottawa", "Riverside"),
            {"province": "ON", "city": "Ottawa", "streetName": "Riverside"},
        ),
        (NearAddress("QC", "Alma"), {"province": "QC", "city": "Alma"}),
        (
            NearCoordinates(Coordinates(55.323541234, -101.323544321)),
            {"longitude": "-101.32354", "latitude": "55.32354"},
        ),
    ],
)
def test_a_search_names_d2po_and_its_place(
    wire: responses.RequestsMock, client: WebServicesCanadaPost, query: OfficeQuery, params: dict[str, str]
) -> None:
    match = query_param_matcher({"d2po": "true", "maximum": "7", **params})
    wire.get(OFFICES, body=bodies.OFFICES, match=[match])
    assert len(client.find_offices(query, maximum=7)) == 2
    assert sent(wire)["Accept"] == "application/vnd.cpc.postoffice+xml"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_language_is_asked_for(wire: responses.RequestsMock, language: str) -> None:
    wire.get(f"{OFFICES}/0000012345/detail", body=bodies.OFFICE_DETAIL)
    make_client("fr" if language == "fr" else "en").office("0000012345")
    assert sent(wire)["Accept-Language"] == f"{language}-CA"


def test_credentials_go_as_http_basic_in_utf_8_and_are_never_shown() -> None:
    key = ApiKey("user", "pä:ss")
    scheme, _, encoded = key.header().partition(" ")
    assert (scheme, b64decode(encoded).decode()) == ("Basic", "user:pä:ss")
    assert "user" not in repr(key)
    assert "pä:ss" not in repr(key)


def test_a_create_names_its_version_twice_and_sends_utf_8(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    wire.post(SHIPMENTS, body=bodies.shipment_info(), match=[header_matcher({"Content-Type": SHIPMENT_TYPE})])
    client.create_shipment(make_request())
    body = wire.calls[0].request.body
    assert sent(wire)["Accept"] == SHIPMENT_TYPE
    assert isinstance(body, bytes)
    assert "Marie-Ève Côté" in body.decode()


def test_a_broken_rule_is_refused_before_any_call(wire: responses.RequestsMock, client: WebServicesCanadaPost) -> None:
    with pytest.raises(errors.InvalidRequest) as caught:
        client.create_shipment(make_request(office_id=""))
    assert caught.value.field == "office_id"
    assert len(wire.calls) == 0


def test_a_group_is_searched_for_shipments_that_tell_their_request_id(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    found = bodies.shipments(bodies.shipment_info("1", "mine"), bodies.shipment_info("2", "other"))
    wire.get(
        SHIPMENTS, body=found, match=[query_param_matcher({"groupid": "2026-11-25", "provideShipmentInfo": "true"})]
    )
    assert [(i.shipment_id, i.request_id) for i in client.find_by_group("2026-11-25")] == [
        ("1", "mine"),
        ("2", "other"),
    ]


def test_a_group_that_comes_as_links_is_followed_link_by_link(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    hrefs = tuple(f"{SHIPMENTS}/{number}" for number in (1, 2))
    wire.get(SHIPMENTS, body=bodies.shipments(hrefs=hrefs))
    for number, href in enumerate(hrefs, 1):
        wire.get(href, body=bodies.shipment_info(str(number), f"request-{number}"))
    assert [i.request_id for i in client.find_by_group("g")] == ["request-1", "request-2"]


def test_a_search_in_full_that_is_refused_is_asked_again_for_links(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    match = query_param_matcher({"groupid": "g", "provideShipmentInfo": "true"})
    wire.get(SHIPMENTS, body=bodies.messages(("9183", "no")), status=400, match=[match])
    wire.get(SHIPMENTS, body=bodies.shipments(), match=[query_param_matcher({"groupid": "g"})])
    assert client.find_by_group("g") == []


def test_a_shipment_without_request_id_is_completed_from_its_details(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    wire.get(SHIPMENTS, body=bodies.shipments(bodies.shipment_info("1", request_id="")))
    wire.get(f"{SHIPMENTS}/1/details", body=bodies.details(bodies.person("destination", "Ann")))
    assert [i.request_id for i in client.find_by_group("g")] == ["request-1"]


def test_a_group_that_is_not_there_holds_nothing(wire: responses.RequestsMock, client: WebServicesCanadaPost) -> None:
    wire.get(SHIPMENTS, body=bodies.messages(), status=404)
    assert client.find_by_group("g") == []


def test_a_tracking_number_finds_its_shipment(wire: responses.RequestsMock, client: WebServicesCanadaPost) -> None:
    match = query_param_matcher({"trackingPIN": "7023210039414604", "provideShipmentInfo": "true"})
    wire.get(SHIPMENTS, body=bodies.shipments(bodies.shipment_info()), match=[match])
    assert [i.tracking_pin for i in client.find_by_pin("7023210039414604")] == ["7023210039414604"]


def made(href: str, media_type: str = "application/pdf") -> ShipmentInfo:
    """Return a shipment whose label is at ``href``."""
    return ShipmentInfo("1", ShipmentStatus.CREATED, links=(Link("label", href, media_type, 0),))


def test_a_label_is_asked_for_by_the_media_type_of_its_link(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    wire.get(f"{bodies.HOST}/rs/artifact/1/2/0", body=b"^XA^FX^XZ")
    label = client.label(made(f"{bodies.HOST}/rs/artifact/1/2/0", "application/zpl"))
    assert (label.media_type, sent(wire)["Accept"]) == ("application/zpl", "application/zpl")


def test_a_label_that_is_being_made_is_not_ready(wire: responses.RequestsMock, client: WebServicesCanadaPost) -> None:
    wire.get(f"{bodies.HOST}/rs/artifact/1/2/0", status=202)
    with pytest.raises(errors.NotReady):
        client.label(made(f"{bodies.HOST}/rs/artifact/1/2/0"))


def test_a_link_to_another_host_is_not_followed(wire: responses.RequestsMock, client: WebServicesCanadaPost) -> None:
    with pytest.raises(errors.Unreadable):
        client.label(made("https://elsewhere.example/rs/artifact/1/2/0"))
    assert len(wire.calls) == 0


def test_a_void_is_a_delete_and_its_404_is_a_failure(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    wire.delete(f"{SHIPMENTS}/1", status=204)
    client.void_shipment("1")
    wire.replace(responses.DELETE, f"{SHIPMENTS}/1", body=bodies.messages(), status=404)
    with pytest.raises(errors.NotFound):
        client.void_shipment("1")


def test_a_create_without_a_contract_goes_elsewhere_and_cannot_be_found_or_voided(
    wire: responses.RequestsMock,
) -> None:
    client = make_client(contract=False)
    wire.post(f"{bodies.HOST}/rs/0007023210/ncshipment", body=bodies.NON_CONTRACT_INFO)
    made = client.create_shipment(make_request())
    assert (made.status, made.link("label") is not None) == (ShipmentStatus.TRANSMITTED, True)
    assert sent(wire)["Content-Type"] == "application/vnd.cpc.ncshipment-v4+xml"
    assert not client.capabilities.find_by_group
    with pytest.raises(errors.NotSupported):
        client.void_shipment(made.shipment_id)


def test_what_is_not_supported_says_so_without_a_call(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    for ask in (client.groups, client.outages, lambda: client.find_shipments("r"), lambda: client.manifest("1")):
        with pytest.raises(errors.NotSupported):
            ask()
    can = client.capabilities
    assert (can.manifests, can.outages, can.find_by_request_id) == (False, False, False)


@pytest.mark.parametrize("status", [400, 404])
def test_no_office_near_may_be_an_error(
    wire: responses.RequestsMock, client: WebServicesCanadaPost, status: int
) -> None:
    wire.get(OFFICES, body=bodies.messages(("1", "none")), status=status)
    assert client.find_offices(NearPostalCode("X0A0H0")) == []


def test_a_media_type_that_is_refused_is_not_taken_for_no_office(
    wire: responses.RequestsMock, client: WebServicesCanadaPost
) -> None:
    wire.get(OFFICES, body=bodies.messages(), status=406)
    with pytest.raises(errors.Refused):
        client.find_offices(NearPostalCode("K1A0B1"))


@pytest.mark.parametrize("status", [200, 404])
def test_a_parcel_without_history_was_not_seen_yet(
    wire: responses.RequestsMock, client: WebServicesCanadaPost, status: int
) -> None:
    said = bodies.messages(("004", "No Pin History"), namespace=bodies.TRACK)
    wire.get(f"{bodies.HOST}/vis/track/pin/7023210039414604/summary", body=said, status=status)
    wire.get(f"{bodies.HOST}/vis/track/pin/7023210039414604/detail", body=said, status=status)
    assert not client.tracking_summary("7023210039414604").seen
    assert client.tracking_details("7023210039414604").events == ()


def test_a_refund_is_asked_for_by_e_mail(wire: responses.RequestsMock, client: WebServicesCanadaPost) -> None:
    wire.post(f"{SHIPMENTS}/1/refund", body=bodies.TICKET)
    assert client.refund_shipment("1", "shop@example.com").ticket_id == "GT12345678RT"

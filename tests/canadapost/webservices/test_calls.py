"""How the XML API is called: version, language, credentials, and no other host."""

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from responses.matchers import header_matcher

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.canadapost.webservices.calls import ApiKey
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.bodies import SHIPMENTS
from tests.canadapost.webservices.conftest import Client, Wire, headers_sent, made, make_client
from tests.factories import make_request

OFFICES = f"{bodies.HOST}/rs/postoffice"
SHIPMENT_TYPE = "application/vnd.cpc.shipment-v8+xml"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_language_is_asked_for(wire: Wire, language: str) -> None:
    wire.get(f"{OFFICES}/0000012345/detail", body=bodies.OFFICE_DETAIL)
    make_client("fr" if language == "fr" else "en").office("0000012345")
    assert headers_sent(wire)["Accept-Language"] == f"{language}-CA"


def test_credentials_go_as_http_basic_in_utf_8_and_are_never_shown() -> None:
    key = ApiKey("user", "pä:ss")
    scheme, _, encoded = key.header().partition(" ")
    assert (scheme, b64decode(encoded).decode()) == ("Basic", "user:pä:ss")
    assert "user" not in repr(key)
    assert "pä:ss" not in repr(key)


def test_a_create_names_its_version_twice_and_sends_utf_8(wire: Wire, client: Client) -> None:
    wire.post(SHIPMENTS, body=bodies.shipment_info(), match=[header_matcher({"Content-Type": SHIPMENT_TYPE})])
    client.create_shipment(make_request())
    body = wire.calls[0].request.body
    assert (headers_sent(wire)["Accept"], headers_sent(wire)["Accept-Encoding"]) == (SHIPMENT_TYPE, "gzip")
    assert isinstance(body, bytes)
    assert "Marie-Ève Côté" in body.decode()


def test_a_label_is_fetched_from_another_host_without_credentials(wire: Wire, client: Client) -> None:
    wire.get(f"{bodies.HOST}/rs/artifact/1/2/0", status=302, headers={"Location": "https://files.example/1"})
    wire.get("https://files.example/1", body=b"%PDF-1.7 %%EOF")
    assert client.label(made(f"{bodies.HOST}/rs/artifact/1/2/0")).media_type == "application/pdf"
    assert ("Authorization" in headers_sent(wire), "Authorization" in headers_sent(wire, 1)) == (True, False)


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.find_offices(NearPostalCode("K1A0B1")),
        lambda client: client.office("0000012345"),
        lambda client: client.find_by_group("g"),
        lambda client: client.shipment_details("1"),
        lambda client: client.tracking_details("7023210039414604"),
    ],
)
def test_any_other_question_is_not_led_to_another_host(
    wire: Wire, client: Client, ask: Callable[[Client], object]
) -> None:
    wire.get(re.compile(re.escape(bodies.HOST)), status=302, headers={"Location": "https://files.example/1"})
    with pytest.raises(errors.Unavailable):
        ask(client)


def test_a_link_to_another_host_is_not_followed(wire: Wire, client: Client) -> None:
    with pytest.raises(errors.Unreadable):
        client.label(made("https://elsewhere.example/rs/artifact/1/2/0"))
    assert len(wire.calls) == 0

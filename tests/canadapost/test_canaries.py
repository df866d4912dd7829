"""No name, address, phone, e-mail, credential or token in any error or log, whatever fails and however it does."""

import base64
import dataclasses
import logging
import re
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests
import responses

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.types import Address, NearPostalCode, Recipient, Sender, TransmitRequest
from tests.canadapost import portal_requests
from tests.canadapost.portal_requests import BASE, OPERATIONS, TOKEN, TOKEN_URL, make_client, serve
from tests.canadapost.webservices.conftest import make_client as make_xml_client
from tests.factories import RECIPIENT, make_request

ADDRESS = Address("77 Canary Lane", "Canaryville", "ON", "K9K9K9", line_2="Canary Suite")
PERSON = Recipient("Canary Serin", "613-555-0142", "canary@example.com", ADDRESS)
SHIPPER = Sender("Canary Shop", "613-555-0142", ADDRESS, name="Canary Shipper")
BASIC = base64.b64encode("user:pä:ss".encode()).decode()
SECRETS = ("canary", "555-0142", "6135550142", "K9K9K9", "0007023210", "Bearer", "Basic ", "pä:ss", BASIC)
ECHO = "Canary Serin, 77 Canary Lane, canary@example.com, 613-555-0142, K9K9K9, Bearer canary-token"
ERRORS: dict[str, Any] = {
    "errors[]": {"status": 400, "json": {"errors": [{"errorCode": "1156", "message": ECHO}]}},
    "a code that echoes": {"status": 400, "json": {"errors": [{"errorCode": ECHO, "message": ""}]}},
    "httpCode": {"status": 401, "json": {"httpCode": "401", "httpMessage": ECHO, "moreInformation": ECHO}},
    "httpCode in a list": {"status": 403, "json": [{"httpCode": "403", "httpMessage": ECHO}]},
    "messages": {"status": 404, "json": {"messages": {"message": {"code": "x", "description": ECHO}}}},
    "oauth": {"status": 400, "json": {"error": "invalid_client", "error_description": ECHO}},
    "throttled": {"status": 429, "headers": {"Retry-After": "900"}, "json": {"messages": [{"description": ECHO}]}},
    "slm": {"status": 500, "json": {"messages": [{"code": "Server", "description": "SLM Monitor " + ECHO}]}},
    "XML": {
        "status": 400,
        "body": f"<messages><message><code>{ECHO}</code></message></messages>",
    },
    "html": {"status": 503, "body": f"<html>{ECHO}</html>"},
    "unreadable": {"status": 200, "body": f"<html>{ECHO}</html>"},
    "another shape": {"status": 200, "json": {"canary": ECHO}},
    "a text": {"status": 200, "json": ECHO},
    "redirect": {"status": 302, "headers": {"Location": f"http://evil.test/?q={ECHO.replace(' ', '+')}"}},
    "reset": {"body": requests.ConnectionError(ECHO)},
    "slow": {"body": requests.ReadTimeout(ECHO)},
}


@pytest.fixture(autouse=True)
def _canaries(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    request = make_request(recipient=PERSON, sender=SHIPPER)
    monkeypatch.setattr(portal_requests, "make_request", lambda: request)
    monkeypatch.setattr(portal_requests, "TRANSMIT", TransmitRequest(("g",), SHIPPER))


def _outcome(ask: Callable[[CanadaPost], object], client: CanadaPost) -> str:
    """Return what an error of ours shows; ``""`` if there is none."""
    try:
        ask(client)
    except errors.CanadaPostError as error:
        return said(error)
    return ""


def said(error: BaseException) -> str:
    """Return an error as any log could show it, with what caused it."""
    shown = "".join(traceback.format_exception(error))
    # A traceback shows lines of these tests as well: only what comes after the last frame is ours.
    last = "\n".join(line for line in shown.splitlines() if not line.startswith(" "))
    return "\n".join([str(error), repr(error), repr(error.args), last])


def _check(text: str, where: str = "") -> None:
    assert [secret for secret in SECRETS if secret.lower() in text.lower()] == [], where


CLIENTS: dict[str, Callable[[], CanadaPost]] = {
    "portal": make_client,
    "webservices": partial(make_xml_client, base_url=BASE),
    "webservices by card": partial(make_xml_client, base_url=BASE, contract=False),
}


@pytest.mark.parametrize("api", CLIENTS)
@pytest.mark.parametrize("shape", ERRORS)
@responses.activate
def test_no_error_or_log_repeats_what_is_personal(shape: str, api: str, caplog: pytest.LogCaptureFixture) -> None:
    responses.post(TOKEN_URL, json=TOKEN)
    for method in ("GET", "POST", "DELETE"):
        responses.add(method, re.compile(re.escape(BASE) + "/(?!cpc)"), **ERRORS[shape])
    for operation, ask in OPERATIONS.items():
        before = len(responses.calls)
        _check(_outcome(ask, CLIENTS[api]()), operation)
        assert api != "portal" or len(responses.calls) > before + 1, operation
    assert len(responses.calls) > 10
    _check(caplog.text)


@pytest.mark.parametrize("shape", ERRORS)
@responses.activate
def test_no_trouble_with_the_token_repeats_the_credentials(shape: str, caplog: pytest.LogCaptureFixture) -> None:
    responses.post(TOKEN_URL, **ERRORS[shape])
    with pytest.raises(errors.CanadaPostError) as caught:
        make_client().find_offices(NearPostalCode("K1A0B1"))
    _check(said(caught.value) + caplog.text)


def test_real_connections_log_nothing_personal(caplog: pytest.LogCaptureFixture) -> None:
    body = b'{"access_token": "canary-token", "expires_in": 3600}'
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serve(lambda peer: peer.send(head + body)) as base_url:
        for operation, ask in OPERATIONS.items():
            _check(_outcome(ask, make_client(base_url)), operation)
    _check(caplog.text)
    assert "GET" not in caplog.text


BAD_PERSON = {"name": "Canary " * 9, "email": "canary@", "phone": "canary 555-0142"}
BAD_ADDRESS = {"line_1": "Canary\x00", "city": "Canary" * 9, "province": "Canary", "postal_code": "Canary"}


def _broken() -> Iterator[Recipient]:
    for name, value in BAD_PERSON.items():
        yield dataclasses.replace(PERSON, **{name: value})  # type: ignore[arg-type]
    for name, value in BAD_ADDRESS.items():
        yield dataclasses.replace(RECIPIENT, address=dataclasses.replace(ADDRESS, **{name: value}))


def test_a_broken_rule_does_not_repeat_what_broke_it(caplog: pytest.LogCaptureFixture) -> None:
    for recipient in _broken():
        with pytest.raises(errors.InvalidRequest) as caught:
            make_client().create_shipment(make_request(recipient=recipient))
        _check(said(caught.value))
    _check(caplog.text)


def test_what_holds_secrets_does_not_show_them() -> None:
    client = make_client()
    calls: Any = client._calls
    shown = f"{client!r} {calls!r} {calls._tokens!r} {calls._tokens._credentials!r}"
    assert "canary" not in shown

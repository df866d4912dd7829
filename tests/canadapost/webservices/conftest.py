"""A client of the XML API whose Canada Post is ``responses``: for the shape of single calls."""

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from deliver_to_po.canadapost.calling.breaker import Breaker
from deliver_to_po.canadapost.calling.caller import Caller, CallPolicy
from deliver_to_po.canadapost.calling.throttle import Limits, MemoryCounts, Throttle
from deliver_to_po.canadapost.calling.transport import Timeouts, Transport
from deliver_to_po.canadapost.types import Account, Language, Link, ShipmentInfo, ShipmentStatus
from deliver_to_po.canadapost.webservices.answers import error_of
from deliver_to_po.canadapost.webservices.calls import ApiKey
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from tests.canadapost.webservices.bodies import HOST
from tests.canadapost.webservices.documents import exact

ACCOUNT = Account("0007023210", "0040000001")
WITHOUT = Account("0007023210", None)
Wire = responses.RequestsMock
Client = WebServicesCanadaPost


def make_client(language: Language = "en", *, contract: bool = True) -> WebServicesCanadaPost:
    """Return a client that tries once and waits for nobody."""
    throttle = Throttle(MemoryCounts(), Limits(None, {}), "test")
    transport = Transport(HOST, Timeouts(1.0, 1.0, 5.0))
    caller = Caller(transport, error_of, throttle, Breaker(), CallPolicy(retries=0))
    kind: Any = WebServicesCanadaPost if contract else NonContractCanadaPost
    client: WebServicesCanadaPost = kind(caller, ApiKey("user", "pä:ss"), ACCOUNT if contract else WITHOUT, language)
    return client


def headers_sent(wire: Wire, number: int = 0) -> dict[str, str]:
    call: responses.Call = wire.calls[number]
    return {str(name): str(value) for name, value in call.request.headers.items()}


def sent(wire: Wire) -> str:
    """Return the first document that was sent, in its one canonical spelling."""
    body: Any = wire.calls[0].request.body
    return exact(body)


def made(href: str, media_type: str = "application/pdf") -> ShipmentInfo:
    return ShipmentInfo("1", ShipmentStatus.CREATED, links=(Link("label", href, media_type),))


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Return Canada Post as this test scripts it."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client(wire: Wire) -> Client:
    return make_client()

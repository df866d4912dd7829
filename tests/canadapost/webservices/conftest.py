"""A client of the XML API whose Canada Post is ``responses``: for the shape of single calls."""

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from deliver_to_po.canadapost.calling.throttle import Limits
from deliver_to_po.canadapost.types import Account, Language
from deliver_to_po.canadapost.webservices.answers import error_of
from deliver_to_po.canadapost.webservices.calls import ApiKey
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from tests.canadapost.portal_requests import make_caller
from tests.canadapost.webservices.bodies import HOST
from tests.canadapost.webservices.documents import exact

ACCOUNT = Account("0007023210", "0040000001")
WITHOUT = Account("0007023210", None)
Wire = responses.RequestsMock
Client = WebServicesCanadaPost


def make_client(language: Language = "en", *, contract: bool = True, base_url: str = HOST) -> WebServicesCanadaPost:
    """Return a client that tries once and waits for nobody."""
    caller = make_caller(base_url, limits=Limits(None, {}), error_of=error_of, retries=0)
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


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Return Canada Post as this test scripts it."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client(wire: Wire) -> Client:
    return make_client()

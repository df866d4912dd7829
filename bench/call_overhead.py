"""A call through the client against a bare call of requests, to an emulator that takes 50 ms to answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests

from bench.contest import Contest, Rival
from deliver_to_po.canadapost.calling.breaker import Breaker
from deliver_to_po.canadapost.calling.caller import Caller, ErrorOf
from deliver_to_po.canadapost.calling.throttle import MemoryCounts, Throttle, portal_limits
from deliver_to_po.canadapost.calling.transport import Timeouts, Transport
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.portal import answers as portal
from deliver_to_po.canadapost.portal.auth import PATH as TOKEN_PATH
from deliver_to_po.canadapost.portal.auth import Credentials, TokenSource
from deliver_to_po.canadapost.portal.client import API, PortalCanadaPost
from deliver_to_po.canadapost.types import Account, NearPostalCode
from deliver_to_po.canadapost.webservices import answers as webservices
from deliver_to_po.canadapost.webservices.calls import ApiKey
from deliver_to_po.canadapost.webservices.client import API as XML_API
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.emulator.server import EmulatorServer

DELAY_SECONDS = 0.05
ROUNDS, NUMBER = 40, 1
GOAL = 1.1
AGAINST = f"bare requests, {DELAY_SECONDS * 1000:.0f} ms answer"
NEAR = NearPostalCode("K1A0B1")
PARAMS = {"d2po": "true", "maximum": "50", "postalCode": NEAR.postal_code}
TIMEOUT_SECONDS = 10


@contextmanager
def slow_emulator() -> Iterator[EmulatorServer]:
    """Run an emulator whose searches for offices take their time."""
    with EmulatorServer() as server:
        server.faults.add("find_offices", "delay", count=None, seconds=DELAY_SECONDS)
        yield server


def portal_contest(server: EmulatorServer) -> Contest:
    """Return a search through the client of the portal against the same call by hand."""
    config = server.config
    tokens = TokenSource(Credentials(config.client_id, config.client_secret))
    client = PortalCanadaPost(_caller(server, portal.error_of), tokens, _account(server))
    session = requests.Session()
    form = {
        "grant_type": "client_credentials",
        "scope": "merchant",
        "client_id": config.client_id,
        "client_secret": config.client_secret,
    }
    token = session.post(server.url + TOKEN_PATH, data=form, timeout=TIMEOUT_SECONDS).json()["access_token"]
    session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
    return _contest("call_overhead", client, session, server.url + API.offices.path)


def webservices_contest(server: EmulatorServer) -> Contest:
    """Return a search through the client of the XML API against the same call by hand."""
    key = ApiKey(server.config.client_id, server.config.client_secret)
    client = WebServicesCanadaPost(_caller(server, webservices.error_of), key, _account(server))
    session = requests.Session()
    session.auth = key.username, key.password
    session.headers["Accept"] = XML_API.offices.media_type
    return _contest("call_overhead_xml", client, session, server.url + XML_API.offices.path)


def _contest(name: str, client: CanadaPost, session: requests.Session, url: str) -> Contest:
    def bare() -> bytes:
        answer = session.get(url, params=PARAMS, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        return answer.content

    def ours() -> object:
        found = client.find_offices(NEAR)
        assert found
        return found

    return Contest(ours, [Rival(name, AGAINST, bare, GOAL)], ROUNDS, NUMBER)


def _account(server: EmulatorServer) -> Account:
    return Account(server.config.customer_number, server.config.contract_id)


def _caller(server: EmulatorServer, error_of: ErrorOf) -> Caller:
    """Return what the app builds from its settings, with the throttle off."""
    transport = Transport(server.url, Timeouts(3.0, 10.0, 20.0))
    return Caller(transport, error_of, Throttle(MemoryCounts(), portal_limits(0), "bench"), Breaker())

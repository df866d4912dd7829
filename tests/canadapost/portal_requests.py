"""A portal client without Django, and a peer that answers byte for byte what a test says."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import requests

from deliver_to_po.canadapost.calling.breaker import Breaker
from deliver_to_po.canadapost.calling.caller import Caller, CallPolicy, ErrorOf
from deliver_to_po.canadapost.calling.throttle import Limits, MemoryCounts, Throttle, portal_limits
from deliver_to_po.canadapost.calling.transport import Timeouts, Transport
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.portal.answers import error_of as portal_error
from deliver_to_po.canadapost.portal.auth import Credentials, TokenSource
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.types import (
    Account,
    Link,
    Manifest,
    NearAddress,
    NearPostalCode,
    RateRequest,
    ShipmentInfo,
    ShipmentStatus,
    TransmitRequest,
)
from tests.factories import PARCEL, SENDER, make_request

BASE = "https://canada-post.test/prod/portal"
TOKEN_URL = BASE + "/cpc-api-native-oauth-provider/oauth2/token"
ACCOUNT = Account("0007023210", "0040000001")
SHIPPING = BASE + "/shipping/v1/0007023210/0007023210"
TOKEN = {"token_type": "Bearer", "access_token": "canary-token", "expires_in": 3600}
PIN = "7023210039414604"
MADE = ShipmentInfo(
    "347881315405043891",
    ShipmentStatus.CREATED,
    PIN,
    links=(Link("label", BASE + "/shipping/v1/artifacts/1/0", "application/pdf"),),
)
MANIFEST = Manifest("123", "D906402103", (Link("artifact", BASE + "/shipping/v1/artifacts/2/0", "application/json"),))
RATES = RateRequest("K1A0B1", "K2B7K0", PARCEL)
TRANSMIT = TransmitRequest(("2026-11-25",), SENDER)


class Clock:
    """A clock that moves only when somebody sleeps by it."""

    def __init__(self, now: float = 1_000_000.0):
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def make_caller(
    base_url: str = BASE,
    *,
    total: float = 5.0,
    connect: float = 1.0,
    read: float = 5.0,
    calls_per_minute: int = 0,
    limits: Limits | None = None,
    clock: Clock | None = None,
    breaker: Breaker | None = None,
    http: requests.Session | None = None,
    error_of: ErrorOf = portal_error,
    **policy: Any,
) -> Caller:
    """Return a caller whose pauses take no time."""
    clock = clock or Clock()
    return Caller(
        Transport(base_url, Timeouts(connect, read, total), http=http),
        error_of,
        Throttle(MemoryCounts(clock), limits or portal_limits(calls_per_minute), "test", clock=clock),
        breaker or Breaker(clock=clock),
        CallPolicy(sleep=clock.sleep, random=lambda: 1.0, **policy),
    )


def make_tokens(clock: Callable[[], float] = time.monotonic) -> TokenSource:
    """Return a source of tokens that has asked for none yet."""
    return TokenSource(Credentials("canary-client-id", "canary-secret"), clock=clock)


def make_client(base_url: str = BASE, **policy: Any) -> PortalCanadaPost:
    """Return a portal client with credentials of its own."""
    return PortalCanadaPost(make_caller(base_url, **policy), make_tokens(), ACCOUNT)


# Every operation, as somebody would call it.
OPERATIONS: dict[str, Callable[[CanadaPost], Any]] = {
    "find_offices": lambda client: client.find_offices(NearPostalCode("K1A0B1")),
    "find_offices_at": lambda client: client.find_offices(NearAddress("ON", "Canaryville", "Canary Street")),
    "office": lambda client: client.office("0000102978"),
    "rates": lambda client: client.rates(RATES),
    "option": lambda client: client.option("D2PO"),
    "create_shipment": lambda client: client.create_shipment(make_request()),
    "find_shipments": lambda client: client.find_shipments("a" * 32),
    "find_by_group": lambda client: client.find_by_group("2026-11-25"),
    "find_by_day": lambda client: client.find_by_day(date(2026, 11, 25)),
    "shipment": lambda client: client.shipment(MADE.shipment_id),
    "shipment_details": lambda client: client.shipment_details(MADE.shipment_id),
    "label": lambda client: client.label(MADE),
    "void_shipment": lambda client: client.void_shipment(MADE.shipment_id),
    "refund_shipment": lambda client: client.refund_shipment(MADE.shipment_id, "canary@example.com"),
    "groups": lambda client: client.groups(),
    "transmit": lambda client: client.transmit(TRANSMIT),
    "manifest": lambda client: client.manifest("123"),
    "manifest_document": lambda client: client.manifest_document(MANIFEST),
    "tracking_details": lambda client: client.tracking_details(PIN),
    "find_pins": lambda client: client.find_pins("A-1", date(2026, 11, 25), date(2026, 11, 26)),
    "outages": lambda client: client.outages(),
}
# What must not be done twice: after a lost answer nobody knows whether it was done.
NOT_REPEATABLE = {"create_shipment", "void_shipment", "refund_shipment", "transmit"}


class Peer:
    """Whoever is at the other end of one connection, until the test is over."""

    def __init__(self, connection: socket.socket, stopping: threading.Event):
        self._connection = connection
        self._stopping = stopping

    def send(self, content: bytes) -> None:
        self._connection.sendall(content)

    def drip(self, content: bytes, every_seconds: float = 0.02) -> None:
        """Send ``content`` again and again, byte by byte, until somebody has enough.

        Ten seconds at most, so that a client without a deadline fails a test and does not stop the suite.
        """
        ends_at = time.monotonic() + 10
        while not self._stopping.is_set() and time.monotonic() < ends_at:
            for byte in content:
                if self._stopping.wait(every_seconds):
                    return
                self._connection.sendall(bytes([byte]))

    def keep_silent(self) -> None:
        """Say nothing until the test is over."""
        self._stopping.wait(10)


def _read_request(connection: socket.socket) -> None:
    """Read one whole request: closing with a part unread would reset the connection, and the client would repeat it."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *([0-9]+)", head, re.IGNORECASE)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0:
        missing -= len(_some(connection))


def _some(connection: socket.socket) -> bytes:
    content = connection.recv(65536)
    if not content:
        raise ConnectionResetError
    return content


@contextmanager
def serve(answer: Callable[[Peer], None]) -> Iterator[str]:
    """Yield the address of a server that lets ``answer`` speak on every connection, once the headers are read."""
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def speak(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                _read_request(connection)
                answer(Peer(connection, stopping))
            except OSError:
                return

    def listen() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=speak, args=(connection,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def seconds_of(call: Callable[[], object]) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started

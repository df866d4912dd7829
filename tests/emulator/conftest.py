"""An emulator to call, and a client that speaks nothing but HTTP."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from deliver_to_po.emulator.config import EmulatorConfig
from deliver_to_po.emulator.server import EmulatorServer

TIMEOUT_SECONDS = 10


class Caller:
    """Calls one emulator as a client of the portal would."""

    def __init__(self, base: str, config: EmulatorConfig) -> None:
        self.base = base
        self.config = config
        self.headers = {"Accept": "application/json"}

    @property
    def port(self) -> int:
        """Return the port that the emulator answers on."""
        return int(urlsplit(self.base).port or 80)

    def token(self, **form: str) -> requests.Response:
        known = {"client_id": self.config.client_id, "client_secret": self.config.client_secret}
        data = {"grant_type": "client_credentials", "scope": "merchant", **known, **form}
        url = f"{self.base}/cpc-api-native-oauth-provider/oauth2/token"
        return requests.post(url, data=data, timeout=TIMEOUT_SECONDS)

    def sign_in(self) -> "Caller":
        """Use a fresh token from now on."""
        self.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"
        return self

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Call a path below the base, or an address that an answer gave."""
        url = path if path.startswith("http") else self.base + path
        headers = self.headers | more.pop("headers", {})
        return requests.request(method, url, headers=headers, timeout=more.pop("timeout", TIMEOUT_SECONDS), **more)

    def offices(self, **asked: object) -> list[dict[str, Any]]:
        params = {"d2po": "true", **asked}
        found: list[dict[str, Any]] = self.call("GET", "/postoffice/v1/post-offices", params=params).json()
        return found

    @property
    def shipments(self) -> str:
        return f"/shipping/v1/{self.config.customer_number}/{self.config.customer_number}/shipments"

    def create(self, body: dict[str, Any], **more: Any) -> requests.Response:
        return self.call("POST", self.shipments, json=body, **more)


@pytest.fixture(scope="session")
def running() -> Iterator[EmulatorServer]:
    with EmulatorServer() as server:
        yield server


@pytest.fixture
def emulator(running: EmulatorServer) -> EmulatorServer:
    """An emulator that remembers nothing."""
    running.reset()
    running.world.config = EmulatorConfig()
    return running


@pytest.fixture
def caller(emulator: EmulatorServer) -> Caller:
    """A client with a token."""
    return Caller(emulator.url, emulator.config).sign_in()


@pytest.fixture
def body(caller: Caller) -> dict[str, Any]:
    """A D2PO shipment that is right in every way."""
    return shipment_body(caller.offices(postalCode="K1A0B1")[0]["officeId"], caller.config.contract_id)


def shipment_body(office_id: str, contract_id: str) -> dict[str, Any]:
    """Return a D2PO shipment for a contract customer."""
    ottawa = {"city": "Ottawa", "provState": "ON", "countryCode": "CA"}
    return {
        "customerRequestId": "request-1",
        "groupId": "group-1",
        "requestedShippingPoint": "K1A0B1",
        "deliverySpec": {
            "serviceCode": "DOM.EP",
            "sender": {
                "company": "Boutique Exemple",
                "contactPhone": "613-555-0100",
                "addressDetails": {"addressLine1": "1 Example St", "postalZipCode": "K1A0B1", **ottawa},
            },
            "destination": {
                "name": "Zoë Nœl",
                "clientVoiceNumber": "613-555-0123",
                "addressDetails": {"addressLine1": "23 Sample Lane", "postalZipCode": "K1K4T3", **ottawa},
            },
            "options": [{"optionCode": "D2PO", "optionQualifier2": office_id}],
            "parcelCharacteristics": {"weight": 1.25, "dimensions": {"length": 30, "width": 20, "height": 10.5}},
            "notification": {"email": "z@example.com", "onShipment": True, "onException": True, "onDelivery": True},
            "printPreferences": {"outputFormat": "4x6", "encoding": "PDF"},
            "preferences": {"showPackingInstructions": False},
            "references": {"customerRef1": "ORDER-1001"},
            "settlementInfo": {"contractId": contract_id, "intendedMethodOfPayment": "Account"},
        },
    }

"""A shop whose parcels go to a receiver, and a receiver that reports."""

import base64
import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.signing import Signer
from tests.factories import make_shipment
from tests.shipping.parcel_receiver import SECRET, SIGNER

OTHER_SECRET = "whsec_" + base64.b64encode(b"this is another receiver's").decode()
LABEL = b"^XA^FDa label^FS^XZ"


@pytest.fixture(autouse=True)
def _systems(change_settings: Any) -> None:
    backend = "deliver_to_po.shipping.webhook.Webhook"
    options = {"URL": "http://127.0.0.1:9/", "HAS_SHOWN_A_LABEL": True}
    change_settings(
        SHIPPING_SYSTEMS={
            "default": {"BACKEND": backend, "OPTIONS": {**options, "SECRET": SECRET}},
            "other": {"BACKEND": backend, "OPTIONS": {**options, "SECRET": OTHER_SECRET}},
            "canada": {"BACKEND": "deliver_to_po.shipping.canadapost.CanadaPostShipping", "OPTIONS": {}},
        }
    )


class Caller:
    """Reports to the shop, as a receiver does."""

    ids = itertools.count(1)

    def __init__(self) -> None:
        self._client = Client(enforce_csrf_checks=True)

    def send(
        self,
        body: bytes,
        *,
        alias: str = "default",
        signer: Signer = SIGNER,
        message_id: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        told = signer.headers(message_id or f"message-{next(self.ids)}", body) if headers is None else headers
        response = self._client.post(
            reverse("deliver_to_po:webhook", args=[alias]), body, content_type="application/json", headers=dict(told)
        )
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]
        assert ("Retry-After" in response) == (response.status_code == 503)
        return response.status_code, response.json()

    def report(self, shipment: Shipment, *, how: Mapping[str, Any] | None = None, **data: Any) -> Any:
        """Report that a shipment was made, or whatever ``data`` says."""
        return self.send(report_of(shipment, **data), **(how or {}))


def report_of(shipment: Shipment, **data: Any) -> bytes:
    """Return a report that a shipment was made, or whatever ``data`` says."""
    told = {"request_id": shipment.request_id, "outcome": "made", "tracking_number": "7023210039414604", **data}
    return json.dumps({"version": 1, "type": "shipment.reported", "data": told}).encode()


def label_of(content: bytes = LABEL, media_type: str = "application/zpl") -> dict[str, str]:
    """Return a label as a report holds it."""
    return {"media_type": media_type, "content": base64.b64encode(content).decode()}


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def handed(db: None) -> Shipment:
    return make_shipment(state=ShipmentState.HANDED, due_at=None, requests=1)

"""Canada Post itself, read only: with credentials that the environment holds."""

import os
from typing import Any

import pytest

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.core.carrier import canada_post

PORTAL = ("D2PO_LIVE_CLIENT_ID", "D2PO_LIVE_CLIENT_SECRET", "D2PO_LIVE_CUSTOMER_NUMBER", "D2PO_LIVE_CONTRACT_ID")
WEB_SERVICES = ("D2PO_LIVE_USERNAME", "D2PO_LIVE_PASSWORD", "D2PO_LIVE_CUSTOMER_NUMBER", "D2PO_LIVE_CONTRACT_ID")
APIS = (
    pytest.param("portal", marks=pytest.mark.services(*PORTAL), id="portal"),
    pytest.param("webservices", marks=pytest.mark.services(*WEB_SERVICES), id="webservices"),
)
PREFIX = "D2PO_LIVE_"
KEYS = ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD", "CUSTOMER_NUMBER", "MOBO", "CONTRACT_ID")


@pytest.fixture(params=APIS)
def live(request: pytest.FixtureRequest, change_settings: Any) -> CanadaPost:
    """Return a client of Canada Post; without D2PO_LIVE_BASE_URL at Canada Post's own address for tests."""
    written = {key: os.environ.get(PREFIX + key, "") for key in KEYS}
    patience = {"CONNECT_TIMEOUT_SECONDS": 10.0, "READ_TIMEOUT_SECONDS": 20.0, "TOTAL_TIMEOUT_SECONDS": 30.0}
    change_settings(CANADA_POST={**written, **patience, "API": request.param, "LIVE": False, "CALLS_PER_MINUTE": 100})
    return canada_post()


@pytest.fixture(autouse=True)
def _nobody_pauses() -> None:
    """Let a call that failed wait before it is tried again, as in a shop."""

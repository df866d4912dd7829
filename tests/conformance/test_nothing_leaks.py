"""Canary values through every operation over the XML API: no log and no error repeats them.

The same of the portal, and of whatever is answered, is asserted in tests/canadapost and in test_spoilt_answers.
"""

import base64
import logging
from typing import Any

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.emulator.server import EmulatorServer
from tests.conformance.operations import PERSON, operations
from tests.factories import make_request

BASIC = base64.b64encode(b"emulator:emulator-secret").decode()
SECRETS = ("canary", "serin", "555-0142", "k1k4t3", "emulator-secret", BASIC.lower(), "bearer", "basic ")


@pytest.fixture
def api(emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak the XML API."""
    change_settings(CANADA_POST={"API": "webservices"})
    return "webservices"


FAULTS = ("400", "401", "404", "500", "html", "garbage", "truncate", "reset", "redirect")


def everything_said(error: BaseException) -> str:
    """Return an error as any log could show it, with what caused it."""
    said, seen = [], error
    while True:
        said += [str(seen), repr(seen), repr(seen.args)]
        further = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        if further is None:
            return "\n".join(said).lower()
        seen = further


def assert_clean(text: str) -> None:
    """Fail with the secret that ``text`` holds."""
    assert [secret for secret in SECRETS if secret in text.lower()] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_no_error_and_no_log_of_any_operation_holds_a_canary(
    client: CanadaPost, nearby: PostOffice, emulator: EmulatorServer, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    request = make_request(office_id=nearby.office_id, recipient=PERSON, reference="CANARY-1", group_id="canary-group")
    for name, ask in operations(client, request, emulator.url).items():
        emulator.faults.clear()
        emulator.faults.add(name, fault, count=None)
        try:
            ask()
        except errors.CanadaPostError as error:
            assert_clean(everything_said(error))
    assert_clean("\n".join(record.getMessage() for record in caplog.records))

"""Every operation × every fault, each way: a typed error or an answer, in time, and no create sent twice."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from tests.conformance.operations import PERSON, name_of, operations
from tests.factories import make_request

pytestmark = pytest.mark.slow
# For threads that wake up late on a busy machine.
MARGIN_SECONDS = 3.0
FAULTS = (
    *("400", "401", "403", "404", "406", "408", "412", "429", "500", "502", "503", "202", "204", "302"),
    *("delay", "drip", "reset", "truncate", "garbage", "encoding", "empty", "html", "slm", "redirect", "duplicate"),
)
# These wait for the deadline, so it is short; all others have the time that a busy machine needs.
SLOW = ("delay", "drip")
# A new token is worth a second try: with the old one nothing was done.
SAFE_TO_REPEAT = {("portal", "401"), ("portal by card", "401")}


def total_seconds(fault: str) -> float:
    """Return the deadline of each operation."""
    return 0.3 if fault in SLOW else 5.0


# What changes something: for these the work may have been done before the fault.
CREATE = "create_shipment"
CHANGES = (CREATE, "void_shipment", "refund_shipment")


def nearby() -> str:
    return canada_post().find_offices(NearPostalCode("K1A0B1"))[0].office_id


def error_of(ask: Callable[[], object]) -> errors.CanadaPostError | None:
    """Return the typed error of a call, None when it was answered; anything else is a failure of the test."""
    try:
        ask()
    except errors.CanadaPostError as error:
        return error
    return None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
def test_only_typed_errors_in_time(
    way: str, emulator: EmulatorServer, change_settings: Any, fault: str, after: bool
) -> None:
    request = make_request(office_id=nearby(), recipient=PERSON)
    names = operations(canada_post(), request, emulator.url)
    for name in [name for name in names if not after or name.replace("nc", "") in CHANGES]:
        # Anew for each, so that neither the breaker nor a rejection of one spares the next.
        change_settings(CANADA_POST={"TOTAL_TIMEOUT_SECONDS": total_seconds(fault)})
        cache.clear()
        emulator.faults.clear()
        emulator.faults.add(name, fault, count=None, after=after)
        started = time.monotonic()
        error = error_of(operations(canada_post(), request, emulator.url)[name])
        assert time.monotonic() - started < total_seconds(fault) + MARGIN_SECONDS, name
        assert not isinstance(error, errors.InvalidRequest | errors.NotSupported), name
    assert emulator.calls[name_of(CREATE, canada_post())] == (2 if (way, fault) in SAFE_TO_REPEAT else 1)

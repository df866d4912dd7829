"""Every operation × every fault, over both APIs: a typed error or an answer, in time, and no create sent twice."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from tests.conformance.operations import PERSON, operations
from tests.factories import make_request

pytestmark = pytest.mark.slow
TOTAL_SECONDS = 0.3
# For threads that wake up late on a busy machine.
MARGIN_SECONDS = 1.0
FAULTS = (
    "400",
    "401",
    "403",
    "404",
    "406",
    "408",
    "412",
    "429",
    "500",
    "502",
    "503",
    "202",
    "204",
    "302",
    "delay",
    "drip",
    "reset",
    "truncate",
    "garbage",
    "encoding",
    "empty",
    "html",
    "slm",
    "redirect",
    "duplicate",
)
# A new token is worth a second try: with the old one nothing was done.
SAFE_TO_REPEAT = {("portal", "401")}


# What changes something: for these the work may have been done before the fault.
CHANGES = ("create_shipment", "void_shipment", "refund_shipment")


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
    api: str, nearby: PostOffice, emulator: EmulatorServer, change_settings: Any, fault: str, after: bool
) -> None:
    request = make_request(office_id=nearby.office_id, recipient=PERSON)
    for name in CHANGES if after else operations(canada_post(), request, emulator.url):
        # Anew for each, so that neither the breaker nor a rejection of one spares the next.
        change_settings(CANADA_POST={"TOTAL_TIMEOUT_SECONDS": TOTAL_SECONDS})
        cache.clear()
        emulator.faults.clear()
        emulator.faults.add(name, fault, count=None, after=after)
        started = time.monotonic()
        error = error_of(operations(canada_post(), request, emulator.url)[name])
        assert time.monotonic() - started < TOTAL_SECONDS + MARGIN_SECONDS, name
        assert not isinstance(error, errors.InvalidRequest | errors.NotSupported), name
    assert emulator.calls["create_shipment"] == (2 if (api, fault) in SAFE_TO_REPEAT else 1)


LOST = ("500", "502", "503", "delay", "drip", "reset", "truncate", "garbage", "encoding", "empty", "html", "204")


@pytest.mark.parametrize("fault", LOST)
def test_a_create_whose_answer_got_lost_is_of_unknown_outcome(
    api: str, nearby: PostOffice, emulator: EmulatorServer, change_settings: Any, fault: str
) -> None:
    change_settings(CANADA_POST={"TOTAL_TIMEOUT_SECONDS": TOTAL_SECONDS})
    emulator.faults.add("create_shipment", fault, after=True)
    with pytest.raises(errors.UnknownOutcome):
        canada_post().create_shipment(make_request(office_id=nearby.office_id))
    assert len(emulator.shipments) == 1

"""Answers that get lost once, twice or for ever: what was done is found, however Canada Post spells its searches."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import ManifestState, Reason, ShipmentState
from deliver_to_po.core.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.cancelling import cancel
from deliver_to_po.handoff.day_end.transmitting import transmit
from deliver_to_po.handoff.sending import looking_up
from deliver_to_po.models import Manifest, Shipment
from tests.factories import make_shipment
from tests.rounds import do_due, handed_off, now, swept
from tests.ways import call_of, due_shipment

pytestmark = pytest.mark.django_db

# What Canada Post knows of the names of parameters, whether it answers others with an empty list or with 9105, and how
# often the answer gets lost; None for ever.
LOST = [
    pytest.param({"spelling": spelling, "unknown_finds_nothing": nothing}, lost, id=f"{spelling}, {answer}, {lost}")
    for spelling, nothing, answer, lost in (
        ("first", True, "else nothing", 1),
        ("first", False, "else 9105", None),
        ("second", True, "else nothing", None),
        ("second", False, "else 9105", 2),
    )
]
GROUP = "main-street-2026-11-23"
UNKNOWN: list[dict[str, Any]] = [{"spelling": "second", "unknown_finds_nothing": True}, {"spelling": "second"}]


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak one API after the other, and wait for nothing."""
    waits = ("LOOK_UP_AFTER_SECONDS", "LABEL_AFTER_SECONDS", "RETRY_AFTER_SECONDS")
    change_settings(
        CANADA_POST={"API": request.param, "GROUP_PREFIX": "main-street"}, HANDOFF=dict.fromkeys(waits, (0.0, 0.0, 0.0))
    )
    return str(request.param)


def labelled(api: str) -> Shipment:
    return handed_off(due_shipment(api, GROUP))


@pytest.mark.parametrize(("known", "lost"), LOST)
def test_a_shipment_is_found_and_nothing_is_sent_again(
    way: str, emulator: EmulatorServer, change_settings: Any, known: dict[str, Any], lost: int | None
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (0.0, 0.0, 0.0)})
    emulator.configure(**known)
    create = call_of(way, "create")
    emulator.faults.add(create, "500", after=True, count=lost)
    shipment = handed_off(due_shipment(way, GROUP), times=3)
    assert emulator.calls[create] == 1
    [made] = emulator.shipments
    assert (shipment.state, shipment.shipment_id) == (ShipmentState.LABELLED, made.shipment_id)


@pytest.mark.parametrize(("known", "lost"), LOST)
def test_a_transmission_is_found_and_nothing_is_transmitted_again(
    api: str, emulator: EmulatorServer, known: dict[str, Any], lost: int | None
) -> None:
    emulator.configure(**known)
    shipment = labelled(api)
    # As Canada Post calls what it has billed: a status that it does not publish.
    emulator.faults.add("transmit", "500", after=True, count=lost)
    [manifest] = transmit()
    emulator.state.set_status(shipment.shipment_id, "reconciled")
    assert swept(manifest).state == ManifestState.FETCHED
    [held] = emulator.manifests
    assert manifest.carrier_ids == [held.manifest_id]
    assert emulator.calls["transmit"] == 1


def test_a_transmission_is_found_though_the_manifest_of_another_program_cannot_be_read(
    api: str, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0, 600.0), "RETRY_AFTER_SECONDS": (600.0,)})
    labelled(api)
    transmit()
    labelled(api)
    emulator.faults.add("transmit", "500", after=True)
    # The first manifest is asked about first, and is not ours this time.
    emulator.faults.add("get_manifest", "404")
    [manifest] = transmit()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        swept(manifest)
    assert (manifest.state, manifest.carrier_ids) == (ManifestState.FETCHED, [emulator.manifests[1].manifest_id])


@pytest.mark.parametrize(("known", "lost"), LOST)
def test_what_was_voided_is_found(api: str, emulator: EmulatorServer, known: dict[str, Any], lost: int | None) -> None:
    emulator.configure(**known)
    shipment = labelled(api)
    emulator.faults.add("void_shipment", "500", after=True, count=lost)
    cancel(shipment.delivery.order)
    handed_off(shipment, times=2)
    assert shipment.state == ShipmentState.VOIDED
    assert emulator.shipments[0].voided


@pytest.mark.parametrize("lost", [1, 2])
def test_a_refund_is_known_to_be_asked_for(way: str, emulator: EmulatorServer, change_settings: Any, lost: int) -> None:
    change_settings(HANDOFF={"RETRY_AFTER_SECONDS": (0.0, 0.0)}, REFUND_EMAIL="refunds@shop.ca")
    shipment = labelled(way)
    emulator.state.set_status(shipment.shipment_id, "transmitted")
    emulator.faults.add(call_of(way, "refund"), "500", after=True, count=lost)
    cancel(shipment.delivery.order)
    handed_off(shipment, times=3)
    assert shipment.state == ShipmentState.REFUND_ASKED


# What is asked, how a search for it is answered, and what a person reads after a day.
NEVER_KNOWN: dict[str, tuple[list[dict[str, Any]], Reason, str]] = {
    "create_shipment": (UNKNOWN, Reason.GAVE_UP, "by its request ID"),
    "transmit": (UNKNOWN, Reason.GAVE_UP_TRANSMITTING, "press “Check again”"),
    "void_shipment": ([{}], Reason.GAVE_UP_TAKING_BACK, "by its tracking number. If it is still there, void or refund"),
    "refund_shipment": ([{}], Reason.GAVE_UP_TAKING_BACK, "by its tracking number. If it is still there, void or"),
}


@pytest.mark.parametrize(
    ("operation", "known"), [(operation, known) for operation, (each, *_) in NEVER_KNOWN.items() for known in each]
)
def test_what_never_arrives_is_a_persons_after_a_day_who_is_told_where_to_look(
    api: str, emulator: EmulatorServer, change_settings: Any, known: dict[str, Any], operation: str
) -> None:
    emulator.configure(**known)
    waits = {"LOOK_UP_AFTER_SECONDS": (60.0, 60.0, 60.0), "LABEL_AFTER_SECONDS": (0.0,)}
    change_settings(HANDOFF=waits, REFUND_EMAIL="refunds@shop.ca")
    row: Shipment | Manifest = due_shipment(api, GROUP) if operation == "create_shipment" else labelled(api)
    emulator.faults.add(operation, "500", count=None)
    if operation == "transmit":
        [row] = transmit()
    elif isinstance(row, Shipment):
        if operation == "refund_shipment":
            emulator.state.set_status(row.shipment_id, "transmitted")
        if operation != "create_shipment":
            cancel(row.delivery.order)
        handed_off(row)
    assert row.state in ("unknown", "voiding")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        do_due()
    row.refresh_from_db()
    _, reason, advice = NEVER_KNOWN[operation]
    assert (row.state, row.reason) == ("attention", reason)
    assert advice in Reason(row.reason).advice


def test_after_a_failed_transmission_it_is_voided(api: str, emulator: EmulatorServer, change_settings: Any) -> None:
    """Canada Post took it and answered 9154 in place of a manifest: then it refuses a refund with 7291."""
    change_settings(REFUND_EMAIL="refunds@shop.ca")
    shipment = labelled(api)
    emulator.configure(transmits_fail=True)
    transmit()
    assert now(shipment).transmitted_at is not None
    cancel(shipment.delivery.order)
    handed_off(shipment)
    rows = Shipment.objects.filter(pk=shipment.pk).values_list("state", "transmitted_at")
    assert rows.get() == (ShipmentState.VOIDED, None)
    assert emulator.shipments[0].voided


def test_a_group_that_is_still_listed_does_not_show_that_it_was_not_transmitted(
    api: str, emulator: EmulatorServer, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest does not show yet, and the status is one that Canada Post does not publish."""
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0, 60.0), "LABEL_AFTER_SECONDS": (60.0,)})
    gone, stays = labelled(api), labelled(api)
    for client in (PortalCanadaPost, WebServicesCanadaPost):
        monkeypatch.setattr(client, "find_manifests", lambda self, first, last: [])
    emulator.faults.add("transmit", "500", after=True)
    [manifest] = transmit(exclude=[stays.tracking_pin])
    emulator.state.set_status(gone.shipment_id, "reconciled")
    assert canada_post().groups() == [GROUP]
    for minutes in (2, 4, 6):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            do_due()
    assert (now(manifest).state, manifest.reason) == (ManifestState.UNKNOWN, Reason.TRANSMIT_UNKNOWN)
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(minutes=60)):
        do_due()
    assert (now(manifest).state, emulator.calls["transmit"]) == (ManifestState.FETCHED, 1)


def test_one_of_many_is_found_without_asking_about_the_others(way: str, emulator: EmulatorServer) -> None:
    """150 took longer than the deadline."""
    for _ in range(3):
        labelled(way)
    before = emulator.calls
    emulator.faults.add(call_of(way, "create"), "500", after=True)
    assert labelled(way).state == ShipmentState.LABELLED
    asked = {name: count - before.get(name, 0) for name, count in emulator.calls.items()}
    by_time = way == "webservices by card"
    searches, details = (
        ("find_ncshipments", "ncshipment_details") if by_time else ("find_shipments", "shipment_details")
    )
    # One search in each time zone that may be meant; once to know it by its reference, once whether it is the same.
    assert (asked[searches], asked[details]) == ((2, 2) if by_time else (1, 1))
    assert asked.get("get_shipment", 0) <= 1


def test_only_shipments_of_the_same_system_and_api_and_time_are_surely_others() -> None:
    then, system = timezone.now(), SimpleNamespace(doubles_repeated_ids=True)
    lost: Any = make_shipment(state=ShipmentState.UNKNOWN, requested_at=then)
    made: dict[str, Any] = {"state": ShipmentState.LABELLED, "api": lost.api, "made_at": then}
    make_shipment(shipment_id="1", **made)
    for name, other in (("api", "another"), ("system", "est"), ("made_at", then - timedelta(days=1))):
        make_shipment(shipment_id=name, **{**made, name: other})
    assert looking_up._as_it_was_sent(lost, cast(Any, system)).others == ("1",)

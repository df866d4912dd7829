"""Somebody who transmits is killed between the claim and the call, and between the call and its answer."""

import signal
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import ManifestState, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.cancelling import Cancelled, cancel
from deliver_to_po.handoff.day_end.transmitting import GROUPS_AT_MOST
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Manifest, Shipment
from tests.handoff.day_end.carrier import claimed
from tests.handoff.workers import AMID_SECONDS, LOOP, Workers, state_of, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# One group more than goes into one transmission: the second is claimed while the first is being asked for.
PREFIX = "main-street"
GROUPS = [f"{PREFIX}-{date(2026, 10, 1) + timedelta(days=day)}" for day in range(GROUPS_AT_MOST + 1)]


@pytest.mark.parametrize("after", [True, False], ids=["after it was transmitted", "before it was transmitted"])
def test_a_kill_in_the_call_and_one_before_it_transmit_each_parcel_once(
    due: Callable[..., Shipment],
    emulator: EmulatorServer,
    change_settings: Any,
    workers: Workers,
    tmp_path: Path,
    after: bool,
) -> None:
    change_settings(CANADA_POST={"GROUP_PREFIX": PREFIX})
    shipments = [due(group=group) for group in GROUPS]
    for shipment in shipments:
        hand_off(shipment.pk)
        assert state_of(shipment) == ShipmentState.LABELLED
    emulator.faults.add("transmit", "delay", seconds=AMID_SECONDS, after=after)
    claimed(*GROUPS[:GROUPS_AT_MOST])
    second = Manifest.objects.filter(pk=claimed(GROUPS[-1]).pk)
    second.update(due_at=timezone.now() + timedelta(hours=1))
    killed = workers.start(*LOOP)
    wait_for(lambda: emulator.manifests if after else emulator.calls.get("transmit"))
    killed.kill()
    assert killed.wait(timeout=60) == -signal.SIGKILL
    assert _states() == [ManifestState.ASKED, ManifestState.CLAIMED]
    assert cancel(shipments[-1].delivery.order) == Cancelled.ASKED
    second.update(due_at=timezone.now())

    other = workers.start(*LOOP)
    # What was cancelled before its own transmission was asked for is voided, and nothing of that one is left.
    wait_for(lambda: _states() == [ManifestState.FETCHED, ManifestState.REFUSED])
    wait_for(lambda: state_of(shipments[-1]) == ShipmentState.VOIDED)
    other.send_signal(signal.SIGTERM)
    assert other.wait(timeout=60) == 0

    assert [len(manifest.body["groupIds"]) for manifest in emulator.manifests] == [GROUPS_AT_MOST]
    held = {made.request_id: made for made in emulator.shipments}
    assert {held[shipment.request_id].status for shipment in shipments[:-1]} == {"transmitted"}
    manifest = Manifest.objects.earliest("pk")
    assert (tmp_path / str(manifest.document.name)).read_bytes().startswith(b"%PDF")
    ids = {held[shipment.request_id].manifest_id for shipment in manifest.shipments.all()}
    assert ids == set(manifest.carrier_ids)
    assert {state_of(shipment) for shipment in shipments[:-1]} == {ShipmentState.LABELLED}


def _states() -> list[str]:
    return list(Manifest.objects.order_by("pk").values_list("state", flat=True))

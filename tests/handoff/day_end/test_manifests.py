"""What breaks while a manifest is asked for is looked up, and nothing is transmitted twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.core.choices import ManifestState as M
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.cancelling import Cancelled, cancel
from deliver_to_po.handoff.changing.change import Changed, correct_recipient
from deliver_to_po.handoff.day_end import manifests
from deliver_to_po.handoff.day_end.manifests import look_again
from deliver_to_po.handoff.day_end.transmission_request import transmission_of
from deliver_to_po.handoff.day_end.transmitting import carry_on, ready_to_transmit, transmit, waiting_groups
from deliver_to_po.handoff.releasing.release import hold
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.models.manifest_moves import claim_shipments
from deliver_to_po.shipping import NotTransmitted, NotYet, Transmission, Transmitted, Unknown
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from tests.factories import make_shipment
from tests.handoff.conftest import GIVE_UP_AFTER, Clock
from tests.handoff.day_end.carrier import MONDAY, TUESDAY, Labelled, at_the_carrier, claimed, either_api, void_elsewhere
from tests.handoff.kills import Killed, killed
from tests.handoff.scripted import Script
from tests.rounds import now, swept

pytestmark = pytest.mark.django_db


# A worker is killed


def test_a_kill_between_claim_and_call_is_made_good_by_the_outbox(labelled: Labelled, emulator: EmulatorServer) -> None:
    shipment = labelled()
    manifest = claimed(MONDAY)
    assert transmit() == []
    assert swept(manifest).state == M.FETCHED
    assert len(emulator.manifests) == 1
    assert now(shipment).manifest == manifest


@either_api
def test_after_a_kill_what_no_manifest_holds_is_transmitted_later(labelled: Labelled, emulator: EmulatorServer) -> None:
    first, held_back, unwanted, gone = labelled(weight_kg=Decimal(1)), labelled(), labelled(TUESDAY), labelled()
    away = [held_back.shipment_id, unwanted.shipment_id, gone.shipment_id]

    def some_then_die(self: CanadaPostShipping, request: Transmission) -> None:
        assert isinstance(transmit_at_carrier(self, replace(request, excluded=tuple(away))), Transmitted)
        raise Killed

    transmit_at_carrier = CanadaPostShipping.transmit
    with killed(CanadaPostShipping, "transmit", some_then_die):
        transmit()
    assert not ready_to_transmit().filter(pk=first.pk).exists()
    void_elsewhere(emulator, gone)
    assert cancel(unwanted.delivery.order) == Cancelled.ASKED
    manifest = Manifest.objects.get()
    assert (manifest.state, manifest.parcels, manifest.due_at is None) == (M.ASKED, 4, False)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        swept(manifest)
    assert (manifest.state, manifest.parcels, manifest.weight_kg) == (M.FETCHED, 2, Decimal("2.25"))
    assert {now(first).manifest, now(gone).manifest} == {manifest}
    assert (emulator.calls["transmit"], first.transmitted_at is None) == (1, False)
    assert (now(held_back).manifest, held_back.transmitted_at) == (None, None)
    # What was wanted meanwhile is done to what was not transmitted after all.
    assert now(unwanted).state == ShipmentState.VOIDED
    assert now(unwanted.delivery).state == DeliveryState.CANCELLED
    assert [group.ready for group in waiting_groups() if group.own] == [1]
    [rest] = transmit()
    assert (rest.state, now(held_back).manifest, rest.parcels) == (M.FETCHED, rest, 1)
    assert [at_the_carrier(emulator, row) for row in (first, held_back)] == ["transmitted"] * 2
    assert [len(held.body["groupIds"]) for held in emulator.manifests] == [2, 1]


# An answer is lost


@either_api
def test_what_was_not_transmitted_is_asked_for_again(labelled: Labelled, emulator: EmulatorServer) -> None:
    labelled()
    emulator.faults.add("transmit", "500")
    [manifest] = transmit()
    swept(manifest)
    assert (manifest.state, manifest.requests) == (M.FETCHED, 2)
    assert len(emulator.manifests) == 1


@either_api
@pytest.mark.parametrize("operation", ["groups", "shipment_details", "find_manifests"])
def test_a_look_up_that_fails_is_done_again(labelled: Labelled, emulator: EmulatorServer, operation: str) -> None:
    labelled()
    emulator.faults.add("transmit", "500", after=True)
    for _ in range(2):
        emulator.faults.add(operation, "500")
    [manifest] = transmit()
    emulator.faults.clear()
    assert swept(manifest).state == M.FETCHED
    assert len(emulator.manifests) == 1


@either_api
def test_what_was_transmitted_elsewhere_is_found(labelled: Labelled, emulator: EmulatorServer) -> None:
    shipment = labelled()
    transmit()
    Shipment.objects.filter(pk=shipment.pk).update(manifest=None, transmitted_at=None)
    [manifest] = transmit()
    assert swept(manifest).state == M.FETCHED
    assert manifest.carrier_ids == [emulator.manifests[0].manifest_id]
    assert now(shipment).manifest == manifest


def test_what_came_into_the_group_after_the_claim_is_found_in_the_manifest(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, late = labelled(), labelled()
    # As if its worker wrote it down only after the call had gone out.
    ask = transmission_of

    def without_the_late_one(manifest: Manifest) -> Any:
        Shipment.objects.filter(pk=late.pk).update(manifest=None)
        request = ask(manifest)
        Shipment.objects.filter(pk=late.pk).update(manifest=None)
        return replace(request, excluded=())

    monkeypatch.setattr(manifests, "transmission_of", without_the_late_one)
    [manifest] = transmit()
    assert at_the_carrier(emulator, late) == "transmitted"
    assert now(late).manifest == manifest
    assert late.transmitted_at is not None
    assert now(first).manifest == manifest


# It is refused


@either_api
def test_a_refusal_frees_the_parcels_and_says_why(labelled: Labelled, emulator: EmulatorServer) -> None:
    shipment = labelled()
    void_elsewhere(emulator, shipment)
    [manifest] = transmit()
    swept(manifest)
    assert (manifest.state, manifest.reason) == (M.REFUSED, Reason.TRANSMIT_REFUSED)
    assert manifest.reason_text
    assert now(shipment).manifest is None
    assert manifest.groups.get().open_group is None


# What is wanted meanwhile


def held_now(shipment: Shipment) -> None:
    assert hold(shipment.delivery.order, "a payment taken back")


def cancelled_now(shipment: Shipment) -> None:
    assert cancel(shipment.delivery.order) == Cancelled.ASKED


@pytest.mark.parametrize("done", [held_now, cancelled_now])
@pytest.mark.parametrize("alone", [False, True])
def test_what_is_stopped_before_the_call_stays_though_it_was_claimed(
    labelled: Labelled, emulator: EmulatorServer, done: Callable[[Shipment], None], alone: bool
) -> None:
    stays, others = labelled(), [] if alone else [labelled()]
    manifest = claimed(MONDAY)
    done(stays)
    carry_on(manifest)
    assert at_the_carrier(emulator, stays) == "created"
    assert (now(stays).transmitted_at, now(stays).manifest) == (None, None)
    assert now(manifest).parcels == len(others)
    assert manifest.state == (M.REFUSED if alone else M.FETCHED)
    assert not manifest.groups.filter(open_group__isnull=False).exists()
    assert [at_the_carrier(emulator, other) for other in others] == ["transmitted"] * len(others)


@pytest.mark.parametrize("refused", [False, True], ids=["transmitted", "refused"])
def test_what_was_wanted_while_it_was_transmitted_is_done_afterwards(
    labelled: Labelled,
    emulator: EmulatorServer,
    change_settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    refused: bool,
) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example")
    cancelled, corrected, stays = labelled(), labelled(), labelled()
    manifest = claimed(MONDAY)
    transmit_now = CanadaPostShipping.transmit

    def transmitted_late(self: CanadaPostShipping, request: Transmission) -> Any:
        monkeypatch.setattr(CanadaPostShipping, "transmit", transmit_now)
        assert cancel(cancelled.delivery.order) == Cancelled.ASKED
        other = replace(corrected.recipient, name="Zoë Correct")
        assert correct_recipient(corrected.delivery, other) == Changed.KEPT_UNTIL_ANSWER
        return NotYet(reason=Reason.CREDENTIALS) if refused else transmit_now(self, request)

    monkeypatch.setattr(CanadaPostShipping, "transmit", transmitted_late)
    swept(manifest)
    taken_back = ShipmentState.VOIDED if refused else ShipmentState.REFUND_ASKED
    rows = Shipment.objects.filter(delivery__in=[row.delivery_id for row in (cancelled, corrected, stays)])
    assert [(row.delivery_id, row.state) for row in rows.order_by("pk")] == [
        (cancelled.delivery_id, taken_back),
        (corrected.delivery_id, taken_back),
        (stays.delivery_id, ShipmentState.LABELLED),
        *([(corrected.delivery_id, ShipmentState.LABELLED)] if refused else []),
    ]
    assert now(cancelled.delivery).state == DeliveryState.CANCELLED
    assert now(corrected.delivery).state == DeliveryState.RELEASED
    assert {at_the_carrier(emulator, row) for row in rows} == {"created" if refused else "transmitted"}


# The ladder, by a scripted system

S_GROUP = "transmitting-2026-11-23"


@pytest.fixture
def manifest(script: Script, clock: Clock) -> Manifest:
    """Return a manifest of one parcel of a scripted system, claimed and due."""
    shipment = make_shipment(
        system="transmitting", state=ShipmentState.LABELLED, shipment_id="S-1", group=S_GROUP, due_at=None
    )
    made = claim_shipments(
        Shipment.objects.filter(pk=shipment.pk),
        system="transmitting",
        groups=[S_GROUP],
        sender=shipment.sender,
        due_at=timezone.now(),
    )
    assert made is not None
    return made


@pytest.mark.parametrize("asked", [True, False])
def test_a_system_that_is_not_reached_is_asked_again_by_the_ladder_of_retries(
    manifest: Manifest, script: Script, clock: Clock, asked: bool
) -> None:
    if asked:
        script.answers("transmit", NotYet(said="busy"))
    else:
        script.obstacle = NotYet(said="busy")
    assert clock.waits_of(manifest, 4) == [5, 50, 500, 500]
    assert (manifest.state, manifest.reason, manifest.reason_text) == (M.CLAIMED, Reason.UNAVAILABLE, "busy")
    assert (manifest.tries, manifest.requests, manifest.requested_at) == (4, 0, None)


@pytest.mark.parametrize("ids", [["M" * 41], ["M\n1"], [str(number) for number in range(101)]])
def test_of_ids_that_cannot_be_kept_it_is_only_kept_that_the_parcels_are_transmitted(
    manifest: Manifest, script: Script, clock: Clock, ids: list[str]
) -> None:
    script.answers("transmit", Transmitted(manifest_ids=tuple(ids)))
    clock.sweep_when_due(manifest)
    assert (manifest.state, manifest.carrier_ids) == (M.TRANSMITTED, [])
    assert manifest.shipments.filter(transmitted_at__isnull=False).exists()


def test_an_unknown_outcome_is_asked_again_after_two_empty_look_ups_and_then_after_each_round_of_waits(
    manifest: Manifest, script: Script, clock: Clock
) -> None:
    script.answers("transmit", Unknown(said="time-out"))
    script.answers("find_transmission", NotTransmitted())
    assert clock.waits_of(manifest, 6) == [2, 20, 2, 20, 200, 2]
    look_ups = ["find_transmission"]
    assert [name for name, _ in script.asked] == ["transmit", *look_ups * 2, "transmit", *look_ups * 3, "transmit"]
    first, *others = script.asked_to("transmit")
    assert others == [first, first]


def test_a_look_up_that_cannot_tell_counts_for_no_try_and_is_made_again_ever_more_seldom(
    manifest: Manifest, script: Script, clock: Clock
) -> None:
    script.answers("transmit", Unknown())
    script.answers("find_transmission", *[NotYet(reason=Reason.THROTTLED)] * 3, NotTransmitted())
    assert clock.waits_of(manifest, 5) == [2, 5, 50, 500, 20]
    assert (manifest.state, manifest.reason, manifest.requests) == (M.UNKNOWN, Reason.TRANSMIT_UNKNOWN, 1)
    script.answers("find_transmission", Transmitted(manifest_ids=("M-1",)))
    clock.sweep_when_due(manifest)
    assert (manifest.state, manifest.carrier_ids, manifest.tries) == (M.TRANSMITTED, ["M-1"], 0)


@pytest.mark.parametrize("answer", [NotYet(), NotTransmitted(), RuntimeError("of their own")])
def test_the_clock_alone_leads_from_unknown_to_a_person_who_may_look_again(
    manifest: Manifest, script: Script, clock: Clock, answer: Any
) -> None:
    script.answers("transmit", Unknown())
    script.answers("find_transmission", answer)
    began = timezone.now()
    clock.until_it_rests(manifest)
    assert (manifest.state, manifest.reason) == (M.ATTENTION, Reason.GAVE_UP_TRANSMITTING)
    assert GIVE_UP_AFTER < timezone.now() - began <= GIVE_UP_AFTER + timedelta(seconds=500)
    script.answers("find_transmission", NotYet(), Transmitted(manifest_ids=("M-1",)))
    assert look_again(manifest)
    assert (manifest.state, manifest.reason, manifest.tries) == (M.UNKNOWN, Reason.TRANSMIT_UNKNOWN, 0)
    clock.waits_of(manifest, 1)
    clock.sweep_when_due(manifest)
    assert (manifest.state, manifest.carrier_ids) == (M.TRANSMITTED, ["M-1"])


def test_an_unknown_outcome_of_a_system_that_is_gone_is_a_persons_in_the_end(
    manifest: Manifest, script: Script, clock: Clock
) -> None:
    script.answers("transmit", Unknown())
    clock.waits_of(manifest, 1)
    Manifest.objects.update(system="gone")
    assert clock.until_it_rests(manifest).state == M.ATTENTION


def test_what_a_person_must_mend_first_frees_the_parcels_unless_an_earlier_request_may_have_transmitted_them(
    manifest: Manifest, script: Script, clock: Clock
) -> None:
    script.answers("transmit", Unknown(), NotYet(reason=Reason.CREDENTIALS))
    script.answers("find_transmission", NotTransmitted())
    assert clock.waits_of(manifest, 3) == [2, 20, 5]
    assert (manifest.state, manifest.reason, manifest.requests) == (M.UNKNOWN, Reason.CREDENTIALS, 1)
    assert manifest.shipments.exists()


@pytest.mark.parametrize("when", ["answered", "asked"])
def test_refused_credentials_free_the_parcels(manifest: Manifest, script: Script, clock: Clock, when: str) -> None:
    if when == "answered":
        script.answers("transmit", NotYet(reason=Reason.CREDENTIALS))
    else:
        script.obstacle = NotYet(reason=Reason.CREDENTIALS)
    clock.sweep_when_due(manifest)
    assert (manifest.state, manifest.reason) == (M.REFUSED, Reason.CREDENTIALS)
    assert not manifest.shipments.exists()


def test_while_the_system_may_not_be_asked_no_try_is_lost(manifest: Manifest, script: Script, clock: Clock) -> None:
    script.answers("transmit", Unknown())
    clock.waits_of(manifest, 1)
    script.obstacle = NotYet(reason=Reason.LIVE_OFF)
    assert clock.waits_of(manifest, 2) == [500, 500]
    assert (manifest.state, manifest.reason, manifest.tries) == (M.UNKNOWN, Reason.LIVE_OFF, 0)
    assert script.asked_to("find_transmission") == []

"""The paper of a manifest: fetched as often as it takes, saved once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from deliver_to_po.core.choices import ManifestState, Reason
from deliver_to_po.emulator.memory.manifests import StoredManifest
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.day_end import manifest_paper
from deliver_to_po.handoff.day_end.manifests import look_again
from deliver_to_po.handoff.day_end.transmitting import carry_on, transmit
from deliver_to_po.handoff.stored_files import write_file
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.models.shipment import label_storage
from tests.handoff.day_end.carrier import Labelled, at_the_carrier, either_api
from tests.handoff.kills import killed_at_the_file
from tests.rounds import now, swept

pytestmark = pytest.mark.django_db


def still_being_made(labelled: Labelled, emulator: EmulatorServer) -> Manifest:
    """Return the manifest of a parcel that was transmitted just now."""
    labelled()
    emulator.configure(manifest_waits=8)
    [manifest] = transmit()
    return manifest


@either_api
def test_a_manifest_that_is_being_made_is_fetched_by_the_outbox(labelled: Labelled, emulator: EmulatorServer) -> None:
    manifest = still_being_made(labelled, emulator)
    assert (manifest.state, manifest.reason) == (ManifestState.TRANSMITTED, Reason.MANIFEST_NOT_READY)
    assert swept(manifest).state == ManifestState.FETCHED


def test_a_manifest_waits_while_its_system_is_not_set_up(labelled: Labelled, emulator: EmulatorServer) -> None:
    manifest = still_being_made(labelled, emulator)
    Manifest.objects.filter(pk=manifest.pk).update(system="gone", due_at=timezone.now())
    carry_on(manifest)
    assert (manifest.state, manifest.reason) == (ManifestState.TRANSMITTED, Reason.NOT_CONFIGURED)
    assert manifest.due_at is not None
    Manifest.objects.filter(pk=manifest.pk).update(system="default", due_at=timezone.now())
    assert swept(manifest).state == ManifestState.FETCHED


def test_a_manifest_that_never_comes_is_left_to_a_person_who_may_look_again(
    labelled: Labelled, emulator: EmulatorServer, change_settings: Any
) -> None:
    shipment = labelled()
    emulator.configure(manifest_waits=1000)
    change_settings(HANDOFF={"GIVE_UP_AFTER": timedelta(hours=1)})
    [manifest] = transmit()
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        swept(manifest)
        assert (manifest.state, manifest.reason) == (ManifestState.ATTENTION, Reason.MANIFEST_MISSING)
        assert manifest.due_at is None
        assert now(shipment).transmitted_at is not None
        emulator.configure(manifest_waits=0)
        assert look_again(manifest)
        assert manifest.reason == Reason.MANIFEST_NOT_READY
        carry_on(manifest)
        assert manifest.state == ManifestState.FETCHED
        assert not look_again(manifest)


@either_api
@pytest.mark.parametrize("answer_lost", [False, True])
def test_a_transmission_that_fails_afterwards_is_a_persons_and_not_waited_for(
    labelled: Labelled, emulator: EmulatorServer, answer_lost: bool
) -> None:
    """Canada Post answers 9154 in place of the manifest, mostly since the default card is missing."""
    labelled()
    emulator.configure(transmits_fail=True)
    if answer_lost:
        emulator.faults.add("transmit", "500", after=True)
    [manifest] = transmit()
    swept(manifest)
    assert (manifest.state, manifest.reason) == (ManifestState.ATTENTION, Reason.TRANSMIT_FAILED)
    assert manifest.reason_text.startswith("9154")
    # What is looked up is known not to be transmitted, so it is asked once more.
    assert emulator.calls["transmit"] == 1 + answer_lost


@either_api
def test_a_manifest_that_tells_of_no_parcel_is_a_persons(labelled: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    labelled()
    monkeypatch.setattr(StoredManifest, "po_number", "EMPTY")
    [manifest] = transmit()
    assert (manifest.state, manifest.reason) == (ManifestState.ATTENTION, Reason.TRANSMIT_FAILED)
    assert not manifest.document


@either_api
def test_an_empty_manifest_beside_another_needs_no_paper(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = still_being_made(labelled, emulator)
    empty = emulator.state.add_manifest("0007023210", "0007023210", emulator.manifests[0].body)
    number = emulator.manifests[0].po_number
    Manifest.objects.filter(pk=manifest.pk).update(carrier_ids=[empty.manifest_id, *manifest.carrier_ids])
    monkeypatch.setattr(
        StoredManifest, "po_number", property(lambda self: "EMPTY" if self.number == empty.number else number)
    )
    assert swept(manifest).state == ManifestState.FETCHED
    assert manifest.number == number


def test_the_papers_of_two_manifests_are_one_document(labelled: Labelled, emulator: EmulatorServer) -> None:
    manifest = still_being_made(labelled, emulator)
    second = emulator.state.add_manifest("0007023210", "0007023210", emulator.manifests[0].body)
    Manifest.objects.filter(pk=manifest.pk).update(carrier_ids=[*manifest.carrier_ids, second.manifest_id])
    assert swept(manifest).state == ManifestState.FETCHED
    assert manifest.number == ", ".join(held.po_number for held in emulator.manifests)
    with manifest.document.open() as paper:
        assert len(PdfReader(paper).pages) == 2


def test_something_that_is_no_pdf_is_never_kept(labelled: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    labelled()
    monkeypatch.setattr("deliver_to_po.emulator.specimens.manifest", lambda *_: b"%PDF-1.4 nothing %%EOF")
    [manifest] = transmit()
    assert (manifest.state, manifest.reason) == (ManifestState.TRANSMITTED, Reason.MANIFEST_UNREADABLE)
    assert not manifest.document
    monkeypatch.undo()
    assert swept(manifest).state == ManifestState.FETCHED


def test_a_kill_while_the_file_is_written_leaves_one_file(labelled: Labelled) -> None:
    labelled()
    with killed_at_the_file(manifest_paper) as written:
        transmit()
    [manifest] = Manifest.objects.all()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        swept(manifest)
    assert manifest.state == ManifestState.FETCHED
    assert [label_storage().exists(name) for name in (*written, str(manifest.document.name))] == [False, True]


def test_a_former_file_that_the_storage_does_not_let_go_costs_no_manifest(
    labelled: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*arguments: Any) -> None:
        raise PermissionError

    labelled()
    with killed_at_the_file(manifest_paper):
        transmit()
    [manifest] = Manifest.objects.all()
    monkeypatch.setattr(label_storage(), "delete", denied)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert swept(manifest).state == ManifestState.FETCHED


@pytest.mark.parametrize("at", ["label_name", "write_file", "move"])
def test_a_worker_that_stalls_costs_no_manifest(labelled: Labelled, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    labelled()
    stalls, written = [True], list[str]()

    def keep_name(*arguments: Any) -> str:
        written.append(write_file(*arguments))
        return written[-1]

    def stall(*arguments: Any, **fields: Any) -> Any:
        [manifest] = Manifest.objects.all()
        if stalls and manifest.state == ManifestState.TRANSMITTED:
            stalls.clear()
            with time_machine.travel(timezone.now() + timedelta(hours=1)):
                assert swept(manifest).state == ManifestState.FETCHED
        return goes_on(*arguments, **fields)

    monkeypatch.setattr(manifest_paper, "write_file", keep_name)
    goes_on = getattr(manifest_paper, at)
    monkeypatch.setattr(manifest_paper, at, stall)
    transmit()
    assert stalls == []
    [manifest] = Manifest.objects.all()
    assert manifest.state == ManifestState.FETCHED
    assert [name for name in written if label_storage().exists(name)] == [manifest.document.name]


# What the manifest itself lists


@either_api
def test_parcels_that_another_shop_or_a_lost_answer_put_into_the_group_are_told_by_the_manifest(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    mine, doubled = labelled(), labelled()
    # Nobody here knows of it: another shop has the same prefix, or the database was restored.
    Shipment.objects.filter(pk=doubled.pk).delete()
    [manifest] = transmit()
    assert (manifest.parcels, manifest.told_of, manifest.strangers) == (1, 2, [doubled.shipment_id])
    assert manifest.differs
    assert at_the_carrier(emulator, mine) == "transmitted"


@either_api
def test_a_manifest_that_lists_what_this_desk_knows_differs_in_nothing(labelled: Labelled) -> None:
    labelled()
    [manifest] = transmit()
    assert (manifest.parcels, manifest.told_of, manifest.strangers, manifest.differs) == (1, 1, [], False)

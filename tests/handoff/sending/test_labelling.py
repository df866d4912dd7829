"""Fetching the label: as often as it takes, kept once."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from deliver_to_po.core.choices import Outcome, Reason, ShipmentState
from deliver_to_po.handoff.sending import labelling
from deliver_to_po.handoff.sending.labelling import is_label
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import ERASED
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.shipping import Label
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import Due
from tests.handoff.kills import killed, killed_at_the_file
from tests.handoff.scripted import Script
from tests.rounds import handed_off, now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("label", "good"),
    [
        (Label(b"^XA^FO50,50^FDx^FS^XZ", "application/zpl"), True),
        (Label(b"^XA^FO50,50^FDx", "application/zpl"), False),
        (Label(b"%PDF-1.4\n%%EOF", "application/pdf"), False),
        (Label(b"<html></html>", "text/html"), False),
        (Label(b"", "application/pdf"), False),
    ],
)
def test_what_cannot_be_printed_is_no_label(label: Label, good: bool) -> None:
    assert is_label(label) is good


def test_a_pdf_that_was_cut_in_the_middle_is_no_label(due: Due) -> None:
    shipment = due()
    handed_off(shipment)
    whole = shipment.label.read()
    assert is_label(Label(whole))
    assert not is_label(Label(whole[: len(whole) // 2] + b"\n%%EOF"))


def test_a_label_in_a_folder_is_for_the_shops_own_user_only(due: Due, folder: Path) -> None:
    hand_off(due().pk)
    [label] = folder.iterdir()
    assert label.stat().st_mode & 0o777 == 0o600


def only_its_label(shipment: Shipment, folder: Path) -> None:
    """Assert that a shipment has its label, that it can be printed, and that no other file is left."""
    assert (now(shipment).state, shipment.lease, shipment.due_at) == (ShipmentState.LABELLED, None, None)
    assert [file.name for file in folder.iterdir()] == [shipment.label.name]
    assert is_label(Label((folder / str(shipment.label.name)).read_bytes()))


def past_its_lease(shipment: Shipment) -> None:
    Shipment.objects.filter(pk=shipment.pk).update(due_at=timezone.now())


def test_a_file_that_an_earlier_try_left_goes_when_there_is_a_label(due: Due, folder: Path) -> None:
    shipment = due(label_files=["half.pdf"])
    (folder / "half.pdf").write_bytes(b"%PDF-half")
    hand_off(shipment.pk)
    only_its_label(shipment, folder)
    assert shipment.label_files == ["half.pdf", shipment.label.name]


@pytest.mark.parametrize("writes", [True, False], ids=["after it is written", "before it is written"])
def test_a_kill_around_the_file_leaves_no_second_one(due: Due, folder: Path, writes: bool) -> None:
    shipment = due()
    with killed_at_the_file(labelling, writes=writes):
        hand_off(shipment.pk)
    assert len(list(folder.iterdir())) == int(writes)
    past_its_lease(shipment)
    hand_off(shipment.pk)
    only_its_label(shipment, folder)


def test_a_kill_while_the_earlier_file_goes_leaves_no_second_one(due: Due, folder: Path) -> None:
    shipment = due(label_files=["half.pdf"])
    (folder / "half.pdf").write_bytes(b"%PDF-half")
    with killed(FileSystemStorage, "delete"):
        hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.MADE
    assert len(list(folder.iterdir())) == 2
    past_its_lease(shipment)
    hand_off(shipment.pk)
    only_its_label(shipment, folder)


@pytest.mark.parametrize("earlier", [[], ["half.pdf"]])
@pytest.mark.parametrize("at", ["save", "_under_lease", "delete", "_labelled"])
def test_a_worker_that_stalls_past_its_lease_costs_no_label(
    due: Due, folder: Path, monkeypatch: pytest.MonkeyPatch, at: str, earlier: list[str]
) -> None:
    shipment = due(label_files=earlier)
    for name in earlier:
        (folder / name).write_bytes(b"%PDF-half")
    place: Any = FileSystemStorage if at in ("save", "delete") else labelling
    goes_on, stalls = getattr(place, at), [True]

    def stall(*arguments: Any, **fields: Any) -> Any:
        if stalls:
            stalls.clear()
            past_its_lease(shipment)
            hand_off(shipment.pk)
            only_its_label(shipment, folder)
        return goes_on(*arguments, **fields)

    monkeypatch.setattr(place, at, stall)
    hand_off(shipment.pk)
    only_its_label(shipment, folder)
    # Without an earlier file none is deleted.
    assert stalls == ([True] if at == "delete" and not earlier else [])


def test_a_worker_that_stalls_deletes_nothing_that_the_row_names_just_then(
    due: Due, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = due(label_files=["half.pdf"])
    (folder / "half.pdf").write_bytes(b"%PDF-half")
    labelled, lease = labelling._labelled, uuid.uuid4()

    def another_has_it(*arguments: Any) -> bool:
        Shipment.objects.filter(pk=shipment.pk).update(lease=lease)
        return labelled(*arguments)

    with monkeypatch.context() as context:
        context.setattr(labelling, "_labelled", another_has_it)
        hand_off(shipment.pk)
    assert (now(shipment).state, shipment.lease) == (ShipmentState.MADE, lease)
    assert [file.name for file in folder.iterdir()] == [shipment.label.name]
    past_its_lease(shipment)
    hand_off(shipment.pk)
    only_its_label(shipment, folder)


def test_a_file_that_got_another_name_goes_again_when_the_row_is_another_workers_by_then(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = make_shipment(state=ShipmentState.MADE)
    storage = shipment.label.storage
    save, before = storage.save, set(storage.listdir("")[1])

    def save_too_late(name: str, content: Any) -> Any:
        Shipment.objects.filter(pk=shipment.pk).update(lease=uuid.uuid4())
        return save(f"other-{name}", content)

    monkeypatch.setattr(storage, "save", save_too_late)
    assert handed_off(shipment).state == ShipmentState.MADE
    assert set(storage.listdir("")[1]) == before
    assert not shipment.attempts.filter(outcome=Outcome.LABEL_KEPT).exists()


def test_labels_go_where_the_settings_say_now(settings: Any) -> None:
    # A shop's own test that names another storage must not write into the shop's; nor may this suite's into each other.
    field = Shipment._meta.get_field("label")
    before = field.storage.save("before.pdf", ContentFile(b"%PDF"))
    settings.STORAGES = {**settings.STORAGES}
    assert not field.storage.exists(before)
    assert field.storage.exists(label_storage().save("after.pdf", ContentFile(b"%PDF")))


def test_no_label_is_fetched_that_would_name_an_erased_recipient_again(script: Script) -> None:
    gone = make_delivery(erased_at=timezone.now())
    shipment = make_shipment(gone, state=ShipmentState.MADE, reason=Reason.UNAVAILABLE, reason_text="?", **ERASED)
    handed_off(shipment)
    assert (shipment.state, shipment.reason, shipment.reason_text) == (ShipmentState.DONE, Reason.ERASED, "")
    assert script.asked_to("label") == []

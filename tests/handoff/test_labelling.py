"""Fetching the label: as often as it takes, kept once."""

import dataclasses
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from deliver_to_po.choices import Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.labelling import is_label
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.shipping import Label
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from tests.bystanders import Bystanders

pytestmark = pytest.mark.django_db
Due = Callable[..., Shipment]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("500", Reason.UNAVAILABLE), ("garbage", Reason.LABEL_UNREADABLE), ("html", Reason.LABEL_UNREADABLE)],
)
def test_a_label_that_does_not_come_is_fetched_again(
    due: Due, emulator: EmulatorServer, fault: str, reason: str
) -> None:
    emulator.faults.add("label", fault, count=None)
    shipment = due()
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.MADE, reason)
    emulator.faults.clear()
    hand_off(shipment.pk, now=True)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.LABELLED, Reason.NONE)
    assert len(emulator.shipments) == 1


def test_a_label_that_is_still_being_made_is_waited_for(due: Due, emulator: EmulatorServer) -> None:
    usual = emulator.world.config
    emulator.world.config = dataclasses.replace(usual, label_waits=2)
    try:
        shipment = due()
        for _ in range(3):
            hand_off(shipment.pk, now=True)
    finally:
        emulator.world.config = usual
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED


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
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    whole = shipment.label.read()
    assert is_label(Label(whole))
    assert not is_label(Label(whole[: len(whole) // 2] + b"\n%%EOF"))


def test_a_label_in_a_folder_is_for_the_shops_own_user_only(
    due: Due, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Shipment._meta.get_field("label"), "storage", FileSystemStorage(tmp_path))
    hand_off(due().pk)
    [label] = tmp_path.iterdir()
    assert label.stat().st_mode & 0o777 == 0o600


def test_a_file_that_an_earlier_try_left_is_replaced_under_the_same_name(due: Due, bystanders: Bystanders) -> None:
    shipment = due()
    left = label_storage().save("half.pdf", ContentFile(b"%PDF-half"))
    Shipment.objects.filter(pk=shipment.pk).update(label=left)
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.label.name) == (ShipmentState.LABELLED, left)
    assert is_label(Label(shipment.label.read()))


def test_a_worker_that_lost_its_lease_leaves_no_file(due: Due, monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = due()

    def label_while_another_takes_over(self: CanadaPostShipping, made: Any) -> Label:
        Shipment.objects.filter(pk=shipment.pk).update(lease=uuid.uuid4())
        return Label(b"^XA^FDorphan^FS^XZ", "application/zpl")

    monkeypatch.setattr(CanadaPostShipping, "label", label_while_another_takes_over)
    before = set(label_storage().listdir("")[1])
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.MADE
    assert set(label_storage().listdir("")[1]) == before


def test_labels_go_where_the_settings_say_now(settings: Any) -> None:
    # A shop's own test that names another storage must not write into the shop's; nor may this suite's into each other.
    field = Shipment._meta.get_field("label")
    before = field.storage.save("before.pdf", ContentFile(b"%PDF"))
    settings.STORAGES = {**settings.STORAGES}
    assert not field.storage.exists(before)
    assert field.storage.exists(label_storage().save("after.pdf", ContentFile(b"%PDF")))

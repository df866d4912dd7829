"""Every way by which a recipient's details leave the desk leaves one line in the history of whose they are."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

import deliver_to_po.admin
from deliver_to_po.admin.who_opened import ONE_LINE_FOR, labels_opened
from deliver_to_po.core.choices import Change, ManifestState
from deliver_to_po.handoff.by_hand.exporting import export
from deliver_to_po.models import Export, Manifest, PrintJob, Shipment
from deliver_to_po.models.shipment import label_storage
from tests.admin.browsing import desk, select
from tests.admin.test_open_label import stored_label
from tests.factories import make_shipment
from tests.handoff.conftest import post_offices
from tests.handoff.parcels_by_hand import by_hand, handed_to

__all__ = ["by_hand", "post_offices"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]
ROOM = Path(deliver_to_po.admin.__file__).parent
# They hand out files in which no recipient is: figures, sums of an invoice, and what others give to the browser.
OF_NOBODY = {"costs/figures_page.py", "costs/invoice_page.py", "csv_files.py"}
# It opens the label by what leaves the trace; and privacy requests have a log of their own.
BY_ANOTHER = {"label_picture.py", "privacy/request_file.py"}


Way = Callable[[Client, Shipment], Any]


def chosen(action: str) -> Way:
    return lambda client, shipment: select(client, action, shipment.delivery)


def opened(page: str) -> Way:
    return lambda client, shipment: client.get(desk(page, shipment.pk))


def labels_of_a_job(client: Client, shipment: Shipment) -> Any:
    if not shipment.prints:
        select(client, "print_labels", shipment.delivery)
    shipment.refresh_from_db()
    job = PrintJob.objects.latest("created_at")
    again = {"first": "1", "last": "1"} if shipment.prints else {}
    shipment.prints = 1
    return client.post(desk("print_again" if again else "print_file", job.pk), {"form": "label", "start": "1", **again})


def ticked(client: Client, shipment: Shipment) -> Any:
    return client.post(desk("by_hand"), {"do": "csv", "system": "desk", "parcel": [shipment.pk]})


def export_file(client: Client, shipment: Shipment) -> Any:
    if not Export.objects.exists():
        export("est", [shipment.pk])
    return client.get(desk("export_file", Export.objects.get().pk))


def manifest(client: Client, shipment: Shipment) -> Any:
    row = shipment.manifest
    if row is None:
        name = label_storage().save("manifest.pdf", ContentFile(b"%PDF"))
        row = Manifest.objects.create(state=ManifestState.FETCHED, document=name, transmitted_at=timezone.now())
        shipment.manifest = row
        shipment.save()
    return client.get(desk("manifest_document", row.pk))


SAVED, OPENED = Change.SAVE_DETAILS, Change.OPEN_LABEL
WAYS: Mapping[str, tuple[Way, Callable[[], Shipment], Change]] = {
    "a row of the list": (chosen("save_as_csv"), make_shipment, SAVED),
    "a packing slip": (chosen("packing_slips"), make_shipment, SAVED),
    "a pick list": (chosen("pick_list"), make_shipment, SAVED),
    "a label": (opened("label"), stored_label, OPENED),
    "a picture": (opened("label_picture"), stored_label, OPENED),
    "labels of a job": (labels_of_a_job, stored_label, OPENED),
    "ticked parcels": (ticked, lambda: handed_to("desk"), SAVED),
    "a file of an export": (export_file, lambda: handed_to("est"), SAVED),
    "a manifest": (manifest, make_shipment, SAVED),
}


@pytest.mark.parametrize("how", WAYS)
def test_whoever_gets_details_of_a_recipient_leaves_one_line_an_hour(
    admin_client: Client, shop_says: Any, how: str
) -> None:
    way, parcel, change = WAYS[how]
    # A pick list names people only where nobody knows what is inside.
    shop_says("contents", [])
    shipment, other = parcel(), parcel()
    found = shipment.delivery.history.filter(change=change)
    lines: Any = found.values_list("user__username", "shipment")
    line = ("admin", shipment.pk if change == OPENED else None)
    for _twice in range(2):
        answer = way(admin_client, shipment)
        assert answer.status_code == 200
        list(answer)
        assert list(lines.all()) == [line]
    assert not other.delivery.history.filter(change__in=(SAVED, OPENED)).exists()
    found.update(at=timezone.now() - ONE_LINE_FOR - timedelta(seconds=1))
    list(way(admin_client, shipment))
    assert list(lines.all()) == [line] * 2


def test_each_clerk_leaves_a_line_of_their_own() -> None:
    shipment = make_shipment()
    clerks = {User.objects.create_user(name) for name in ("ann", "ben")}
    for clerk in clerks:
        labels_opened([shipment], clerk)
    assert {line.user for line in shipment.delivery.history.filter(change=OPENED)} == clerks


def test_no_module_hands_out_a_file_without_a_trace() -> None:
    texts = {path.relative_to(ROOM).as_posix(): path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")}
    hand_out = {
        name
        for name, text in texts.items()
        if re.search(r"FileResponse\(|csv_file\(|private_file\(|Content-Disp", text)
    }
    without = {name for name in hand_out if "admin.who_opened import" not in texts[name]}
    assert without == OF_NOBODY | BY_ANOTHER


def test_a_pick_list_that_names_nobody_leaves_no_trace(admin_client: Client, shop_says: Any) -> None:
    shop_says("contents", [(1, "Soap")])
    shipment = make_shipment()
    assert select(admin_client, "pick_list", shipment.delivery).status_code == 200
    assert not shipment.delivery.history.exists()

"""Fetching a label again: for what is missing, broken or printed badly, and never for whoever is erased."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from deliver_to_po.core.choices import Change, Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.sending.fetch_label_again import LabelAgain, fetch_label_again, labels_to_fetch_again
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import Due, files_in
from tests.rounds import handed_off, now

pytestmark = pytest.mark.django_db
S = ShipmentState


def labelled(due: Due, **fields: Any) -> Shipment:
    shipment = due(**fields)
    handed_off(shipment)
    assert shipment.state == S.LABELLED
    return shipment


def test_the_new_label_takes_the_place_of_the_old_one(due: Due, folder: Path, admin_user: User) -> None:
    shipment, other = labelled(due), labelled(due)
    old, first, began = str(shipment.label.name), shipment.labelled_at, timezone.now()
    assert fetch_label_again(shipment, user=admin_user, note="smeared") == LabelAgain.ASKED
    assert (shipment.state, shipment.reason, shipment.tries) == (S.MADE, Reason.NONE, 0)
    assert shipment.due_at is not None
    assert began <= shipment.due_at <= timezone.now()
    # Until then the old one can be opened.
    assert shipment.label.name == old
    handed_off(shipment)
    assert (str(shipment.state), shipment.labelled_at) == (S.LABELLED, first)
    assert shipment.label.name != old
    assert sorted(files_in(folder)) == sorted([str(shipment.label.name), str(other.label.name)])
    line = shipment.delivery.history.get()
    assert (line.change, line.shipment, line.user, line.note) == (Change.FETCH_AGAIN, shipment, admin_user, "smeared")


def test_a_label_that_is_not_stored_leaves_the_old_one(due: Due, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = labelled(due)
    old = str(shipment.label.name)
    fetch_label_again(shipment)

    def full(*arguments: Any) -> str:
        raise OSError

    with monkeypatch.context() as context:
        context.setattr("deliver_to_po.handoff.sending.labelling.write_file", full)
        hand_off(shipment.pk)
    assert (now(shipment).state, shipment.reason, shipment.label.name) == (S.MADE, Reason.LABEL_NOT_KEPT, old)
    assert files_in(folder) == [old]
    handed_off(shipment)
    assert (shipment.state, shipment.reason) == (S.LABELLED, Reason.NONE)
    assert files_in(folder) == [shipment.label.name]


def test_an_old_label_that_the_storage_does_not_let_go_costs_no_new_one(
    due: Due, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = labelled(due)
    old = str(shipment.label.name)
    fetch_label_again(shipment)

    def denied(*arguments: Any) -> None:
        raise PermissionError

    with monkeypatch.context() as context:
        context.setattr(FileSystemStorage, "delete", denied)
        handed_off(shipment)
    assert shipment.state == S.LABELLED
    assert sorted(files_in(folder)) == sorted([old, str(shipment.label.name)])
    # So it goes with the recipient.
    assert old in shipment.every_label_file


def test_the_label_of_a_transmitted_parcel_too(due: Due, emulator: EmulatorServer) -> None:
    shipment = labelled(due)
    Shipment.objects.filter(pk=shipment.pk).update(transmitted_at=timezone.now())
    assert fetch_label_again(shipment) == LabelAgain.ASKED
    handed_off(shipment)
    assert shipment.state == S.LABELLED
    assert len(emulator.shipments) == 1


def test_what_was_asked_for_before_is_not_asked_for_twice(due: Due) -> None:
    shipment = labelled(due)
    same = Shipment.objects.get(pk=shipment.pk)
    assert fetch_label_again(shipment) == LabelAgain.ASKED
    assert fetch_label_again(same) == LabelAgain.UNDER_WAY
    assert shipment.delivery.history.count() == 1


def test_a_parcel_that_has_no_label_that_counts_is_left_as_it_is() -> None:
    states = {*S.values} - {"labelled", "made"}
    rows = [make_shipment(state=state, shipment_id="1") for state in sorted(states)]
    before = list(Shipment.objects.order_by("pk").values())
    assert {fetch_label_again(shipment) for shipment in rows} == {LabelAgain.NO_LABEL}
    assert not any(labels_to_fetch_again(shipment.delivery).exists() for shipment in rows)
    assert list(Shipment.objects.order_by("pk").values()) == before
    assert not any(shipment.delivery.history.exists() for shipment in rows)


def test_nothing_is_fetched_again_of_who_is_erased_or_about_to_be() -> None:
    now, lifetime = timezone.now(), app_settings.recipient_lifetime
    chosen = [
        make_shipment(make_delivery(**fields), state="labelled")
        for fields in (
            {"erased_at": now, "recipient_name": ""},
            {"placed_at": now - lifetime},
            {"placed_at": now - lifetime + timedelta(hours=1)},
        )
    ]
    assert [labels_to_fetch_again(shipment.delivery).count() for shipment in chosen] == [0, 0, 1]
    assert [fetch_label_again(shipment) for shipment in chosen] == [
        LabelAgain.ERASED,
        LabelAgain.ERASED,
        LabelAgain.ASKED,
    ]
    assert [shipment.delivery.history.count() for shipment in chosen] == [0, 0, 1]


def test_who_was_erased_a_moment_ago_gets_no_label() -> None:
    shipment = make_shipment(state="labelled")
    type(shipment.delivery).objects.filter(pk=shipment.delivery_id).update(erased_at=timezone.now())
    assert shipment.delivery.erased_at is None
    assert fetch_label_again(shipment) == LabelAgain.ERASED
    assert Shipment.objects.get(pk=shipment.pk).state == S.LABELLED

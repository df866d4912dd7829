"""A backup is restored: rows behind the storage, a storage behind the rows, rows behind Canada Post."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.files.storage import storages
from django.utils import timezone

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import DeliveryState, Differs, ShipmentState
from deliver_to_po.core.conf import LABEL_STORAGE
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.day_end.curing import CURES, cure
from deliver_to_po.handoff.day_end.reconciling import differing, reconcile
from deliver_to_po.handoff.day_end.transmitting import transmit
from deliver_to_po.handoff.releasing.release import release_delivery
from deliver_to_po.handoff.sending.fetch_label_again import fetch_label_again
from deliver_to_po.models import Delivery, Manifest, Shipment
from tests.factories import going_to, make_delivery
from tests.rounds import do_due, now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]
Place = Callable[[], Delivery]


class Backup:
    """Every row of the app, as a dump has it."""

    def __init__(self) -> None:
        self._models = list(apps.get_app_config("deliver_to_po").get_models())
        rows = [row for model in self._models for row in model._default_manager.order_by("pk")]
        self._dump = serializers.serialize("python", rows)

    def restore(self) -> None:
        """Put the rows in the place of those that there are."""
        Shipment.objects.update(manifest=None, export=None, print_job=None)
        for model in sorted(self._models, key=lambda model: model is Delivery):
            model._default_manager.all().delete()
        for row in serializers.deserialize("python", self._dump):
            row.save()


@pytest.fixture
def placed(emulator: EmulatorServer, office: PostOffice, change_settings: Any, shop_says: Any) -> Place:
    """Return a function that places an order, to be released."""
    waits = dict.fromkeys(("LOOK_UP_AFTER_SECONDS", "LABEL_AFTER_SECONDS", "RETRY_AFTER_SECONDS"), (0.0, 0.0, 0.0))
    change_settings(CANADA_POST={"GROUP_PREFIX": "main-street"}, HANDOFF=waits)
    shop_says("is_paid", None)

    def place() -> Delivery:
        return make_delivery(**going_to(office), state=DeliveryState.PLACED, released_at=None)

    return place


def labelled(*deliveries: Delivery) -> list[Shipment]:
    """Release deliveries and let their labels be made; return their shipments."""
    for delivery in deliveries:
        release_delivery(Delivery.objects.get(pk=delivery.pk))
    do_due()
    rows = list(Shipment.objects.filter(delivery__in=deliveries).order_by("pk"))
    assert {row.state for row in rows} == {ShipmentState.LABELLED}
    return rows


def live(emulator: EmulatorServer) -> list[str]:
    """Return the shipments that Canada Post holds."""
    return sorted(one.shipment_id for one in emulator.shipments if not one.voided)


def test_rows_behind_the_storage_fetch_their_labels_again(placed: Place, emulator: EmulatorServer) -> None:
    delivery, backup = placed(), Backup()
    [before] = labelled(delivery)
    backup.restore()
    [after] = labelled(delivery)
    assert (after.shipment_id, live(emulator)) == (before.shipment_id, [before.shipment_id])
    assert after.label.name != before.label.name
    assert after.label.read().startswith(b"%PDF")


def test_a_storage_behind_the_rows_gets_its_labels_again(placed: Place) -> None:
    [shipment] = labelled(placed())
    storages[LABEL_STORAGE].delete(str(shipment.label.name))
    fetch_label_again(shipment)
    do_due()
    assert (now(shipment).state, shipment.label.read()[:4]) == (ShipmentState.LABELLED, b"%PDF")


def test_rows_behind_canada_post_are_found_and_cured(placed: Place, emulator: EmulatorServer) -> None:
    """Since the backup one label was made, another and its whole order came and went, and one was transmitted."""
    early, gone, sent = placed(), placed(), placed()
    [transmitted] = labelled(sent)
    backup = Backup()
    made, orphan = labelled(early, gone)
    transmit(only=[transmitted.pk])
    backup.restore()
    Delivery.objects.filter(pk=gone.pk).delete()
    Shipment.objects.filter(pk=transmitted.pk).update(made_at=timezone.now() - timedelta(days=1))
    assert not Manifest.objects.exists()
    reconcile(since=timezone.now())
    found = {each.shipment_id: (one, each) for one in differing() for each in one.open_ones}
    assert {shipment_id: each.kind for shipment_id, (_one, each) in found.items()} == {
        made.shipment_id: Differs.EARLY,
        orphan.shipment_id: Differs.UNKNOWN,
        transmitted.shipment_id: Differs.TRANSMITTED,
    }
    for one, each in found.values():
        cure(one, each, CURES[each.kind][-1 if each.kind == Differs.UNKNOWN else 0])
    do_due()
    assert not differing().exists()
    rows = dict(Shipment.objects.filter(delivery__in=[early.pk, sent.pk]).values_list("shipment_id", "state"))
    assert rows == dict.fromkeys([made.shipment_id, transmitted.shipment_id], ShipmentState.LABELLED)
    assert live(emulator) == sorted(rows)
    assert Shipment.objects.get(shipment_id=transmitted.shipment_id).transmitted_at is not None

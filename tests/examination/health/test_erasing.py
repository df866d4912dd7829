"""What could not be erased though its time is over is told for as long as it is there."""

import pytest
import time_machine
from django.core.files.storage import InMemoryStorage
from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Export, Manifest
from deliver_to_po.privacy.erasing import erase_recipients
from deliver_to_po.privacy.lifetimes import AGAIN_AFTER
from tests.examination.health.asking import ago, found
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def test_a_label_that_cannot_be_deleted_is_told_until_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_args: object) -> None:
        raise PermissionError

    delivery = make_delivery(placed_at=ago(days=999))
    make_shipment(delivery, state=ShipmentState.LABELLED, label="kept.pdf", labelled_at=ago(days=999))
    with monkeypatch.context() as context:
        context.setattr(InMemoryStorage, "delete", denied)
        assert erase_recipients() == 0
    erasure = found("erasure")
    assert (erasure.ok, erasure.value) == (False, 1)
    assert "d2po_doctor" in erasure.todo
    with time_machine.travel(timezone.now() + AGAIN_AFTER):
        assert erase_recipients() == 1
    assert (found("erasure").ok, found("erasure").todo) == (True, "")


def test_files_of_exports_and_manifests_count_too() -> None:
    Export.objects.create(erasure_failed_at=timezone.now())
    Manifest.objects.create(erasure_failed_at=timezone.now())
    # It failed at first, and was erased since.
    Export.objects.create(erasure_failed_at=timezone.now(), erased_at=timezone.now())
    assert found("erasure").value == 2

"""The command that does what is due."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.utils import timezone

from deliver_to_po.choices import ShipmentState
from deliver_to_po.models import Delivery, Shipment
from tests.factories import make_draft

pytestmark = pytest.mark.django_db


def test_it_hands_off_what_is_due_and_deletes_expired_drafts(
    due: Callable[..., Shipment], capsys: pytest.CaptureFixture[str]
) -> None:
    shipment = due()
    draft = make_draft(expires_at=timezone.now())
    call_command("d2po_handoff")
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED
    assert not Delivery.objects.filter(pk=draft.pk).exists()
    assert capsys.readouterr().out == "shipments: 2 steps, expired drafts: 1\n"


def test_it_is_silent_when_nothing_was_due(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("d2po_handoff")
    assert capsys.readouterr().out == ""

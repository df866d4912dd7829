"""The command that shows and erases what is held about a person."""

import json
from io import StringIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Delivery
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def said(**asked: Any) -> str:
    """Run the command, and return what it writes."""
    out = StringIO()
    call_command("d2po_privacy", stdout=out, **asked)
    return out.getvalue()


def test_it_shows_what_is_held_about_a_person() -> None:
    delivery = make_delivery()
    make_delivery(recipient_email="other@example.com")
    [order] = json.loads(said(email="Marie@Example.com"))
    assert order["order"] == str(delivery.order_id)


def test_it_erases_by_name_and_postal_code_drafts_included_and_no_namesake(bystanders: Bystanders) -> None:
    name = "Otto Canary"
    namesake = make_delivery(recipient_name=name, recipient_postal_code="G1A1A1")
    draft, delivery = make_draft(recipient_name=name), make_delivery(recipient_name=name)
    told = said(name="otto  canary", postal_code="K1K 4T3", erase=True)
    assert told == "Deliveries erased: 1. Unfinished choices deleted: 1.\n"
    delivery.refresh_from_db()
    namesake.refresh_from_db()
    assert (delivery.recipient_name, namesake.recipient_name) == ("", name)
    assert not Delivery.objects.filter(pk=draft.pk).exists()


def test_it_says_when_something_must_wait() -> None:
    make_shipment(state=ShipmentState.UNKNOWN)
    with pytest.raises(CommandError, match=r"Deliveries with a parcel being made: 1\. Run this again"):
        said(email="marie@example.com", erase=True)


def test_it_says_which_label_could_not_be_deleted_and_erases_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = make_shipment(state=ShipmentState.LABELLED), make_delivery()
    monkeypatch.setattr(InMemoryStorage, "delete", Mock(side_effect=OSError))
    with pytest.raises(CommandError, match=r"Deliveries whose label could not be deleted: 1\. See the log"):
        said(email=stuck.recipient_email, erase=True)
    other.refresh_from_db()
    assert other.erased_at is not None

""" "Fetch the label again": every label of a delivery that may be fetched, and what is said afterwards."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.changes.fetch_label_again import FETCH_LABEL_AGAIN
from deliver_to_po.core.choices import Change, ShipmentState
from tests.admin.browsing import page_of, send, url
from tests.bystanders import Bystanders
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db

NAME = "fetch_label_again"
ASKED = (
    "The labels of 1 delivery are being fetched again. Reload the page in a moment, or press “Request the label” to "
    "fetch them at once."
)


def test_the_button_sends_every_label_of_the_delivery_back_and_no_other_parcel(
    admin_client: Client, admin_user: User, bystanders: Bystanders
) -> None:
    delivery = make_shipment(state="labelled", due_at=None).delivery
    make_shipment(delivery, parcel=2, state="labelled", due_at=None, transmitted_at=timezone.now())
    make_shipment(delivery, parcel=3, state="voided", due_at=None)
    page = page_of(admin_client, url(NAME, delivery)).get_text()
    assert "The shipping system will be asked once more for the labels of its parcels." in page
    assert "Reason (optional)" in page
    assert send(admin_client, NAME, delivery, note="smeared") == [ASKED]
    states = delivery.shipments.order_by("parcel").values_list("state", flat=True)
    assert list(states) == [ShipmentState.MADE, ShipmentState.MADE, ShipmentState.VOIDED]
    lines = delivery.history.values_list("change", "user", "note", "shipment__parcel")
    assert sorted(lines) == [(Change.FETCH_AGAIN, admin_user.pk, "smeared", parcel) for parcel in (1, 2)]
    assert not FETCH_LABEL_AGAIN.applies(delivery)
    assert FETCH_LABEL_AGAIN.make(delivery, admin_user, {"note": "twice"}) is None

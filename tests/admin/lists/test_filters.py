"""What the list of deliveries can be narrowed down to."""

import pytest
from django.test import Client

from deliver_to_po.core.choices import DeliveryState, ShipmentState
from tests.admin.browsing import listed, references, text_of
from tests.admin.conftest import labelled
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = pytest.mark.django_db


def test_drafts_are_other_peoples_unfinished_choices_and_shown_only_when_asked_for(admin_client: Client) -> None:
    draft, delivery = make_draft(), make_delivery()
    assert references(admin_client) == [delivery.reference]
    assert len(references(admin_client, state="draft")) == 1
    assert "all that have an order" in listed(admin_client).get_text()
    assert "TEST" not in text_of(admin_client, draft)


def test_the_list_narrows_down_by_state_shipment_and_kind(admin_client: Client) -> None:
    held = make_delivery(state=DeliveryState.HELD, live=True)
    refused = make_shipment(state=ShipmentState.REFUSED).delivery
    labelled(refused, revision=2)
    again = make_shipment(state=ShipmentState.REFUSED).delivery
    # It came back with its label, and is shipped again.
    make_shipment(
        labelled(again, revision=2, tracking_pin="1", open_parcel=None).delivery,
        revision=3,
        state=ShipmentState.REFUSED,
    )
    assert references(admin_client, state="held") == [held.reference]
    assert references(admin_client, shipment_state="refused") == [again.reference]
    assert references(admin_client, shipment_state="labelled") == [refused.reference]
    assert references(admin_client, live="1") == [held.reference]
    assert references(admin_client, live="0") == [again.reference, refused.reference]

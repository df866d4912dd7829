"""A label that must not be used: whoever sends a parcel with it gets it back, or pays twice."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.handoff.printing.label_state import must_not_be_used
from deliver_to_po.models import Delivery, Shipment
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("of_shipment", "of_delivery"),
    [
        *(({"state": state, "open_parcel": None}, {}) for state in ("refused", "voided")),
        ({"state": "voiding", "due_at": timezone.now()}, {}),
        ({"state": "refunding", "due_at": timezone.now(), "transmitted_at": timezone.now()}, {}),
        ({"state": "refund_asked"}, {}),
        ({"change_asked_at": timezone.now()}, {}),
        ({}, {"stop_asked_at": timezone.now()}),
        ({}, {"state": "cancelled"}),
    ],
)
def test_what_is_or_will_be_void_must_not_be_used(of_shipment: dict[str, Any], of_delivery: dict[str, Any]) -> None:
    shipment = make_shipment(state="labelled")
    assert not must_not_be_used(shipment)
    Shipment.objects.filter(pk=shipment.pk).update(**of_shipment)
    Delivery.objects.filter(pk=shipment.delivery_id).update(**of_delivery)
    assert must_not_be_used(Shipment.objects.select_related("delivery").get(pk=shipment.pk))

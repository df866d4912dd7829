"""A parcel that a receiver has been handed, beside bystanders."""

import pytest

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Shipment
from tests.bystanders import Bystanders
from tests.factories import make_shipment

S = ShipmentState


@pytest.fixture(autouse=True)
def _nobody_else(bystanders: Bystanders) -> None:
    """Fail a test that changes a row which it is not about."""


@pytest.fixture
def handed(db: None) -> Shipment:
    """Return a shipment that the receiver has."""
    return make_shipment(state=S.HANDED, due_at=None, requests=1)

"""Parcels that wait for the day's end, made at the emulator over either API."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.core.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.frozen_request import made_fields, request_of
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Made
from deliver_to_po.shipping.registry import shipping_system
from tests.handoff.conftest import Due
from tests.handoff.day_end.carrier import MONDAY, PREFIX, Labelled
from tests.rounds import now


@pytest.fixture
def api(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak an API, the first by default, with groups of its own."""
    api = str(getattr(request, "param", APIS[0]))
    change_settings(
        CANADA_POST={"API": api, "GROUP_PREFIX": PREFIX},
        HANDOFF={"LOOK_UP_AFTER_SECONDS": (0.0, 0.0), "LABEL_AFTER_SECONDS": (0.0,), "RETRY_AFTER_SECONDS": (0.0,)},
    )
    return api


@pytest.fixture
def labelled(due: Due, api: str, shop_says: Any) -> Labelled:
    """Return a function that makes a shipment at the emulator; that its label is printed is only written down.

    The shop does not say whether orders are paid.
    """
    shop_says("is_paid", None)

    def make(group: str = MONDAY, **fields: Any) -> Shipment:
        shipment = due(api=api, group=group, **fields)
        made = shipping_system("default").speaking(api).create(request_of(shipment))
        assert isinstance(made, Made)
        printed = {"label": "x.pdf", "printed_at": timezone.now(), "due_at": None}
        Shipment.objects.filter(pk=shipment.pk).update(
            **made_fields(made), **printed, state=ShipmentState.LABELLED, made_at=timezone.now()
        )
        return now(shipment)

    return make

"""How a shop without a contract pays, and parcels that wait for a card."""

from typing import Any

import pytest

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.doctor.payment import payment
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db


def test_a_shop_is_told_that_parcels_wait_for_a_card_else_that_each_is_charged_at_once(change_settings: Any) -> None:
    assert list(payment()) == []
    change_settings(CANADA_POST={"WITHOUT_CONTRACT": True})
    [unknown] = payment()
    assert unknown.verdict == Verdict.NOT_ASKED
    assert "charged at once" in unknown.says
    for _ in range(2):
        make_shipment(state=ShipmentState.WAITING, reason=Reason.NO_CARD)
    make_shipment(state=ShipmentState.WAITING, reason=Reason.PAUSED)
    [found] = payment()
    assert found.verdict == Verdict.WRONG
    assert "2 parcels wait" in found.says
    assert found.todo

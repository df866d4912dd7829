"""The one next step with a parcel at the packing table."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.admin.packing.steps import Do, next_step
from deliver_to_po.core.choices import Reason
from deliver_to_po.models import Delivery
from tests.factories import make_delivery, make_order, make_shipment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields", [{"state": "held"}, {"state": "needs_choice"}, {"state": "cancelled"}, {"stop_asked_at": timezone.now()}]
)
def test_a_delivery_that_must_not_go_is_not_packed(fields: dict[str, Any]) -> None:
    delivery = make_delivery(reason=Reason.ON_HOLD, **fields)
    assert next_step(delivery, make_shipment(delivery, state="labelled"), weighed=True).do == Do.STOP


@pytest.mark.parametrize(
    ("fields", "do"),
    [
        *(({"state": state, "reason": Reason.GAVE_UP}, Do.STOP) for state in ("refused", "attention", "suspended")),
        ({"state": "voided"}, Do.STOP),
        ({"state": "waiting"}, Do.WAIT),
        ({"state": "labelled"}, Do.PRINT),
        ({"state": "labelled", "printed_at": timezone.now()}, Do.NEXT),
        ({"state": "labelled", "transmitted_at": timezone.now()}, Do.NEXT),
        ({"state": "labelled", "transmitted_at": timezone.now(), "api": "portal by card"}, Do.PRINT),
        ({"state": "done", "label": ""}, Do.NEXT),
    ],
)
def test_a_parcel_that_is_weighed_goes_on_by_its_state(fields: dict[str, Any], do: Do) -> None:
    delivery = make_delivery()
    assert next_step(delivery, make_shipment(delivery, **fields), weighed=True).do == do


@pytest.mark.parametrize(("weighed", "do"), [(False, Do.WEIGH), (True, Do.PRINT)])
def test_it_is_weighed_first_unless_its_weight_is_settled(weighed: bool, do: Do) -> None:
    delivery = make_delivery()
    assert next_step(delivery, make_shipment(delivery, state="labelled"), weighed=weighed).do == do


def test_a_parcel_that_is_not_released_has_its_label_made_or_waits(change_settings: Any) -> None:
    def step(delivery: Delivery) -> Do:
        return next_step(delivery, None, weighed=True).do

    placed = make_delivery(order=make_order(), state="placed", released_at=None, release_asked_at=None)
    assert step(placed) == Do.WAIT
    change_settings(RELEASE="by_merchant")
    assert step(placed) == Do.LABEL


def test_a_label_that_is_scanned_counts_only_if_it_is_the_one_to_use() -> None:
    delivery = make_delivery()
    old = make_shipment(delivery, state="voided")
    new = make_shipment(delivery, revision=2, state="labelled")
    assert next_step(delivery, new, weighed=True, scanned=new).do == Do.NEXT
    stop = next_step(delivery, new, weighed=True, scanned=old)
    assert (stop.do, stop.words) == (Do.STOP, "This shipping label must not be used")

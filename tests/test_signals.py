"""What a shop is told by signals, and when."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from deliver_to_po import signals
from deliver_to_po.choices import Change, Reason, ShipmentState
from deliver_to_po.models.moves import move_delivery, move_shipment
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def told() -> Iterator[Told]:
    """Return every signal that was sent, by name, with what was sent along."""
    heard: Told = []

    def hearing(name: str) -> Callable[..., None]:
        def hear(sender: type, signal: Any, **along: Any) -> None:
            heard.append((name, along))

        return hear

    hearers = {name: hearing(name) for name in signals.__all__}
    for name, hearer in hearers.items():
        getattr(signals, name).connect(hearer)
    yield heard
    for name, hearer in hearers.items():
        getattr(signals, name).disconnect(hearer)


def test_a_move_of_a_delivery_is_told_after_the_commit_by_its_keys_and_reason(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    delivery = make_delivery()
    with django_capture_on_commit_callbacks(execute=True):
        move_delivery(delivery, Change.HOLD, reason=Reason.ON_HOLD)
        assert told == []
    along = {"delivery_id": delivery.pk, "order_pk": delivery.order_id, "reason": "on_hold"}
    assert told == [("held", along)]


def test_a_refused_parcel_is_told_with_its_own_keys_as_well(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    delivery = make_delivery()
    shipment = make_shipment(delivery, state=ShipmentState.ATTENTION, tracking_pin="1234567890123456")
    with django_capture_on_commit_callbacks(execute=True):
        move_shipment(shipment, "not_made", reason=Reason.REFUSED)
    [(name, along)] = told
    assert name == "refused"
    assert along == {
        "delivery_id": delivery.pk,
        "order_pk": delivery.order_id,
        "reason": "refused",
        "shipment_pk": shipment.pk,
        "tracking_number": "1234567890123456",
    }


def test_a_receiver_that_fails_costs_those_after_it_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard = []

    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    def hear(**_: Any) -> None:
        heard.append("held")

    for receiver in (fail, hear):
        signals.held.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            move_delivery(make_delivery(), Change.HOLD, reason=Reason.ON_HOLD)
    finally:
        for receiver in (fail, hear):
            signals.held.disconnect(receiver)
    assert heard == ["held"]

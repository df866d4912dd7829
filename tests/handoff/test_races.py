"""Two at once, on PostgreSQL: one worker has a shipment, a parcel is made again once, no release is lost."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.again import revise
from deliver_to_po.handoff.queue import SHIPMENTS, end_pause, make_due
from deliver_to_po.handoff.release import release
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.outbox.claiming import claim
from tests.factories import make_delivery, make_shipment
from tests.races import Contender

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

Beside = Callable[[Callable[[], Any]], Contender]


def beside_a_claim(beside: Beside, shipment: Shipment, do: Callable[[], Any], *, undone: bool = False) -> Any:
    """Return what ``do`` comes to while a worker claims the shipment; ``undone`` when that claim fails after all."""
    with transaction.atomic():
        assert claim(SHIPMENTS, shipment.pk) is not None
        contender = beside(do)
        assert contender.waits()
        transaction.set_rollback(undone)
    return contender.result()


@pytest.mark.parametrize("state", [ShipmentState.WAITING, ShipmentState.UNKNOWN])
def test_one_worker_has_a_shipment_and_no_lease_counts_as_lapsed(beside: Beside, state: str) -> None:
    shipment = make_shipment(state=state)
    assert beside_a_claim(beside, shipment, partial(claim, SHIPMENTS, shipment.pk)) is None
    shipment.refresh_from_db()
    assert (shipment.claims, shipment.lapses) == (1, 0)


def test_a_claim_that_fails_leaves_the_shipment_to_the_next(beside: Beside) -> None:
    shipment = make_shipment()
    claimed = beside_a_claim(beside, shipment, partial(claim, SHIPMENTS, shipment.pk), undone=True)
    shipment.refresh_from_db()
    assert claimed is not None
    assert (claimed.lease, shipment.claims) == (shipment.lease, 1)


def test_a_shipment_that_a_worker_just_took_is_not_made_due(beside: Beside) -> None:
    shipment = make_shipment()
    assert not beside_a_claim(beside, shipment, partial(make_due, shipment.pk))
    shipment.refresh_from_db()
    assert shipment.due_at is not None
    assert shipment.lease is not None
    assert claim(SHIPMENTS, shipment.pk) is None


def test_the_end_of_a_pause_makes_nothing_due_that_a_worker_just_took(beside: Beside) -> None:
    assert beside_a_claim(beside, make_shipment(reason=Reason.PAUSED), end_pause) == 0


def made_again(shipment: Shipment) -> bool:
    """Say whether the parcel could be made again."""
    try:
        revise(shipment)
    except MoveRefused:
        return False
    return True


@pytest.mark.parametrize("undone", [False, True])
@pytest.mark.parametrize("change", [Change.CANCEL, Change.HOLD])
def test_nothing_is_made_again_of_a_delivery_that_is_just_being_stopped(
    beside: Beside, change: Change, undone: bool
) -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    with transaction.atomic():
        assert move_delivery(Delivery.objects.get(pk=refused.delivery_id), change)
        contender = beside(partial(made_again, refused))
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == undone
    assert Shipment.objects.filter(delivery=refused.delivery_id).count() == 1 + undone


def test_two_who_make_a_parcel_again_make_it_once(beside: Beside) -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    with transaction.atomic():
        revise(refused)
        contender = beside(partial(made_again, refused))
        assert contender.waits()
    assert not contender.result()
    assert Shipment.objects.filter(delivery=refused.delivery_id).count() == 2


@pytest.mark.parametrize("undone", [False, True])
def test_a_release_that_meets_a_hold_is_kept_until_it_is_resumed(beside: Beside, undone: bool) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED, release_asked_at=None, released_at=None)
    order = delivery.order
    with transaction.atomic():
        assert move_delivery(delivery, Change.HOLD, reason=Reason.ON_HOLD)
        contender = beside(partial(release, order))
        assert contender.waits()
        transaction.set_rollback(undone)
    contender.result()
    delivery.refresh_from_db()
    assert delivery.state == (DeliveryState.RELEASED if undone else DeliveryState.HELD)
    assert delivery.release_asked_at is not None


def test_a_release_that_meets_a_resume_releases(beside: Beside) -> None:
    delivery = make_delivery(state=DeliveryState.HELD, release_asked_at=None, released_at=None)
    order = delivery.order
    with transaction.atomic():
        assert move_delivery(delivery, Change.RESUME)
        contender = beside(partial(release, order))
        assert contender.waits()
    contender.result()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.RELEASED


def test_two_releases_at_once_make_each_parcel_once(beside: Beside) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    order = delivery.order
    with transaction.atomic():
        release(order)
        contender = beside(partial(release, order))
        assert contender.waits()
    contender.result()
    assert delivery.shipments.count() == 1

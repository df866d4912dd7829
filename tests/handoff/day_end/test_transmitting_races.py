"""Two clerks who press at once, on PostgreSQL: each shipment is in one manifest, each group is locked once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.models.manifest_moves import claim_shipments
from deliver_to_po.models.moves import move_shipment
from tests.factories import make_shipment
from tests.races import Contender
from tests.rounds import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

Beside = Callable[[Callable[[], Any]], Contender]
GROUP, OTHER = "main-street-2026-11-24", "main-street-2026-11-25"


def labelled(group: str = GROUP) -> Shipment:
    return make_shipment(state=ShipmentState.LABELLED, due_at=None, group=group)


def claimed(*groups: str) -> Manifest | None:
    return claim_shipments(Shipment.objects.all(), system="default", groups=groups or (GROUP,))


@pytest.mark.parametrize("undone", [False, True])
def test_the_second_clerk_gets_nothing_unless_the_first_claim_fails(beside: Beside, undone: bool) -> None:
    shipment = labelled()
    with transaction.atomic():
        first = claimed()
        contender = beside(claimed)
        assert contender.waits()
        transaction.set_rollback(undone)
    second = contender.result()
    shipment.refresh_from_db()
    assert first is not None
    assert (second is None) is not undone
    assert Manifest.objects.count() == 1
    assert shipment.manifest == (second if undone else first)


def test_groups_that_overlap_are_not_transmitted_twice(beside: Beside) -> None:
    labelled()
    other = labelled(OTHER)
    with transaction.atomic():
        assert claimed(GROUP) is not None
        contender = beside(partial(claimed, GROUP, OTHER))
        assert contender.waits()
    assert contender.result() is None
    assert now(other).manifest is None


def test_a_void_waits_for_the_claim_and_is_then_refused(beside: Beside) -> None:
    shipment = labelled()
    with transaction.atomic():
        assert claimed() is not None
        contender = beside(partial(move_shipment, shipment, "void"))
        assert contender.waits()
    assert contender.result() is False


def test_a_claim_that_waits_for_a_void_leaves_the_parcel_out(beside: Beside) -> None:
    shipment = labelled()
    with transaction.atomic():
        assert move_shipment(shipment, "void")
        contender = beside(claimed)
        assert contender.waits()
    assert contender.result() is None
    assert not Manifest.objects.exists()

"""Two clerks who press at once, on PostgreSQL: each shipment is in one manifest, each group is locked once."""

from functools import partial

import pytest

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.models.manifest_moves import claim_shipments
from deliver_to_po.models.moves import move_shipment
from tests.factories import make_shipment
from tests.races import Beside, meeting
from tests.rounds import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

GROUP, OTHER = "main-street-2026-11-24", "main-street-2026-11-25"


def labelled(group: str = GROUP) -> Shipment:
    return make_shipment(state=ShipmentState.LABELLED, group=group)


def claimed(*groups: str) -> Manifest | None:
    return claim_shipments(Shipment.objects.all(), system="default", groups=groups or (GROUP,))


@pytest.mark.parametrize("undone", [False, True])
def test_the_second_clerk_gets_nothing_unless_the_first_claim_fails(beside: Beside, undone: bool) -> None:
    shipment = labelled()
    second = meeting(beside, claimed, claimed, undone=undone)
    assert (second is None) is not undone
    [manifest] = Manifest.objects.all()
    assert now(shipment).manifest == manifest == (second or manifest)


def test_groups_that_overlap_are_not_transmitted_twice(beside: Beside) -> None:
    labelled()
    other = labelled(OTHER)
    assert meeting(beside, claimed, partial(claimed, GROUP, OTHER)) is None
    assert now(other).manifest is None


def test_a_void_waits_for_the_claim_and_is_then_refused(beside: Beside) -> None:
    assert meeting(beside, claimed, partial(move_shipment, labelled(), "void")) is False


def test_a_claim_that_waits_for_a_void_leaves_the_parcel_out(beside: Beside) -> None:
    assert meeting(beside, partial(move_shipment, labelled(), "void"), claimed) is None
    assert not Manifest.objects.exists()

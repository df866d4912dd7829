"""Every move of a manifest from every state: those of the table are made, by whom it says, and no other."""

import uuid
from itertools import product

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, ManifestState, ShipmentState
from deliver_to_po.models import Delivery, History, Manifest, Shipment
from deliver_to_po.models.manifest_moves import MANIFEST_MOVES, add_told_of, claim_shipments, move_manifest
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_shipment
from tests.models.tables import MANIFESTS, Row
from tests.rounds import now

pytestmark = pytest.mark.django_db
BY_ANYBODY = ("look_again", "fetch_again")
AFTER_TRANSMISSION = ("transmitted", "fetched")
ONLY_TRANSMITTED = ("fetch_again",)


def manifest_in(state: str, move: str) -> Manifest:
    transmitted = state in AFTER_TRANSMISSION or move in ONLY_TRANSMITTED
    return Manifest.objects.create(
        state=state,
        lease=uuid.uuid4(),
        document="x.pdf" if state == "fetched" or move == "fetched" else "",
        transmitted_at=timezone.now() if transmitted else None,
    )


def test_a_move_is_made_from_where_the_table_says_and_from_nowhere_else() -> None:
    made = set()
    for move, state in product(MANIFEST_MOVES, ManifestState.values):
        manifest, other = manifest_in(state, move), manifest_in(state, move)
        moved = move_manifest(manifest, move, lease=manifest.lease)
        manifest.refresh_from_db()
        if moved:
            made.add(Row(state, move, manifest.state))
        else:
            assert manifest.state == state
        assert Manifest.objects.filter(pk=other.pk, state=state, lease=other.lease).exists()
    assert made == set(MANIFESTS)


def test_only_the_holder_of_the_lease_makes_a_worker_s_move() -> None:
    for lease in (None, uuid.uuid4()):
        made = {row for row in MANIFESTS if move_manifest(manifest_in(row.source, row.move), row.move, lease=lease)}
        assert {row.move for row in made} == set(BY_ANYBODY)


def test_what_is_taken_up_again_depends_on_whether_it_is_transmitted() -> None:
    transmitted = Manifest.objects.create(state="attention", transmitted_at=timezone.now())
    unknown = Manifest.objects.create(state="attention")
    assert not move_manifest(transmitted, "look_again")
    assert not move_manifest(unknown, "fetch_again")


def claimed(*groups: str) -> Manifest:
    for group in groups:
        make_shipment(state=ShipmentState.LABELLED, due_at=None, group=group)
    manifest = claim_shipments(Shipment.objects.all(), system="default", groups=groups, lease=uuid.uuid4())
    assert manifest is not None
    return manifest


def test_a_refusal_lets_shipments_and_groups_go_and_a_transmission_keeps_the_shipments(bystanders: Bystanders) -> None:
    refused, transmitted, beside = claimed("g-1"), claimed("g-2"), claimed("g-3")
    assert move_manifest(refused, "refuse", lease=refused.lease)
    assert not refused.shipments.exists()
    move_manifest(transmitted, "ask", lease=transmitted.lease)
    assert move_manifest(transmitted, "transmitted", lease=transmitted.lease)
    [shipment] = transmitted.shipments.all()
    assert shipment.transmitted_at is not None
    assert [bool(one.groups.get().open_group) for one in (refused, transmitted, beside)] == [False, False, True]
    assert beside.shipments.get().transmitted_at is None


def test_a_manifest_of_real_parcels_transmits_no_test_that_has_the_same_id() -> None:
    """Numbers of real parcels and of tests are given by two hosts, each for itself."""
    manifest = Manifest.objects.create(system="default", live=True)
    known = {"state": ShipmentState.LABELLED, "due_at": None, "shipment_id": "S-7"}
    real, test = (make_shipment(make_delivery(live=live), **known) for live in (True, False))
    add_told_of(manifest, ["S-7"])
    real.refresh_from_db()
    assert (real.manifest, now(test).manifest) == (manifest, None)
    assert (real.transmitted_at is None, test.transmitted_at is None) == (False, True)


@pytest.mark.parametrize("claims", [True, False], ids=["claimed", "told of"])
def test_parcels_are_transmitted_in_the_order_in_which_everybody_locks_deliveries(claims: bool) -> None:
    """Two that lock the same deliveries in different orders would wait for each other."""
    new = {make_delivery().pk for _ in range(3)}
    deliveries = list(Delivery.objects.filter(pk__in=new).order_by("pk"))
    known = {"state": ShipmentState.LABELLED, "due_at": None, "group": "g-1"}
    for number, delivery in enumerate(reversed(deliveries)):
        make_shipment(delivery, shipment_id=f"S-{number}", **known)
    if claims:
        manifest = claim_shipments(Shipment.objects.all(), system="default", groups=["g-1"], lease=uuid.uuid4())
        assert manifest is not None
        for move in ("ask", "transmitted"):
            assert move_manifest(manifest, move, lease=manifest.lease)
    else:
        add_told_of(Manifest.objects.create(), ["S-0", "S-1", "S-2"])
    lines = History.objects.filter(delivery__in=deliveries, change=Change.TRANSMIT).order_by("pk")
    assert [line.delivery for line in lines] == deliveries


def test_only_what_is_ready_and_free_is_claimed(bystanders: Bystanders) -> None:
    first = claimed("g-1")
    states = [state for state in ShipmentState.values if state not in ("labelled", "done", "refunding")]
    for state in states:
        make_shipment(state=state, due_at=None, group="g-2")
    make_shipment(state="labelled", due_at=None, group="g-2", transmitted_at=timezone.now())
    make_shipment(state="labelled", due_at=None, group="g-2", manifest=first)
    # Put on hold or stopped since the page was opened.
    for kept in ({"state": DeliveryState.HELD}, {"stop_asked_at": timezone.now()}):
        make_shipment(make_delivery(**kept), state="labelled", due_at=None, group="g-2")
    assert claim_shipments(Shipment.objects.all(), system="default", groups=["g-2"]) is None
    assert claim_shipments(Shipment.objects.all(), system="default", groups=["g-1"]) is None
    assert Manifest.objects.count() == 1
    done = make_shipment(state="done", due_at=None, group="g-2")
    manifest = claim_shipments(Shipment.objects.all(), system="default", groups=["g-2"])
    assert manifest is not None
    assert list(manifest.shipments.all()) == [done]
    assert (manifest.parcels, manifest.weight_kg) == (1, done.weight_kg)

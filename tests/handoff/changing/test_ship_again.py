"""Shipping an order again whose parcels came back or are lost, or cancelling it so that it is refunded."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, OfficeCheck, ParcelState, Reason, ShipmentState
from deliver_to_po.errors import InThePost, MoveRefused, NoSuchParcel
from deliver_to_po.handoff.changing.cancelling import Cancelled, can_be_cancelled, cancel
from deliver_to_po.handoff.changing.change import Changed, change_consignment, change_office, correct_recipient, replan
from deliver_to_po.handoff.changing.make_again import can_be_made_again, make_again
from deliver_to_po.handoff.changing.ship_again import can_be_shipped_again, ship_again
from deliver_to_po.handoff.releasing.release import resume
from deliver_to_po.models import Delivery, Shipment, Tracking
from deliver_to_po.offer.news import collected_at
from deliver_to_po.offer.summary import summarize
from tests.factories import PARCEL, make_delivery, make_shipment
from tests.handoff.changing.test_change import OTHER as OTHER_OFFICE
from tests.handoff.conftest import states
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

P = ParcelState


def came_to(*places: ParcelState, **fields: Any) -> Delivery:
    """Return a released delivery whose parcels were transmitted and are there."""
    delivery = make_delivery(state=DeliveryState.RELEASED, service="DOM.XP", **fields)
    for number, state in enumerate(places, 1):
        gone = {"state": ShipmentState.LABELLED, "transmitted_at": timezone.now()}
        shipment = make_shipment(delivery, parcel=number, tracking_pin=f"70{number}", **gone)
        Tracking.objects.create(shipment=shipment, state=state, ended_at=timezone.now())
    return delivery


def test_an_order_that_came_back_gets_a_new_delivery_that_replaces_the_former(admin_user: User) -> None:
    former, bystander = came_to(P.RETURNED, P.LOST), came_to(P.COLLECTED)
    assert can_be_shipped_again(former)
    made = ship_again(former.order, user=admin_user, note="had moved")
    assert (now(former).state, former.reason, former.current_order) == (DeliveryState.CANCELLED, Reason.REPLACED, None)
    assert {row.state for row in former.shipments.all()} == {ShipmentState.LABELLED}
    assert former.history.get(change="cancel").note == "had moved"
    assert (made.replaces, made.order, made.state) == (former, former.order, DeliveryState.RELEASED)
    same = ("live", "service", "reference", "recipient_name", "recipient_phone", "office_id", "language")
    assert [getattr(made, name) for name in same] == [getattr(former, name) for name in same]
    # Weeks have passed: the post office is asked about before the label.
    assert (made.office_check, made.reason) == (OfficeCheck.NOT_ASKED, Reason.OFFICE_NOT_CHECKED)
    assert {row.state for row in made.shipments.all()} == {ShipmentState.WAITING}
    assert Delivery.objects.get(pk=bystander.pk).state == DeliveryState.RELEASED
    with pytest.raises(MoveRefused):
        ship_again(former.order)


def test_a_merchant_who_packs_first_finds_it_to_be_packed(change_settings: Any) -> None:
    change_settings(RELEASE="by_merchant")
    assert ship_again(came_to(P.RETURNED).order).state == DeliveryState.PLACED


@pytest.mark.parametrize("other", [P.COLLECTED, P.IN_TRANSIT, P.NOT_SEEN])
def test_beside_a_parcel_that_is_with_the_buyer_or_under_way_only_what_came_back_is_shipped_again(
    admin_user: User, other: ParcelState
) -> None:
    delivery, bystander = came_to(P.RETURNED, other), came_to(P.RETURNED, other)
    assert can_be_shipped_again(delivery)
    assert ship_again(delivery.order, user=admin_user, note="had moved") == delivery
    assert states(delivery) == [(1, 1, "labelled"), (1, 2, "waiting"), (2, 1, "labelled")]
    assert delivery.history.get(change="make_again").note == "had moved"
    assert (delivery.state, delivery.current_order) == (DeliveryState.RELEASED, delivery.order)
    assert not can_be_shipped_again(delivery)
    with pytest.raises(MoveRefused):
        ship_again(delivery.order)
    assert bystander.shipments.count() == 2


def test_beside_an_old_label_that_is_to_be_destroyed_only_what_came_back_is_shipped_again() -> None:
    delivery = came_to(P.RETURNED)
    make_shipment(delivery, parcel=2, state=ShipmentState.REFUND_ASKED, change_asked_at=timezone.now())
    assert ship_again(delivery.order) == delivery
    assert list(delivery.shipments.values_list("parcel", "revision")) == [(1, 1), (1, 2), (2, 1)]


def test_what_a_clerk_said_of_a_parcel_counts_when_it_is_shipped_again() -> None:
    made = ship_again(came_to(P.RETURNED, packed={"1": {"weight_kg": "3"}}).order)
    assert made.shipments.get().weight_kg == 3


@pytest.mark.parametrize("why", [{"reason": Reason.ON_HOLD}, dict.fromkeys(["reason", "wished"], Reason.BUYER_CANCELS)])
def test_what_somebody_put_on_hold_is_on_hold_when_it_is_shipped_again(why: dict[str, Any]) -> None:
    former = came_to(P.RETURNED)
    Delivery.objects.filter(pk=former.pk).update(state=DeliveryState.HELD, **why)
    made = ship_again(former.order)
    assert (made.state, made.reason, made.wished) == (DeliveryState.HELD, why["reason"], why.get("wished", ""))
    resume(former.order, user=User.objects.create(username="clerk"))
    assert {row.state for row in made.shipments.all()} == {ShipmentState.WAITING}


def test_what_came_back_of_a_delivery_on_hold_is_made_once_it_goes_on() -> None:
    delivery = came_to(P.LOST, P.COLLECTED)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    ship_again(delivery.order)
    assert (delivery.shipments.count(), can_be_shipped_again(delivery)) == (2, False)
    resume(delivery.order)
    assert {(row.parcel, row.revision) for row in delivery.shipments.all()} == {(1, 1), (1, 2), (2, 1)}


def test_a_parcel_that_the_shop_no_longer_names_is_not_shipped_again(shop_says: Any) -> None:
    delivery = came_to(P.COLLECTED, P.RETURNED)
    shop_says("parcels", [PARCEL])
    with pytest.raises(NoSuchParcel):
        ship_again(delivery.order)
    assert can_be_shipped_again(delivery)


def test_the_buyer_is_told_of_the_parcel_that_is_shipped_again_and_no_longer_of_the_former() -> None:
    delivery = came_to(P.RETURNED, P.COLLECTED)
    Tracking.objects.update(on=timezone.localdate())
    ship_again(delivery.order)
    summary = summarize(delivery)
    # Not all of it is picked up: one parcel waits for its label.
    assert (summary.tracking_numbers, summary.status, bool(summary.office_name)) == (("702",), "", True)
    again = delivery.shipments.get(revision=2)
    assert collected_at(delivery.order) is None
    Shipment.objects.filter(pk=again.pk).update(state=ShipmentState.DONE, shipment_id="S", tracking_pin="703")
    Tracking.objects.create(shipment=again, state=P.COLLECTED, on=timezone.localdate())
    assert collected_at(delivery.order) is not None
    assert set(summarize(delivery).tracking_numbers) == {"702", "703"}


def test_of_what_was_picked_up_nothing_is_cancelled() -> None:
    delivery, both = came_to(P.COLLECTED, P.RETURNED), came_to(P.COLLECTED, P.COLLECTED)
    assert cancel(delivery.order) == Cancelled.CANCELLED
    assert {row.state for row in delivery.shipments.all()} == {ShipmentState.LABELLED}
    assert not can_be_cancelled(both)
    assert cancel(both.order) == Cancelled.PICKED_UP
    assert Delivery.objects.get(pk=both.pk).state == DeliveryState.RELEASED


def test_a_parcel_that_was_taken_off_the_order_is_not_waited_for() -> None:
    delivery = came_to(P.COLLECTED)
    make_shipment(delivery, parcel=2, state=ShipmentState.VOIDED, open_parcel=None, change_asked_at=timezone.now())
    assert cancel(delivery.order) == Cancelled.PICKED_UP
    # On hold it would be made again.
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.HELD)
    assert cancel(delivery.order) == Cancelled.CANCELLED
    never_made = came_to(P.COLLECTED)
    make_shipment(never_made, parcel=2, state=ShipmentState.REFUSED, open_parcel=None)
    assert cancel(never_made.order) == Cancelled.CANCELLED


def test_nothing_is_shipped_again_of_which_nothing_came_back() -> None:
    drafts = Delivery.objects.filter(order=None).count()
    for each in ((P.COLLECTED,), (P.RETURNING,), (P.COLLECTED, P.IN_TRANSIT), ()):
        delivery = came_to(*each)
        assert not can_be_shipped_again(delivery)
        with pytest.raises(MoveRefused):
            ship_again(delivery.order)
    erased = came_to(P.RETURNED)
    Delivery.objects.filter(pk=erased.pk).update(erased_at=timezone.now())
    assert not can_be_shipped_again(erased)
    assert Delivery.objects.filter(replaces__isnull=False).count() == 0
    assert Delivery.objects.filter(order=None).count() == drafts


def test_beside_what_came_back_only_the_other_parcel_is_taken_back() -> None:
    delivery = came_to(P.RETURNED, P.NOT_SEEN)
    assert cancel(delivery.order) == Cancelled.ASKED
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, "refunding")]


def test_a_corrected_recipient_leaves_alone_what_came_back_and_is_who_it_is_shipped_to_again() -> None:
    delivery, bystander = came_to(P.RETURNED, P.LOST), came_to(P.NOT_SEEN)
    for one in (delivery, bystander):
        came_of_it = correct_recipient(one, replace(one.recipient, name="Zoé Tremblay"))
        assert came_of_it == (Changed.CHANGED if one == delivery else Changed.NEEDS_DESTROYED_LABEL)
    asked = Shipment.objects.filter(change_asked_at__isnull=False)
    assert set(asked.values_list("delivery", flat=True)) == {bystander.pk}
    assert ship_again(delivery.order).recipient_name == "Zoé Tremblay"


def test_no_label_is_made_again_for_a_parcel_that_came_back() -> None:
    back, under_way = came_to(P.RETURNED, P.ANNOUNCED).shipments.order_by("parcel")
    assert (can_be_made_again(back), can_be_made_again(under_way)) == (False, True)
    with pytest.raises(MoveRefused):
        make_again(back)
    assert now(back).state == ShipmentState.LABELLED


BEYOND = (P.IN_TRANSIT, P.READY, P.ELSEWHERE, P.RETURNING, P.COLLECTED)


@pytest.mark.parametrize("state", BEYOND)
def test_after_its_first_scan_nothing_of_a_parcel_changes(state: ParcelState) -> None:
    delivery = came_to(state)
    [shipment] = delivery.shipments.all()
    before = (delivery.recipient_name, delivery.office_id, delivery.packed)
    calls: tuple[Callable[[], object], ...] = (
        lambda: correct_recipient(delivery, replace(delivery.recipient, name="Zoé Tremblay")),
        lambda: change_office(delivery, OTHER_OFFICE),
        lambda: change_consignment(delivery, 1, parcel=replace(PARCEL, weight_kg=Decimal(9))),
        lambda: make_again(shipment),
    )
    for call in calls:
        with pytest.raises(InThePost):
            call()
    assert not can_be_made_again(shipment)
    assert replan(delivery.order) == Changed.NOTHING
    assert (now(delivery).recipient_name, delivery.office_id, delivery.packed) == before
    assert [row.change_asked_at for row in delivery.shipments.all()] == [None]


def test_a_change_reaches_the_parcel_that_nobody_has_scanned_and_leaves_the_other() -> None:
    delivery = came_to(P.IN_TRANSIT, P.ANNOUNCED)
    assert change_office(delivery, OTHER_OFFICE) == Changed.NEEDS_DESTROYED_LABEL
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, "refunding")]
    with pytest.raises(InThePost):
        change_consignment(delivery, 1, parcel=replace(PARCEL, weight_kg=Decimal(9)))

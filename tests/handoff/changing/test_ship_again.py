"""Shipping an order again whose parcels came back or are lost, or cancelling it so that it is refunded."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, OfficeCheck, ParcelState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.cancelling import Cancelled, cancel
from deliver_to_po.handoff.changing.change import Changed, correct_recipient
from deliver_to_po.handoff.changing.make_again import can_be_made_again, make_again
from deliver_to_po.handoff.changing.ship_again import can_be_shipped_again, ship_again
from deliver_to_po.models import Delivery, Shipment, Tracking
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

P = ParcelState


def came_to(*states: ParcelState, **fields: Any) -> Delivery:
    """Return a released delivery whose parcels were transmitted and are there."""
    delivery = make_delivery(state=DeliveryState.RELEASED, service="DOM.XP", **fields)
    for number, state in enumerate(states, 1):
        gone = {"state": ShipmentState.LABELLED, "transmitted_at": timezone.now(), "due_at": None}
        shipment = make_shipment(delivery, parcel=number, tracking_pin=f"70{number}", **gone)
        Tracking.objects.create(shipment=shipment, state=state, ended_at=timezone.now())
    return delivery


def test_an_order_that_came_back_gets_a_new_delivery_that_replaces_the_former(admin_user: User) -> None:
    former, bystander = came_to(P.RETURNED, P.LOST), came_to(P.COLLECTED)
    assert can_be_shipped_again(former)
    made = ship_again(former.order, user=admin_user, note="had moved")
    former.refresh_from_db()
    assert (former.state, former.reason, former.current_order) == (DeliveryState.CANCELLED, Reason.REPLACED, None)
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


def test_nothing_is_shipped_again_of_which_something_is_with_the_buyer_or_under_way() -> None:
    drafts = Delivery.objects.filter(order=None).count()
    for states in ((P.COLLECTED,), (P.RETURNING,), (P.RETURNED, P.COLLECTED), (P.LOST, P.IN_TRANSIT), ()):
        delivery = came_to(*states)
        assert not can_be_shipped_again(delivery)
        with pytest.raises(MoveRefused):
            ship_again(delivery.order)
    erased = came_to(P.RETURNED)
    Delivery.objects.filter(pk=erased.pk).update(erased_at=timezone.now())
    assert not can_be_shipped_again(erased)
    assert Delivery.objects.filter(replaces__isnull=False).count() == 0
    assert Delivery.objects.filter(order=None).count() == drafts


def test_what_came_back_is_cancelled_at_once_and_no_refund_of_its_label_is_asked_for() -> None:
    delivery = came_to(P.RETURNED, P.LOST)
    assert cancel(delivery.order) == Cancelled.CANCELLED
    assert {row.state for row in Shipment.objects.filter(delivery=delivery)} == {ShipmentState.LABELLED}


def test_beside_what_came_back_only_the_other_parcel_is_taken_back() -> None:
    delivery = came_to(P.RETURNED, P.NOT_SEEN)
    assert cancel(delivery.order) == Cancelled.ASKED
    states = delivery.shipments.order_by("parcel").values_list("state", flat=True)
    assert list(states) == [ShipmentState.LABELLED, ShipmentState.REFUNDING]


def test_a_corrected_recipient_leaves_alone_what_came_back_and_is_who_it_is_shipped_to_again() -> None:
    delivery, bystander = came_to(P.RETURNED, P.LOST), came_to(P.IN_TRANSIT)
    for one in (delivery, bystander):
        came_of_it = correct_recipient(one, replace(one.recipient, name="Zoé Tremblay"))
        assert came_of_it == (Changed.CHANGED if one == delivery else Changed.NEEDS_DESTROYED_LABEL)
    asked = Shipment.objects.filter(change_asked_at__isnull=False)
    assert set(asked.values_list("delivery", flat=True)) == {bystander.pk}
    assert ship_again(delivery.order).recipient_name == "Zoé Tremblay"


def test_no_label_is_made_again_for_a_parcel_that_came_back() -> None:
    back, under_way = came_to(P.RETURNED, P.IN_TRANSIT).shipments.order_by("parcel")
    assert (can_be_made_again(back), can_be_made_again(under_way)) == (False, True)
    with pytest.raises(MoveRefused):
        make_again(back)
    back.refresh_from_db()
    assert back.state == ShipmentState.LABELLED

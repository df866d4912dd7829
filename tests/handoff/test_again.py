"""Handing off again: what a clerk's press releases, makes again and hands off, and what it leaves alone."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.errors import NoSuchParcel, ShopFailed
from deliver_to_po.handoff import again
from deliver_to_po.handoff.again import HandedOff, can_be_handed_off, hand_off_again
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.shipping import NotYet
from tests.factories import make_delivery, make_shipment
from tests.handoff.scripted import Script

pytestmark = pytest.mark.django_db

BOXES = [Parcel(Decimal(number), Decimal(30), Decimal(20), Decimal(10)) for number in (1, 2, 3)]
LONG = 60.0


@pytest.fixture
def parcels(monkeypatch: pytest.MonkeyPatch) -> list[Parcel]:
    """Return the parcels of every order, 1 kg, 2 kg and 3 kg, for the test to change."""
    boxes = list(BOXES)
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: boxes)
    return boxes


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the shipments that workers are told of, where there are workers."""
    keys: list[int] = []
    monkeypatch.setattr(again, "wake_after_commit", keys.extend)
    return keys


@pytest.fixture
def workers(woken: list[int], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let there be workers, and return what they are told of."""
    monkeypatch.setattr(again, "wakes_workers", lambda: True)
    return woken


def only(*deliveries: Delivery) -> Any:
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])


def states(delivery: Delivery) -> list[tuple[int, int, str]]:
    rows = Shipment.objects.filter(delivery=delivery).order_by("parcel", "revision")
    return [(row.parcel, row.revision, row.state) for row in rows]


# What a press does.


def test_a_press_releases_what_the_merchant_releases(
    parcels: list[Parcel], script: Script, change_settings: Any, admin_user: User
) -> None:
    change_settings(RELEASE="by_merchant")
    delivery, not_chosen = make_delivery(state=DeliveryState.PLACED), make_delivery(state=DeliveryState.PLACED)
    result = hand_off_again(only(delivery), user=admin_user, seconds=LONG)
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, "labelled"), (3, 1, "labelled")]
    assert delivery.history.get().user == admin_user
    not_chosen.refresh_from_db()
    assert (not_chosen.state, not_chosen.shipments.count()) == (DeliveryState.PLACED, 0)
    assert sorted(result.done) == sorted(result.shipments)
    assert len(result.done) == 3
    assert result.woken == ()


@pytest.mark.parametrize("setting", ["when_paid", "on_placing"])
@pytest.mark.parametrize("paid", [True, False])
def test_a_press_repairs_a_release_that_got_lost_only_once_the_order_is_paid(
    script: Script, change_settings: Any, monkeypatch: pytest.MonkeyPatch, setting: str, paid: bool
) -> None:
    change_settings(RELEASE=setting)
    monkeypatch.setattr(type(order_adapter()), "is_paid", lambda self, order: paid)
    delivery = make_delivery(state=DeliveryState.PLACED)
    assert can_be_handed_off(delivery) == paid
    hand_off_again(only(delivery), user=None, seconds=LONG)
    assert states(delivery) == ([(1, 1, "labelled")] if paid else [])


def test_a_press_releases_what_was_held_for_want_of_parcels(script: Script) -> None:
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.NO_PARCELS)
    assert can_be_handed_off(delivery)
    hand_off_again(only(delivery), user=None, seconds=LONG)
    assert states(delivery) == [(1, 1, "labelled")]


def test_a_press_makes_refused_parcels_again_and_leaves_others_alone(
    parcels: list[Parcel], script: Script, admin_user: User
) -> None:
    delivery, not_chosen = make_delivery(), make_shipment(state=ShipmentState.REFUSED).delivery
    make_shipment(delivery, parcel=1, state=ShipmentState.REFUSED)
    make_shipment(delivery, parcel=2, state=ShipmentState.DROPPED)
    make_shipment(delivery, parcel=3, state=ShipmentState.LABELLED)
    assert can_be_handed_off(delivery)
    hand_off_again(only(delivery), user=admin_user, seconds=LONG)
    assert states(delivery) == [(1, 1, "refused"), (1, 2, "labelled"), (2, 1, "dropped"), (3, 1, "labelled")]
    assert delivery.history.get(change=Change.MAKE_AGAIN).user == admin_user
    assert states(not_chosen) == [(1, 1, "refused")]
    # Only the newest revision counts: there is nothing to make again.
    assert not can_be_handed_off(delivery)
    hand_off_again(only(delivery), user=None, seconds=LONG)
    assert delivery.shipments.count() == 4


def test_the_revision_of_one_parcel_keeps_no_other_from_being_made_again(parcels: list[Parcel], script: Script) -> None:
    delivery = make_delivery()
    make_shipment(delivery, parcel=1, state=ShipmentState.REFUSED)
    make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED)
    make_shipment(delivery, parcel=2, revision=2, state=ShipmentState.LABELLED)
    hand_off_again(only(delivery), user=None, seconds=LONG)
    assert states(delivery) == [(1, 1, "refused"), (1, 2, "labelled"), (2, 1, "refused"), (2, 2, "labelled")]


@pytest.mark.parametrize("state", sorted(set(DeliveryState.values) - {"draft", "reserved", "placed", "released"}))
def test_a_refused_parcel_of_a_delivery_that_is_not_released_is_left_and_costs_no_other(
    parcels: list[Parcel], script: Script, state: str
) -> None:
    held = make_shipment(make_delivery(state=state), state=ShipmentState.REFUSED).delivery
    other = make_shipment(state=ShipmentState.REFUSED).delivery
    assert not can_be_handed_off(held)
    hand_off_again(only(held, other), user=None, seconds=LONG)
    assert (states(held), held.history.count()) == ([(1, 1, "refused")], 0)
    assert states(other) == [(1, 1, "refused"), (1, 2, "labelled")]


@pytest.mark.parametrize("failing", [True, False])
def test_what_the_shop_names_no_longer_is_not_made_again_and_that_is_said(
    parcels: list[Parcel], script: Script, monkeypatch: pytest.MonkeyPatch, failing: bool
) -> None:
    delivery = make_shipment(parcel=3, state=ShipmentState.REFUSED).delivery
    before = Delivery.objects.filter(pk=delivery.pk).values().get()
    if failing:
        monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: 1 / 0)
    else:
        del parcels[2]
    result = hand_off_again(only(delivery), user=None, seconds=LONG)
    assert result == HandedOff([], done=[], refusals=(str(ShopFailed() if failing else NoSuchParcel()),))
    assert (states(delivery), delivery.history.count()) == ([(3, 1, "refused")], 0)
    assert Delivery.objects.filter(pk=delivery.pk).values().get() == before


def test_a_press_does_not_wait_until_a_shipment_is_due(script: Script) -> None:
    shipment = make_shipment(due_at=timezone.now() + timedelta(hours=1))
    assert can_be_handed_off(shipment.delivery)
    result = hand_off_again(only(shipment.delivery), user=None, seconds=LONG)
    assert result == HandedOff([shipment.pk], done=[shipment.pk])
    assert states(shipment.delivery) == [(1, 1, "labelled")]


@pytest.mark.parametrize("state", [ShipmentState.LABELLED, ShipmentState.HANDED, ShipmentState.ATTENTION])
def test_there_is_nothing_to_hand_off_where_no_step_is_left(script: Script, state: str) -> None:
    shipment = make_shipment(state=state)
    assert not can_be_handed_off(shipment.delivery)
    assert hand_off_again(only(shipment.delivery), user=None, seconds=LONG) == HandedOff([], done=[])


# Who does the work, and for how long.


def test_where_there_are_workers_they_are_told_and_the_clerk_does_not_wait(script: Script, workers: list[int]) -> None:
    later = timezone.now() + timedelta(hours=1)
    shipment, in_hand = make_shipment(due_at=later), make_shipment(due_at=later)
    Shipment.objects.filter(pk=in_hand.pk).update(lease=uuid.uuid4())
    result = hand_off_again(only(shipment.delivery, in_hand.delivery), user=None, seconds=LONG)
    assert (list(result.woken), list(result.done)) == ([shipment.pk], [])
    assert sorted(result.shipments) == sorted([shipment.pk, in_hand.pk])
    assert workers == [shipment.pk]
    shipment.refresh_from_db()
    in_hand.refresh_from_db()
    assert shipment.due_at is not None
    assert shipment.due_at <= timezone.now()
    assert (in_hand.due_at, script.asked) == (later, [])


def test_somebody_who_waits_is_served_here_although_there_are_workers(script: Script, workers: list[int]) -> None:
    shipment = make_shipment()
    result = hand_off_again(only(shipment.delivery), user=None, seconds=LONG, wait=True)
    assert (list(result.done), list(result.woken), workers) == ([shipment.pk], [], [])


def test_it_ends_when_the_time_is_over_but_never_before_the_first(script: Script) -> None:
    rows = [make_shipment(due_at=timezone.now() - timedelta(hours=hours)) for hours in (1, 3, 2)]
    result = hand_off_again(only(*[row.delivery for row in rows]), user=None, seconds=0)
    oldest_first = [rows[1].pk, rows[2].pk, rows[0].pk]
    assert (list(result.shipments), list(result.done)) == (oldest_first, oldest_first[:1])


def test_a_shipment_that_is_put_off_is_not_tried_again_at_once(script: Script) -> None:
    script.create(NotYet())
    rows = [make_shipment(), make_shipment()]
    result = hand_off_again(only(*[row.delivery for row in rows]), user=None, seconds=LONG)
    assert len(result.done) == len(script.asked_to("create")) == 2

"""Handing off again: what a clerk's press releases, makes again and hands off, and what it leaves alone."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.core.choices import Change, DeliveryState, ShipmentState
from deliver_to_po.errors import NoSuchParcel, ShopFailed
from deliver_to_po.handoff.sending import hand_off_now
from deliver_to_po.handoff.sending.hand_off_now import HandedOff, can_be_handed_off, hand_off_again, is_surely_unpaid
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.shipping import NotYet
from tests.factories import make_delivery, make_order, make_paid_order, make_shipment
from tests.handoff.conftest import states
from tests.handoff.scripted import Script
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("script")]

BOXES = [Parcel(Decimal(number), Decimal(30), Decimal(20), Decimal(10)) for number in (1, 2, 3)]
LONG = 60.0


@pytest.fixture
def parcels(shop_says: Any) -> list[Parcel]:
    """Return the parcels of every order, 1 kg, 2 kg and 3 kg, for the test to change."""
    boxes = list(BOXES)
    shop_says("parcels", boxes)
    return boxes


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the shipments that workers are told of, where there are workers."""
    keys: list[int] = []
    monkeypatch.setattr(hand_off_now, "wake_after_commit", keys.extend)
    return keys


@pytest.fixture
def workers(woken: list[int], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let there be workers, and return what they are told of."""
    monkeypatch.setattr(hand_off_now, "works_in_background", lambda: True)
    return woken


def only(*deliveries: Delivery) -> Any:
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])


# What a press does.


def test_a_press_releases_for_the_merchant(parcels: list[Parcel], change_settings: Any, admin_user: User) -> None:
    change_settings(RELEASE="by_merchant")
    delivery, not_chosen = make_delivery(state=DeliveryState.PLACED), make_delivery(state=DeliveryState.PLACED)
    result = hand_off_again(only(delivery), user=admin_user, seconds=LONG)
    assert states(delivery) == [(1, 1, "labelled"), (2, 1, "labelled"), (3, 1, "labelled")]
    assert delivery.history.get().user == admin_user
    assert (now(not_chosen).state, not_chosen.shipments.count()) == (DeliveryState.PLACED, 0)
    assert sorted(result.done) == sorted(result.shipments)
    assert len(result.done) == 3
    assert not result.by_workers


@pytest.mark.parametrize("setting", ["when_paid", "on_placing"])
@pytest.mark.parametrize("paid", [True, False])
def test_a_press_repairs_a_release_that_got_lost_and_waits_for_the_payment_only_where_the_setting_does(
    change_settings: Any, shop_says: Any, setting: str, paid: bool
) -> None:
    change_settings(RELEASE=setting)
    shop_says("is_paid", paid)
    delivery = make_delivery(state=DeliveryState.PLACED)
    released = paid or setting == "on_placing"
    assert can_be_handed_off(delivery) == released
    hand_off_again(only(delivery), user=None, seconds=LONG)
    assert states(delivery) == ([(1, 1, "labelled")] if released else [])


def test_a_press_makes_refused_parcels_again_and_leaves_others_alone(parcels: list[Parcel], admin_user: User) -> None:
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


def test_the_revision_of_one_parcel_keeps_no_other_from_being_made_again(parcels: list[Parcel]) -> None:
    delivery = make_delivery()
    make_shipment(delivery, parcel=1, state=ShipmentState.REFUSED)
    make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED)
    make_shipment(delivery, parcel=2, revision=2, state=ShipmentState.LABELLED)
    hand_off_again(only(delivery), user=None, seconds=LONG)
    assert states(delivery) == [(1, 1, "refused"), (1, 2, "labelled"), (2, 1, "refused"), (2, 2, "labelled")]


@pytest.mark.parametrize("state", sorted(set(DeliveryState.values) - {"draft", "reserved", "placed", "released"}))
def test_a_refused_parcel_of_an_unreleased_delivery_costs_no_other(parcels: list[Parcel], state: str) -> None:
    held = make_shipment(make_delivery(state=state), state=ShipmentState.REFUSED).delivery
    other = make_shipment(state=ShipmentState.REFUSED).delivery
    assert not can_be_handed_off(held)
    hand_off_again(only(held, other), user=None, seconds=LONG)
    assert (states(held), held.history.count()) == ([(1, 1, "refused")], 0)
    assert states(other) == [(1, 1, "refused"), (1, 2, "labelled")]


@pytest.mark.parametrize("failing", [True, False])
def test_what_the_shop_names_no_longer_is_not_made_again(parcels: list[Parcel], shop_says: Any, failing: bool) -> None:
    delivery = make_shipment(parcel=3, state=ShipmentState.REFUSED).delivery
    before = Delivery.objects.filter(pk=delivery.pk).values().get()
    if failing:
        shop_says("parcels", lambda _: 1 / 0)
    else:
        del parcels[2]
    result = hand_off_again(only(delivery), user=None, seconds=LONG)
    assert result == HandedOff([], done=[], refusals=(str(ShopFailed() if failing else NoSuchParcel()),))
    assert (states(delivery), delivery.history.count()) == ([(3, 1, "refused")], 0)
    assert Delivery.objects.filter(pk=delivery.pk).values().get() == before


def test_a_press_does_not_wait_until_a_shipment_is_due() -> None:
    shipment = make_shipment(due_at=timezone.now() + timedelta(hours=1))
    assert can_be_handed_off(shipment.delivery)
    result = hand_off_again(only(shipment.delivery), user=None, seconds=LONG)
    assert result == HandedOff([shipment.pk], done=[shipment.pk])
    assert states(shipment.delivery) == [(1, 1, "labelled")]


@pytest.mark.parametrize("state", [ShipmentState.LABELLED, ShipmentState.HANDED, ShipmentState.ATTENTION])
def test_there_is_nothing_to_hand_off_where_no_step_is_left(state: str) -> None:
    shipment = make_shipment(state=state)
    assert not can_be_handed_off(shipment.delivery)
    assert hand_off_again(only(shipment.delivery), user=None, seconds=LONG) == HandedOff([], done=[])


# The process that does the work, and for how long.


def test_where_there_are_workers_they_are_told_and_the_clerk_does_not_wait(script: Script, workers: list[int]) -> None:
    later = timezone.now() + timedelta(hours=1)
    shipment, in_hand = make_shipment(due_at=later), make_shipment(due_at=later)
    Shipment.objects.filter(pk=in_hand.pk).update(lease=uuid.uuid4())
    result = hand_off_again(only(shipment.delivery, in_hand.delivery), user=None, seconds=LONG)
    assert (result.by_workers, list(result.done)) == (True, [])
    assert sorted(result.shipments) == sorted([shipment.pk, in_hand.pk])
    assert sorted(workers) == sorted(result.shipments)
    shipment.refresh_from_db()
    in_hand.refresh_from_db()
    assert shipment.due_at is not None
    assert shipment.due_at <= timezone.now()
    assert (in_hand.due_at, script.asked) == (later, [])


def test_somebody_who_waits_is_served_here_although_there_are_workers(workers: list[int]) -> None:
    shipment = make_shipment()
    result = hand_off_again(only(shipment.delivery), user=None, seconds=LONG, wait=True)
    assert (list(result.done), result.by_workers, workers) == ([shipment.pk], False, [])


def test_it_ends_when_the_time_is_over_but_never_before_the_first(
    parcels: list[Parcel], workers: list[int], change_settings: Any
) -> None:
    change_settings(RELEASE="by_merchant")
    hour = timedelta(hours=1)
    rows = [make_delivery(state=DeliveryState.PLACED, placed_at=timezone.now() - hour * n) for n in (1, 3, 2)]
    first, second = (hand_off_again(only(*rows), user=None, seconds=0, wait=wait) for wait in (True, False))
    # The one that was placed first; of its parcels one, and the others wait for a second press. Workers take the rest.
    assert (len(first.shipments), len(first.done), first.not_reached) == (3, 1, 2)
    assert (sorted(second.shipments), second.by_workers, second.not_reached) == (sorted(workers), True, 2)
    assert [row.shipments.count() for row in rows] == [0, 3, 0]


def test_twelve_statements_release_each_of_many(workers: list[int], change_settings: Any, admin_user: User) -> None:
    change_settings(RELEASE="by_merchant")
    asked = []
    for number in (1, 4):
        chosen = [make_delivery(state=DeliveryState.PLACED, order=make_paid_order()) for _ in range(number)]
        with CaptureQueriesContext(connection) as statements:
            hand_off_again(only(*chosen), user=admin_user, seconds=LONG)
        assert Shipment.objects.filter(delivery__in=chosen).count() == number
        asked.append(len(statements))
    assert asked[1] - asked[0] <= 3 * 12


def test_what_is_surely_unpaid_is_left_out_of_many_and_released_alone(change_settings: Any, admin_user: User) -> None:
    change_settings(RELEASE="by_merchant")
    unpaid, paid = (
        make_delivery(state=DeliveryState.PLACED, order=order) for order in (make_order(), make_paid_order())
    )
    assert [is_surely_unpaid(row) for row in (unpaid, paid)] == [True, False]
    result = hand_off_again(only(unpaid, paid), user=None, seconds=LONG)
    assert (states(unpaid), states(paid), result.unpaid) == ([], [(1, 1, "labelled")], 1)
    result = hand_off_again(only(unpaid), user=admin_user, seconds=LONG, wait=True, unpaid_too=True)
    assert (states(unpaid), result.unpaid) == ([(1, 1, "labelled")], 0)


def test_a_shipment_that_is_put_off_is_not_tried_again_at_once(script: Script) -> None:
    script.create(NotYet())
    rows = [make_shipment(), make_shipment()]
    result = hand_off_again(only(*[row.delivery for row in rows]), user=None, seconds=LONG)
    assert len(result.done) == len(script.asked_to("create")) == 2


def test_what_the_press_itself_puts_on_hold_is_counted(change_settings: Any, shop_says: Any) -> None:
    change_settings(RELEASE="by_merchant")
    shop_says("parcels", [])
    rows = [make_delivery(state=DeliveryState.PLACED, released_at=None, release_asked_at=None) for _each in range(2)]
    result = hand_off_again(only(*rows), user=None, seconds=LONG)
    assert [now(row).state for row in rows] == [DeliveryState.HELD] * 2
    assert result == HandedOff([], done=[], held=2)
    shipment = make_shipment()
    result = hand_off_again(only(rows[0], shipment.delivery), user=None, seconds=LONG)
    assert (result.shipments, result.held, result.without) == ([shipment.pk], 1, 0)

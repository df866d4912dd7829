"""Placing: inside the shop's transaction, idempotent, no network, and never into somebody else's order."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deliver_to_po.checkout.placing import place, require_choice
from deliver_to_po.choices import DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.errors import (
    ChoiceRequired,
    DeliverToPoError,
    DraftExpired,
    DraftIncomplete,
    DraftTaken,
    DraftUnknown,
)
from deliver_to_po.handoff.release import release
from deliver_to_po.models import Delivery
from tests.factories import RECIPIENT, make_draft, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def test_a_draft_becomes_the_delivery_of_the_order() -> None:
    order, draft = make_order(), make_draft()
    delivery = place(order, str(draft.pk))
    assert (delivery.pk, delivery.state) == (draft.pk, DeliveryState.PLACED)
    assert (delivery.order, delivery.current_order) == (order, order)
    assert delivery.recipient == RECIPIENT
    assert delivery.reference == order.number
    assert delivery.placed_at is not None


def test_the_same_pair_again_is_the_same_delivery() -> None:
    order, draft = make_order(), make_draft()
    assert place(order, draft.pk) == place(order, draft.pk)
    assert Delivery.objects.get(pk=draft.pk).history.count() == 1


def test_a_draft_of_another_order_is_refused() -> None:
    draft = make_draft()
    place(make_order(), draft.pk)
    with pytest.raises(DraftTaken):
        place(make_order(), draft.pk)


def test_an_order_takes_no_second_draft() -> None:
    order = make_order()
    first = place(order, make_draft().pk)
    with pytest.raises(DraftTaken):
        place(order, make_draft().pk)
    assert Delivery.objects.get(current_order=order) == first


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"expires_at": timezone.now()}, DraftExpired),
        ({"recipient_phone": ""}, DraftIncomplete),
        ({"office_id": ""}, DraftIncomplete),
    ],
)
def test_a_draft_that_will_not_do_is_refused(fields: dict[str, Any], error: type[DeliverToPoError]) -> None:
    with pytest.raises(error) as caught:
        place(make_order(), make_draft(**fields).pk)
    assert caught.value.message


@pytest.mark.parametrize("draft_id", [None, "", "nonsense", uuid.uuid4()])
def test_a_draft_that_is_not_there_is_refused(draft_id: Any) -> None:
    with pytest.raises(DraftUnknown):
        place(make_order(), draft_id)


def test_a_refusal_leaves_the_shops_transaction_usable() -> None:
    order = make_order()
    place(order, make_draft().pk)
    with transaction.atomic():
        with pytest.raises(DraftTaken):
            place(order, make_draft().pk)
        other = make_order()
    assert other.pk


def test_an_office_that_was_not_confirmed_is_placed_with_a_flag() -> None:
    delivery = place(make_order(), make_draft(office_check=OfficeCheck.COULD_NOT_ASK).pk)
    assert delivery.reason == Reason.OFFICE_NOT_CHECKED


def test_live_is_frozen_at_placing(change_settings: Any) -> None:
    test = place(make_order(), make_draft().pk)
    change_settings(CANADA_POST={"LIVE": True})
    live = place(make_order(), make_draft().pk)
    test.refresh_from_db()
    assert (test.live, live.live) == (False, True)


def test_a_placed_order_waits_until_the_shop_releases_it() -> None:
    order = make_order()
    delivery = place(order, make_draft().pk)
    assert not delivery.shipments.exists()
    release(order)
    release(order)
    delivery.refresh_from_db()
    [shipment] = delivery.shipments.all()
    assert delivery.state == DeliveryState.RELEASED
    assert (shipment.state, shipment.parcel, shipment.revision) == (ShipmentState.WAITING, 1, 1)
    assert shipment.weight_kg > 0
    assert shipment.sender["company"]


@pytest.mark.parametrize(("setting", "released"), [("on_placing", True), ("when_paid", False), ("by_merchant", False)])
def test_the_release_setting_decides_when(change_settings: Any, setting: str, released: bool) -> None:
    change_settings(RELEASE=setting)
    delivery = place(make_order(), make_draft().pk)
    assert (delivery.state == DeliveryState.RELEASED) == released


def test_releasing_an_order_that_goes_elsewhere_does_nothing() -> None:
    order = make_order()
    release(order)
    assert not Delivery.objects.filter(order=order).exists()


def test_an_order_for_a_post_office_needs_a_choice() -> None:
    order = make_order()
    with pytest.raises(ChoiceRequired):
        require_choice(order)
    delivery = place(order, make_draft().pk)
    assert require_choice(order) == delivery


def test_nothing_happens_when_the_shops_transaction_fails() -> None:
    order, draft = make_order(), make_draft()

    def place_and_fail() -> None:
        with transaction.atomic():
            place(order, draft.pk)
            release(order)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        place_and_fail()
    draft.refresh_from_db()
    assert draft.state == DeliveryState.DRAFT
    assert not draft.shipments.exists()


@pytest.mark.django_db(transaction=True)
def test_one_draft_placed_twice_at_once_goes_to_one_order() -> None:
    draft, orders = make_draft(), [make_order(), make_order()]
    start, refused = threading.Barrier(2), []

    def run(order: Any) -> None:
        start.wait(timeout=5)
        try:
            place(order, draft.pk)
        except DraftTaken:
            refused.append(order)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(refused) == 1
    assert Delivery.objects.get(pk=draft.pk).order in [o for o in orders if o not in refused]

"""Right before anything is sent the shop is asked once more: a plain no stops it, nothing else does."""

from typing import Any

import pytest
from django.db import connection

from deliver_to_po import shop
from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.shipping import Unknown
from tests.factories import make_shipment
from tests.handoff.conftest import Clock
from tests.handoff.scripted import Script, Scripted
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("script")]


def fails(_: Any) -> Any:
    raise RuntimeError


def asks_the_database_nonsense(_: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM deliver_to_po_delivery")


@pytest.mark.parametrize(
    ("question", "reason"), [("goes_to_post_office", Reason.NOT_FOR_POST_OFFICE), ("is_paid", Reason.NOT_PAID)]
)
def test_a_plain_no_stops_it_and_asks_nobody(question: str, reason: Reason, shop_says: Any, script: Script) -> None:
    shipment = make_shipment()
    shop_says(question, False)
    hand_off(shipment.pk)
    stopped = now(shipment)
    assert (stopped.delivery.state, stopped.delivery.reason) == (DeliveryState.HELD, reason)
    assert (stopped.state, stopped.reason, stopped.requests, stopped.lease) == (ShipmentState.WAITING, reason, 0, None)
    assert script.asked == []


@pytest.mark.parametrize("question", ["goes_to_post_office", "is_paid"])
def test_what_a_no_stopped_goes_on_when_the_shop_lets_it(question: str, shop_says: Any, script: Script) -> None:
    shipment = make_shipment()
    shop_says(question, False)
    hand_off(shipment.pk)
    shop_says(question, True)
    assert shop.resume(now(shipment).delivery.order)
    hand_off(shipment.pk, now=True)
    assert now(shipment).state == ShipmentState.LABELLED
    assert [request.request_id for request in script.asked_to("create")] == [shipment.request_id]


@pytest.mark.parametrize("question", ["goes_to_post_office", "is_paid"])
def test_as_long_as_the_shop_says_no_nothing_is_sent(question: str, shop_says: Any, script: Script) -> None:
    shipment = make_shipment()
    shop_says(question, False)
    for _ in range(3):
        hand_off(shipment.pk, now=True)
        shop.resume(now(shipment).delivery.order)
    hand_off(shipment.pk, now=True)
    assert now(shipment).delivery.state == DeliveryState.HELD
    assert script.asked == []


@pytest.mark.parametrize(
    "answer", [fails, asks_the_database_nonsense, None], ids=["raises", "breaks the database", "None"]
)
@pytest.mark.parametrize("question", ["goes_to_post_office", "is_paid"])
def test_nothing_but_a_plain_no_stops_it(question: str, answer: Any, shop_says: Any) -> None:
    shipment = make_shipment()
    shop_says(question, answer)
    hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.LABELLED


@pytest.mark.parametrize("setting", ["on_placing", "by_merchant"])
def test_that_it_is_unpaid_counts_where_payment_releases(setting: str, shop_says: Any, change_settings: Any) -> None:
    change_settings(RELEASE=setting)
    shipment = make_shipment()
    shop_says("is_paid", False)
    hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.LABELLED


def test_nothing_else_is_asked(shop_says: Any) -> None:
    shipment = make_shipment()
    for question in ("hold_reason", "parcels", "ship_from", "options", "service", "reference"):
        shop_says(question, fails)
    hand_off(shipment.pk)
    assert now(shipment).state == ShipmentState.LABELLED


@pytest.mark.parametrize("can_look_up", [True, False], ids=["after empty look-ups", "to who cannot look up"])
@pytest.mark.parametrize(
    ("question", "reason"), [("goes_to_post_office", Reason.NOT_FOR_POST_OFFICE), ("is_paid", Reason.NOT_PAID)]
)
def test_a_plain_no_stops_what_would_be_sent_again_and_it_is_still_looked_up(
    question: str,
    reason: Reason,
    can_look_up: bool,
    shop_says: Any,
    script: Script,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script.can_look_up, script.refuses_repeated_ids = can_look_up, True
    monkeypatch.setattr(Scripted, "takes_repeated_ids", not can_look_up)
    script.create(Unknown())
    shipment = make_shipment()
    hand_off(shipment.pk)
    shop_says(question, False)
    for _ in range(3):
        clock.sweep_when_due(now(shipment))
    stopped = now(shipment)
    assert (stopped.delivery.state, stopped.delivery.reason) == (DeliveryState.HELD, reason)
    assert stopped.state == ShipmentState.UNKNOWN
    assert len(script.asked_to("create")) == 1


def test_a_look_up_sends_nothing_so_nothing_is_asked(shop_says: Any) -> None:
    shipment = make_shipment(state=ShipmentState.UNKNOWN, requests=1)
    shop_says("is_paid", False)
    hand_off(shipment.pk)
    assert now(shipment).delivery.state == DeliveryState.RELEASED

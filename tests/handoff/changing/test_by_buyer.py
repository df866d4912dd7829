"""What a buyer does after the order: how to reach who picks up is corrected; what they ask for waits for a clerk."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po import shop, signals
from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.core.choices.states import NOT_LIVE
from deliver_to_po.errors import TooLateForBuyer
from deliver_to_po.handoff.changing.by_buyer import ask, can_correct, correct_contact, requests_open
from deliver_to_po.handoff.changing.change import Changed, change_office
from deliver_to_po.handoff.releasing.release import need_choice
from deliver_to_po.models import Delivery
from tests.factories import RECIPIENT, make_delivery, make_shipment
from tests.handoff.changing.test_change import OTHER
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]
S = ShipmentState
CANCEL, HOME = Reason.BUYER_CANCELS, Reason.BUYER_TO_HOME


@pytest.fixture(autouse=True)
def _allowed(change_settings: Any) -> None:
    change_settings(BUYER_MAY={"CANCEL": True, "SHIP_HOME": True})


@pytest.fixture
def told() -> Any:
    """Return a list of what the shop is told, each with its reason."""
    heard: list[tuple[str, str]] = []
    receivers = {
        name: lambda sender, reason, name=name, **kwargs: heard.append((name, reason))
        for name in ("buyer_asked", "held")
    }
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver, weak=False)
    yield heard
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


def changes(delivery: Delivery) -> list[tuple[str, str]]:
    return list(delivery.history.filter(shipment=None).values_list("change", "reason"))


@pytest.mark.parametrize("state", ShipmentState)
def test_phone_and_e_mail_are_corrected_until_something_is_sent(state: ShipmentState) -> None:
    shipment = make_shipment(state=state)
    delivery = shipment.delivery
    if state not in NOT_LIVE:
        assert not can_correct(delivery)
        with pytest.raises(TooLateForBuyer):
            correct_contact(delivery, phone="613-555-0100")
        assert now(delivery).recipient == RECIPIENT
        return
    correct_contact(delivery, phone="613-555-0100")
    assert (now(delivery).recipient_phone, delivery.recipient_email) == ("613-555-0100", RECIPIENT.email)
    assert changes(delivery) == [(Change.CORRECT_RECIPIENT, Reason.BY_BUYER)]
    assert delivery.reason == Reason.NONE


def test_what_waited_to_be_sent_is_sent_to_the_new_address() -> None:
    delivery = make_shipment().delivery
    assert correct_contact(delivery, email="zoe@example.com") == Changed.CHANGED
    newest = delivery.shipments.get(state=S.WAITING)
    assert (newest.recipient_email, newest.revision) == ("zoe@example.com", 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": DeliveryState.CANCELLED},
        {"stop_asked_at": timezone.now()},
        {"erased_at": timezone.now()},
    ],
)
def test_nothing_is_open_of_what_is_over(fields: dict[str, Any]) -> None:
    delivery = make_delivery(**fields)
    assert not can_correct(delivery)
    assert not requests_open(delivery)


def test_a_shop_that_allows_nothing_has_nothing_open(change_settings: Any) -> None:
    change_settings(BUYER_MAY=dict.fromkeys(("CORRECT", "CANCEL", "SHIP_HOME"), False))
    delivery = make_delivery(state=DeliveryState.PLACED)
    assert not can_correct(delivery)
    assert not requests_open(delivery)
    with pytest.raises(TooLateForBuyer):
        ask(delivery, CANCEL)


@pytest.mark.parametrize("request_", [CANCEL, HOME])
@pytest.mark.parametrize("state", ["placed", "released"])
def test_a_request_is_kept_on_hold_until_a_clerk_decides(
    state: str, request_: Reason, told: Any, django_capture_on_commit_callbacks: Any
) -> None:
    shipment = make_shipment(make_delivery(state=state))
    with django_capture_on_commit_callbacks(execute=True):
        ask(shipment.delivery, request_)
    delivery = Delivery.objects.get(pk=shipment.delivery_id)
    assert (delivery.state, delivery.reason, delivery.wished) == (DeliveryState.HELD, request_, request_)
    assert changes(delivery) == [(Change.BUYER_ASKS, request_), (Change.HOLD, request_)]
    assert sorted(told) == [("buyer_asked", request_), ("held", request_)]
    assert not requests_open(delivery), "one request at a time"
    assert now(shipment).state == S.WAITING, "nothing is cancelled by itself"


def test_what_is_on_hold_stays_so_and_the_request_is_kept(told: Any, django_capture_on_commit_callbacks: Any) -> None:
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.SHOP_HOLD)
    with django_capture_on_commit_callbacks(execute=True):
        ask(delivery, CANCEL)
    assert (now(delivery).state, delivery.reason, delivery.wished) == (DeliveryState.HELD, Reason.SHOP_HOLD, CANCEL)
    assert told == [("buyer_asked", CANCEL)]


@pytest.mark.parametrize("reason", [Reason.NOT_PAID, Reason.PAUSED, Reason.SHOP_ERROR])
def test_what_would_go_on_by_itself_waits_for_the_clerk_then(reason: Reason) -> None:
    delivery = make_delivery(state=DeliveryState.HELD, reason=reason)
    ask(delivery, CANCEL)
    assert (now(delivery).state, delivery.reason) == (DeliveryState.HELD, CANCEL)
    assert shop.release(delivery.order) == shop.Released.KEPT


def test_what_needs_a_choice_is_put_on_hold_for_the_request_once_it_is_chosen() -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    ask(delivery, HOME)
    assert (now(delivery).state, delivery.reason, delivery.wished) == (
        DeliveryState.NEEDS_CHOICE,
        Reason.OFFICE_GONE,
        HOME,
    )
    change_office(delivery, OTHER)
    assert (now(delivery).state, delivery.reason) == (DeliveryState.HELD, HOME)


@pytest.mark.parametrize(("state", "reason"), [("placed", Reason.NONE), ("held", Reason.SHOP_HOLD)])
def test_a_request_outlasts_a_post_office_that_closes_meanwhile(state: str, reason: Reason) -> None:
    delivery = make_delivery(state=state, reason=reason)
    ask(delivery, CANCEL)
    need_choice(delivery, Reason.OFFICE_GONE, office_id=delivery.office_id)
    delivery.refresh_from_db()
    change_office(delivery, OTHER)
    shop.release(delivery.order)
    assert (now(delivery).state, delivery.reason, delivery.wished) == (DeliveryState.HELD, CANCEL, CANCEL)


@pytest.mark.parametrize("state", ["released", "needs_choice", "held"])
def test_letting_it_go_on_answers_the_request(state: str, admin_user: Any) -> None:
    shipment = make_shipment(make_delivery(state=state, reason=Reason.SHOP_HOLD if state == "held" else Reason.NONE))
    ask(shipment.delivery, CANCEL)
    assert shop.resume(shipment.delivery.order, user=None if state == "released" else admin_user)
    delivery = Delivery.objects.get(pk=shipment.delivery_id)
    assert delivery.wished == ""
    assert requests_open(delivery), "and they may ask again"


@pytest.mark.parametrize("state", ["released", "needs_choice"])
def test_when_the_shop_s_own_hold_ends_the_request_still_waits(state: str) -> None:
    shipment = make_shipment(make_delivery(state=state))
    delivery = shipment.delivery
    assert shop.hold(delivery.order)
    delivery.refresh_from_db()
    ask(delivery, CANCEL)
    assert shop.resume(delivery.order)
    assert now(delivery).wished == CANCEL
    if state == "needs_choice":
        change_office(delivery, OTHER)
        shop.release(delivery.order)
        delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.HELD, CANCEL)
    assert shop.resume(delivery.order)
    assert now(delivery).wished == ""


def test_asking_for_the_same_again_is_asking_once(told: Any, django_capture_on_commit_callbacks: Any) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    with django_capture_on_commit_callbacks(execute=True):
        ask(delivery, CANCEL)
        ask(delivery, CANCEL)
    assert told.count(("buyer_asked", CANCEL)) == 1
    assert changes(delivery) == [(Change.BUYER_ASKS, CANCEL), (Change.HOLD, CANCEL)]
    with pytest.raises(TooLateForBuyer):
        ask(delivery, HOME)


def test_nothing_is_asked_for_of_a_choice_that_was_erased(told: Any, django_capture_on_commit_callbacks: Any) -> None:
    erased = {"reason": Reason.CHOICE_ERASED, "erased_at": timezone.now()}
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE, **erased)
    assert not requests_open(delivery)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(TooLateForBuyer):
        ask(delivery, CANCEL)
    assert (told, changes(delivery)) == ([], [])


def test_what_has_left_cannot_be_asked_for(told: Any, django_capture_on_commit_callbacks: Any) -> None:
    shipment = make_shipment(state=S.LABELLED, group="g", transmitted_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(TooLateForBuyer):
        ask(shipment.delivery, CANCEL)
    delivery = Delivery.objects.get(pk=shipment.delivery_id)
    assert (delivery.state, delivery.wished, told) == (DeliveryState.RELEASED, "", [])
    assert changes(delivery) == []


def test_a_label_that_is_still_in_the_shop_waits_too() -> None:
    shipment = make_shipment(state=S.LABELLED, group="g")
    ask(shipment.delivery, CANCEL)
    assert Delivery.objects.get(pk=shipment.delivery_id).reason == CANCEL

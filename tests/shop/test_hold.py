"""Put on hold and let go on: what each call answers, from wherever the delivery is."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.core.choices import Change, DeliveryState, Reason
from deliver_to_po.handoff.day_end.transmitting import ready_to_transmit
from deliver_to_po.handoff.printing.label_state import to_print
from deliver_to_po.handoff.releasing.release import can_be_held, can_go_on, need_choice, release_delivery
from deliver_to_po.models import Delivery, History
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.shop import Released
from tests.factories import make_delivery, make_draft, make_order, make_shipment
from tests.shop.buying import order_first, state_of, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("bystanders")]


CHOSEN: dict[str, Any] = {"reason": Reason.NONE, "choice": 1}


@pytest.mark.parametrize("asked", ["before", "after"])
def test_what_needs_a_choice_is_held_when_it_is_chosen_and_would_be_released(asked: str, admin_user: Any) -> None:
    order = waiting(DeliveryState.NEEDS_CHOICE, Reason.OFFICE_GONE)
    if asked == "before":
        assert shop.release(order) == Released.KEPT
    assert shop.hold(order, "a check for fraud", user=admin_user)
    assert state_of(order) == ("needs_choice", "office_gone")
    assert not shop.hold(order, "once more")
    delivery = Delivery.objects.get(current_order=order)
    assert (can_be_held(delivery), can_go_on(delivery)) == (False, True)
    line = delivery.history.get(change=Change.ASK_HOLD)
    assert (line.note, line.user, line.reason) == ("a check for fraud", admin_user, "")
    assert move_delivery(delivery, Change.CHOOSE_AGAIN, **CHOSEN)
    assert release_delivery(delivery) == Released.HELD
    assert state_of(order) == ("held", Reason.ON_HOLD)
    assert not delivery.shipments.exists()
    assert shop.resume(order)
    assert state_of(order) == ("released", "")


@pytest.mark.parametrize("chosen", [False, True])
def test_a_hold_that_was_asked_for_is_taken_back(chosen: bool) -> None:
    order = waiting(DeliveryState.NEEDS_CHOICE, Reason.OFFICE_GONE)
    delivery = Delivery.objects.get(current_order=order)
    shop.hold(order)
    if chosen:
        move_delivery(delivery, Change.CHOOSE_AGAIN, **CHOSEN)
    assert shop.resume(order, "the bank says yes")
    assert not shop.resume(order)
    assert delivery.history.latest("pk").note == "the bank says yes"
    if not chosen:
        move_delivery(delivery, Change.CHOOSE_AGAIN, **CHOSEN)
    assert release_delivery(delivery) == Released.RELEASED


def test_what_is_placed_and_to_be_held_is_put_on_hold_at_once_when_somebody_asks_again() -> None:
    order = waiting(DeliveryState.NEEDS_CHOICE, Reason.OFFICE_GONE)
    shop.hold(order)
    move_delivery(Delivery.objects.get(current_order=order), Change.CHOOSE_AGAIN, **CHOSEN)
    assert shop.hold(order)
    assert state_of(order) == ("held", Reason.ON_HOLD)
    assert shop.resume(order)
    assert state_of(order) == ("placed", "")


@pytest.mark.parametrize(("reason", "kept"), [("on_hold", True), ("not_paid", False), ("shop_error", False)])
def test_what_somebody_put_on_hold_stays_so_when_its_office_turns_out_to_be_closed(reason: str, kept: bool) -> None:
    order = waiting(DeliveryState.HELD, Reason(reason))
    delivery = Delivery.objects.get(current_order=order)
    need_choice(delivery, Reason.OFFICE_GONE, office_id=delivery.office_id)
    assert state_of(order) == ("needs_choice", "office_gone")
    move_delivery(delivery, Change.CHOOSE_AGAIN, **CHOSEN)
    assert release_delivery(delivery) == (Released.HELD if kept else Released.RELEASED)


@pytest.mark.parametrize(
    ("state", "reason", "held", "goes_on"),
    [
        ("placed", "", True, False),
        ("released", "", True, False),
        ("held", "paused", True, True),
        ("held", "shop_error", True, True),
        ("held", "no_parcels", True, True),
        ("held", "not_paid", True, True),
        ("held", "on_hold", False, True),
        ("held", "shop_hold", False, True),
        ("needs_choice", "office_gone", True, False),
        ("cancelled", "", False, False),
    ],
)
def test_a_button_is_offered_where_it_would_do_something_and_does_it(
    state: str, reason: str, held: bool, goes_on: bool
) -> None:
    delivery = make_shipment(make_delivery(state=state, reason=reason)).delivery
    assert (can_be_held(delivery), can_go_on(delivery)) == (held, goes_on)
    assert shop.resume(delivery.order) == goes_on
    order = waiting(DeliveryState(state), Reason(reason)) if state != "released" else make_shipment().delivery.order
    assert shop.hold(order, "a payment taken back") is held
    stays = not held or state == "needs_choice"
    assert state_of(order) == ((state, reason) if stays else ("held", Reason.ON_HOLD))
    notes = History.objects.filter(delivery__current_order=order).order_by("pk").values_list("note", flat=True)
    assert list(notes)[-1:] == ["a payment taken back"] * held


NOW = timezone.now()


@pytest.mark.parametrize(
    ("state", "gone"),
    [
        ("labelled", {"transmitted_at": NOW}),
        ("done", {"transmitted_at": NOW}),
        # Nothing is transmitted later: what is printed may have left. Without a contract it is charged when it is made.
        ("labelled", {"group": "", "printed_at": NOW}),
        ("labelled", {"group": "", "printed_at": NOW, "transmitted_at": NOW}),
        ("done", {"group": ""}),
        ("voided", {}),
        ("refund_asked", {}),
    ],
)
def test_what_has_all_left_the_shop_is_not_put_on_hold(state: str, gone: dict[str, Any]) -> None:
    delivery = make_delivery()
    shipment = make_shipment(delivery, state=state, **gone)
    assert not can_be_held(delivery)
    assert not shop.hold(delivery.order)
    make_shipment(make_delivery(), parcel=2)
    shipment.refresh_from_db()
    assert shipment.state == state


@pytest.mark.parametrize(
    ("state", "here"),
    [
        ("made", {}),
        ("handed", {}),
        ("attention", {}),
        ("suspended", {}),
        ("labelled", {}),
        ("labelled", {"printed_at": NOW}),
        ("labelled", {"group": ""}),
        ("labelled", {"group": "", "transmitted_at": NOW}),
        ("done", {}),
    ],
)
def test_what_is_still_in_the_shop_is_put_on_hold_and_its_label_stays_a_label(state: str, here: dict[str, Any]) -> None:
    delivery = make_delivery(release_asked_at=NOW)
    shipment = make_shipment(delivery, state=state, **here)
    assert can_be_held(delivery)
    assert shop.hold(delivery.order)
    assert state_of(delivery.order) == ("held", Reason.ON_HOLD)
    shipment.refresh_from_db()
    assert shipment.state == state
    assert not to_print().filter(pk=shipment.pk).exists()
    assert not ready_to_transmit().filter(pk=shipment.pk).exists()
    assert shop.resume(delivery.order)
    assert state_of(delivery.order)[0] == "released"
    assert list(delivery.shipments.all()) == [shipment]


def test_what_is_on_hold_already_stays_so_though_it_has_left_meanwhile() -> None:
    delivery = make_delivery(state="held", reason="not_paid")
    make_shipment(delivery, state="labelled", transmitted_at=NOW)
    assert can_be_held(delivery)
    assert shop.hold(delivery.order, "fraud")
    assert state_of(delivery.order) == ("held", Reason.ON_HOLD)


@pytest.mark.parametrize("state", ["voiding", "refund_asked"])
def test_a_hold_keeps_what_is_to_be_made_again(state: str) -> None:
    delivery = make_shipment(state=state, change_asked_at=NOW).delivery
    assert can_be_held(delivery)
    assert shop.hold(delivery.order, "fraud")


def test_one_of_two_parcels_that_is_still_here_is_put_on_hold() -> None:
    delivery = make_delivery()
    make_shipment(delivery, state="labelled", transmitted_at=NOW)
    make_shipment(delivery, state="labelled", parcel=2)
    assert can_be_held(delivery)
    assert shop.hold(delivery.order)


def test_an_order_without_a_delivery_is_neither_held_nor_let_go_on() -> None:
    order = make_order()
    assert shop.hold(order) is False
    assert shop.resume(order) is False


def test_once_somebody_let_it_go_on_the_same_words_of_the_shop_hold_it_no_more(shop_says: Any) -> None:
    shop_says("hold_reason", "a check for fraud")
    bought = order_first(make_draft())
    assert state_of(bought.order) == ("held", Reason.SHOP_HOLD)
    assert shop.resume(bought.order)
    assert shop.release(bought.order) == Released.RELEASED


def test_the_shops_word_to_go_on_after_its_own_hold_is_no_leave_for_what_it_was_not_asked(shop_says: Any) -> None:
    order = waiting(DeliveryState.PLACED)
    shop.hold(order)
    shop.resume(order)
    shop_says("hold_reason", "a check for fraud")
    assert shop.release(order) == Released.HELD
    assert state_of(order) == ("held", Reason.SHOP_HOLD)


def test_the_shop_is_asked_again_when_what_it_held_was_chosen_anew_and_nobody_let_it_go_on(shop_says: Any) -> None:
    order = waiting(DeliveryState.PLACED)
    shop.hold(order)
    shop.resume(order)
    shop_says("hold_reason", "a check for fraud")
    shop.release(order)
    delivery = Delivery.objects.get(current_order=order)
    move_delivery(delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_GONE)
    move_delivery(delivery, Change.CHOOSE_AGAIN, reason=Reason.NONE)
    assert shop.release(order) == Released.HELD
    assert state_of(order) == ("held", Reason.SHOP_HOLD)


def test_who_held_it_and_who_let_it_go_on_is_kept(admin_user: Any) -> None:
    order = waiting(DeliveryState.PLACED)
    shop.hold(order, user=admin_user)
    shop.resume(order, user=admin_user)
    lines = History.objects.filter(delivery__current_order=order, user=admin_user).values_list("change", flat=True)
    assert list(lines) == [Change.HOLD, Change.RESUME]

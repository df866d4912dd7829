"""Released by the shop, by a clerk or by the sweep: what comes of it, from wherever the delivery is."""

import importlib.util
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po import errors, shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.handoff.releasing import missed_calls
from deliver_to_po.handoff.releasing.missed_calls import release_what_is_mended, release_what_is_paid
from deliver_to_po.handoff.sending.hand_off_now import can_be_handed_off, hand_off_again
from deliver_to_po.models import Delivery
from deliver_to_po.shop import Released
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_order, make_paid_order
from tests.races import at_once
from tests.shop.buying import order_first, state_of, waiting
from tests.shop.test_mistakes import fails

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


# -- release --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "reason", "answer", "becomes"),
    [
        ("placed", "", Released.RELEASED, "released"),
        ("held", "on_hold", Released.KEPT, "held"),
        ("held", "shop_hold", Released.KEPT, "held"),
        ("held", "paused", Released.KEPT, "held"),
        ("held", "shop_error", Released.RELEASED, "released"),
        ("held", "no_parcels", Released.RELEASED, "released"),
        ("held", "not_paid", Released.KEPT, "held"),
        ("needs_choice", "office_gone", Released.KEPT, "needs_choice"),
        ("cancelled", "", Released.CANCELLED, "cancelled"),
    ],
)
def test_a_release_says_what_came_of_it(
    state: str, reason: str, answer: Released, becomes: str, bystanders: Bystanders
) -> None:
    order = waiting(DeliveryState(state), Reason(reason))
    assert shop.release(order) == answer
    assert state_of(order)[0] == becomes
    delivery = Delivery.objects.get(current_order=order)
    assert (delivery.release_asked_at is not None) == (answer in (Released.RELEASED, Released.KEPT))
    assert delivery.shipments.count() == (1 if answer == Released.RELEASED else 0)


@pytest.mark.parametrize(
    ("release", "paid", "answer"),
    [
        ("when_paid", True, Released.RELEASED),
        ("when_paid", None, Released.RELEASED),
        ("when_paid", fails, Released.RELEASED),
        ("when_paid", False, Released.KEPT),
        ("on_placing", False, Released.RELEASED),
    ],
)
def test_what_was_not_paid_any_more_goes_on_once_it_is_paid_again(
    release: str, paid: Any, answer: Released, change_settings: Any, shop_says: Any, bystanders: Bystanders
) -> None:
    change_settings(RELEASE=release)
    order = waiting(DeliveryState.HELD, Reason.NOT_PAID)
    shop_says("is_paid", paid)
    assert shop.release(order) == answer
    expected = ("released", "") if answer == Released.RELEASED else ("held", Reason.NOT_PAID)
    assert state_of(order) == expected


@pytest.mark.parametrize("paid", [True, None, False])
def test_a_call_that_got_lost_after_it_was_paid_again_is_made_good_by_the_sweep(
    paid: bool | None, shop_says: Any, bystanders: Bystanders
) -> None:
    order = waiting(DeliveryState.HELD, Reason.NOT_PAID)
    shop_says("is_paid", lambda asked: paid if asked == order else False)
    assert release_what_is_paid() == (1 if paid else 0)
    assert state_of(order)[0] == ("released" if paid else "held")


@pytest.mark.parametrize("reason", ["on_hold", "shop_hold", "not_for_post_office", "changed"])
def test_the_sweep_lets_nothing_go_on_that_waits_for_something_else(
    reason: str, shop_says: Any, bystanders: Bystanders
) -> None:
    order = waiting(DeliveryState.HELD, Reason(reason))
    shop_says("is_paid", lambda asked: asked == order)
    assert release_what_is_paid() == 0
    assert state_of(order) == ("held", reason)


def test_an_order_without_a_delivery_has_nothing_to_release(bystanders: Bystanders) -> None:
    assert shop.release(make_paid_order()) == Released.NOTHING


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("parcels", [], Reason.NO_PARCELS),
        ("parcels", None, Reason.SHOP_ERROR),
        ("hold_reason", "a check for fraud", Reason.SHOP_HOLD),
        ("goes_to_post_office", False, Reason.NOT_FOR_POST_OFFICE),
    ],
)
def test_what_cannot_be_released_is_held_and_its_release_is_kept(
    question: str, answer: Any, reason: Reason, shop_says: Any, bystanders: Bystanders
) -> None:
    order = waiting(DeliveryState.PLACED)
    shop_says(question, answer)
    assert shop.release(order) == Released.HELD
    assert state_of(order) == ("held", reason)
    assert Delivery.objects.get(current_order=order).release_asked_at is not None


@pytest.mark.parametrize("state", ["placed", "held", "needs_choice"])
def test_where_the_merchant_releases_the_shops_call_does_not(
    state: str, change_settings: Any, bystanders: Bystanders
) -> None:
    change_settings(RELEASE="by_merchant")
    order = waiting(DeliveryState(state), Reason.SHOP_ERROR)
    assert shop.release(order) == Released.BY_MERCHANT
    assert state_of(order)[0] == state
    assert Delivery.objects.get(current_order=order).release_asked_at is None


@pytest.mark.parametrize(("state", "answer"), [("released", Released.ALREADY), ("cancelled", Released.CANCELLED)])
def test_what_is_over_is_over_also_where_the_merchant_releases(
    state: str, answer: Released, change_settings: Any
) -> None:
    change_settings(RELEASE="by_merchant")
    assert shop.release(make_delivery(state=state).order) == answer


def test_on_placing_what_stands_still_keeps_that_it_was_to_be_released(change_settings: Any, shop_says: Any) -> None:
    change_settings(RELEASE="on_placing")
    shop_says("hold_reason", "a check for fraud")
    bought = order_first(make_draft())
    assert (bought.delivery.state, bought.delivery.release_asked_at is not None) == (DeliveryState.HELD, True)
    assert shop.resume(bought.order)
    assert state_of(bought.order)[0] == "released"


@pytest.mark.django_db(transaction=True)
def test_a_release_and_a_hold_at_the_same_moment_lose_neither() -> None:
    order = waiting(DeliveryState.PLACED)
    at_once(partial(shop.release, order), partial(shop.hold, order))
    assert state_of(order) == ("held", Reason.ON_HOLD)
    assert Delivery.objects.get(current_order=order).release_asked_at is not None


# -- the button -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "asked", "paid", "becomes"),
    [
        ("shop_error", True, False, "released"),
        ("shop_error", False, True, "released"),
        ("shop_error", False, False, "placed"),
        ("no_parcels", True, False, "released"),
        ("on_hold", True, True, "held"),
        ("shop_hold", True, True, "held"),
        ("paused", True, True, "held"),
    ],
)
def test_the_button_lets_go_on_what_the_shop_mended_and_ships_only_what_may_be(
    reason: str, asked: bool, paid: bool, becomes: str, shop_says: Any, bystanders: Bystanders
) -> None:
    order = make_order()
    # Without a plain yes a shop does not say, so that only what was asked for counts.
    shop_says("is_paid", lambda one: paid or None if one == order else None)
    times: dict[str, Any] = {"released_at": None} | ({} if asked else {"release_asked_at": None})
    delivery = make_delivery(state=DeliveryState.HELD, reason=reason, order=order, **times)
    assert can_be_handed_off(delivery) is (becomes != "held")
    hand_off_again(Delivery.objects.filter(pk=delivery.pk), user=None, seconds=0)
    assert state_of(order)[0] == becomes


# -- the sweep ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["on_placing", "by_merchant"])
def test_the_sweep_releases_by_payment_only_where_payment_releases(setting: str, change_settings: Any) -> None:
    order = make_paid_order()
    make_delivery(state=DeliveryState.PLACED, order=order)
    change_settings(RELEASE=setting)
    assert release_what_is_paid() == 0
    assert state_of(order)[0] == "placed"


@pytest.mark.parametrize(("asked", "becomes"), [(True, "released"), (False, "placed")])
@pytest.mark.parametrize(("question", "wrong"), [("parcels", fails), ("parcels", []), ("hold_reason", fails)])
def test_what_is_on_hold_for_the_shops_mistake_goes_on_by_itself_once_the_shop_is_mended(
    question: str, wrong: Any, asked: bool, becomes: str, shop_says: Any, bystanders: Bystanders
) -> None:
    order = waiting(DeliveryState.HELD, Reason.SHOP_ERROR)
    rows = Delivery.objects.filter(current_order=order)
    rows.update(release_asked_at=timezone.now() if asked else None)
    right = getattr(order_adapter(), question)
    shop_says(question, wrong)
    assert release_what_is_mended() == 0
    shop_says(question, right)
    # Ten minutes pass before it is asked again.
    assert release_what_is_mended() == 0
    rows.update(paid_asked_at=timezone.now() - timedelta(minutes=11))
    assert release_what_is_mended() == 1
    assert state_of(order)[0] == becomes


def test_a_mistake_that_stays_is_written_into_the_history_once(shop_says: Any) -> None:
    order = waiting(DeliveryState.PLACED)
    shop_says("parcels", fails)
    shop.release(order)
    rows = Delivery.objects.filter(current_order=order)
    told = rows.get().history.count()
    for _ in range(2):
        rows.update(paid_asked_at=None)
        release_what_is_mended()
    assert (state_of(order), rows.get().history.count()) == (("held", Reason.SHOP_ERROR), told)


def test_the_sweep_goes_through_all_that_wait_some_at_a_time_in_one_process_each(shop_says: Any) -> None:
    deliveries = [make_delivery(state=DeliveryState.PLACED, order=make_order()) for _ in range(5)]
    asked: list[Any] = []
    shop_says("is_paid", lambda order: asked.append(order.pk))
    for _ in range(3):
        _as_in_another_process(2)
    assert set(asked[:5]) == {delivery.order_id for delivery in deliveries}
    assert len(asked) == 6


def _as_in_another_process(at_a_time: int) -> None:
    """Do a round as cron's next process does: with nothing of what the last one kept in memory."""
    spec = importlib.util.find_spec(missed_calls.__name__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["AT_A_TIME"] = at_a_time
    module.release_what_is_paid()


# -- what the order has ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "chosen"),
    [("placed", True), ("released", True), ("held", True), ("needs_choice", False), ("cancelled", False)],
)
def test_an_order_for_a_post_office_must_have_one(state: str, chosen: bool, bystanders: Bystanders) -> None:
    delivery = make_delivery(state=state)
    if chosen:
        assert shop.require_choice(delivery.order) == delivery
    else:
        with pytest.raises(errors.ChoiceRequired):
            shop.require_choice(delivery.order)
    assert shop.delivery_of(delivery.order) == delivery


def test_an_order_from_before_the_app_needs_a_choice_when_it_goes_to_a_post_office(shop_says: Any) -> None:
    order = make_order()
    with pytest.raises(errors.ChoiceRequired) as caught:
        shop.require_choice(order)
    assert caught.value.url == "/post-office/?problem=choice_required"
    shop_says("goes_to_post_office", False)
    assert shop.require_choice(order) is None
    assert shop.delivery_of(order) is None


def test_an_order_that_went_home_after_all_needs_no_choice(shop_says: Any) -> None:
    delivery = make_delivery(state=DeliveryState.CANCELLED)
    shop_says("goes_to_post_office", False)
    assert shop.require_choice(delivery.order) == delivery


CALLS: dict[str, Any] = {
    "place": lambda order: shop.place(order, make_draft().pk, paid=True),
    "release": shop.release,
    "hold": shop.hold,
    "resume": shop.resume,
    "require_choice": shop.require_choice,
    "choose_for": shop.choose_for,
}


@pytest.mark.parametrize("call", CALLS)
def test_an_order_that_is_not_saved_is_the_shops_mistake_to_hear_of(call: str, bystanders: Bystanders) -> None:
    # One with a UUID key has its key before it is saved.
    order = type(make_order())()
    with pytest.raises(ValueError, match="save the order"):
        CALLS[call](order)


def test_an_order_that_is_not_saved_has_no_delivery() -> None:
    assert shop.delivery_of(type(make_order())()) is None


def test_an_order_whose_key_is_still_a_text_has_its_delivery() -> None:
    bought = order_first(make_draft())
    bought.order.pk = str(bought.order.pk)
    assert shop.place(bought.order, bought.delivery.pk, seen="whatever") == bought.delivery
    assert shop.delivery_of(bought.order) == bought.delivery

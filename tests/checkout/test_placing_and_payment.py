"""Money first, or the order first: what may happen between the buyer's last look and the order's placing.

Paid for, each leads to an order with a delivery, and with the reason where one is needed. Not paid for, each is refused
with an error that says where to send the buyer, and nothing has changed.
"""

import uuid
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from deliver_to_po import errors, shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.handoff.releasing.release import release_delivery
from deliver_to_po.models import Delivery, Shipment, links
from deliver_to_po.notices.about import needing_choice
from tests.factories import RECIPIENT, make_delivery, make_draft, make_order, make_paid_order
from tests.races import at_once
from tests.shop.buying import order_first, payment_came, place_paid, reserve, state_of
from tests.shop.happenings import (
    H,
    Happening,
    N,
    P,
    R,
    a_pause_begins,
    another_office,
    another_order_has_it,
    another_recipient,
    assert_bought,
    assert_refused,
    days_pass,
    its_time_ends,
    its_time_ends_and_it_is_swept,
    nobody_knows_it,
    nothing,
    the_office_closes,
    the_office_is_gone,
)

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("bystanders")]


# What happens to what is reserved, and what comes of the payment; office and recipient stay as they were paid for.
RESERVED: dict[str, tuple[Happening, DeliveryState, Reason]] = {
    "nothing": (nothing, R, Reason.NONE),
    "another office in another tab": (another_office, R, Reason.NONE),
    "another recipient in another tab": (another_recipient, R, Reason.NONE),
    "a pause": (a_pause_begins, H, Reason.PAUSED),
    "its time ends": (its_time_ends_and_it_is_swept, R, Reason.NONE),
    "31 days": (days_pass(31), N, Reason.CHOICE_ERASED),
    "181 days": (days_pass(181), N, Reason.NEVER_CHOSEN),
    "the office closes": (the_office_closes, N, Reason.OFFICE_NO_LONGER),
    "the office is gone": (the_office_is_gone, N, Reason.OFFICE_GONE),
    "another order's": (another_order_has_it, N, Reason.NEVER_CHOSEN),
    "unknown": (nobody_knows_it, N, Reason.NEVER_CHOSEN),
}


@pytest.mark.parametrize("happening", RESERVED)
def test_between_reserving_and_placing_anything_may_happen(happening: str) -> None:
    happens, state, reason = RESERVED[happening]
    draft = reserve(make_draft())
    happens(draft)
    bought = payment_came(draft.pk)
    assert_bought(bought, state, reason)
    if state in (R, H):
        assert bought.delivery.pk == draft.pk
        assert (bought.delivery.recipient_name, bought.delivery.office_id) == (RECIPIENT.name, "0000102978")
    elif reason == Reason.NEVER_CHOSEN:
        assert bought.delivery.recipient_name == "", "nobody else's"


def test_what_is_reserved_is_placed_whatever_another_tab_says_was_seen_of_it() -> None:
    assert_bought(payment_came(reserve(make_draft()).pk, seen="of another tab"), R, Reason.NONE)


@pytest.mark.parametrize("happening", ["nothing", "a pause", "the office closes"])
def test_a_reserved_draft_is_placed_also_by_a_shop_that_does_not_say_paid(happening: str) -> None:
    happens, state, reason = RESERVED[happening]
    draft = reserve(make_draft())
    happens(draft)
    order = make_order()
    delivery = shop.place(order, draft.pk)
    assert (delivery.pk, delivery.order) == (draft.pk, order)
    assert (delivery.state, delivery.reason) == (P if state == R else state, reason)


# What becomes of a payment for a draft that nobody reserved, where that differs, when the shop tells what was seen.
NOT_RESERVED: dict[str, tuple[Happening, DeliveryState, Reason]] = {
    "nothing": (nothing, R, Reason.NONE),
    "another office in another tab": (another_office, H, Reason.CHANGED),
    "another recipient in another tab": (another_recipient, H, Reason.CHANGED),
    "its time ends": (its_time_ends, R, Reason.NONE),
    "its time ends and it is swept": (its_time_ends_and_it_is_swept, N, Reason.NEVER_CHOSEN),
}


@pytest.mark.parametrize("happening", NOT_RESERVED)
def test_a_payment_for_what_nobody_reserved_makes_an_order_too(happening: str) -> None:
    happens, state, reason = NOT_RESERVED[happening]
    draft = make_draft()
    seen = fingerprint(draft)
    happens(draft)
    assert_bought(payment_came(draft.pk, seen=seen), state, reason)


def test_a_payment_for_a_draft_without_a_recipient_asks_for_a_choice_and_keeps_what_is_known(shop_says: Any) -> None:
    shop_says("language", "")
    draft = make_draft(recipient_phone="", language="fr")
    bought = payment_came(draft.pk)
    assert_bought(bought, N, Reason.NEVER_CHOSEN)
    assert (bought.delivery.recipient_name, bought.delivery.language) == (RECIPIENT.name, "fr")


@pytest.mark.parametrize("draft_id", [None, uuid.uuid4()])
def test_an_order_that_goes_home_is_paid_for_and_gets_no_delivery(draft_id: Any, shop_says: Any) -> None:
    shop_says("goes_to_post_office", False)
    with transaction.atomic():
        order = make_paid_order()
        assert shop.place(order, draft_id, paid=True) is None
        assert shop.release(order) == shop.Released.NOTHING
    assert shop.delivery_of(order) is None
    # The same again, as when the payment's answer comes twice.
    assert shop.place(order, draft_id, paid=True) is None


@pytest.mark.parametrize("happening", ["another order's", "unknown"])
def test_an_order_that_goes_home_takes_no_choice_that_is_not_its_own(happening: str, shop_says: Any) -> None:
    draft = make_draft()
    RESERVED[happening][0](draft)
    before = list(Delivery.objects.order_by("pk").values())
    shop_says("goes_to_post_office", False)
    assert shop.place(make_paid_order(), draft.pk, paid=True) is None
    assert list(Delivery.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("happening", ["nothing", "the office closes", "the office is gone"])
def test_what_was_chosen_for_an_order_that_goes_home_is_on_hold_and_asks_the_buyer_for_nothing(
    happening: str, shop_says: Any
) -> None:
    draft = reserve(make_draft())
    RESERVED[happening][0](draft)
    shop_says("goes_to_post_office", False)
    assert_bought(payment_came(draft.pk), H, Reason.NOT_FOR_POST_OFFICE)


def test_an_order_that_has_a_delivery_keeps_it_when_it_goes_home(shop_says: Any) -> None:
    bought = payment_came("nonsense")
    shop_says("goes_to_post_office", False)
    assert shop.place(bought.order, "nonsense", paid=True) == bought.delivery


def test_a_shop_that_cannot_say_where_a_paid_order_goes_gets_a_delivery_that_needs_a_choice(shop_says: Any) -> None:
    shop_says("goes_to_post_office", lambda order: 1 / 0)
    assert_bought(payment_came(""), N, Reason.NEVER_CHOSEN)


def test_the_order_is_placed_in_the_language_and_service_that_were_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "language", lambda self, order: "")
    monkeypatch.setattr(type(order_adapter()), "service", lambda self, cart: "DOM.XP" if cart == "a cart" else "DOM.EP")
    draft = make_draft(language="fr", service="")
    shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart")
    delivery = payment_came(draft.pk).delivery
    assert (delivery.language, delivery.service, delivery.shipments.get().service) == ("fr", "DOM.XP", "DOM.XP")


def test_without_a_cart_the_orders_service_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "service", lambda self, order: "DOM.XP")
    draft = make_draft(service="")
    reserve(draft)
    assert payment_came(draft.pk).delivery.service == "DOM.XP"


# -- Twice ----------------------------------------------------------------------------------------------------------


def test_the_same_payment_again_is_the_same_delivery() -> None:
    bought = payment_came(reserve(make_draft()).pk)
    before = list(bought.delivery.history.values_list("change", flat=True))
    assert shop.place(bought.order, bought.delivery.pk, paid=True) == bought.delivery
    assert shop.place(bought.order, str(bought.delivery.pk), seen="anything") == bought.delivery
    assert list(bought.delivery.history.values_list("change", flat=True)) == before


def test_the_same_unknown_payment_again_is_the_same_delivery() -> None:
    bought = payment_came("nonsense")
    assert shop.place(bought.order, "nonsense", paid=True) == bought.delivery
    assert Delivery.objects.filter(order=bought.order).count() == 1


def test_an_order_that_has_a_delivery_keeps_it_when_a_payment_names_another_draft() -> None:
    bought = order_first(make_draft())
    other = reserve(make_draft())
    assert shop.place(bought.order, other.pk, paid=True) == bought.delivery
    bought.delivery.refresh_from_db()
    other.refresh_from_db()
    assert (bought.delivery.state, other.state) == (R, DeliveryState.RESERVED)


@pytest.mark.parametrize("paid", [True, False])
def test_a_choice_fills_the_order_that_waited_for_one(paid: bool) -> None:
    order = make_order()
    waited = shop.choose_for(order).delivery
    draft = reserve(make_draft()) if paid else make_draft()
    placed = shop.place(order, draft.pk, seen=fingerprint(draft), paid=paid)
    assert placed is not None
    assert (placed.pk, placed.replaces, placed.state) == (draft.pk, waited, R if paid else P)
    assert shop.delivery_of(order) == placed == shop.place(order, draft.pk, paid=True)
    # Its buyer is asked for nothing, and reads of the old link what is true.
    assert not needing_choice().exists()
    with pytest.raises(errors.LinkUsed, match="Comptoir du Coin"):
        links.delivery_for(links.token_for(waited))


def test_what_was_asked_of_the_order_that_waited_for_a_choice_is_kept(change_settings: Any) -> None:
    change_settings(RELEASE="by_merchant")
    order, draft = make_order(), reserve(make_draft())
    delivery = shop.choose_for(order).delivery
    shop.hold(order)
    release_delivery(delivery)
    assert state_of(place_paid(order, draft.pk).order) == (H, Reason.ON_HOLD)
    shop.resume(order)
    assert state_of(order) == (R, Reason.NONE)


def cancelled_order() -> Any:
    return make_delivery(state=DeliveryState.CANCELLED).order


@pytest.mark.parametrize("paid", [True, False])
def test_a_new_choice_takes_the_place_of_a_cancelled_delivery(paid: bool) -> None:
    order = cancelled_order()
    former = shop.delivery_of(order)
    draft = reserve(make_draft()) if paid else make_draft()
    placed = shop.place(order, draft.pk, seen=fingerprint(draft), paid=paid)
    assert placed is not None
    assert (placed.pk, placed.state, placed.replaces) == (draft.pk, R, former)
    assert shop.delivery_of(order) == placed
    assert former is not None
    former.refresh_from_db()
    assert (former.state, former.order, former.current_order) == (DeliveryState.CANCELLED, order, None)


def test_a_new_choice_that_stands_still_takes_the_place_of_a_cancelled_delivery_too() -> None:
    order = cancelled_order()
    former = shop.delivery_of(order)
    draft = reserve(make_draft())
    a_pause_begins(draft)
    placed = place_paid(order, draft.pk)
    assert (placed.pk, placed.state, placed.reason, placed.replaces) == (draft.pk, H, Reason.PAUSED, former)


def test_what_is_refused_leaves_a_cancelled_delivery_where_it_is() -> None:
    order = cancelled_order()
    draft = make_draft()
    another_recipient(draft)
    assert_refused(lambda: shop.place(order, draft.pk, seen="something else"), errors.DraftChanged)


def test_the_payment_of_a_cancelled_delivery_that_comes_again_stays_with_it() -> None:
    order = cancelled_order()
    delivery = Delivery.objects.get(order=order)
    assert shop.place(order, delivery.pk, paid=True) == delivery
    assert Delivery.objects.filter(order=order).count() == 1


def test_an_order_that_was_placed_before_is_released_when_its_payment_comes() -> None:
    bought = order_first(make_draft())
    assert place_paid(bought.order, bought.delivery.pk).state == R


@pytest.mark.parametrize("draft_id", ["reserved", "unknown"])
@pytest.mark.django_db(transaction=True)
def test_a_payment_that_comes_twice_at_the_same_moment_makes_one_delivery(draft_id: str) -> None:
    order = make_paid_order()
    key = reserve(make_draft()).pk if draft_id == "reserved" else uuid.uuid4()

    def pay() -> Delivery:
        with transaction.atomic():
            placed = place_paid(order, key)
            shop.release(order)
        return placed

    assert at_once(pay, pay) == [Delivery.objects.get(order=order)] * 2
    assert Shipment.objects.filter(delivery__order=order).count() == (1 if draft_id == "reserved" else 0)


@pytest.mark.django_db(transaction=True)
def test_two_payments_for_one_draft_at_the_same_moment_make_two_deliveries() -> None:
    draft, orders = reserve(make_draft()), [make_paid_order(), make_paid_order()]
    placed = at_once(*(partial(place_paid, order, draft.pk) for order in orders))
    assert sorted(delivery.state for delivery in placed) == [N, R]


# -- The order first ------------------------------------------------------------------------------------------------


REFUSED: dict[str, tuple[Happening, type[errors.DeliverToPoError]]] = {
    "another office in another tab": (another_office, errors.DraftChanged),
    "another recipient in another tab": (another_recipient, errors.DraftChanged),
    "a pause": (a_pause_begins, errors.OptionPaused),
    "its time ends": (its_time_ends, errors.DraftExpired),
    "its time ends and it is swept": (its_time_ends_and_it_is_swept, errors.DraftUnknown),
    "the office closes": (the_office_closes, errors.OfficeNoLongerTakesParcels),
    "the office is gone": (the_office_is_gone, errors.OfficeNoLongerTakesParcels),
    "another order's": (another_order_has_it, errors.DraftTaken),
    "unknown": (nobody_knows_it, errors.DraftUnknown),
    "half of it": (
        lambda draft: Delivery.objects.filter(pk=draft.pk).update(recipient_phone=""),
        errors.DraftIncomplete,
    ),
}


@pytest.mark.parametrize("happening", REFUSED)
def test_what_is_not_paid_yet_is_neither_placed_nor_reserved_and_nothing_changes(happening: str) -> None:
    happens, error = REFUSED[happening]
    draft, order = make_draft(), make_order()
    seen = fingerprint(draft)
    happens(draft)
    assert_refused(lambda: shop.place(order, draft.pk, seen=seen), error)
    assert_refused(lambda: shop.reserve(draft.pk, seen=seen), error)


def test_an_order_that_goes_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "goes_to_post_office", lambda self, order: False)
    draft, order = make_draft(), make_order()
    assert_refused(lambda: shop.place(order, draft.pk, seen=fingerprint(draft)), errors.NotForPostOffice)


@pytest.mark.parametrize("seen", [None, "x" * 64])
def test_without_what_the_buyer_saw_nothing_is_placed_or_reserved(seen: Any) -> None:
    draft, order = make_draft(), make_order()
    assert_refused(lambda: shop.place(order, draft.pk, seen=seen), errors.DraftChanged)
    assert_refused(lambda: shop.reserve(draft.pk, seen=seen), errors.DraftChanged)


def test_whatever_is_no_drafts_id_is_unknown() -> None:
    order = make_order()
    assert_refused(lambda: shop.place(order, "nonsense", seen="x"), errors.DraftUnknown)
    assert_refused(lambda: shop.reserve("nonsense", seen="x"), errors.DraftUnknown)
    assert_refused(lambda: shop.unreserve("nonsense"), errors.DraftUnknown)


@pytest.mark.parametrize("state", [P, N])
def test_an_order_that_has_a_delivery_takes_no_other(state: DeliveryState) -> None:
    """Not even where its post office, once chosen, must be chosen again."""
    order, other = make_delivery(state=state).order, make_draft()
    assert_refused(lambda: shop.place(order, other.pk, seen=fingerprint(other)), errors.OrderHasDelivery)

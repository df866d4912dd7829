"""What a shop charges for a delivery is what was shown: refused before the payment, and held after it."""

import pickle
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpRequest
from django.utils import translation

from deliver_to_po import errors, shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.checkout.draft import editable, fingerprint
from deliver_to_po.core.choices import Change, DeliveryState, Reason
from deliver_to_po.models import Delivery
from tests.checkout.test_reviewing import visit
from tests.factories import PARCEL, make_draft, make_order
from tests.shop.buying import payment_came, place_paid, reserve
from tests.shop.happenings import (
    H,
    Happening,
    N,
    R,
    another_office,
    another_recipient,
    assert_bought,
    assert_refused,
    days_pass,
    the_office_closes,
)

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("bystanders")]

PRICE, OTHER = Decimal("12.81"), Decimal("18.49")


def priced(**fields: Any) -> Delivery:
    return make_draft(service="DOM.EP", price=PRICE, **fields)


def reserve_for(draft: Delivery, charge: Any) -> Delivery:
    return shop.reserve(draft.pk, seen=fingerprint(draft), charge=charge)


# -- Before the payment ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [priced, lambda: reserve(priced())], ids=["a draft", "what is reserved already"])
@pytest.mark.parametrize(("language", "costs"), [("en", "$12.81"), ("fr", "12,81 $")])
def test_another_charge_than_the_price_is_refused_with_the_right_amount(
    make: Callable[[], Delivery], language: str, costs: str
) -> None:
    draft = make()
    assert_refused(lambda: reserve_for(draft, OTHER), errors.PriceChanged)
    assert_refused(lambda: reserve_for(draft, Decimal(0)), errors.PriceChanged)
    with translation.override(language), pytest.raises(errors.PriceChanged) as refused:
        reserve_for(draft, OTHER)
    assert costs in str(refused.value).replace("\xa0", " ")
    assert (refused.value.price, pickle.loads(pickle.dumps(refused.value)).price) == (PRICE, PRICE)


def test_a_delivery_that_is_free_is_said_to_be() -> None:
    draft = make_draft(service="DOM.EP", price=Decimal("0.00"))
    with pytest.raises(errors.PriceChanged, match="is free now"):
        reserve_for(draft, PRICE)
    assert reserve_for(draft, Decimal(0)).charge == 0


@pytest.mark.parametrize("charge", [None, PRICE, Decimal("12.8100"), Decimal("12.814")])
def test_the_right_charge_or_none_is_reserved(charge: Decimal | None) -> None:
    draft = reserve_for(priced(), charge)
    assert (draft.state, draft.charge) == ("reserved", None if charge is None else PRICE)


@pytest.mark.parametrize("charge", ["x", Decimal("NaN"), Decimal(-1), Decimal("1e9"), object()])
def test_a_charge_that_is_no_amount_is_refused_by_name(charge: Any) -> None:
    draft = priced()
    with pytest.raises(ValueError, match=r"^charge: "):
        reserve_for(draft, charge)


def test_where_the_shop_keeps_no_prices_the_charge_of_the_last_time_counts() -> None:
    draft = make_draft()
    assert [reserve_for(draft, charge).charge for charge in (OTHER, PRICE, None)] == [OTHER, PRICE, PRICE]
    assert shop.unreserve(draft.pk).charge == PRICE
    assert reserve(draft).charge is None


# -- After it -------------------------------------------------------------------------------------------------------


def charged_without_a_price() -> Delivery:
    return reserve_for(make_draft(), PRICE)


def given_up() -> Delivery:
    return shop.unreserve(charged_without_a_price().pk)


@pytest.mark.parametrize("make", [lambda: reserve(priced()), charged_without_a_price, priced, given_up])
def test_what_was_paid_otherwise_is_an_order_on_hold_and_clerk_and_buyer_read_it(make: Callable[[], Delivery]) -> None:
    bought = payment_came(make().pk, charged=OTHER)
    assert_bought(bought, H, Reason.CHARGED_OTHERWISE)
    assert bought.delivery.charge == OTHER
    note = bought.delivery.history.get(change=Change.PLACE_HELD).note
    assert note == "$18.49 was charged for the delivery, which costs $12.81."
    assert "What you paid for the delivery is not what it costs" in shop.summarize(bought.delivery, "en").warning
    assert "n’est pas son prix" in shop.summarize(bought.delivery, "fr").warning
    assert shop.resume(bought.order)


@pytest.mark.parametrize("charged", [None, PRICE])
def test_what_was_paid_as_reserved_goes_on(charged: Decimal | None) -> None:
    bought = payment_came(reserve_for(priced(), PRICE).pk, charged=charged)
    assert_bought(bought, R, Reason.NONE)
    assert bought.delivery.charge == PRICE


def test_a_payment_that_succeeds_after_it_was_given_up_is_for_the_charge_that_was_reserved() -> None:
    draft = shop.unreserve(reserve_for(priced(), PRICE).pk)
    Delivery.objects.filter(pk=draft.pk).update(service="DOM.XP", price=OTHER)
    bought = payment_came(draft.pk)
    assert_bought(bought, H, Reason.CHARGED_OTHERWISE)
    assert (bought.delivery.price, bought.delivery.charge) == (OTHER, PRICE)
    # The payment is told of again, in another language.
    with translation.override("fr"):
        shop.resume(bought.order)
        assert place_paid(bought.order, draft.pk).state == R


def test_another_post_office_alone_does_not_release_what_costs_other_than_was_reserved() -> None:
    draft = shop.unreserve(reserve_for(priced(), PRICE).pk)
    Delivery.objects.filter(pk=draft.pk).update(price=OTHER)
    the_office_closes(draft)
    bought = payment_came(draft.pk)
    assert_bought(bought, N, Reason.OFFICE_NO_LONGER)
    assert bought.delivery.history.get(change=Change.ASK_HOLD).note.startswith("$12.81 was charged")


def test_an_order_that_is_paid_later_has_nothing_of_a_payment_that_was_given_up(shop_says: Any) -> None:
    shop_says("parcels", [PARCEL])
    draft = make_draft()
    shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart", charge=PRICE)
    draft = shop.unreserve(draft.pk)
    assert (draft.charge, bool(draft.reserved_for)) == (PRICE, True)
    placed = shop.place(make_order(), draft.pk, seen=fingerprint(draft))
    assert (placed.charge, placed.reserved_for) == (None, "")


@pytest.mark.parametrize("charged", ["twelve", Decimal(0)])
def test_what_the_shop_cannot_say_of_a_payment_or_did_not_charge_costs_no_order(charged: Any) -> None:
    bought = payment_came(reserve(priced()).pk, charged=charged)
    assert_bought(bought, H, Reason.CHARGED_OTHERWISE)
    known = shop.reserved(bought.delivery.pk)
    assert known is not None
    assert known.price == PRICE
    assert_bought(payment_came(uuid.uuid4(), charged=OTHER), N, Reason.NEVER_CHOSEN)


def test_an_order_that_was_placed_before_waits_for_its_payments_amount_once_and_not_when_it_is_released() -> None:
    draft = priced()
    order = shop.place(make_order(), draft.pk, seen=fingerprint(draft)).order
    for held in (H, R):
        placed = place_paid(order, draft.pk, charged=OTHER)
        assert (placed.state, placed.charge) == (held, OTHER)
        assert placed.history.filter(change=Change.HOLD, reason=Reason.CHARGED_OTHERWISE).count() == 1
        shop.resume(order)
    assert place_paid(order, draft.pk, charged=OTHER + 1).state == R


def test_what_a_clerk_has_let_go_on_is_not_held_for_the_same_amount_again(change_settings: Any) -> None:
    """Whatever language it is told of in: the buyer's page speaks one, the payment's notification perhaps another."""
    change_settings(RELEASE="by_merchant")
    draft = priced()
    order = shop.place(make_order(), draft.pk, seen=fingerprint(draft)).order
    for language, state in (("fr", H), ("en", DeliveryState.PLACED)):
        with translation.override(language):
            placed = place_paid(order, draft.pk, charged=OTHER)
        assert placed.state == state
        shop.resume(order)
    [held] = placed.history.filter(change=Change.HOLD)
    assert held.note == "$18.49 was charged for the delivery, which costs $12.81."


def the_shop_fails(shop_says: Any) -> Happening:
    return lambda draft: shop_says("goes_to_post_office", lambda _: 1 / 0)


@pytest.mark.parametrize(
    ("happening", "state", "reason"),
    [
        (the_office_closes, N, Reason.OFFICE_NO_LONGER),
        (lambda draft: days_pass(31)(reserve(draft)), N, Reason.CHOICE_ERASED),
        (another_recipient, H, Reason.CHANGED),
        (None, H, Reason.CHARGED_OTHERWISE),
    ],
    ids=["closed", "erased", "changed", "the shop fails"],
)
def test_nothing_else_that_happens_hides_that_it_was_paid_otherwise(
    happening: Happening | None, state: DeliveryState, reason: Reason, shop_says: Any
) -> None:
    draft = priced()
    seen = fingerprint(draft)
    (happening or the_shop_fails(shop_says))(draft)
    bought = payment_came(draft.pk, seen=seen, charged=OTHER)
    assert_bought(bought, state, reason)
    assert bought.delivery.history.filter(note__contains="$18.49 was charged").count() == 1
    # Another post office is chosen then, which alone must not release it.
    assert (bought.delivery.hold_asked_at is not None) == (state == N)


def test_an_order_that_is_not_paid_yet_is_refused_instead() -> None:
    order, draft = make_order(), priced()
    assert_refused(lambda: shop.place(order, draft.pk, seen=fingerprint(draft), charged=OTHER), errors.PriceChanged)
    assert shop.place(order, draft.pk, seen=fingerprint(draft), charged=PRICE).charge == PRICE


# -- What is reserved, without a session ----------------------------------------------------------------------------


def test_what_is_reserved_is_told_by_its_id_alone_whatever_another_tab_does() -> None:
    draft = reserve_for(priced(office_province="QC"), PRICE)
    another_office(draft)
    kept = shop.reserved(str(draft.pk))
    assert kept is not None
    assert (kept.id, kept.price, kept.service, kept.province, kept.order) == (draft.pk, PRICE, "DOM.EP", "QC", None)
    assert kept.expires_at == draft.reserved_at + timedelta(days=30)  # type: ignore[operator]
    order = payment_came(draft.pk).order
    again = shop.reserved(draft.pk)
    assert again is not None
    assert (again.order, again.price) == (order, PRICE)


def test_where_the_shop_keeps_no_prices_its_own_charge_is_told() -> None:
    kept = shop.reserved(charged_without_a_price().pk)
    assert kept is not None
    assert kept.price == PRICE


def erased() -> Any:
    draft = reserve(make_draft())
    days_pass(31)(draft)
    return draft.pk


@pytest.mark.parametrize("make", [lambda: make_draft().pk, lambda: "nonsense", uuid.uuid4, lambda: None, erased])
def test_what_is_not_reserved_is_none(make: Callable[[], Any]) -> None:
    assert shop.reserved(make()) is None


# -- The province of the taxes --------------------------------------------------------------------------------------


def test_a_cart_may_ask_for_the_province_of_its_taxes_while_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def cart(self: Any, request: HttpRequest) -> Any:
        asked.append(shop.tax_destination(request))
        return None

    monkeypatch.setattr(type(order_adapter()), "keeps_prices", False)
    monkeypatch.setattr(type(order_adapter()), "cart", cart)
    request = visit(make_draft(office_province="NS"))
    assert shop.review(request).draft.office_province == "NS"
    assert asked == ["NS"]


def test_the_shop_says_which_province_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = reserve(make_draft(office_province="NS"))
    monkeypatch.setattr(type(order_adapter()), "tax_destination", lambda self, delivery: "MB")
    kept = shop.reserved(draft.pk)
    assert kept is not None
    assert (shop.tax_destination(visit(draft)), kept.province) == ("MB", "MB")


def test_without_a_choice_there_is_no_province() -> None:
    draft = make_draft()
    request = visit(draft)
    days_pass(3)(draft)
    assert [shop.tax_destination(asked) for asked in (visit(), request)] == ["", ""]


def test_a_copy_of_what_was_reserved_has_no_charge() -> None:
    assert editable(reserve_for(priced(), PRICE)).charge is None

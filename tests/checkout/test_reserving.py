"""Reserved for a payment, given back when it is declined, and placed during a pause that ends."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone, translation

from deliver_to_po import errors, shop
from deliver_to_po.adapter import Parcel, order_adapter
from deliver_to_po.checkout.draft import editable, fingerprint
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.core.choices import Change, DeliveryState, Reason
from deliver_to_po.handoff.releasing.missed_calls import resume_after_pause
from deliver_to_po.models import Delivery, Pause
from tests.factories import PARCEL, make_draft
from tests.shop.buying import Bought, payment_came, reserve
from tests.shop.happenings import (
    H,
    R,
    a_pause_begins,
    another_office,
    assert_bought,
    assert_refused,
    days_pass,
    everything,
    its_time_ends,
)

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("bystanders")]

# -- Reserved, and given back ----------------------------------------------------------------------------------------


def test_what_is_reserved_stays_as_it_is_while_the_buyer_edits_a_copy() -> None:
    draft = reserve(make_draft())
    copy = editable(draft)
    assert copy.pk != draft.pk
    assert (copy.state, copy.service, copy.office_id, copy.recipient) == ("draft", "", draft.office_id, draft.recipient)
    another_office(draft)
    draft.refresh_from_db()
    assert (draft.state, draft.office_id) == (DeliveryState.RESERVED, "0000102978")


def test_reserving_again_changes_nothing() -> None:
    draft = reserve(make_draft())
    before = list(everything())
    assert reserve(draft) == draft
    assert list(everything()) == before


def test_the_service_of_the_cart_that_is_reserved_last_counts(shop_says: Any) -> None:
    draft = make_draft(service="")
    seen = fingerprint(draft)
    for service in ("DOM.EP", "DOM.XP"):
        shop_says("service", service)
        assert shop.reserve(draft.pk, seen=seen, cart="a cart").service == service
    assert shop.reserve(draft.pk, seen=seen).service == "DOM.XP"


def test_a_shop_that_is_slow_is_asked_for_the_parcels_of_the_cart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    carts = []

    def parcels(_self: object, cart: object) -> list[Parcel]:
        carts.append(cart)
        return [PARCEL]

    monkeypatch.setattr(type(order_adapter()), "parcels", parcels)
    draft = make_draft(service="")
    shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart")
    assert carts == ["a cart"]


@pytest.mark.parametrize("secret", [None, "", "x" * 43, "x" * 1_000_000, "é", 7, b"x"])
def test_a_visitor_who_knows_the_id_but_not_the_secret_changes_nothing(secret: Any) -> None:
    draft, reserved = make_draft(), reserve(make_draft())
    for choice in (draft, reserved):
        new_secret(choice)
        assert_refused(partial(shop.unreserve, choice.pk, secret=secret), errors.WrongSecret)
        assert_refused(partial(shop.reserve, choice.pk, seen=fingerprint(choice), secret=secret), errors.WrongSecret)


def test_nor_does_one_whose_choice_has_no_secret_yet() -> None:
    draft = make_draft()
    assert_refused(lambda: shop.reserve(draft.pk, seen=fingerprint(draft), secret=""), errors.WrongSecret)


def test_a_visitor_with_id_and_secret_reserves_and_gives_back() -> None:
    draft = make_draft()
    secret = new_secret(draft)
    assert secret not in str(list(everything()))
    assert shop.reserve(draft.pk, seen=fingerprint(draft), secret=secret).state == DeliveryState.RESERVED
    assert shop.unreserve(draft.pk, secret=secret).state == DeliveryState.DRAFT


def test_a_declined_payment_gives_the_draft_back_with_its_time_and_without_the_service() -> None:
    draft = make_draft(service="")
    shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart")
    draft.refresh_from_db()
    assert draft.service == "DOM.EP"
    its_time_ends(draft)
    again = shop.unreserve(draft.pk)
    assert (again.pk, again.state, again.reserved_at, again.service) == (draft.pk, DeliveryState.DRAFT, None, "")
    assert again.expires_at > timezone.now() + timedelta(days=1)
    assert shop.unreserve(draft.pk) == again


def test_a_declined_payment_changes_nothing_of_what_an_order_has() -> None:
    delivery = payment_came(reserve(make_draft()).pk).delivery
    assert_refused(lambda: shop.unreserve(delivery.pk), errors.DraftTaken)


def test_what_is_erased_is_neither_reserved_again_nor_given_back() -> None:
    draft = reserve(make_draft())
    seen = fingerprint(draft)
    days_pass(31)(draft)
    assert_refused(lambda: shop.reserve(draft.pk, seen=seen), errors.DraftUnknown)
    assert_refused(lambda: shop.unreserve(draft.pk), errors.DraftUnknown)


@pytest.mark.parametrize("price", [Decimal("9.95"), None])
def test_nor_does_it_go_by_another_service_for_the_same_charge(price: Decimal | None) -> None:
    draft = make_draft(service="DOM.EP", price=Decimal("9.95"))
    seen = fingerprint(draft)
    shop.unreserve(reserve(draft).pk)
    Delivery.objects.filter(pk=draft.pk).update(service="DOM.XP", price=price)
    assert_bought(payment_came(draft.pk, seen=seen, charged=Decimal("9.95")), H, Reason.CHANGED)


# -- Another cart in the end ----------------------------------------------------------------------------------------

HEAVY = replace(PARCEL, weight_kg=Decimal(60))


def reserve_cart(shop_says: Any, *parcels: Parcel) -> Delivery:
    shop_says("parcels", list(parcels))
    draft = make_draft()
    return shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart")


@pytest.mark.parametrize(
    ("language", "to_buyer", "of_shop", "too_heavy"),
    [
        ("en", "Your order was changed", "fr", "trop lourd"),
        ("fr", "Votre commande a été modifiée", "en", "too heavy: post offices"),
    ],
)
def test_an_order_that_is_packed_otherwise_than_what_was_reserved_is_on_hold_and_says_so_at_once(
    language: str, to_buyer: str, of_shop: str, too_heavy: str, shop_says: Any, settings: Any
) -> None:
    settings.LANGUAGE_CODE = of_shop
    draft = reserve_cart(shop_says, PARCEL)
    shop_says("parcels", [HEAVY])
    with translation.override(language):
        bought = payment_came(draft.pk)
    assert_bought(bought, H, Reason.PARCELS_CHANGED)
    assert not bought.delivery.shipments.exists()
    assert too_heavy in bought.delivery.history.get(change=Change.PLACE_HELD).note
    assert to_buyer in shop.summarize(bought.delivery, language).warning
    # A payment that comes again lets nothing go; a person does, or the shop that has packed it again.
    shop.place(bought.order, draft.pk, paid=True)
    assert shop.release(bought.order) == shop.Released.KEPT
    shop_says("parcels", [PARCEL, PARCEL])
    assert [shop.replan(bought.order) for _ in range(2)] == [shop.Changed.CHANGED, shop.Changed.NOTHING]
    assert shop.resume(bought.order)
    assert bought.delivery.shipments.count() == 2


@pytest.mark.parametrize(
    "case",
    [
        "the same",
        "in another order",
        "reserved again",
        "reserved again as nobody can tell what",
        "given back and reserved without a cart",
        "the shop fails",
    ],
)
def test_what_was_reserved_or_cannot_be_told_goes_on(case: str, shop_says: Any) -> None:
    light = replace(PARCEL, weight_kg=Decimal("0.5"))
    draft, ordered = reserve_cart(shop_says, PARCEL, light), [PARCEL, light]
    if case == "in another order":
        ordered = [light, PARCEL]
    elif case.startswith("reserved again"):
        ordered = [light]
        shop_says("parcels", ordered if case == "reserved again" else None)
        shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart")
    elif case.startswith("given back"):
        ordered = [light]
        reserve(shop.unreserve(draft.pk))
    shop_says("parcels", None if case == "the shop fails" else ordered)
    bought = payment_came(draft.pk)
    assert bought.delivery.reason == (Reason.SHOP_ERROR if case == "the shop fails" else Reason.NONE)


# -- What goes to no post office ------------------------------------------------------------------------------------


def test_what_goes_to_no_post_office_is_refused_before_it_is_paid_for(shop_says: Any) -> None:
    draft = make_draft()
    shop_says("parcels", [HEAVY])
    assert_refused(lambda: shop.reserve(draft.pk, seen=fingerprint(draft), cart="a cart"), errors.NotMailable)
    assert shop.reserve(draft.pk, seen=fingerprint(draft)).state == DeliveryState.RESERVED


# -- A pause that is over -------------------------------------------------------------------------------------------


@pytest.fixture
def bought() -> Bought:
    """Return what was paid for during a pause."""
    draft = reserve(make_draft())
    a_pause_begins(draft)
    return payment_came(draft.pk)


def test_what_was_paid_for_during_a_pause_goes_on_when_it_is_over(bought: Bought) -> None:
    assert resume_after_pause() == 0
    Pause.objects.all().delete()
    assert resume_after_pause() == 1
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.shipments.count()) == (R, 1)


def test_a_pause_that_is_over_lifts_no_other_hold(bought: Bought) -> None:
    assert shop.hold(bought.order, "a check for fraud")
    Pause.objects.all().delete()
    assert resume_after_pause() == 0
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.reason) == (H, Reason.ON_HOLD)


def test_after_a_pause_the_shop_is_still_asked_whether_to_hold(bought: Bought, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "hold_reason", lambda self, order: "a check for fraud")
    Pause.objects.all().delete()
    resume_after_pause()
    bought.delivery.refresh_from_db()
    assert (bought.delivery.state, bought.delivery.reason) == (H, Reason.SHOP_HOLD)

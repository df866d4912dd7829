"""The door without a browser: a choice is held by whoever has its id and its secret, and never becomes another one."""

import pickle
from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po import errors, shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.models import Delivery
from tests.checkout.priced import CART
from tests.factories import PARCEL, TYPED, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders", "offered")]


@pytest.fixture(autouse=True)
def _prices_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop keep its prices to itself: there is no cart here."""
    monkeypatch.setattr(type(order_adapter()), "keeps_prices", False)


def too_often() -> None:
    raise errors.TooManySearches


def chosen() -> shop.Choice:
    choice = shop.start_choice()
    shop.choose(choice, shop.find_offices("K1A 0B1").offices[0].office.office_id)
    return choice


def test_an_order_is_placed_without_any_request() -> None:
    found = shop.find_offices((45.4215, -75.6972), filters=["french"], limit=3)
    assert [one.number for one in found.offices] == [1, 2, 3]
    office_id = found.offices[1].office.office_id
    assert shop.office(office_id).office.hours is not None
    choice = shop.start_choice()
    assert (choice.id, Delivery.objects.filter(office_id=office_id).count()) == ("", 0)
    shop.choose(choice, office_id)
    again = shop.choice(choice.id, choice.client_secret)
    shop.say_recipient(again, TYPED)
    review = shop.review_choice(again)
    assert (review.draft.office_id, review.summary.recipient_name) == (office_id, TYPED["name"])
    assert again.id == choice.id
    reserved = shop.reserve(choice.id, seen=review.seen, secret=choice.client_secret)
    assert shop.place(make_order(), reserved.pk, paid=True).order is not None  # type: ignore[union-attr]
    assert shop.review_choice(shop.choice(choice.id, choice.client_secret)).order is not None


def test_a_cart_has_prices_at_each_office(change_settings: Any) -> None:
    change_settings(ORDER_ADAPTER="tests.checkout.priced.PricedAdapter")
    shop.find_offices("K1A 0B1", limit=3)
    often = shop.find_offices("K1A 0B1", CART, limit=3, visitor=shop.Visitor(ask=too_often)).offices
    assert {offer.price_kind for one in often for offer in one.offers} == {shop.PriceKind.FALLBACK}
    first, *_others = found = shop.find_offices("K1A 0B1", CART, limit=3).offices
    told = [("DOM.EP", Decimal("14.85")), ("DOM.XP", Decimal("21.40"))]
    assert [(offer.service, offer.price) for offer in first.offers] == told
    assert [len(one.offers) for one in found] == [2] * 3
    again = shop.office(first.office.office_id, CART)
    assert [(offer.service, offer.price) for offer in again.offers] == told
    assert shop.find_offices("K1A 0B1").offices[0].offers == shop.office(first.office.office_id).offers == ()


def test_nothing_takes_the_place_of_what_is_reserved_or_placed(shop_says: Any) -> None:
    shop_says("parcels", lambda cart: [PARCEL] * (2 if cart == "another" else 1))
    choice = chosen()
    shop.say_recipient(choice, TYPED)
    late = shop.choice(choice.id, choice.client_secret)
    seen = shop.review_choice(choice).seen
    shop.reserve(choice.id, seen=seen, cart=CART)
    # Another cart, too: it is reserved again.
    other = shop.choice(choice.id, choice.client_secret, cart="another")
    assert shop.review_choice(other).seen == seen
    with pytest.raises(errors.ChoiceReserved):
        shop.say_recipient(late, TYPED)
    others = [one.office.office_id for one in shop.find_offices("K1A 0B1").offices]
    changes: list[Any] = [lambda now: shop.choose(now, others[1]), lambda now: shop.say_recipient(now, TYPED)]
    for expected in (errors.ChoiceReserved, errors.DraftTaken):
        before = list(Delivery.objects.order_by("pk").values())
        for change in changes:
            with pytest.raises(expected):
                change(shop.choice(choice.id, choice.client_secret))
        assert list(Delivery.objects.order_by("pk").values()) == before
        if expected is errors.ChoiceReserved:
            shop.place(make_order(), choice.id, paid=True)
    with pytest.raises(errors.WrongSecret):
        shop.choice(choice.id, choice.client_secret[:-1])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, {("name", "required", False), ("phone", "required", False), ("province", "required", False)}),
        ({**TYPED, "email": "é@example.com"}, {("email", "not_ascii", False)}),
        (
            {**TYPED, "name": "x" * 10_000, "city": "a\x00b"},
            {("name", "max_length", False), ("city", "unprintable", False)},
        ),
        ({**TYPED, "name": 7, "city": ["x"]}, {("name", "required", False), ("city", "required", False)}),
        ({**TYPED, "province": "AB"}, {("postal_code", "question", True)}),
        ({**TYPED, "phone": "+33 1 42 68 53 00"}, {("phone", "question", True)}),
    ],
)
def test_a_recipient_is_refused_by_field_and_code_and_saved_once_it_is_confirmed(
    data: dict[str, Any], said: set[tuple[str, str, bool]]
) -> None:
    choice = chosen()
    with pytest.raises(errors.RecipientRefused) as refused:
        shop.say_recipient(choice, data)
    assert said <= {(one.field, one.code, one.asks) for one in refused.value.errors}
    assert all(one.message for one in pickle.loads(pickle.dumps(refused.value)).errors)
    assert Delivery.objects.get(pk=choice.id).recipient_name == ""
    asked = {one.field for one in refused.value.errors if one.asks}
    if asked:
        shop.say_recipient(choice, data, confirmed=asked)
        assert Delivery.objects.get(pk=choice.id).state == DeliveryState.DRAFT
        assert Delivery.objects.get(pk=choice.id).complete

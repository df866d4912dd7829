"""The price of a draft: written by the review, seen by the buyer, refused when it is another one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from deliver_to_po import errors, shop, signals
from deliver_to_po.adapter import Parcel, Rate, Service
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.checkout import kept_price
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.choosing import choose
from deliver_to_po.checkout.kept_price import keep_price
from deliver_to_po.checkout.session import SESSION_KEY
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.emulator.catalogue import SERVICES
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.offer.answers import KeptRate
from deliver_to_po.offer.kept_offer import kept_offer
from deliver_to_po.offer.offers import offers_to_chosen
from deliver_to_po.offices.directory import remember_offered
from deliver_to_po.shop import PriceKind
from tests.bystanders import Bystanders
from tests.checkout.priced import PricedAdapter
from tests.factories import PARCEL, held, make_draft, make_order

pytestmark = pytest.mark.django_db

ECONOMY, EXPRESS = Service.EXPEDITED_PARCEL, Service.XPRESSPOST
# The emulator's prices of PARCEL, and of one that is a kilogram heavier.
PRICE, EXPRESS_PRICE, HEAVIER = Decimal("14.85"), Decimal("21.40"), Decimal("16.20")


class Cart:
    """A basket: how heavy, and whether a coupon makes its delivery free."""

    def __init__(self) -> None:
        self.parcels: Any = [PARCEL]
        self.free = False
        self.services: Any = [ECONOMY, EXPRESS]


class CartAdapter(PricedAdapter):
    """A shop that keeps prices of what is in a cart."""

    def cart(self, request: HttpRequest) -> Any:
        return request.META["cart"]

    def parcels(self, order: Any) -> Any:
        return order.parcels if isinstance(order, Cart) else [PARCEL]

    def services(self, cart: Any) -> Any:
        return cart.services if isinstance(cart, Cart) else [ECONOMY, EXPRESS]

    def goes_to_post_office(self, order: Any) -> bool:
        return True

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        free = isinstance(cart, Cart) and cart.free and service == ECONOMY
        return Decimal(0) if free else super().price(cart, service, rate)


@pytest.fixture(autouse=True)
def _priced(emulator: EmulatorServer, change_settings: Any) -> None:
    """Let the shop keep prices."""
    change_settings(ORDER_ADAPTER=f"{__name__}.CartAdapter")


@pytest.fixture
def cart() -> Cart:
    return Cart()


@pytest.fixture
def draft() -> Delivery:
    return make_draft(service="")


@pytest.fixture
def request_(draft: Delivery, cart: Cart) -> HttpRequest:
    """Return the request of a buyer whose session holds the draft."""
    request = RequestFactory().get("/", cart=cart)
    request.META["cart"] = cart
    request.session = SessionStore()
    request.session[SESSION_KEY] = held(draft)
    return request


@pytest.fixture
def known(cart: Cart, draft: Delivery) -> None:
    """Let Canada Post have been asked, as the step does when an office is chosen."""
    ask(cart, draft)


@pytest.fixture
def clock(cache_of_this_process: None, cart: Cart, draft: Delivery) -> Iterator[Any]:
    """Let Canada Post have been asked, and the clock stand still since."""
    with time_machine.travel("2026-11-25T12:00:00-05:00", tick=False) as clock:
        ask(cart, draft)
        yield clock


def ask(cart: Cart, near: Any) -> None:
    shop.fetch_offers(RequestFactory().get("/"), cart, near)


def review(request: HttpRequest) -> shop.Review:
    """Review as the buyer who loads the page: in a request of its own, with the same session and cart."""
    page = RequestFactory().get("/")
    page.META["cart"], page.session = request.META["cart"], request.session
    return shop.review(page)


def choose_another(draft: Delivery) -> None:
    """Choose another post office, as another tab does."""
    Delivery.objects.filter(pk=draft.pk).update(
        office_id="0000000099", office_postal_code="B3H4R2", office_province="NS"
    )
    draft.refresh_from_db()


def row(draft: Delivery) -> tuple[str, Decimal | None]:
    draft.refresh_from_db()
    return draft.service, draft.price


# -- Written by the review ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("known")
def test_the_review_writes_service_price_and_time_and_shows_them(
    request_: HttpRequest, draft: Delivery, bystanders: Bystanders, emulator: EmulatorServer
) -> None:
    calls = dict(emulator.calls)
    seen = review(request_)
    assert row(draft) == ("DOM.EP", PRICE)
    assert draft.price_quoted_at is not None
    assert timezone.now() - draft.price_quoted_at < timedelta(minutes=1)
    assert seen.offer is not None
    assert (seen.offer.price, seen.offer.price_kind, seen.offer.service) == (PRICE, PriceKind.FRESH, ECONOMY)
    assert seen.offer.expected_from is not None
    assert seen.notice == ""
    assert review(request_).seen == seen.seen
    assert emulator.calls == calls


def test_after_the_cut_off_the_next_mailing_day_is_kept_with_the_price_that_stands(
    request_: HttpRequest, draft: Delivery, clock: Any
) -> None:
    review(request_)
    clock.move_to("2026-11-25T18:00:00-05:00")
    review(request_)
    draft.refresh_from_db()
    kept = kept_offer(draft)
    assert kept is not None
    assert (kept.offer.price, kept.offer.expected_from, kept.offer.mailed_on) == (PRICE, None, date(2026, 11, 26))


def test_a_review_before_anything_is_known_has_the_fallback_price(request_: HttpRequest, draft: Delivery) -> None:
    seen = review(request_)
    assert row(draft) == ("DOM.EP", Decimal("9.95"))
    assert seen.offer is not None
    assert (seen.offer.price_kind, seen.offer.expected_from) == (PriceKind.FALLBACK, None)
    told_at = draft.price_quoted_at
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        review(request_)
    assert row(draft)[1] is not None
    assert draft.price_quoted_at == told_at


def test_what_canada_post_told_meanwhile_takes_its_place_and_that_is_said(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    review(request_)
    ask(cart, draft)
    again = review(request_)
    assert row(draft) == ("DOM.EP", PRICE)
    assert again.notice == "The price of your delivery has changed from $9.95 to $14.85."
    with translation.override("fr"):
        Delivery.objects.filter(pk=draft.pk).update(price=Decimal(1), quote={})
        assert "1,00\N{NO-BREAK SPACE}$" in review(request_).notice


def test_a_price_that_becomes_known_before_any_is_shown_is_no_change(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    # As the step does where the buyer goes on before Canada Post has answered.
    shop.choose_service(request_, "DOM.EP")
    assert row(draft) == ("DOM.EP", Decimal("9.95"))
    ask(cart, draft)
    assert review(request_).notice == ""
    assert row(draft) == ("DOM.EP", PRICE)
    heavier(draft, cart)
    assert "from $14.85 to $16.20" in review(request_).notice


def test_a_fallback_price_that_a_review_has_shown_stays_shown_when_its_service_is_chosen_again(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    review(request_)
    shop.choose_service(request_, "DOM.EP")
    ask(cart, draft)
    assert "from $9.95 to $14.85" in review(request_).notice


def test_what_was_shown_of_one_office_was_not_shown_of_another(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    review(request_)
    choose_another(draft)
    shop.choose_service(request_, "DOM.EP")
    ask(cart, draft)
    assert review(request_).notice == ""


@pytest.mark.usefixtures("known")
def test_another_office_has_its_own_day(request_: HttpRequest, draft: Delivery, cart: Cart, office: PostOffice) -> None:
    assert review(request_).summary.expected
    remember_offered([office], "en", timezone.now())
    chosen = choose(Choice(draft=draft), office.office_id)
    assert chosen == draft
    ask(cart, chosen)
    assert review(request_).summary.expected


@pytest.mark.usefixtures("known")
def test_no_price_is_kept_for_an_office_that_another_tab_has_left(draft: Delivery, cart: Cart) -> None:
    Delivery.objects.filter(pk=draft.pk).update(office_id="0000000099")
    keep_price(draft, cart)
    assert row(draft) == ("", None)


@pytest.mark.parametrize(
    ("language", "no_longer", "now"),
    [
        ("en", "no longer free: it now costs $9.95.", "now free; it was $9.95."),
        ("fr", "n’est plus gratuite : elle coûte maintenant 9,95 $.", "maintenant gratuite; elle coûtait 9,95 $."),
    ],
)
def test_a_price_of_nothing_is_told_in_words(
    request_: HttpRequest, draft: Delivery, monkeypatch: pytest.MonkeyPatch, language: str, no_longer: str, now: str
) -> None:
    def review_after(price: str) -> str:
        monkeypatch.setattr(CartAdapter, "price", lambda *_: Decimal(price))
        return review(request_).notice.replace("\N{NO-BREAK SPACE}", " ")

    with translation.override(language):
        assert review_after("0") == ""
        assert review_after("9.95").endswith(no_longer)
        assert review_after("0").endswith(now)


@pytest.mark.parametrize(
    "price", [lambda *_: None, lambda *_: "a lot", lambda *_: 1 / 0], ids=["None", "text", "raises"]
)
@pytest.mark.parametrize("seen_before", [True, False])
def test_a_price_that_the_shop_cannot_say_is_none_and_the_review_refuses(
    price: Any, seen_before: bool, request_: HttpRequest, draft: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seen_before:
        review(request_)
    monkeypatch.setattr(CartAdapter, "price", price)
    with pytest.raises(errors.PriceUnknown) as refused:
        review(request_)
    assert row(draft)[1] is None
    page = Client().get(refused.value.url).content.decode()
    assert "We cannot say yet what your delivery costs." in page
    monkeypatch.undo()
    assert review(request_).offer is not None


def test_a_shop_with_prices_of_its_own_has_none_on_the_draft(
    request_: HttpRequest, draft: Delivery, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CartAdapter, "keeps_prices", False)
    ask(cart, draft)
    seen = review(request_)
    assert (seen.offer, seen.notice) == (None, "")
    assert row(draft) == ("", None)
    reserved = shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    assert (reserved.service, reserved.price) == ("DOM.EP", None)


def test_a_review_called_again_in_one_request_changes_nothing_that_was_shown(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    shown = shop.review(request_)
    ask(cart, draft)
    assert shop.review(request_) == shown
    assert row(draft)[1] == shown.draft.price == Decimal("9.95")
    assert review(request_).draft.price == PRICE


def test_a_service_that_is_chosen_in_between_is_reviewed_anew(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    ask(cart, draft)
    assert shop.review(request_).draft.price == PRICE
    shop.choose_service(request_, EXPRESS)
    assert shop.review(request_).draft.price == EXPRESS_PRICE


@pytest.mark.usefixtures("known")
def test_a_service_that_another_tab_chooses_during_the_review_stays(
    request_: HttpRequest, draft: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*about: Any) -> Any:
        monkeypatch.setattr(kept_price, "offers_to_chosen", offers_to_chosen)
        shop.choose_service(request_, EXPRESS)
        return offers_to_chosen(*about)

    monkeypatch.setattr(kept_price, "offers_to_chosen", meanwhile)
    review(request_)
    assert row(draft) == (EXPRESS, EXPRESS_PRICE)


@pytest.mark.django_db(transaction=True)
def test_the_shop_hears_of_each_other_service_or_price_and_of_nothing_else(
    request_: HttpRequest, draft: Delivery, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_request, by_signal = [], []

    def hook(self: Any, request: HttpRequest, told: Delivery) -> None:
        in_request.append((request.META["cart"], told.service, told.price))
        raise RuntimeError

    def receiver(sender: Any, **said: Any) -> None:
        assert (said["delivery_id"], said["order_pk"]) == (draft.pk, None)
        by_signal.append(tuple(said[name] for name in ("former_service", "former_price", "service", "price")))

    monkeypatch.setattr(CartAdapter, "price_changed", hook)
    signals.price_changed.connect(receiver)
    try:
        ask(cart, draft)
        review(request_)
        review(request_)
        shop.choose_service(request_, EXPRESS)
        shop.choose_service(request_, EXPRESS)
    finally:
        signals.price_changed.disconnect(receiver)
    assert in_request == [(cart, ECONOMY, PRICE), (cart, EXPRESS, EXPRESS_PRICE)]
    assert by_signal == [("", None, ECONOMY, PRICE), (ECONOMY, PRICE, EXPRESS, EXPRESS_PRICE)]


# -- Changed before the payment -------------------------------------------------------------------------------------


def heavier(draft: Delivery, cart: Cart) -> None:
    cart.parcels = [replace(PARCEL, weight_kg=Decimal("2.25"))]
    ask(cart, draft)


def coupon(draft: Delivery, cart: Cart) -> None:
    cart.free = True


@pytest.mark.usefixtures("known")
def test_another_price_is_refused_though_the_shop_is_too_slow_for_a_list(
    request_: HttpRequest, draft: Delivery, cart: Cart, change_settings: Any
) -> None:
    review(request_)
    draft.refresh_from_db()
    coupon(draft, cart)
    change_settings(SEARCH_TIMEOUT_SECONDS=0)
    with asked_once(bounded=True), pytest.raises(errors.PriceChanged):
        kept_price.refuse_another_price(draft, cart)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("change", "costs"), [(heavier, HEAVIER), (coupon, Decimal(0))])
def test_another_cart_is_refused_before_the_payment_and_priced_again_and_that_is_said(
    change: Callable[[Delivery, Cart], None],
    costs: Decimal,
    request_: HttpRequest,
    draft: Delivery,
    cart: Cart,
    bystanders: Bystanders,
) -> None:
    seen = review(request_)
    change(draft, cart)
    with pytest.raises(errors.PriceChanged, match=r"Your delivery (costs|is free)"):
        shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    assert row(draft) == ("DOM.EP", PRICE)
    again = review(request_)
    assert "$14.85" in again.notice
    assert row(draft) == ("DOM.EP", costs)
    # What the old page sends along is refused, wherever it comes to.
    with pytest.raises(errors.PriceChanged):
        shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    with pytest.raises(errors.PriceChanged):
        shop.place(make_order(), draft.pk, seen=seen.seen)
    reserved = shop.reserve(draft.pk, seen=again.seen, cart=cart)
    assert (reserved.state, reserved.price) == (DeliveryState.RESERVED, costs)


@pytest.mark.usefixtures("known")
def test_what_is_reserved_serves_no_other_cart_and_the_buyer_goes_on_with_a_copy(
    request_: HttpRequest, draft: Delivery, cart: Cart, bystanders: Bystanders
) -> None:
    seen = review(request_).seen
    shop.reserve(draft.pk, seen=seen, cart=cart, charge=PRICE)
    assert review(request_).draft == draft
    heavier(draft, cart)
    with pytest.raises(errors.PriceChanged) as refused:
        shop.reserve(draft.pk, seen=seen, cart=cart, charge=PRICE)
    assert refused.value.price == HEAVIER
    again = review(request_)
    assert "from $14.85 to $16.20" in again.notice
    assert again.draft != draft
    assert shop.reserve(again.draft.pk, seen=again.seen, cart=cart, charge=HEAVIER).price == HEAVIER
    assert (row(draft), draft.state, draft.charge) == (("DOM.EP", PRICE), DeliveryState.RESERVED, PRICE)
    assert review(request_).draft == again.draft


@pytest.mark.usefixtures("known")
def test_another_office_is_priced_again(request_: HttpRequest, draft: Delivery, cart: Cart) -> None:
    seen = review(request_)
    choose_another(draft)
    heavier(draft, cart)
    with pytest.raises(errors.DraftChanged) as caught:
        shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    assert type(caught.value) is errors.DraftChanged
    assert "to $16.20" in review(request_).notice


def test_a_price_that_was_seen_stands_although_the_cache_has_lost_it_but_not_for_ever(
    request_: HttpRequest, draft: Delivery, cart: Cart, clock: Any
) -> None:
    seen = review(request_)
    cache.clear()
    clock.shift(timedelta(hours=23))
    shop.unreserve(shop.reserve(draft.pk, seen=seen.seen, cart=cart).pk)
    assert review(request_).notice == ""
    clock.shift(timedelta(hours=2))
    with pytest.raises(errors.PriceChanged):
        shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    assert review(request_).notice == "The price of your delivery has changed from $14.85 to $9.95."


@pytest.mark.parametrize("fallback", [Decimal("9.95"), None])
def test_so_does_one_that_was_some_hours_old_whatever_the_shop_charges_without_any(
    request_: HttpRequest, monkeypatch: pytest.MonkeyPatch, fallback: Decimal | None, clock: Any
) -> None:
    monkeypatch.setattr(CartAdapter, "fallback", fallback)
    clock.shift(timedelta(hours=7))
    seen = review(request_)
    assert seen.offer is not None
    assert seen.offer.price_kind == PriceKind.STALE
    cache.clear()
    again = review(request_)
    assert (again.seen, again.draft.price, again.notice) == (seen.seen, PRICE, "")


def test_a_fallback_of_while_the_cache_was_away_goes_for_a_price_that_was_known_before(
    request_: HttpRequest, draft: Delivery, settings: Any, clock: Any
) -> None:
    clock.shift(timedelta(minutes=5))
    there, settings.CACHES = settings.CACHES, {"default": {"BACKEND": "tests.broken_cache.BrokenCache"}}
    review(request_)
    assert row(draft) == ("DOM.EP", Decimal("9.95"))
    settings.CACHES = there
    assert "from $9.95 to $14.85" in review(request_).notice
    assert row(draft) == ("DOM.EP", PRICE)


@pytest.mark.usefixtures("known")
def test_a_service_by_which_canada_post_no_longer_carries_the_cart_is_not_paid_for(
    request_: HttpRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(request_)
    monkeypatch.setattr("deliver_to_po.offer.offers.kept_rate", lambda *_: KeptRate(not_carried=True))
    with pytest.raises(errors.NotMailable, match=r"Canada Post does not offer Expedited Parcel"):
        review(request_)


def test_where_nobody_has_chosen_a_service_the_first_by_which_the_cart_goes_is_reviewed(
    request_: HttpRequest, draft: Delivery, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SERVICES, ECONOMY, replace(SERVICES[ECONOMY], options=()))
    ask(cart, draft)
    seen = review(request_)
    assert seen.offer is not None
    assert (seen.offer.service, seen.notice) == (EXPRESS, "")
    assert row(draft) == (EXPRESS, seen.offer.price)


def mistakes() -> dict[str, Callable[[Cart], None]]:
    def set_to(name: str, value: Any) -> Callable[[Cart], None]:
        return lambda cart: setattr(cart, name, value)

    return {
        "no parcels": set_to("parcels", []),
        "no weight": set_to("parcels", [Parcel(None, *[Decimal(1)] * 3)]),  # type: ignore[arg-type]
        "no list": set_to("parcels", None),
        "no services": set_to("services", []),
        "broken services": set_to("services", [5]),
    }


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("mistake", mistakes())
def test_a_mistake_of_the_shop_after_the_review_costs_no_payment(
    mistake: str, request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    seen = review(request_)
    mistakes()[mistake](cart)
    reserved = shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    assert (reserved.service, reserved.price) == ("DOM.EP", PRICE)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("price", [None, "a lot", Decimal("NaN"), Decimal(-1)])
def test_nor_does_a_price_that_it_cannot_say_then_but_that_of_another_cart_is_refused(
    price: Any, request_: HttpRequest, draft: Delivery, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = review(request_)
    monkeypatch.setattr(CartAdapter, "price", lambda *_: price)
    assert shop.reserve(draft.pk, seen=seen.seen, cart=cart, charge=PRICE).price == PRICE
    cart.parcels = [replace(PARCEL, weight_kg=PARCEL.weight_kg + 1)]
    with pytest.raises(errors.PriceChanged):
        shop.reserve(draft.pk, seen=seen.seen, cart=cart)


def of_no_rate(self: Any, cart: Any, service: Service, rate: Rate | None) -> Decimal:
    """Answer as a shop whose code fails over what Canada Post asks, and has a price without it."""
    if rate is not None:
        raise RuntimeError
    return Decimal("9.95")


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("name", "answer"), [("price", of_no_rate), ("ship_from", lambda *_: None), ("ship_from", lambda *_: 1 / 0)]
)
def test_a_price_of_canada_posts_stays_where_the_shop_fails_and_could_name_a_fallback(
    name: str, answer: Any, request_: HttpRequest, draft: Delivery, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = review(request_)
    monkeypatch.setattr(CartAdapter, name, answer)
    again = review(request_)
    assert (again.seen, again.draft.price, again.notice) == (seen.seen, PRICE, "")
    assert shop.reserve(draft.pk, seen=seen.seen, cart=cart, charge=PRICE).price == PRICE


def test_nor_is_it_lost_where_canada_post_was_asked_again_meanwhile(
    request_: HttpRequest, draft: Delivery, cart: Cart, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    review(request_)
    clock.shift(timedelta(hours=7))
    ask(cart, draft)
    monkeypatch.setattr(CartAdapter, "price", of_no_rate)
    assert review(request_).draft.price == PRICE


@pytest.mark.usefixtures("known")
def test_but_not_for_another_office_while_the_shop_cannot_tell_from_where_it_ships(
    request_: HttpRequest, draft: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(request_)
    Delivery.objects.filter(pk=draft.pk).update(office_id="0000000099", office_postal_code="B3H4R2")
    monkeypatch.setattr(CartAdapter, "ship_from", lambda *_: None)
    assert review(request_).draft.price == Decimal("9.95")


def test_a_cart_that_may_not_go_is_not_reviewed_with_a_price_that_is_none(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    cart.parcels = [replace(PARCEL, weight_kg=Decimal(0))]
    with pytest.raises(errors.NotMailable):
        review(request_)
    assert row(draft) == ("", None)


# -- The buyer's service --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("known")
def test_the_buyers_service_is_kept_reserved_frozen_and_placed(
    request_: HttpRequest, draft: Delivery, cart: Cart, bystanders: Bystanders
) -> None:
    review(request_)
    assert shop.choose_service(request_, "DOM.XP").pk == draft.pk
    assert row(draft) == ("DOM.XP", EXPRESS_PRICE)
    seen = review(request_)
    assert seen.notice == ""
    reserved = shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    assert (reserved.service, reserved.price) == ("DOM.XP", EXPRESS_PRICE)
    assert shop.reserve(draft.pk, seen=seen.seen, cart=cart) == reserved
    shop.unreserve(draft.pk)
    assert row(draft) == ("DOM.XP", EXPRESS_PRICE)
    placed = shop.place(make_order(), shop.reserve(draft.pk, seen=seen.seen, cart=cart).pk, paid=True)
    assert placed is not None
    assert (placed.service, placed.price, row(draft)) == ("DOM.XP", EXPRESS_PRICE, ("DOM.XP", EXPRESS_PRICE))


@pytest.mark.usefixtures("known")
def test_choosing_a_service_after_reserving_makes_a_copy(request_: HttpRequest, draft: Delivery, cart: Cart) -> None:
    seen = review(request_)
    shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    copy = shop.choose_service(request_, "DOM.XP")
    assert copy.pk != draft.pk
    assert row(draft) == ("DOM.EP", PRICE)
    assert row(copy) == ("DOM.XP", EXPRESS_PRICE)
    assert review(request_).draft == copy


@pytest.mark.usefixtures("known")
def test_what_another_tab_has_just_reserved_keeps_its_service_and_price(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    seen = review(request_).seen
    late = [Choice(cart, draft=Delivery.objects.get(pk=draft.pk)) for _ in range(2)]
    shop.reserve(draft.pk, seen=seen, cart=cart)
    heavier(draft, cart)
    with pytest.raises(errors.ChoiceReserved):
        shop.choose(late[0], service="DOM.XP")
    assert shop.review_choice(late[1]).seen == seen
    assert row(draft) == ("DOM.EP", PRICE)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("service", ["DOM.RP", "", "DOM.XP\0", "x" * 10_000])
def test_a_service_that_is_none_changes_nothing(service: str, request_: HttpRequest, draft: Delivery) -> None:
    review(request_)
    with pytest.raises(errors.NotMailable):
        shop.choose_service(request_, service)
    assert row(draft) == ("DOM.EP", PRICE)


def test_a_service_that_the_shop_does_not_offer_is_refused(request_: HttpRequest, cart: Cart) -> None:
    cart.services = [ECONOMY]
    with pytest.raises(errors.NotMailable):
        shop.choose_service(request_, "DOM.XP")


@pytest.mark.usefixtures("known")
def test_a_service_that_the_shop_gives_up_becomes_its_default(
    request_: HttpRequest, draft: Delivery, cart: Cart
) -> None:
    shop.choose_service(request_, "DOM.XP")
    seen = review(request_)
    cart.services = [ECONOMY]
    with pytest.raises(errors.PriceChanged):
        shop.reserve(draft.pk, seen=seen.seen, cart=cart)
    notice = review(request_).notice
    assert notice.startswith("Your delivery now goes by Expedited Parcel™. The price of your delivery has changed from")
    assert row(draft) == ("DOM.EP", PRICE)


@pytest.mark.parametrize(
    ("language", "refused", "told"),
    [
        ("en", "goes by Expedited Parcel™ now. Check it again.", "Your delivery now goes by Expedited Parcel™."),
        ("fr", "par le service Colis accélérés. Vérifiez-la", "se fait maintenant par le service Colis accélérés."),
    ],
)
def test_another_service_at_the_same_price_is_told_by_its_name(
    request_: HttpRequest,
    draft: Delivery,
    cart: Cart,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    refused: str,
    told: str,
) -> None:
    monkeypatch.setattr(CartAdapter, "price", lambda *_: Decimal(0))
    shop.choose_service(request_, EXPRESS)
    seen = review(request_)
    cart.services = [ECONOMY]
    with translation.override(language):
        with pytest.raises(errors.PriceChanged, match=refused):
            shop.reserve(draft.pk, seen=seen.seen, cart=cart)
        assert review(request_).notice.endswith(told)


def test_without_a_choice_there_is_no_service_to_choose(request_: HttpRequest) -> None:
    request_.session.clear()
    with pytest.raises(errors.ChoiceRequired):
        shop.choose_service(request_, "DOM.XP")

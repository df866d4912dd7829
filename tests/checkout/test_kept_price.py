"""The price of a draft: written by the review, seen by the buyer, refused when it is another one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
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
from deliver_to_po.offer.answers import KnownRate
from deliver_to_po.offer.kept_offer import kept_offer
from deliver_to_po.offer.offers import offers_to_chosen
from deliver_to_po.offices.directory import remember_offered
from deliver_to_po.shop import PriceKind
from tests.bystanders import Bystanders
from tests.checkout.priced import PricedAdapter
from tests.factories import PARCEL, SENDER, held, make_draft, make_order

pytestmark = pytest.mark.django_db

ECONOMY, EXPRESS = Service.EXPEDITED_PARCEL, Service.XPRESSPOST
# The emulator's prices of PARCEL, and of one that is a kilogram heavier.
PRICE, EXPRESS_PRICE, HEAVIER = Decimal("14.85"), Decimal("21.40"), Decimal("16.20")


class Cart:
    """A basket; what a test sets on it is what the shop says of it."""


def said(of: Any, name: str, otherwise: Any) -> Any:
    return vars(of).get(name, otherwise) if isinstance(of, Cart) else otherwise


class CartAdapter(PricedAdapter):
    """A shop that keeps prices of what is in a cart."""

    def cart(self, request: HttpRequest) -> Any:
        return request.META["cart"]

    def parcels(self, order: Any) -> Any:
        return said(order, "parcels", [PARCEL])

    def ship_from(self, order: Any) -> Any:
        return said(order, "ship_from", super().ship_from)(order)

    def services(self, cart: Any) -> Any:
        return said(cart, "services", [ECONOMY, EXPRESS])

    def goes_to_post_office(self, order: Any) -> bool:
        return True

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        price: Decimal | None = said(cart, "price", super().price)(cart, service, rate)
        return price


@pytest.fixture(autouse=True)
def _priced(emulator: EmulatorServer, change_settings: Any) -> None:
    """Let the shop keep prices."""
    change_settings(ORDER_ADAPTER=f"{__name__}.CartAdapter")


class Buyer:
    """Somebody with a basket, whose session holds a draft; each look at a page is a request of its own."""

    def __init__(self) -> None:
        self.cart: Any = Cart()
        self.draft, self.session = make_draft(service=""), SessionStore()
        self.session[SESSION_KEY] = held(self.draft)

    def request(self) -> HttpRequest:
        request = RequestFactory().get("/")
        request.META["cart"], request.session = self.cart, self.session
        return request

    def ask(self) -> None:
        """Let Canada Post be asked, as the step does when an office is chosen."""
        shop.fetch_offers(RequestFactory().get("/"), self.cart, self.draft)

    def review(self) -> shop.Review:
        return shop.review(self.request())

    def choose_service(self, service: str) -> Delivery:
        return shop.choose_service(self.request(), service)

    def choose_another_office(self) -> None:
        """Choose another post office, as another tab does."""
        elsewhere = {"office_id": "0000000099", "office_postal_code": "B3H4R2", "office_province": "NS"}
        Delivery.objects.filter(pk=self.draft.pk).update(**elsewhere)
        self.draft.refresh_from_db()

    def reserve(self, seen: shop.Review, **how: Any) -> Delivery:
        return shop.reserve(self.draft.pk, seen=seen.seen, cart=self.cart, **how)

    def weigh_more(self) -> None:
        self.cart.parcels = [replace(PARCEL, weight_kg=Decimal("2.25"))]
        self.ask()

    def enter_coupon(self) -> None:
        """Enter one with which the delivery costs nothing."""
        self.cart.price = lambda *_: Decimal(0)

    @property
    def kept(self) -> tuple[str, Decimal | None]:
        """Return service and price that the draft keeps."""
        return kept_by(self.draft)


def kept_by(draft: Delivery) -> tuple[str, Decimal | None]:
    draft.refresh_from_db()
    return draft.service, draft.price


@pytest.fixture
def buyer() -> Buyer:
    return Buyer()


@pytest.fixture
def known(buyer: Buyer) -> None:
    """Let Canada Post have been asked."""
    buyer.ask()


@pytest.fixture
def clock(cache_of_this_process: None, buyer: Buyer) -> Iterator[Any]:
    """Let Canada Post have been asked, and the clock stand still since."""
    with time_machine.travel("2026-11-25T12:00:00-05:00", tick=False) as clock:
        buyer.ask()
        yield clock


# -- Written by the review ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("known")
def test_the_review_writes_service_price_and_time_and_shows_them(
    buyer: Buyer, bystanders: Bystanders, emulator: EmulatorServer
) -> None:
    calls = dict(emulator.calls)
    seen = buyer.review()
    assert buyer.kept == ("DOM.EP", PRICE)
    assert buyer.draft.price_quoted_at is not None
    assert timezone.now() - buyer.draft.price_quoted_at < timedelta(minutes=1)
    assert seen.offer is not None
    assert (seen.offer.price, seen.offer.price_kind, seen.offer.service) == (PRICE, PriceKind.FRESH, ECONOMY)
    assert seen.offer.expected_from is not None
    assert seen.notice == ""
    assert buyer.review().seen == seen.seen
    assert emulator.calls == calls


def test_after_the_cut_off_the_next_mailing_day_is_kept_with_the_price_that_stands(buyer: Buyer, clock: Any) -> None:
    buyer.review()
    clock.move_to("2026-11-25T18:00:00-05:00")
    buyer.review()
    buyer.draft.refresh_from_db()
    kept = kept_offer(buyer.draft)
    assert kept is not None
    assert (kept.offer.price, kept.offer.expected_from, kept.offer.mailed_on) == (PRICE, None, date(2026, 11, 26))


def test_a_review_before_anything_is_known_has_the_fallback_price(buyer: Buyer) -> None:
    seen = buyer.review()
    assert buyer.kept == ("DOM.EP", Decimal("9.95"))
    assert seen.offer is not None
    assert (seen.offer.price_kind, seen.offer.expected_from) == (PriceKind.FALLBACK, None)
    told_at = buyer.draft.price_quoted_at
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        buyer.review()
    assert buyer.kept[1] is not None
    assert buyer.draft.price_quoted_at == told_at


def test_what_canada_post_told_meanwhile_takes_its_place_and_that_is_said(buyer: Buyer) -> None:
    buyer.review()
    buyer.ask()
    again = buyer.review()
    assert buyer.kept == ("DOM.EP", PRICE)
    assert again.notice == "The price of your delivery has changed from $9.95 to $14.85."
    with translation.override("fr"):
        Delivery.objects.filter(pk=buyer.draft.pk).update(price=Decimal(1), quote={})
        assert "1,00\N{NO-BREAK SPACE}$" in buyer.review().notice


def test_a_price_that_becomes_known_before_any_is_shown_is_no_change(buyer: Buyer) -> None:
    # As the step does where the buyer goes on before Canada Post has answered.
    buyer.choose_service("DOM.EP")
    assert buyer.kept == ("DOM.EP", Decimal("9.95"))
    buyer.ask()
    assert buyer.review().notice == ""
    assert buyer.kept == ("DOM.EP", PRICE)
    buyer.weigh_more()
    assert "from $14.85 to $16.20" in buyer.review().notice


def test_a_fallback_price_that_a_review_has_shown_stays_shown_when_its_service_is_chosen_again(buyer: Buyer) -> None:
    buyer.review()
    buyer.choose_service("DOM.EP")
    buyer.ask()
    assert "from $9.95 to $14.85" in buyer.review().notice


def test_what_was_shown_of_one_office_was_not_shown_of_another(buyer: Buyer) -> None:
    buyer.review()
    buyer.choose_another_office()
    buyer.choose_service("DOM.EP")
    buyer.ask()
    assert buyer.review().notice == ""


@pytest.mark.usefixtures("known")
def test_another_office_has_its_own_day(buyer: Buyer, office: PostOffice) -> None:
    assert buyer.review().summary.expected
    remember_offered([office], "en", timezone.now())
    buyer.draft = choose(Choice(draft=buyer.draft), office.office_id)
    buyer.ask()
    assert buyer.review().summary.expected


@pytest.mark.usefixtures("known")
def test_no_price_is_kept_for_an_office_that_another_tab_has_left(buyer: Buyer) -> None:
    Delivery.objects.filter(pk=buyer.draft.pk).update(office_id="0000000099")
    keep_price(buyer.draft, buyer.cart)
    assert buyer.kept == ("", None)


@pytest.mark.parametrize(
    ("language", "no_longer", "now"),
    [
        ("en", "no longer free: it now costs $9.95.", "now free; it was $9.95."),
        ("fr", "n’est plus gratuite : elle coûte maintenant 9,95 $.", "maintenant gratuite; elle coûtait 9,95 $."),
    ],
)
def test_a_price_of_nothing_is_told_in_words(buyer: Buyer, language: str, no_longer: str, now: str) -> None:
    def review_after(price: str) -> str:
        buyer.cart.price = lambda *_: Decimal(price)
        return buyer.review().notice.replace("\N{NO-BREAK SPACE}", " ")

    with translation.override(language):
        assert review_after("0") == ""
        assert review_after("9.95").endswith(no_longer)
        assert review_after("0").endswith(now)


@pytest.mark.parametrize(
    "price", [lambda *_: None, lambda *_: "a lot", lambda *_: 1 / 0], ids=["None", "text", "raises"]
)
@pytest.mark.parametrize("seen_before", [True, False])
def test_a_price_that_the_shop_cannot_say_is_none_and_the_review_refuses(
    price: Any, seen_before: bool, buyer: Buyer
) -> None:
    if seen_before:
        buyer.review()
    buyer.cart.price = price
    with pytest.raises(errors.PriceUnknown) as refused:
        buyer.review()
    assert buyer.kept[1] is None
    page = Client().get(refused.value.url).content.decode()
    assert "We cannot say yet what your delivery costs." in page
    del buyer.cart.price
    assert buyer.review().offer is not None


def test_a_shop_with_prices_of_its_own_has_none_on_the_draft(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CartAdapter, "keeps_prices", False)
    buyer.ask()
    seen = buyer.review()
    assert (seen.offer, seen.notice) == (None, "")
    assert buyer.kept == ("", None)
    reserved = buyer.reserve(seen)
    assert (reserved.service, reserved.price) == ("DOM.EP", None)


def test_a_review_called_again_in_one_request_changes_nothing_that_was_shown(buyer: Buyer) -> None:
    request = buyer.request()
    shown = shop.review(request)
    buyer.ask()
    assert shop.review(request) == shown
    assert buyer.kept[1] == shown.draft.price == Decimal("9.95")
    assert buyer.review().draft.price == PRICE


def test_a_service_that_is_chosen_in_between_is_reviewed_anew(buyer: Buyer) -> None:
    buyer.ask()
    request = buyer.request()
    assert shop.review(request).draft.price == PRICE
    shop.choose_service(request, EXPRESS)
    assert shop.review(request).draft.price == EXPRESS_PRICE


@pytest.mark.usefixtures("known")
def test_a_service_that_another_tab_chooses_during_the_review_stays(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*about: Any) -> Any:
        monkeypatch.setattr(kept_price, "offers_to_chosen", offers_to_chosen)
        buyer.choose_service(EXPRESS)
        return offers_to_chosen(*about)

    monkeypatch.setattr(kept_price, "offers_to_chosen", meanwhile)
    buyer.review()
    assert buyer.kept == (EXPRESS, EXPRESS_PRICE)


@pytest.mark.django_db(transaction=True)
def test_the_shop_hears_of_each_other_service_or_price_and_of_nothing_else(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_request, by_signal = [], []

    def hook(self: Any, request: HttpRequest, told: Delivery) -> None:
        in_request.append((request.META["cart"], told.service, told.price))
        raise RuntimeError

    def receiver(sender: Any, **said: Any) -> None:
        assert (said["delivery_id"], said["order_pk"]) == (buyer.draft.pk, None)
        by_signal.append(tuple(said[name] for name in ("former_service", "former_price", "service", "price")))

    monkeypatch.setattr(CartAdapter, "price_changed", hook)
    signals.price_changed.connect(receiver)
    try:
        buyer.ask()
        buyer.review()
        buyer.review()
        buyer.choose_service(EXPRESS)
        buyer.choose_service(EXPRESS)
        buyer.cart.price = lambda *_: EXPRESS_PRICE
        buyer.choose_service(ECONOMY)
    finally:
        signals.price_changed.disconnect(receiver)
    heard = [(ECONOMY, PRICE), (EXPRESS, EXPRESS_PRICE), (ECONOMY, EXPRESS_PRICE)]
    assert in_request == [(buyer.cart, *told) for told in heard]
    assert by_signal == [(*before, *told) for before, told in pairwise([("", None), *heard])]


# -- Changed before the payment -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("known")
def test_another_price_is_refused_though_the_shop_is_too_slow_for_a_list(buyer: Buyer, change_settings: Any) -> None:
    buyer.review()
    buyer.draft.refresh_from_db()
    buyer.enter_coupon()
    change_settings(SEARCH_TIMEOUT_SECONDS=0)
    with asked_once(bounded=True), pytest.raises(errors.PriceChanged):
        kept_price.refuse_another_price(buyer.draft, buyer.cart)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("change", "costs"), [(Buyer.weigh_more, HEAVIER), (Buyer.enter_coupon, Decimal(0))])
def test_another_cart_is_refused_before_the_payment_and_priced_again_and_that_is_said(
    change: Callable[[Buyer], None], costs: Decimal, buyer: Buyer, bystanders: Bystanders
) -> None:
    seen = buyer.review()
    change(buyer)
    with pytest.raises(errors.PriceChanged, match=r"Your delivery (costs|is free)"):
        buyer.reserve(seen)
    assert buyer.kept == ("DOM.EP", PRICE)
    again = buyer.review()
    assert "$14.85" in again.notice
    assert buyer.kept == ("DOM.EP", costs)
    # What the old page sends along is refused, wherever it comes to.
    with pytest.raises(errors.PriceChanged):
        buyer.reserve(seen)
    with pytest.raises(errors.PriceChanged):
        shop.place(make_order(), buyer.draft.pk, seen=seen.seen)
    reserved = buyer.reserve(again)
    assert (reserved.state, reserved.price) == (DeliveryState.RESERVED, costs)


@pytest.mark.usefixtures("known")
def test_where_no_cart_is_named_before_the_payment_the_price_that_was_reviewed_counts(buyer: Buyer) -> None:
    buyer.weigh_more()
    assert shop.reserve(buyer.draft.pk, seen=buyer.review().seen).price == HEAVIER


@pytest.mark.usefixtures("known")
def test_what_is_reserved_serves_no_other_cart_and_the_buyer_goes_on_with_a_copy(
    buyer: Buyer, bystanders: Bystanders
) -> None:
    seen = buyer.review()
    buyer.reserve(seen, charge=PRICE)
    assert buyer.review().draft == buyer.draft
    buyer.weigh_more()
    with pytest.raises(errors.PriceChanged) as refused:
        buyer.reserve(seen, charge=PRICE)
    assert refused.value.price == HEAVIER
    again = buyer.review()
    assert "from $14.85 to $16.20" in again.notice
    assert again.draft != buyer.draft
    copy = shop.reserve(again.draft.pk, seen=again.seen, cart=buyer.cart, charge=HEAVIER)
    assert (copy, copy.price) == (again.draft, HEAVIER)
    assert (buyer.kept, buyer.draft.state, buyer.draft.charge) == (("DOM.EP", PRICE), DeliveryState.RESERVED, PRICE)
    assert buyer.review().draft == again.draft


@pytest.mark.usefixtures("known")
def test_another_office_is_priced_again(buyer: Buyer) -> None:
    seen = buyer.review()
    buyer.choose_another_office()
    buyer.weigh_more()
    with pytest.raises(errors.DraftChanged) as caught:
        buyer.reserve(seen)
    assert type(caught.value) is errors.DraftChanged
    assert "to $16.20" in buyer.review().notice


def test_a_price_that_was_seen_stands_although_the_cache_has_lost_it_but_not_for_ever(buyer: Buyer, clock: Any) -> None:
    seen = buyer.review()
    cache.clear()
    clock.shift(timedelta(hours=23))
    shop.unreserve(buyer.reserve(seen).pk)
    assert buyer.review().notice == ""
    clock.shift(timedelta(hours=2))
    with pytest.raises(errors.PriceChanged):
        buyer.reserve(seen)
    assert buyer.review().notice == "The price of your delivery has changed from $14.85 to $9.95."


@pytest.mark.parametrize("fallback", [Decimal("9.95"), None])
def test_so_does_one_that_was_some_hours_old_whatever_the_shop_charges_without_any(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, fallback: Decimal | None, clock: Any
) -> None:
    monkeypatch.setattr(CartAdapter, "fallback", fallback)
    clock.shift(timedelta(hours=7))
    seen = buyer.review()
    assert seen.offer is not None
    assert seen.offer.price_kind == PriceKind.STALE
    cache.clear()
    again = buyer.review()
    assert (again.seen, again.draft.price, again.notice) == (seen.seen, PRICE, "")


def test_a_fallback_of_while_the_cache_was_away_goes_for_a_price_that_was_known_before(
    buyer: Buyer, settings: Any, clock: Any
) -> None:
    clock.shift(timedelta(minutes=5))
    there, settings.CACHES = settings.CACHES, {"default": {"BACKEND": "tests.broken_cache.BrokenCache"}}
    buyer.review()
    assert buyer.kept == ("DOM.EP", Decimal("9.95"))
    settings.CACHES = there
    assert "from $9.95 to $14.85" in buyer.review().notice
    assert buyer.kept == ("DOM.EP", PRICE)


@pytest.mark.usefixtures("known")
def test_a_service_by_which_canada_post_no_longer_carries_the_cart_is_not_paid_for(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer.review()
    monkeypatch.setattr("deliver_to_po.offer.offers.known_rate", lambda *_: KnownRate(not_carried=True))
    with pytest.raises(errors.NotMailable, match=r"Canada Post does not offer Expedited Parcel"):
        buyer.review()


def test_where_nobody_has_chosen_a_service_the_first_by_which_the_cart_goes_is_reviewed(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SERVICES, ECONOMY, replace(SERVICES[ECONOMY], options=()))
    buyer.ask()
    seen = buyer.review()
    assert seen.offer is not None
    assert (seen.offer.service, seen.notice) == (EXPRESS, "")
    assert buyer.kept == (EXPRESS, seen.offer.price)


MISTAKES: dict[str, tuple[str, Any]] = {
    "no parcels": ("parcels", []),
    "no weight": ("parcels", [Parcel(None, *[Decimal(1)] * 3)]),  # type: ignore[arg-type]
    "no list": ("parcels", None),
    "no services": ("services", []),
    "broken services": ("services", [5]),
}


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_of_the_shop_after_the_review_costs_no_payment(mistake: str, buyer: Buyer) -> None:
    seen = buyer.review()
    setattr(buyer.cart, *MISTAKES[mistake])
    reserved = buyer.reserve(seen)
    assert (reserved.service, reserved.price) == ("DOM.EP", PRICE)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("price", [None, "a lot", Decimal("NaN"), Decimal(-1)])
def test_nor_does_a_price_that_it_cannot_say_then_but_that_of_another_cart_is_refused(price: Any, buyer: Buyer) -> None:
    seen = buyer.review()
    buyer.cart.price = lambda *_: price
    assert buyer.reserve(seen, charge=PRICE).price == PRICE
    buyer.weigh_more()
    with pytest.raises(errors.PriceChanged):
        buyer.reserve(seen)


def of_no_rate(cart: Any, service: Service, rate: Rate | None) -> Decimal:
    """Answer as a shop whose code fails over what Canada Post asks, and has a price without it."""
    if rate is not None:
        raise RuntimeError
    return Decimal("9.95")


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("name", "answer"), [("price", of_no_rate), ("ship_from", lambda *_: None), ("ship_from", lambda *_: 1 / 0)]
)
def test_a_price_of_canada_posts_stays_where_the_shop_fails_and_could_name_a_fallback(
    name: str, answer: Any, buyer: Buyer
) -> None:
    seen = buyer.review()
    setattr(buyer.cart, name, answer)
    again = buyer.review()
    assert (again.seen, again.draft.price, again.notice) == (seen.seen, PRICE, "")
    assert buyer.reserve(seen, charge=PRICE).price == PRICE


def test_nor_is_it_lost_where_canada_post_was_asked_again_meanwhile(buyer: Buyer, clock: Any) -> None:
    buyer.review()
    clock.shift(timedelta(hours=7))
    buyer.ask()
    buyer.cart.price = of_no_rate
    assert buyer.review().draft.price == PRICE


@pytest.mark.usefixtures("known")
def test_but_not_for_another_office_while_the_shop_cannot_tell_from_where_it_ships(buyer: Buyer) -> None:
    buyer.review()
    Delivery.objects.filter(pk=buyer.draft.pk).update(office_id="0000000099", office_postal_code="B3H4R2")
    buyer.cart.ship_from = lambda *_: None
    assert buyer.review().draft.price == Decimal("9.95")


@pytest.mark.usefixtures("known")
def test_what_is_sent_from_elsewhere_by_now_is_priced_again(buyer: Buyer) -> None:
    buyer.review()
    buyer.cart.ship_from = lambda *_: replace(SENDER, address=replace(SENDER.address, postal_code="B3H4R2"))
    assert buyer.review().draft.price == Decimal("9.95")


def test_a_cart_that_may_not_go_is_not_reviewed_with_a_price_that_is_none(buyer: Buyer) -> None:
    buyer.cart.parcels = [replace(PARCEL, weight_kg=Decimal(0))]
    with pytest.raises(errors.NotMailable):
        buyer.review()
    assert buyer.kept == ("", None)


# -- The buyer's service --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("known")
def test_the_buyers_service_is_kept_reserved_frozen_and_placed(buyer: Buyer, bystanders: Bystanders) -> None:
    buyer.review()
    assert buyer.choose_service("DOM.XP").pk == buyer.draft.pk
    assert buyer.kept == ("DOM.XP", EXPRESS_PRICE)
    seen = buyer.review()
    assert seen.notice == ""
    reserved = buyer.reserve(seen)
    assert (reserved.service, reserved.price) == ("DOM.XP", EXPRESS_PRICE)
    assert buyer.reserve(seen) == reserved
    shop.unreserve(buyer.draft.pk)
    assert buyer.kept == ("DOM.XP", EXPRESS_PRICE)
    placed = shop.place(make_order(), buyer.reserve(seen).pk, paid=True)
    assert placed is not None
    assert (placed.service, placed.price, buyer.kept) == ("DOM.XP", EXPRESS_PRICE, ("DOM.XP", EXPRESS_PRICE))


@pytest.mark.usefixtures("known")
def test_choosing_a_service_after_reserving_makes_a_copy(buyer: Buyer) -> None:
    seen = buyer.review()
    buyer.reserve(seen)
    copy = buyer.choose_service("DOM.XP")
    assert copy.pk != buyer.draft.pk
    assert buyer.kept == ("DOM.EP", PRICE)
    assert kept_by(copy) == ("DOM.XP", EXPRESS_PRICE)
    assert buyer.review().draft == copy


@pytest.mark.usefixtures("known")
def test_what_another_tab_has_just_reserved_keeps_its_service_and_price(buyer: Buyer) -> None:
    seen = buyer.review()
    late = [Choice(buyer.cart, draft=Delivery.objects.get(pk=buyer.draft.pk)) for _ in range(2)]
    buyer.reserve(seen)
    buyer.weigh_more()
    with pytest.raises(errors.ChoiceReserved):
        shop.choose(late[0], service="DOM.XP")
    assert shop.review_choice(late[1]).seen == seen.seen
    assert buyer.kept == ("DOM.EP", PRICE)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("service", ["DOM.RP", "", "DOM.EP\0", "x" * 10_000, "DOM.XP"])
def test_a_service_that_is_none_or_not_offered_changes_nothing(service: str, buyer: Buyer) -> None:
    buyer.cart.services = [ECONOMY]
    buyer.review()
    with pytest.raises(errors.NotMailable):
        buyer.choose_service(service)
    assert buyer.kept == ("DOM.EP", PRICE)


@pytest.mark.usefixtures("known")
def test_a_service_that_the_shop_gives_up_becomes_its_default(buyer: Buyer) -> None:
    buyer.choose_service("DOM.XP")
    seen = buyer.review()
    buyer.cart.services = [ECONOMY]
    with pytest.raises(errors.PriceChanged):
        buyer.reserve(seen)
    notice = buyer.review().notice
    assert notice.startswith("Your delivery now goes by Expedited Parcel™. The price of your delivery has changed from")
    assert buyer.kept == ("DOM.EP", PRICE)


@pytest.mark.parametrize(
    ("language", "refused", "told"),
    [
        ("en", "goes by Expedited Parcel™ now. Check it again.", "Your delivery now goes by Expedited Parcel™."),
        ("fr", "par le service Colis accélérés. Vérifiez-la", "se fait maintenant par le service Colis accélérés."),
    ],
)
def test_another_service_at_the_same_price_is_told_by_its_name(
    buyer: Buyer, language: str, refused: str, told: str
) -> None:
    buyer.enter_coupon()
    buyer.choose_service(EXPRESS)
    seen = buyer.review()
    buyer.cart.services = [ECONOMY]
    with translation.override(language):
        with pytest.raises(errors.PriceChanged, match=refused):
            buyer.reserve(seen)
        assert buyer.review().notice.endswith(told)


def test_without_a_choice_there_is_no_service_to_choose(buyer: Buyer) -> None:
    buyer.session.clear()
    with pytest.raises(errors.ChoiceRequired):
        buyer.choose_service("DOM.XP")

"""Nobody pays another amount than they saw, and nobody pays twice: up to the payment, and with a card."""

import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from oscar.apps.checkout.surcharges import PercentageCharge
from oscar.apps.partner import strategy as strategies
from oscar.apps.partner.prices import TaxInclusiveFixedPrice
from oscar.apps.payment.exceptions import PaymentError, UnableToTakePayment
from oscar.core.loading import get_class, get_model

from deliver_to_po import shop
from deliver_to_po.adapter import Service
from deliver_to_po.contrib.oscar import placement
from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.contrib.oscar.method import DeliverToPostOffice
from deliver_to_po.core.choices import Reason
from deliver_to_po.models import Delivery
from example_shop.oscar.adapter import FREE_FROM, ShopAdapter
from example_shop.oscar.checkout import views
from example_shop.oscar.checkout.session import CheckoutSessionMixin
from example_shop.oscar.partner.strategy import Selector, Strategy
from example_shop.oscar.shipping.repository import HomeDelivery
from tests.contrib.oscar.buyer import (
    MONTREAL,
    Buyer,
    Order,
    amounts,
    form_of,
    make_dearer,
    make_downloads,
    only_delivery,
    only_order,
    order_for,
    read,
    while_paying,
)

Repository: Any = get_class("shipping.repository", "Repository")


# What the preview has shown


def test_a_voucher_that_costs_the_free_delivery_is_not_charged_unseen(buyer: Buyer) -> None:
    buyer.put_into_basket("cast-iron-pan")
    buyer.go_to_preview()
    form = buyer.form()
    assert buyer.choice().price == 0
    # In another tab: 216.00 become 194.40, and delivery is free from 200.00.
    buyer.enter_voucher()
    refused = buyer.place_order(form)
    assert refused["location"] == reverse("checkout:preview")
    assert not Order.objects.exists()
    page = buyer.get("checkout:preview")
    assert read(page).count("no longer free") == 1
    buyer.place_order()
    order = order_for(page)
    assert order.shipping_excl_tax == only_delivery().price > 0
    # The goods alone count where its post office is chosen again, too.
    assert order.total_excl_tax > FREE_FROM > order.total_excl_tax - order.shipping_excl_tax
    assert ShopAdapter().price(order, Service.EXPEDITED_PARCEL, None) == ShopAdapter.fallback_price


def test_a_voucher_that_is_taken_back_makes_it_free_again(buyer: Buyer) -> None:
    buyer.put_into_basket("cast-iron-pan")
    buyer.enter_voucher()
    assert amounts(buyer.go_to_preview())[-2] != "0.00"
    buyer.remove_voucher()
    # The page that finds it out says so.
    assert read(buyer.get("basket:summary")).count("Your delivery is now free") == 1
    buyer.place_order()
    assert only_order().shipping_incl_tax == only_delivery().price == 0


@pytest.mark.parametrize("code", [CODE, "home"])
def test_another_total_than_the_preview_has_shown_is_not_charged(buyer: Buyer, code: str) -> None:
    buyer.enter_voucher()
    buyer.go_to_preview()
    buyer.choose_method(code)
    form = buyer.form()
    # In another tab, which leaves the price of the delivery as it is.
    buyer.remove_voucher()
    assert buyer.place_order(form)["location"] == reverse("checkout:preview")
    assert "Check the delivery and the total" in read(buyer.get("checkout:preview"))
    assert (Order.objects.exists(), buyer.choice().state) == (False, "draft")
    buyer.place_order()
    assert only_order().total_discount_incl_tax == 0


def test_what_was_shown_at_a_post_office_does_not_go_home_for_the_same_total(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HomeDelivery, "charge_excl_tax", Decimal("0.00"))
    buyer.put_into_basket("cast-iron-pan")
    buyer.go_to_preview(MONTREAL)
    form = buyer.form()
    buyer.choose_method("home")
    assert buyer.form() == {"total": form["total"]}
    assert buyer.place_order(form)["location"] == reverse("checkout:preview")
    assert "Check the delivery and the total" in read(buyer.get("checkout:preview"))
    assert not Order.objects.exists()
    buyer.place_order()
    assert only_order().shipping_code == "home"


def test_what_another_tab_chooses_while_a_press_is_answered_is_not_sold_at_the_taxes_of_the_former_province(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Delivery is free, so both post offices cost the same.
    buyer.put_into_basket("cast-iron-pan", 3)
    buyer.go_to_preview("K1A 0B1")
    ottawa, dear = buyer.choice().office_id, buyer.form()
    buyer.choose_office("T2P 2M5")
    cheap, view = buyer.form(), placement.PostOfficeOrderPlacement
    freeze_basket = view.freeze_basket

    def beside_another_tab(payment: Any, basket: Any) -> None:
        buyer.post("deliver_to_po:choose", {"office_id": ottawa})
        freeze_basket(payment, basket)

    monkeypatch.setattr(view, "freeze_basket", beside_another_tab)
    assert buyer.place_order({**cheap, "seen": dear["seen"]})["location"] == reverse("checkout:preview")
    assert (Order.objects.exists(), buyer.form()) == (False, dear)


def test_a_press_on_a_preview_without_seen_charges_nothing(ready: Buyer) -> None:
    assert ready.place_order({})["location"] == reverse("checkout:preview")
    assert not Order.objects.exists()


# A card


def test_a_declined_card_gives_all_back_and_another_post_office_is_paid_with_the_next(ready: Buyer) -> None:
    first = ready.choice().office_id
    assert "Your card was declined" in read(ready.place_order(pay="declined").content.decode())
    assert ready.choice().state == "draft"
    ready.choose_office(MONTREAL)
    ready.place_order()
    assert only_delivery().office_id != first
    assert (only_delivery().office_province, only_delivery().state) == ("QC", "released")


@pytest.mark.parametrize("error", [UnableToTakePayment, PaymentError, ValueError])
def test_a_payment_that_fails_leads_to_a_page_that_asks_for_the_same(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    form = ready.form()

    def fail() -> None:
        raise error

    while_paying(monkeypatch, fail)
    page = ready.place_order(form)
    assert str(page.context["order_total"].incl_tax) == form["total"]
    if error is not UnableToTakePayment:
        assert form_of(page.content.decode()) == form
    ready.place_order(form)
    assert only_delivery().state == "released"


@pytest.mark.parametrize("code", [CODE, "home"])
def test_of_two_presses_at_once_one_pays(ready: Buyer, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    ready.choose_method(code)
    form = ready.form()

    def beside_another(view: Any, choice: str) -> None:
        get_model("basket", "Basket").objects.update(status="Frozen")

    monkeypatch.setattr(placement.PostOfficeOrderPlacement, "refuse_another_order", beside_another)
    monkeypatch.setattr(views, "note_payment", lambda *args: pytest.fail("paid twice"))
    assert ready.place_order(form)["location"] == reverse("checkout:thank-you")


def test_a_payment_that_is_cut_off_gives_all_back_after_a_while(
    anybody: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody.go_to_preview()
    form = anybody.form()
    # As a server does to a worker that takes too long, and a restart to every one.
    while_paying(monkeypatch, sys.exit)
    with pytest.raises(SystemExit):
        anybody.place_order(form)
    with time_machine.travel(timezone.now() + timedelta(minutes=9)):
        assert "Wool blanket" not in anybody.get("checkout:preview")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert "Back to the order" in anybody.get("basket:summary")
        assert "If you have, write to us" in anybody.get("checkout:preview")
        anybody.place_order()
    assert only_delivery().state == "released"


def test_an_order_that_is_cut_off_once_it_is_placed_is_not_given_back(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = ready.form()
    monkeypatch.setattr(get_model("basket", "Basket"), "submit", lambda basket: sys.exit())
    with pytest.raises(SystemExit):
        ready.place_order(form)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert "Back to the order" not in ready.get("basket:summary")
        ready.place_order(form)
    assert str(only_order().number) in ready.get("checkout:thank-you")


def test_an_order_that_fails_after_the_payment_keeps_what_was_reserved(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(placement, "place", lambda *args, **kwargs: 1 / 0)
        assert "A problem occurred while placing this order" in ready.place_order().content.decode()
    assert not Order.objects.exists()
    assert get_model("communication", "Notification").objects.get().subject == "A payment without an order"
    assert ready.choice().state == "reserved"
    ready.place_order()
    assert only_delivery().state == "released"


def test_an_order_whose_mail_cannot_be_sent_is_shown_to_its_buyer(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda message: 1 / 0)
    assert buyer.buy()["location"] == reverse("checkout:thank-you")
    assert str(only_order().number) in buyer.get("checkout:thank-you")
    assert "has no e-mail to its buyer: ZeroDivisionError" in caplog.text


def test_the_first_payments_of_a_shop_may_come_at_once(buyer: Buyer) -> None:
    for _ in range(2):
        get_model("payment", "SourceType").objects.create(name="Demo")
    buyer.buy()
    assert only_order().sources.get().source_type.code == "demo"


def test_the_next_order_begins_without_a_choice_though_the_shops_own_code_fails_after_this_one(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views.PaymentDetailsView, "handle_successful_order", lambda *_args: 1 / 0)
    ready.place_order()
    assert only_delivery().state == "released"
    assert "deliver_to_po.choice" not in ready.client.session


@pytest.mark.parametrize(
    ("parts", "on_account", "state"),
    [
        (["100.00"], False, "held"),
        (["100.00", "rest"], False, "released"),
        (["100.00"], True, "placed"),
        ([], False, "released"),
    ],
)
def test_what_several_sources_have_paid_is_added_up(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, parts: list[str], on_account: bool, state: str
) -> None:
    note_payment = views.note_payment

    def note_parts(view: Any, total: Decimal, currency: str) -> None:
        # As some providers write it; one has only reserved an amount, another has taken it at once.
        for part, lacks in zip(parts, ("amount_debited", "amount_allocated"), strict=False):
            note_payment(view, total - 100 if part == "rest" else Decimal(part), currency.lower())
            setattr(view._payment_sources[-1], lacks, Decimal(0))

    monkeypatch.setattr(views, "note_payment", note_parts)
    monkeypatch.setattr(placement.PostOfficeOrderPlacement, "paid_when_placed", not on_account)
    buyer.buy()
    assert (only_delivery().state, only_order().notes.exists()) == (state, state == "held")


def test_a_shops_own_comparison_that_fails_costs_no_order_and_no_parcel_goes(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement.PostOfficeOrderPlacement, "paid_otherwise", lambda view, order: 1 / 0)
    buyer.buy()
    assert only_delivery().state == "held"
    assert only_order().notes.get().message == "paid_otherwise: ZeroDivisionError"


@pytest.mark.parametrize("code", [CODE, "home"])
def test_what_is_only_downloaded_after_all_is_ordered_without_a_delivery(ready: Buyer, code: str) -> None:
    ready.choose_method(code)
    make_downloads()
    asked = ready.client.get(reverse("checkout:preview"))["location"]
    assert asked == reverse("checkout:shipping-method")
    ready.client.get(asked)
    ready.place_order()
    order = only_order()
    assert (order.shipping_code, order.shipping_excl_tax) == ("no-shipping-required", 0)
    assert not Delivery.objects.exclude(order=None).exists()


# Taxes


def test_downloads_alone_are_bought_where_their_tax_is_known_without_an_address(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_downloads()
    buyer.post("checkout:index", {"username": "zoe@example.com", "options": "anonymous"})
    buyer.get("checkout:shipping-method")
    assert "We cannot calculate the taxes of your order" in buyer.get("checkout:preview")
    assert "tax_rate()" in caplog.text
    monkeypatch.setattr(Strategy, "tax_rate", lambda strategy, product: Decimal("0.05"))
    buyer.place_order()
    assert only_order().total_incl_tax == round(148 * Decimal("1.05"), 2)


def test_home_delivery_has_its_own_taxes_and_no_delivery(ready: Buyer) -> None:
    ready.choose_method("home")
    assert "photo ID" not in ready.get("checkout:preview")
    ready.place_order()
    order = only_order()
    assert (order.shipping_code, Delivery.objects.exclude(order=None).exists()) == ("home", False)
    assert order.total_incl_tax == sum(round(amount * Decimal("1.14975"), 2) for amount in (Decimal(148), Decimal(12)))
    # The next order begins without a choice.
    assert "deliver_to_po.choice" not in ready.client.session


def test_each_way_of_delivery_is_listed_with_the_taxes_that_it_would_be_charged_with(ready: Buyer) -> None:
    price = ready.choice().price or 0
    listed = [str(round(Decimal(12) * Decimal("1.14975"), 2)), str(round(price * Decimal("1.13"), 2))]
    assert amounts(ready.get("checkout:shipping-method"))[-2:] == listed
    assert amounts(ready.get("basket:summary"))[-1] == amounts(ready.get("checkout:preview"))[-1]
    ready.choose_method("home")
    assert listed[0] in amounts(ready.get("checkout:preview"))


@pytest.mark.parametrize("count_on_taxed_prices", [False, True])
def test_before_anybody_knows_the_province_prices_are_without_tax(
    buyer: Buyer, settings: Any, count_on_taxed_prices: bool
) -> None:
    settings.OSCAR_OFFERS_INCL_TAX = count_on_taxed_prices
    assert amounts(buyer.get("basket:summary"))[-1] == "160.00"
    buyer.enter_voucher()
    assert amounts(buyer.get("basket:summary"))[-1] == "145.20"
    page = buyer.go_to_preview()
    buyer.place_order()
    assert order_for(page).total_discount_excl_tax > 0


def test_an_address_without_a_province_is_asked_for_it_before_anything_is_paid(buyer: Buyer) -> None:
    buyer.say_who(state="Kebec")
    buyer.choose_method("home")
    answer = buyer.client.get(reverse("checkout:preview"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("checkout:shipping-address")
    assert "such as QC or Québec" in read(answer.content.decode())
    buyer.say_who(state="Québec")
    buyer.place_order()
    assert only_order().total_incl_tax > 0


def test_an_address_without_a_province_is_no_matter_for_a_post_office(buyer: Buyer) -> None:
    buyer.say_who(state="")
    buyer.choose_method()
    buyer.choose_and_name("K1A 0B1")
    buyer.place_order()
    assert only_order().shipping_tax == round(only_delivery().price * Decimal("0.13"), 2)


def test_the_northern_territory_of_australia_has_no_canadian_taxes(buyer: Buyer) -> None:
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="AU", iso_3166_1_a3="AUS", printable_name="Australia", is_shipping_country=True
    )
    buyer.say_who(country="AU", state="NT", postcode="0800")
    buyer.choose_method("home")
    assert buyer.client.get(reverse("checkout:preview")).status_code == 302
    request: Any = buyer.client.get(reverse("basket:summary")).wsgi_request
    assert request.basket.strategy.province == ""


@pytest.mark.parametrize("on_goods", [None, Decimal(0)])
def test_a_post_office_whose_taxes_are_not_known_leads_to_another_choice(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, on_goods: Decimal | None
) -> None:
    monkeypatch.setattr(Strategy, "tax_rates", {"QC": Decimal("0.14975")})
    if on_goods is not None:
        # Such as on groceries: only the delivery is taxed.
        rates = lambda strategy, product: on_goods if product else strategy.tax_rates.get(strategy.province)  # noqa: E731
        monkeypatch.setattr(Strategy, "tax_rate", rates)
    buyer.go_to_preview()
    answer = buyer.client.get(reverse("checkout:preview"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("checkout:shipping-method")
    assert "taxes for this post office" in read(answer.content.decode())
    assert "“ON”" in caplog.text
    buyer.choose_office(MONTREAL)
    buyer.place_order()
    assert only_delivery().office_province == "QC"


# Another strategy, and what was shown of its prices: paid for on another page


class FixedRate(
    strategies.UseFirstStockRecord, strategies.FixedRateTax, strategies.StockRequired, strategies.Structured
):
    """A strategy of Oscar's own, with one tax on all goods."""

    rate = Decimal("0.13")


class Deferred(strategies.UseFirstStockRecord, strategies.DeferredTax, strategies.StockRequired, strategies.Structured):
    """Another one: the checkout adds the taxes."""


@pytest.fixture
def chosen_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], Any]], None]:
    """Return what lets each request have another strategy."""

    def choose(strategy: Callable[[Any], Any]) -> None:
        monkeypatch.setattr(Selector, "strategy", lambda selector, request=None, user=None, **kwargs: strategy(request))

    return choose


def test_another_strategy_has_its_tax_said_by_the_shops_own_method(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, chosen_by: Any
) -> None:
    class Taxed(DeliverToPostOffice):
        def tax(self, basket: Any) -> Decimal:
            return round(self.price * FixedRate.rate, 2)

    chosen_by(FixedRate)
    monkeypatch.setattr(Repository, "post_office_class", Taxed)
    buyer.buy()
    assert only_order().shipping_tax == round(only_delivery().price * FixedRate.rate, 2) > 0


def test_no_tax_on_the_delivery_is_forgotten_where_the_goods_have_one(buyer: Buyer) -> None:
    basket = get_model("basket", "Basket").objects.get()
    basket.strategy = FixedRate()
    assert [DeliverToPostOffice(Decimal(price)).tax(basket) for price in (0, 14)] == [0, None]


def test_half_a_cent_that_an_offer_leaves_is_no_tax_where_the_shop_has_none(buyer: Buyer, chosen_by: Any) -> None:
    chosen_by(strategies.Default)
    get_model("partner", "StockRecord").objects.update(price=Decimal("12.35"))
    buyer.enter_voucher()
    page = buyer.go_to_preview()
    buyer.place_order()
    assert order_for(page).total_incl_tax == Decimal("11.12") + only_delivery().price


def test_taxes_that_the_shop_adds_to_the_submission_are_those_that_were_shown(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, chosen_by: Any
) -> None:
    def add_taxes(view: Any, **kwargs: Any) -> Any:
        submission: Any = super(CheckoutSessionMixin, view).build_submission(**kwargs)
        rate = Strategy.tax_rates.get(shop.tax_destination(view.request), Decimal(0))
        for line in submission["basket"].all_lines():
            line.purchase_info.price.tax = round(line.unit_price_excl_tax * rate, 2)
        if charge := submission["shipping_charge"]:
            charge.tax = round(charge.excl_tax * rate, 2)
            # Ours may know no total yet, and another dictionary is as good for Oscar.
            submission = {**submission, "order_total": view.get_order_totals(submission["basket"], charge)}
        return submission

    chosen_by(Deferred)
    monkeypatch.setattr(CheckoutSessionMixin, "build_submission", add_taxes)
    page = buyer.go_to_preview()
    # The provider's own call knows of no province.
    Buyer().come_back(buyer.leave().pay)
    order = order_for(page)
    assert order.total_incl_tax == round(order.total_excl_tax * Decimal("1.13"), 2)
    assert only_delivery().state == "released"


def test_a_strategy_that_everybody_shares_learns_nothing_of_one_payment(ready: Buyer, chosen_by: Any) -> None:
    everybodys = strategies.Default()
    chosen_by(lambda request: everybodys)
    ready.get("checkout:preview")
    known = dict(vars(everybodys))
    ready.come_back(ready.leave().pay)
    assert only_delivery().state == "released"
    assert vars(everybodys) == known


def test_a_surcharge_is_that_of_what_is_being_paid_for(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    applicator = get_class("checkout.applicator", "SurchargeApplicator")
    # It leaves half a cent, which databases round up or down.
    charges = (PercentageCharge(percentage=Decimal("2.9")),)
    monkeypatch.setattr(applicator, "get_surcharges", lambda self, basket, **kwargs: charges)
    page = buyer.go_to_preview()
    total = buyer.client.get(reverse("checkout:preview")).context["order_total"]
    assert all(amount == round(amount, 2) for amount in (total.excl_tax, total.incl_tax))
    answer = buyer.leave().pay
    buyer.put_into_basket("stoneware-mug")
    # It is for a way of paying that only the buyer's session knows.
    monkeypatch.setattr(applicator, "get_surcharges", lambda self, basket, **kwargs: ())
    Buyer().come_back(answer)
    order = order_for(page)
    assert (order.surcharges.get().code, order.surcharges.get().excl_tax > 0) == ("percentage-surcharge", True)
    assert f'name="total" value="{order.total_incl_tax}"' in page
    assert only_delivery().state == "released"


def test_an_offer_that_counts_on_taxed_prices_takes_off_what_was_shown(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_tax(strategy: Any, product: Any, stockrecord: Any) -> Any:
        tax = strategy.tax_on(stockrecord.price) or Decimal(0)
        return TaxInclusiveFixedPrice("CAD", stockrecord.price, tax)

    monkeypatch.setattr(Strategy, "pricing_policy", with_tax)
    buyer.enter_voucher()
    page = buyer.go_to_preview()
    answer = buyer.leave().pay
    make_dearer()
    buyer.come_back(answer)
    assert order_for(page)


@pytest.mark.parametrize("ends_during_the_payment", [False, True])
def test_an_offer_on_shipping_takes_off_what_is_charged_and_holds_nothing(
    buyer: Buyer, ends_during_the_payment: bool
) -> None:
    models = {name: get_model("offer", name).objects for name in ("Range", "Benefit", "Condition", "ConditionalOffer")}
    goods = models["Range"].get(name="Everything")
    offer = models["ConditionalOffer"].create(
        name="Half the delivery",
        benefit=models["Benefit"].create(type="Shipping percentage", value=50),
        condition=models["Condition"].create(range=goods, type="Count", value=1),
    )
    page = buyer.go_to_preview()
    assert "without the discount on your delivery" in buyer.get("deliver_to_po:choose")
    if ends_during_the_payment:
        answer = buyer.leave().pay
        offer.suspend()
        buyer.come_back(answer)
    else:
        buyer.place_order()
    delivery = only_delivery()
    assert delivery.state == "released"
    assert order_for(page).shipping_incl_tax == round(delivery.price * Decimal("1.13") / 2, 2)


def test_another_charge_than_was_reserved_holds_the_order(ready: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ready.leave().pay
    monkeypatch.setattr(placement, "charge_before_offers", lambda method, basket: Decimal("1.00"))
    ready.come_back(answer)
    delivery = only_delivery()
    assert (delivery.state, delivery.reason) == ("held", Reason.CHARGED_OTHERWISE)

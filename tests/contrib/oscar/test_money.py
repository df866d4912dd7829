"""Nobody pays another amount than they saw, nobody pays twice, and whoever has paid has an order."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.cache import cache, caches
from django.urls import reverse
from django.utils import timezone
from oscar.apps.checkout.surcharges import PercentageCharge
from oscar.apps.partner import strategy as strategies
from oscar.apps.partner.prices import TaxInclusiveFixedPrice
from oscar.core.loading import get_class, get_model
from oscar.templatetags.currency_filters import currency as format_amount

from deliver_to_po import shop
from deliver_to_po.adapter import Service
from deliver_to_po.contrib.oscar import checkout
from deliver_to_po.contrib.oscar.choice import CODE
from deliver_to_po.contrib.oscar.method import DeliverToPostOffice
from deliver_to_po.contrib.oscar.unplaced import in_language_of_staff
from deliver_to_po.models import Delivery
from deliver_to_po.privacy.expiring import delete_expired_drafts
from example_shop.oscar.adapter import FREE_FROM, ShopAdapter
from example_shop.oscar.checkout import views
from example_shop.oscar.checkout.session import CheckoutSessionMixin
from example_shop.oscar.checkout.views import note_payment
from example_shop.oscar.checkout_tests import ADDRESS
from example_shop.oscar.partner.strategy import Selector, Strategy
from example_shop.oscar.shipping.repository import HomeDelivery
from tests.contrib.oscar.buyer import Buyer, Order, amounts, only_delivery, only_order
from tests.factories import make_pause

Repository: Any = get_class("shipping.repository", "Repository")
VOUCHER = "TILLEUL10"
MONTREAL = "H2X 1Y4"


class FixedRate(
    strategies.UseFirstStockRecord, strategies.FixedRateTax, strategies.StockRequired, strategies.Structured
):
    """A strategy of Oscar's own, with one tax on all goods."""

    rate = Decimal("0.13")


class Deferred(strategies.UseFirstStockRecord, strategies.DeferredTax, strategies.StockRequired, strategies.Structured):
    """Another one: the checkout adds the taxes."""


def read(page: str) -> str:
    return html.unescape(page).replace("\N{NO-BREAK SPACE}", " ")


def test_a_voucher_that_costs_the_free_delivery_is_not_charged_unseen(buyer: Buyer) -> None:
    buyer.put_into_basket("cast-iron-pan")
    buyer.go_to_preview()
    form = buyer.form()
    assert buyer.choice().price == 0
    # In another tab: 216.00 become 194.40, and delivery is free from 200.00.
    buyer.post("basket:vouchers-add", {"code": VOUCHER})
    refused = buyer.place_order(form)
    assert refused["location"] == reverse("checkout:preview")
    assert not Order.objects.exists()
    page = buyer.get("checkout:preview")
    assert read(page).count("no longer free") == 1
    buyer.place_order()
    order = only_order()
    assert order.shipping_excl_tax == only_delivery().price > 0
    assert amounts(page)[-1] == str(order.total_incl_tax)


def test_a_voucher_that_is_taken_back_makes_it_free_again(buyer: Buyer) -> None:
    buyer.put_into_basket("cast-iron-pan")
    buyer.post("basket:vouchers-add", {"code": VOUCHER})
    assert amounts(buyer.go_to_preview())[-2] != "0.00"
    voucher = get_model("voucher", "Voucher").objects.get(code=VOUCHER)
    buyer.post("basket:vouchers-remove", {}, voucher.pk)
    # The page that finds it out says so.
    assert read(buyer.get("basket:summary")).count("Your delivery is now free") == 1
    buyer.place_order()
    assert only_order().shipping_incl_tax == only_delivery().price == 0


def test_of_an_order_too_the_goods_alone_make_the_delivery_free(buyer: Buyer) -> None:
    buyer.put_into_basket("cast-iron-pan")
    buyer.post("basket:vouchers-add", {"code": VOUCHER})
    buyer.go_to_preview()
    buyer.place_order()
    order = only_order()
    assert order.total_excl_tax > FREE_FROM > order.total_excl_tax - order.shipping_excl_tax
    # Asked where its post office is chosen again.
    assert ShopAdapter().price(order, Service.EXPEDITED_PARCEL, None) == ShopAdapter.fallback_price


@pytest.mark.parametrize("code", [CODE, "home"])
def test_another_total_than_the_preview_has_shown_is_not_charged(buyer: Buyer, code: str) -> None:
    buyer.post("basket:vouchers-add", {"code": VOUCHER})
    buyer.go_to_preview()
    buyer.choose_method(code)
    form = buyer.form()
    # In another tab, which leaves the price of the delivery as it is.
    voucher = get_model("voucher", "Voucher").objects.get(code=VOUCHER)
    buyer.post("basket:vouchers-remove", {}, voucher.pk)
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


def test_a_declined_card_gives_all_back_and_is_tried_again(buyer: Buyer) -> None:
    buyer.go_to_preview()
    page = read(buyer.place_order(pay="declined").content.decode())
    assert "Your card was declined" in page
    assert buyer.choice().state == "draft"
    buyer.place_order()
    assert only_delivery().state == "released"


def test_after_a_declined_card_another_office_can_be_chosen(buyer: Buyer) -> None:
    first = buyer.go_to_preview() and buyer.choice().office_id
    buyer.place_order(pay="declined")
    buyer.choose_office(MONTREAL)
    buyer.place_order()
    assert only_delivery().office_id != first
    assert only_delivery().office_province == "QC"


@pytest.mark.parametrize("code", [CODE, "home"])
def test_of_two_presses_at_once_one_pays(buyer: Buyer, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    buyer.go_to_preview()
    buyer.choose_method(code)
    form = buyer.form()

    def beside_another(view: Any, choice: str) -> None:
        get_model("basket", "Basket").objects.update(status="Frozen")

    monkeypatch.setattr(checkout.PostOfficeOrderPlacement, "refuse_another_order", beside_another)
    monkeypatch.setattr(views, "note_payment", lambda *args: pytest.fail("paid twice"))
    assert buyer.place_order(form)["location"] == reverse("checkout:thank-you")


def test_who_presses_again_while_the_card_is_charged_is_told_to_wait(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer.go_to_preview()
    form = buyer.form()
    told: list[str] = []

    def beside_another(view: Any, *paid: Any) -> None:
        monkeypatch.setattr(views, "note_payment", note_payment)
        told.append(buyer.client.get(buyer.place_order(form)["location"], follow=True).content.decode())
        note_payment(view, *paid)

    monkeypatch.setattr(views, "note_payment", beside_another)
    assert buyer.place_order(form)["location"] == reverse("checkout:thank-you")
    assert "Your order is being placed already" in told[0]
    assert str(only_order().number) in buyer.get("checkout:thank-you")


def test_a_press_on_an_old_preview_leads_to_the_order_that_a_webhook_has_placed(buyer: Buyer) -> None:
    buyer.go_to_preview()
    form = buyer.form()
    Buyer().post("checkout:paid", {"paid": answers(buyer)["pay"]})
    assert buyer.place_order(form)["location"] == reverse("checkout:thank-you")
    assert str(only_order().number) in buyer.get("checkout:thank-you")


def test_a_press_on_a_preview_without_seen_charges_nothing(buyer: Buyer) -> None:
    buyer.go_to_preview()
    assert buyer.place_order({})["location"] == reverse("checkout:preview")
    assert not Order.objects.exists()


def test_an_order_that_fails_after_the_payment_keeps_what_was_reserved(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer.go_to_preview()
    with monkeypatch.context() as broken:
        broken.setattr(checkout, "place", lambda *args, **kwargs: 1 / 0)
        assert "A problem occurred while placing this order" in buyer.place_order().content.decode()
    assert not Order.objects.exists()
    assert get_model("communication", "Notification").objects.get().subject == "A payment without an order"
    assert buyer.choice().state == "reserved"
    buyer.place_order()
    assert only_delivery().state == "released"


def test_an_order_whose_mail_cannot_be_sent_is_shown_to_its_buyer(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda message: 1 / 0)
    buyer.go_to_preview()
    assert buyer.place_order()["location"] == reverse("checkout:thank-you")
    assert str(only_order().number) in buyer.get("checkout:thank-you")
    assert "has no e-mail to its buyer: ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("code", [CODE, "home"])
def test_what_is_only_downloaded_after_all_is_ordered_without_a_delivery(buyer: Buyer, code: str) -> None:
    buyer.go_to_preview()
    buyer.choose_method(code)
    kinds = get_model("catalogue", "ProductClass").objects
    download = kinds.create(name="Download", requires_shipping=False, track_stock=False)
    get_model("catalogue", "Product").objects.update(product_class=download)
    asked = buyer.client.get(reverse("checkout:preview"))["location"]
    assert asked == reverse("checkout:shipping-method")
    buyer.client.get(asked)
    buyer.place_order()
    order = only_order()
    assert (order.shipping_code, order.shipping_excl_tax) == ("no-shipping-required", 0)
    assert not Delivery.objects.exclude(order=None).exists()


def test_downloads_alone_are_bought_where_their_tax_is_known_without_an_address(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kinds = get_model("catalogue", "ProductClass").objects
    download = kinds.create(name="Download", requires_shipping=False, track_stock=False)
    get_model("catalogue", "Product").objects.update(product_class=download)
    buyer.post("checkout:index", {"username": "zoe@example.com", "options": "anonymous"})
    buyer.get("checkout:shipping-method")
    assert "We cannot calculate the taxes of your order" in buyer.get("checkout:preview")
    assert "tax_rate()" in caplog.text
    monkeypatch.setattr(Strategy, "tax_rate", lambda strategy, product: Decimal("0.05"))
    buyer.place_order()
    assert only_order().total_incl_tax == round(148 * Decimal("1.05"), 2)


def test_home_delivery_has_its_own_taxes_and_no_delivery(buyer: Buyer) -> None:
    buyer.go_to_preview()
    buyer.choose_method("home")
    page = buyer.get("checkout:preview")
    assert "photo ID" not in page
    buyer.place_order()
    order = only_order()
    assert (order.shipping_code, Delivery.objects.exclude(order=None).exists()) == ("home", False)
    assert order.total_incl_tax == sum(round(amount * Decimal("1.14975"), 2) for amount in (Decimal(148), Decimal(12)))
    # The next order begins without a choice.
    assert "deliver_to_po.choice" not in buyer.client.session


def test_each_way_of_delivery_is_listed_with_the_taxes_that_it_would_be_charged_with(buyer: Buyer) -> None:
    buyer.go_to_preview()
    price = buyer.choice().price or 0
    listed = [str(round(Decimal(12) * Decimal("1.14975"), 2)), str(round(price * Decimal("1.13"), 2))]
    assert amounts(buyer.get("checkout:shipping-method"))[-2:] == listed
    assert amounts(buyer.get("basket:summary"))[-1] == amounts(buyer.get("checkout:preview"))[-1]
    buyer.choose_method("home")
    assert listed[0] in amounts(buyer.get("checkout:preview"))


def test_before_anybody_knows_the_province_prices_are_without_tax(buyer: Buyer) -> None:
    assert amounts(buyer.get("basket:summary"))[-1] == "160.00"


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
    buyer.choose_office()
    buyer.name_recipient()
    buyer.place_order()
    assert only_order().shipping_tax == round(only_delivery().price * Decimal("0.13"), 2)


def test_a_post_office_whose_taxes_are_not_known_leads_to_another_choice(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Strategy, "tax_rates", {"QC": Decimal("0.14975")})
    buyer.go_to_preview()
    answer = buyer.client.get(reverse("checkout:preview"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("checkout:shipping-method")
    assert "taxes for this post office" in read(answer.content.decode())
    assert "“ON”" in caplog.text
    buyer.choose_office(MONTREAL)
    buyer.place_order()
    assert only_delivery().office_province == "QC"


def test_another_strategy_has_its_tax_said_by_the_shops_own_method(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Taxed(DeliverToPostOffice):
        def tax(self, basket: Any) -> Decimal:
            return round(self.price * FixedRate.rate, 2)

    monkeypatch.setattr(Selector, "strategy", lambda selector, request=None, user=None, **kwargs: FixedRate(request))
    monkeypatch.setattr(Repository, "post_office_class", Taxed)
    buyer.go_to_preview()
    buyer.place_order()
    assert only_order().shipping_tax == round(only_delivery().price * FixedRate.rate, 2) > 0


def test_taxes_that_the_shop_adds_to_the_submission_are_those_that_were_shown(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add_taxes(view: Any, **kwargs: Any) -> Any:
        submission: Any = super(CheckoutSessionMixin, view).build_submission(**kwargs)
        rate = Strategy.tax_rates.get(shop.tax_destination(view.request), Decimal(0))
        for line in submission["basket"].all_lines():
            line.purchase_info.price.tax = round(line.unit_price_excl_tax * rate, 2)
        if charge := submission["shipping_charge"]:
            charge.tax = round(charge.excl_tax * rate, 2)
            submission["order_total"] = view.get_order_totals(submission["basket"], charge)
        return submission

    monkeypatch.setattr(Selector, "strategy", lambda selector, request=None, user=None, **kwargs: Deferred(request))
    monkeypatch.setattr(CheckoutSessionMixin, "build_submission", add_taxes)
    page = buyer.go_to_preview()
    # The provider's own call knows of no province.
    Buyer().post("checkout:paid", {"paid": answers(buyer)["pay"]})
    order = only_order()
    assert order.total_incl_tax == round(order.total_excl_tax * Decimal("1.13"), 2)
    assert (amounts(page)[-1], only_delivery().state) == (str(order.total_incl_tax), "released")


def test_a_strategy_that_everybody_shares_learns_nothing_of_one_payment(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybodys = strategies.Default()
    monkeypatch.setattr(Selector, "strategy", lambda selector, request=None, user=None, **kwargs: everybodys)
    buyer.go_to_preview()
    known = dict(vars(everybodys))
    buyer.post("checkout:paid", {"paid": answers(buyer)["pay"]})
    assert only_delivery().state == "released"
    assert vars(everybodys) == known


def test_an_order_on_account_waits_for_its_release(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkout.PostOfficeOrderPlacement, "paid_when_placed", False)
    buyer.go_to_preview()
    buyer.place_order()
    assert only_delivery().state == "placed"
    shop.release(only_order())
    assert only_delivery().state == "released"


# Paying on another page


def answers(buyer: Buyer) -> dict[str, str]:
    """Go to the payment page, and return what its two buttons send."""
    page = buyer.client.get(buyer.place_order(pay="elsewhere")["location"]).content.decode()
    pay, cancel = re.findall(r'name="paid" value="([^"]*)"', page)
    return {"pay": pay, "cancel": cancel}


def test_a_payment_page_that_is_left_gives_all_back(buyer: Buyer) -> None:
    buyer.go_to_preview()
    answer = answers(buyer)["cancel"]
    assert buyer.post("checkout:paid", {"paid": answer})["location"] == reverse("checkout:preview")
    assert buyer.choice().state == "draft"
    buyer.place_order()
    assert only_delivery().state == "released"


def test_a_payment_that_is_cancelled_late_leaves_the_next_one_alone(buyer: Buyer) -> None:
    buyer.go_to_preview()
    first = answers(buyer)["cancel"]
    buyer.post("checkout:paid", {"paid": first})
    buyer.get("checkout:preview")
    second = answers(buyer)["pay"]
    # The provider's own call about the first one.
    Buyer().post("checkout:paid", {"paid": first})
    assert (buyer.choice().state, "Wool blanket" in buyer.get("basket:summary")) == ("reserved", False)
    buyer.post("checkout:paid", {"paid": second})
    assert only_delivery().state == "released"


def test_what_a_cache_that_is_full_still_holds_of_a_payment_does_not_count_for_the_next(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(*_args: object, **_kwargs: object) -> None:
        raise ConnectionError

    buyer.go_to_preview()
    buyer.post("checkout:paid", {"paid": answers(buyer)["cancel"]})
    monkeypatch.setattr(type(caches["default"]), "set", is_full)
    buyer.choose_office(MONTREAL)
    page = buyer.get("checkout:preview")
    buyer.post("checkout:paid", {"paid": answers(buyer)["pay"]})
    assert only_delivery().state == "released"
    assert only_delivery().office_province == "QC"
    assert amounts(page)[-1] == str(only_order().total_incl_tax)


def test_of_two_answers_at_once_both_lead_to_the_order(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer.go_to_preview()
    answer = answers(buyer)["pay"]

    def beside_another(view: Any, *paid: Any) -> None:
        monkeypatch.setattr(views, "note_payment", note_payment)
        Buyer().post("checkout:paid", {"paid": answer})
        note_payment(view, *paid)

    monkeypatch.setattr(views, "note_payment", beside_another)
    assert buyer.post("checkout:paid", {"paid": answer})["location"] == reverse("checkout:thank-you")
    assert str(only_order().number) in buyer.get("checkout:thank-you")
    assert not only_order().notes.exists()


@pytest.mark.parametrize("language", ["en", "fr-ca"])
def test_a_webhook_places_the_order_and_the_buyer_is_led_to_it(
    buyer: Buyer, mailoutbox: list[Any], language: str
) -> None:
    buyer.client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    buyer.go_to_preview()
    answer = answers(buyer)["pay"]
    # The provider's own call has neither the buyer's session nor their language.
    Buyer(language="").post("checkout:paid", {"paid": answer})
    [mail] = mailoutbox
    assert ("bureau de poste" in mail.body) == (language == "fr-ca")
    buyer.post("checkout:paid", {"paid": answer})
    assert str(only_order().number) in buyer.get("checkout:thank-you")
    assert "deliver_to_po.choice" not in buyer.client.session


def test_the_mail_of_a_webhooks_order_leads_its_customer_to_it(customer: Buyer, mailoutbox: list[Any]) -> None:
    customer.go_to_preview()
    Buyer().post("checkout:paid", {"paid": answers(customer)["pay"]})
    [mail] = mailoutbox
    assert reverse("customer:order", args=[only_order().number]) in mail.body
    assert only_order().number in customer.get("customer:order", only_order().number)


def test_who_presses_again_while_a_payment_page_is_open_is_not_led_to_the_order_before(buyer: Buyer) -> None:
    buyer.go_to_preview()
    buyer.place_order()
    buyer.put_into_basket("stoneware-mug")
    buyer.go_to_preview()
    form = buyer.form()
    answer = answers(buyer)["pay"]
    page = buyer.client.get(buyer.place_order(form)["location"], follow=True).content.decode()
    assert ("being placed already" in page, only_order().number in page) == (True, False)
    buyer.post("checkout:paid", {"paid": answer})
    assert Order.objects.latest("pk").number in buyer.get("checkout:thank-you")


@pytest.mark.parametrize("by_webhook", [False, True])
def test_an_answer_that_comes_once_more_leaves_the_next_checkout_alone(buyer: Buyer, by_webhook: bool) -> None:
    buyer.go_to_preview()
    answer = answers(buyer)["pay"]
    (Buyer() if by_webhook else buyer).post("checkout:paid", {"paid": answer})
    buyer.put_into_basket("wool-blanket")
    buyer.go_to_preview()
    assert buyer.post("checkout:paid", {"paid": answer})["location"] == reverse("checkout:thank-you")
    buyer.place_order()
    assert Delivery.objects.filter(state="released").count() == 2


def test_an_order_is_shown_to_its_buyer_only_whoever_has_the_answer_of_its_payment(customer: Buyer) -> None:
    customer.go_to_preview()
    answer = answers(customer)["pay"]
    Buyer().post("checkout:paid", {"paid": answer})
    customer.client.logout()
    for browser, is_shown in (Buyer(), False), (customer, True):
        if is_shown:
            sign_in(browser)
        browser.post("checkout:paid", {"paid": answer})
        page = browser.client.get(reverse("checkout:thank-you"), follow=True).content.decode()
        assert (only_order().number in page) == is_shown
        assert ("Its number is in the e-mail" in page) == (not is_shown)


@pytest.fixture
def clerks(change_settings: Any, mailoutbox: list[Any]) -> list[Any]:
    """Return what is sent to the shop's clerks alone."""
    change_settings(CLERKS=("clerk@tilleul.example",))
    return mailoutbox


@pytest.mark.parametrize(("then", "at_once"), [("card", False), ("elsewhere", True), ("card", True)])
def test_a_second_payment_for_an_order_is_told_to_buyer_and_staff_once(
    buyer: Buyer, clerks: list[Any], monkeypatch: pytest.MonkeyPatch, then: str, at_once: bool
) -> None:
    buyer.go_to_preview()
    first, elsewhere = answers(buyer), Buyer()
    buyer.post("checkout:paid", {"paid": first["cancel"]})

    def pay_first() -> None:
        # Every answer may come twice.
        for _ in range(2):
            elsewhere.post("checkout:paid", {"paid": first["pay"]})

    def beside_the_first(view: Any, amount: Decimal, currency: str, reference: str = "") -> None:
        monkeypatch.setattr(views, "note_payment", note_payment)
        pay_first()
        note_payment(view, amount, currency, "the second")

    if at_once:
        monkeypatch.setattr(views, "note_payment", beside_the_first)
    if then == "card":
        page = buyer.place_order().content.decode()
    else:
        buyer.post("checkout:paid", {"paid": answers(buyer)["pay"]})
        page = buyer.get("checkout:thank-you")
    if not at_once:
        pay_first()
        page = elsewhere.get("basket:summary")
    # Oscar's own page says that the buyer should write, where the card is charged at that moment.
    assert "charged twice, write to us" in page or "contact customer services" in page
    second = "the second" if at_once else signing.loads(first["pay"])["reference"]
    [note] = only_order().notes.values_list("message", flat=True)
    assert note == f"Payment {second} has come for this order, which was paid already. If it was charged, refund it."
    [mail] = [mail for mail in clerks if mail.to == ["clerk@tilleul.example"]]
    assert (str(only_order().number) in mail.subject, note) == (True, mail.body)


@pytest.mark.parametrize(("amount", "currency"), [("0.01", "CAD"), (None, "USD")])
@pytest.mark.parametrize("code", [CODE, "home"])
def test_another_amount_makes_an_order_too_and_no_parcel_goes(
    buyer: Buyer, code: str, amount: str | None, currency: str
) -> None:
    buyer.go_to_preview()
    buyer.choose_method(code)
    paid = signing.loads(answers(buyer)["pay"])
    answer = signing.dumps({**paid, "amount": amount or paid["amount"], "currency": currency})
    # The note is for staff, whatever the buyer's language.
    in_french = buyer.client.post(reverse("checkout:paid"), {"paid": answer}, headers={"accept-language": "fr"})
    assert in_french["location"] == reverse("checkout:thank-you")
    order = only_order()
    [note] = order.notes.values_list("message", flat=True)
    assert re.findall(r"[\d.]+\d", note) == [amount or paid["amount"], str(order.total_incl_tax)]
    if code == CODE:
        assert (only_delivery().state, only_delivery().reason) == ("held", "on_hold")
        assert only_delivery().history.filter(note=note).exists()
        assert "This delivery is on hold" in buyer.get("checkout:thank-you")


def test_staff_read_an_amount_as_canada_writes_it(settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "fr-ca", [("fr-ca", "Français")]
    with in_language_of_staff():
        assert read(format_amount(Decimal("60.73"), "CAD")) == "60,73 $"


@pytest.mark.parametrize(
    ("parts", "later", "noted"),
    [(["100.00"], False, True), (["100.00", "rest"], False, False), (["100.00"], True, False), ([], False, False)],
)
def test_what_several_sources_have_paid_is_added_up(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch, parts: list[str], later: bool, noted: bool
) -> None:
    def note_parts(view: Any, total: Decimal, currency: str) -> None:
        for part in parts:
            # As some providers write it.
            note_payment(view, total - 100 if part == "rest" else Decimal(part), currency.lower())

    monkeypatch.setattr(views, "note_payment", note_parts)
    monkeypatch.setattr(checkout.PostOfficeOrderPlacement, "paid_when_placed", not later)
    buyer.go_to_preview()
    buyer.place_order()
    assert only_order().notes.exists() == noted == (only_delivery().state == "held")


def test_an_answer_in_another_browser_makes_the_order_of_who_was_signed_in(customer: Buyer) -> None:
    page = customer.go_to_preview()
    answer = answers(customer)["pay"]
    assert Buyer().post("checkout:paid", {"paid": answer})["location"] == reverse("checkout:thank-you")
    assert (only_order().user.email, only_delivery().state) == ("buyer@tilleul.example", "released")
    assert amounts(page)[-1] == str(only_order().total_incl_tax)


def deleted(address: Any) -> None:
    address.delete()


def moved_to_ontario(address: Any) -> None:
    address.state = "ON"
    address.save()


def test_the_first_payments_of_a_shop_may_come_at_once(buyer: Buyer) -> None:
    for _ in range(2):
        get_model("payment", "SourceType").objects.create(name="Demo")
    buyer.go_to_preview()
    buyer.place_order()
    assert only_order().sources.get().source_type.code == "demo"


@pytest.mark.parametrize(
    ("code", "becomes"),
    [("home", lambda address: None), ("home", deleted), ("home", moved_to_ontario), (CODE, deleted)],
)
def test_an_address_of_the_account_is_kept_as_it_was_shown(
    customer: Buyer, becomes: Callable[[Any], None], code: str
) -> None:
    user: Any = get_user_model().objects.get(email="buyer@tilleul.example")
    address = user.addresses.create(**{**ADDRESS, "country": get_model("address", "Country").objects.get(pk="CA")})
    customer.go_to_preview()
    customer.post("checkout:shipping-address", {"action": "ship_to", "address_id": address.pk})
    customer.choose_method(code)
    page = customer.get("checkout:preview")
    answer = answers(customer)["pay"]
    becomes(address)
    Buyer().post("checkout:paid", {"paid": answer})
    assert amounts(page)[-1] == str(only_order().total_incl_tax)
    shipped = only_order().shipping_address
    assert (shipped.state, shipped.line1, str(shipped.phone_number)) == ("QC", ADDRESS["line1"], "+15145550199")


def test_what_only_this_buyer_gets_is_theirs_in_another_browser_too(
    customer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_for_customers(strategy: Any, price: Decimal, product: Any = None) -> Decimal:
        return Decimal(0) if strategy.user is None else Decimal(1)

    monkeypatch.setattr(Strategy, "tax_on", half_for_customers)
    get_model("voucher", "Voucher").objects.update(usage="Once per customer")
    customer.post("basket:vouchers-add", {"code": VOUCHER})
    page = customer.go_to_preview()
    answer = answers(customer)["pay"]
    Buyer().post("checkout:paid", {"paid": answer})
    assert only_order().total_discount_incl_tax > 0
    assert amounts(page)[-1] == str(only_order().total_incl_tax)


def test_a_surcharge_is_that_of_what_is_being_paid_for(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    applicator = get_class("checkout.applicator", "SurchargeApplicator")
    # It leaves half a cent, which databases round up or down.
    charges = (PercentageCharge(percentage=Decimal("2.9")),)
    monkeypatch.setattr(applicator, "get_surcharges", lambda self, basket, **kwargs: charges)
    page = buyer.go_to_preview()
    answer = answers(buyer)["pay"]
    buyer.put_into_basket("stoneware-mug")
    buyer.post("checkout:paid", {"paid": answer})
    assert only_order().surcharges.get().excl_tax > 0
    assert f'name="total" value="{only_order().total_incl_tax}"' in page
    assert (amounts(page)[-1], only_delivery().state) == (str(only_order().total_incl_tax), "released")


def forgotten(buyer: Buyer) -> None:
    Delivery.objects.update(expires_at=timezone.now(), created_at=timezone.now() - timedelta(days=9))
    delete_expired_drafts()


# What happens after a payment was given up that is paid after all, and what becomes of the delivery then.
AFTER_ALL: dict[str, tuple[Callable[[Buyer], object], str, str]] = {
    "a pause": (lambda buyer: make_pause(), "held", "paused"),
    "another province": (lambda buyer: buyer.choose_office(MONTREAL), "held", "changed"),
    "days": (forgotten, "needs_choice", "never_chosen"),
}


@pytest.mark.parametrize("what", AFTER_ALL)
def test_what_is_paid_after_all_is_ordered_for_what_was_paid_and_with_its_taxes(buyer: Buyer, what: str) -> None:
    happens, *becomes = AFTER_ALL[what]
    page = buyer.go_to_preview()
    answer = answers(buyer)
    buyer.post("checkout:paid", {"paid": answer["cancel"]})
    happens(buyer)
    Buyer().post("checkout:paid", {"paid": answer["pay"]})
    assert amounts(page)[-1] == str(only_order().total_incl_tax)
    assert [only_delivery().state, only_delivery().reason] == becomes


def use_voucher_up() -> None:
    other = Buyer()
    other.put_into_basket("wool-blanket")
    other.post("basket:vouchers-add", {"code": VOUCHER})
    other.go_to_preview()
    other.place_order()


def end_voucher() -> None:
    get_model("voucher", "Voucher").objects.update(end_datetime=timezone.now())


def use_offer_up() -> None:
    get_model("offer", "ConditionalOffer").objects.update(max_global_applications=1, num_applications=1)


def make_dearer() -> None:
    get_model("partner", "StockRecord").objects.update(price=Decimal("999.00"))


def sell_no_longer() -> None:
    get_model("partner", "StockRecord").objects.update(price=None)


@pytest.mark.parametrize(
    ("code", "meanwhile"),
    [
        *(("home", each) for each in (use_voucher_up, end_voucher, use_offer_up, make_dearer, sell_no_longer)),
        (CODE, use_voucher_up),
        (CODE, make_dearer),
    ],
)
def test_prices_and_discounts_are_those_that_were_shown_whatever_becomes_of_them(
    buyer: Buyer, code: str, meanwhile: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    get_model("voucher", "Voucher").objects.update(usage="Single use")
    buyer.post("basket:vouchers-add", {"code": VOUCHER})
    buyer.go_to_preview()
    buyer.choose_method(code)
    page = buyer.get("checkout:preview")
    answer = answers(buyer)["pay"]
    meanwhile()
    monkeypatch.setattr(HomeDelivery, "charge_excl_tax", Decimal("99.00"))
    buyer.post("checkout:paid", {"paid": answer})
    order = Order.objects.latest("pk")
    assert (str(order.total_incl_tax), order.discounts.get().voucher_code) == (amounts(page)[-1], VOUCHER)
    assert order.lines.get().unit_price_excl_tax == 148
    assert [delivery.state for delivery in order.d2po_deliveries.all()] == ["released"] * (code == CODE)


def test_an_offer_that_counts_on_taxed_prices_takes_off_what_was_shown(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_tax(strategy: Any, product: Any, stockrecord: Any) -> Any:
        tax = strategy.tax_on(stockrecord.price) or Decimal(0)
        return TaxInclusiveFixedPrice("CAD", stockrecord.price, tax)

    monkeypatch.setattr(Strategy, "pricing_policy", with_tax)
    buyer.post("basket:vouchers-add", {"code": VOUCHER})
    page = buyer.go_to_preview()
    answer = answers(buyer)["pay"]
    make_dearer()
    buyer.post("checkout:paid", {"paid": answer})
    assert amounts(page)[-1] == str(only_order().total_incl_tax)


def test_a_voucher_that_is_used_up_while_the_card_is_charged_costs_no_order(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beside_another(view: Any, *paid: Any) -> None:
        monkeypatch.setattr(views, "note_payment", note_payment)
        use_voucher_up()
        note_payment(view, *paid)

    get_model("voucher", "Voucher").objects.update(usage="Single use")
    buyer.post("basket:vouchers-add", {"code": VOUCHER})
    page = buyer.go_to_preview()
    monkeypatch.setattr(views, "note_payment", beside_another)
    assert buyer.place_order()["location"] == reverse("checkout:thank-you")
    order = Order.objects.latest("pk")
    assert (str(order.total_incl_tax), order.d2po_deliveries.get().state) == (amounts(page)[-1], "released")


def sign_in(buyer: Buyer) -> None:
    who = {"login-username": "buyer@tilleul.example", "login-password": "demo"}
    buyer.post("customer:login", {**who, "login_submit": "1"})


def test_a_guest_who_signs_in_during_the_payment_and_gives_it_up_keeps_the_basket(buyer: Buyer) -> None:
    buyer.go_to_preview()
    answer = answers(buyer)["cancel"]
    sign_in(buyer)
    buyer.post("checkout:paid", {"paid": answer})
    assert "Wool blanket" in buyer.get("basket:summary")


def become_part_of_another(buyer: Buyer, answer: dict[str, str]) -> None:
    buyer.post("checkout:paid", {"paid": answer["cancel"]})
    sign_in(buyer)
    buyer.get("basket:summary")


def forget_session_and_cache(buyer: Buyer, answer: dict[str, str]) -> None:
    buyer.client.cookies.clear()
    cache.clear()


def delete_what_is_bought(buyer: Buyer, answer: dict[str, str]) -> None:
    get_model("basket", "Line").objects.all().delete()


def become_a_download(buyer: Buyer, answer: dict[str, str]) -> None:
    buyer.post("checkout:paid", {"paid": answer["cancel"]})
    kinds = get_model("catalogue", "ProductClass").objects
    download = kinds.create(name="Download", requires_shipping=False, track_stock=False)
    get_model("catalogue", "Product").objects.update(product_class=download)


@pytest.mark.parametrize(
    "what", [become_part_of_another, forget_session_and_cache, delete_what_is_bought, become_a_download]
)
def test_a_payment_that_is_no_longer_known_is_not_lost_in_silence(
    buyer: Buyer, what: Callable[[Buyer, dict[str, str]], None], clerks: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    buyer.go_to_preview()
    answer = answers(buyer)
    what(buyer, answer)
    for minutes in (0, 10):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            buyer.post("checkout:paid", {"paid": answer["pay"]})
    assert "If you have paid, write to us." in buyer.get("basket:summary")
    assert "has no order" in caplog.text
    [mail] = clerks
    [told] = get_model("communication", "Notification").objects.filter(recipient__email="merchant@tilleul.example")
    assert mail.subject == told.subject == "A payment without an order"
    for text in (mail.body, told.body):
        assert f"Its reference: {signing.loads(answer['pay'])['reference']}" in text


def test_a_mail_server_that_is_down_costs_no_answer(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda message: 1 / 0)
    buyer.go_to_preview()
    answer = answers(buyer)["pay"]
    cache.clear()
    assert Buyer().post("checkout:paid", {"paid": answer})["location"] == reverse("checkout:thank-you")


def test_an_answer_that_nobody_has_signed_is_refused(buyer: Buyer) -> None:
    assert buyer.post("checkout:paid", {"paid": "forged"}).status_code == 404
    assert buyer.client.get(reverse("pay-elsewhere", args=["forged"])).status_code == 404


def test_home_delivery_after_a_payment_that_was_given_up_has_the_taxes_of_home(buyer: Buyer) -> None:
    buyer.go_to_preview()
    answers(buyer)
    buyer.put_into_basket("wool-blanket")
    buyer.choose_method("home")
    page = buyer.get("checkout:preview")
    buyer.post("checkout:paid", {"paid": answers(buyer)["pay"]})
    assert only_order().shipping_code == "home"
    assert amounts(page)[-1] == str(only_order().total_incl_tax)


def test_a_smaller_basket_after_one_that_was_free_pays_for_its_own_delivery(buyer: Buyer) -> None:
    buyer.put_into_basket("cast-iron-pan")
    free = buyer.go_to_preview()
    answer = answers(buyer)["pay"]
    buyer.put_into_basket("wool-blanket")
    page = buyer.get("checkout:preview")
    buyer.place_order()
    smaller, delivery = only_order(), only_delivery()
    assert smaller.shipping_excl_tax == delivery.price > 0
    assert amounts(page)[-1] == str(smaller.total_incl_tax)
    # The first payment comes after all.
    buyer.post("checkout:paid", {"paid": answer})
    larger = Order.objects.exclude(pk=smaller.pk).get()
    assert larger.shipping_excl_tax == 0
    assert amounts(free)[-1] == str(larger.total_incl_tax)
    assert {str(delivery.state) for delivery in Delivery.objects.filter(order__isnull=False)} == {"released"}


@pytest.mark.parametrize("then", ["card", "declined", "elsewhere"])
@pytest.mark.parametrize("first", ["post office", "home"])
def test_two_payments_at_once_know_nothing_of_each_other(buyer: Buyer, first: str, then: str) -> None:
    shown = buyer.go_to_preview()
    if first == "home":
        buyer.choose_method("home")
        shown = buyer.get("checkout:preview")
    answer = answers(buyer)["pay"]
    buyer.put_into_basket("stoneware-mug")
    if first == "post office":
        buyer.say_who(state="ON", line4="Ottawa", postcode="K1A 0B1")
        buyer.choose_method("home")
        buyer.place_order(pay=then)
    else:
        buyer.go_to_preview()
        buyer.place_order(pay=then)
    before = set(Order.objects.values_list("pk", flat=True))
    assert buyer.post("checkout:paid", {"paid": answer})["location"] == reverse("checkout:thank-you")
    order = Order.objects.exclude(pk__in=before).get()
    assert (order.shipping_code, order.shipping_address.line4) == (
        CODE if first == "post office" else "home",
        "Gatineau",
    )
    assert amounts(shown)[-1] == str(order.total_incl_tax)
    placed = [str(delivery.state) for delivery in Delivery.objects.filter(order=order)]
    assert placed == (["released"] if first == "post office" else [])


def test_two_payments_for_the_same_goods_are_for_a_delivery_each(buyer: Buyer) -> None:
    buyer.go_to_preview()
    first = answers(buyer)["pay"]
    buyer.put_into_basket("wool-blanket")
    buyer.get("checkout:preview")
    second = answers(buyer)["pay"]
    for answer in (second, first):
        buyer.post("checkout:paid", {"paid": answer})
    assert [delivery.state for delivery in Delivery.objects.filter(current_order__isnull=False)] == ["released"] * 2


def test_home_delivery_that_was_given_up_and_is_paid_after_all_makes_an_order(buyer: Buyer) -> None:
    buyer.say_who()
    buyer.choose_method("home")
    answer = answers(buyer)
    for outcome in ("cancel", "pay"):
        buyer.post("checkout:paid", {"paid": answer[outcome]})
    assert only_order().shipping_code == "home"


def test_of_two_payments_the_one_that_is_given_up_gives_its_own_basket_back(buyer: Buyer) -> None:
    buyer.go_to_preview()
    first = answers(buyer)
    choice = buyer.choice()
    buyer.put_into_basket("stoneware-mug")
    buyer.choose_method("home")
    second = answers(buyer)
    buyer.post("checkout:paid", {"paid": first["cancel"]})
    choice.refresh_from_db()
    assert choice.state == "draft"
    assert "Wool blanket" in buyer.get("basket:summary")
    buyer.post("checkout:paid", {"paid": second["pay"]})
    assert only_order().shipping_code == "home"
    # What is paid is not given back by a page that was left open.
    buyer.post("checkout:paid", {"paid": second["cancel"]})
    assert only_order().basket.status == "Submitted"


def test_an_adapter_that_fails_after_the_payment_undoes_no_order(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer.go_to_preview()
    monkeypatch.setattr(ShopAdapter, "goes_to_post_office", lambda adapter, order: 1 / 0)
    buyer.place_order()
    assert (only_delivery().state, only_delivery().reason) == ("held", "shop_error")


# Oscar's own offers


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
        answer = answers(buyer)["pay"]
        offer.suspend()
        buyer.post("checkout:paid", {"paid": answer})
    else:
        buyer.place_order()
    order, delivery = only_order(), only_delivery()
    assert delivery.state == "released"
    assert order.shipping_incl_tax == round(delivery.price * Decimal("1.13") / 2, 2)
    assert amounts(page)[-1] == str(order.total_incl_tax)

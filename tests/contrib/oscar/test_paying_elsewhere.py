"""A payment on another page: whatever happens until its answer, there is one order, of what was shown."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.cache import cache, caches
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from oscar.core.loading import get_class, get_model
from oscar.templatetags.currency_filters import currency as format_amount

from deliver_to_po.contrib.oscar import payment
from deliver_to_po.contrib.oscar.being_paid import BEGUN, MOST, begin_payment, being_paid, end_payment, resume_payment
from deliver_to_po.contrib.oscar.choice import CODE, chose_post_office
from deliver_to_po.contrib.oscar.unplaced import in_language_of_staff, tell_of_unplaced
from deliver_to_po.models import Delivery
from deliver_to_po.privacy.expiring import delete_expired_drafts
from example_shop.oscar.checkout_tests import ADDRESS
from example_shop.oscar.partner.strategy import Strategy
from example_shop.oscar.shipping.repository import HomeDelivery
from tests.contrib.oscar.buyer import (
    MONTREAL,
    VOUCHER,
    Answers,
    Buyer,
    Order,
    amounts,
    make_dearer,
    make_downloads,
    only_delivery,
    only_order,
    order_for,
    read,
    while_paying,
)
from tests.factories import make_pause


def test_a_payment_that_is_left_gives_all_back_and_once_more_leaves_the_next_one_alone(ready: Buyer) -> None:
    first = ready.leave()
    assert ready.come_back(first.cancel)["location"] == reverse("checkout:preview")
    assert ready.choice().state == "draft"
    second = ready.leave()
    # The provider's own call about the first one.
    Buyer().come_back(first.cancel)
    assert (ready.choice().state, "Wool blanket" in ready.get("basket:summary")) == ("reserved", False)
    ready.come_back(second.pay)
    assert only_delivery().state == "released"


@pytest.mark.parametrize("looks", [False, True])
def test_what_the_providers_own_call_gives_up_is_given_back_to_its_buyer(anybody: Buyer, looks: bool) -> None:
    anybody.go_to_preview()
    answer = anybody.leave().cancel
    if looks:
        # A guest's cookie knows the basket no longer.
        anybody.get("basket:summary")
    Buyer().come_back(answer)
    assert anybody.choice().state == "draft"
    assert "Wool blanket" in anybody.get("checkout:preview")
    anybody.place_order()
    assert only_delivery().state == "released"


def test_what_a_cache_that_is_full_still_holds_of_a_payment_does_not_count_for_the_next(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(*_args: object, **_kwargs: object) -> None:
        raise ConnectionError

    ready.come_back(ready.leave().cancel)
    monkeypatch.setattr(type(caches["default"]), "set", is_full)
    ready.choose_office(MONTREAL)
    page = ready.get("checkout:preview")
    ready.come_back(ready.leave().pay)
    assert order_for(page)
    assert (only_delivery().state, only_delivery().office_province) == ("released", "QC")


def test_what_a_payment_has_noted_in_the_session_stays_beside_what_it_began_with() -> None:
    request: Any = RequestFactory().get("/")
    began = {"payment": {"method": "wallet"}, "submission": {"order_number": "1"}, "shipping": {"method_code": CODE}}
    now = {"payment": {"token": "7"}, "submission": {"order_number": "2", "token": "8"}, "shipping": {"other": "tab"}}
    request.session = {BEGUN: {"none": {"checkout": began}}, "checkout_data": now}
    resume_payment(request, SimpleNamespace(pk="none"))
    assert request.session["checkout_data"] == {
        "payment": {"method": "wallet", "token": "7"},
        "submission": {"order_number": "1", "token": "8"},
        "shipping": {"method_code": CODE},
    }


def test_a_session_keeps_the_last_of_many_payments(ready: Buyer) -> None:
    session = ready.client.session
    session[BEGUN] = {f"-{number}": {"choice": "", "given_back": True} for number in range(MOST + 1)}
    session.save()
    answer = ready.leave().pay
    assert len(ready.client.session[BEGUN]) == MOST
    cache.clear()
    ready.come_back(answer)
    assert only_delivery().state == "released"


def test_another_shop_that_has_the_same_cache_knows_nothing_of_a_payment(ready: Buyer, settings: Any) -> None:
    ready.leave()
    basket = get_model("basket", "Basket").objects.get(status="Frozen")
    elsewhere: Any = RequestFactory().get("/")
    elsewhere.session = {}
    assert being_paid(elsewhere, basket.pk)
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another shop's"
    assert being_paid(elsewhere, basket.pk) is None
    # It is this shop's own, which has changed its key since the payment began.
    settings.SECRET_KEY_FALLBACKS = [key]
    assert being_paid(elsewhere, basket.pk)
    end_payment(elsewhere, basket.pk)
    assert being_paid(elsewhere, basket.pk) is None


def test_of_two_answers_at_once_both_lead_to_the_order(ready: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ready.leave().pay
    while_paying(monkeypatch, lambda: Buyer().come_back(answer))
    assert ready.come_back(answer)["location"] == reverse("checkout:thank-you")
    assert str(only_order().number) in ready.get("checkout:thank-you")
    assert not only_order().notes.exists()


@pytest.mark.parametrize("language", ["en", "fr-ca"])
def test_a_webhook_places_the_order_and_the_buyer_is_led_to_it(
    buyer: Buyer, mailoutbox: list[Any], language: str
) -> None:
    buyer.client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    buyer.go_to_preview()
    form, answer = buyer.form(), buyer.leave().pay
    # The provider's own call has neither the buyer's session nor their language.
    Buyer(language="").come_back(answer)
    [mail] = mailoutbox
    assert ("bureau de poste" in mail.body) == (language == "fr-ca")
    # So is a press on the old preview.
    assert buyer.place_order(form)["location"] == reverse("checkout:thank-you")
    for _ in range(2):
        buyer.come_back(answer)
        page = buyer.get("checkout:thank-you")
        assert (str(only_order().number) in page, "alert-warning" in page) == (True, False)
    assert "deliver_to_po.choice" not in buyer.client.session


@pytest.mark.parametrize("another_account", [False, True])
def test_an_order_of_somebody_who_was_signed_in_is_theirs_in_whichever_browser(
    customer: Buyer, mailoutbox: list[Any], another_account: bool
) -> None:
    page = customer.go_to_preview()
    elsewhere = Buyer(get_user_model().objects.create_user("another") if another_account else None)
    answer: Any = elsewhere.come_back(customer.leave().pay)
    assert answer["location"] == reverse("checkout:thank-you")
    # The next page of that browser is still for whoever has opened it.
    here = answer.wsgi_request
    assert (here.user.username, here.basket.owner) == (("another", here.user) if another_account else ("", None))
    order = order_for(page)
    assert (order.user.email, only_delivery().state) == ("buyer@tilleul.example", "released")
    [mail] = mailoutbox
    assert reverse("customer:order", args=[order.number]) in mail.body
    assert order.number in customer.get("customer:order", order.number)


def test_who_presses_again_while_the_card_is_charged_is_led_to_no_order_before_and_gets_nothing_back(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer.buy()
    buyer.put_into_basket("stoneware-mug")
    buyer.go_to_preview()
    # From here on the session names the basket.
    buyer.place_order(pay="declined")
    form, pages = buyer.form(), []

    def press_again() -> None:
        pages.append(buyer.client.get(buyer.place_order(form)["location"], follow=True).content.decode())
        pages.append(buyer.get("checkout:preview"))

    while_paying(monkeypatch, press_again)
    buyer.place_order()
    assert ("being placed already" in pages[0], "cart is empty" in pages[1]) == (True, True)
    assert (Order.objects.first().number in pages[0], Order.objects.count()) == (False, 2)


@pytest.mark.parametrize("pay", ["card", "elsewhere"])
def test_a_press_that_another_has_overtaken_is_led_to_its_order(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch, pay: str
) -> None:
    form = ready.form()

    def overtaken(request: Any) -> bool:
        monkeypatch.setattr(payment, "chose_post_office", chose_post_office)
        first = ready.place_order(form, pay)
        if pay == "elsewhere":
            page = ready.client.get(first["location"]).content.decode()
            ready.come_back(re.findall(r'name="paid" value="([^"]*)"', page)[0])
        return chose_post_office(request)

    monkeypatch.setattr(payment, "chose_post_office", overtaken)
    assert ready.place_order(form)["location"] == reverse("checkout:thank-you")
    assert only_delivery().state == "released"


def press_again(buyer: Buyer, form: dict[str, str]) -> str:
    return str(buyer.place_order(form)["location"])


def go_to_the_basket(buyer: Buyer, form: dict[str, str]) -> str:
    link: str = re.findall(r'href="([^"]+)">Back to the order', buyer.get("basket:summary"))[0]
    return link


def without_attempt(answer: str) -> str:
    return signing.dumps({**signing.loads(answer), "attempt": ""})


@pytest.mark.parametrize("how", [press_again, go_to_the_basket])
@pytest.mark.parametrize("code", [CODE, "home"])
def test_who_leaves_a_payment_page_goes_on_with_the_order_and_what_is_paid_after_all_is_what_it_was(
    buyer: Buyer, how: Callable[[Buyer, dict[str, str]], str], code: str
) -> None:
    buyer.enter_voucher()
    buyer.go_to_preview()
    buyer.choose_method(code)
    page, form = buyer.get("checkout:preview"), buyer.form()
    answer = buyer.leave().pay
    assert "not paid yet" in buyer.client.get(how(buyer, form), follow=True).content.decode()
    assert buyer.form()["total"] == form["total"]
    # Its delivery is free.
    buyer.put_into_basket("wool-blanket")
    buyer.put_into_basket("stoneware-mug")
    if code == CODE:
        buyer.choose_office(MONTREAL)
    buyer.get("checkout:preview")
    if code == CODE:
        Buyer().come_back(answer)
    else:
        # A payment extension that names no attempt.
        buyer.come_back(without_attempt(answer))
    order = order_for(page)
    assert [(line.quantity, line.upc) for line in order.lines.all()] == [(1, "wool-blanket")]
    assert [delivery.state for delivery in order.d2po_deliveries.all()] == ["released"] * (code == CODE)
    assert "Back to the order" not in buyer.get("basket:summary")


def test_who_has_all_back_is_not_led_to_what_another_buyer_has_left(ready: Buyer, customer: Buyer) -> None:
    ready.come_back(ready.leave().cancel)
    get_model("basket", "Line").objects.filter(basket__owner=None).delete()
    customer.go_to_preview()
    customer.leave()
    led = ["Back to the order" in one.get("basket:summary") for one in (ready, customer)]
    assert led == [False, True]


@pytest.mark.parametrize("by_webhook", [False, True])
def test_an_answer_that_comes_once_more_leaves_the_next_checkout_alone(ready: Buyer, by_webhook: bool) -> None:
    answer = ready.leave().pay
    (Buyer() if by_webhook else ready).come_back(answer)
    ready.put_into_basket("wool-blanket")
    ready.go_to_preview()
    assert ready.come_back(answer)["location"] == reverse("checkout:thank-you")
    ready.place_order()
    assert Delivery.objects.filter(state="released").count() == 2


def test_an_order_is_shown_to_its_buyer_only_whoever_has_the_answer_of_its_payment(customer: Buyer) -> None:
    customer.go_to_preview()
    answer = customer.leave().pay
    Buyer().come_back(answer)
    customer.client.logout()
    stranger = Buyer(get_user_model().objects.create_user("stranger"))
    for browser, is_shown in (Buyer(), False), (stranger, False), (customer, True):
        if is_shown:
            browser.sign_in()
        browser.come_back(answer)
        page = browser.client.get(reverse("checkout:thank-you"), follow=True).content.decode()
        assert (only_order().number in page) == is_shown
        assert ("Its number is in the e-mail" in page) == (not is_shown)


# Another amount, or a second payment


@pytest.fixture
def clerks(change_settings: Any, mailoutbox: list[Any]) -> list[Any]:
    """Return what is sent to the shop's clerks alone."""
    change_settings(CLERKS=("clerk@tilleul.example",))
    return mailoutbox


@pytest.mark.parametrize(("then", "at_once"), [("card", False), ("elsewhere", True), ("card", True)])
def test_a_second_payment_for_an_order_is_told_to_buyer_and_staff_once(
    ready: Buyer, clerks: list[Any], monkeypatch: pytest.MonkeyPatch, then: str, at_once: bool
) -> None:
    first, elsewhere = ready.leave(), Buyer()
    ready.come_back(first.cancel)

    def pay_first() -> None:
        # Every answer may come twice.
        for _ in range(2):
            elsewhere.come_back(first.pay)

    if at_once:
        while_paying(monkeypatch, pay_first, "the second")
    if then == "card":
        page = ready.place_order().content.decode()
    else:
        ready.come_back(ready.leave().pay)
        page = ready.get("checkout:thank-you")
    if not at_once:
        pay_first()
        page = elsewhere.get("basket:summary")
    # Oscar's own page says that the buyer should write, where the card is charged at that moment.
    assert "charged twice, write to us" in page or "contact customer services" in page
    second = "the second" if at_once else signing.loads(first.pay)["reference"]
    [note] = only_order().notes.values_list("message", flat=True)
    assert note == f"Payment {second} has come for this order, which was paid already. If it was charged, refund it."
    [mail] = [mail for mail in clerks if mail.to == ["clerk@tilleul.example"]]
    assert (str(only_order().number) in mail.subject, note) == (True, mail.body)


@pytest.mark.parametrize(("amount", "currency"), [("0.01", "CAD"), (None, "USD")])
@pytest.mark.parametrize("code", [CODE, "home"])
def test_another_amount_makes_an_order_too_and_no_parcel_goes(
    ready: Buyer, code: str, amount: str | None, currency: str
) -> None:
    ready.choose_method(code)
    paid = signing.loads(ready.leave().pay)
    answer = signing.dumps({**paid, "amount": amount or paid["amount"], "currency": currency})
    # The note is for staff, whatever the buyer's language.
    in_french = ready.client.post(reverse("checkout:paid"), {"paid": answer}, headers={"accept-language": "fr"})
    assert in_french["location"] == reverse("checkout:thank-you")
    order = only_order()
    [note] = order.notes.values_list("message", flat=True)
    assert re.findall(r"[\d.]+\d", note) == [amount or paid["amount"], str(order.total_incl_tax)]
    if code == CODE:
        assert (only_delivery().state, only_delivery().reason) == ("held", "on_hold")
        assert only_delivery().history.filter(note=note).exists()
        assert "This delivery is on hold" in ready.get("checkout:thank-you")


def test_staff_read_an_amount_as_canada_writes_it(settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "fr-ca", [("fr-ca", "Français")]
    with in_language_of_staff():
        assert read(format_amount(Decimal("60.73"), "CAD")) == "60,73 $"


# What changes meanwhile


def unchanged(address: Any) -> None:
    pass


def deleted(address: Any) -> None:
    address.delete()


def moved_to_ontario(address: Any) -> None:
    address.state = "ON"
    address.save()


@pytest.mark.parametrize(
    ("code", "becomes"), [("home", unchanged), ("home", deleted), ("home", moved_to_ontario), (CODE, deleted)]
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
    answer = customer.leave().pay
    becomes(address)
    Buyer().come_back(answer)
    shipped = order_for(page).shipping_address
    assert (shipped.state, shipped.line1, str(shipped.phone_number)) == ("QC", ADDRESS["line1"], "+15145550199")


def test_what_only_this_buyer_gets_is_theirs_in_another_browser_too(
    customer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_for_customers(strategy: Any, price: Decimal, product: Any = None) -> Decimal:
        return Decimal(0) if strategy.user is None else Decimal(1)

    monkeypatch.setattr(Strategy, "tax_on", half_for_customers)
    get_model("voucher", "Voucher").objects.update(usage="Once per customer")
    customer.enter_voucher()
    page = customer.go_to_preview()
    Buyer().come_back(customer.leave().pay)
    assert order_for(page).total_discount_incl_tax > 0


def forgotten(buyer: Buyer) -> None:
    Delivery.objects.update(expires_at=timezone.now(), created_at=timezone.now() - timedelta(days=9))
    delete_expired_drafts()


# What happens after a payment was given up that is paid after all, and what becomes of the delivery then.
AFTER_ALL: dict[str, tuple[Callable[[Buyer], object], str, str]] = {
    "a pause": (lambda buyer: make_pause(), "held", "paused"),
    "another province": (lambda buyer: buyer.choose_office(MONTREAL), "held", "changed"),
    "a voucher": (lambda buyer: buyer.enter_voucher(), "released", ""),
    "days": (forgotten, "needs_choice", "never_chosen"),
}


@pytest.mark.parametrize("what", AFTER_ALL)
def test_what_is_paid_after_all_is_ordered_for_what_was_paid_and_with_its_taxes(buyer: Buyer, what: str) -> None:
    happens, *becomes = AFTER_ALL[what]
    page = buyer.go_to_preview()
    answers = buyer.leave()
    buyer.come_back(answers.cancel)
    happens(buyer)
    Buyer().come_back(answers.pay)
    assert order_for(page)
    assert [only_delivery().state, only_delivery().reason] == becomes
    assert get_model("voucher", "Voucher").objects.get().num_orders == 0


def use_voucher_up() -> None:
    other = Buyer()
    other.put_into_basket("wool-blanket")
    other.enter_voucher()
    other.buy()


def end_voucher() -> None:
    get_model("voucher", "Voucher").objects.update(end_datetime=timezone.now())


def use_offer_up() -> None:
    get_model("offer", "ConditionalOffer").objects.update(max_global_applications=1, num_applications=1)


def edit_offer() -> None:
    get_model("offer", "Benefit").objects.update(value=25)
    get_model("offer", "Condition").objects.update(value=9)


def take_out_of_sale() -> None:
    get_model("offer", "Range").objects.update(includes_all_products=False)


def sell_no_longer() -> None:
    get_model("partner", "StockRecord").objects.update(price=None)


@pytest.mark.parametrize(
    ("code", "meanwhile"),
    [
        *(("home", each) for each in (use_voucher_up, end_voucher, use_offer_up, make_dearer, sell_no_longer)),
        (CODE, edit_offer),
        (CODE, take_out_of_sale),
        (CODE, use_voucher_up),
        (CODE, make_dearer),
    ],
)
def test_prices_and_discounts_are_those_that_were_shown_whatever_becomes_of_them(
    buyer: Buyer, code: str, meanwhile: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    get_model("voucher", "Voucher").objects.update(usage="Single use")
    buyer.enter_voucher()
    buyer.go_to_preview()
    buyer.choose_method(code)
    page = buyer.get("checkout:preview")
    answer = buyer.leave().pay
    meanwhile()
    monkeypatch.setattr(HomeDelivery, "charge_excl_tax", Decimal("99.00"))
    buyer.come_back(answer)
    order = order_for(page)
    assert order.discounts.get().voucher_code == VOUCHER
    assert order.lines.get().unit_price_excl_tax == 148
    assert [delivery.state for delivery in order.d2po_deliveries.all()] == ["released"] * (code == CODE)


def test_a_voucher_that_is_used_up_while_the_card_is_charged_costs_no_order(
    buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_model("voucher", "Voucher").objects.update(usage="Single use")
    buyer.enter_voucher()
    page = buyer.go_to_preview()
    while_paying(monkeypatch, use_voucher_up)
    assert buyer.place_order()["location"] == reverse("checkout:thank-you")
    assert order_for(page).d2po_deliveries.get().state == "released"


def test_a_guest_who_signs_in_during_the_payment_and_gives_it_up_keeps_the_basket(ready: Buyer) -> None:
    answer = ready.leave().cancel
    ready.sign_in()
    ready.come_back(answer)
    assert "Wool blanket" in ready.get("basket:summary")


# What is known no longer


def become_part_of_another(buyer: Buyer, answers: Answers) -> None:
    buyer.come_back(answers.cancel)
    buyer.sign_in()
    buyer.get("basket:summary")


def forget_session_and_cache(buyer: Buyer, answers: Answers) -> None:
    buyer.client.cookies.clear()
    cache.clear()


def delete_what_is_bought(buyer: Buyer, answers: Answers) -> None:
    get_model("basket", "Line").objects.all().delete()


def become_a_download(buyer: Buyer, answers: Answers) -> None:
    buyer.come_back(answers.cancel)
    make_downloads()


@pytest.mark.parametrize(
    "what", [become_part_of_another, forget_session_and_cache, delete_what_is_bought, become_a_download]
)
def test_a_payment_that_is_no_longer_known_is_not_lost_in_silence(
    ready: Buyer, what: Callable[[Buyer, Answers], None], clerks: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    answers = ready.leave()
    what(ready, answers)
    for minutes in (0, 10):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            ready.come_back(answers.pay)
    page = ready.get("basket:summary")
    assert "If you have paid, write to us." in page
    # What still is in a basket of theirs is not lost.
    assert ("Wool blanket" in page) == (what in (become_part_of_another, become_a_download))
    assert "has no order" in caplog.text
    [mail] = clerks
    [told] = get_model("communication", "Notification").objects.filter(recipient__email="merchant@tilleul.example")
    assert mail.subject == told.subject == "A payment without an order"
    for text in (mail.body, told.body):
        assert f"Its reference: {signing.loads(answers.pay)['reference']}" in text


@pytest.mark.parametrize("raised", ["tax_rate", "fetch_for_line"])
def test_a_strategy_that_fails_as_the_answer_comes_is_told_to_staff_once_and_costs_no_order(
    ready: Buyer, clerks: list[Any], monkeypatch: pytest.MonkeyPatch, raised: str
) -> None:
    answers = ready.leave()
    with monkeypatch.context() as broken:
        broken.setattr(Strategy, raised, lambda *args, **kwargs: 1 / 0)
        for _ in range(2):
            # The provider asks again after an error.
            with pytest.raises(ZeroDivisionError):
                Buyer().come_back(answers.pay)
    [mail] = clerks
    assert f"Its reference: {signing.loads(answers.pay)['reference']}" in mail.body
    Buyer().come_back(answers.pay)
    assert only_delivery().state == "released"


def test_what_a_provider_calls_a_payment_does_nothing_in_the_inbox_of_staff(ready: Buyer, clerks: list[Any]) -> None:
    tell_of_unplaced(1, "<b>7</b>")
    [told] = get_model("communication", "Notification").objects.filter(recipient__email="merchant@tilleul.example")
    assert ("&lt;b&gt;7" in told.body, "<b>7" in clerks[0].body) == (True, True)
    # Another payment for the same basket.
    tell_of_unplaced(1, "8")
    assert len(clerks) == 2


def test_a_payment_that_names_no_attempt_is_told_to_staff_until_its_order_has_it(
    ready: Buyer, clerks: list[Any]
) -> None:
    answer = without_attempt(ready.leave().pay)
    # The provider's own call knows no session.
    for browser in (Buyer(), ready, ready, Buyer()):
        browser.come_back(answer)
    [told] = [mail for mail in clerks if mail.to == ["clerk@tilleul.example"]]
    assert (told.subject, "for basket –," in told.body) == ("A payment without an order", True)
    assert str(only_order().number) in ready.get("checkout:thank-you")


def test_a_mail_server_that_is_down_costs_no_answer(ready: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda message: 1 / 0)
    answer = ready.leave().pay
    cache.clear()
    assert Buyer().come_back(answer)["location"] == reverse("checkout:thank-you")


def test_an_answer_that_nobody_has_signed_is_refused(buyer: Buyer) -> None:
    assert buyer.come_back("forged").status_code == 404
    assert buyer.client.get(reverse("pay-elsewhere", args=["forged"])).status_code == 404


# Two payments


@pytest.mark.parametrize("then", ["card", "declined", "elsewhere"])
@pytest.mark.parametrize(("first", "second"), [(CODE, CODE), (CODE, "home"), ("home", CODE)])
def test_two_payments_at_once_know_nothing_of_each_other(buyer: Buyer, first: str, second: str, then: str) -> None:
    # The first delivery to a post office is free, the second is not.
    buyer.put_into_basket("cast-iron-pan")
    buyer.go_to_preview()
    buyer.choose_method(first)
    shown = [buyer.get("checkout:preview")]
    answers = [buyer.leave().pay]
    buyer.put_into_basket("stoneware-mug")
    buyer.say_who(state="ON", line4="Ottawa", postcode="K1A 0B1")
    buyer.choose_method(second)
    if then != "declined":
        shown.append(buyer.get("checkout:preview"))
    if then == "elsewhere":
        answers.append(buyer.leave().pay)
    else:
        buyer.place_order(pay=then)
    for answer in answers:
        assert buyer.come_back(answer)["location"] == reverse("checkout:thank-you")
    orders = {str(order.total_incl_tax): order for order in Order.objects.all()}
    assert sorted(orders) == sorted(amounts(page)[-1] for page in shown)
    order = orders[amounts(shown[0])[-1]]
    assert (order.shipping_code, order.shipping_address.line4) == (first, "Gatineau")
    released = Delivery.objects.filter(current_order__isnull=False, state="released")
    assert released.count() == (first, second)[: len(orders)].count(CODE)


def test_two_payments_for_the_same_goods_are_for_a_delivery_each(ready: Buyer) -> None:
    first = ready.leave().pay
    ready.put_into_basket("wool-blanket")
    for answer in (ready.leave().pay, first):
        ready.come_back(answer)
    assert [delivery.state for delivery in Delivery.objects.filter(current_order__isnull=False)] == ["released"] * 2


def test_two_payments_for_which_the_shop_has_named_the_same_order_number_make_two_orders(
    ready: Buyer, customer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shop that counts its orders names the next number to both providers."""
    numbers = get_class("order.utils", "OrderNumberGenerator")
    monkeypatch.setattr(numbers, "order_number", lambda self, basket: str(Order.objects.count() + 1))
    customer.go_to_preview()
    answers = [(buyer, buyer.leave().pay) for buyer in (ready, customer)]
    for buyer, answer in answers:
        buyer.come_back(answer)
    assert sorted(Order.objects.values_list("number", flat=True)) == ["1", "2"]


def test_two_payments_for_the_same_basket_make_one_order_though_each_was_named_a_number_of_its_own(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = get_class("order.utils", "OrderNumberGenerator")
    monkeypatch.setattr(numbers, "order_number", lambda self, basket: get_random_string(12))
    first = ready.leave()
    ready.come_back(first.cancel)

    def beside_the_first(*begun: Any) -> None:
        monkeypatch.setattr(payment, "begin_payment", begin_payment)
        Buyer().come_back(first.pay)
        begin_payment(*begun)

    # What was given up is paid after all, at the moment when a card is charged.
    monkeypatch.setattr(payment, "begin_payment", beside_the_first)
    ready.place_order()
    assert only_order().sources.get().reference == signing.loads(first.pay)["reference"]


def test_what_is_given_up_at_the_moment_when_its_order_is_made_is_not_given_back(
    ready: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, frozen_basket = ready.leave(), payment.PostOfficePayment.frozen_basket

    def beside_the_order(*about: Any) -> Any:
        monkeypatch.setattr(payment.PostOfficePayment, "frozen_basket", frozen_basket)
        frozen = frozen_basket(*about)
        Buyer().come_back(answers.pay)
        return frozen

    monkeypatch.setattr(payment.PostOfficePayment, "frozen_basket", beside_the_order)
    ready.come_back(answers.cancel)
    assert (only_order().basket.status, only_delivery().state) == ("Submitted", "released")


def test_home_delivery_that_was_given_up_and_is_paid_after_all_makes_an_order(buyer: Buyer) -> None:
    buyer.say_who()
    buyer.choose_method("home")
    answers = buyer.leave()
    for answer in (answers.cancel, answers.pay):
        buyer.come_back(answer)
    assert only_order().shipping_code == "home"


def test_of_two_payments_the_one_that_is_given_up_gives_its_own_basket_back(ready: Buyer) -> None:
    first = ready.leave()
    choice = ready.choice()
    ready.put_into_basket("stoneware-mug")
    ready.choose_method("home")
    second = ready.leave()
    ready.come_back(first.cancel)
    choice.refresh_from_db()
    assert choice.state == "draft"
    assert "Wool blanket" in ready.get("basket:summary")
    ready.come_back(second.pay)
    assert only_order().shipping_code == "home"
    # What is paid is not given back by a page that was left open.
    ready.come_back(second.cancel)
    assert only_order().basket.status == "Submitted"

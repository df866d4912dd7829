"""The checkout on one page, without JavaScript: nothing is bought before its total was shown, and nothing twice."""

import re

from django.urls import reverse

from deliver_to_po.checkout.session import SESSION_KEY
from example_shop.checkout import SESSION_KEY as CHECKOUT_KEY
from example_shop.models import Order, Payment
from tests.example_shop.buyer import CONTACT, Buyer, only_delivery, only_order
from tests.example_shop.buyer import press as press_pay

PAGE = "shop:one_page"


def press(buyer: Buyer, button: str, method: str, **more: str) -> str:
    """Press a button of the page with all that it shows, and return the page that follows."""
    shown = dict(re.findall(r'<input type="hidden" name="(checkout|seen|total)" value="([^"]*)"', buyer.get(PAGE)))
    answer = buyer.post(PAGE, {**CONTACT, **shown, "method": method, button: "1", **more})
    return str(answer.headers.get("Location") or answer.content.decode())


def test_home_delivery_is_bought_with_the_total_that_was_shown(buyer: Buyer) -> None:
    assert "Check the delivery and the total" in press(buyer, "buy", "home")
    assert press(buyer, "buy", "home") == only_order().get_absolute_url()
    # The same press again shows the same order.
    assert only_order().get_absolute_url() in press(buyer, "buy", "home")


def test_a_post_office_is_chosen_on_the_step_and_its_choice_is_bought_here(buyer: Buyer) -> None:
    assert press(buyer, "choose", "post_office") == "/post-office/"
    office_id = buyer.choose_and_name()
    assert press(buyer, "buy", "post_office") == only_order().get_absolute_url()
    assert (only_delivery().office_id, only_delivery().price) == (office_id, only_order().shipping)


def test_what_a_payment_has_placed_meanwhile_is_not_asked_for_again(buyer: Buyer) -> None:
    for own_checkout in (True, False):
        buyer.put_into_basket("wool-blanket")
        press(buyer, "choose", "post_office")
        buyer.choose_and_name()
        payment = Payment.objects.get(token=press(buyer, "buy", "post_office", pay="elsewhere").split("/")[2])
        press_pay(payment, "pay")
        order = Order.objects.latest("pk")
        # The element asks by itself, on each page that is loaded.
        step = buyer.client.get(reverse("deliver_to_po:choose"), headers={"X-D2PO-Fragment": "1"}).content.decode()
        assert "Your order is already placed." in step
        assert f'href="{reverse("shop:review")}"' in step
        if not own_checkout:
            # Another tab has begun a new checkout.
            session = buyer.client.session
            session[CHECKOUT_KEY]["token"] = "another"
            session.save()
        assert buyer.client.get(reverse(PAGE)).headers["Location"] == order.get_absolute_url()
        assert SESSION_KEY not in buyer.client.session


def test_another_price_and_other_taxes_are_said_beside_the_total(buyer: Buyer) -> None:
    press(buyer, "choose", "post_office")
    buyer.choose_and_name()
    press(buyer, "update", "post_office")
    session = buyer.client.session
    session[CHECKOUT_KEY]["taxed_in"] = "AB"
    session.save()
    buyer.put_into_basket("wool-blanket", 8)
    said = re.findall(r'role="alert">([^<]*)', buyer.get(PAGE).partition('id="order"')[2])
    assert [text[:22] for text in said] == ["Your delivery is now f", "Taxes have changed: yo"]
    assert 'role="alert"' not in buyer.get(PAGE).partition('id="order"')[2]


def test_what_is_missing_is_said_and_what_was_typed_stays(buyer: Buyer) -> None:
    page = press(buyer, "buy", "home", email="zoe@", name="Zoé " * 40)
    assert "Correct what is marked below." in page
    assert 'value="zoe@"' in page
    # While somebody still types, nothing is wrong yet.
    assert "Correct what is marked" not in press(buyer, "update", "home", email="zoe@")
    # Without an office the page says so, and the step asks for one.
    assert "Choose a post office for your order." in press(buyer, "update", "post_office")
    assert press(buyer, "buy", "post_office").startswith("/post-office/")

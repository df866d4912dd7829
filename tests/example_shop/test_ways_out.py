"""No page of the checkout is a dead end: lost cookies, an old session, Back after the order, text of any length."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.example_shop.buyer import CONTACT, Buyer, only_order
from tests.factories import TYPED_RECIPIENT as RECIPIENT

EMPTY = "Your basket is empty. If you have just ordered"


@pytest.mark.parametrize(("language", "says"), [("en", "Open the page again"), ("fr", "Rouvrir la page")])
def test_a_form_without_its_cookie_gets_a_page_with_a_way_out(db: None, language: str, says: str) -> None:
    client = Client(headers={"accept-language": language}, enforce_csrf_checks=True)
    page = f"{reverse('deliver_to_po:recipient')}?q=H2X+1Y4"
    answer = client.post(page, CONTACT)
    assert answer.status_code == 403
    assert says in answer.content.decode()
    assert f'href="{page}"' in answer.content.decode()


@pytest.mark.parametrize("page", ["shop:checkout", "shop:delivery"])
def test_whoever_comes_back_after_an_order_sees_the_order(buyer: Buyer, page: str) -> None:
    buyer.go_to_review("home")
    buyer.place_order()
    answer = buyer.client.get(reverse(page))
    assert answer.headers["Location"] == only_order().get_absolute_url()
    assert "You have just ordered this." in buyer.get("shop:basket")


def test_whoever_goes_back_from_home_delivery_and_presses_a_post_office_gets_it(buyer: Buyer) -> None:
    buyer.say_who()
    buyer.choose_method("home")
    buyer.choose_and_name()
    assert buyer.last_form()["seen"]


def test_a_button_whose_goods_another_tab_has_removed_is_not_said_to_have_ordered_them(buyer: Buyer) -> None:
    buyer.go_to_review("home")
    buyer.place_order()
    buyer.put_into_basket("storm-lantern")
    buyer.go_to_review("home")
    form = buyer.last_form()
    buyer.post("shop:basket", {"product": "storm-lantern", "quantity": "0"})
    assert buyer.place_order(form)["Location"] == reverse("shop:basket")
    assert "so there is nothing to order" in buyer.get("shop:basket")


@pytest.mark.parametrize("address", ["/order/%00/", "/checkout/paid/x%00/", "/pay/%00/"])
def test_an_address_with_what_no_database_can_look_for_leads_nowhere(client: Client, address: str) -> None:
    with pytest.raises(Resolver404):
        resolve(unquote(address))
    assert client.get(address).status_code == 404


def test_no_product_is_called_what_no_database_can_look_for(buyer: Buyer) -> None:
    assert buyer.post("shop:basket", {"product": "\0", "quantity": "1"}).status_code == 404


def test_whoever_has_no_session_any_more_hears_why_the_basket_is_empty(db: None) -> None:
    page = Buyer().get("shop:delivery")
    assert "Your basket is empty, so there is nothing to order." in page


def test_what_is_pasted_is_never_cut_and_too_long_a_text_is_shown_again(buyer: Buyer) -> None:
    buyer.put_into_basket("wool-blanket")
    assert "maxlength" not in buyer.get("shop:checkout")
    name = "Jean-François-Frédéric " * 5
    page = buyer.say_who(name=name).content.decode()
    assert f'value="{name}"' in page
    assert "at most 80 characters" in page


@pytest.mark.parametrize(
    "phone",
    ["514–555–0199", "514-555-0199 poste 12", "tel: 514-555-0199"],
)
def test_a_phone_number_is_taken_as_it_is_pasted(buyer: Buyer, phone: str) -> None:
    buyer.put_into_basket("wool-blanket")
    assert buyer.say_who(phone=phone).status_code == 302


@pytest.mark.parametrize("phone", ["555-0199", "1" * 21])
def test_what_cannot_be_a_phone_number_is_refused(buyer: Buyer, phone: str) -> None:
    buyer.put_into_basket("wool-blanket")
    assert "Enter a phone number with its area code" in buyer.say_who(phone=phone).content.decode()


def test_the_step_says_that_a_lost_session_has_emptied_the_basket(
    buyer: Buyer, caplog: pytest.LogCaptureFixture
) -> None:
    buyer.client.cookies.clear()
    near = {"q": "H2X 1Y4"}
    assert EMPTY in buyer.client.get(reverse("deliver_to_po:choose"), near).content.decode()
    answer: Any = buyer.client.post(reverse("deliver_to_po:choose"), {**near, "office_id": "0000102978"})
    assert EMPTY in answer.content.decode()
    assert not [line for line in caplog.messages if "parcels" in line]


def test_lamp_oil_from_another_tab_is_refused_on_the_step_in_words_of_its_own(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    buyer.put_into_basket("lamp-oil")
    answer: Any = buyer.post("shop:review", buyer.last_form() or {"total": "1"})
    assert answer["Location"] == reverse("shop:delivery")
    page = buyer.get("deliver_to_po:choose")
    assert page.count("Lamp oil must not be mailed") == 1


def test_a_form_that_is_shown_again_has_the_focus_at_what_is_wrong(buyer: Buyer) -> None:
    said = 'role="alert" tabindex="-1" autofocus'
    assert said in buyer.say_who(name="").content.decode()
    buyer.say_who()
    assert said in buyer.choose_method("pigeon").content.decode()


@pytest.mark.parametrize("prepares", [False, True])
def test_who_planted_the_buyers_cookie_reads_nothing_of_them(buyer: Buyer, prepares: bool) -> None:
    thief = Buyer()
    thief.put_into_basket("wool-blanket")
    if prepares:
        thief.say_who(name="Nobody At All", email="nobody@example.com")
        thief.choose_method("post_office")
        thief.choose_office()
        thief.name_recipient(name="Nobody At All", email="nobody@example.com")
    buyer.client.cookies["sessionid"] = thief.client.cookies["sessionid"].value
    buyer.go_to_review("post_office")
    for placed in (False, True):
        if placed:
            buyer.place_order()
        pages = ("shop:checkout", "shop:delivery", "shop:review", "deliver_to_po:choose", "deliver_to_po:recipient")
        seen = "".join(map(thief.get, pages))
        assert [value for value in (*CONTACT.values(), *RECIPIENT.values()) if "@" in value and value in seen] == []
    assert only_order().email == CONTACT["email"]

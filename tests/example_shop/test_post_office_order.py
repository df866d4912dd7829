"""Buying with Deliver to Post Office."""

import html
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Office
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.typed.query import parse
from example_shop.models import Order
from tests.example_shop.buyer import Buyer, only_delivery, only_order
from tests.factories import TYPED_RECIPIENT as RECIPIENT
from tests.rounds import do_due


def test_order_and_delivery_hold_their_own_addresses(buyer: Buyer, emulator: EmulatorServer) -> None:
    buyer.say_who()
    buyer.choose_method("post_office")
    office_id = buyer.choose_office()
    assert buyer.name_recipient()["location"] == "/checkout/review/"
    buyer.place_order()
    order, delivery = only_order(), only_delivery()
    assert (order.address_line_1, order.city, order.postal_code) == ("1234, rue Saint-Denis", "Montréal", "H2X1Y4")
    assert delivery.current_order == order
    assert delivery.office_id == office_id
    assert (delivery.recipient_name, delivery.recipient_city) == (RECIPIENT["name"], RECIPIENT["city"])
    assert str(order.shipping) == "15.93"


def test_the_parcel_goes_to_canada_post_once_and_its_tracking_number_is_shown(
    buyer: Buyer, emulator: EmulatorServer
) -> None:
    buyer.go_to_review("post_office")
    buyer.place_order()
    do_due()
    [shipment] = emulator.shipments
    assert shipment.pin in buyer.get("shop:order", only_order().token)


def test_the_review_page_says_who_carries_where_and_what_to_bring(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    page = html.unescape(buyer.get("shop:review"))
    office = buyer.choice().office
    for text in (
        "Canada Post",
        "Expedited Parcel™",
        as_people_write(office.street),
        RECIPIENT["name"],
        "photo ID",
        "$188.48",
    ):
        assert text in page


def test_the_confirmation_is_in_french_for_a_french_buyer_and_says_where(
    emulator: EmulatorServer, buyer: Buyer, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    francophone = Buyer("fr-CA")
    francophone.put_into_basket("wool-socks", 2)
    francophone.go_to_review("post_office")
    with django_capture_on_commit_callbacks(execute=True):
        francophone.place_order()
    [message] = mail.outbox
    text = str(message.body)
    assert "Votre commande" in message.subject
    assert "2 × Bas de laine  56,00\N{NO-BREAK SPACE}$" in text
    assert as_people_write(only_delivery().office_address) in text
    assert only_order().get_absolute_url() in text
    assert only_order().language == "fr"


def test_choosing_home_after_all_leaves_no_trace_of_the_post_office(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    chosen = buyer.choice()
    buyer.choose_method("home")
    page = buyer.get("shop:review")
    assert as_people_write(chosen.office_address) not in page
    buyer.place_order()
    assert only_order().method == "home"
    assert not Delivery.objects.filter(current_order__isnull=False).exists()


def test_going_back_to_the_post_office_asks_for_it_anew(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    buyer.choose_method("home")
    buyer.choose_method("post_office")
    assert "Choose a post office for your order" in buyer.get("shop:review")


def test_an_expired_choice_makes_no_order_and_keeps_what_was_typed(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    form = buyer.last_form()
    Delivery.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    answer = buyer.place_order(form)
    assert answer["location"].startswith("/post-office/")
    assert "has expired" in buyer.client.get(answer["location"]).content.decode()
    assert "1234, rue Saint-Denis" in buyer.get("shop:checkout")
    assert not Order.objects.exists()


def test_an_office_without_a_recipient_leads_back_to_the_recipient(buyer: Buyer) -> None:
    buyer.say_who()
    buyer.choose_method("post_office")
    buyer.choose_office()
    page = buyer.get("shop:review")
    assert "say who will pick up the parcel" in page
    assert 'name="address_line_1"' in page


def test_the_recipients_form_starts_with_the_buyer(buyer: Buyer) -> None:
    buyer.say_who()
    buyer.choose_method("post_office")
    buyer.choose_office()
    assert "Zoé Côté-Lévesque" in buyer.get("deliver_to_po:recipient")


TAKEN_BY_NO_POST_OFFICE = {
    "butcher-block": ("too heavy: post offices accept parcels of up to 30 kg", "trop lourd"),
    "lamp-oil": ("must not be mailed, because it burns", "est inflammable"),
}


@pytest.mark.parametrize("slug", ["butcher-block", "lamp-oil"])
def test_what_no_post_office_takes_says_why_and_goes_home(buyer: Buyer, emulator: EmulatorServer, slug: str) -> None:
    english, french = TAKEN_BY_NO_POST_OFFICE[slug]
    buyer.put_into_basket(slug)
    buyer.say_who()
    page = buyer.get("shop:delivery")
    assert english in page
    assert page.count("disabled") == 1
    assert english in buyer.choose_method("post_office").content.decode()
    assert french in buyer.client.get(reverse("shop:delivery"), headers={"accept-language": "fr"}).content.decode()
    buyer.choose_method("home")
    buyer.place_order()
    assert only_order().method == "home"
    assert not emulator.calls


def test_a_basket_that_outgrew_the_post_office_leads_back_to_delivery(buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    buyer.put_into_basket("maple-bench")
    assert "too large: its length plus its girth" in buyer.get("shop:review")


def test_home_delivery_stays_possible_while_canada_post_is_down(buyer: Buyer, emulator: EmulatorServer) -> None:
    emulator.faults.add("*", "500", count=None)
    buyer.say_who()
    buyer.choose_method("post_office")
    page = buyer.client.get(reverse("deliver_to_po:choose"), {"q": "H2X 1Y4"}).content.decode()
    assert "We cannot reach Canada Post" in page
    assert 'href="/checkout/delivery/"' in page
    buyer.choose_method("home")
    buyer.place_order()
    assert only_order().is_paid
    assert not Delivery.objects.exists()


def test_while_canada_post_is_down_an_office_that_we_know_is_ordered_to_and_the_label_follows(
    buyer: Buyer, emulator: EmulatorServer
) -> None:
    find(parse("H2X 1Y4"), "en")
    Office.objects.update(offered_at=timezone.now() - timedelta(hours=9))
    cache.clear()
    emulator.faults.add("*", "500", count=None)
    office_id = buyer.go_to_review("post_office")
    buyer.place_order()
    assert (only_delivery().office_id, only_delivery().reason) == (office_id, Reason.OFFICE_NOT_CHECKED)
    emulator.faults.clear()
    do_due()
    assert (only_delivery().reason, only_delivery().shipments.get().state) == ("", ShipmentState.LABELLED)

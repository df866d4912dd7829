"""A purchase from the basket to the shipping label, in either shop: what is shown is charged, kept and shipped."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model
from pytest_django import DjangoCaptureOnCommitCallbacks

from deliver_to_po.adapter import order_adapter
from deliver_to_po.emulator.server import EmulatorServer
from tests.contrib.oscar.buyer import Buyer, amounts, only_delivery, only_order
from tests.contrib.oscar.settings import SHOP
from tests.rounds import do_due

# Ontario's, where the post office is; the buyer lives in Québec.
TAX = Decimal("0.13") if SHOP == "order" else Decimal(0)


# The shop of the page offers one.
@pytest.mark.parametrize("service", ["DOM.EP", "DOM.XP"] if SHOP == "order" else ["DOM.EP"])
def test_what_is_shown_is_charged_kept_and_shipped(anybody: Buyer, emulator: EmulatorServer, service: str) -> None:
    page = anybody.go_to_preview(service=service)
    assert anybody.place_order()["location"] == reverse("checkout:thank-you")
    order, delivery = only_order(), only_delivery()
    do_due()
    [made] = emulator.shipments
    assert made.body["deliverySpec"]["serviceCode"] == delivery.service == service
    assert order.shipping_excl_tax == delivery.price
    assert order.shipping_tax == round(delivery.price * TAX, 2)
    assert order.total_incl_tax == sum(round(amount * (1 + TAX), 2) for amount in (Decimal(148), delivery.price))
    assert amounts(page)[-1] == str(order.total_incl_tax)
    assert (order.shipping_code, delivery.state) == ("deliver-to-post-office", "released")
    assert made.body["deliverySpec"]["references"]["customerRef1"] == str(order.number)
    # The shipping address stays the buyer's.
    assert (order.shipping_address.line4, delivery.recipient.name) == ("Gatineau", "Théo Gagnon")


def test_what_is_packed_is_told_with_the_options_that_were_chosen_and_though_it_is_deleted(buyer: Buyer) -> None:
    mug = get_model("catalogue", "Product").objects.get(upc="stoneware-mug")
    mug.product_options.add(get_model("catalogue", "Option").objects.create(name="Engraving", code="engraving"))
    buyer.post("basket:add", {"quantity": 2, "engraving": "Zoé"}, mug.pk)
    buyer.buy()
    [shipment] = only_delivery().shipments.all()
    assert shipment.contents == [["1.000", "Wool blanket"], ["2.000", "Stoneware mug (Engraving = 'Zoé')"]]
    only_order().lines.filter(product=mug).update(product=None)
    assert [quantity for quantity, _name in order_adapter().contents(only_order())] == [1, 2]


def test_the_step_knows_the_address_and_leads_on_to_the_payment(anybody: Buyer) -> None:
    buyer, email = anybody, "zoe@example.com" if anybody.guest else "buyer@tilleul.example"
    buyer.say_who()
    assert buyer.choose_method()["location"] == reverse("deliver_to_po:choose")
    page = buyer.get("deliver_to_po:choose")
    assert ("J8X" in page, "nav-checkout" in page, "discount" in page) == (True, True, False)
    # Oscar's own list of methods was taxed.
    assert ("before taxes" in page) == (SHOP == "order")
    buyer.choose_office()
    form = buyer.get("deliver_to_po:recipient")
    for known in ("Zoé Côté", "1234, rue Saint-Denis", "Gatineau", email):
        assert known in form
    assert buyer.name_recipient()["location"] == reverse("checkout:payment-method")


def test_whoever_goes_back_from_another_method_and_presses_a_post_office_gets_it(buyer: Buyer) -> None:
    buyer.say_who()
    buyer.choose_method("home")
    buyer.choose_and_name("K1A 0B1")
    assert buyer.form()["seen"]


@pytest.mark.parametrize("name", ["checkout:payment-method", "checkout:payment-details", "checkout:preview"])
def test_nobody_pays_without_a_post_office(buyer: Buyer, name: str) -> None:
    buyer.say_who()
    buyer.choose_method()
    answer = buyer.client.get(reverse(name))
    assert answer["location"].startswith(reverse("deliver_to_po:choose"))
    assert "Choose a post office" in buyer.client.get(answer["location"]).content.decode()


def test_every_page_and_mail_tells_where_it_is_picked_up(
    buyer: Buyer, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    preview = buyer.go_to_preview()
    with django_capture_on_commit_callbacks(execute=True):
        buyer.place_order()
    order, office = only_order(), only_delivery().office_city
    [message] = [sent for sent in mail.outbox if str(order.number) in sent.subject]
    way = (order.number, order.verification_hash())
    buyer.post("customer:anon-order-form", {"email": "zoe@example.com"}, *way)
    pages = {
        "preview": preview,
        "thanks": buyer.get("checkout:thank-you"),
        "guest's": buyer.get("customer:anon-order", *way),
        "mail": str(message.body),
        "mail as HTML": html.unescape(_html_of(message)),
    }
    for name, told in pages.items():
        assert "photo ID" in told, name
        assert office.title() in told, name
        assert "15 days" in told, name
    # Oscar's own text comes first.
    assert str(message.body).index("Order Total:") < str(message.body).index("photo ID")
    assert "&#x27;" not in str(message.body)
    # What changes the delivery is for the page of the order: mails are forwarded. It is no page of a checkout.
    [link] = re.findall(r'href="(/post-office/order/[^"]+)"', pages["guest's"])
    changing = buyer.client.get(link).content.decode()
    assert (str(order.number) in changing, "nav-checkout" in changing) == (True, False)
    assert not [name for name in ("mail", "mail as HTML") if "/post-office/order/" in pages[name]]


def _html_of(message: Any) -> str:
    [(content, _kind)] = message.alternatives
    return str(content)


def test_the_order_history_tells_it_too(customer: Buyer) -> None:
    customer.buy()
    assert "photo ID" in customer.get("customer:order", only_order().number)


def test_the_next_order_of_somebody_who_has_signed_in_opens_at_their_last_post_office(customer: Buyer) -> None:
    customer.buy()
    customer.put_into_basket("wool-blanket")
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get(email="buyer@tilleul.example")
    delivery, other = only_delivery(), only_order()
    owner, code, now = other.user, other.shipping_code, timezone.now()
    # Somebody else orders after them, they have a parcel sent home, and chose another post office before.
    orders = ((None, now, code), (owner, now, "home"), (owner, now - timedelta(days=365), code))
    for number, (other.user, other.date_placed, other.shipping_code) in enumerate(orders, 1):
        other.pk, other.number = None, str(number)
        other.save()
    assert order_adapter().last_delivery(request) == delivery


def test_in_french(filled: None, emulator: EmulatorServer) -> None:
    buyer = Buyer(language="fr")
    buyer.put_into_basket("wool-blanket")
    page = buyer.go_to_preview()
    assert "Changer de bureau de poste" in page
    buyer.place_order()
    assert (only_order().shipping_method, only_delivery().language) == ("Livrer au bureau de poste", "fr")


def test_the_mails_of_a_demo_on_another_port_lead_there(filled: None, settings: Any) -> None:
    settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, "SITE_URL": "http://127.0.0.1:8123"}
    call_command("seed", stdout=StringIO())
    assert get_model("sites", "Site").objects.get().domain == "127.0.0.1:8123"

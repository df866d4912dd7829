"""What a buyer does from the page of their order: by links that only that page makes, which show nothing to others."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import signing
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from icalendar import Calendar

from deliver_to_po.adapter import OrderAdapter
from deliver_to_po.checkout.pages.choose_again_by_link import SESSION_KEY
from deliver_to_po.core.choices import Change, DeliveryState, ParcelState, Reason, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.errors import MoveRefused
from deliver_to_po.host import calling
from deliver_to_po.labels.pdf_pages import text_of
from deliver_to_po.models import Delivery, Shipment, Tracking, links
from deliver_to_po.privacy.erasing import erase_delivery
from tests.factories import RECIPIENT, make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
PIN = "7023210039414604"
TOO_LATE = "This can no longer be changed here"


@pytest.fixture(autouse=True)
def _allowed(change_settings: Any) -> None:
    change_settings(BUYER_MAY={"CANCEL": True, "SHIP_HOME": True}, SEARCHES_PER_VISITOR_PER_MINUTE=0)


@pytest.fixture
def delivery() -> Delivery:
    """Return a delivery whose parcel waits to be sent, of an order that the same person bought."""
    made = make_delivery(office_name="COMPTOIR DU COIN")
    type(made.order).objects.filter(pk=made.order.pk).update(email=RECIPIENT.email)
    make_shipment(made)
    return made


@pytest.fixture
def ready(delivery: Delivery) -> Shipment:
    """Return the delivery's parcel, which waits at the post office."""
    made = {"state": ShipmentState.DONE, "tracking_pin": PIN, "shipment_id": "1", "transmitted_at": timezone.now()}
    Shipment.objects.filter(delivery=delivery).update(**made)
    shipment = delivery.shipments.get()
    Tracking.objects.create(shipment=shipment, state=ParcelState.READY, ready_on=shop_day())
    return shipment


def order_page(delivery: Delivery, language: str = "en") -> dict[str, str]:
    with override(language):
        context = Context({"order": delivery.order, "request": RequestFactory().get("/order/7/")})
        page = Template("{% load deliver_to_po %}{% d2po_pickup order %}").render(context)
    return {link.get_text(): str(link["href"]) for link in BeautifulSoup(page, "html.parser").select("a")}


def change_page(delivery: Delivery, language: str = "en") -> str:
    return order_page(delivery, language)[{"en": "Change this delivery", "fr": "Modifier cette livraison"}[language]]


def text_of_page(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content.decode(), "html.parser").get_text().split())


def test_only_a_page_has_the_links_no_e_mail(delivery: Delivery) -> None:
    html = Template("{% load deliver_to_po %}{% d2po_pickup order %}").render(Context({"order": delivery.order}))
    assert "/order/" not in html


def test_the_links_cost_the_page_of_the_order_three_statements_at_most(ready: Shipment) -> None:
    delivery = ready.delivery
    for state, more in ((ParcelState.IN_TRANSIT, 0), (ParcelState.READY, 3)):
        Tracking.objects.update(state=state)
        asked = []
        for context in ({}, {"request": RequestFactory().get("/order/7/")}):
            shown = Delivery.objects.get(pk=delivery.pk)
            with CaptureQueriesContext(connection) as queries:
                Template("{% load deliver_to_po %}{% d2po_pickup order %}").render(Context({"order": shown, **context}))
            asked.append(sum(query["sql"].startswith("SELECT") for query in queries.captured_queries))
        assert asked[1] - asked[0] == more, state


def test_what_is_charged_at_once_can_be_asked_back_until_its_label_is_printed() -> None:
    shipment = make_shipment(group="", state=ShipmentState.LABELLED, transmitted_at=timezone.now())
    assert "Change this delivery" in order_page(shipment.delivery)
    Shipment.objects.filter(pk=shipment.pk).update(printed_at=timezone.now())
    assert "Change this delivery" not in order_page(shipment.delivery)


def test_the_page_shows_nobody_whole_and_is_kept_by_nobody(delivery: Delivery, client: Client) -> None:
    response = client.get(change_page(delivery))
    text = text_of_page(response)
    assert "Now m…@example.com" in text
    assert "Now … 0199" in text
    hidden = (RECIPIENT.email, RECIPIENT.phone, RECIPIENT.name, RECIPIENT.address.line_1)
    assert not [one for one in hidden if one in response.content.decode()]
    assert "no-store" in response["Cache-Control"]


def test_a_correction_is_saved_and_said_and_leads_back(delivery: Delivery, client: Client) -> None:
    page = client.post(change_page(delivery, "fr"), {"do": "correct", "phone": "(819) 684-2345 poste 12"}, follow=True)
    text = text_of_page(page)
    assert "C’est enregistré." in text
    assert "Actuellement\N{NO-BREAK SPACE}: … 2345" in page.content.decode()
    assert BeautifulSoup(page.content, "html.parser").select_one('a[href="/order/7/"]')
    delivery.refresh_from_db()
    assert (delivery.recipient_phone, delivery.recipient_email) == ("(819) 684-2345 x12", RECIPIENT.email)
    assert delivery.history.get(change="correct_recipient").reason == Reason.BY_BUYER


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Enter a new e-mail address, a new phone number, or both."),
        ({"email": "zoe@"}, "Enter an e-mail address such as name@example.com."),
        ({"phone": "911"}, "Enter a phone number with its area code"),
        ({"email": f"{'x' * 5000}@example.com"}, "Canada Post accepts e-mail addresses of at most"),
        ({"phone": "613-555-0100", "email": "zoé@example.com"}, "without accents"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    delivery: Delivery, client: Client, typed: dict[str, str], said: str
) -> None:
    response = client.post(change_page(delivery), {"do": "correct", **typed})
    soup = BeautifulSoup(response.content, "html.parser")
    assert said in text_of_page(response)
    assert str(soup.title).count("Problem:") == 1
    assert "Saved" not in soup.get_text()
    assert [soup.select_one(f"[name={name}]")["value"] for name in typed if len(typed[name]) < 100] == [  # type: ignore[index]
        value for value in typed.values() if len(value) < 100
    ]
    assert Delivery.objects.get(pk=delivery.pk).recipient == RECIPIENT


@pytest.mark.parametrize(("field", "typed"), [("phone", "+33 1 42 68 53 00"), ("email", "zoe@gmial.com")])
def test_what_is_odd_is_asked_about_first(delivery: Delivery, client: Client, field: str, typed: str) -> None:
    url, form = change_page(delivery), {"do": "correct", field: typed}
    asked = BeautifulSoup(client.post(url, form).content, "html.parser")
    assert "Please check" in asked.get_text()
    boxes = {str(box["name"]): "on" for box in asked.select("[type=checkbox]")}
    client.post(url, form | boxes)
    assert getattr(Delivery.objects.get(pk=delivery.pk).recipient, field) == typed


def test_once_the_label_is_made_the_page_says_whom_to_ask(delivery: Delivery, client: Client) -> None:
    url = change_page(delivery)
    delivery.shipments.update(state=ShipmentState.LABELLED, shipment_id="1", label="x.pdf", labelled_at=timezone.now())
    for phone in ("12", "613-555-0100"):
        response = client.post(url, {"do": "correct", "phone": phone})
        text = text_of_page(response)
        assert (TOO_LATE in text, "Enter a phone number" in text) == (True, False)
    assert Delivery.objects.get(pk=delivery.pk).recipient == RECIPIENT
    # It is still in the shop, so that staff can be asked; without an agreement it leaves once it is printed.
    assert "Ask to cancel the delivery" in text_of_page(response)
    delivery.shipments.update(group="", printed_at=timezone.now())
    assert TOO_LATE in text_of_page(client.get(url))
    assert "Change this delivery" not in order_page(delivery)


def test_while_its_shipment_waits_only_what_the_shop_allows_by_itself_is_enough(
    delivery: Delivery, change_settings: Any
) -> None:
    change_settings(BUYER_MAY={"CANCEL": False, "SHIP_HOME": False})
    assert "Change this delivery" in order_page(delivery)
    delivery.shipments.update(state=ShipmentState.LABELLED, shipment_id="1", label="x.pdf", labelled_at=timezone.now())
    assert "Change this delivery" not in order_page(delivery)


def test_of_what_is_over_the_page_says_how_it_stands(ready: Shipment, client: Client) -> None:
    delivery, url = ready.delivery, reverse("deliver_to_po:order", args=["en", links.order_page_token(ready.delivery)])
    Tracking.objects.update(state=ParcelState.COLLECTED)
    assert "Picked up" in text_of_page(client.get(url))
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.CANCELLED)
    text = text_of_page(client.get(url))
    assert "This delivery is cancelled." in text
    assert TOO_LATE in text
    assert "being sent" not in text


def test_it_looks_like_the_step_s_other_forms(delivery: Delivery, client: Client) -> None:
    assert 'href="/static/deliver_to_po/form.css"' in client.get(change_page(delivery)).content.decode()


def test_what_is_asked_for_waits_and_is_told_on_both_pages(delivery: Delivery, client: Client) -> None:
    page = client.post(change_page(delivery), {"do": "ask", "for": "SHIP_HOME"}, follow=True)
    text = text_of_page(page)
    assert text.count("You asked us to deliver to your home instead.") == 1
    assert "Ask to cancel" not in text
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.HELD, Reason.BUYER_TO_HOME)
    again = client.post(change_page(delivery), {"do": "ask", "for": "CANCEL"})
    assert TOO_LATE in text_of_page(again)
    assert Delivery.objects.get(pk=delivery.pk).reason == Reason.BUYER_TO_HOME


def test_what_a_request_was_refused_for_beside_it_is_not_offered_again_with_the_refusal(
    delivery: Delivery, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(row: Delivery, reason: Reason) -> None:
        Delivery.objects.filter(pk=row.pk).update(stop_asked_at=timezone.now())
        raise MoveRefused

    monkeypatch.setattr("deliver_to_po.checkout.pages.order_page.ask", refuse)
    text = text_of_page(client.post(change_page(delivery), {"do": "ask", "for": "CANCEL"}))
    assert "This has changed in the meantime." in text
    assert "Ask to cancel the delivery" not in text


@pytest.mark.parametrize("posted", [{"do": "ask", "for": "refund"}, {"do": "ask"}, {"do": "x"}, {}])
def test_what_the_page_does_not_offer_does_nothing(delivery: Delivery, client: Client, posted: dict[str, str]) -> None:
    assert client.post(change_page(delivery), posted).status_code == 200
    assert Delivery.objects.get(pk=delivery.pk).state == DeliveryState.RELEASED


def test_only_what_the_shop_allows_is_offered(delivery: Delivery, client: Client, change_settings: Any) -> None:
    change_settings(BUYER_MAY={"CANCEL": False, "CHOOSE_OFFICE": False})
    text = text_of_page(client.get(change_page(delivery)))
    assert "Ask for delivery to your home" in text
    assert "Ask to cancel" not in text
    assert "Choose another post office" not in text
    change_settings(BUYER_MAY=dict.fromkeys(("CORRECT", "CHOOSE_OFFICE", "CANCEL", "SHIP_HOME"), False))
    assert "Change this delivery" not in order_page(delivery)


def test_the_post_office_is_chosen_on_the_pages_that_there_are(delivery: Delivery, client: Client) -> None:
    page = BeautifulSoup(client.get(change_page(delivery, "fr")).content, "html.parser")
    [link] = [one for one in page.select("a") if "/again/" in str(one["href"])]
    path = urlsplit(str(link["href"])).path
    assert "/again/fr/" in path
    assert links.delivery_for(path.split("/")[-2]) == delivery
    client.get(str(link["href"]))
    # Once more, from an e-mail: the way back that is known stays.
    client.get(path)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.NEEDS_CHOICE)
    delivery.refresh_from_db()
    assert urlsplit(order_page(delivery)["Choose a post office"]).query == urlsplit(str(link["href"])).query
    for chosen, leads_back in ((delivery, True), (make_delivery(), False)):
        session = client.session
        session[SESSION_KEY] = chosen.pk.hex
        session.save()
        page = BeautifulSoup(client.get(reverse("deliver_to_po:chosen_again", args=["fr"])).content, "html.parser")
        assert bool(page.select_one('a[href="/order/7/"]')) is leads_back
        used = links.path_for(chosen)
        Delivery.objects.filter(pk=chosen.pk).update(choice=1)
        response = client.get(used)
        assert (response.status_code, b'href="/order/7/"' in response.content) == (410, leads_back)


def test_who_changes_too_often_waits_a_minute(delivery: Delivery, client: Client, change_settings: Any) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1, TRUSTED_PROXIES=0)
    url, from_there = change_page(delivery), {"REMOTE_ADDR": "198.51.100.7"}
    assert client.post(url, {"do": "correct"}, **from_there).status_code == 200  # type: ignore[arg-type]
    response = client.post(url, {"do": "ask", "for": "CANCEL"}, **from_there)  # type: ignore[arg-type]
    assert response.status_code == 429
    assert Delivery.objects.get(pk=delivery.pk).wished == ""


def test_a_link_ends_after_a_day_and_others_open_nothing(delivery: Delivery, client: Client) -> None:
    url = change_page(delivery)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        old = client.get(url)
        assert (old.status_code, b'href="/order/7/"' in old.content) == (410, True)
        assert "Open the page of your order again" in text_of_page(old)
    token = urlsplit(url).path.split("/")[-2]
    # What chooses again is in e-mails, and opens less.
    made_up = (token[:-1] + "x", f"{delivery.pk.hex}:1:x", links.token_for(delivery), "x" * 300)
    for other in (*made_up, signing.TimestampSigner(salt="other").sign(delivery.pk.hex)):
        assert client.get(url.replace(token, other)).status_code == 404
    Delivery.objects.filter(pk=delivery.pk).update(current_order=None)
    assert client.get(url).status_code == 410


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/" + "x" * 501])
def test_it_leads_back_to_the_shop_alone(delivery: Delivery, client: Client, back: str) -> None:
    page = client.get(urlsplit(change_page(delivery)).path, {"back": back})
    assert "Back to your order" not in text_of_page(page)


@pytest.mark.parametrize(
    ("language", "letter", "calendar", "words"),
    [
        ("en", "Letter of authorization to print (PDF)", "Add it to your calendar", "I, Marie-Ève Côté, authorize"),
        ("fr", "Lettre d’autorisation à imprimer (PDF)", "Ajouter au calendrier", "Je soussigné(e), Marie-Ève Côté"),
    ],
)
def test_letter_and_calendar_can_be_had_once_it_is_ready(
    ready: Shipment, client: Client, language: str, letter: str, calendar: str, words: str
) -> None:
    there = order_page(ready.delivery, language)
    pdf, ics = client.get(there[letter]), client.get(there[calendar])
    assert (pdf["Content-Type"], ics["Content-Type"]) == ("application/pdf", "text/calendar")
    assert ("no-store" in pdf["Cache-Control"], "no-store" in ics["Cache-Control"]) == (True, True)
    assert words in " ".join(text_of(pdf.content).split())
    [event] = Calendar.from_ical(ics.content).events
    assert event.start > timezone.now()


def test_each_of_several_parcels_has_its_own(ready: Shipment, client: Client) -> None:
    other = make_shipment(ready.delivery, parcel=2, state=ShipmentState.DONE, tracking_pin="702321", shipment_id="2")
    Tracking.objects.create(shipment=other, state=ParcelState.READY, ready_on=shop_day())
    there = order_page(ready.delivery)
    url = there["Letter of authorization to print (PDF): parcel 702321"]
    assert "702321" in text_of(client.get(url).content)


def test_a_gift_s_letter_is_its_recipient_s(ready: Shipment, client: Client) -> None:
    url = order_page(ready.delivery)["Letter of authorization to print (PDF)"]
    Shipment.objects.filter(pk=ready.pk).update(recipient_email="grandma@example.com")
    there = order_page(ready.delivery)
    assert "Letter of authorization to print (PDF)" not in there
    assert "Add it to your calendar" in there
    assert client.get(url).status_code == 404


def test_who_corrects_the_recipient_does_not_become_them(ready: Shipment, client: Client) -> None:
    url = order_page(ready.delivery)["Letter of authorization to print (PDF)"]
    ready.delivery.history.create(change=Change.CORRECT_RECIPIENT, reason=Reason.BY_BUYER)
    assert "Letter of authorization to print (PDF)" not in order_page(ready.delivery)
    assert client.get(url).status_code == 404


def test_while_the_shop_cannot_say_who_bought_there_is_no_letter(
    ready: Shipment, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"names nobody": lambda self, order: "", "fails": lambda self, order: 1 / 0}
    shown = {}
    for name, email in answers.items():
        monkeypatch.setattr(calling, "order_adapter", type("Adapter", (OrderAdapter,), {"email": email}))
        shown[name] = "Letter of authorization to print (PDF)" in order_page(ready.delivery)
    assert shown == {"names nobody": True, "fails": False}


def test_of_who_was_erased_there_is_no_letter_and_the_calendar_names_nobody(ready: Shipment, client: Client) -> None:
    order = type(ready.delivery.order).objects.filter(pk=ready.delivery.order_id)
    order.update(email="")
    there = order_page(Delivery.objects.get(pk=ready.delivery_id))
    erase_delivery(ready.delivery)
    after = order_page(Delivery.objects.get(pk=ready.delivery_id))
    assert "Letter of authorization to print (PDF)" not in after
    assert client.get(there["Letter of authorization to print (PDF)"]).status_code == 404
    [event] = Calendar.from_ical(client.get(after["Add it to your calendar"]).content).events
    assert event.description == f"Tracking number: {PIN}"


def test_there_is_no_calendar_after_the_last_opening_nor_while_canada_post_has_suspended_it(
    ready: Shipment, client: Client, change_settings: Any
) -> None:
    url = order_page(ready.delivery)["Add it to your calendar"]
    Tracking.objects.update(ready_on=shop_day() - timedelta(days=40))
    assert not [link for link in order_page(ready.delivery).values() if "/calendar/" in link]
    Tracking.objects.update(ready_on=shop_day())
    change_settings(HOLD_DAYS=None)
    assert "Add it to your calendar" not in order_page(ready.delivery)
    assert client.get(url).status_code == 404


def test_there_are_no_files_before_it_is_ready_nor_after_it_is_picked_up(ready: Shipment, client: Client) -> None:
    urls = [url for url in order_page(ready.delivery).values() if "/letter/" in url or "/calendar/" in url]
    assert len(urls) == 2
    for state in (ParcelState.IN_TRANSIT, ParcelState.COLLECTED, ParcelState.RETURNING):
        Tracking.objects.update(state=state)
        assert not [url for url in order_page(ready.delivery).values() if "/letter/" in url or "/calendar/" in url]
        for url in urls:
            response = client.get(url)
            assert response.status_code == 404
            assert "There is no such file now." in text_of_page(response)
            assert "Français" in text_of_page(response)
            assert "cannot be changed" not in text_of_page(response)

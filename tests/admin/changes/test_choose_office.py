"""Choosing a post office on the desk, and the link that a clerk gives to the buyer."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user
from django.contrib.staticfiles import finders
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.admin.changes.choose_office import choice_buttons
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.checkout.choose_again import confirmed_office
from deliver_to_po.core.choices import Change, DeliveryState, NoticeKind, ParcelState, Reason, ShipmentState
from deliver_to_po.errors import InThePost
from deliver_to_po.models import Delivery, Notice, Tracking
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.notices.occasions import write_notices
from deliver_to_po.outbox.sweep import Sweep
from tests.admin.browsing import page_of, said, url
from tests.admin.conftest import Clerk
from tests.factories import RECIPIENT, TYPED, make_delivery, make_draft, make_order, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]
CLOSED: dict[str, Any] = {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.OFFICE_NO_LONGER}


def buttons(client: Client, delivery: Delivery) -> dict[str, str]:
    """Return words and address of the buttons that the user of this browser may press."""
    request = RequestFactory().get("/")
    request.user = get_user(client)
    return {button.label: button.url for button in choice_buttons(request, delivery, admin.site)}


def test_a_clerk_chooses_for_a_buyer_who_has_telephoned(
    admin_client: Client, admin_user: Any, offered: list[str]
) -> None:
    other, delivery = make_delivery(**CLOSED), make_delivery(**CLOSED, language="fr")
    page = page_of(admin_client, buttons(admin_client, delivery)["Choose another post office"], q="K1A0B1")
    path = url("choose", delivery) + "0/"
    assert page.select("#site-name")
    assert not page.select("#nav-sidebar")
    [form] = page.select("#d2po-results form")
    assert form["action"] == path
    # The page of one office stands within the desk too.
    hours = page_of(admin_client, f"{path}office/{offered[2]}/")
    assert hours.select("#site-name")
    assert not hours.select("#nav-sidebar")
    assert [form["action"] for form in hours.select("d2po-step form")] == [path]
    response = admin_client.post(path, {"office_id": offered[2]}, follow=True)
    delivery.refresh_from_db()
    other.refresh_from_db()
    assert (delivery.state, delivery.office_id, delivery.choice) == (DeliveryState.RELEASED, offered[2], 1)
    assert (other.state, other.choice) == (DeliveryState.NEEDS_CHOICE, 0)
    office, city = map(as_people_read, (delivery.office_name, delivery.office_city))
    assert said(response) == [f"{office} ({city}) is chosen."]
    assert delivery.history.get(change=Change.CHOOSE_AGAIN).user == admin_user


def test_who_chooses_another_post_office_is_told_which_printed_label_to_destroy(
    admin_client: Client, offered: list[str]
) -> None:
    now = timezone.now()
    delivery = make_delivery(reference="A-17")
    made: dict[str, Any] = {"state": ShipmentState.LABELLED, "made_at": now, "printed_at": now}
    make_shipment(delivery, tracking_pin="7023210039414604", **made)
    make_shipment(make_delivery(), tracking_pin="7023210039414611", **{**made, "state": ShipmentState.VOIDED})
    assert said(admin_client.post(url("choose", delivery), {"office_id": offered[0]}))[1:] == [
        "1 printed label must not be used. No parcel leaves with it: destroy it. A-17 (7023 2100 3941 4604)"
    ]


def test_a_clerk_takes_an_order_by_phone(admin_client: Client, offered: list[str]) -> None:
    delivery = shop.choose_for(make_order()).delivery
    path = buttons(admin_client, delivery)["Choose a post office"]
    recipient = admin_client.post(path, {"office_id": offered[0]})["Location"]
    assert recipient == f"{path}0/recipient/{offered[0]}/"
    # What the shop knows of whoever is logged in is a clerk's own.
    page = page_of(admin_client, recipient)
    assert page.select("#site-name")
    assert {str(field.get("value", "")) for field in page.select(".d2po-form input:not([type=hidden])")} == {""}
    assert admin_client.post(recipient, TYPED).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.office_id, delivery.recipient) == (DeliveryState.PLACED, offered[0], RECIPIENT)


@pytest.mark.parametrize(
    ("fields", "heading", "lead"),
    [
        (CLOSED, "Choose another post office", "no longer accepts parcels. Choose another post office with the buyer;"),
        ({"state": DeliveryState.PLACED}, "Choose another post office", "The order goes to Test Office unless you"),
        ({}, "Choose a post office", "This order has no post office yet. Choose with the buyer the one"),
    ],
)
def test_the_picker_speaks_to_the_clerk_and_says_whose_order_it_is(
    clerk: Clerk, fields: dict[str, Any], heading: str, lead: str
) -> None:
    if fields:
        delivery = make_delivery(office_name="Test Office", reference="A-17", **fields)
    else:
        delivery = shop.choose_for(make_order()).delivery
    path = url("choose", delivery)
    page = page_of(clerk("view_delivery", "choose_office"), path)
    told = page.select_one("#content-start") or page
    text = " ".join(told.get_text(" ").split())
    assert page.select("d2po-step h1")[0].get_text() == heading
    assert lead in text
    assert page.select(".d2po-whose")[0].get_text().startswith(f"{delivery}: {delivery.recipient_name}".strip(": "))
    assert "your order" not in text.lower()
    assert "Where the buyer wants to pick it up" in page.select("#d2po-q-help")[0].get_text()


def test_the_picker_speaks_french_to_a_clerk_who_does(admin_client: Client) -> None:
    path = url("choose", make_delivery(**CLOSED, office_name="Bureau du Pont"))
    page = admin_client.get(path, headers={"accept-language": "fr"}).content.decode()
    assert "Bureau du Pont. Choisissez-en un autre avec l’acheteur; la commande y sera expédiée." in page
    assert "votre commande" not in page.lower()


def test_the_desks_buttons_lend_no_border_to_the_lines_of_the_picker(admin_client: Client, offered: list[str]) -> None:
    """Both style sheets are on that page."""
    page = page_of(admin_client, url("choose", make_delivery()))
    names = {name for tag in page.select(".d2po-office label *") for name in tag.get_attribute_list("class")}
    css = Path(str(finders.find("deliver_to_po/admin.css"))).read_text(encoding="utf-8")
    bare = set(re.findall(r"^\.(d2po-[a-z]+)(?= \{|,)", css, re.MULTILINE))
    assert "d2po-line" in names
    assert names & bare == set()


def test_who_may_only_choose_is_not_told_the_recipient(clerk: Clerk) -> None:
    delivery = make_delivery(**CLOSED)
    path = url("choose", delivery)
    page = clerk("choose_office").get(path).content.decode()
    assert str(delivery) in page
    assert delivery.recipient_name not in page


def test_somebody_else_was_faster(admin_client: Client, offered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = make_delivery(**CLOSED)
    path = buttons(admin_client, delivery)["Choose another post office"]

    def slow(*args: Any, **kwargs: Any) -> Any:
        Delivery.objects.filter(pk=delivery.pk).update(choice=1)
        return confirmed_office(*args, **kwargs)

    monkeypatch.setattr("deliver_to_po.checkout.pages.choose_again.confirmed_office", slow)
    response = admin_client.post(path, {"office_id": offered[0]}, follow=True)
    assert "A post office has been chosen for this delivery since" in response.content.decode()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.NEEDS_CHOICE


def test_one_choice_that_is_sent_twice_at_once_is_told_as_one(
    admin_client: Client, offered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = url("choose", make_delivery(**CLOSED)), []

    def choose() -> None:
        told.append(said(admin_client.post(path, {"office_id": offered[0]})))

    def slow(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr("deliver_to_po.checkout.pages.choose_again.confirmed_office", confirmed_office)
        choose()
        return confirmed_office(*args, **kwargs)

    monkeypatch.setattr("deliver_to_po.checkout.pages.choose_again.confirmed_office", slow)
    choose()
    assert told[0] == told[1]


def test_a_page_that_was_open_while_a_colleague_chose_undoes_nothing(admin_client: Client, offered: list[str]) -> None:
    delivery = make_delivery()
    [form] = page_of(admin_client, url("choose", delivery)).select("#d2po-list-form")
    action = str(form["action"])
    first, other = offered[:2]
    told = [said(admin_client.post(action, {"office_id": office_id})) for office_id in (first, first, other)]
    delivery.refresh_from_db()
    assert delivery.office_id == first
    # Pressed twice it is one choice.
    assert told[0] == told[1]
    assert told[2] == ["A post office has been chosen for this delivery since you opened the page; it is shown below."]
    # Another search on it, by the page's script, changes nothing of that.
    [form] = page_of(admin_client, action, q="K1A 0B1").select("#d2po-list-form")
    assert form["action"] == action
    assert said(admin_client.post(url("choose", delivery), {"office_id": other})) != told[2]


def test_there_is_no_link_where_only_a_clerk_can_still_change_the_office(clerk: Clerk) -> None:
    delivery = make_shipment(make_delivery(), state=ShipmentState.LABELLED).delivery
    client = clerk("view_delivery", "choose_office")
    assert list(buttons(client, delivery)) == ["Choose another post office"]
    shown = client.get(url("choose_link", delivery), follow=True).content.decode()
    assert "/again/" not in shown
    assert "The buyer can no longer change the post office of this delivery." in shown


def test_what_is_cancelled_is_not_chosen_for(admin_client: Client) -> None:
    delivery = make_delivery(state=DeliveryState.CANCELLED)
    assert buttons(admin_client, delivery) == {}
    assert "can no longer be changed" in admin_client.get(url("choose", delivery), follow=True).content.decode()


def test_what_canada_post_has_already_gets_no_other_post_office(admin_client: Client) -> None:
    shipment = make_shipment(state=ShipmentState.LABELLED, tracking_pin="7023210039414604")
    Tracking.objects.create(shipment=shipment, state=ParcelState.IN_TRANSIT)
    path = url("choose", shipment.delivery)
    assert said(admin_client.get(path)) == [str(InThePost())]


def test_a_draft_has_no_page(admin_client: Client) -> None:
    assert admin_client.get(url("choose", make_draft())).status_code == 404


def test_the_link_is_there_to_copy_and_is_sent_again(admin_client: Client) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    move_delivery(delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_GONE)
    write_notices()
    Sweep().round()
    path = buttons(admin_client, delivery)["Link for the buyer"]
    page = page_of(admin_client, path)
    assert "/again/en/" in str(page.select("#d2po-link")[0]["value"])
    assert "sent" in page.select("#content table")[0].get_text()
    response = admin_client.post(path, follow=True)
    assert "sent in a moment" in response.content.decode()
    Sweep().round()
    assert len(mail.outbox) == 2
    assert Notice.objects.filter(delivery=delivery, kind=NoticeKind.CHOOSE).count() == 1

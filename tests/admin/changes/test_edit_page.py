"""The page on which a clerk corrects a recipient: filled with who picks up, and safe where two do it at once."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from deliver_to_po.core.choices import Change
from deliver_to_po.handoff.changing.cancelling import cancel_delivery
from tests.admin.browsing import page_of, said, typed, url
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def test_two_who_correct_at_once_do_not_overwrite_each_other(admin_client: Client) -> None:
    delivery = make_delivery()
    path = url("correct_recipient", delivery)
    mine = typed(admin_client, path, name="Mine")
    admin_client.post(path, {**mine, "name": "Theirs"})
    page = BeautifulSoup(admin_client.post(path, mine).content, "html.parser")
    assert "Somebody else has changed this" in page.select(".errornote")[0].get_text()
    assert page.select("#id_name")[0]["value"] == "Mine"
    assert "Theirs" in page.select(".d2po-now")[0].get_text()
    delivery.refresh_from_db()
    assert delivery.recipient_name == "Theirs"


def test_whoever_presses_twice_is_not_told_of_somebody_else(admin_client: Client) -> None:
    path = url("correct_recipient", make_delivery())
    form = typed(admin_client, path, name="Zoë Right")
    told = [said(admin_client.post(path, form)) for _press in range(2)]
    assert [text for [text] in told][1] == "Nothing to change: it is already so."


def test_a_delivery_that_is_cancelled_meanwhile_is_not_changed(admin_client: Client) -> None:
    delivery = make_delivery()
    path = url("correct_recipient", delivery)
    form = typed(admin_client, path, name="Late")
    cancel_delivery(delivery)
    [message] = said(admin_client.post(path, form))
    assert message.startswith("This delivery is cancelled")
    delivery.refresh_from_db()
    assert delivery.recipient_name != "Late"


def test_a_recipient_is_corrected_and_nothing_typed_is_lost(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_shipment(state="labelled", due_at=None).delivery
    path = url("correct_recipient", delivery)
    form = typed(admin_client, path, name="Zoë Right")
    page = BeautifulSoup(admin_client.post(path, {**form, "postal_code": "12345"}).content, "html.parser")
    assert page.select("#id_name")[0]["value"] == "Zoë Right"
    assert page.select_one("#id_postal_code_error") is not None
    [message] = said(admin_client.post(path, form))
    assert message.startswith("Saved: the old label is being voided")
    delivery.refresh_from_db()
    assert (delivery.recipient_name, delivery.recipient_city) == ("Zoë Right", "Ottawa")
    assert delivery.history.get(change=Change.CORRECT_RECIPIENT).note == "asked by phone"


def test_the_page_shows_who_picks_up_now_and_lets_no_browser_fill_in_the_clerk(admin_client: Client) -> None:
    page = page_of(admin_client, url("correct_recipient", make_shipment().delivery))
    assert "Marie-Ève Côté" in page.select(".d2po-now")[0].get_text()
    assert page.select("#id_name")[0]["autocomplete"] == "off"

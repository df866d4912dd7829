"""The page on which a clerk edits a delivery: two who do it at once do not overwrite each other."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from deliver_to_po.handoff.changing.cancelling import cancel_delivery
from tests.admin.browsing import said, typed, url
from tests.factories import make_delivery

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


def test_a_delivery_that_is_cancelled_meanwhile_is_not_changed(admin_client: Client) -> None:
    delivery = make_delivery()
    path = url("correct_recipient", delivery)
    form = typed(admin_client, path, name="Late")
    cancel_delivery(delivery)
    [message] = said(admin_client.post(path, form))
    assert message.startswith("This delivery is cancelled")
    delivery.refresh_from_db()
    assert delivery.recipient_name != "Late"

"""Cancelling a delivery, or sending its order home: what is said before and after, for one and for many."""

from typing import Any

import pytest
from django.test import Client

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.core.choices import Change
from tests.admin.browsing import page_of, said, seen_again, select, send, url
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def test_what_cancelling_leads_to_is_said_before_and_after(
    admin_client: Client, admin_user: Any, bystanders: Bystanders
) -> None:
    delivery = make_shipment(state="labelled", due_at=None).delivery
    page = page_of(admin_client, url("cancel", delivery))
    assert "Parcel 1 has a label: it will be voided. Destroy the label if it has been printed." in page.get_text()
    assert delivery.history.count() == 0
    [message] = send(admin_client, "cancel", delivery, note="The buyer called")
    assert message.startswith("1 delivery will be cancelled automatically")
    line = delivery.history.get(change=Change.ASK_STOP)
    assert (line.user, line.note) == (admin_user, "The buyer called")


def test_many_are_cancelled_by_the_list(admin_client: Client) -> None:
    first, second, person = make_delivery(), make_delivery(), make_shipment(state="attention", due_at=None).delivery
    messages = said(select(admin_client, "cancel", first, second, person, note="x", **{CONFIRMED: "1"}))
    assert messages[0] == "2 deliveries are cancelled."
    assert messages[1].startswith("1 delivery will be cancelled once somebody has dealt with one of its parcels")
    assert [seen_again(row)[0] for row in (first, second, person)] == ["cancelled", "cancelled", "released"]


@pytest.mark.parametrize(
    ("state", "message", "becomes"),
    [
        (None, "The delivery to the post office is cancelled. Ship the order", "cancelled"),
        ("labelled", "The delivery to the post office will be cancelled automatically.", "released"),
        ("attention", "The delivery to the post office will be cancelled when a person", "released"),
    ],
)
def test_a_delivery_goes_home_instead_once_it_is_cancelled(
    admin_client: Client, state: str | None, message: str, becomes: str
) -> None:
    delivery = make_shipment(state=state, due_at=None).delivery if state else make_delivery()
    [told] = send(admin_client, "to_home", delivery, note="x")
    assert told.startswith(message)
    assert seen_again(delivery) == (becomes, "to_home")

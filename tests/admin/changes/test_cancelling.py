"""Cancelling a delivery, or sending its order home: what is said before and after, for one and for many."""

import pytest
from django.test import Client

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from tests.admin.browsing import said, seen_again, select, send
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def test_many_are_cancelled_by_the_list(admin_client: Client) -> None:
    first, second, person = make_delivery(), make_delivery(), make_shipment(state="attention", due_at=None).delivery
    messages = said(select(admin_client, "cancel", first, second, person, note="x", **{CONFIRMED: "1"}))
    assert messages[0] == "2 deliveries are cancelled."
    assert messages[1].startswith(f"{person}: 1 delivery will be cancelled once somebody has dealt with")
    assert [seen_again(row)[0] for row in (first, second, person)] == ["cancelled", "cancelled", "released"]


HOME = "The delivery to the post office "


@pytest.mark.parametrize(
    ("name", "state", "message", "becomes", "reason"),
    [
        ("cancel", None, "1 delivery is cancelled.", "cancelled", "cancelled"),
        ("cancel", "labelled", "1 delivery will be cancelled automatically", "released", "cancelled"),
        ("cancel", "attention", "1 delivery will be cancelled once somebody has dealt", "released", "cancelled"),
        ("to_home", None, HOME + "is cancelled. Ship the order", "cancelled", "to_home"),
        ("to_home", "labelled", HOME + "will be cancelled automatically.", "released", "to_home"),
        ("to_home", "attention", HOME + "will be cancelled once somebody", "released", "to_home"),
    ],
)
def test_what_cancelling_leads_to_is_said_and_an_order_goes_home_instead_once_it_is_cancelled(
    admin_client: Client, bystanders: Bystanders, name: str, state: str | None, message: str, becomes: str, reason: str
) -> None:
    delivery = make_shipment(state=state, due_at=None).delivery if state else make_delivery()
    [told] = send(admin_client, name, delivery, note="x")
    assert told.startswith(message)
    assert seen_again(delivery) == (becomes, reason)

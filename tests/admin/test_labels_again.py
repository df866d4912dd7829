""" "Fetch the label again": as a button for one delivery, as an action for many."""

import html
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.changing import CONFIRMED
from deliver_to_po.choices import Change, ShipmentState
from deliver_to_po.models import Delivery
from tests.admin.conftest import Clerk
from tests.admin.test_holding import buttons, said, select, send, url
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

NAME = "fetch_label_again"
NOTHING = (
    "There is no label to fetch again: no parcel has one that is valid, it is being fetched already, or the recipient "
    "is erased or about to be."
)
ASKED = (
    "The labels of 1 delivery are being fetched again. Reload the page in a moment, or press “Hand off now” to fetch "
    "them at once."
)


def labelled(**fields: Any) -> Delivery:
    return make_shipment(make_delivery(**fields), state="labelled", due_at=None).delivery


def states(delivery: Delivery) -> list[str]:
    return list(delivery.shipments.order_by("parcel").values_list("state", flat=True))


def test_the_button_sends_every_label_of_the_delivery_back_and_no_other_parcel(
    admin_client: Client, admin_user: Any, bystanders: Bystanders
) -> None:
    delivery = labelled()
    make_shipment(delivery, parcel=2, state="labelled", due_at=None, transmitted_at=timezone.now())
    make_shipment(delivery, parcel=3, state="voided", due_at=None)
    assert "Fetch the label again" in buttons(admin_client, delivery)
    assert send(admin_client, NAME, delivery, note="smeared") == [ASKED]
    assert states(delivery) == [ShipmentState.MADE, ShipmentState.MADE, ShipmentState.VOIDED]
    lines = delivery.history.values_list("change", "user", "note", "shipment__parcel")
    assert sorted(lines) == [(Change.FETCH_AGAIN, admin_user.pk, "smeared", parcel) for parcel in (1, 2)]
    assert "Fetch the label again" not in buttons(admin_client, delivery)


def test_nothing_is_done_before_the_page_is_sent(admin_client: Client) -> None:
    delivery = labelled()
    page = html.unescape(admin_client.get(url(NAME, delivery)).content.decode())
    assert "The shipping system is asked once more for the labels of its parcels." in page
    assert "Reason (optional)" in page
    assert states(delivery) == [ShipmentState.LABELLED]


def test_of_a_selection_those_that_have_a_label(admin_client: Client, bystanders: Bystanders) -> None:
    first, second, waiting = labelled(), labelled(), make_shipment().delivery
    [told] = said(select(admin_client, NAME, first, second, waiting, note="", **{CONFIRMED: "1"}))
    assert told.startswith("The labels of 2 deliveries are being fetched again.")
    assert [states(row) for row in (first, second, waiting)] == [["made"], ["made"], ["waiting"]]


@pytest.mark.parametrize("fields", [{"erased_at": timezone.now(), "recipient_name": ""}, {"state": "cancelled"}])
def test_where_there_is_nothing_to_fetch_that_is_said(admin_client: Client, fields: dict[str, Any]) -> None:
    delivery = labelled(**fields) if "erased_at" in fields else make_delivery(**fields)
    before = states(delivery)
    assert "Fetch the label again" not in buttons(admin_client, delivery)
    assert send(admin_client, NAME, delivery, note="") == [NOTHING]
    assert said(select(admin_client, NAME, delivery)) == [NOTHING]
    assert states(delivery) == before


def test_in_french(admin_client: Client) -> None:
    delivery = labelled()
    page = html.unescape(admin_client.get(url(NAME, delivery), HTTP_ACCEPT_LANGUAGE="fr").content.decode())
    assert "Récupérer l’étiquette de nouveau" in page
    response = admin_client.post(
        url(NAME, delivery), {CONFIRMED: "1", "note": ""}, follow=True, HTTP_ACCEPT_LANGUAGE="fr"
    )
    [told] = said(response)
    assert told.startswith("Les étiquettes de 1 livraison sont récupérées de nouveau.")


@pytest.mark.parametrize("permissions", [("view_delivery", "view_label"), ("hand_off_delivery",)])
def test_only_those_who_may_look_and_hand_off(clerk: Clerk, permissions: tuple[str, ...]) -> None:
    delivery, client = labelled(), clerk(*permissions)
    assert client.get(url(NAME, delivery)).status_code == 403
    assert client.post(url(NAME, delivery), {CONFIRMED: "1", "note": ""}).status_code == 403
    assert states(delivery) == [ShipmentState.LABELLED]


def test_those_who_may_hand_off_see_the_button(clerk: Clerk) -> None:
    assert "Fetch the label again" in buttons(clerk("view_delivery", "hand_off_delivery"), labelled())

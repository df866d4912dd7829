"""What a person has found out about one shipment: it exists, nothing was made, its old label is destroyed."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from tests.admin.browsing import said, send, url
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db


def test_a_person_says_what_became_of_a_parcel(admin_client: Client) -> None:
    taken = make_shipment(state="made", due_at=None, shipment_id="S-9", tracking_pin="P-9")
    shipment, gone = (make_shipment(state="attention", due_at=None) for _ in range(2))
    same = {"shipment_id": taken.shipment_id, "tracking_number": "P-1", "note": "seen"}
    response = admin_client.post(url("exists", shipment), {CONFIRMED: "1", **same})
    page = BeautifulSoup(response.content, "html.parser")
    assert "Another parcel has this shipment ID" in page.select(".errorlist")[0].get_text()
    assert page.select("#id_tracking_number")[0]["value"] == "P-1"
    [message] = send(admin_client, "exists", shipment, **{**same, "shipment_id": "S-1"})
    assert message.startswith("The parcel has been saved with these numbers, and its label is fetched.")
    shipment.refresh_from_db()
    assert (shipment.state, shipment.shipment_id, shipment.tracking_pin) == ("made", "S-1", "P1")
    [message] = send(admin_client, "nothing_made", gone, note="x")
    assert message.startswith("Recorded: nothing was made.")
    gone.refresh_from_db()
    assert gone.state == "refused"
    assert said(admin_client.post(url("exists", shipment), {CONFIRMED: "1", **same})) == [
        "This parcel no longer needs attention. See where it is now."
    ]


def test_numbers_are_kept_as_a_scan_has_them_and_a_slip_is_refused(admin_client: Client) -> None:
    shipment = make_shipment(state="attention", due_at=None)
    slip = {"shipment_id": "3478 8131 5405 043891", "tracking_number": "7023 2100 3941 4605", "note": "seen"}
    refused = admin_client.post(url("exists", shipment), {CONFIRMED: "1", **slip})
    assert "This is not a Canada Post tracking number." in refused.content.decode()
    send(admin_client, "exists", shipment, **{**slip, "tracking_number": "7023-2100 3941 4604"})
    shipment.refresh_from_db()
    assert (shipment.shipment_id, shipment.tracking_pin) == ("347881315405043891", "7023210039414604")


def test_the_next_label_waits_for_the_word_that_the_old_one_is_destroyed(admin_client: Client) -> None:
    shipment = make_shipment(state="refund_asked", due_at=None)
    [message] = send(admin_client, "make_again", shipment, note="torn")
    assert "Destroy its label" in message
    [message] = send(admin_client, "label_destroyed", shipment, note="torn")
    assert message == "Recorded: the old label has been destroyed. A new one is made automatically."
    assert list(shipment.delivery.shipments.values_list("revision", "state")) == [(1, "refund_asked"), (2, "waiting")]


@pytest.mark.parametrize("asked_at", [None, timezone.now()])
def test_no_new_label_is_promised_to_a_delivery_that_is_cancelled(admin_client: Client, asked_at: Any) -> None:
    shipment = make_shipment(state="refund_asked", due_at=None, change_asked_at=asked_at)
    send(admin_client, "cancel", shipment.delivery, note="torn")
    assert send(admin_client, "label_destroyed", shipment, note="torn") == [
        "Recorded: the old label has been destroyed."
    ]
    assert list(shipment.delivery.shipments.values_list("revision", "state")) == [(1, "refund_asked")]

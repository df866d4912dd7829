""" "Request the label": as a button for one delivery, as an action for many."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.changes import hand_off
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.sending.hand_off_now import HandedOff
from deliver_to_po.models import Delivery, Shipment
from tests.admin import browsing
from tests.admin.browsing import page_of, said, url
from tests.admin.conftest import Clerk, deliver_to
from tests.factories import make_delivery, make_draft, make_order, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

CANNOT_BE_ASKED = "Canada Post could not be asked whether the post office accepts parcels. You do not need to do"


def press(client: Client, delivery: Delivery) -> list[str]:
    """Press the button on the delivery's page and return what is said."""
    return said(client.post(url("hand_off", delivery)))


def select(client: Client, *deliveries: Delivery) -> list[str]:
    """Choose the action for some deliveries in the list and return what is said."""
    return said(browsing.select(client, "hand_off_now", *deliveries))


def has_button(client: Client, delivery: Delivery) -> bool:
    return bool(
        page_of(client, url("delivery_change", delivery)).select("[action$='/hand-off/'], [formaction$='/hand-off/']")
    )


@pytest.fixture
def shipment(emulator: EmulatorServer) -> Shipment:
    """Return a shipment that is due only in an hour, to an office that the emulator knows."""
    return make_shipment(deliver_to(emulator), due_at=timezone.now() + timedelta(hours=1))


def test_the_button_makes_shipment_and_label_says_so_and_pressed_twice_makes_no_other(
    admin_client: Client, shipment: Shipment, emulator: EmulatorServer
) -> None:
    assert has_button(admin_client, shipment.delivery)
    assert press(admin_client, shipment.delivery) == ["1 parcel has its label."]
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.LABELLED
    assert len(emulator.shipments) == 1
    assert not has_button(admin_client, shipment.delivery)
    assert press(admin_client, shipment.delivery) == ["There is no label to request: no released shipment is waiting."]
    assert len(emulator.shipments) == 1
    label = admin_client.get(reverse("admin:deliver_to_po_label", args=[shipment.pk]))
    assert b"".join(label).startswith(b"%PDF")


def test_the_button_says_why_nothing_came_of_it(admin_client: Client) -> None:
    (message,) = press(admin_client, make_shipment().delivery)
    assert message.startswith(f"Label not requested yet: 1 parcel. {CANNOT_BE_ASKED}")


@pytest.mark.parametrize("ask", [press, select])
def test_where_the_merchant_releases_button_and_action_do(
    admin_client: Client, admin_user: Any, settings: Any, emulator: EmulatorServer, ask: Any
) -> None:
    settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, "RELEASE": "by_merchant"}
    delivery = deliver_to(emulator, state=DeliveryState.PLACED, released_at=None)
    assert ask(admin_client, delivery)[0].endswith("label.")
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.RELEASED
    assert delivery.history.get().user == admin_user


def test_of_a_mixed_selection_it_is_said_how_many_had_no_label_to_request(
    admin_client: Client, shipment: Shipment, emulator: EmulatorServer
) -> None:
    """An order has perhaps several parcels: their number alone does not say that some orders got none."""
    shipment_2 = make_shipment(shipment.delivery, parcel=2)
    held, unpaid = (
        make_delivery(state=DeliveryState.HELD),
        make_delivery(state=DeliveryState.PLACED, order=make_order()),
    )
    assert select(admin_client, shipment_2.delivery, held, unpaid) == [
        "1 delivery is on hold: its row in the queue “On hold” says why.",
        "1 selected delivery had no label to request: its row says why.",
        "2 parcels have their labels.",
    ]


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (HandedOff([]), ["There is no label to request: no released shipment is waiting."]),
        (HandedOff([], refusals=["The shop’s own code failed."]), ["The shop’s own code failed."]),
        (
            HandedOff([1, 2, 3], unpaid=2, not_reached=1),
            [
                "2 deliveries were left out: the shop says that their orders are not paid. To request a label anyway, "
                "open the delivery and press “Request the label”.",
                "1 delivery was not reached in time. Press the button again.",
                "3 parcels remain. You do not need to do anything: their labels are requested automatically.",
            ],
        ),
        (
            HandedOff([1, 2, 3], by_workers=True),
            ["The labels of 3 parcels are being requested. The queue “Waiting for an answer” shows how many are left."],
        ),
    ],
)
def test_what_came_of_it_is_told_and_what_is_left_is_counted_in_parcels_and_deliveries(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, result: HandedOff, told: list[str]
) -> None:
    monkeypatch.setattr(hand_off, "hand_off_again", lambda *rows, **how: result)
    assert select(admin_client, make_delivery(order=make_order())) == told


def test_where_labels_are_made_elsewhere_the_queue_is_named_in_which_they_wait(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, change_settings: Any
) -> None:
    change_settings(SHIPPING_SYSTEMS={"desk": {"BACKEND": "deliver_to_po.shipping.manual.Manual"}})
    one, other = make_shipment(system="desk"), make_shipment(system="desk")
    asked = HandedOff([one.pk, other.pk], by_workers=True)
    monkeypatch.setattr(hand_off, "hand_off_again", lambda *rows, **how: asked)
    [told] = select(admin_client, one.delivery, other.delivery)
    assert "“To label in another program” shows how many are left" in told


def test_only_those_who_may_hand_off(clerk: Clerk) -> None:
    delivery = make_shipment().delivery
    client = clerk("view_delivery")
    assert not has_button(client, delivery)
    browsing.select(client, "hand_off_now", delivery)
    assert not delivery.shipments.get().attempts.exists()


def test_a_link_alone_hands_nothing_off(admin_client: Client) -> None:
    shipment = make_shipment()
    response = admin_client.get(reverse("admin:deliver_to_po_hand_off", args=[shipment.delivery_id]))
    # After a login the clerk is led there: to where the button is.
    assert response["Location"] == reverse("admin:deliver_to_po_delivery_change", args=[shipment.delivery_id])
    shipment.refresh_from_db()
    assert (shipment.state, shipment.attempts.count()) == (ShipmentState.WAITING, 0)


def test_a_draft_cannot_be_handed_off(admin_client: Client) -> None:
    assert admin_client.post(reverse("admin:deliver_to_po_hand_off", args=[make_draft().pk])).status_code == 404

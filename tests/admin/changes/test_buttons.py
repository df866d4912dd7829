"""Each button of the desk is offered where it does something, to those who may press it, and to nobody else."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.changes.buttons import CHANGES, delivery_buttons, shipment_buttons
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Delivery, Shipment
from tests.admin.browsing import page_of, url
from tests.admin.conftest import Clerk
from tests.factories import PARCEL, make_delivery, make_draft, make_shipment

pytestmark = pytest.mark.django_db
ALL = {"correct_recipient", "change_parcels", "to_home", "cancel"}


@pytest.fixture(autouse=True)
def _one_parcel(shop_says: Any) -> None:
    shop_says("parcels", [PARCEL])


def names(buttons: Any) -> set[str]:
    return {button.url.rstrip("/").rpartition("/")[2] for button in buttons}


def of_delivery(user: User, delivery: Delivery) -> set[str]:
    return names(delivery_buttons(user, delivery, admin.site))


def of_shipment(user: User, shipment: Shipment) -> set[str]:
    return names(shipment_buttons(user, shipment, admin.site))


# What a clerk can do to a parcel, by where it stands; to any other nothing.
BY_STATE = {
    **{state: {"make_again"} for state in ("refused", "labelled", "made", "done")},
    "attention": {"exists", "nothing_made"},
    "suspended": {"exists", "nothing_made", "make_again"},
    "refund_asked": {"label_destroyed", "make_again"},
}


@pytest.mark.parametrize("state", ShipmentState)
def test_each_button_of_a_parcel_is_offered_where_it_does_something(
    admin_user: User, change_settings: Any, state: str
) -> None:
    systems = {"default": "canadapost.CanadaPostShipping", "desk": "manual.Manual"}
    change_settings(
        SHIPPING_SYSTEMS={name: {"BACKEND": f"deliver_to_po.shipping.{at}"} for name, at in systems.items()}
    )
    shown = BY_STATE.get(state, set())
    assert of_shipment(admin_user, make_shipment(state=state, due_at=None)) == shown
    by_hand = make_shipment(state=state, due_at=None, system="desk")
    assert of_shipment(admin_user, by_hand) == shown | ({"nothing_made"} if state == "handed" else set())


def test_of_a_label_that_is_destroyed_nobody_needs_to_say_so_again(admin_user: User) -> None:
    destroyed = make_shipment(state="refund_asked", due_at=None, open_parcel=None)
    assert "label_destroyed" not in of_shipment(admin_user, destroyed)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"state": "placed"}, {"hold", *ALL}),
        ({"state": "needs_choice", "reason": "office_gone"}, {"hold", *ALL}),
        ({"state": "held", "reason": "on_hold"}, {"let_go_on", *ALL}),
        ({"state": "held", "reason": "shop_error"}, {"hold", "let_go_on", *ALL}),
        ({"state": "cancelled"}, set()),
        ({"stop_asked_at": timezone.now()}, set()),
    ],
)
def test_each_button_of_a_delivery_is_offered_where_it_does_something(
    admin_user: User, fields: dict[str, Any], shown: set[str]
) -> None:
    assert of_delivery(admin_user, make_delivery(**fields)) == shown


@pytest.mark.parametrize(
    ("permission", "shown"),
    [
        ("view_label", set()),
        ("hold_delivery", {"hold"}),
        ("hand_off_delivery", {"fetch_label_again"}),
        ("cancel_delivery", {"cancel", "to_home"}),
        ("correct_recipient", {"correct_recipient"}),
        ("change_parcels", {"change_parcels", "follow_order"}),
        ("make_again", {"make_again"}),
        ("settle_shipment", {"exists", "nothing_made"}),
    ],
)
def test_each_permission_gives_its_own_buttons(clerk: Clerk, permission: str, shown: set[str]) -> None:
    clerk("view_delivery", permission)
    user, delivery = User.objects.get(username="clerk"), make_delivery()
    suspended = make_shipment(delivery, state="suspended", due_at=None)
    make_shipment(delivery, parcel=2, state="labelled", due_at=None)
    make_shipment(delivery, parcel=3)
    assert of_delivery(user, delivery) | of_shipment(user, suspended) == shown


def test_a_draft_has_none_of_the_pages(admin_client: Client) -> None:
    draft = make_draft()
    assert {admin_client.get(url(each.name, draft)).status_code for each in CHANGES} == {404}


def test_the_page_of_a_delivery_offers_what_its_clerk_may_do(clerk: Clerk) -> None:
    shipment = make_shipment(state="labelled", due_at=None)
    page = page_of(clerk("view_delivery", "cancel_delivery", "make_again"), url("delivery_change", shipment.delivery))
    links = [str(link["href"]) for link in page.select(".d2po-can a, .d2po-button")]
    assert set(links) == {
        url("cancel", shipment.delivery),
        url("to_home", shipment.delivery),
        url("make_again", shipment),
    }
    assert [link["href"] for link in page.select(".d2po-danger")] == [
        url("to_home", shipment.delivery),
        url("cancel", shipment.delivery),
    ]
    voided = "Parcel 1 has a label: it will be voided. Destroy the label if it has been printed."
    assert [says.get_text() for says in page.select(".d2po-changes p")] == [voided, voided]


@pytest.mark.parametrize(
    ("api", "state", "label"),
    [
        ("portal by card", "labelled", "Ask for the refund"),
        ("portal by card", "refused", "Cancel the delivery"),
        ("portal", "labelled", "Cancel the delivery"),
    ],
)
def test_what_was_charged_at_once_is_not_cancelled_but_refunded(
    admin_client: Client, admin_user: User, api: str, state: str, label: str
) -> None:
    now = timezone.now() if state == "labelled" else None
    delivery = make_shipment(api=api, state=state, group="", transmitted_at=now, due_at=None).delivery
    [cancel] = [button for button in delivery_buttons(admin_user, delivery, admin.site) if "/cancel/" in button.url]
    assert cancel.label == label
    page = page_of(admin_client, cancel.url)
    assert page.select_one(f'input[type=submit][value="{label}"]')

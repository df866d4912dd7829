"""Buttons of a delivery, and the permission that each asks for."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from deliver_to_po.admin.deliveries.cures import button_named
from deliver_to_po.admin.deliveries.standing import Standing, Tone
from deliver_to_po.core.choices.states import UP_TO_A_PERSON
from deliver_to_po.models import Manifest
from tests.admin.browsing import LIST, listed, page_of, text_of, url
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_order, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_network")]


@pytest.mark.parametrize(("permission", "shown"), [("view", True), ("change", True), ("add", False)])
def test_who_may_look_at_orders_has_the_button_to_the_order(
    clerk: Clerk, change_settings: Any, permission: str, shown: bool
) -> None:
    change_settings(RELEASE="when_paid")
    delivery = make_delivery(state="held", reason="not_paid", order=make_order())
    client = clerk("view_delivery")
    user, of_order = User.objects.get(), ContentType.objects.get_for_model(delivery.order)
    user.user_permissions.add(Permission.objects.get(content_type=of_order, codename__startswith=permission))
    assert ("Open the order" in text_of(client, delivery)) == shown
    assert ("Open the order" in listed(client).get_text()) == shown


# What each button says, the permission that it needs, the page that it leads to, of what, and whether it posts.
BUTTONS: list[tuple[str, str, str, str, str, bool]] = [
    ("hand_off", "Request the label", "hand_off_delivery", "hand_off", "delivery", True),
    ("choose", "Choose another post office", "choose_office", "choose", "delivery", False),
    ("print", "Print the label", "print_labels", "label", "shipment", True),
    ("day_end", "Day’s end", "transmit_manifest", "day_end", "", False),
    ("ship_by_hand", "Parcels labelled in another program", "ship_by_hand", "by_hand", "", False),
    ("manifest", "Open the manifest", "transmit_manifest", "manifest_change", "manifest", False),
    ("let_go_on", "Resume", "hold_delivery", "let_go_on", "delivery", False),
    ("exists", "The parcel exists", "settle_shipment", "exists", "shipment", False),
]


@pytest.mark.parametrize(("name", "words", "permission", "page", "of", "posts"), BUTTONS)
def test_each_button_leads_on_for_whom_may_press_it(
    name: str, words: str, permission: str, page: str, of: str, posts: bool
) -> None:
    shipment = make_shipment(state="labelled", manifest=Manifest.objects.create(system="default"))
    may, may_not = (User.objects.create_user(named) for named in ("may", "may not"))
    may.user_permissions.add(Permission.objects.get(codename=permission))
    found = Standing("waits", Tone.WAIT, shipment=shipment)
    button = button_named(name, found, shipment.delivery, may, admin.site)
    keys = {"delivery": shipment.delivery_id, "shipment": shipment.pk, "manifest": shipment.manifest_id}
    address = reverse(f"admin:deliver_to_po_{page}", args=[keys[of]] if of else [])
    assert button is not None
    assert (button.label, button.url.removesuffix("?print=1"), button.posts) == (words, address, posts)
    assert button_named(name, found, shipment.delivery, may_not, admin.site) is None


def test_the_page_begins_with_what_settles_its_parcel(admin_client: Client) -> None:
    shipment = make_shipment(state=UP_TO_A_PERSON[0])
    page = page_of(admin_client, reverse("admin:deliver_to_po_delivery_change", args=[shipment.delivery_id]))
    pages = [reverse(f"admin:deliver_to_po_{name}", args=[shipment.pk]) for name in ("exists", "nothing_made")]
    assert [link["href"] for link in page.select(".d2po-presses a")] == pages


@pytest.mark.parametrize(
    ("language", "words", "nothing"),
    [
        ("en", "Ask a colleague who may do this", "Nothing to do here"),
        ("fr", "Demandez à un collègue qui y est autorisé", "Rien à faire ici"),
    ],
)
def test_where_only_others_may_press_the_button_nobody_is_told_that_there_is_nothing_to_do(
    clerk: Clerk, language: str, words: str, nothing: str
) -> None:
    held, over = make_delivery(state="held", reason="on_hold"), make_delivery(state="cancelled", reason="cancelled")
    client = clerk("view_delivery")
    cells = page_of(client, reverse(LIST), language).select("#result_list .field-cure_shown")
    assert [cell.get_text(strip=True) for cell in cells] == [nothing, words]
    for delivery, said in ((held, words), (over, nothing)):
        [told] = page_of(client, url("delivery_change", delivery), language).select(".d2po-presses")
        assert told.get_text(strip=True) == said

"""The desk's list and page of deliveries."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.choices import Change, DeliveryState, HandoffStep, OfficeCheck, Outcome, Reason, ShipmentState
from deliver_to_po.models import Attempt, Delivery, History
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

LIST = "admin:deliver_to_po_delivery_changelist"
PIN = "7023210039414604"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a page asks Canada Post anything while it renders."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a page of the desk made a call")

    monkeypatch.setattr("requests.Session.send", refuse)


def page_of(delivery: Delivery) -> str:
    return reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])


def listed(client: Client, **query: str) -> BeautifulSoup:
    response = client.get(reverse(LIST), query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def references(client: Client, **query: str) -> list[str]:
    return [link.get_text(strip=True) for link in listed(client, **query).select("td.field-reference_shown a:has(b)")]


def text_of(client: Client, delivery: Delivery) -> str:
    response = client.get(page_of(delivery))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def labelled(delivery: Delivery | None = None, **fields: Any) -> Any:
    values = {
        "state": ShipmentState.LABELLED,
        "shipment_id": "347881315405043891",
        "tracking_pin": PIN,
        "label": "label.pdf",
        "label_media_type": "application/pdf",
        "due_at": None,
    }
    return make_shipment(delivery, **{**values, **fields})


def test_the_list_shows_who_where_and_how_far(admin_client: Client) -> None:
    delivery = make_delivery(live=True)
    labelled(delivery)
    make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED, reason=Reason.REFUSED)
    row = listed(admin_client).select_one("#result_list tbody tr")
    assert row is not None
    text = row.get_text(" ", strip=True)
    for part in (
        delivery.reference,
        "Marie-Ève Côté",
        "Comptoir du Coin",
        "Ottawa",
        "label ready",
        "refused",
        PIN,
    ):
        assert part in text
    assert "TEST" not in text


def test_a_delivery_placed_while_live_was_off_says_test_in_list_and_page(admin_client: Client) -> None:
    delivery = make_delivery(live=False)
    assert listed(admin_client).select_one("#result_list .d2po-test") is not None
    assert "TEST" in text_of(admin_client, delivery)


def test_a_reason_is_shown_with_what_to_do(admin_client: Client) -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    assert "Ask the buyer which other post office it should be" in listed(admin_client).get_text()
    assert "Ask the buyer which other post office it should be" in text_of(admin_client, delivery)


def test_drafts_are_other_peoples_unfinished_choices_and_shown_only_when_asked_for(admin_client: Client) -> None:
    draft, delivery = make_draft(), make_delivery()
    assert references(admin_client) == [delivery.reference]
    assert len(references(admin_client, state="draft")) == 1
    assert "all that have an order" in listed(admin_client).get_text()
    assert "TEST" not in text_of(admin_client, draft)


def test_the_list_asks_the_database_as_often_for_many_as_for_few(admin_client: Client) -> None:
    labelled()
    admin_client.get(reverse(LIST))
    with CaptureQueriesContext(
        connection,
    ) as few:
        admin_client.get(reverse(LIST))
    for number in range(8):
        delivery = make_delivery()
        labelled(delivery, tracking_pin=f"{number}")
        make_shipment(delivery, parcel=2)
    with CaptureQueriesContext(connection) as many:
        assert len(references(admin_client)) == 9
    assert len(many) == len(few) <= 10


def test_the_page_asks_the_database_as_often_for_many_shipments_as_for_one(admin_client: Client) -> None:
    delivery = make_delivery()
    Attempt.objects.create(shipment=labelled(delivery), step=HandoffStep.CREATE, request_id="a", outcome=Outcome.MADE)
    admin_client.get(page_of(delivery))
    with CaptureQueriesContext(connection) as few:
        admin_client.get(page_of(delivery))
    for parcel in (2, 3, 4):
        shipment = make_shipment(delivery, parcel=parcel)
        for outcome in (Outcome.UNAVAILABLE, Outcome.MADE):
            Attempt.objects.create(shipment=shipment, step=HandoffStep.CREATE, request_id="a", outcome=outcome)
        History.objects.create(delivery=delivery, change=Change.HOLD)
    with CaptureQueriesContext(connection) as many:
        admin_client.get(page_of(delivery))
    assert len(many) == len(few)


def test_the_list_narrows_down_by_state_shipment_and_kind(admin_client: Client) -> None:
    held = make_delivery(state=DeliveryState.HELD, live=True)
    refused = make_shipment(state=ShipmentState.REFUSED).delivery
    labelled(refused, revision=2)
    again = make_shipment(state=ShipmentState.REFUSED).delivery
    assert references(admin_client, state="held") == [held.reference]
    assert references(admin_client, shipment_state="refused") == [again.reference]
    assert references(admin_client, shipment_state="labelled") == [refused.reference]
    assert references(admin_client, live="1") == [held.reference]
    assert references(admin_client, live="0") == [again.reference, refused.reference]


def test_the_newest_come_first_and_a_time_can_be_chosen(admin_client: Client) -> None:
    old = make_delivery(placed_at=timezone.now() - timedelta(days=400))
    new = make_delivery()
    assert references(admin_client) == [new.reference, old.reference]
    since = (timezone.now() - timedelta(days=7)).isoformat()
    assert references(admin_client, placed_at__gte=since) == [new.reference]


def test_the_page_shows_recipient_office_and_what_was_tried(admin_client: Client) -> None:
    delivery = make_delivery(office_check=OfficeCheck.TAKES_PARCELS)
    options = [{"code": "SO", "amount": None}, {"code": "COV", "amount": "612.5"}]
    shipment = labelled(delivery, reason_text="1234: said by the carrier", options=options)
    Attempt.objects.create(
        shipment=shipment, step=HandoffStep.CREATE, request_id="a", outcome=Outcome.REFUSED, status=400, codes="9153"
    )
    History.objects.create(delivery=delivery, change=Change.RELEASE, note="paid at the counter")
    text = text_of(admin_client, delivery)
    for part in (
        "23, rue du Jardin", "App. 4", "Ottawa ON K1K 4T3", "marie@example.com", "613-555-0199",
        "Plage Cristal", "0000102978", "3080, av. Carling", "Ottawa ON K2B 7K0", "8 a.m. – noon",
        "takes parcels", "Expedited Parcel™", "SO, COV ($612.50)", PIN, "Open the shipping label", "1.25 kg",
        "1234: said by the carrier", "create shipment", "refused", "400", "9153",
        "released for hand-off", "paid at the counter", "the shop (automatically)",
    ):  # fmt: skip
        assert part in " ".join(text.split()), part


def test_the_order_is_a_link_to_its_own_admin_page(admin_client: Client, monkeypatch: Any) -> None:
    delivery = make_delivery()
    monkeypatch.setattr("deliver_to_po.admin.show.order_admin_url_name", lambda order: "admin:auth_user_change")
    url = reverse("admin:auth_user_change", args=[delivery.order_id])
    link = listed(admin_client).select_one(f'.field-reference_shown a[href="{url}"]')
    assert link is not None
    assert link.get_text() == ("order" if str(delivery.order) == str(delivery) else str(delivery.order))


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("may", [True, False])
def test_an_order_is_a_link_only_for_those_who_may_view_it(
    clerk: Clerk, monkeypatch: Any, may: bool, registered: bool
) -> None:
    delivery = make_delivery()
    monkeypatch.setattr("deliver_to_po.admin.show.order_admin_url_name", lambda order: "admin:auth_user_change")
    if registered:
        orders: Any = type(delivery.order)
        monkeypatch.setitem(admin.site._registry, orders, admin.ModelAdmin(orders, admin.site))
        # The site's addresses were made before that, and know no page of the order's app.
        monkeypatch.setattr(admin.site, "get_app_list", lambda *_, **__: [])
    client = clerk("view_delivery")
    if may:
        options = Delivery._meta.get_field("order").related_model._meta
        view = Permission.objects.get(content_type__app_label=options.app_label, codename=f"view_{options.model_name}")
        User.objects.get(username="clerk").user_permissions.add(view)
    url = reverse("admin:auth_user_change", args=[delivery.order_id])
    for page in (listed(client), BeautifulSoup(client.get(page_of(delivery)).content, "html.parser")):
        assert bool(page.select(f'a[href="{url}"]')) == may
        assert str(delivery.order) in page.get_text()


def test_an_order_without_an_admin_page_is_named_without_a_link(admin_client: Client, monkeypatch: Any) -> None:
    delivery = make_delivery()
    monkeypatch.setattr("deliver_to_po.admin.show.order_admin_url_name", lambda order: "admin:no_such_page")
    assert str(delivery.order) in text_of(admin_client, delivery)


def test_what_people_wrote_is_escaped(admin_client: Client) -> None:
    delivery = make_delivery(recipient_name="<b>Eve</b>", office_name="<i>", reference="<u>R", office_location="<s>")
    make_shipment(delivery, reason_text="<script>x</script>")
    for url in (reverse(LIST), page_of(delivery)):
        html = admin_client.get(url).content.decode()
        for raw in ("<b>Eve", "<i>", "<u>R", "<s>", "<script>x"):
            assert raw not in html


def test_nothing_can_be_typed_added_or_deleted(admin_client: Client) -> None:
    delivery = make_delivery()
    make_shipment(delivery)
    page = BeautifulSoup(admin_client.get(page_of(delivery)).content, "html.parser")
    form = page.select_one("#delivery_form")
    assert form is not None
    assert form.select("input:not([type=hidden]), select, textarea") == []
    assert admin_client.get(reverse("admin:deliver_to_po_delivery_add")).status_code == 403
    assert admin_client.post(reverse("admin:deliver_to_po_delivery_delete", args=[delivery.pk])).status_code == 403
    assert admin_client.post(page_of(delivery), {"recipient_name": "Eve"}).status_code == 403


def test_pages_with_addresses_are_not_kept_by_browsers(admin_client: Client) -> None:
    delivery = make_delivery()
    for url in (reverse(LIST), page_of(delivery)):
        assert "no-store" in admin_client.get(url).headers["Cache-Control"]


def test_without_permissions_there_is_no_page_and_without_more_no_button_and_no_label(clerk: Clerk) -> None:
    delivery = labelled().delivery
    make_shipment(delivery, parcel=2)
    client = clerk("view_delivery")
    page = BeautifulSoup(client.get(page_of(delivery)).content, "html.parser")
    assert page.select("form.d2po-hand-off") == []
    assert "stored; you do not have permission to open it" in page.get_text()
    assert listed(client).select("select[name=action]") == []
    client.logout()
    assert client.get(page_of(delivery)).status_code == 302

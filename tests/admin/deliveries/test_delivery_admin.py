"""The desk's list and page of deliveries."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.core.choices import (
    Change,
    DeliveryState,
    HandoffStep,
    OfficeCheck,
    Outcome,
    ParcelState,
    ShipmentState,
)
from deliver_to_po.errors import InThePost
from deliver_to_po.models import Attempt, History, Tracking
from tests.admin.browsing import LIST, listed, page_of, text_of, url
from tests.admin.conftest import PIN, Clerk, labelled
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("no_network")]


def test_a_delivery_placed_while_live_was_off_says_test_in_list_and_page(admin_client: Client) -> None:
    delivery = make_delivery(live=False)
    assert listed(admin_client).select_one("#result_list .d2po-test") is not None
    assert "TEST" in text_of(admin_client, delivery)


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
        "accepts parcels", "Expedited Parcel™", "SO, COV ($612.50)", PIN, "Open the shipping label", "1.25 kg",
        "1234: said by the carrier", "create shipment", "refused", "400", "9153",
        "released; labels can be requested", "paid at the counter", "the shop (automatically)",
    ):  # fmt: skip
        assert part in " ".join(text.split()), part


@pytest.mark.parametrize(("charge", "told"), [(None, []), ("14.85", []), ("18.49", ["Charged: $18.49."])])
def test_a_price_stands_beside_what_was_charged(admin_client: Client, charge: str | None, told: list[str]) -> None:
    delivery = make_delivery(price="14.85", charge=charge)
    page = page_of(admin_client, url("delivery_change", delivery))
    [service, price] = page.select(".field-service_shown .fieldBox .readonly")
    assert (service.get_text(), list(price.stripped_strings)) == ("Expedited Parcel™", ["$14.85", *told])


@pytest.mark.parametrize(
    ("price", "told"),
    [(None, "Expedited Parcel™"), ("0.00", "Expedited Parcel™ · $0.00"), ("14.85", "Expedited Parcel™ · $14.85")],
)
def test_beside_the_service_stands_its_price_also_where_that_is_nothing(
    admin_client: Client, price: str | None, told: str
) -> None:
    page = page_of(admin_client, url("delivery_change", make_delivery(price=price)))
    *_order, service = page.select(".d2po-facts dd")[-1].stripped_strings
    assert service == told


@pytest.mark.parametrize(("state", "closed"), [(DeliveryState.RELEASED, True), (DeliveryState.NEEDS_CHOICE, False)])
def test_each_button_is_there_once_and_what_is_in_the_post_says_so(
    admin_client: Client, state: DeliveryState, closed: bool
) -> None:
    shipment = labelled(make_delivery(state=state), state=ShipmentState.DONE, transmitted_at=timezone.now())
    Tracking.objects.create(shipment=shipment, state=ParcelState.IN_TRANSIT)
    page = page_of(admin_client, url("delivery_change", shipment.delivery))
    links = [str(link["href"]) for link in page.select(".d2po-can a")]
    assert len(links) == len(set(links)) > 0
    assert (str(InThePost()) in page.get_text()) == closed


def test_the_story_writes_the_post_office_as_people_do(admin_client: Client) -> None:
    office = {"office_name": "DÉPANNEUR DU LAC", "office_address": "1601 PLACE DU MARCHÉ", "office_city": "MONTRÉAL"}
    story = page_of(admin_client, url("delivery_change", make_delivery(**office))).select("dl dd")[1].get_text("|")
    assert story == "Dépanneur du Lac|1601 place du Marché|Montréal ON"


def test_what_people_wrote_is_escaped(admin_client: Client) -> None:
    delivery = make_delivery(recipient_name="<b>Eve</b>", office_name="<i>", reference="<u>R", office_location="<s>")
    make_shipment(delivery, reason_text="<script>x</script>")
    for path in (reverse(LIST), url("delivery_change", delivery)):
        html = admin_client.get(path).content.decode()
        for raw in ("<b>Eve", "<i>", "<u>R", "<s>", "<script>x"):
            assert raw not in html


def test_pages_with_addresses_are_not_kept_by_browsers(admin_client: Client) -> None:
    delivery = make_delivery()
    for path in (reverse(LIST), url("delivery_change", delivery)):
        assert "no-store" in admin_client.get(path).headers["Cache-Control"]


def test_without_permissions_there_is_no_page_and_without_more_no_button_and_no_label(clerk: Clerk) -> None:
    delivery = labelled().delivery
    make_shipment(delivery, parcel=2)
    client = clerk("view_delivery")
    page = page_of(client, url("delivery_change", delivery))
    assert page.select(".d2po-can a, .d2po-can button") == []
    assert "stored; you do not have permission to open it" in page.get_text()
    assert listed(client).select("select[name=action]") == []
    client.logout()
    assert client.get(url("delivery_change", delivery)).status_code == 302


def test_nothing_can_be_typed_added_or_deleted(admin_client: Client) -> None:
    delivery = make_delivery()
    make_shipment(delivery)
    page = page_of(admin_client, url("delivery_change", delivery))
    [form] = page.select("#delivery_form")
    assert form.select("input:not([type=hidden]), select, textarea") == []
    assert admin_client.get(reverse("admin:deliver_to_po_delivery_add")).status_code == 403
    assert admin_client.post(reverse("admin:deliver_to_po_delivery_delete", args=[delivery.pk])).status_code == 403
    assert admin_client.post(url("delivery_change", delivery), {"recipient_name": "Eve"}).status_code == 403

"""The desk opens on queues: what waits, how much of it, and the button that empties each."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin import delivery_list, queues
from deliver_to_po.choices import Change, DeliveryState, NoticeKind, NoticeOutcome, Reason, ShipmentState
from deliver_to_po.handoff.print_standing import to_print
from deliver_to_po.handoff.release import hold_delivery
from deliver_to_po.models import Delivery, History, Notice, Shipment
from tests.admin.conftest import Clerk
from tests.admin.test_deliveries import LIST, labelled, listed, references
from tests.factories import make_delivery, make_shipment
from tests.handoff.by_hand import SYSTEMS

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

NAMES = {"to_pack", "to_print", "to_transmit", "needs_choice", "persons", "held", "waiting"}


def names_with(delivery: Delivery) -> set[str]:
    return {queue.name for queue in queues.queues() if queue.rows().filter(pk=delivery.pk).exists()}


def counted(page: BeautifulSoup) -> dict[str, str]:
    links = page.select(".d2po-queues a[href*=queue]")
    return {str(link["href"]).partition("=")[2]: link.select(".d2po-count")[0].get_text() for link in links}


@pytest.mark.parametrize(
    ("state", "queue"),
    [
        (DeliveryState.PLACED, {"to_pack"}),
        (DeliveryState.NEEDS_CHOICE, {"needs_choice"}),
        (DeliveryState.HELD, {"held"}),
        (DeliveryState.RELEASED, set()),
        (DeliveryState.CANCELLED, set()),
    ],
)
def test_a_delivery_waits_in_the_queue_of_its_state(state: DeliveryState, queue: set[str]) -> None:
    assert names_with(make_delivery(state=state)) == queue


@pytest.mark.parametrize("state", list(ShipmentState))
def test_a_parcel_waits_in_one_queue_or_in_none(state: ShipmentState) -> None:
    persons = (ShipmentState.ATTENTION, ShipmentState.SUSPENDED, ShipmentState.REFUSED)
    carrier = (ShipmentState.WAITING, *queues.UNDER_WAY)
    expected = {"persons"} if state in persons else {"waiting"} if state in carrier else set()
    expected |= {"to_print"} if state == ShipmentState.LABELLED else set()
    shipment = make_shipment(state=state, group="")
    assert names_with(shipment.delivery) == expected


def test_only_the_newest_revision_of_a_parcel_counts() -> None:
    refused = make_shipment(state=ShipmentState.REFUSED)
    assert names_with(refused.delivery) == {"persons"}
    labelled(refused.delivery, revision=2, group="")
    assert names_with(refused.delivery) == {"to_print"}


def test_a_label_is_to_be_printed_until_somebody_has() -> None:
    shipment = labelled(group="")
    assert list(to_print()) == [shipment]
    Shipment.objects.filter(pk=shipment.pk).update(printed_at=timezone.now())
    assert list(to_print()) == []


@pytest.mark.parametrize("fields", [{"state": DeliveryState.HELD}, {"stop_asked_at": timezone.now()}])
def test_a_label_that_must_not_be_used_now_is_not_to_be_printed(fields: dict[str, Any]) -> None:
    labelled(make_delivery(**fields), group="")
    assert list(to_print()) == []


def test_a_label_waits_for_the_days_end_where_the_system_has_one() -> None:
    shipment = labelled(printed_at=timezone.now(), system="dummy")
    assert names_with(shipment.delivery) == set()
    Shipment.objects.filter(pk=shipment.pk).update(system="default")
    assert names_with(shipment.delivery) == {"to_transmit"}
    Shipment.objects.filter(pk=shipment.pk).update(transmitted_at=timezone.now())
    assert names_with(shipment.delivery) == set()


def test_an_old_label_that_somebody_must_destroy_needs_a_person() -> None:
    shipment = make_shipment(state=ShipmentState.REFUND_ASKED, change_asked_at=timezone.now(), group="")
    assert names_with(shipment.delivery) == {"persons"}


def test_the_list_shows_the_queues_with_counts_and_each_narrows_it_down(admin_client: Client) -> None:
    held = make_delivery(state=DeliveryState.HELD)
    make_delivery(state=DeliveryState.PLACED)
    page = listed(admin_client)
    assert set(counted(page)) == NAMES
    assert (counted(page)["held"], counted(page)["to_pack"], counted(page)["persons"]) == ("1", "1", "0")
    assert references(admin_client, queue="held") == [held.reference]
    assert "Nothing is left here." in listed(admin_client, queue="persons").get_text()


def test_more_than_a_clerk_pages_through_is_not_counted(admin_client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(queues, "MOST", 2)
    monkeypatch.setattr(delivery_list, "MOST", 2)
    for _ in range(3):
        make_delivery(state=DeliveryState.HELD)
    page = listed(admin_client)
    assert counted(page)["held"] == "more than 2"
    assert "The first 2 are listed here." in page.get_text()


def test_the_button_of_a_queue_does_its_action_with_all_of_it_and_nothing_else(admin_client: Client) -> None:
    held = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    placed = make_delivery(state=DeliveryState.PLACED)
    form = listed(admin_client, queue="held").select_one(".d2po-queue form")
    assert form is not None
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input[name]")}
    asked = admin_client.post(reverse(LIST) + str(form["action"]), sent).content.decode()
    assert str(held) in asked
    assert str(placed) not in asked


def test_the_papers_of_a_queue_that_is_packed_are_one_press_away(admin_client: Client) -> None:
    make_delivery(state=DeliveryState.PLACED)
    for queue, offered in (("to_print", ["pick_list", "packing_slips"]), ("to_transmit", []), ("persons", [])):
        labelled(make_delivery(), system="default")
        page = listed(admin_client, queue=queue)
        assert [str(field["value"]) for field in page.select(".d2po-queue [name=action]")] == offered
    form = listed(admin_client, queue="to_print").select_one(".d2po-queue form")
    assert form is not None
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input[name]")}
    answer = admin_client.post(reverse(LIST) + str(form["action"]), sent)
    assert answer["Content-Type"] == "application/pdf"


def test_a_shop_whose_systems_have_no_days_end_has_its_desk_all_the_same(
    admin_client: Client, change_settings: Any
) -> None:
    change_settings(SHIPPING_SYSTEMS=SYSTEMS)
    delivery = make_delivery(state=DeliveryState.HELD)
    page = listed(admin_client)
    assert (counted(page)["to_transmit"], counted(page)["held"]) == ("0", "1")
    change = BeautifulSoup(
        admin_client.get(reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])).content, "html.parser"
    )
    # From one delivery to the next queue without a way around.
    assert counted(change) == counted(page)
    assert all(str(link["href"]).startswith(reverse(LIST)) for link in change.select(".d2po-queues a"))


def test_a_row_on_hold_says_what_was_noted_by_the_last_who_put_it_there(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    noted = [hold_of(make_delivery(state=DeliveryState.PLACED), f"Look at {number}") for number in range(9)]
    other = make_delivery(state=DeliveryState.PLACED, hold_asked_at=None)
    History.objects.create(delivery=other, change=Change.HOLD, note="of before")
    with django_assert_max_num_queries(10):
        page = listed(admin_client)
    text = page.select_one("#result_list").get_text()  # type: ignore[union-attr]
    assert [f"Note: Look at {number}" in text for number in range(len(noted))] == [True] * 9
    assert "of before" not in text
    asked = BeautifulSoup(
        admin_client.get(reverse("admin:deliver_to_po_let_go_on", args=[noted[3].pk])).content, "html.parser"
    )
    assert "Note: Look at 3" in asked.get_text()


def hold_of(delivery: Delivery, note: str) -> Delivery:
    """Put a delivery on hold twice, the second time with this note."""
    for reason, text in ((Reason.PAUSED, "earlier"), (Reason.ON_HOLD, note)):
        assert hold_delivery(delivery, reason=reason, note=text)
    return delivery


def test_what_breaks_a_rule_here_was_not_said_by_the_shipping_system(admin_client: Client) -> None:
    make_shipment(state=ShipmentState.REFUSED, reason=Reason.INVALID, reason_text="Parcel's weight: at most 30 kg.")
    row = listed(admin_client, queue="persons").select("#result_list tbody tr")[0].get_text()
    assert "Parcel's weight: at most 30 kg." in row
    assert "The shipping system said" not in row


@pytest.mark.parametrize(("state", "in_front"), [(ShipmentState.REFUSED, True), (ShipmentState.WAITING, False)])
def test_the_page_of_what_was_refused_offers_its_corrections_first(
    admin_client: Client, state: ShipmentState, in_front: bool
) -> None:
    delivery = make_shipment(state=state, reason=Reason.REFUSED, reason_text="9153: postal code").delivery
    url = reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])
    page = BeautifulSoup(admin_client.get(url).content, "html.parser")
    folded = {link.get_text() for link in page.select(".d2po-more a")}
    assert {"Correct the recipient", "Change the parcels"} & folded == (
        set() if in_front else {"Correct the recipient", "Change the parcels"}
    )
    assert "The shipping system said: 9153: postal code" in page.select(".d2po-story")[0].get_text()


def test_only_those_who_may_have_the_button(clerk: Clerk) -> None:
    make_delivery(state=DeliveryState.HELD)
    labelled(system="default")
    client = clerk("view_delivery")
    for queue in NAMES:
        assert listed(client, queue=queue).select(".d2po-queue form, .d2po-queue a") == []


def test_the_queue_of_the_days_end_leads_there(admin_client: Client) -> None:
    labelled(system="default")
    link = listed(admin_client, queue="to_transmit").select_one(".d2po-queue a")
    assert link is not None
    assert link["href"] == reverse("admin:deliver_to_po_day_end")


def test_a_row_says_when_the_carrier_is_asked_next(admin_client: Client) -> None:
    make_shipment(due_at=timezone.now() + timedelta(hours=2), reason=Reason.UNAVAILABLE)
    row = listed(admin_client, queue="waiting").select("#result_list tbody tr")[0].get_text()
    assert "Next try:" in row
    assert "could not be reached" in row


def test_a_row_says_what_the_shipping_system_said(admin_client: Client) -> None:
    make_shipment(state=ShipmentState.REFUSED, reason=Reason.REFUSED, reason_text="9153: postal code " + "x" * 900)
    row = listed(admin_client, queue="persons").select("#result_list tbody tr")[0].get_text()
    assert "9153: postal code" in row
    assert len(row) < 900


def test_a_row_says_what_the_buyer_was_told_and_leads_to_all_of_it(admin_client: Client) -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    Notice.objects.create(
        delivery=delivery, kind=NoticeKind.CHOOSE, occasion=1, outcome=NoticeOutcome.SENT, sent_at=timezone.now()
    )
    link = listed(admin_client).select_one("#result_list a[href$='#d2po-told']")
    assert link is not None
    assert "asks the buyer for a post office" in link.get_text()
    page = BeautifulSoup(admin_client.get(str(link["href"])).content, "html.parser")
    assert "asks the buyer for a post office" in page.select("#d2po-told")[0].get_text()


def test_a_real_parcels_number_leads_to_canada_posts_page_and_a_tests_does_not(admin_client: Client) -> None:
    real, trial = labelled(make_delivery(live=True)), labelled(make_delivery(), tracking_pin="7023210039414605")
    page = listed(admin_client)
    links = [str(link["href"]) for link in page.select(".d2po-shipment a")]
    assert len(links) == 1
    assert real.tracking_pin in links[0]
    assert trial.tracking_pin in page.get_text()


def test_an_address_with_no_such_queue_shows_the_whole_list(admin_client: Client) -> None:
    delivery = make_delivery()
    assert references(admin_client, queue="nope") == [delivery.reference]

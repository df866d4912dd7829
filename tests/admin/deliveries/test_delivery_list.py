"""The list of deliveries: its rows, its queues, and as many questions to the database however long it is."""

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin import queues
from deliver_to_po.admin.deliveries import delivery_list
from deliver_to_po.admin.deliveries.delivery_admin import DeliveryAdmin
from deliver_to_po.admin.show import order_url
from deliver_to_po.core.choices import DeliveryState, NoticeKind, NoticeOutcome, ParcelState, Reason, ShipmentState
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.models import Delivery, Notice, PrintJob, Tracking
from tests.admin.browsing import LIST, listed, page_of, references, seen_again, text_of, url
from tests.admin.conftest import Clerk, labelled
from tests.factories import make_delivery, make_draft, make_order, make_paid_order, make_shipment
from tests.handoff.parcels_by_hand import SYSTEMS

pytestmark = [pytest.mark.django_db, pytest.mark.order_model, pytest.mark.usefixtures("no_network")]
NAMES = {"to_pack", "to_print", "to_transmit", "needs_choice", "persons", "held", "waiting"}


def test_the_list_shows_who_where_and_how_far(admin_client: Client) -> None:
    delivery = make_delivery(live=True)
    labelled(delivery)
    make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED, reason=Reason.REFUSED)
    [row] = listed(admin_client).select("#result_list tbody tr")
    text = row.get_text(" ", strip=True)
    why = ("Needs attention", "Canada Post refused the parcel.", "Correct it")
    for part in (delivery.reference, "Marie-Ève Côté", "Comptoir du Coin", "Ottawa", *why):
        assert part in text
    assert "TEST" not in text


def test_the_list_asks_the_database_as_often_for_many_as_for_few(admin_client: Client) -> None:
    labelled()
    admin_client.get(reverse(LIST))
    with CaptureQueriesContext(connection) as few:
        admin_client.get(reverse(LIST))
    for number in range(8):
        delivery = make_delivery()
        labelled(delivery, tracking_pin=f"{number}")
        make_shipment(delivery, parcel=2)
        make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    with CaptureQueriesContext(connection) as many:
        assert len(references(admin_client)) == 17
    assert len(many) == len(few) <= 10


def test_a_part_of_the_queues_that_has_none_in_this_shop_is_not_named(
    admin_client: Client, change_settings: Any
) -> None:
    for follows in (True, False):
        change_settings(TRACKING=follows)
        titles = [heading.get_text() for heading in listed(admin_client).select(".d2po-queues h2")]
        assert titles == ["To do, in this order", "Waiting in the shop", *["With Canada Post"] * follows]


def test_the_newest_come_first_and_a_time_can_be_chosen(admin_client: Client) -> None:
    old = make_delivery(placed_at=timezone.now() - timedelta(days=400))
    new = make_delivery()
    assert references(admin_client) == [new.reference, old.reference]
    since = (timezone.now() - timedelta(days=7)).isoformat()
    assert references(admin_client, placed_at__gte=since) == [new.reference]


def counted(page: BeautifulSoup) -> dict[str, str]:
    links = page.select(".d2po-queues a[href*=queue]")
    return {str(link["href"]).partition("=")[2]: link.select(".d2po-count")[0].get_text() for link in links}


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


def pressed(client: Client, form: Any, where: str) -> Any:
    """Send a form of the list as a browser does that shows it at ``where``."""
    sent = {str(field["name"]): str(field["value"]) for field in form.select("input[name]")}
    return client.post(urljoin(reverse(LIST) + where, str(form.get("action", ""))), sent)


def test_the_button_of_a_queue_does_its_action_with_all_of_it_and_nothing_else(admin_client: Client) -> None:
    held = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    placed = make_delivery(state=DeliveryState.PLACED)
    [form] = listed(admin_client, queue="held").select(".d2po-queue form")
    asked = pressed(admin_client, form, "?queue=held").content.decode()
    assert str(held) in asked
    assert str(placed) not in asked


def test_the_papers_of_a_queue_that_is_packed_are_one_press_away(admin_client: Client) -> None:
    make_delivery(state=DeliveryState.PLACED)
    for queue, offered in (("to_print", ["pick_list", "packing_slips"]), ("to_transmit", []), ("persons", [])):
        labelled(make_delivery(), system="default", printed_at=None if queue == "to_print" else timezone.now())
        page = listed(admin_client, queue=queue)
        assert [str(field["value"]) for field in page.select(".d2po-queue [name=action]")] == offered
    form, *_others = listed(admin_client, queue="to_print").select(".d2po-queue form")
    assert pressed(admin_client, form, "?queue=to_print")["Content-Type"] == "application/pdf"


def test_a_shop_whose_systems_have_no_days_end_has_its_desk_all_the_same(
    admin_client: Client, change_settings: Any
) -> None:
    change_settings(SHIPPING_SYSTEMS=SYSTEMS)
    delivery = make_delivery(state=DeliveryState.HELD)
    page = listed(admin_client)
    assert counted(page)["held"] == "1"
    assert "to_transmit" not in counted(page)
    change = page_of(admin_client, url("delivery_change", delivery))
    # From one delivery to the next queue without a way around.
    assert counted(change) == counted(page)
    assert all(str(link["href"]).startswith(reverse(LIST)) for link in change.select(".d2po-queues a[href*=queue]"))


def test_only_those_who_may_have_the_button(clerk: Clerk) -> None:
    make_delivery(state=DeliveryState.HELD)
    labelled(system="default")
    labelled(system="default", printed_at=timezone.now(), tracking_pin="")
    client = clerk("view_delivery")
    assert listed(client).select("#result_list .d2po-line") == []
    for queue in ("held", "to_print", "to_transmit"):
        assert listed(client, queue=queue).select(".d2po-queue form, .d2po-queue a") == []


@pytest.mark.parametrize(
    ("permissions", "more"),
    [
        ((), {}),
        (("print_labels",), {"Print labels": "print"}),
        (("transmit_manifest",), {"Day’s end": "day_end"}),
        (("ship_by_hand",), {}),
        (("answer_privacy_requests",), {"Answer a privacy request": "privacy"}),
    ],
)
def test_the_desks_other_pages_are_named_to_those_who_may_see_them(
    permissions: tuple[str, ...], more: dict[str, str], clerk: Clerk
) -> None:
    page = listed(clerk("view_delivery", *permissions))
    pages = {"Packing table": "table", "The day’s summary": "day", "Figures": "costs", **more}
    named = {link.get_text(strip=True): link["href"] for link in page.select(".d2po-tools a")}
    assert named == {title: reverse(f"admin:deliver_to_po_{name}") for title, name in pages.items()}


@pytest.mark.parametrize("named", [False, True])
def test_where_every_label_is_made_in_another_program_no_day_ends_here(
    admin_client: Client, change_settings: Any, named: bool
) -> None:
    canada_post = {"default": {"BACKEND": "deliver_to_po.shipping.canadapost.CanadaPostShipping"}}
    change_settings(SHIPPING_SYSTEMS={**SYSTEMS, **(canada_post if named else {})})
    titles = [link.get_text(strip=True) for link in listed(admin_client).select(".d2po-tools a")]
    assert ("Day’s end" in titles) == named


def test_the_queue_of_the_days_end_leads_there(admin_client: Client) -> None:
    labelled(system="default", printed_at=timezone.now())
    [link] = listed(admin_client, queue="to_transmit").select(".d2po-queue a")
    assert link["href"] == reverse("admin:deliver_to_po_day_end")


def test_a_shop_that_labels_in_another_program_begins_there(clerk: Clerk, change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS=SYSTEMS)
    handed = make_shipment(state=ShipmentState.HANDED, system="desk")
    client = clerk("view_delivery", "ship_by_hand", "print_labels")
    page, there = listed(client), reverse("admin:deliver_to_po_by_hand")
    assert page.select(".d2po-first")[0].get_text(" ", strip=True).startswith("First: To label in another program (1)")
    links = page.select("#result_list .d2po-line, .d2po-tools a")
    assert [link["href"] for link in links].count(there) == 2
    assert references(client, queue="by_hand") == [handed.delivery.reference]
    queue = listed(client, queue="by_hand")
    assert [link["href"] for link in queue.select(".d2po-queue a")] == [there]
    papers = ["pick_list", "packing_slips"]
    assert [field["value"] for field in queue.select(".d2po-queue [name=action]")] == papers


def test_a_row_says_what_the_buyer_was_told_and_leads_to_all_of_it(admin_client: Client) -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    now, written = timezone.now(), {"delivery": delivery, "kind": NoticeKind.CHOOSE}
    Notice.objects.create(**written, occasion=1, outcome=NoticeOutcome.SENT, sent_at=now)
    [link] = listed(admin_client).select("#result_list a[href$='#d2po-told']")
    assert link.get_text() == f"E-mail: request to choose a post office ({day_and_time(now)})"
    page = BeautifulSoup(admin_client.get(str(link["href"])).content, "html.parser")
    assert "request to choose a post office" in page.select("#d2po-told")[0].get_text()
    Notice.objects.create(**written, occasion=2, outcome=NoticeOutcome.FAILED)
    [link] = listed(admin_client).select("#result_list a[href$='#d2po-told']")
    result = NoticeOutcome.FAILED.label
    assert link.get_text() == f"E-mail: request to choose a post office ({result})"


def test_a_row_leads_to_its_order_however_that_is_called(admin_client: Client) -> None:
    order = make_order()
    # Orders with UUID keys have no page here.
    page = order_url(admin.site, order)
    for reference, words in (("other", str(order)), (str(order), "order")):
        delivery = make_delivery(order=order, reference=reference)
        _delivery, *links = listed(admin_client).select("#result_list .field-reference_shown a")
        assert [(link.get_text(), link["href"]) for link in links] == ([(words, page)] if page else [])
        delivery.delete()


def test_where_a_clerk_releases_a_row_says_that_its_order_is_not_paid(
    admin_client: Client, change_settings: Any
) -> None:
    make_delivery(state=DeliveryState.PLACED, order=make_order())
    make_delivery(state=DeliveryState.PLACED, order=make_paid_order())
    assert "Not paid, says the shop" not in listed(admin_client).get_text()
    change_settings(RELEASE="by_merchant")
    assert listed(admin_client).get_text().count("Not paid, says the shop") == 1


def test_a_page_that_is_emptied_by_its_own_button_leaves_the_clerk_in_the_queue(
    admin_client: Client, monkeypatch: Any
) -> None:
    """The oldest orders stand on the last page, where a clerk begins."""
    monkeypatch.setattr(DeliveryAdmin, "list_per_page", 2)
    rows = [make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD) for _each in range(5)]
    make_delivery()
    assert references(admin_client, queue="held", p="3") == [rows[0].reference]
    Delivery.objects.filter(pk=rows[0].pk).update(state=DeliveryState.CANCELLED)
    assert references(admin_client, queue="held", p="3") == [rows[2].reference, rows[1].reference]


@pytest.mark.parametrize("page", ["1", "2", "x"])
def test_the_history_of_a_delivery_has_pages_too(admin_client: Client, page: str) -> None:
    history = reverse("admin:deliver_to_po_delivery_history", args=[make_delivery().pk])
    assert admin_client.get(history, {"p": page}).status_code == 200


def test_what_a_queue_does_not_have_is_one_press_away(admin_client: Client) -> None:
    elsewhere, waiting = make_delivery(), make_delivery(state=DeliveryState.HELD)
    [link] = listed(admin_client, queue="held", q=elsewhere.reference).find_all("a", string="Search in all deliveries")
    page = admin_client.get(urljoin(reverse(LIST), str(link["href"])))
    assert [row.pk for row in page.context["cl"].result_list] == [elsewhere.pk]
    for query in ({"queue": "held", "q": waiting.reference}, {"queue": "held"}, {"q": "nobody"}):
        assert not listed(admin_client, **query).find_all("a", string="Search in all deliveries")


def test_whoever_does_not_do_an_action_after_all_is_back_where_they_were(admin_client: Client) -> None:
    held = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    where = f"{reverse(LIST)}?queue=held&q={held.reference}"
    asked = admin_client.post(where, {"action": "let_go_on", "_selected_action": [str(held.pk)]})
    [back] = BeautifulSoup(asked.content, "html.parser").select("a.closelink")
    assert back["href"] == where


def test_what_only_waits_for_others_is_to_be_watched_and_a_parcel_to_look_for_is_to_be_done(
    admin_client: Client, change_settings: Any
) -> None:
    """A busy shop always has something on hold, and something that is not scanned yet."""
    change_settings(TRACKING=True)
    sent = make_shipment(state=ShipmentState.DONE, transmitted_at=timezone.now(), tracking_pin="1")
    tracking = Tracking.objects.create(shipment=sent, state=ParcelState.IN_TRANSIT)

    def said_on_top() -> str:
        return str(listed(admin_client).select(".d2po-first")[0].get_text(" ", strip=True))

    assert said_on_top() == "Nothing is to be done now."
    make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    Tracking.objects.filter(pk=tracking.pk).update(state=ParcelState.RETURNING)
    assert said_on_top() == "Nothing is to be done now. To keep an eye on: On hold (1), Coming back or lost (1)"
    Tracking.objects.filter(pk=tracking.pk).update(state=ParcelState.PERSON, doubt="redirected")
    assert said_on_top() == "First: Parcels to look for (1) After that: On hold (1) Begin there"


def test_what_comes_first_is_said_on_top_and_each_row_has_the_one_button_that_leads_it_on(
    admin_client: Client, change_settings: Any
) -> None:
    change_settings(RELEASE="by_merchant")
    placed, held = make_delivery(state=DeliveryState.PLACED), make_delivery(state=DeliveryState.HELD, reason="on_hold")
    refused = make_shipment(state=ShipmentState.REFUSED, reason=Reason.REFUSED)
    sent = make_shipment(state=ShipmentState.DONE, transmitted_at=timezone.now())
    page = listed(admin_client)
    first = page.select(".d2po-first")[0].get_text(" ", strip=True)
    assert first == "First: Needs attention (1) After that: To pack (1), On hold (1) Begin there"
    shown = {
        row.select("a b")[0].get_text(): (button.get_text(), button.get("href") or button.get("formaction"))
        for row in page.select("#result_list tbody tr")
        for button in row.select(".field-cure_shown > *")
    }
    assert shown == {
        placed.reference: ("Request the label", url("hand_off", placed)),
        held.reference: ("Resume", url("let_go_on", held)),
        refused.delivery.reference: ("Correct it", url("delivery_change", refused.delivery)),
        sent.delivery.reference: ("Nothing to do here", None),
    }
    bars = page.select("#result_list .d2po-bars")
    assert len(bars) == 4
    for bar in bars:
        marks = [mark["class"][0] for mark in bar.select("i")]
        number = marks.index("d2po-now") + 1 if "d2po-now" in marks else len(marks)
        assert bar["aria-label"] == f"Stop {number} of {len(marks)}"


def test_a_label_that_is_printed_from_a_row_opens_beside_the_list(admin_client: Client) -> None:
    shipment = labelled(printed_at=None)
    [button] = listed(admin_client).select(f"#result_list [formaction='{url('label', shipment)}?print=1']")
    assert button.get("formtarget") == "_blank"


def test_the_button_of_a_queue_that_is_narrowed_down_does_it_with_what_is_listed(
    admin_client: Client, change_settings: Any
) -> None:
    change_settings(RELEASE="by_merchant")
    rows = [make_delivery(state=DeliveryState.PLACED, released_at=None, release_asked_at=None) for _each in range(2)]
    [form] = listed(admin_client, queue="to_pack", q=rows[0].reference).select(".d2po-queue form:not([target])")
    pressed(admin_client, form, f"?queue=to_pack&q={rows[0].reference}")
    assert [seen_again(row)[0] for row in rows] == [DeliveryState.RELEASED, DeliveryState.PLACED]
    labels = [labelled(row, tracking_pin=str(row.pk)[:16], parcel=2) for row in (rows[0], make_delivery())]
    [form] = listed(admin_client, queue="to_print", q=rows[0].reference).select(".d2po-queue form:not([target])")
    pressed(admin_client, form, f"?queue=to_print&q={rows[0].reference}")
    assert labels[0].pk in PrintJob.objects.get().chosen
    assert labels[1].pk not in PrintJob.objects.get().chosen


def test_drafts_are_other_peoples_unfinished_choices_and_shown_only_when_asked_for(admin_client: Client) -> None:
    draft, delivery = make_draft(), make_delivery()
    assert references(admin_client) == [delivery.reference]
    assert len(references(admin_client, state="draft")) == 1
    assert "all that have an order" in listed(admin_client).get_text()
    assert "TEST" not in text_of(admin_client, draft)


def test_the_list_narrows_down_by_state_shipment_and_kind(admin_client: Client) -> None:
    held = make_delivery(state=DeliveryState.HELD, live=True)
    refused = make_shipment(state=ShipmentState.REFUSED).delivery
    labelled(refused, revision=2)
    again = make_shipment(state=ShipmentState.REFUSED).delivery
    # It came back with its label, and is shipped again.
    make_shipment(
        labelled(again, revision=2, tracking_pin="1", open_parcel=None).delivery,
        revision=3,
        state=ShipmentState.REFUSED,
    )
    assert references(admin_client, state="held") == [held.reference]
    assert references(admin_client, shipment_state="refused") == [again.reference]
    assert references(admin_client, shipment_state="labelled") == [refused.reference]
    assert references(admin_client, live="1") == [held.reference]
    assert references(admin_client, live="0") == [again.reference, refused.reference]

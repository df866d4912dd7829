"""What a clerk says of a parcel in the post, and where the desk shows it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.core.choices import Doubt, NoticeKind, NoticeOutcome, ParcelState, Scan, ShipmentState
from deliver_to_po.models import Delivery, Notice, Shipment, Tracking, TrackingEvent
from tests.admin.browsing import LIST, page_of, send, url
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracking_on")]

P = ParcelState


def parcel(state: ParcelState, **fields: Any) -> Tracking:
    stands: dict[str, Any] = {"state": ShipmentState.DONE, "tracking_pin": "7023210039414604", "due_at": None}
    shipment = make_shipment(make_delivery(state="released"), **stands)
    tracking = Tracking.objects.create(shipment=shipment, state=state, due_at=timezone.now(), **fields)
    TrackingEvent.objects.create(
        tracking=tracking, on=date(2026, 11, 26), time="10:05:00", code=1230, scan=Scan.REDIRECTED, text="Redirected"
    )
    return tracking


def buttons(client: Client, shipment: Shipment) -> list[str]:
    page = page_of(client, url("delivery_change", shipment.delivery))
    return [link.get_text() for link in page.select(".field-buttons_shown a")]


SETTLING = {"It was picked up", "It came back", "It is lost"}


@pytest.mark.parametrize(("name", "state"), [("picked_up", P.COLLECTED), ("came_back", P.RETURNED), ("lost", P.LOST)])
def test_a_clerk_says_how_a_parcel_ended(admin_client: Client, name: str, state: ParcelState) -> None:
    tracking = parcel(P.PERSON, doubt=Doubt.REDIRECTED)
    assert set(buttons(admin_client, tracking.shipment)) >= {*SETTLING, "Follow the parcel further"}
    [message] = send(admin_client, name, tracking.shipment, note="by phone")
    assert message.startswith("Saved where the parcel is")
    tracking.refresh_from_db()
    assert (tracking.state, tracking.doubt, tracking.due_at) == (state, "", None)
    assert tracking.shipment.delivery.history.get(change="settle_parcel").note == f"{state.label} – by phone"
    assert SETTLING.isdisjoint(buttons(admin_client, tracking.shipment))
    assert (
        "a person said where the parcel is"
        in page_of(admin_client, url("delivery_change", tracking.shipment.delivery)).get_text()
    )
    [message] = send(admin_client, name, tracking.shipment, note="twice")
    assert message.startswith("What became of this parcel")
    assert "That was a mistake" in buttons(admin_client, tracking.shipment)
    unsent = {"kind": NoticeKind.FIFTH_DAY, "occasion": tracking.shipment.pk, "outcome": NoticeOutcome.NOT_NEEDED}
    Notice.objects.create(**unsent, delivery=tracking.shipment.delivery, due_at=timezone.now())
    [message] = send(admin_client, "mistake", tracking.shipment, note="another parcel")
    assert message == "The parcel’s state is again what Canada Post says: needs attention."
    assert Notice.objects.get().outcome == NoticeOutcome.TO_SEND
    assert set(buttons(admin_client, tracking.shipment)) >= {*SETTLING, "Follow the parcel further"}


def test_a_clerk_lets_a_parcel_be_followed_further(admin_client: Client) -> None:
    tracking = parcel(P.PERSON, doubt=Doubt.REDIRECTED)
    assert send(admin_client, "follow_on", tracking.shipment, note="seen") == ["The parcel is followed further."]
    tracking.refresh_from_db()
    assert (tracking.state, tracking.doubt) == (P.NOT_SEEN, "")
    assert tracking.due_at is not None


def test_what_nothing_alarms_about_is_followed_anyway(admin_client: Client) -> None:
    assert set(buttons(admin_client, parcel(P.READY).shipment)) & {*SETTLING, "Follow the parcel further"} == SETTLING
    others = set(P) - {P.PERSON}
    settled = {state for state in others if SETTLING.issubset(buttons(admin_client, parcel(state).shipment))}
    assert settled == {P.IN_TRANSIT, P.READY, P.ELSEWHERE, P.RETURNING}


def test_the_list_says_where_a_parcel_is_and_the_page_each_event(admin_client: Client) -> None:
    tracking = parcel(P.ELSEWHERE, office_name="MONTREAL PO", office_id="385964")
    [in_the_list] = page_of(admin_client, reverse(LIST)).select(".field-standing_shown")
    assert "Montreal PO (385964)" in in_the_list.get_text(" ")
    page = page_of(admin_client, url("delivery_change", tracking.shipment.delivery))
    cells = page.select(".field-where_shown tbody tr td")
    told = ["Nov. 26, 2026 10:05", "redirection", "Redirected", "–", "1230"]
    assert [cell.get_text() for cell in cells] == told
    # Canada Post is asked in English, whatever the clerk's language: a French screen reader must know.
    assert [cell.get("lang") for cell in cells] == [None, None, "en", None, None]


def test_what_came_back_is_shipped_again_or_cancelled_to_be_refunded(admin_client: Client) -> None:
    parcel(P.READY)
    delivery = parcel(P.RETURNED).shipment.delivery
    page = page_of(admin_client, url("delivery_change", delivery)).get_text()
    assert "ship it again, or cancel" in page
    assert "Cancel, and refund the buyer" in page
    assert "it is not shipped again" in page_of(admin_client, url("cancel", delivery)).get_text()
    [message] = send(admin_client, "ship_again", delivery, note="")
    assert message.startswith("The order has a new delivery")
    made = Delivery.objects.get(replaces=delivery)
    [leads_on] = page_of(admin_client, url("delivery_change", delivery)).select(".d2po-presses a")
    assert (leads_on.get_text(), leads_on["href"]) == ("Open the other delivery", url("delivery_change", made))
    # Where the first parcel really is can still be put right, but its delivery stays cancelled.
    [message] = send(admin_client, "mistake", delivery.shipments.get(), note="it was another")
    assert message.startswith("The parcel’s state is")
    [message] = send(admin_client, "ship_again", made, note="")
    assert message.startswith("Nothing of this order can be shipped again")
    assert "Ship it again" not in page_of(admin_client, url("delivery_change", made)).get_text()


def test_what_was_never_scanned_may_be_lost_once_it_left_the_shop(admin_client: Client) -> None:
    tracking = parcel(P.ANNOUNCED)
    assert SETTLING.isdisjoint(buttons(admin_client, tracking.shipment))
    Shipment.objects.filter(pk=tracking.shipment_id).update(transmitted_at=timezone.now())
    assert set(buttons(admin_client, tracking.shipment)) >= SETTLING

"""A delivery's page: which of its queue it is, its day at the post office, and the button that reminds the buyer."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.deliveries.way import days_at_the_office
from deliver_to_po.core.choices import DeliveryState, NoticeKind, NoticeOutcome, ParcelState, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Delivery, Notice, Tracking
from tests.admin.browsing import LIST, page_of, url
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def shown(client: Client, delivery: Delivery, language: str = "en") -> BeautifulSoup:
    return page_of(client, url("delivery_change", delivery), language)


def at_the_office(days: int, **fields: Any) -> Delivery:
    """Return a delivery whose parcel has been ready for so many days."""
    delivery = make_delivery(**fields)
    made = {"state": ShipmentState.DONE, "tracking_pin": delivery.reference, "made_at": timezone.now()}
    ready = {"state": ParcelState.READY, "ready_on": shop_day() - timedelta(days=days), "due_at": timezone.now()}
    Tracking.objects.create(shipment=make_shipment(delivery, **made), **ready)
    return delivery


@pytest.mark.parametrize(
    ("language", "told", "onward"),
    [("en", "On hold: {} of 3", "next ›"), ("fr", "Retenue : {} sur 3", "suivante ›")],
)
def test_a_clerk_goes_from_one_of_a_queue_to_the_next(
    admin_client: Client, language: str, told: str, onward: str
) -> None:
    day = timezone.now()
    held = [make_delivery(state=DeliveryState.HELD, placed_at=day - timedelta(hours=hour)) for hour in range(3)]
    make_delivery(state=DeliveryState.PLACED)
    path = url("delivery_change", held[0])
    for number, delivery in enumerate(held, 1):
        assert path == url("delivery_change", delivery)
        [line] = page_of(admin_client, path, language).select(".d2po-turn")
        text = " ".join(line.get_text().split())
        assert text.startswith(told.format(number))
        assert (onward in text) == (number < 3)
        links = [str(link["href"]) for link in line.select("a")]
        assert links[0] == f"{reverse(LIST)}?queue=held"
        path = links[-1]


def test_what_waits_in_no_queue_has_no_turn(admin_client: Client) -> None:
    assert shown(admin_client, make_delivery(state=DeliveryState.CANCELLED)).select(".d2po-turn") == []


@pytest.mark.parametrize(("language", "words"), [("en", "Day 8 of 15"), ("fr", "Jour 8 sur 15")])
def test_the_days_at_the_post_office_are_counted(
    admin_client: Client, change_settings: Any, language: str, words: str
) -> None:
    change_settings(TRACKING=True)
    [bar] = shown(admin_client, at_the_office(8), language).select(".d2po-days")
    assert " ".join(bar.get_text().split()) == words
    assert [mark["class"][0] for mark in bar.select("i")] == ["d2po-done"] * 7 + ["d2po-now"] + ["d2po-todo"] * 7
    # What was fetched long ago waits no longer.
    Tracking.objects.update(state=ParcelState.COLLECTED, ended_at=timezone.now())
    assert shown(admin_client, Delivery.objects.get(), language).select(".d2po-days") == []


def test_of_several_parcels_the_one_that_goes_back_first_counts(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    parcels = [at_the_office(days).shipments.select_related("tracking").get() for days in (2, 9)]
    counted = days_at_the_office(parcels)
    assert counted is not None
    assert counted.day == 9


@pytest.mark.parametrize(("days", "told"), [(0, 1), (1, 1), (14, 14), (15, 15), (16, 15)])
def test_the_last_of_the_days_is_the_one_until_which_the_post_office_holds_it(
    change_settings: Any, days: int, told: int
) -> None:
    change_settings(TRACKING=True)
    parcels = list(at_the_office(days).shipments.select_related("tracking"))
    counted = days_at_the_office(parcels)
    assert counted is not None
    assert counted.day == told
    assert (parcels[0].tracking.held_until == shop_day()) is (days == 15)


@pytest.mark.parametrize(("language", "words"), [("en", "Remind the buyer"), ("fr", "Envoyer un rappel à l’acheteur")])
def test_the_buyer_of_a_parcel_that_waits_is_reminded(
    admin_client: Client, change_settings: Any, language: str, words: str
) -> None:
    change_settings(TRACKING=True, NOTICES=True, TELL={"FIFTH_DAY": True})
    told, silent = at_the_office(6), at_the_office(6)
    sent = {"kind": NoticeKind.FIFTH_DAY, "outcome": NoticeOutcome.SENT, "sent_at": timezone.now()}
    Notice.objects.create(delivery=told, occasion=told.shipments.get().pk, **sent)
    cells = page_of(admin_client, reverse(LIST), language).select("#result_list .field-cure_shown")
    buttons = {cell.get_text(strip=True) for cell in cells}
    assert buttons == {words, {"en": "Nothing to do here", "fr": "Rien à faire ici"}[language]}
    [first] = shown(admin_client, told, language).select(".d2po-presses .d2po-primary")
    assert first.get_text(strip=True) == words
    assert shown(admin_client, silent, language).select(".d2po-presses .d2po-primary") == []

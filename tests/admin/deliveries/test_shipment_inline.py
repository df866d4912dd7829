"""The parcels below a delivery: each with its attempts, its label and as few questions for many as for one."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.admin.deliveries.story import AT_MOST
from deliver_to_po.core.choices import Change, HandoffStep, Outcome
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.models import Attempt, History
from tests.admin.browsing import page_of, text_of, url
from tests.admin.conftest import labelled
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def test_the_page_asks_the_database_as_often_for_many_shipments_as_for_one(admin_client: Client) -> None:
    delivery = make_delivery()
    Attempt.objects.create(shipment=labelled(delivery), step=HandoffStep.CREATE, request_id="a", outcome=Outcome.MADE)
    # More than the shop names now, as are the others.
    make_shipment(delivery, parcel=2)
    admin_client.get(url("delivery_change", delivery))
    with CaptureQueriesContext(connection) as few:
        admin_client.get(url("delivery_change", delivery))
    for parcel in (3, 4, 5):
        shipment = make_shipment(delivery, parcel=parcel)
        for outcome in (Outcome.UNAVAILABLE, Outcome.MADE):
            Attempt.objects.create(shipment=shipment, step=HandoffStep.CREATE, request_id="a", outcome=outcome)
        History.objects.create(delivery=delivery, change=Change.HOLD)
    with CaptureQueriesContext(connection) as many:
        admin_client.get(url("delivery_change", delivery))
    assert len(many) == len(few)


def test_of_a_parcel_that_is_tried_for_a_month_the_newest_attempts_are_shown(admin_client: Client) -> None:
    shipment = labelled()
    tried = [Attempt(shipment=shipment, step=HandoffStep.CREATE, outcome=Outcome.UNAVAILABLE) for _ in range(AT_MOST)]
    Attempt.objects.bulk_create(tried)
    for last, cut in ((Outcome.UNAVAILABLE, False), (Outcome.MADE, True)):
        page = page_of(admin_client, url("delivery_change", shipment.delivery))
        *_around, shown = page.select("details:has(.d2po-attempts)")
        rows = shown.select(".d2po-attempts tbody tr")
        assert (len(rows), str(last.label) in rows[0].get_text()) == (AT_MOST, True)
        assert ("What is older is left out here." in shown.get_text()) == cut
        Attempt.objects.create(shipment=shipment, step=HandoffStep.CREATE, outcome=Outcome.MADE)


@pytest.mark.parametrize(("state", "usable"), [("labelled", True), ("voided", False), ("refund_asked", False)])
def test_a_label_that_must_not_be_used_is_not_linked(admin_client: Client, state: str, usable: bool) -> None:
    shipment = labelled(state=state, labelled_at=timezone.now())
    page = page_of(admin_client, url("delivery_change", shipment.delivery))
    assert bool(page.select(f'a[href="{url("label", shipment)}"]')) == usable
    assert ("must not be used" in page.get_text()) != usable


@pytest.mark.parametrize(
    ("api", "told"),
    [
        ("portal", "; it can no longer be voided, only refunded"),
        ("portal by card", ", and charged at once; it cannot be voided, only refunded"),
    ],
)
def test_each_figure_of_a_parcel_is_called_what_it_is(admin_client: Client, api: str, told: str) -> None:
    sizes: dict[str, Any] = {"weight_kg": "2.500", "length_cm": "40.0", "width_cm": "30", "height_cm": "5.5"}
    at = timezone.now()
    shipment = labelled(parcel=2, revision=3, price="11.30", transmitted_at=at, api=api, **sizes)
    text = text_of(admin_client, shipment.delivery)
    for words in (
        "parcel 2, revision 3: 2.5 kg, 40 × 30 × 5.5 cm",
        f"{day_and_time(at)}{told}",
        "$11.30",
    ):
        assert words.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " ")

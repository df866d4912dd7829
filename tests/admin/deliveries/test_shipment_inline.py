"""The parcels below a delivery: each with its attempts, its label and as few questions for many as for one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.admin.deliveries.story import AT_MOST
from deliver_to_po.core.choices import Change, HandoffStep, Outcome
from deliver_to_po.models import Attempt, History
from tests.admin.browsing import page_of, url
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

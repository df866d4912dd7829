"""Where a clerk types, the form has what keeps the words when the session ends; the browser's tests press it."""

from collections.abc import Callable

import pytest
from django.test import Client

from deliver_to_po.models import Shipment
from tests.admin.browsing import desk, page_of
from tests.admin.conftest import Clerk
from tests.admin.day_end.conftest import labelled
from tests.factories import make_shipment

__all__ = ["labelled"]
pytestmark = pytest.mark.django_db


def test_every_form_in_which_a_clerk_types_keeps_it(
    clerk: Clerk, labelled: Callable[..., Shipment], change_settings: Callable[..., None]
) -> None:
    labelled()
    client = clerk("transmit_manifest", "ship_by_hand", "view_delivery", "add_pause", "change_parcels")
    assert keeps(client, desk("day_end"), "exclude")
    assert keeps(client, desk("invoice"), "lines")
    assert keeps(client, desk("pause_add"), "reason_en")
    assert keeps(client, desk("table_parcel", make_shipment().delivery_id, 1), "weight")
    change_settings(SHIPPING_SYSTEMS={"desk": {"BACKEND": "deliver_to_po.shipping.manual.Manual"}})
    shipment = make_shipment(state="handed", system="desk", due_at=None)
    assert keeps(client, desk("by_hand"), "lines")
    assert keeps(client, desk("card", shipment.pk), "number")


def keeps(client: Client, path: str, field: str) -> bool:
    page = page_of(client, path)
    # Django's style sheet shows its errornote even where it is hidden; ours does not.
    needed = (f"form:has([name={field}]) [data-d2po-ended]", "[src$='desk.js']", "[href$='admin.css']")
    return all(page.select(what) for what in needed)

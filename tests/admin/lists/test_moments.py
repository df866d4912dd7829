"""A moment on the desk is written in one way, whichever page shows it."""

from datetime import datetime

from django.test import Client

from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.models import Delivery, PrivacyRequest, Shipment
from tests.admin.browsing import desk, page_of, url
from tests.factories import make_delivery, make_pause, make_shipment

AT = datetime(2026, 12, 1, 7, 13, tzinfo=shop_zone())
WRITTEN = "1er décembre 2026 à 7 h 13"


def test_lists_pages_and_the_parcels_below_write_it_as_people_do(admin_client: Client) -> None:
    """Django's own is « 1 décembre 2026 07:13 »."""
    shipment = make_shipment(make_delivery())
    Shipment.objects.update(due_at=AT)
    Delivery.objects.update(placed_at=AT)
    make_pause(starts_at=AT)
    PrivacyRequest.objects.create(step="looked")
    PrivacyRequest.objects.update(at=AT)
    for path, moment in (
        (url("delivery_change", shipment.delivery), ".fieldBox.field-placed_at .readonly"),
        (url("delivery_change", shipment.delivery), ".fieldBox.field-due_at .readonly"),
        (desk("pause_changelist"), "td.field-starts_at"),
        (desk("privacyrequest_changelist") + "?o=1", "th.field-at a"),
    ):
        [shown] = page_of(admin_client, path, "fr").select(moment)
        assert " ".join(shown.get_text().split()) == WRITTEN, path

"""Pages on which nothing is typed."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.browsing import page_of, url
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def test_nothing_can_be_typed_added_or_deleted(admin_client: Client) -> None:
    delivery = make_delivery()
    make_shipment(delivery)
    page = page_of(admin_client, url("delivery_change", delivery))
    [form] = page.select("#delivery_form")
    assert form.select("input:not([type=hidden]), select, textarea") == []
    assert admin_client.get(reverse("admin:deliver_to_po_delivery_add")).status_code == 403
    assert admin_client.post(reverse("admin:deliver_to_po_delivery_delete", args=[delivery.pk])).status_code == 403
    assert admin_client.post(url("delivery_change", delivery), {"recipient_name": "Eve"}).status_code == 403

"""A stored label opens for those who may, and for nobody else."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.choices import ShipmentState
from deliver_to_po.models import Shipment
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

PIN = "7023210039414604"
PDF = b"%PDF-1.4 a label"


def stored_label(media_type: str = "application/pdf", **fields: Any) -> Shipment:
    shipment = make_shipment(
        make_delivery(reference="A/1 ±"), shipment_id="347881315405043891", tracking_pin=PIN, due_at=None, **fields
    )
    shipment.label.save("label.pdf", ContentFile(PDF), save=False)
    shipment.label_media_type = media_type
    shipment.state = ShipmentState.LABELLED
    shipment.labelled_at = timezone.now()
    shipment.save()
    return shipment


def url_of(shipment: Shipment) -> str:
    return reverse("admin:deliver_to_po_label", args=[shipment.pk])


def test_a_label_opens_in_the_browser_and_is_kept_nowhere(clerk: Clerk) -> None:
    response = clerk("view_label").get(url_of(stored_label()))
    assert response.status_code == 200
    assert b"".join(response) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == f'inline; filename="A1_-{PIN}.pdf"'


def test_a_label_that_is_no_known_kind_is_saved_and_never_shown(clerk: Clerk) -> None:
    response = clerk("view_label").get(url_of(stored_label("text/html")))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    response.close()


@pytest.mark.parametrize("permissions", [(), ("view_delivery", "hand_off_delivery")])
def test_without_the_permission_no_label_opens(clerk: Clerk, permissions: tuple[str, ...]) -> None:
    assert clerk(*permissions).get(url_of(stored_label())).status_code == 403


def test_a_visitor_is_sent_to_the_login(client: Client) -> None:
    assert client.get(url_of(stored_label())).status_code == 302


def test_there_is_no_page_where_there_is_no_label(clerk: Clerk) -> None:
    client = clerk("view_label")
    assert client.get(url_of(make_shipment())).status_code == 404
    assert client.get(reverse("admin:deliver_to_po_label", args=[999999])).status_code == 404


def test_there_is_no_page_where_the_file_is_gone(clerk: Clerk) -> None:
    shipment = stored_label()
    shipment.label.storage.delete(str(shipment.label.name))
    assert clerk("view_label").get(url_of(shipment)).status_code == 404

"""The desk in an admin site of the shop's own."""

import pytest
from django.contrib.admin import AdminSite
from django.test import Client
from django.urls import path

from deliver_to_po.admin.day_end.manifests import ManifestAdmin
from deliver_to_po.admin.deliveries.delivery_admin import DeliveryAdmin
from deliver_to_po.admin.pauses import PauseAdmin
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Delivery, Manifest, Pause
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.admin.test_own_site")]
desk = AdminSite(name="desk")
bare = AdminSite(name="bare")
pauses = AdminSite(name="pauses")
desk.register(Delivery, DeliveryAdmin)
desk.register(Manifest, ManifestAdmin)
bare.register(Delivery, DeliveryAdmin)
pauses.register(Pause, PauseAdmin)
urlpatterns = [path("desk/", desk.urls), path("bare/", bare.urls), path("pauses/", pauses.urls)]


def test_the_desk_works_in_an_admin_site_of_the_shops_own(admin_client: Client) -> None:
    shipment = make_shipment(make_delivery(reference="ORD-1"), state=ShipmentState.LABELLED)
    base = "/desk/deliver_to_po"
    for url in (
        f"{base}/delivery/",
        f"{base}/delivery/{shipment.delivery_id}/change/",
        f"{base}/delivery/table/",
        f"{base}/delivery/table/{shipment.delivery_id}/1/",
        f"{base}/delivery/costs/",
        f"{base}/delivery/costs/invoice/",
        f"{base}/delivery/day/",
        f"{base}/manifest/day-end/",
    ):
        page = admin_client.get(url)
        assert page.status_code == 200, url
        assert 'href="/admin/' not in page.content.decode()
    found = admin_client.get(f"{base}/delivery/table/", {"q": "ORD-1"})
    assert found.headers["Location"].startswith(f"{base}/delivery/table/")


def test_figures_are_shown_in_an_admin_site_without_manifests(admin_client: Client) -> None:
    for name in ("day/", "costs/", "costs/invoice/"):
        page = admin_client.get(f"/bare/deliver_to_po/delivery/{name}")
        assert page.status_code == 200
        assert "day-end" not in page.content.decode()


def test_the_option_is_paused_in_an_admin_site_without_deliveries(admin_client: Client) -> None:
    assert admin_client.get("/pauses/deliver_to_po/pause/add/").status_code == 200

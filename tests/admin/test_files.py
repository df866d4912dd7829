"""What the desk gives away as files and figures, to whom; and the desk in an admin site of the shop's own."""

import csv
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone

from deliver_to_po.admin import permissions
from deliver_to_po.admin.deliveries import DeliveryAdmin
from deliver_to_po.admin.manifests import ManifestAdmin
from deliver_to_po.choices import ShipmentState
from deliver_to_po.management.commands.d2po_clerks import MAY, NAME
from deliver_to_po.models import Delivery, Manifest
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db
LIST = "admin:deliver_to_po_delivery_changelist"
desk = AdminSite(name="desk")
desk.register(Delivery, DeliveryAdmin)
desk.register(Manifest, ManifestAdmin)
bare = AdminSite(name="bare")
bare.register(Delivery, DeliveryAdmin)
urlpatterns = [path("desk/", desk.urls), path("bare/", bare.urls)]


def saved(client: Client, *deliveries: Delivery) -> list[list[str]]:
    data = {"action": "save_as_csv", "_selected_action": [str(row.pk) for row in deliveries]}
    response: Any = client.post(reverse(LIST), data)
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    assert "no-store" in response["Cache-Control"]
    return list(csv.reader(StringIO(content.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "=cmd|' /C calc'!A0", "＝1", "\u200b=1", "\u2003＋1"]
)
def test_no_cell_of_a_file_is_a_formula(clerk: Clerk, name: str) -> None:
    delivery = make_delivery(recipient_name=name)
    _headings, row = saved(clerk("view_delivery", "view_label"), delivery)
    assert row[2] == f"'{name}"


def test_a_file_has_a_row_for_each_parcel_of_what_is_selected(clerk: Clerk) -> None:
    delivery, other = make_delivery(reference="Été-1"), make_delivery(reference="none", live=True)
    make_delivery(reference="not selected")
    for parcel in (1, 2):
        make_shipment(delivery, parcel=parcel, tracking_pin=f"702321000000001{parcel}", price=Decimal("9.95"))
    headings, *rows = saved(clerk("view_delivery", "view_label"), delivery, other)
    assert [(row[0], row[8], row[12]) for row in rows] == [
        ("Été-1", "7023 2100 0000 0011", "9.95"),
        ("Été-1", "7023 2100 0000 0012", "9.95"),
        ("none", "", ""),
    ]
    assert {len(row) for row in rows} == {len(headings)}
    assert (headings[-1], [row[-1] for row in rows]) == ("TEST", ["TEST", "TEST", ""])


def test_costs_are_summed_by_month_and_service_and_what_is_taken_back_stands_apart(clerk: Clerk) -> None:
    november = datetime(2026, 11, 3, 12, tzinfo=timezone.get_default_timezone())
    live = make_delivery(live=True)
    fields: dict[str, Any] = {"made_at": november, "price": Decimal("10.05")}
    make_shipment(live, state=ShipmentState.VOIDED, **fields)
    make_shipment(live, revision=2, state=ShipmentState.LABELLED, **fields)
    make_shipment(make_delivery(live=True), state=ShipmentState.LABELLED, made_at=november)
    make_shipment(make_delivery(), state=ShipmentState.LABELLED, **fields)
    [row] = clerk("view_delivery").get(reverse("admin:deliver_to_po_costs")).context["rows"]
    assert (row.month, row.parcels, row.cost, row.without_price) == ("November 2026", 2, "$10.05", 1)
    assert (row.taken_back, row.taken_back_cost) == (1, "$10.05")


def test_costs_need_the_permission_to_look(clerk: Clerk) -> None:
    assert clerk("view_manifest").get(reverse("admin:deliver_to_po_costs")).status_code == 403


def test_the_group_of_clerks_is_made_once_and_keeps_what_was_added() -> None:
    call_command("d2po_clerks", verbosity=0)
    group = Group.objects.get(name=NAME)
    assert set(group.permissions.values_list("codename", flat=True)) == set(MAY)
    group.permissions.remove(*group.permissions.filter(codename="view_label"))
    call_command("d2po_clerks", verbosity=0)
    assert group.permissions.count() == len(MAY)
    assert Group.objects.count() == 1


def test_a_clerk_of_the_group_may_pack_and_not_erase() -> None:
    call_command("d2po_clerks", verbosity=0)
    user = User.objects.create_user("packer", is_staff=True)
    user.groups.add(Group.objects.get(name=NAME))
    # Every button of the desk but those that undo or empty it.
    allowed = {value for name, value in vars(permissions).items() if name.isupper()}
    assert {name for name in allowed if not user.has_perm(name)} == {permissions.ERASE, permissions.DELETE}
    assert not user.has_perm("deliver_to_po.erase_delivery")
    assert not user.has_perm("deliver_to_po.delete_delivery")


@pytest.mark.urls("tests.admin.test_files")
def test_the_desk_works_in_an_admin_site_of_the_shops_own() -> None:
    user = User.objects.create_superuser("root")
    client = Client()
    client.force_login(user)
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
        page = client.get(url)
        assert page.status_code == 200, url
        assert 'href="/admin/' not in page.content.decode()
    assert (
        client.get(f"{base}/delivery/table/", {"q": "ORD-1"}).headers["Location"].startswith(f"{base}/delivery/table/")
    )


@pytest.mark.urls("tests.admin.test_files")
def test_figures_are_shown_in_an_admin_site_without_manifests() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    for name in ("day/", "costs/", "costs/invoice/"):
        page = client.get(f"/bare/deliver_to_po/delivery/{name}")
        assert page.status_code == 200
        assert "day-end" not in page.content.decode()

"""The exported files: who made them, the same bytes again, and who may see them."""

from unittest.mock import Mock

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.models.fields.files import FieldFile
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.handoff.by_hand import exporting
from deliver_to_po.handoff.by_hand.exporting import export
from deliver_to_po.management.commands.d2po_clerks import NAME
from deliver_to_po.models import Export
from deliver_to_po.models.shipment import label_storage
from tests.admin.browsing import desk
from tests.admin.by_hand.clerking import pressed, shown
from tests.admin.conftest import Clerk
from tests.handoff.parcels_by_hand import handed_to, reference, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]


def test_an_export_can_be_downloaded_and_again_with_the_same_bytes(client: Client) -> None:
    shipment, other = handed_to("est"), handed_to("est")
    assert reference(shipment) in shown(client, desk("by_hand"))
    assert "Tick the parcels first." in pressed(client, "export", "est")
    after = pressed(client, "export", "est", parcel=[shipment.pk])
    assert "1 parcel is exported." in after
    made = Export.objects.get()
    assert str(made.user) == "clerk"
    link = BeautifulSoup(after, "html.parser").select(".messagelist a")[0]
    assert (link["href"], link.get_text()) == (desk("export_file", made.pk), "Download the file")
    answers = [client.get(desk("export_file", made.pk))]
    first = b"".join(answers[0])
    answers.append(client.get(desk("export_file", made.pk)))
    second = b"".join(answers[1])
    assert first == second
    assert reference(shipment).encode() in first
    assert answers[0].headers["Cache-Control"] == "no-store, private"
    assert answers[0].headers["Content-Disposition"].startswith('attachment; filename="TEST-est-')
    assert state_of(other)[0] == ShipmentState.WAITING
    assert reference(shipment) in shown(client, desk("export_change", made.pk))
    Export.objects.update(erased_at=made.claimed_at)
    assert client.get(desk("export_file", made.pk)).status_code == 404


def test_the_list_says_when_a_file_was_made_and_leads_to_it(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_to("est")
    made = export("est").export
    assert made is not None
    assert made.claimed_at is not None
    page = BeautifulSoup(shown(admin_client, desk("export_changelist")), "html.parser")
    [when] = page.select(".field-when_shown")
    assert when.get_text(" ", strip=True) == f"{day_and_time(made.claimed_at)} TEST"
    [link] = page.select(".field-file_shown a")
    assert (link["href"], link.get_text()) == (desk("export_file", made.pk), "Download the file")

    def cannot_be_read() -> None:
        answer = admin_client.get(desk("export_file", made.pk), follow=True)
        assert answer.redirect_chain == [(desk("by_hand"), 302)]
        assert "The file cannot be read." in answer.content.decode()

    with monkeypatch.context() as patch:
        # A storage far away opens anything, and fails when it is read.
        patch.setattr(FieldFile, "read", Mock(side_effect=OSError), raising=False)
        cannot_be_read()
    label_storage().delete(str(made.file.name))
    cannot_be_read()


def test_where_the_file_cannot_be_kept_nothing_is_exported_and_that_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shipment = handed_to("est")

    def full(*_args: object) -> str:
        raise OSError(28, "No space left on device", "/srv/labels/Anne.csv")

    monkeypatch.setattr(exporting, "write_file", full)
    assert "The file could not be saved" in pressed(client, "export", "est", parcel=[shipment.pk])
    assert state_of(shipment)[0] == ShipmentState.WAITING
    assert not Export.objects.filter(claimed_at__isnull=False).exists()
    assert "Parcels cannot be exported to est: No space left on device" in caplog.messages
    assert "Anne" not in caplog.text


def test_the_list_counts_the_numbers_awaited_by_as_many_statements_for_many_as_for_few(admin_client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            shown(admin_client, desk("export_changelist"))
        return len(statements)

    def exported(parcels: int) -> None:
        for _each in range(parcels):
            handed_to("est")
        export("est")

    exported(2)
    asked()
    few = asked()
    for _each in range(3):
        exported(1)
    assert asked() == few
    rows = BeautifulSoup(shown(admin_client, desk("export_changelist")), "html.parser").select("td.field-awaited_shown")
    assert [row.get_text() for row in rows] == ["1", "1", "1", "2"]


@pytest.mark.parametrize(
    ("permission", "page", "other"),
    [("ship_by_hand", "by_hand", "export_changelist"), ("view_export", "export_changelist", "by_hand")],
)
def test_nobody_is_sent_to_a_page_that_they_may_not_see(clerk: Clerk, permission: str, page: str, other: str) -> None:
    assert desk(other) not in shown(clerk(permission, "view_delivery"), desk(page))


def test_a_clerk_of_the_group_finds_the_parcels_shipped_by_hand() -> None:
    call_command("d2po_clerks", verbosity=0)
    user = get_user_model().objects.create_user("anne", is_staff=True)
    user.groups.add(Group.objects.get(name=NAME))
    client = Client()
    client.force_login(user)
    assert desk("export_changelist") in shown(client, reverse("admin:index"))
    assert desk("by_hand") in shown(client, desk("export_changelist"))
    assert desk("export_changelist") in shown(client, desk("by_hand"))

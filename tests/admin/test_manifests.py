"""The day's end on the desk: preview, button, manifests to print, each only for those who may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from deliver_to_po.admin.day_end import RECENT
from deliver_to_po.choices import ManifestState, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Manifest, Shipment
from tests.admin.conftest import Clerk, deliver_to
from tests.factories import make_shipment

pytestmark = pytest.mark.django_db

GROUP = "main-street-2026-11-24"
PAGE = "admin:deliver_to_po_day_end"
LIST = "admin:deliver_to_po_manifest_changelist"
MAY = ("transmit_manifest", "view_manifest", "view_delivery")


@pytest.fixture
def labelled(emulator: EmulatorServer, change_settings: Any) -> Callable[..., Shipment]:
    """Return a function that makes a shipment at the emulator, with its label."""
    change_settings(CANADA_POST={"GROUP_PREFIX": "main-street"})

    def make(group: str = GROUP) -> Shipment:
        shipment = make_shipment(deliver_to(emulator), group=group, api="portal")
        hand_off(shipment.pk, now=True)
        shipment.refresh_from_db()
        assert shipment.state == ShipmentState.LABELLED
        return shipment

    return make


def page(client: Client, name: str, language: str = "en", **data: Any) -> str:
    with translation.override(language):
        url = reverse(name)
    answer = client.post(url, data, follow=True) if data else client.get(url, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_button_transmits_and_the_manifest_can_be_printed(
    clerk: Clerk, labelled: Callable[..., Shipment], emulator: EmulatorServer
) -> None:
    shipment, foreign = labelled(), labelled("2026-11-24")
    client = clerk(*MAY)
    before = page(client, PAGE)
    assert "Transmit 1 parcel" in before
    assert "GROUP_PREFIX" in before
    assert emulator.manifests == []
    after = page(client, PAGE, group=[GROUP])
    assert "1 parcel is transmitted, and its manifest can be printed." in after
    [manifest] = Manifest.objects.all()
    assert str(manifest.user) == "clerk"
    [held] = emulator.manifests
    assert held.po_number in after
    shipment.refresh_from_db()
    foreign.refresh_from_db()
    assert (shipment.manifest, foreign.manifest) == (manifest, None)
    paper = client.get(reverse("admin:deliver_to_po_manifest_document", args=[manifest.pk]))
    assert b"".join(paper).startswith(b"%PDF")
    assert paper.headers["Cache-Control"] == "no-store, private"
    assert (
        "can no longer be voided"
        in client.get(reverse("admin:deliver_to_po_delivery_change", args=[shipment.delivery_id])).content.decode()
    )
    detail = client.get(reverse("admin:deliver_to_po_manifest_change", args=[manifest.pk])).content.decode()
    assert shipment.tracking_pin in detail


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Day’s end", "1 parcel to transmit, 1.25 kg", "can no longer be voided")),
        ("fr", ("Fin de journée", "1 colis à transmettre, 1,25 kg", "ne peut plus être annulé")),
    ],
)
def test_the_page_speaks_both_languages(
    clerk: Clerk, labelled: Callable[..., Shipment], language: str, words: tuple[str, ...]
) -> None:
    labelled()
    shown = page(clerk(*MAY), PAGE, language).replace("\N{NO-BREAK SPACE}", " ")
    for text in words:
        assert text in shown


def test_nothing_waits(clerk: Clerk) -> None:
    assert "Nothing waits to be transmitted." in page(clerk(*MAY), PAGE)


def test_a_wrong_number_is_named_and_nothing_is_done(clerk: Clerk, labelled: Callable[..., Shipment]) -> None:
    labelled()
    shown = page(clerk(*MAY), PAGE, group=[GROUP], exclude="12345")
    assert "No parcel with this number waits to be transmitted: 12345." in shown
    assert ">12345</textarea>" in shown
    assert not Manifest.objects.exists()


def test_after_a_wrong_number_the_same_groups_are_ticked(clerk: Clerk, labelled: Callable[..., Shipment]) -> None:
    other = "main-street-2026-11-20"
    labelled()
    labelled(other)
    client = clerk(*MAY)

    def ticked(shown: str) -> list[str]:
        boxes = BeautifulSoup(shown, "html.parser").select("input[type=checkbox][name=group]")
        assert {box["value"] for box in boxes} == {GROUP, other}
        return sorted(str(box["value"]) for box in boxes if box.has_attr("checked"))

    assert ticked(page(client, PAGE)) == [other, GROUP]
    assert ticked(page(client, PAGE, group=[GROUP], exclude="12345")) == [GROUP]


def test_two_clerks_who_press_at_once_transmit_once(
    clerk: Clerk, labelled: Callable[..., Shipment], emulator: EmulatorServer
) -> None:
    labelled()
    client = clerk(*MAY)
    page(client, PAGE, group=[GROUP])
    shown = page(client, PAGE, group=[GROUP])
    assert "No parcel of this shop waits" in shown
    # Who was slower is told who was faster; and nothing of groups that they did not choose.
    assert "1 parcel: manifest ready. Asked for by clerk on" in shown
    assert "Asked for by" not in page(client, PAGE, group=["main-street-2026-11-20"])
    assert len(emulator.manifests) == 1


def test_what_somebody_transmitted_long_ago_is_not_told_of(
    clerk: Clerk, labelled: Callable[..., Shipment], emulator: EmulatorServer
) -> None:
    labelled()
    client = clerk(*MAY)
    page(client, PAGE, group=[GROUP])
    Manifest.objects.update(created_at=timezone.now() - RECENT - timedelta(minutes=1))
    shown = page(client, PAGE, group=[GROUP])
    assert "No parcel of this shop waits" in shown
    assert "Asked for by" not in shown


def test_what_is_transmitted_without_its_manifest_yet_is_said_to_be_transmitted(
    clerk: Clerk, labelled: Callable[..., Shipment], emulator: EmulatorServer
) -> None:
    labelled()
    emulator.configure(manifest_waits=1000)
    shown = page(clerk(*MAY), PAGE, group=[GROUP])
    assert "1 parcel is transmitted. " in shown
    assert "is still making the manifest." in shown
    assert "can be printed" not in shown


def test_who_pressed_stands_where_no_screen_cuts_it_off(clerk: Clerk, labelled: Callable[..., Shipment]) -> None:
    labelled()
    shown = BeautifulSoup(page(clerk(*MAY), PAGE, group=[GROUP]), "html.parser")
    columns = [str(cell["class"]) for cell in shown.select("#result_list tbody tr:first-child > *")]
    assert "field-by" in columns[3]
    assert shown.select("h1")[-1].get_text() == "Manifests"


@pytest.mark.parametrize("permissions", [(), ("view_manifest", "view_delivery", "view_label", "hand_off_delivery")])
def test_without_the_permission_nothing_is_transmitted_or_printed(
    clerk: Clerk, labelled: Callable[..., Shipment], emulator: EmulatorServer, permissions: tuple[str, ...]
) -> None:
    labelled()
    client = clerk(*permissions)
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.post(reverse(PAGE), {"group": [GROUP]}).status_code == 403
    manifest = Manifest.objects.create(state=ManifestState.FETCHED, document="x.pdf", transmitted_at=timezone.now())
    assert client.get(reverse("admin:deliver_to_po_manifest_document", args=[manifest.pk])).status_code == 403
    assert emulator.manifests == []


def test_there_is_no_page_where_there_is_no_document(clerk: Clerk) -> None:
    client = clerk(*MAY)
    waiting = Manifest.objects.create()
    assert client.get(reverse("admin:deliver_to_po_manifest_document", args=[waiting.pk])).status_code == 404


@pytest.mark.parametrize(
    ("language", "cannot", "erased", "marked"),
    [
        ("en", "file cannot be read.", "file has been erased, since its time is over.", "erased after its time"),
        ("fr", "manifeste n’est pas lisible.", "manifeste a été effacé, car sa durée", "effacé à l’échéance"),
    ],
)
def test_of_a_document_that_is_missing_or_erased_it_is_said_what_to_do(
    clerk: Clerk, language: str, cannot: str, erased: str, marked: str
) -> None:
    client = clerk(*MAY)
    known: dict[str, Any] = {"state": ManifestState.FETCHED, "document": "gone.pdf", "transmitted_at": timezone.now()}
    for erased_at, said in ((None, cannot), (timezone.now(), erased)):
        manifest = Manifest.objects.create(erased_at=erased_at, **known)
        path = reverse("admin:deliver_to_po_manifest_document", args=[manifest.pk])
        shown = client.get(path, follow=True, headers={"accept-language": language}).content.decode()
        assert said in shown
        listed = client.get(reverse(LIST), headers={"accept-language": language}).content.decode()
        assert (path in listed, marked in listed) == (erased_at is None, erased_at is not None)


def test_a_manifest_that_never_came_says_what_to_do_and_is_looked_for_again(
    clerk: Clerk, labelled: Callable[..., Shipment], emulator: EmulatorServer
) -> None:
    labelled()
    client = clerk(*MAY)
    emulator.configure(manifest_waits=1000)
    page(client, PAGE, group=[GROUP])
    Manifest.objects.update(
        state=ManifestState.ATTENTION,
        reason=Reason.MANIFEST_MISSING,
        transmitted_at=timezone.now() - timedelta(days=2),
        due_at=None,
        lease=None,
    )
    assert "press “Look again”" in page(client, LIST)
    emulator.configure(manifest_waits=0)
    [manifest] = Manifest.objects.all()
    shown = page(client, LIST, action="look_again", _selected_action=[manifest.pk])
    assert "its manifest can be printed" in shown
    assert "None of these waits for a person." in page(
        client, LIST, action="look_again", _selected_action=[manifest.pk]
    )


@pytest.mark.parametrize("typed", [{"exclude": "a\0b"}, {"group": ["a\0b"]}], ids=["number", "group"])
def test_a_character_that_no_database_takes_is_in_no_parcel_and_no_group(
    labelled: Callable[..., Shipment], clerk: Clerk, typed: dict[str, Any]
) -> None:
    shipment = labelled()
    assert "waits to be transmitted" in page(clerk(*MAY), PAGE, **{"group": [GROUP], **typed})
    shipment.refresh_from_db()
    assert shipment.transmitted_at is None

"""The day's end on the desk: preview, button, manifests to print, each only for those who may."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.day_end import manifests
from deliver_to_po.core.choices import ManifestState, Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Manifest
from tests.admin.browsing import desk, page_of, text_of
from tests.admin.conftest import Clerk
from tests.admin.day_end.conftest import GROUP, PAGE, Labelled, page

pytestmark = pytest.mark.django_db
LIST = "admin:deliver_to_po_manifest_changelist"


def test_the_button_transmits_and_the_manifest_can_be_printed(
    client: Client, labelled: Labelled, emulator: EmulatorServer
) -> None:
    shipment, foreign = labelled(), labelled("2026-11-24")
    before = page(client, PAGE)
    assert "Transmit 1 parcel" in before
    assert "made under other settings" in before
    assert emulator.manifests == []
    assert reverse(PAGE) in page(client, LIST)
    after = page(client, PAGE, group=[GROUP])
    assert "1 parcel has been transmitted, and its manifest is ready to print." in after
    [manifest] = Manifest.objects.all()
    assert str(manifest.user) == "clerk"
    [held] = emulator.manifests
    # Which driver it is for: each warehouse has its own.
    assert f"{held.po_number}<br>Ottawa K1A 0B1" in after
    shipment.refresh_from_db()
    foreign.refresh_from_db()
    assert (shipment.manifest, foreign.manifest) == (manifest, None)
    paper = client.get(desk("manifest_document", manifest.pk))
    assert b"".join(paper).startswith(b"%PDF")
    assert paper.headers["Cache-Control"] == "no-store, private"
    assert "can no longer be voided" in text_of(client, shipment.delivery)
    assert shipment.tracking_pin in page_of(client, desk("manifest_change", manifest.pk)).get_text()


def test_who_pressed_stands_where_no_screen_cuts_it_off(client: Client, labelled: Labelled) -> None:
    labelled()
    shown = BeautifulSoup(page(client, PAGE, group=[GROUP]), "html.parser")
    columns = [str(cell["class"]) for cell in shown.select("#result_list tbody tr:first-child > *")]
    assert "field-by" in columns[3]
    assert shown.select("h1")[-1].get_text() == "Manifests"


@pytest.mark.parametrize(
    ("language", "cannot", "erased", "marked"),
    [
        ("en", "file cannot be read.", "file has been erased, since its time is over.", "erased after its time"),
        ("fr", "manifeste n’est pas lisible.", "manifeste a été effacé, car sa durée", "effacé à l’échéance"),
    ],
)
def test_of_a_document_that_is_missing_or_erased_it_is_said_what_to_do(
    client: Client, language: str, cannot: str, erased: str, marked: str
) -> None:
    assert client.get(desk("manifest_document", Manifest.objects.create().pk)).status_code == 404
    known: dict[str, Any] = {"state": ManifestState.FETCHED, "document": "gone.pdf", "transmitted_at": timezone.now()}
    for erased_at, said in ((None, cannot), (timezone.now(), erased)):
        manifest = Manifest.objects.create(erased_at=erased_at, **known)
        path = desk("manifest_document", manifest.pk)
        shown = client.get(path, follow=True, headers={"accept-language": language}).content.decode()
        assert said in shown
        listed = client.get(reverse(LIST), headers={"accept-language": language}).content.decode()
        assert (path in listed, marked in listed) == (erased_at is None, erased_at is not None)


def test_a_manifest_that_never_came_says_what_to_do_and_is_looked_for_again(
    client: Client, labelled: Labelled, emulator: EmulatorServer
) -> None:
    labelled()
    emulator.configure(manifest_waits=1000)
    page(client, PAGE, group=[GROUP])
    Manifest.objects.update(
        state=ManifestState.ATTENTION,
        reason=Reason.MANIFEST_MISSING,
        transmitted_at=timezone.now() - timedelta(days=2),
        due_at=None,
        lease=None,
    )
    assert "press “Check again”" in page(client, LIST)
    emulator.configure(manifest_waits=0)
    [manifest] = Manifest.objects.all()
    shown = page(client, LIST, action="look_again", _selected_action=[manifest.pk])
    assert "its manifest is ready to print" in shown
    assert "None of these needs attention." in page(client, LIST, action="look_again", _selected_action=[manifest.pk])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The manifest lists 8, the shipping desk knows 6. Not known here: 17, 18."),
        (
            "fr",
            "Le manifeste énumère 8 colis, le poste d’expédition en connaît 6. Inconnus ici : 17, 18.",
        ),
    ],
)
def test_a_manifest_that_tells_of_more_than_the_desk_knows_says_so(client: Client, language: str, words: str) -> None:
    fetched: dict[str, Any] = {"state": ManifestState.FETCHED, "document": "x.pdf", "transmitted_at": timezone.now()}
    Manifest.objects.create(parcels=6, told_of=8, strangers=["17", "18"], **fetched)
    Manifest.objects.create(parcels=5, told_of=5, **fetched)
    shown = page(client, LIST, language)
    assert shown.count(words) == 1
    assert shown.count("▲") == 1


@pytest.mark.parametrize(
    ("permission", "status"), [("transmit_manifest", 200), ("view_manifest", 200), ("view_delivery", 403)]
)
def test_whoever_makes_manifests_may_see_them(clerk: Clerk, permission: str, status: int) -> None:
    assert clerk(permission).get(reverse(LIST)).status_code == status


def test_the_list_says_what_the_shipping_system_said(client: Client) -> None:
    Manifest.objects.create(state=ManifestState.REFUSED, reason=Reason.TRANSMIT_REFUSED, reason_text="9119: voided")
    Manifest.objects.create(state=ManifestState.REFUSED, reason=Reason.ON_HOLD)
    shown = page_of(client, reverse(LIST))
    told = [cell.get_text(" ", strip=True) for cell in shown.select("td.field-state_shown")]
    assert [str(ManifestState.REFUSED.label) in cell.lower() for cell in told] == [True, True]
    assert ["The shipping system said: 9119: voided" in cell for cell in told] == [False, True]


def test_a_manifest_that_needs_attention_is_looked_for_again_from_its_own_page(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "carry_on", lambda manifest: None)
    missing: dict[str, Any] = {"state": ManifestState.ATTENTION, "reason": Reason.MANIFEST_MISSING}
    left, other = (Manifest.objects.create(transmitted_at=timezone.now(), **missing) for _each in range(2))
    refused = Manifest.objects.create(state=ManifestState.REFUSED)
    client = clerk("transmit_manifest")
    assert page_of(client, desk("manifest_change", refused.pk)).select("[name=_selected_action]") == []
    [form] = page_of(client, desk("manifest_change", left.pk)).select(f"form[action='{reverse(LIST)}']")
    client.post(str(form["action"]), {str(field["name"]): field["value"] for field in form.select("input")})
    for manifest in (left, other):
        manifest.refresh_from_db()
    assert (left.looked_again_at is None, other.looked_again_at is None) == (False, True)


def test_who_may_only_look_at_manifests_has_no_button_to_look_again(clerk: Clerk) -> None:
    left = Manifest.objects.create(state=ManifestState.ATTENTION)
    shown = page_of(clerk("view_manifest"), desk("manifest_change", left.pk))
    assert shown.select("[name=_selected_action]") == []

"""The page of privacy requests: whom it finds, what it says before, the file, erasing, and who may."""

import csv
from dataclasses import replace
from io import StringIO
from typing import Any
from unittest.mock import Mock

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.admin.privacy.request_file import WORDS
from deliver_to_po.core.choices import Change, DeliveryState, ManifestState, Scan, ShipmentState
from deliver_to_po.models import Delivery, Export, Manifest, Notice, PrivacyRequest, Tracking, TrackingEvent
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.models.search_key import keep_keys
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.privacy.answering import Asked, export_about
from tests.admin.browsing import desk, page_of, said, url
from tests.admin.conftest import Clerk
from tests.factories import RECIPIENT, make_delivery, make_draft, make_order, make_shipment
from tests.privacy.rows import labelled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
PAGE = "admin:deliver_to_po_privacy"
MAY = "answer_privacy_requests"
OTTO = replace(RECIPIENT, name="=Otto <b>Canary</b>", email="otto@example.com", phone="613-555-0142")
BY_E_MAIL = {"email": "otto@example.com"}
LOG = "admin:deliver_to_po_privacyrequest_changelist"


def page(client: Client, language: str = "en", **form: str) -> BeautifulSoup:
    """Send the form, and return the page that comes."""
    answer = client.post(reverse(PAGE), form, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))
    return BeautifulSoup(answer.content, "html.parser")


def found(shown: BeautifulSoup) -> list[str]:
    return [" ".join(row.get_text(" ", strip=True).split()) for row in shown.select("article")]


def erase(client: Client, shown: BeautifulSoup, **more: str) -> Any:
    """Press the page's button, with what it carries."""
    form = shown.select("form")[-1]
    carried = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    return client.post(reverse(PAGE), {**carried, "do": "erase", **more})


def test_it_says_as_what_each_delivery_names_somebody_and_which_rows(clerk: Clerk, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(order_adapter()), "search_fields", ("email",))
    manifest = Manifest.objects.create(
        state=ManifestState.FETCHED, document="m.pdf", number="M-77", transmitted_at=timezone.now()
    )
    theirs = make_delivery(reference="A-1", recipient=OTTO)
    make_shipment(theirs, state=ShipmentState.LABELLED, manifest=manifest, export=Export.objects.create())
    keep_keys(theirs)
    theirs.history.create(change=Change.HOLD, note="Otto is away")
    Notice.objects.create(delivery=theirs, kind="choose", occasion=1, outcome="sent", sent_at=timezone.now())
    corrected = make_delivery(reference="B-2")
    make_shipment(corrected, state=ShipmentState.VOIDED, **recipient_fields(OTTO))
    make_delivery(reference="C-3", order=make_order(email=OTTO.email))
    make_draft(recipient=OTTO)
    make_delivery(reference="nobody")
    shown = page(clerk(MAY, "view_delivery"), **BY_E_MAIL)
    assert url("delivery_change", theirs) in [link["href"] for link in shown.select("article a")]
    first, second, draft, third = found(shown)
    assert first.startswith("A-1 TEST as recipient =Otto <b>Canary</b>")
    for row in ("The delivery itself", "search key", "Parcel 1.1, as it was sent, with its label (label ready)"):
        assert row in first
    for row in ("export", "manifest M-77", "1 e-mail that was sent", "1 note of staff: read it"):
        assert row in first
    assert second.startswith("B-2 TEST as former recipient of a parcel")
    assert "Only the earlier parcel’s recipient is erased." in second
    assert draft.startswith("A choice without an order as recipient")
    assert third.startswith("C-3 TEST as buyer")
    assert "keeps nothing about a buyer" in third
    assert RECIPIENT.name not in first + second + third


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({}, "Type an e-mail address, a phone number, or a name with its postal code."),
        ({"name": "Otto Canary"}, "Type an e-mail address, a phone number, or a name with its postal code."),
        ({"phone": "555-0142"}, "ten digits"),
        ({"name": "Otto", "postal_code": "90210"}, "such as K1A 0B1"),
        ({"postal_code": "K1K4T3"}, "Type the name too"),
    ],
)
def test_what_does_not_say_whom_is_asked_again_and_not_written_down(
    clerk: Clerk, form: dict[str, str], problem: str
) -> None:
    shown = page(clerk(MAY), **form)
    assert problem in shown.select(".errorlist")[0].get_text()
    assert not found(shown)
    assert not PrivacyRequest.objects.exists()


def test_different_names_under_one_address_are_pointed_out(clerk: Clerk) -> None:
    client = clerk(MAY)
    make_delivery(recipient=OTTO)
    assert "different people" not in page(client, **BY_E_MAIL).get_text()
    make_delivery(recipient=replace(OTTO, name="Anna Canary"))
    assert "=Otto <b>Canary</b> · Anna Canary" in page(client, **BY_E_MAIL).get_text()


def test_the_file_is_safe_to_open_and_has_what_is_theirs(clerk: Clerk) -> None:
    delivery = make_delivery(reference="A-1", recipient=OTTO)
    make_shipment(delivery, state=ShipmentState.LABELLED, reason_text="@SUM(A1)")
    answer: Any = clerk(MAY).post(reverse(PAGE), {**BY_E_MAIL, "do": "export"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="privacy-')
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))
    assert {row[0] for row in rows[1:]} == {"A-1"}
    told = {what: value for _delivery, what, value in rows}
    assert told["Held"] == "as recipient"
    assert told["Recipient’s name"] == "'=Otto <b>Canary</b>"
    assert told["Parcel 1: phone"] == OTTO.phone
    assert told["Parcel 1: what the shipping system said"] == "'@SUM(A1)"
    assert told["Parcel 1: shipping label is kept"] == "yes"


def test_whatever_is_exported_has_words_in_the_file() -> None:
    delivery = make_delivery(recipient=OTTO)
    tracking = Tracking.objects.create(shipment=make_shipment(delivery, state=ShipmentState.LABELLED))
    TrackingEvent.objects.create(tracking=tracking, on=timezone.now().date(), scan=Scan.READY)
    delivery.history.create(change=Change.HOLD, note="away")
    Notice.objects.create(delivery=delivery, kind="choose", occasion=1, outcome="sent", sent_at=timezone.now())
    corrected = make_delivery(recipient=OTTO)
    corrected.history.create(change=Change.CORRECT_RECIPIENT, note="not Marie")
    assert _keys(export_about(Asked(email=OTTO.email))) == set(WORDS)


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return set[str]().union(*map(_keys, value))
    return set(value).union(*map(_keys, value.values())) if isinstance(value, dict) else set()


def test_the_file_is_in_the_clerks_language(clerk: Clerk) -> None:
    shipment = make_shipment(make_delivery(recipient=OTTO), state=ShipmentState.LABELLED)
    tracking = Tracking.objects.create(shipment=shipment)
    TrackingEvent.objects.create(tracking=tracking, on=timezone.now().date(), scan=Scan.READY, text="Item available")
    answer: Any = clerk(MAY).post(reverse(PAGE), {**BY_E_MAIL, "do": "export"}, headers={"Accept-Language": "fr"})
    file = b"".join(answer.streaming_content).decode().replace("\xa0", " ")
    assert "Nom du destinataire" in file
    # Canada Post's own words are English, and a colon has its space in French.
    assert "Colis 1 : événements de colis 1 : signification;prêt dans un bureau de poste" in file


def test_nothing_is_erased_before_somebody_says_that_they_have_read_what_becomes_of_it(clerk: Clerk) -> None:
    delivery, client = make_delivery(recipient=OTTO), clerk(MAY)
    shown = page(client, **BY_E_MAIL)
    again = BeautifulSoup(erase(client, shown).content, "html.parser")
    assert "Nothing is erased: tick first" in again.get_text()
    assert Delivery.objects.get(pk=delivery.pk).recipient_name == OTTO.name
    since = make_delivery(recipient=OTTO)
    assert said(erase(client, shown, sure="1")) == ["1 delivery is erased."]
    delivery.refresh_from_db()
    assert (delivery.recipient_name, delivery.state) == ("", "cancelled")
    assert Delivery.objects.get(pk=since.pk).recipient_name == OTTO.name


def test_what_could_not_be_erased_now_is_said(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    make_draft(recipient=OTTO)
    make_shipment(make_delivery(recipient=OTTO), state=ShipmentState.UNKNOWN)
    labelled(make_delivery(recipient=OTTO), "x.pdf")
    monkeypatch.setattr(label_storage(), "delete", Mock(side_effect=OSError))
    client = clerk(MAY)
    none, deleted, later, failed = said(erase(client, page(client, **BY_E_MAIL), sure="1"))
    assert (none, deleted) == ("0 deliveries are erased.", "1 choice is deleted.")
    assert later.startswith("1 delivery is not erased yet")
    assert failed.startswith("1 delivery is not erased: its label could not be deleted.")


S = ShipmentState
WHAT_BECOMES = {
    S.WAITING: "it never will be",
    S.HANDED: "take it out there",
    **dict.fromkeys((S.REQUESTED, S.UNKNOWN, S.MADE), "is being made"),
    **dict.fromkeys((S.LABELLED, S.DONE), "cancel the delivery first"),
    **dict.fromkeys((S.ATTENTION, S.SUSPENDED), "needs attention"),
    **dict.fromkeys((S.VOIDING, S.REFUNDING), "is being voided or refunded"),
    **dict.fromkeys((S.REFUSED, S.DROPPED, S.VOIDED, S.REFUND_ASKED), "is over"),
}


@pytest.mark.parametrize("state", sorted(ShipmentState))
def test_what_becomes_of_each_parcel_is_said_first(clerk: Clerk, state: ShipmentState) -> None:
    make_shipment(make_delivery(recipient=OTTO), state=state)
    [row] = found(page(clerk(MAY), **BY_E_MAIL))
    assert f"Parcel 1.1 {WHAT_BECOMES[state]}" in row or WHAT_BECOMES[state] in row
    never = "Nothing is erased yet" if "is being" in WHAT_BECOMES[state] else "whatever names the recipient is erased"
    assert never.lower() in row.lower()


def test_a_parcel_that_is_transmitted_travels_on_and_one_of_a_former_recipient_is_settled_first(clerk: Clerk) -> None:
    make_shipment(make_delivery(recipient=OTTO), state=ShipmentState.DONE, transmitted_at=timezone.now())
    make_shipment(make_delivery(), state=ShipmentState.ATTENTION, **recipient_fields(OTTO))
    transmitted, unsettled = found(page(clerk(MAY), **BY_E_MAIL))
    assert "Parcel 1.1 is transmitted: it continues on its way." in transmitted
    assert "a parcel of this delivery is not settled" in unsettled
    assert "needs attention: its numbers" not in unsettled


@pytest.mark.parametrize(("state", "words"), [("draft", "is deleted"), ("reserved", "If its payment still comes")])
def test_what_becomes_of_a_choice_without_an_order_is_said(clerk: Clerk, state: str, words: str) -> None:
    make_draft(state=DeliveryState(state), recipient=OTTO)
    [row] = found(page(clerk(MAY), **BY_E_MAIL))
    assert words in row


def test_nothing_that_is_sent_makes_it_fail(clerk: Clerk) -> None:
    """Rows that are named by hand are nobody's, or no rows."""
    other, client = make_delivery(), clerk(MAY)
    for chosen in ("x", "-" * 36, f"{other.pk},{'0' * 36}", ",".join(["a"] * 9999)):
        form = {**BY_E_MAIL, "do": "erase", "sure": "1", "chosen": chosen}
        assert said(client.post(reverse(PAGE), form)) == ["0 deliveries are erased."]
    assert Delivery.objects.get(pk=other.pk).recipient_name == RECIPIENT.name


def test_the_log_is_read_and_never_changed(clerk: Clerk) -> None:
    delivery, client = make_delivery(reference="A-1", recipient=OTTO), clerk(MAY)
    erase(client, page(client, **BY_E_MAIL), sure="1")
    shown = page_of(client, reverse(LOG))
    cells = [[cell.get_text() for cell in row.select("th, td")][1:] for row in shown.select("#result_list tbody tr")]
    assert [row[-6:] for row in cells] == [
        ["erased", "clerk", "e-mail", "1", "1", "0"],
        ["looked for", "clerk", "e-mail", "1", "0", "0"],
    ]
    assert shown.select(f'a[href="{reverse(PAGE)}"]')
    line = PrivacyRequest.objects.earliest("pk")
    change = desk("privacyrequest_change", line.pk)
    detail = page_of(client, change)
    assert detail.select(f'a[href="{url("delivery_change", delivery)}"]')
    assert not detail.select("input[type=submit]")
    assert client.post(change, {"found": "9"}).status_code == 403
    for address in (desk("privacyrequest_add"), desk("privacyrequest_delete", line.pk)):
        assert client.get(address).status_code == 403


def test_whoever_may_only_see_the_log_is_not_led_to_the_page(clerk: Clerk) -> None:
    assert not page_of(clerk("view_privacyrequest"), reverse(LOG)).select(f'a[href="{reverse(PAGE)}"]')


def test_the_log_says_when_it_has_forgotten_which_deliveries_it_was(clerk: Clerk) -> None:
    line = PrivacyRequest.objects.create(step="looked", found_by="name postal_code", found=1)
    text = page_of(clerk("view_privacyrequest"), desk("privacyrequest_change", line.pk)).get_text()
    assert "forgotten after their time" in text
    assert "name, postal code" in text
    assert "d2po_privacy" in text

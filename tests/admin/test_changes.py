"""Every change as a button: where it is shown, what its page foretells, what is said afterwards, and who may."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.admin.changing import CONFIRMED
from deliver_to_po.choices import Change
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.cancelling import cancel_delivery
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Delivery, Shipment
from tests.admin.conftest import Clerk, deliver_to
from tests.admin.test_holding import said, seen_again, select, send, url
from tests.bystanders import Bystanders
from tests.factories import PARCEL, RECIPIENT, make_delivery, make_draft, make_shipment
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

OF_A_DELIVERY = ("correct_recipient", "change_parcels", "follow_order", "to_home", "cancel")
OF_A_SHIPMENT = ("exists", "nothing_made", "label_destroyed", "make_again")


@pytest.fixture(autouse=True)
def _one_parcel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: [PARCEL])


def page_of(client: Client, path: str, **headers: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path, **headers).content, "html.parser")  # type: ignore[arg-type]


def page_for(shipment: Shipment, name: str) -> str:
    return reverse(f"admin:deliver_to_po_{name}", args=[shipment.pk])


def typed(client: Client, path: str, **changes: str) -> dict[str, str]:
    """Return what a browser would send of the page's form, with ``changes``."""
    form = page_of(client, path).select_one("form.d2po-change")
    assert form is not None
    sent = {
        str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]:not([type=checkbox])")
    }
    for choice in form.select("select[name]"):
        chosen = choice.select_one("option[selected]")
        sent[str(choice["name"])] = str(chosen["value"]) if chosen else ""
    return {**sent, "note": "asked by phone", **changes}


def offered(client: Client, delivery: Delivery) -> set[str]:
    page = page_of(client, url("delivery_change", delivery))
    return {str(link["href"]).rstrip("/").rpartition("/")[2] for link in page.select(".object-tools a, .d2po-button")}


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("waiting", set()),
        ("requested", set()),
        ("refused", {"make_again"}),
        ("labelled", {"make_again"}),
        ("attention", {"exists", "nothing_made"}),
        ("suspended", {"exists", "nothing_made", "make_again"}),
        ("voiding", set()),
        ("refund_asked", {"label_destroyed", "make_again"}),
    ],
)
def test_each_button_of_a_parcel_is_shown_where_it_does_something(
    admin_client: Client, state: str, shown: set[str]
) -> None:
    shipment = make_shipment(state=state, due_at=None)
    assert offered(admin_client, shipment.delivery).intersection(OF_A_SHIPMENT) == shown


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"state": "placed"}, {"correct_recipient", "change_parcels", "to_home", "cancel"}),
        ({"state": "needs_choice"}, {"correct_recipient", "change_parcels", "to_home", "cancel"}),
        ({"state": "cancelled"}, set()),
        ({"stop_asked_at": timezone.now()}, set()),
    ],
)
def test_each_button_of_a_delivery_is_shown_where_it_does_something(
    admin_client: Client, fields: dict[str, Any], shown: set[str]
) -> None:
    assert offered(admin_client, make_delivery(**fields)).intersection(OF_A_DELIVERY) == shown


def test_who_may_only_look_sees_no_button_and_no_page(clerk: Clerk) -> None:
    shipment = make_shipment(state="suspended", due_at=None)
    client = clerk("view_delivery")
    assert not offered(client, shipment.delivery).intersection((*OF_A_DELIVERY, *OF_A_SHIPMENT))
    for path in (
        *(url(name, shipment.delivery) for name in OF_A_DELIVERY),
        *(page_for(shipment, name) for name in OF_A_SHIPMENT),
    ):
        assert client.get(path).status_code == 403
        assert client.post(path, {CONFIRMED: "1", "note": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("permission", "shown"),
    [
        ("cancel_delivery", {"cancel", "to_home"}),
        ("correct_recipient", {"correct_recipient"}),
        ("change_parcels", {"change_parcels"}),
        ("make_again", {"make_again"}),
        ("settle_shipment", {"exists", "nothing_made"}),
    ],
)
def test_each_permission_gives_its_own_buttons(clerk: Clerk, permission: str, shown: set[str]) -> None:
    shipment = make_shipment(state="suspended", due_at=None)
    client = clerk("view_delivery", permission)
    assert offered(client, shipment.delivery).intersection((*OF_A_DELIVERY, *OF_A_SHIPMENT)) == shown


@pytest.mark.parametrize("name", OF_A_DELIVERY)
def test_a_draft_has_no_such_page(admin_client: Client, name: str) -> None:
    assert admin_client.get(url(name, make_draft())).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Parcel 1 has a label: it is voided. Destroy the label if it is printed."),
        ("fr", "Le colis 1 a une étiquette\N{NO-BREAK SPACE}: il est annulé."),
    ],
)
def test_what_cancelling_leads_to_is_said_before_and_after(
    admin_client: Client, admin_user: Any, language: str, words: str, bystanders: Bystanders
) -> None:
    delivery = make_shipment(state="labelled", due_at=None).delivery
    assert words in page_of(admin_client, url("cancel", delivery), HTTP_ACCEPT_LANGUAGE=language).get_text()
    assert delivery.history.count() == 0
    [message] = send(admin_client, "cancel", delivery, note="The buyer called")
    assert message.startswith("1 delivery will be cancelled by itself")
    line = delivery.history.get(change=Change.ASK_STOP)
    assert (line.user, line.note) == (admin_user, "The buyer called")


def test_many_are_cancelled_by_the_list(admin_client: Client, bystanders: Bystanders) -> None:
    first, second, person = make_delivery(), make_delivery(), make_shipment(state="attention", due_at=None).delivery
    messages = said(select(admin_client, "cancel", first, second, person, note="x", **{CONFIRMED: "1"}))
    assert messages[0] == "2 deliveries are cancelled."
    assert messages[1].startswith("1 delivery will be cancelled when a person has settled a parcel")
    assert [seen_again(row)[0] for row in (first, second, person)] == ["cancelled", "cancelled", "released"]


def test_a_delivery_goes_home_instead(admin_client: Client) -> None:
    delivery = make_delivery()
    [message] = send(admin_client, "to_home", delivery, note="x")
    assert message.startswith("The delivery to the post office is cancelled. Ship the order")
    assert seen_again(delivery) == ("cancelled", "to_home")


def test_a_recipient_is_corrected_and_nothing_typed_is_lost(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_shipment(state="labelled", due_at=None).delivery
    path = url("correct_recipient", delivery)
    wrong = admin_client.post(path, typed(admin_client, path, name="Zoë Right", postal_code="12345"))
    page = BeautifulSoup(wrong.content, "html.parser")
    assert page.select_one("#id_name")["value"] == "Zoë Right"  # type: ignore[index]
    assert page.select_one("#id_postal_code_error") is not None
    messages = said(admin_client.post(path, typed(admin_client, path, name="Zoë Right"), follow=True))
    assert messages[0].startswith("Done: what was made is voided")
    delivery.refresh_from_db()
    assert (delivery.recipient_name, delivery.recipient_city) == ("Zoë Right", "Ottawa")
    assert delivery.history.get(change=Change.CORRECT_RECIPIENT).note == "asked by phone"


def test_two_who_correct_at_once_do_not_overwrite_each_other(admin_client: Client) -> None:
    delivery = make_delivery()
    path = url("correct_recipient", delivery)
    mine = typed(admin_client, path, name="Mine")
    admin_client.post(path, typed(admin_client, path, name="Theirs"))
    page = BeautifulSoup(admin_client.post(path, mine).content, "html.parser")
    assert "Somebody else has changed this" in page.select_one(".errornote").get_text()  # type: ignore[union-attr]
    assert page.select_one("#id_name")["value"] == "Mine"  # type: ignore[index]
    assert "Theirs" in page.select_one(".d2po-now").get_text()  # type: ignore[union-attr]
    delivery.refresh_from_db()
    assert delivery.recipient_name == "Theirs"


def test_of_a_parcel_only_what_was_typed_is_changed(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_delivery()
    path = url("change_parcels", delivery)
    admin_client.post(path, typed(admin_client, path, **{"parcel1-weight_kg": "7.5"}))
    delivery.refresh_from_db()
    assert delivery.packed == {"1": {"weight_kg": "7.5", "length_cm": "30", "width_cm": "20", "height_cm": "10"}}
    messages = said(admin_client.post(path, typed(admin_client, path), follow=True))
    assert messages == ["Nothing was changed: it stands so already."]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("weight_kg", "3000", "Parcel’s weight: this must be more than 0 and at most 30 kg."),
        ("length_cm", "9" * 5000, "Enter a number."),
        ("coverage", "200", "Options: coverage of more than $100 needs a signature."),
    ],
)
def test_an_absurd_parcel_is_refused_beside_its_field(admin_client: Client, field: str, text: str, words: str) -> None:
    delivery = make_delivery()
    path = url("change_parcels", delivery)
    response = admin_client.post(path, typed(admin_client, path, **{f"parcel1-{field}": text}))
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one(f"#id_parcel1-{field}_error").get_text(strip=True) == words  # type: ignore[union-attr]
    delivery.refresh_from_db()
    assert delivery.packed == {}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("correct_recipient", {"name": "Zoë Right"}),
        ("change_parcels", {"parcel1-weight_kg": "7.5"}),
        ("follow_order", {CONFIRMED: "1"}),
    ],
)
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This is kept: the answer about a parcel is still to come."), ("fr", "C’est noté : la réponse")],
)
def test_what_is_wished_while_an_answer_is_awaited_is_kept_and_done_at_the_answer(
    admin_client: Client,
    emulator: EmulatorServer,
    change_settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    fields: dict[str, str],
    language: str,
    words: str,
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0, 60.0)})
    shipment = make_shipment(deliver_to(emulator))
    emulator.faults.add("create_shipment", "reset", after=True)
    hand_off(shipment.pk)
    assert list(Shipment.objects.filter(pk=shipment.pk).values_list("state", flat=True)) == ["unknown"]
    if name == "follow_order":
        heavier = replace(PARCEL, weight_kg=Decimal("7.5"))
        monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: [heavier])
    path = url(name, shipment.delivery)
    form = typed(admin_client, path, **fields)
    [message] = said(admin_client.post(path, form, follow=True, headers={"accept-language": language}))
    assert message.startswith(words)
    hand_off(shipment.pk, now=True)
    while hand_off_due():
        pass
    rows = shipment.delivery.shipments.order_by("revision").values_list("revision", "state")
    assert list(rows) == [(1, "voided"), (2, "labelled")]
    voided, made = emulator.shipments
    assert (voided.voided, made.voided) == (True, False)
    spec = made.body["deliverySpec"]
    wanted = (spec["destination"]["name"], Decimal(str(spec["parcelCharacteristics"]["weight"])))
    assert wanted == ((fields["name"], PARCEL.weight_kg) if "name" in fields else (RECIPIENT.name, Decimal("7.5")))


def test_a_delivery_that_is_cancelled_meanwhile_is_not_changed(admin_client: Client) -> None:
    delivery = make_delivery()
    path = url("correct_recipient", delivery)
    form = typed(admin_client, path, name="Late")
    cancel_delivery(delivery)
    [message] = said(admin_client.post(path, form, follow=True))
    assert message.startswith("This delivery is cancelled")
    delivery.refresh_from_db()
    assert delivery.recipient_name != "Late"


def test_a_person_says_what_became_of_a_parcel(admin_client: Client) -> None:
    taken = make_shipment(state="made", due_at=None, shipment_id="S-9", tracking_pin="P-9")
    shipment, gone = (make_shipment(state="attention", due_at=None) for _ in range(2))
    path = page_for(shipment, "exists")
    same = {CONFIRMED: "1", "shipment_id": taken.shipment_id, "tracking_number": "P-1", "note": "seen"}
    page = BeautifulSoup(admin_client.post(path, same).content, "html.parser")
    assert "Another parcel has this shipment ID" in page.select_one(".errorlist").get_text()  # type: ignore[union-attr]
    assert page.select_one("#id_tracking_number")["value"] == "P-1"  # type: ignore[index]
    [message] = said(admin_client.post(path, {**same, "shipment_id": "S-1"}, follow=True))
    assert message.startswith("The parcel is kept with these numbers, and its label is fetched.")
    shipment.refresh_from_db()
    assert (shipment.state, shipment.shipment_id, shipment.tracking_pin) == ("made", "S-1", "P-1")
    [message] = said(admin_client.post(page_for(gone, "nothing_made"), {CONFIRMED: "1", "note": "x"}, follow=True))
    assert message.startswith("It is kept that nothing was made.")
    gone.refresh_from_db()
    assert gone.state == "refused"
    [message] = said(admin_client.post(path, same, follow=True))
    assert message == "This parcel does not need a person any more. Look at where it stands now."


def test_a_label_that_is_taken_back_is_not_linked(admin_client: Client) -> None:
    for state, usable in (("labelled", True), ("voided", False), ("refund_asked", False)):
        shipment = make_shipment(state=state, label="x.pdf", labelled_at=timezone.now(), due_at=None)
        path = reverse("admin:deliver_to_po_label", args=[shipment.pk])
        page = page_of(admin_client, url("delivery_change", shipment.delivery))
        assert bool(page.select(f'a[href="{path}"]')) == usable
        assert ("must not be used" in page.get_text()) != usable


def test_the_next_label_waits_for_the_word_that_the_old_one_is_destroyed(admin_client: Client) -> None:
    shipment = make_shipment(state="refund_asked", due_at=None)
    form = {CONFIRMED: "1", "note": "torn"}
    [message] = said(admin_client.post(page_for(shipment, "make_again"), form, follow=True))
    assert "Destroy its label" in message
    [message] = said(admin_client.post(page_for(shipment, "label_destroyed"), form, follow=True))
    assert message == "It is kept that the old label is destroyed. A new one is made by itself."
    assert list(shipment.delivery.shipments.values_list("revision", "state")) == [(1, "refund_asked"), (2, "waiting")]

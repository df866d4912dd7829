"""What a person may ask: to see what is held, and to have it erased; and the page that says where everything is."""

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.again import can_be_handed_off, hand_off_again
from deliver_to_po.handoff.putting_right import make_again
from deliver_to_po.handoff.repair import release_what_is_paid, resume_after_pause
from deliver_to_po.models import Delivery, Notice, Shipment
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.privacy import RESERVED_FOR, UNFINISHED_FOR, erase_recipients
from tests.bystanders import Bystanders
from tests.factories import build_draft, make_delivery, make_draft, make_order, make_paid_order, make_shipment
from tests.shop.buying import place_paid

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "explanation" / "privacy.md").read_text(encoding="utf-8")


def labelled(**fields: Any) -> Shipment:
    """Return a shipment whose label lies in the storage."""
    name = label_storage().save("somebody.pdf", ContentFile(b"%PDF"))
    return make_shipment(
        state=ShipmentState.LABELLED, label=name, reason_text="said of Marie-Ève", system_data={"a": 1}, **fields
    )


def test_everything_personal_of_an_order_is_exported_as_json() -> None:
    shipment = labelled(tracking_pin="7023210039414604")
    told = json.loads(json.dumps(shop.export(shipment.delivery.order)))
    [delivery] = told["deliveries"]
    assert {name: delivery[name] for name in RECIPIENT_FIELDS} == {
        name: getattr(shipment.delivery, name) for name in RECIPIENT_FIELDS
    }
    assert delivery["shipments"][0]["tracking_number"] == "7023210039414604"
    assert delivery["shipments"][0]["label_kept"] is True
    assert delivery["shipments"][0]["recipient_phone"] == shipment.recipient_phone


def test_what_somebody_was_written_is_exported() -> None:
    delivery, other = make_delivery(), make_delivery()
    sent_at = timezone.now()
    for about, occasion in ((delivery, 1), (other, 2)):
        Notice.objects.create(delivery=about, kind="choose", occasion=occasion, outcome="sent", sent_at=sent_at)
    Notice.objects.create(delivery=delivery, kind="remind", occasion=1)
    [told] = shop.export(delivery.order)["deliveries"]
    assert told["e_mails"] == [{"kind": "choose", "sent_at": sent_at.isoformat()}]


def test_an_order_without_a_delivery_exports_nothing() -> None:
    assert shop.export(make_order()) == {"deliveries": []}


def test_an_order_is_erased_on_a_wish_with_its_label_and_nobody_elses(bystanders: Bystanders) -> None:
    shipment = labelled()
    name = str(shipment.label.name)
    assert shop.erase(shipment.delivery.order) == shop.Erasure.ERASED
    shipment.refresh_from_db()
    assert not label_storage().exists(name)
    assert {getattr(shipment, field) for field in RECIPIENT_FIELDS} == {""}
    assert {getattr(shipment.delivery, field) for field in RECIPIENT_FIELDS} == {""}
    assert (shipment.reason_text, shipment.system_data) == ("", {})
    assert shipment.delivery.erased_at is not None
    assert shop.erase(shipment.delivery.order) == shop.Erasure.NOTHING


@pytest.mark.parametrize("state", [DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE])
def test_what_has_not_been_sent_is_cancelled_before_it_is_erased(state: str) -> None:
    delivery = make_delivery(state=state)
    assert shop.erase(delivery.order) == shop.Erasure.ERASED
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.CANCELLED
    assert [line.change for line in delivery.history.all()] == [Change.CANCEL, Change.ERASE]


@pytest.mark.parametrize("state", ["requested", "unknown", "made", "voiding", "refunding"])
def test_what_a_parcel_still_needs_is_left_for_later_and_nothing_more_is_sent(
    state: str, bystanders: Bystanders
) -> None:
    shipment = make_shipment(state=state)
    second = labelled(delivery=shipment.delivery, parcel=2)
    waiting = make_shipment(shipment.delivery, parcel=3)
    assert shop.erase(shipment.delivery.order) == shop.Erasure.LATER
    shipment.refresh_from_db()
    waiting.refresh_from_db()
    assert shipment.recipient_name
    assert shipment.delivery.erased_at is None
    assert label_storage().exists(str(second.label.name))
    assert (waiting.state, waiting.reason) == (ShipmentState.DROPPED, Reason.CANCELLED)
    Shipment.objects.filter(pk=shipment.pk).update(state=ShipmentState.DONE, shipment_id="1")
    assert shop.erase(shipment.delivery.order) == shop.Erasure.ERASED


WAITS = [DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE]


@pytest.mark.parametrize("state", [*WAITS, DeliveryState.RELEASED])
def test_an_order_of_which_one_parcel_has_its_label_is_erased_whatever_it_waits_for(
    state: str, bystanders: Bystanders
) -> None:
    delivery = make_delivery(state=state, reason=Reason.ON_HOLD)
    made, waiting = labelled(delivery=delivery, tracking_pin="7023"), make_shipment(delivery, parcel=2)
    name = str(made.label.name)
    assert shop.erase(delivery.order) == shop.Erasure.ERASED
    for row in (delivery, made, waiting):
        row.refresh_from_db()
        assert {getattr(row, field) for field in RECIPIENT_FIELDS} == {""}
    assert not label_storage().exists(name)
    assert delivery.state == state
    assert delivery.reason == (Reason.ON_HOLD if state == DeliveryState.RELEASED else Reason.ERASED)
    assert (made.state, made.tracking_pin, waiting.state) == ("labelled", "7023", "dropped")
    assert [line.change for line in delivery.history.all()] == [Change.DROP, Change.ERASE]
    [told] = shop.export(delivery.order)["deliveries"]
    assert (told["erased_at"] is not None, told["recipient_name"]) == (True, "")
    assert [(shipment["recipient_name"], shipment["label_kept"]) for shipment in told["shipments"]] == [("", False)] * 2


@pytest.mark.parametrize("release", ["when_paid", "on_placing", "by_merchant"])
@pytest.mark.parametrize("state", WAITS)
def test_an_erased_order_is_never_released_resumed_nor_sent(
    state: str, release: str, bystanders: Bystanders, change_settings: Any, admin_user: Any
) -> None:
    change_settings(RELEASE=release)
    delivery = make_delivery(state=state, reason=Reason.PAUSED)
    labelled(delivery=delivery)
    make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED)
    assert shop.erase(delivery.order) == shop.Erasure.ERASED
    before = Delivery.objects.filter(pk=delivery.pk).values().get()
    assert shop.release(delivery.order) == shop.Released.ERASED
    assert (shop.hold(delivery.order), shop.resume(delivery.order)) == (False, False)
    assert (release_what_is_paid(), resume_after_pause()) == (0, 0)
    delivery.refresh_from_db()
    assert not can_be_handed_off(delivery)
    chosen = Delivery.objects.filter(pk=delivery.pk)
    assert hand_off_again(chosen, user=admin_user, seconds=1).shipments == []
    assert chosen.values().get() == before
    assert sorted(delivery.shipments.values_list("state", flat=True)) == ["labelled", "refused"]


def test_a_refused_parcel_of_an_erased_order_is_not_made_again(admin_user: Any) -> None:
    shipment = make_shipment(state=ShipmentState.REFUSED)
    labelled(delivery=shipment.delivery, parcel=2)
    Delivery.objects.filter(pk=shipment.delivery_id).update(erased_at=timezone.now())
    shipment.refresh_from_db()
    assert not can_be_handed_off(shipment.delivery)
    with pytest.raises(MoveRefused):
        make_again(shipment, user=admin_user)
    assert shipment.delivery.shipments.count() == 2


def test_a_label_that_cannot_be_deleted_is_said_and_costs_no_other_order(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, admin_client: Client
) -> None:
    stuck, other = labelled(), make_delivery()
    before = Delivery.objects.filter(pk=stuck.delivery_id).values().get()

    def fail(self: InMemoryStorage, name: str) -> None:
        raise OSError("Marie-Ève Côté is in use")

    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    assert shop.erase(stuck.delivery.order) == shop.Erasure.FAILED
    with pytest.raises(CommandError, match="1 deliveries have a label that could not be deleted"):
        call_command("d2po_privacy", email=stuck.recipient_email, erase=True, stdout=StringIO())
    other.refresh_from_db()
    assert other.erased_at is not None
    data = {"action": "erase_recipients", "_selected_action": [str(stuck.delivery_id)], "erase_confirmed": "yes"}
    url = reverse("admin:deliver_to_po_delivery_changelist")
    english = admin_client.post(url, data, follow=True).content.decode()
    french = admin_client.post(url, data, follow=True, headers={"Accept-Language": "fr"}).content.decode()
    assert "1 delivery is not erased: its label could not be deleted." in english
    assert "1 livraison n’est pas effacée" in french
    assert Delivery.objects.filter(pk=stuck.delivery_id).values().get() == before
    assert "OSError" in caplog.text
    assert "Marie" not in caplog.text


def test_what_an_erased_reservation_is_paid_for_begins_anew_and_is_erased_in_its_turn(bystanders: Bystanders) -> None:
    """The recipient that is given for it next must not be kept for ever because another one was erased before."""
    draft = make_draft(state=DeliveryState.RESERVED, erased_at=timezone.now(), **dict.fromkeys(RECIPIENT_FIELDS, ""))
    delivery = place_paid(make_paid_order(), draft.pk)
    assert (delivery.pk, delivery.state, delivery.reason) == (
        draft.pk,
        DeliveryState.NEEDS_CHOICE,
        Reason.CHOICE_ERASED,
    )
    assert (delivery.erased_at, delivery.office_id, delivery.office_hours) == (None, "", None)
    assert shop.place(delivery.order, draft.pk, paid=True) == delivery
    recipient = {name: getattr(build_draft(), name) for name in (*RECIPIENT_FIELDS, *OFFICE_FIELDS)}
    assert move_delivery(delivery, Change.CHOOSE_AGAIN, **recipient)
    assert shop.erase(delivery.order) == shop.Erasure.ERASED
    delivery.refresh_from_db()
    assert delivery.recipient_name == ""


def test_the_command_shows_what_is_held_about_a_person() -> None:
    delivery = make_delivery()
    make_delivery(recipient_email="other@example.com")
    out = StringIO()
    call_command("d2po_privacy", email="Marie@Example.com", stdout=out)
    [order] = json.loads(out.getvalue())
    assert order["order"] == str(delivery.order_id)


def test_the_command_finds_whom_only_a_parcel_was_sent_to(bystanders: Bystanders) -> None:
    """The recipient was corrected after the first revision: both are held."""
    other = make_shipment(state=ShipmentState.DONE)
    shipment = make_shipment(state=ShipmentState.DONE)
    sent_to = {"recipient_name": "Otto Canary", "recipient_email": "otto@example.com"}
    Shipment.objects.filter(pk=shipment.pk).update(**sent_to)
    call_command("d2po_privacy", email="Otto@example.com", name="otto canary", erase=True, stdout=StringIO())
    shipment.refresh_from_db()
    other.refresh_from_db()
    assert (shipment.recipient_email, shipment.delivery.recipient_email) == ("", "")
    assert other.recipient_email


def test_the_command_erases_by_name_drafts_included(bystanders: Bystanders) -> None:
    name = "Otto Canary"
    draft, delivery = make_draft(recipient_name=name), make_delivery(recipient_name=name)
    out = StringIO()
    call_command("d2po_privacy", name="otto  canary", erase=True, stdout=out)
    assert out.getvalue() == "1 deliveries erased, 1 unfinished choices deleted.\n"
    delivery.refresh_from_db()
    assert delivery.recipient_name == ""
    assert not Delivery.objects.filter(pk=draft.pk).exists()


def test_the_command_says_when_something_must_wait() -> None:
    make_shipment(state=ShipmentState.UNKNOWN)
    with pytest.raises(CommandError, match="1 deliveries have a parcel that is being made"):
        call_command("d2po_privacy", email="marie@example.com", erase=True, stdout=StringIO())


def test_the_command_wants_to_know_whom() -> None:
    make_delivery()
    with pytest.raises(CommandError, match="--email or --name"):
        call_command("d2po_privacy", erase=True)


def test_staff_erase_a_selection_after_one_question(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_delivery(state=DeliveryState.PLACED)
    data = {"action": "erase_recipients", "_selected_action": [str(delivery.pk)]}
    url = reverse("admin:deliver_to_po_delivery_changelist")
    question = admin_client.post(url, data).content.decode()
    delivery.refresh_from_db()
    assert delivery.erased_at is None
    assert delivery.recipient_name in question
    done = admin_client.post(url, data | {"erase_confirmed": "yes"}, follow=True).content.decode()
    assert "1 delivery is erased." in done
    delivery.refresh_from_db()
    assert delivery.erased_at is not None
    assert delivery.history.latest("pk").user is not None


def test_the_page_says_how_long_a_recipient_is_kept() -> None:
    [row] = [line for line in PAGE.splitlines() if "`Delivery.recipient_name`" in line]
    assert f"reserved for a payment: {RESERVED_FOR.days} days" in row
    assert f"`RECIPIENT_LIFETIME`, and {UNFINISHED_FOR.days} days more at most while a parcel is unfinished" in row


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("The recipient has been erased. Nothing more of it is sent.", "before Canada Post had finished the")),
        (
            "fr",
            ("Les coordonnées du destinataire ont été effacées. Rien d’autre n’en sera", "avant que Postes Canada ait"),
        ),
    ],
)
def test_the_desk_says_of_what_is_erased_what_there_is_to_know_and_links_to_no_label(
    admin_client: Client, language: str, said: tuple[str, ...]
) -> None:
    long_ago = timezone.now() - timedelta(days=211)
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD, placed_at=long_ago)
    labelled(delivery=delivery)
    make_shipment(delivery, parcel=2, state=ShipmentState.UNKNOWN)
    other = labelled()
    label_links = []
    assert erase_recipients() == 1
    for row in (delivery, other.delivery):
        url = reverse("admin:deliver_to_po_delivery_change", args=[row.pk])
        page = admin_client.get(url, headers={"Accept-Language": language}).content.decode()
        label_links.append("/label/" in page)
        assert all((words in page) == (row == delivery) for words in said)
    assert label_links == [False, True]


def test_every_field_that_may_hold_something_personal_is_on_the_page() -> None:
    named = set(re.findall(r"`([A-Z]\w+\.\w+)`", PAGE))
    personal = {
        f"{model}.{name}" for model in ("Delivery", "Shipment") for name in (*RECIPIENT_FIELDS, "office_id")
    } | {
        "Shipment.label", "Shipment.reason_text", "Shipment.system_data", "Shipment.tracking_pin", "History.user",
        "Manifest.document",
    }  # fmt: skip
    assert personal <= named
    for row in named:
        model, name = row.split(".")
        assert apps.get_model("deliver_to_po", model)._meta.get_field(name)


def test_every_text_of_a_delivery_is_either_on_the_page_or_about_no_person() -> None:
    about_nobody = {
        "state", "reason", "language", "service", "office_check", "request_id", "open_parcel", "system", "api", "group",
        "shipment_id", "label_media_type", "sender", "options", "packed", "quote",
    }  # fmt: skip
    named = set(re.findall(r"`[A-Z]\w+\.(\w+)`", PAGE))
    for model in (Delivery, Shipment):
        texts = {
            field.name
            for field in model._meta.get_fields()
            if field.get_internal_type() in ("CharField", "TextField", "JSONField", "FileField")
        }
        assert texts - named - about_nobody <= {
            "office_name", "office_location", "office_address", "office_city", "office_province", "office_postal_code",
            "office_hours",
        }  # fmt: skip

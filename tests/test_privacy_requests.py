"""What a person may ask: to see what is held, and to have it erased; and the page that says where everything is."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from deliver_to_po import shop
from deliver_to_po.choices import Change, DeliveryState, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from deliver_to_po.models.shipment import label_storage
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_order, make_shipment

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
    assert delivery["shipments"][0]["recipient_phone"] == shipment.recipient_phone


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


@pytest.mark.parametrize("state", ["requested", "unknown", "made", "voiding"])
def test_what_a_parcel_still_needs_is_left_for_later(state: str) -> None:
    shipment = make_shipment(state=state)
    second = labelled(delivery=shipment.delivery, parcel=2)
    assert shop.erase(shipment.delivery.order) == shop.Erasure.LATER
    shipment.refresh_from_db()
    assert shipment.recipient_name
    assert shipment.delivery.erased_at is None
    assert label_storage().exists(str(second.label.name))


def test_the_command_shows_what_is_held_about_a_person() -> None:
    delivery = make_delivery()
    make_delivery(recipient_email="other@example.com")
    out = StringIO()
    call_command("d2po_privacy", email="Marie@Example.com", stdout=out)
    [order] = json.loads(out.getvalue())
    assert order["order"] == str(delivery.order_id)


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


def test_every_field_that_may_hold_something_personal_is_on_the_page() -> None:
    named = set(re.findall(r"`([A-Z]\w+\.\w+)`", PAGE))
    personal = {
        f"{model}.{name}" for model in ("Delivery", "Shipment") for name in (*RECIPIENT_FIELDS, "office_id")
    } | {"Shipment.label", "Shipment.reason_text", "Shipment.system_data", "Shipment.tracking_pin", "History.user"}
    assert personal <= named
    for row in named:
        model, name = row.split(".")
        assert apps.get_model("deliver_to_po", model)._meta.get_field(name)


def test_every_text_of_a_delivery_is_either_on_the_page_or_about_no_person() -> None:
    about_nobody = {
        "state", "reason", "language", "service", "office_check", "request_id", "open_parcel", "system", "api", "group",
        "shipment_id", "label_media_type", "sender", "options",
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

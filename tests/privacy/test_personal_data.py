"""What a person may ask to see: everything that is held about them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import Storage
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.core.choices import Change, DeliveryState, ManifestState, Reason, ShipmentState
from deliver_to_po.handoff.changing.change import correct_recipient
from deliver_to_po.models import Delivery, Export, Manifest, Notice, Shipment
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS, recipient_fields
from deliver_to_po.privacy.erasing import Erasure, erase_recipients
from deliver_to_po.privacy.personal_data import deliveries_about, person
from tests.factories import RECIPIENT, make_delivery, make_order, make_shipment
from tests.privacy.rows import OTTO, TOO_LONG, iso, labelled, row_of

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]


def test_everything_personal_of_an_order_is_exported_as_json() -> None:
    shipment = labelled(
        make_delivery(), "a.pdf", system="another", tracking_pin="7023210039414604", made_at=timezone.now()
    )
    told = json.loads(json.dumps(shop.export(shipment.delivery.order, email=RECIPIENT.email)))
    delivery = shipment.delivery
    assert told["deliveries"] == [
        {
            "id": str(delivery.pk),
            "reference": delivery.reference,
            "state": "released",
            "language": delivery.language,
            "placed_at": iso(delivery.placed_at),
            **whom_and_where(delivery),
            "shipments": [
                {
                    "shipping_system": "another",
                    "state": "labelled",
                    "tracking_number": "7023210039414604",
                    "events": [],
                    "contents": [["1", "Ring"]],
                    "made_at": iso(shipment.made_at),
                    "label_kept": True,
                    "what_the_shipping_system_said": "about Marie-Ève Côté",
                    **whom_and_where(shipment),
                }
            ],
            "files_of_exports": [],
            "manifests": [],
            "e_mails": [],
            "notes": [],
        }
    ]


def whom_and_where(row: Delivery | Shipment) -> dict[str, str]:
    return {name: getattr(row, name) for name in (*RECIPIENT_FIELDS, *OFFICE_FIELDS)}


def test_what_somebody_was_written_is_exported() -> None:
    delivery, other = make_delivery(), make_delivery()
    # In UTC it is the next day already.
    sent_at = datetime(2026, 11, 29, 3, 50, tzinfo=UTC)
    for about, occasion in ((delivery, 1), (other, 2)):
        Notice.objects.create(delivery=about, kind="choose", occasion=occasion, outcome="sent", sent_at=sent_at)
    Notice.objects.create(delivery=delivery, kind="remind", occasion=1)
    [told] = shop.export(delivery.order, email=RECIPIENT.email)["deliveries"]
    assert told["e_mails"] == [{"kind": "choose", "sent_at": "2026-11-28T22:50:00-05:00"}]


def test_files_that_may_name_somebody_are_exported_by_their_day_and_number() -> None:
    delivery, export = make_delivery(), Export.objects.create()
    fetched = {"state": ManifestState.FETCHED, "document": "x.pdf", "transmitted_at": timezone.now()}
    manifest = Manifest.objects.create(number="M-1", **fetched)
    make_shipment(delivery, state=ShipmentState.LABELLED, manifest=manifest, export=export)
    erased = Manifest.objects.create(number="M-0", erased_at=timezone.now(), **fetched)
    erased_export = Export.objects.create(erased_at=timezone.now())
    make_shipment(delivery, state=ShipmentState.LABELLED, parcel=2, manifest=erased, export=erased_export)
    files = {"manifest": Manifest.objects.create(number="M-2", **fetched), "export": Export.objects.create()}
    make_shipment(delivery, state=ShipmentState.LABELLED, parcel=3, **files, **recipient_fields(OTTO))
    without_paper = Manifest.objects.create(number="M-3", transmitted_at=timezone.now())
    make_shipment(delivery, state=ShipmentState.LABELLED, parcel=4, manifest=without_paper)
    [told] = shop.export(delivery.order, email=RECIPIENT.email)["deliveries"]
    assert (told["files_of_exports"], told["manifests"]) == ([iso(export.created_at)], ["M-1"])


def test_a_delivery_that_another_one_replaced_is_exported_too() -> None:
    order, long_ago = make_order(), timezone.now() - timedelta(days=9)
    make_delivery(order=order, current_order=None, state="cancelled", placed_at=long_ago)
    make_delivery(order=order)
    told = shop.export(order, email=RECIPIENT.email)["deliveries"]
    assert [delivery["state"] for delivery in told] == ["cancelled", "released"]


@pytest.mark.parametrize("name", ["MARIE-ÈVE CÔTÉ", "marie-eve cote"])
@pytest.mark.parametrize("beside", [{}, {"email": RECIPIENT.email}, {"phone": RECIPIENT.phone}])
def test_a_name_with_accents_is_found_in_any_case_and_without_them(name: str, beside: dict[str, str]) -> None:
    theirs = make_delivery()
    make_delivery(recipient_name="Marie-Ève Cotton")
    assert list(deliveries_about(person(name=name, **beside))) == [theirs]


@pytest.mark.parametrize("ask", [shop.export, shop.erase])
def test_nobody_in_particular_is_refused(ask: Callable[..., object]) -> None:
    """An order alone does not say whose data is asked for."""
    with pytest.raises(ValueError, match="say whose"):
        ask(make_delivery().order, email=" ")


def test_notes_are_exported() -> None:
    delivery = make_delivery()
    delivery.history.create(change=Change.RESUME)
    line = delivery.history.create(change=Change.HOLD, note="Marie is away")
    make_delivery().history.create(change=Change.CORRECT_RECIPIENT, note="about another order")
    [told] = shop.export(delivery.order, email=RECIPIENT.email)["deliveries"]
    assert told["notes"] == [{"at": iso(line.at), "note": "Marie is away"}]


def test_notes_are_only_counted_though_no_parcel_was_made_for_the_former_recipient() -> None:
    delivery = make_delivery(state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    correct_recipient(delivery, OTTO, note=f"not {RECIPIENT.name}: she is in hospital")
    [told] = shop.export(delivery.order, email=OTTO.email)["deliveries"]
    assert (told["notes_that_a_person_must_read_first"], RECIPIENT.name in json.dumps(told)) == (1, False)


# Corrected: the first parcel was to go to Marie-Ève, and the delivery is Otto's now.


@pytest.fixture
def corrected() -> Delivery:
    """Return a delivery that waits, of which a voided parcel was another recipient's."""
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD, recipient=OTTO)
    labelled(delivery, "former.pdf", **recipient_fields(RECIPIENT))
    Shipment.objects.filter(delivery=delivery).update(state=ShipmentState.VOIDED, open_parcel=None)
    make_shipment(delivery, revision=2, **recipient_fields(OTTO))
    delivery.history.create(change=Change.CORRECT_RECIPIENT, note="not Marie, Otto")
    return delivery


@pytest.mark.parametrize(("asks", "other"), [(RECIPIENT, OTTO), (OTTO, RECIPIENT)])
def test_an_export_tells_nothing_of_another_recipient_of_the_same_order(
    corrected: Delivery, asks: Recipient, other: Recipient
) -> None:
    told = json.dumps(shop.export(corrected.order, email=asks.email), ensure_ascii=False)
    assert asks.name in told
    assert not [part for part in (other.name, other.email, other.phone, other.address.line_1, "Marie,") if part in told]


def test_notes_that_may_mean_another_recipient_are_only_counted(corrected: Delivery) -> None:
    [told] = shop.export(corrected.order, email=OTTO.email)["deliveries"]
    assert (told["notes_that_a_person_must_read_first"], told["e_mails"], "notes" in told) == (1, [], False)


def test_erasing_a_former_recipient_leaves_the_delivery_and_whoever_it_is_for(
    corrected: Delivery, labels: Storage
) -> None:
    before = row_of(corrected)
    assert shop.erase(corrected.order, email=RECIPIENT.email) == Erasure.ERASED
    former, theirs = corrected.shipments.order_by("revision")
    assert row_of(corrected) == before
    assert (former.recipient_name, former.recipient_email, former.reason_text) == ("", "", "")
    assert (theirs.recipient, theirs.state) == (OTTO, ShipmentState.WAITING)
    assert not labels.exists("former.pdf")
    assert set(corrected.history.values_list("note", flat=True)) == {""}
    assert shop.erase(corrected.order, email=RECIPIENT.email) == Erasure.NOTHING


def test_a_former_recipient_whose_parcel_is_not_settled_is_left_for_later(corrected: Delivery) -> None:
    Shipment.objects.filter(delivery=corrected, revision=1).update(state=ShipmentState.ATTENTION, open_parcel="x")
    assert shop.erase(corrected.order, email=RECIPIENT.email) == Erasure.LATER
    assert corrected.shipments.get(revision=1).recipient == RECIPIENT


def test_erasing_the_recipient_leaves_a_former_one_until_their_time_is_over(
    corrected: Delivery, labels: Storage
) -> None:
    assert shop.erase(corrected.order, email=OTTO.email) == Erasure.ERASED
    former, theirs = corrected.shipments.order_by("revision")
    corrected.refresh_from_db()
    assert (corrected.recipient_name, theirs.recipient_name, theirs.state) == ("", "", ShipmentState.DROPPED)
    assert (former.recipient, labels.exists("former.pdf")) == (RECIPIENT, True)
    assert erase_recipients() == 0
    Delivery.objects.filter(pk=corrected.pk).update(placed_at=timezone.now() - TOO_LONG)
    # The rest was cancelled just now.
    assert erase_recipients() == 0
    corrected.history.update(at=timezone.now() - TOO_LONG)
    assert (erase_recipients(), erase_recipients()) == (1, 0)
    former.refresh_from_db()
    assert (former.recipient_name, labels.exists("former.pdf")) == ("", False)

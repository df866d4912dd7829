"""The clerk's list: what the page promises in each case comes true, and both languages have the same cases."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.canadapost.types import NearPostalCode, Parcel, PostOffice
from deliver_to_po.checkout.confirming_office import confirm
from deliver_to_po.core.choices import Change, ManifestState, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import MoveRefused, OfficeNoLongerTakesParcels
from deliver_to_po.handoff.by_hand.report import note_not_taken, report_lost, report_made
from deliver_to_po.handoff.by_hand.unreported import ask_for_reports
from deliver_to_po.handoff.changing.change import correct_recipient
from deliver_to_po.handoff.day_end.transmitting import ready_to_transmit
from deliver_to_po.handoff.last_gate import hold_what_is_unwanted
from deliver_to_po.handoff.printing.label_state import to_print
from deliver_to_po.handoff.releasing.nightly_check import check_open_orders
from deliver_to_po.handoff.releasing.release import release
from deliver_to_po.models import Delivery, Heartbeat, Manifest, Pause, Shipment, links
from deliver_to_po.models.due import SWEEP
from deliver_to_po.offer.summary import as_text, summarize
from deliver_to_po.offices.finder import find
from deliver_to_po.shipping import Handed, Made, NotYet
from deliver_to_po.shipping.registry import shipping_system
from deliver_to_po.shipping.webhook import Webhook
from tests.docs.desk import ClerksClient, Desk, said, sweep
from tests.docs.in_french import catalogue
from tests.factories import PARCEL, RECIPIENT, TYPED, going_to, make_delivery, make_draft, make_order, make_paid_order
from tests.labels.test_specimen import text_of
from tests.rounds import hand_off_due
from tests.shipping.parcel_receiver import SECRET

pytestmark = pytest.mark.django_db

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
PAGES = {"en": HOW_TO / "what-do-i-do-when.md", "fr": HOW_TO / "que-faire-quand.md"}
CASE = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
BUTTON = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
SPLIT = replace(PARCEL, weight_kg=Decimal("15.5"))
TOO_HEAVY = replace(PARCEL, weight_kg=Decimal(31))
NOT_ASKED = {"release_asked_at": None, "released_at": None}

Place = Callable[..., Delivery]


@pytest.fixture(autouse=True)
def _settings(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example", CLERKS=("desk@shop.example",))


# Each case walks through several pages; what a button does is a rule of the desk's own rooms.
@pytest.fixture(params=[pytest.param("fr", marks=pytest.mark.slow)])
def desk(request: pytest.FixtureRequest, admin_user: Any) -> Desk:
    """Return the admin in French, which no text that is not translated passes; a test below compares the two pages."""
    client = ClerksClient(request.param)
    client.force_login(admin_user)
    return Desk(client, admin_user)


@pytest.fixture
def parcels(monkeypatch: pytest.MonkeyPatch) -> list[Parcel]:
    """Return the boxes that the shop says of every order, one, for the test to change."""
    boxes = [PARCEL]
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: boxes)
    return boxes


@pytest.fixture
def offices(db: None, emulator: EmulatorServer) -> list[PostOffice]:
    """Return post offices that somebody has just been shown, the nearest first."""
    return list(find(NearPostalCode("K1A0B1"), "en").offices)


@pytest.fixture
def placed(offices: list[PostOffice]) -> Place:
    """Return a function that makes a delivery which is placed for the nearest office, with a paid order."""

    def place(**fields: Any) -> Delivery:
        office = offices[0]
        to = {**going_to(office), "office_name": office.name, "office_postal_code": office.postal_code}
        return make_delivery(**{"state": "placed", **NOT_ASKED, **to, **fields})

    return place


@pytest.fixture
def released(placed: Place) -> Place:
    """Return a function that makes a delivery which waits to be sent."""

    def make(**fields: Any) -> Delivery:
        delivery = placed(**fields)
        release(delivery.order)
        return now(delivery)

    return make


@pytest.fixture
def labelled(released: Place) -> Place:
    """Return a function that makes a delivery whose parcels have labels."""

    def make(**fields: Any) -> Delivery:
        delivery = released(**fields)
        hand_off_due()
        assert {row.state for row in delivery.shipments.all()} == {ShipmentState.LABELLED}
        return now(delivery)

    return make


@pytest.fixture
def transmitted(labelled: Place, desk: Desk) -> Place:
    """Return a function that makes a delivery whose parcels have gone with the day's end."""

    def make(**fields: Any) -> Delivery:
        delivery = labelled(**fields)
        transmit(desk)
        assert the(delivery).transmitted_at is not None
        return now(delivery)

    return make


def now(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def the(delivery: Delivery, parcel: int = 1, revision: int = 1) -> Shipment:
    return Shipment.objects.get(delivery=delivery, parcel=parcel, revision=revision)


def stands(delivery: Delivery) -> list[tuple[int, int, str]]:
    """Return parcel, revision and state of each shipment."""
    rows = delivery.shipments.order_by("parcel", "revision")
    return [(row.parcel, row.revision, str(row.get_state_display())) for row in rows]


def state(delivery: Delivery) -> str:
    return str(now(delivery).get_state_display())


def held(emulator: EmulatorServer) -> list[str]:
    """Return the status of each shipment that Canada Post holds, oldest first."""
    return ["voided" if shipment.voided else str(shipment.status) for shipment in emulator.shipments]


def lines(delivery: Delivery, user: Any) -> list[str]:
    """Return the lines of the history that name the clerk."""
    return [str(line.get_change_display()) for line in delivery.history.filter(user=user).order_by("pk")]


def told(delivery: Delivery) -> str:
    """Return what the page of the order tells the buyer first."""
    return summarize(now(delivery)).warning


def later(delivery: Delivery) -> Any:
    """Return the time after the next try; on a slow machine it may have been made already."""
    due = delivery.shipments.order_by("due_at").values_list("due_at", flat=True).first() or timezone.now()
    return time_machine.travel(max(due, timezone.now()) + timedelta(seconds=1))


def transmit(desk: Desk, **form: Any) -> list[str]:
    """Print what is not printed, press “Day's end” above the manifests, and its button."""
    Shipment.objects.filter(state=ShipmentState.LABELLED, printed_at=None).update(printed_at=timezone.now())
    manifests = desk.client.get(reverse("admin:deliver_to_po_manifest_changelist")).content.decode()
    page = reverse("admin:deliver_to_po_day_end")
    assert page in manifests
    groups = re.findall(r'name="group" value="([^"]+)"', desk.client.get(page).content.decode())
    return said(desk.client.post(page, {"group": groups, **form}, follow=True))


def kinds(delivery: Delivery) -> list[str]:
    return list(delivery.shipments.values_list("state", flat=True).order_by("parcel", "revision"))


CORRECTION = {"name": "Zoë Tremblay", "phone": "613-555-0111", "email": "zoe@example.com"}
CORRECT = replace(RECIPIENT, name="Zoë Tremblay", phone="613-555-0111", email="zoe@example.com")


def test_the_recipients_name_phone_or_e_mail_is_wrong(desk: Desk, released: Place, emulator: EmulatorServer) -> None:
    waiting = released()
    desk.press_and_wait("Correct the recipient", waiting, **CORRECTION)
    assert stands(waiting) == [(1, 1, "dropped, label never requested"), (1, 2, "label ready")]
    labelled = released()
    sweep()
    desk.press("Correct the recipient", labelled, **CORRECTION)
    assert stands(labelled) == [(1, 1, "being voided")]
    sweep()
    assert stands(labelled) == [(1, 1, "label voided"), (1, 2, "label ready")]
    assert held(emulator) == ["created", "voided", "created"]
    for delivery in (waiting, labelled):
        assert lines(delivery, desk.user)[0] == "recipient corrected"
        made = the(delivery, revision=2)
        assert (made.recipient_name, made.recipient_phone, made.recipient_email) == (
            CORRECT.name,
            CORRECT.phone,
            CORRECT.email,
        )
        assert (told(delivery), mail.outbox) == ("", [])


def test_the_buyer_wants_another_post_office_and_there_is_no_label_yet(
    desk: Desk, client: Client, placed: Place, released: Place, offices: list[PostOffice], emulator: EmulatorServer
) -> None:
    by_clerk = released()
    desk.press("Choose another post office", by_clerk, office_id=offices[1].office_id)
    assert lines(by_clerk, desk.user)[0] == "post office changed"
    by_buyer = placed(order=make_order())
    page = desk.client.get(desk.buttons(by_buyer)["Link for the buyer"]).content.decode()
    [link] = re.findall(r'value="https://shop.example.com([^"]+)"', page)
    client.post(link, {"office_id": offices[2].office_id})
    assert (now(by_buyer).office_id, state(by_buyer)) == (offices[2].office_id, "placed")
    sweep()
    assert stands(by_clerk) == [(1, 1, "dropped, label never requested"), (1, 2, "label ready")]
    [made] = emulator.shipments
    assert the(by_clerk, revision=2).office_id == offices[1].office_id
    assert (made.shipment_id, mail.outbox) == (the(by_clerk, revision=2).shipment_id, [])


def test_the_buyer_wants_another_post_office_and_the_label_is_made(
    desk: Desk, client: Client, labelled: Place, offices: list[PostOffice], emulator: EmulatorServer
) -> None:
    delivery = labelled()
    old = the(delivery)
    client.post(links.path_for(delivery), {"office_id": offices[2].office_id})
    assert now(delivery).office_id == offices[0].office_id
    desk.press("Choose another post office", delivery, office_id=offices[1].office_id)
    assert stands(delivery) == [(1, 1, "being voided")]
    sweep()
    assert stands(delivery) == [(1, 1, "label voided"), (1, 2, "label ready")]
    assert held(emulator) == ["voided", "created"]
    new = the(delivery, revision=2)
    assert new.office_id == offices[1].office_id
    assert new.tracking_pin != old.tracking_pin
    assert desk.opened(new).startswith(b"%PDF")
    assert new.tracking_pin in as_text(summarize(now(delivery)))
    assert mail.outbox == []


def test_the_buyer_wants_another_post_office_and_the_days_end_is_done(
    desk: Desk, transmitted: Place, offices: list[PostOffice]
) -> None:
    delivery = transmitted()
    assert desk.reads(delivery, "it can no longer be voided, only refunded")
    desk.press("Choose another post office", delivery, office_id=offices[1].office_id)
    assert stands(delivery) == [(1, 1, "refund being asked for")]
    sweep()
    assert stands(delivery) == [(1, 1, "refund asked for")]
    desk.press_at("The old label is destroyed", the(delivery))
    sweep()
    assert stands(delivery) == [(1, 1, "refund asked for"), (1, 2, "label ready")]
    assert the(delivery, revision=2).office_id == offices[1].office_id
    assert "a person says that the old label is destroyed" in lines(delivery, desk.user)


def test_the_post_office_has_closed_and_there_is_no_label_yet(
    desk: Desk, client: Client, released: Place, offices: list[PostOffice], emulator: EmulatorServer
) -> None:
    emulator.state.close_office(offices[0].office_id, "no_longer")
    cache.clear()
    office = offices[0]
    assert office.coordinates is not None
    draft = make_draft(
        office_id=office.office_id,
        office_latitude=office.coordinates.latitude,
        office_longitude=office.coordinates.longitude,
    )
    with pytest.raises(OfficeNoLongerTakesParcels):
        confirm(draft)
    asked, by_clerk = released(), released()
    sweep()
    assert (state(asked), state(by_clerk)) == ("needs a post office", "needs a post office")
    assert desk.reads(asked, "The post office no longer accepts parcels.")
    assert stands(asked) == [(1, 1, "dropped, label never requested")]
    sweep()
    first = len(mail.outbox)
    assert first == 2
    assert "no longer accepts parcels" in mail.outbox[0].body
    assert "Please choose the post office" in told(asked)
    assert desk.press("Link for the buyer", asked) == ["The e-mail to the buyer is sent in a moment."]
    sweep()
    assert len(mail.outbox) == first + 1
    [link] = re.findall(r"https://shop.example.com(\S+)", str(mail.outbox[-1].body))
    client.post(link, {"office_id": offices[1].office_id})
    desk.press_and_wait("Choose another post office", by_clerk, office_id=offices[2].office_id)
    for delivery, chosen in ((asked, offices[1]), (by_clerk, offices[2])):
        assert (state(delivery), kinds(delivery)) == ("released", ["dropped", "labelled"])
        assert the(delivery, revision=2).office_id == chosen.office_id
    assert lines(by_clerk, desk.user)[0] == "another post office chosen"


def test_the_post_office_closes_and_the_label_is_made(
    desk: Desk, labelled: Place, offices: list[PostOffice], emulator: EmulatorServer
) -> None:
    delivery = labelled()
    emulator.state.close_office(offices[0].office_id, "no_longer")
    cache.clear()
    night = (timezone.localtime() + timedelta(days=2)).replace(hour=3)
    with time_machine.travel(night):
        check_open_orders()
    assert (state(delivery), stands(delivery)) == ("released", [(1, 1, "label ready")])
    assert (told(delivery), mail.outbox) == ("", [])
    desk.press_and_wait("Choose another post office", delivery, office_id=offices[1].office_id)
    assert stands(delivery) == [(1, 1, "label voided"), (1, 2, "label ready")]
    assert the(delivery, revision=2).office_id == offices[1].office_id
    emulator.state.close_office(offices[1].office_id, "no_longer")
    with time_machine.travel(night):
        assert any(line.startswith("1 parcel stays: the page “Day’s end” says why") for line in transmit(desk))
        sweep()
        assert (state(delivery), the(delivery, revision=2).transmitted_at) == ("needs a post office", None)
        assert len(mail.outbox) == 1


def test_the_order_came_without_a_post_office(desk: Desk, offices: list[PostOffice], emulator: EmulatorServer) -> None:
    order = make_paid_order()
    delivery = shop.choose_for(order).delivery
    release(order)
    assert desk.reads(delivery, "needs a post office", "The order came without a post office.")
    sweep()
    [letter] = mail.outbox
    assert "No post office has been chosen yet" in letter.body
    path = desk.buttons(delivery)["Choose a post office"]
    form = desk.client.post(path, {"office_id": offices[0].office_id})["Location"]
    desk.client.post(form, TYPED)
    sweep()
    assert (state(delivery), stands(delivery)) == ("released", [(1, 1, "label ready")])
    assert "another post office chosen" in lines(delivery, desk.user)
    assert now(delivery).recipient == RECIPIENT
    assert held(emulator) == ["created"]


def test_the_order_is_cancelled_before_the_days_end(desk: Desk, released: Place, emulator: EmulatorServer) -> None:
    waiting = released()
    desk.press("Cancel the delivery", waiting)
    assert (state(waiting), stands(waiting)) == ("cancelled", [(1, 1, "dropped, label never requested")])
    made = released()
    sweep()
    desk.press("Cancel the delivery", made)
    assert (state(made), stands(made)) == ("released", [(1, 1, "being voided")])
    sweep()
    assert (state(made), stands(made)) == ("cancelled", [(1, 1, "label voided")])
    assert held(emulator) == ["voided"]
    assert told(made) == told(waiting) == "This delivery is cancelled."
    assert (lines(made, desk.user)[0], mail.outbox) == ("cancellation asked for", [])


def test_the_order_is_cancelled_after_the_days_end(desk: Desk, transmitted: Place, change_settings: Any) -> None:
    delivery, no_address = transmitted(), transmitted()
    desk.press_and_wait("Cancel the delivery", delivery)
    assert (state(delivery), stands(delivery)) == ("cancelled", [(1, 1, "refund asked for")])
    assert told(delivery) == "This delivery is cancelled."
    change_settings(REFUND_EMAIL="")
    desk.press_and_wait("Cancel the delivery", no_address)
    assert (state(no_address), stands(no_address)) == ("released", [(1, 1, "needs attention")])
    assert desk.reads(no_address, "The shop has no e-mail address to which Canada Post could answer a refund.")
    change_settings(REFUND_EMAIL="refunds@shop.example")
    desk.press_and_wait("Cancel the delivery", no_address)
    assert (state(no_address), stands(no_address)) == ("cancelled", [(1, 1, "refund asked for")])


def test_the_order_must_wait(desk: Desk, released: Place, emulator: EmulatorServer) -> None:
    delivery = released()
    desk.press_and_wait("Put on hold", delivery, note="fraud check")
    assert (state(delivery), held(emulator)) == ("on hold", [])
    assert desk.reads(delivery, "Somebody put the delivery on hold.", "fraud check")
    assert told(delivery) == "This delivery is on hold. Please contact us if you have questions."
    desk.press_and_wait("Resume", delivery)
    assert (state(delivery), stands(delivery)) == ("released", [(1, 1, "label ready")])
    assert lines(delivery, desk.user)[:2] == ["put on hold", "resumed"]
    assert told(delivery) == ""
    desk.press_and_wait("Put on hold", delivery)
    assert (state(delivery), stands(delivery)) == ("on hold", [(1, 1, "label ready")])
    assert desk.reads(delivery, "its label stays valid, but it does not leave")
    assert not to_print().filter(delivery=delivery).exists()
    assert not ready_to_transmit().filter(delivery=delivery).exists()
    desk.press_and_wait("Resume", delivery)
    assert (state(delivery), stands(delivery)) == ("released", [(1, 1, "label ready")])


def test_the_payment_was_reversed(desk: Desk, released: Place, emulator: EmulatorServer) -> None:
    delivery = released()
    order = delivery.order
    assert order is not None
    order.paid_at = None
    order.save()
    sweep()
    assert (state(delivery), held(emulator)) == ("on hold", [])
    assert desk.reads(delivery, "The shop says that this order is no longer paid.")
    assert told(delivery) == "This delivery is on hold. Please contact us if you have questions."
    order.paid_at = timezone.now()
    order.save()
    sweep()
    assert state(delivery) == "released"
    with later(delivery):
        sweep()
    assert (state(delivery), stands(delivery)) == ("released", [(1, 1, "label ready")])
    order.paid_at = None
    order.save()
    Delivery.objects.update(paid_asked_at=None)
    hold_what_is_unwanted()
    assert (state(delivery), stands(delivery)) == ("on hold", [(1, 1, "label ready")])
    desk.press_and_wait("Cancel the delivery", delivery)
    assert (state(delivery), stands(delivery)) == ("cancelled", [(1, 1, "label voided")])


def test_the_order_goes_in_more_boxes_or_fewer(
    desk: Desk, parcels: list[Parcel], labelled: Place, emulator: EmulatorServer
) -> None:
    delivery = labelled()
    first = the(delivery).tracking_pin
    parcels.append(PARCEL)
    desk.press_and_wait("Ask the shop for the parcels again", delivery)
    assert stands(delivery) == [(1, 1, "label ready"), (2, 1, "label ready")]
    second = the(delivery, 2).tracking_pin
    text = as_text(summarize(now(delivery)))
    assert first in text
    assert second in text
    parcels.pop()
    desk.press_and_wait("Ask the shop for the parcels again", delivery)
    assert stands(delivery) == [(1, 1, "label ready"), (2, 1, "label voided")]
    assert held(emulator) == ["created", "voided"]
    assert lines(delivery, desk.user).count("parcels made to follow the order") == 2


def test_the_box_weighs_something_else(
    desk: Desk, parcels: list[Parcel], labelled: Place, emulator: EmulatorServer
) -> None:
    delivery = labelled()
    desk.press_and_wait("Change the parcels", delivery, **{"parcel1-weight_kg": "7.5"})
    assert stands(delivery) == [(1, 1, "label voided"), (1, 2, "label ready")]
    assert the(delivery, revision=2).weight_kg == Decimal("7.5")
    assert desk.reads(delivery, "parcel 1, revision 2")
    assert held(emulator) == ["voided", "created"]
    assert lines(delivery, desk.user)[0] == "weight, sides, service or options of a parcel changed"


def test_the_parcel_is_refused(desk: Desk, parcels: list[Parcel], released: Place, emulator: EmulatorServer) -> None:
    parcels[:] = [TOO_HEAVY]
    split, mistyped, corrected = released(), released(), released()
    sweep()
    assert stands(split) == [(1, 1, "refused")]
    assert desk.reads(split, "The parcel breaks a rule of Deliver to Post Office, so it was not sent.")
    assert desk.reads(split, "Parcel’s weight", "this must be more than 0 and at most 30 kg")
    assert held(emulator) == []
    desk.press("Change the parcels", mistyped, **{"parcel1-weight_kg": "3.1"})
    parcels[:] = [SPLIT, SPLIT]
    desk.press("Ask the shop for the parcels again", split)
    parcels[:] = [PARCEL]
    assert desk.press("Request the label", corrected) == ["1 parcel has its label."]
    parcels[:] = [SPLIT, SPLIT]
    sweep()
    assert stands(split) == [(1, 1, "refused"), (1, 2, "label ready"), (2, 1, "label ready")]
    assert stands(mistyped) == [(1, 1, "refused"), (1, 2, "label ready")]
    assert the(mistyped, revision=2).weight_kg == Decimal("3.1")
    assert stands(corrected) == [(1, 1, "refused"), (1, 2, "label ready")]
    assert len(emulator.shipments) == 4


def test_the_label_is_badly_printed_or_does_not_open(desk: Desk, labelled: Place, emulator: EmulatorServer) -> None:
    delivery = labelled()
    shipment = the(delivery)
    first = desk.opened(shipment)
    assert first.startswith(b"%PDF")
    assert desk.opened(shipment) == first
    shipment.label.storage.delete(str(shipment.label.name))
    instead = BeautifulSoup(desk.opened(shipment), "html.parser")
    assert desk.finds(instead, "It is being fetched again. Open it again in a moment.")
    sweep()
    assert desk.opened(the(delivery)).startswith(b"%PDF")
    [message] = desk.press("Fetch the label again", delivery)
    assert message.startswith("The labels of 1 delivery are being fetched again.")
    sweep()
    assert desk.opened(the(delivery)).startswith(b"%PDF")
    assert (stands(delivery), held(emulator)) == ([(1, 1, "label ready")], ["created"])
    assert the(delivery).tracking_pin == shipment.tracking_pin


def test_the_label_is_lost_or_on_the_wrong_box(desk: Desk, labelled: Place, emulator: EmulatorServer) -> None:
    delivery = labelled()
    desk.press_at("Make the label again", the(delivery))
    sweep()
    assert stands(delivery) == [(1, 1, "label voided"), (1, 2, "label ready")]
    assert held(emulator) == ["voided", "created"]
    assert the(delivery).tracking_pin != the(delivery, revision=2).tracking_pin
    assert lines(delivery, desk.user)[0] == "asked to make a parcel again"


def test_nobody_knows_whether_the_parcel_was_made(
    desk: Desk, released: Place, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0, 60.0)})
    emulator.faults.add("create_shipment", "reset", after=True)
    delivery = released()
    sweep()
    assert stands(delivery) == [(1, 1, "label requested, result unknown")]
    assert desk.reads(delivery, "Canada Post received the parcel’s data, but its answer never came.")
    with later(delivery):
        sweep()
    assert (stands(delivery), held(emulator)) == ([(1, 1, "label ready")], ["created"])


def test_a_parcel_needs_attention(desk: Desk, released: Place, emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(HANDOFF={"GIVE_UP_AFTER": timedelta(0)})
    emulator.faults.add("create_shipment", "reset")
    nothing = released()
    sweep()
    emulator.faults.add("create_shipment", "reset", after=True)
    emulator.faults.add("find_shipments", "500", count=None)
    exists = released()
    sweep()
    for delivery in (nothing, exists):
        assert stands(delivery) == [(1, 1, "needs attention")]
        assert desk.reads(delivery, "and the result is still unknown.", str(the(delivery).request_id))
    emulator.faults.clear()
    desk.press_at("Nothing was made", the(nothing))
    assert stands(nothing) == [(1, 1, "refused")]
    assert desk.press("Request the label", nothing) == ["1 parcel has its label."]
    assert stands(nothing) == [(1, 1, "refused"), (1, 2, "label ready")]
    first, _second = emulator.shipments
    desk.press_at("The parcel exists", the(exists), shipment_id=first.shipment_id, tracking_number=first.pin)
    assert stands(exists) == [(1, 1, "created, label to be downloaded")]
    assert desk.reads(exists, first.pin)
    assert held(emulator) == ["created", "created"]
    assert lines(nothing, desk.user)[0] == "a person confirmed that the parcel was never made"
    assert lines(exists, desk.user)[0] == "parcel found by a person"


def test_canada_post_is_down_or_refuses_the_shops_credentials(
    desk: Desk, released: Place, emulator: EmulatorServer, change_settings: Any
) -> None:
    emulator.faults.add("*", "503", count=None)
    delivery = released()
    cache.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        sweep()
    assert stands(delivery) == [(1, 1, "label not requested yet")]
    assert desk.reads(delivery, "Canada Post could not be asked whether the post office takes parcels.")
    emulator.faults.clear()
    change_settings(CANADA_POST={"CLIENT_SECRET": "wrong"})
    cache.clear()
    [message] = desk.press("Request the label", delivery)
    assert message.startswith("Label not requested yet: 1 parcel. Canada Post refused the shop’s credentials.")
    change_settings(CANADA_POST={"CLIENT_SECRET": "emulator-secret"})
    cache.clear()
    with later(delivery):
        sweep()
    assert (stands(delivery), held(emulator)) == ([(1, 1, "label ready")], ["created"])
    assert (told(delivery), mail.outbox) == ("", [])


def test_canada_post_is_on_strike(desk: Desk, released: Place, emulator: EmulatorServer) -> None:
    delivery = released()
    typed = {
        "reason_en": "Canada Post is on strike.",
        "reason_fr": "Postes Canada est en grève.",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "00:00",
        "ends_at_0": "2099-01-01",
        "ends_at_1": "00:00",
    }
    desk.client.post(reverse("admin:deliver_to_po_pause_add"), typed)
    sweep()
    assert (stands(delivery), held(emulator)) == ([(1, 1, "label not requested yet")], [])
    assert desk.reads(delivery, "Deliver to Post Office is paused.")
    assert "Canada Post is on strike." in shop.withdrawn()
    ended = {**typed, "ends_at_0": "2026-01-02"}
    desk.client.post(reverse("admin:deliver_to_po_pause_change", args=[Pause.objects.get().pk]), ended)
    sweep()
    assert (stands(delivery), held(emulator)) == ([(1, 1, "label ready")], ["created"])
    assert (shop.withdrawn(), mail.outbox) == ("", [])


def test_the_buyer_wants_to_be_forgotten(desk: Desk, released: Place, emulator: EmulatorServer) -> None:
    made = released()
    sweep()
    file = str(the(made).label.name)
    waiting = released()
    erased = desk.act("Erase recipients and labels", made, waiting, change_confirmed="1")
    assert erased == ["2 deliveries are erased."]
    sweep()
    for delivery in (made, waiting):
        assert (now(delivery).recipient_name, now(delivery).recipient_email) == ("", "")
        assert lines(delivery, desk.user)[-1] == "recipient erased"
    assert (stands(made), stands(waiting)) == ([(1, 1, "label ready")], [(1, 1, "dropped, label never requested")])
    assert not the(made).label.storage.exists(file)
    assert desk.opened(the(made)) == b""
    assert the(made).tracking_pin
    assert held(emulator) == ["created"]


def test_the_buyer_wants_home_delivery_instead(desk: Desk, labelled: Place, emulator: EmulatorServer) -> None:
    delivery = labelled()
    desk.press("Ship to the buyer’s home instead", delivery)
    assert state(delivery) == "released"
    sweep()
    assert (state(delivery), stands(delivery), held(emulator)) == (
        "cancelled",
        [(1, 1, "label voided")],
        ["voided"],
    )
    assert desk.reads(delivery, "The order is delivered to the buyer’s home instead.")
    assert told(delivery) == "This delivery is cancelled."


def test_the_days_end_did_not_go_as_it_should(
    desk: Desk, released: Place, emulator: EmulatorServer, change_settings: Any
) -> None:
    yesterday = released()
    Shipment.objects.update(group=shipping_system("default").group(timezone.localdate() - timedelta(days=1)))
    today, stays = released(), released()
    sweep()
    emulator.configure(manifest_waits=9)
    try:
        [message] = transmit(desk, exclude=the(stays).tracking_pin)
    finally:
        emulator.configure(manifest_waits=0)
    assert message.startswith("2 parcels are transmitted.")
    assert [the(delivery).transmitted_at is not None for delivery in (yesterday, today, stays)] == [True, True, False]
    manifest = Manifest.objects.get()
    assert manifest.state == ManifestState.TRANSMITTED
    Manifest.objects.update(state=ManifestState.ATTENTION, reason="manifest_missing", due_at=None)
    [again] = desk.act("Check again", manifest, of="admin:deliver_to_po_manifest_changelist")
    assert again == "2 parcels have been transmitted, and their manifest is ready to print."
    listed = desk.client.get(reverse("admin:deliver_to_po_manifest_changelist")).content
    assert desk.finds(BeautifulSoup(listed, "html.parser"), "Print the manifest")
    assert transmit(desk) == ["1 parcel has been transmitted, and its manifest is ready to print."]
    assert the(stays).transmitted_at is not None
    assert len(emulator.manifests) == 2


def test_two_clerks_work_on_the_same_order(desk: Desk, released: Place, emulator: EmulatorServer) -> None:
    delivery, seen_by_both = released(), released()
    both = desk.buttons(delivery)["Request the label"]
    assert said(desk.client.post(both, follow=True)) == ["1 parcel has its label."]
    assert said(desk.client.post(both, follow=True)) == [
        "There is no label to request: no released shipment is waiting."
    ]
    assert held(emulator) == ["created"]
    first, second = now(seen_by_both), now(seen_by_both)
    correct_recipient(first, CORRECT)
    with pytest.raises(MoveRefused, match="Reload the page"):
        correct_recipient(second, replace(RECIPIENT, name="Somebody Else"))
    assert now(seen_by_both).recipient == CORRECT
    assert seen_by_both.history.filter(change=Change.CORRECT_RECIPIENT).count() == 1


def test_the_page_says_test_or_the_label_says_specimen(
    desk: Desk, labelled: Place, released: Place, live_emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(CANADA_POST={"LIVE": False})
    made = labelled()
    assert desk.reads(made, "TEST")
    assert "SPECIMEN" in text_of(desk.opened(the(made)))
    waiting = released()
    change_settings(CANADA_POST={"LIVE": True})
    sweep()
    assert (stands(waiting), len(live_emulator.shipments)) == ([(1, 1, "label not requested yet")], 1)
    assert desk.reads(waiting, "TEST", "This is a test delivery, and the shop ships for real now.")
    desk.press("Cancel the delivery", waiting)
    assert (state(waiting), stands(waiting)) == ("cancelled", [(1, 1, "dropped, label never requested")])
    real = released(live=True)
    assert not desk.page(real).select(".d2po-test")


# Other shipping systems

BY_HAND = "deliver_to_po_by_hand"
RIGHT, WRONG = (tracking_number("7023210", sequence) for sequence in (1, 2))


def other_system(backend: str, **options: Any) -> dict[str, Any]:
    """Return the setting of a shop that ships with another system only."""
    path = f"deliver_to_po.shipping.{backend}"
    return {"SHIPPING_SYSTEMS": {"default": {"BACKEND": path, "OPTIONS": options}}}


@pytest.fixture
def shipped_by_hand(released: Place, change_settings: Any) -> Place:
    """Return a function that makes a delivery whose parcel lies on the clerk's desk."""
    change_settings(**other_system("manual.Manual", HAS_SHOWN_A_LABEL=True))

    def make(**fields: Any) -> Delivery:
        delivery = released(**fields)
        hand_off_due()
        assert stands(delivery) == [(1, 1, "handed to the shipping system")]
        return delivery

    return make


def press_by_hand(desk: Desk, button: str, **form: Any) -> list[str]:
    """Press a button on the page “Parcels labelled in another program”, by its words."""
    url = reverse(f"admin:{BY_HAND}")
    page = BeautifulSoup(desk.client.get(url).content, "html.parser")
    do = desk.named({each.get_text(strip=True): str(each["value"]) for each in page.select("button[name=do]")})[button]
    return said(desk.client.post(url, {"system": "default", "do": do, **form}, follow=True))


def enter(desk: Desk, shipment: Shipment, number: str) -> list[str]:
    return press_by_hand(desk, "Save the tracking numbers", **{f"number-{shipment.pk}": number})


@contextmanager
def after_a_day() -> Iterator[None]:
    """Let a day pass during which the sweep came as ever."""
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        Heartbeat.objects.filter(name=SWEEP).update(beat_at=timezone.now())
        yield


def test_nobody_has_said_what_became_of_a_parcel_labelled_in_another_program(
    desk: Desk, shipped_by_hand: Place
) -> None:
    made, lost = shipped_by_hand(), shipped_by_hand()
    with after_a_day():
        ask_for_reports()
        for delivery in (made, lost):
            assert stands(delivery) == [(1, 1, "needs attention")]
            assert desk.reads(
                delivery, "Shipping desk has had the parcel for a day, and nobody has reported what became of it."
            )
        card = desk.client.get(desk.buttons_at(the(made))["Data for another program"]).content.decode()
        assert now(made).office_id in card
        assert enter(desk, the(made), RIGHT) == ["1 tracking number saved."]
        assert (stands(made), the(made).tracking_pin) == ([(1, 1, "done")], RIGHT)
        desk.press_at("Nothing was made", the(lost))
        assert stands(lost) == [(1, 1, "refused")]
        desk.press("Request the label", lost)
        assert stands(lost) == [(1, 1, "refused"), (1, 2, "handed to the shipping system")]


def test_a_wrong_tracking_number_was_entered(desk: Desk, shipped_by_hand: Place) -> None:
    mistaken, right = shipped_by_hand(), shipped_by_hand()
    enter(desk, the(mistaken), WRONG)
    assert "Some tracking numbers were not accepted." in enter(desk, the(right), WRONG)
    desk.press_at("Make the label again", the(mistaken))
    sweep()
    assert stands(mistaken) == [(1, 1, "needs attention")]
    assert desk.reads(mistaken, "The shop cannot void labels made in Shipping desk.")
    desk.press_at("Nothing was made", the(mistaken))
    sweep()
    assert stands(mistaken) == [(1, 1, "refused"), (1, 2, "handed to the shipping system")]
    assert enter(desk, the(mistaken, revision=2), RIGHT) == ["1 tracking number saved."]
    assert enter(desk, the(right), WRONG) == ["1 tracking number saved."]
    assert summarize(now(mistaken)).tracking_numbers == (RIGHT,)
    assert summarize(now(right)).tracking_numbers == (WRONG,)


def test_a_parcel_labelled_in_another_program_is_no_longer_wanted(
    desk: Desk, released: Place, shipped_by_hand: Place, change_settings: Any
) -> None:
    on_desk, in_the_post = shipped_by_hand(), shipped_by_hand()
    for delivery in (on_desk, in_the_post):
        desk.press("Cancel the delivery", delivery)
        assert stands(delivery) == [(1, 1, "needs attention")]
        assert desk.reads(delivery, "but the order has since been changed or cancelled.")
    desk.press_at("Nothing was made", the(on_desk))
    assert (state(on_desk), stands(on_desk)) == ("cancelled", [(1, 1, "refused")])
    enter(desk, the(in_the_post), RIGHT)
    sweep()
    assert (stands(in_the_post), the(in_the_post).tracking_pin) == ([(1, 1, "needs attention")], RIGHT)
    change_settings(**other_system("est.Est2File", VERIFIED=True))
    waiting = released()
    sweep()
    desk.press("Cancel the delivery", waiting)
    assert (state(waiting), stands(waiting)) == ("cancelled", [(1, 1, "dropped, label never requested")])


def test_est_does_not_take_a_row_of_the_file(desk: Desk, released: Place, change_settings: Any) -> None:
    change_settings(**other_system("est.Est2File", VERIFIED=True))
    by_card, corrected = released(), released()
    sweep()
    export = "Export the ticked parcels"
    [message] = press_by_hand(desk, export, parcel=[the(by_card).pk, the(corrected).pk])
    assert message.startswith("2 parcels are exported.")
    assert "Data for another program" in desk.buttons_at(the(by_card))
    assert enter(desk, the(by_card), RIGHT) == ["1 tracking number saved."]
    desk.press("Correct the recipient", corrected, **CORRECTION)
    assert stands(corrected) == [(1, 1, "needs attention")]
    desk.press_at("Nothing was made", the(corrected))
    sweep()
    assert stands(corrected) == [(1, 1, "refused"), (1, 2, "label not requested yet")]
    [message] = press_by_hand(desk, export, parcel=[the(corrected, revision=2).pk])
    assert message.startswith("1 parcel is exported.")
    assert mail.outbox == []


def test_the_receiver_of_the_webhook_reports_nothing_or_something_wrong(
    desk: Desk, released: Place, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"URL": "http://127.0.0.1:9/", "SECRET": SECRET, "HAS_SHOWN_A_LABEL": True}
    change_settings(**other_system("webhook.Webhook", **options))
    monkeypatch.setattr(Webhook, "create", lambda self, request: Handed())
    exists, silent, refused = released(), released(), released()
    sweep()
    report_lost(the(refused).pk, said="No such counter.")
    assert desk.reads(refused, "Webhook reported that the parcel was not made.", "No such counter.")
    with after_a_day():
        ask_for_reports()
        assert desk.reads(silent, "has had the parcel for a day")
        for delivery in (silent, refused):
            desk.press_at("Nothing was made", the(delivery))
            desk.press("Request the label", delivery)
            assert stands(delivery) == [(1, 1, "refused"), (1, 2, "handed to the shipping system")]
        desk.press_at("The parcel exists", the(exists), shipment_id="A-1", tracking_number=RIGHT)
        sweep()
        assert (stands(exists), the(exists).tracking_pin) == ([(1, 1, "done")], RIGHT)
        again = the(silent, revision=2)
        note_not_taken(again.pk, report_made(again.pk, Made(shipment_id="A-2", tracking_number=RIGHT)))
        assert desk.reads(silent, "report of the shipping system", "not accepted")
        monkeypatch.setattr(Webhook, "create", lambda self, request: NotYet(reason=Reason.RECEIVER_GONE))
        gone = released()
        sweep()
        assert desk.reads(gone, "Webhook no longer accepts parcels at the web address that the shop uses.")
        monkeypatch.setattr(Webhook, "create", lambda self, request: Handed())
        with later(gone):
            sweep()
        assert stands(gone) == [(1, 1, "handed to the shipping system")]


# The pages themselves

ITALIC = re.compile(r"(?<![*\w])\*([^*]+?)\*(?![*\w])")


def cases(language: str) -> list[tuple[int, str, str]]:
    """Return number, title and text of each case on the page of a language."""
    parts = CASE.split(PAGES[language].read_text(encoding="utf-8"))[1:]
    return [(int(number), title, text) for number, title, text in zip(*[iter(parts)] * 3, strict=True)]


def words(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return what a page has in bold or slanted, on one line each."""
    return [" ".join(found.split()) for found in pattern.findall(text)]


def plain(text: str) -> str:
    """Return a text as it is compared: spaces alike, counts and names filled in."""
    filled = text.replace("%(count)s", "3").replace("%(system)s", "Canada Post")
    return " ".join(filled.split()).replace("’", "'").casefold()


def known(texts: Iterable[str], language: str) -> set[str]:
    found = {plain(text) for text in texts}
    return {text.replace("canada post", "postes canada") for text in found} if language == "fr" else found


@pytest.mark.parametrize("language", PAGES)
def test_there_are_30_cases(language: str) -> None:
    assert [number for number, _title, _text in cases(language)] == list(range(1, 31))


def test_each_case_has_its_test() -> None:
    for _number, title, _text in cases("en"):
        name = re.sub(r"[^a-z0-9]+", "_", title.lower().replace("'", "")).strip("_")
        assert callable(globals().get(f"test_{name}")), title


def test_both_pages_name_the_same_buttons_in_the_same_cases() -> None:
    pairs = {(plain(text), plain(french)) for text, french in catalogue()}
    for (number, _title, text), (_number, _titre, texte) in zip(cases("en"), cases("fr"), strict=True):
        english, french = words(BUTTON, text), words(BUTTON, texte)
        assert len(english) == len(french), number
        for pair in zip(english, french, strict=True):
            assert tuple(map(plain, pair)) in pairs, (number, pair)


@pytest.mark.parametrize("language", PAGES)
def test_what_is_slanted_stands_on_a_page_of_the_shop(language: str) -> None:
    texts = known((pair[language == "fr"] for pair in catalogue()), language)
    for number, _title, text in cases(language):
        for word in words(ITALIC, text.replace("**", "")):
            assert any(plain(word) in each for each in texts), (number, word)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("the-desk", "le-comptoir-du-marchand"),
        ("what-do-i-do-when", "que-faire-quand"),
        ("pack-and-print", "emballer-et-imprimer"),
        ("look-after-your-shop", "veiller-sur-la-boutique"),
    ],
)
def test_a_page_has_its_french_one_with_the_same_sections_and_one_verb_for_pressing(english: str, french: str) -> None:
    texts = [(HOW_TO / f"{name}.md").read_text(encoding="utf-8") for name in (english, french)]
    sections = [re.findall(r"^(#+|\d+\.|- |\|) ", text, re.MULTILINE) for text in texts]
    assert sections[0] == sections[1]
    assert re.findall(r"(?i)\bappu(?:y|ie)\w*(?!\w|\s+sur\s+Entrée)", texts[1]) == []

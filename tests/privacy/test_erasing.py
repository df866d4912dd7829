"""What must not linger: field by field, file by file, after its time and not before; nobody else's."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from django.db import transaction
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.core.choices import (
    Change,
    DeliveryState,
    HandoffStep,
    ManifestState,
    Outcome,
    ParcelState,
    Reason,
    ShipmentState,
)
from deliver_to_po.core.choices.tracking import PARCEL_ENDS
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.handoff.day_end.manifests import look_again
from deliver_to_po.handoff.releasing.missed_calls import release_what_is_paid, resume_after_pause
from deliver_to_po.handoff.sending.hand_off_now import can_be_handed_off, hand_off_again
from deliver_to_po.handoff.sending.labelling import _keep
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Attempt, Delivery, Export, Manifest, Shipment, Tracking
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.privacy import erasing
from deliver_to_po.privacy.erasing import Erasure, erase_delivery, erase_exports, erase_manifests, erase_recipients
from deliver_to_po.privacy.expiring import delete_forgotten_reservations, expire_deliveries
from deliver_to_po.shipping import Label
from tests.factories import RECIPIENT, build_draft, make_delivery, make_draft, make_paid_order, make_shipment
from tests.privacy.rows import (
    FAR_TOO_LONG,
    NOT_YET,
    NOT_YET_FAR,
    TOO_LONG,
    WAITS,
    changed,
    labelled,
    placed,
    reread,
    reserved,
    row_of,
)
from tests.races import Contender
from tests.shop.buying import place_paid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]

Beside = Callable[[Callable[[], Any]], Contender]
UNFINISHED = ["made", "refunding", "requested", "unknown", "voiding"]
FINISHED = sorted({*ShipmentState.values} - {"waiting", *UNFINISHED})


# The files of manifests.


def transmitted(ago: timedelta, state: str = ManifestState.FETCHED, **fields: Any) -> Manifest:
    """Return a manifest that was transmitted so long ago, with a file."""
    storage = label_storage()
    name = storage.save(f"manifest-{ago.days}.pdf", ContentFile(b"%PDF"))
    when = timezone.now() - ago
    return Manifest.objects.create(state=state, document=name, transmitted_at=when, fetched_at=when, **fields)


@pytest.mark.parametrize("state", [ManifestState.FETCHED, ManifestState.ATTENTION])
def test_the_file_of_a_manifest_is_erased_after_its_time_and_the_row_stays(labels: Storage, state: str) -> None:
    old, recent = transmitted(timedelta(days=91), state, number="D9"), transmitted(timedelta(days=89), state)
    before = {row.pk: row_of(row) for row in (old, recent)}
    assert erase_manifests() == 1
    assert not labels.exists(str(old.document.name))
    assert changed(before[old.pk], row_of(old)) == {"erased_at"}
    assert labels.exists(str(recent.document.name))
    assert row_of(recent) == before[recent.pk]
    assert erase_manifests() == 0


def test_the_shop_says_how_long_a_manifest_is_kept(change_settings: Any) -> None:
    change_settings(MANIFEST_LIFETIME=timedelta(days=30))
    transmitted(timedelta(days=31))
    assert erase_manifests() == 1


def test_a_manifest_that_is_being_fetched_is_left_and_one_that_is_fetched_again_counts_as_there(
    labels: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    being_fetched = transmitted(timedelta(days=91), ManifestState.TRANSMITTED, due_at=timezone.now())
    asked_for = transmitted(timedelta(days=91), ManifestState.ATTENTION)
    without_paper = transmitted(timedelta(days=91), ManifestState.ATTENTION)
    Manifest.objects.filter(pk=without_paper.pk).update(document="")

    def delete_beside_a_clerk(name: str) -> None:
        assert name == asked_for.document.name
        assert look_again(asked_for)

    monkeypatch.setattr(labels, "delete", delete_beside_a_clerk)
    assert erase_manifests() == 0
    for manifest in (being_fetched, asked_for, without_paper):
        manifest.refresh_from_db()
        assert (manifest.erased_at, manifest.erasure_failed_at) == (None, None)


def test_a_manifest_whose_paper_was_fetched_again_in_the_middle_of_it_keeps_the_new_one(
    labels: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = transmitted(timedelta(days=91))

    def delete_beside_a_fetch(name: str) -> None:
        Manifest.objects.filter(pk=manifest.pk).update(document=labels.save("again.pdf", ContentFile(b"%PDF")))

    monkeypatch.setattr(labels, "delete", delete_beside_a_fetch)
    assert erase_manifests() == 0
    manifest.refresh_from_db()
    assert (manifest.document.name, manifest.erased_at) == ("again.pdf", None)


# What is erased.


@pytest.mark.parametrize("state", [DeliveryState.RELEASED, DeliveryState.CANCELLED])
def test_of_a_delivery_the_recipient_is_erased_and_nothing_else(state: str) -> None:
    delivery = placed(TOO_LONG, state=state)
    before, began = row_of(delivery), timezone.now()
    assert all(before[name] for name in RECIPIENT_FIELDS)
    assert erase_recipients() == 1
    after = row_of(delivery)
    assert changed(before, after) == {*RECIPIENT_FIELDS, "erased_at"}
    assert {after[name] for name in RECIPIENT_FIELDS} == {""}
    assert began <= after["erased_at"] <= timezone.now()
    assert [line.change for line in delivery.history.all()] == [Change.ERASE]
    assert erase_recipients() == 0


def test_of_its_shipments_the_recipient_is_erased_what_the_system_said_and_what_it_gave(
    labels: Storage,
) -> None:
    delivery = placed(TOO_LONG)
    # A worker that was slower than its lease has written one more.
    begun = ["late.pdf", "a.pdf", "never-written.pdf"]
    shipments = [labelled(delivery, "a.pdf", label_files=begun), labelled(delivery, "b.pdf", parcel=2)]
    labels.save("late.pdf", ContentFile(b"%PDF"))
    Attempt.objects.create(shipment=shipments[0], step=HandoffStep.CREATE, outcome=Outcome.MADE)
    before = [row_of(shipment) for shipment in shipments]
    assert erase_recipients() == 1
    for shipment, was in zip(shipments, before, strict=True):
        now = row_of(shipment)
        assert changed(was, now) == {*RECIPIENT_FIELDS, "reason_text", "system_data", "contents"}
        assert {now[name] for name in (*RECIPIENT_FIELDS, "reason_text")} == {""}
        assert (now["system_data"], now["contents"]) == ({}, [])
    assert not [name for name in ("a.pdf", "late.pdf", "b.pdf") if labels.exists(name)]
    assert shipments[0].attempts.count() == 1


def test_the_history_is_kept_without_its_notes_which_may_name_anybody(admin_user: Any) -> None:
    delivery = placed(TOO_LONG)
    delivery.history.create(change=Change.HOLD, note="Marie is away", user=admin_user)
    assert erase_recipients() == 1
    assert list(delivery.history.values_list("change", "note", "user")) == [
        (Change.HOLD, "", admin_user.pk),
        (Change.ERASE, "", None),
    ]


def test_of_a_neighbour_nothing_is_erased(labels: Storage) -> None:
    """The same recipient and the same office, placed two days later."""
    old, neighbour = placed(TOO_LONG), placed(NOT_YET)
    files = [Export.objects.create(file=name, claimed_at=timezone.now()) for name in ("old.csv", "theirs.csv")]
    for export in files:
        labels.save(str(export.file.name), ContentFile(b"Marie"))
    labelled(old, "old.pdf", export=files[0])
    before_that = Export.objects.create(erased_at=timezone.now())
    labelled(old, "older.pdf", parcel=2, export=before_that)
    note = neighbour.history.create(change=Change.HOLD, note="about somebody else")
    theirs = labelled(neighbour, "theirs.pdf", export=files[1])
    followed = Tracking.objects.create(shipment=theirs, due_at=timezone.now())
    # A former recipient of it is still named.
    erased = placed(NOT_YET, erased_at=timezone.now(), former_kept=True)
    kept = neighbour, theirs, followed, files[1], note, before_that, erased
    before = [row_of(row) for row in kept]
    assert erase_recipients() == 1
    assert [row_of(row) for row in kept] == before
    names = ("old.pdf", "old.csv", "theirs.pdf", "theirs.csv")
    assert [labels.exists(name) for name in names] == [False, False, True, True]
    assert neighbour.history.count() == 1


def test_the_shop_says_how_long_a_recipient_is_kept(change_settings: Any) -> None:
    delivery = placed(timedelta(days=8))
    change_settings(RECIPIENT_LIFETIME=timedelta(days=9))
    assert erase_recipients() == 0
    change_settings(RECIPIENT_LIFETIME=timedelta(days=7))
    assert erase_recipients() == 1
    assert reread(delivery)[0].erased_at is not None


def test_what_was_reserved_is_erased_after_30_days_and_the_row_is_kept() -> None:
    old, recent = reserved(timedelta(days=30, minutes=1)), reserved(timedelta(days=30) - timedelta(minutes=1))
    before = row_of(old)
    assert erase_recipients() == 1
    assert changed(before, row_of(old)) == {*RECIPIENT_FIELDS, "erased_at"}
    assert reread(recent)[0].recipient == RECIPIENT
    assert delete_forgotten_reservations() == 0


def test_an_order_that_was_reserved_first_keeps_its_recipient_for_as_long_as_any_other() -> None:
    delivery = placed(NOT_YET, reserved_at=timezone.now() - NOT_YET)
    assert erase_recipients() == 0
    assert reread(delivery)[0].recipient == RECIPIENT


# What keeps it from being erased.


def test_a_delivery_with_an_unfinished_shipment_is_left_for_later(labels: Storage) -> None:
    rows = {state: placed(TOO_LONG) for state in UNFINISHED}
    for state, delivery in rows.items():
        labelled(delivery, f"{state}.pdf")
        make_shipment(delivery, parcel=2, state=state)
    assert erase_recipients() == 0
    assert {row.recipient for row in reread(*rows.values())} == {RECIPIENT}
    assert all(labels.exists(f"{state}.pdf") for state in UNFINISHED)
    Shipment.objects.filter(delivery__in=rows.values(), parcel=2).update(state=ShipmentState.ATTENTION)
    assert erase_recipients() == len(UNFINISHED)


def test_what_may_still_be_sent_is_not_erased_before_it_is_cancelled() -> None:
    rows = [placed(TOO_LONG, state=state) for state in WAITS]
    assert erase_recipients() == 0
    assert {row.recipient for row in reread(*rows)} == {RECIPIENT}


@pytest.mark.parametrize("state", [DeliveryState.HELD, DeliveryState.RELEASED])
def test_a_parcel_that_is_finished_keeps_nobody_from_being_erased_and_what_waits_beside_it_is_never_sent(
    state: str, labels: Storage
) -> None:
    """Whatever the delivery waits for: one parcel was made, the other never sent."""
    recent = placed(NOT_YET, state=state)
    theirs = make_shipment(recent)
    before = row_of(recent), row_of(theirs)
    rows = {parcel: placed(TOO_LONG, state=state, reason=Reason.ON_HOLD) for parcel in FINISHED}
    made = {
        parcel: labelled(row, "a.pdf") if parcel == "labelled" else make_shipment(row, state=parcel)
        for parcel, row in rows.items()
    }
    waiting = [make_shipment(row, parcel=2) for row in rows.values()]
    expire_deliveries()
    assert erase_recipients() == len(FINISHED)
    assert {parcel: row_of(shipment)["state"] for parcel, shipment in made.items()} == {name: name for name in FINISHED}
    assert {row_of(row)["recipient_name"] for row in (*rows.values(), *made.values(), *waiting)} == {""}
    dropped = [row_of(shipment) for shipment in waiting]
    assert {(row["state"], row["reason"]) for row in dropped} == {(ShipmentState.DROPPED, Reason.EXPIRED)}
    assert not labels.exists("a.pdf")
    assert (row_of(recent), row_of(theirs)) == before
    stays = [row for row in reread(*rows.values()) if row.state != DeliveryState.CANCELLED]
    reason = Reason.ON_HOLD if state == DeliveryState.RELEASED else Reason.ERASED
    assert {(row.state, row.reason) for row in stays} == {(state, reason)}


@pytest.mark.parametrize("delivery_state", [DeliveryState.HELD, DeliveryState.RELEASED])
def test_what_is_unfinished_long_after_its_time_is_erased_and_a_person_can_look_it_up(
    delivery_state: str, labels: Storage
) -> None:
    known = {"parcel": 2, "shipment_id": "314", "tracking_pin": "7023", "system_data": {"links": ["x"]}}
    old = [placed(FAR_TOO_LONG, state=delivery_state) for _ in UNFINISHED]
    recent = [placed(NOT_YET_FAR, state=delivery_state) for _ in UNFINISHED]
    labelled(old[0], "a.pdf")
    rows, theirs = (
        [make_shipment(row, state=state, **known) for row, state in zip(deliveries, UNFINISHED, strict=True)]
        for deliveries in (old, recent)
    )
    before, kept = [row_of(row) for row in rows], [row_of(row) for row in (*recent, *theirs)]
    expire_deliveries()
    assert erase_recipients() == len(UNFINISHED)
    for was, row in zip(before, rows, strict=True):
        after = row_of(row)
        assert changed(was, after) == {*RECIPIENT_FIELDS, "state", "reason", "due_at", "system_data"}
        assert (after["state"], after["reason"], after["due_at"]) == ("attention", Reason.UNFINISHED, None)
    assert not labels.exists("a.pdf")
    assert [row_of(row) for row in (*recent, *theirs)] == kept


def test_a_shipment_that_a_worker_has_in_hand_is_never_taken_from_it(labels: Storage) -> None:
    rows = {state: placed(FAR_TOO_LONG) for state in UNFINISHED}
    minute = timedelta(minutes=1)
    in_hand = []
    for state, delivery in rows.items():
        labelled(delivery, f"{state}.pdf")
        lease = {"lease": uuid.uuid4(), "due_at": timezone.now() + minute}
        in_hand.append(make_shipment(delivery, parcel=2, state=state, **lease))
    before = [row_of(row) for row in in_hand]
    assert erase_recipients() == 0
    assert [row_of(row) for row in in_hand] == before
    assert all(labels.exists(f"{state}.pdf") for state in UNFINISHED)
    Shipment.objects.filter(pk__in=[row.pk for row in in_hand]).update(due_at=timezone.now() - minute)
    assert erase_recipients() == len(UNFINISHED)


def test_a_shipment_that_a_worker_takes_in_the_middle_of_it_undoes_the_erasure(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = placed(FAR_TOO_LONG)
    first, taken = make_shipment(delivery, state="unknown"), make_shipment(delivery, parcel=2, state="unknown")
    before = row_of(delivery), row_of(first)

    def move(shipment: Shipment, *arguments: Any, **fields: Any) -> bool:
        if shipment == taken:
            in_a_minute = timezone.now() + timedelta(minutes=1)
            Shipment.objects.filter(pk=taken.pk).update(lease=uuid.uuid4(), due_at=in_a_minute)
        return move_shipment(shipment, *arguments, **fields)

    monkeypatch.setattr(erasing, "move_shipment", move)
    assert erase_recipients() == 0
    assert (row_of(delivery), row_of(first)) == before
    assert not delivery.history.exists()


def test_a_parcel_that_is_found_in_the_middle_of_it_undoes_the_erasure(
    labels: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = placed(TOO_LONG)
    labelled(delivery, "a.pdf")
    lost = make_shipment(delivery, parcel=2, state=ShipmentState.ATTENTION)
    before = row_of(delivery)
    monkeypatch.setattr(labels, "delete", lambda name: move_shipment(lost, "found", shipment_id="1"))
    assert erase_recipients() == 0
    assert (row_of(delivery), row_of(lost)["recipient_name"]) == (before, RECIPIENT.name)


def test_whoever_comes_to_a_delivery_that_another_has_erased_just_now_finds_it_erased() -> None:
    delivery = placed(TOO_LONG)
    labelled(delivery, "a.pdf")
    assert erase_recipients() == 1
    before = list(delivery.history.values())
    assert erase_delivery(delivery) == Erasure.ERASED
    assert list(delivery.history.values()) == before


@pytest.mark.parametrize("state", ["attention", "suspended", "handed"])
def test_what_turns_out_to_exist_after_the_erasure_is_known_by_its_numbers_and_gets_no_label(state: str) -> None:
    delivery = placed(TOO_LONG)
    shipment = make_shipment(delivery, state=state)
    assert erase_recipients() == 1
    name = "report_made" if state == "handed" else "found"
    assert move_shipment(shipment, name, shipment_id="314", tracking_pin="7023", due_at=timezone.now())
    hand_off(shipment.pk, now=True)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.reason) == (ShipmentState.DONE, Reason.ERASED)
    assert (shipment.shipment_id, shipment.tracking_pin) == ("314", "7023")
    assert (shipment.label.name, shipment.attempts.count()) == ("", 0)


# Its files.


def test_a_label_that_a_worker_stores_in_the_middle_of_it_undoes_the_erasure(
    labels: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the name that it had begun, and whose file has just been deleted."""
    delivery = placed(FAR_TOO_LONG)
    shipment = make_shipment(delivery, state="made", label_files=["a.pdf"])
    before = row_of(delivery)

    delete = InMemoryStorage.delete

    def delete_and_store(self: InMemoryStorage, name: str) -> None:
        delete(self, name)
        if row_of(shipment)["state"] == "made":
            self.save(name, ContentFile(b"%PDF"))
            stored = {"state": "labelled", "label": name, "labelled_at": timezone.now()}
            Shipment.objects.filter(pk=shipment.pk).update(**stored)

    monkeypatch.setattr(InMemoryStorage, "delete", delete_and_store)
    assert erase_recipients() == 0
    assert row_of(delivery) == before
    assert erase_recipients() == 1
    assert not labels.exists("a.pdf")


def test_a_worker_that_was_slower_than_its_lease_leaves_no_label_of_who_was_erased_meanwhile(
    labels: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = uuid.uuid4()
    shipment = make_shipment(placed(FAR_TOO_LONG), state="made", lease=lease, due_at=timezone.now())
    save = InMemoryStorage.save
    saved: list[str] = []

    def slowly(self: InMemoryStorage, *arguments: Any, **kinds: Any) -> str:
        if not saved:
            assert erase_recipients() == 1
        saved.append(save(self, *arguments, **kinds))
        return saved[-1]

    monkeypatch.setattr(InMemoryStorage, "save", slowly)
    _keep(shipment, Label(b"%PDF", "application/pdf"))
    assert len(saved) == 1
    assert not labels.exists(saved[0])
    assert row_of(shipment)["state"] == "attention"


def test_the_file_is_gone_before_the_row_says_so(labels: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = placed(TOO_LONG)
    labelled(delivery, "a.pdf")
    seen = []

    def move(*arguments: Any, **fields: Any) -> bool:
        seen.append(labels.exists("a.pdf"))
        return move_delivery(*arguments, **fields)

    monkeypatch.setattr(erasing, "move_delivery", move)
    assert erase_recipients() == 1
    assert seen == [False]


def test_a_storage_that_raises_leaves_its_row_as_it_is_and_costs_no_other(
    labels: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, time_machine: Any
) -> None:
    stuck, other = placed(TOO_LONG * 2), placed(TOO_LONG)
    shipment = labelled(stuck, "stuck.pdf")
    labelled(other, "other.pdf")
    before = row_of(stuck), row_of(shipment)
    delete = InMemoryStorage.delete

    def fail(self: InMemoryStorage, name: str) -> None:
        if name == "stuck.pdf":
            raise RuntimeError("Marie-Ève Côté is in use")
        delete(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(InMemoryStorage, "delete", fail)
        assert erase_recipients() == 1
    assert row_of(shipment) == before[1]
    assert changed(before[0], row_of(stuck)) == {"erasure_failed_at"}
    assert not labels.exists("other.pdf")
    assert str(stuck.pk) in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Marie" not in caplog.text
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    assert erase_recipients() == 1
    assert not labels.exists("stuck.pdf")
    assert reread(stuck)[0].erasure_failed_at is None


# When somebody asks for it.


@pytest.mark.parametrize("state", PARCEL_ENDS)
def test_what_was_picked_up_came_back_or_is_lost_is_erased_and_not_called_cancelled(state: str) -> None:
    """A shop may refund an order when it hears that."""
    shipment = make_shipment(make_delivery(), state=ShipmentState.LABELLED, transmitted_at=timezone.now())
    Tracking.objects.create(shipment=shipment, state=state)
    assert shop.erase(shipment.delivery.order, email=RECIPIENT.email) == shop.Erasure.ERASED
    assert reread(shipment.delivery)[0].state == DeliveryState.RELEASED


def test_what_is_erased_while_it_is_followed_ends_by_our_clock_whatever_that_of_the_database_says(
    time_machine: Any,
) -> None:
    # A MariaDB in Canada keeps its own zone, and its NOW() is hours behind.
    time_machine.move_to(timezone.now() + timedelta(hours=5), tick=False)
    shipment = make_shipment(state=ShipmentState.DONE, tracking_pin="1")
    tracking = Tracking.objects.create(shipment=shipment, state=ParcelState.IN_TRANSIT)
    assert erase_delivery(shipment.delivery) == Erasure.ERASED
    tracking.refresh_from_db()
    assert tracking.ended_at == timezone.now()


def test_what_came_back_and_is_not_shipped_again_yet_is_cancelled() -> None:
    former = make_shipment(make_delivery(), state=ShipmentState.DONE, open_parcel=None)
    Tracking.objects.create(shipment=former, state=ParcelState.RETURNED)
    make_shipment(former.delivery, revision=2)
    assert shop.erase(former.delivery.order, email=RECIPIENT.email) == shop.Erasure.ERASED
    assert reread(former.delivery)[0].state == DeliveryState.CANCELLED


def test_what_a_parcel_still_needs_is_left_for_later_and_nothing_more_is_sent(labels: Storage) -> None:
    shipment = make_shipment(state=ShipmentState.UNKNOWN)
    labelled(shipment.delivery, "a.pdf", parcel=2)
    waiting = make_shipment(shipment.delivery, parcel=3)
    assert shop.erase(shipment.delivery.order, email=RECIPIENT.email) == shop.Erasure.LATER
    shipment.refresh_from_db()
    waiting.refresh_from_db()
    assert shipment.recipient_name
    assert shipment.delivery.erased_at is None
    assert labels.exists("a.pdf")
    assert (waiting.state, waiting.reason) == (ShipmentState.DROPPED, Reason.CANCELLED)
    Shipment.objects.filter(pk=shipment.pk).update(state=ShipmentState.DONE, shipment_id="1")
    assert shop.erase(shipment.delivery.order, email=RECIPIENT.email) == shop.Erasure.ERASED


@pytest.mark.parametrize(
    ("state", "reason"), [(DeliveryState.RELEASED, Reason.ON_HOLD), (DeliveryState.HELD, Reason.ERASED)]
)
def test_an_order_of_which_one_parcel_has_its_label_is_erased_whatever_it_waits_for(
    state: str, reason: str, labels: Storage
) -> None:
    delivery = make_delivery(state=state, reason=Reason.ON_HOLD)
    made, waiting = labelled(delivery, "a.pdf"), make_shipment(delivery, parcel=2)
    assert shop.erase(delivery.order, email=RECIPIENT.email) == shop.Erasure.ERASED
    for row in (delivery, made, waiting):
        row.refresh_from_db()
        assert {getattr(row, field) for field in RECIPIENT_FIELDS} == {""}
    assert not labels.exists("a.pdf")
    assert (delivery.state, delivery.reason) == (state, reason)
    assert (made.state, made.tracking_pin, waiting.state) == ("labelled", "7023", "dropped")
    assert [line.change for line in delivery.history.all()] == [Change.DROP, Change.ERASE]


@pytest.mark.parametrize("release", ["when_paid", "on_placing", "by_merchant"])
def test_an_erased_order_is_never_released_resumed_nor_sent(
    release: str, change_settings: Any, admin_user: Any
) -> None:
    change_settings(RELEASE=release)
    for state in WAITS:
        delivery = make_delivery(state=state, reason=Reason.PAUSED)
        labelled(delivery, "a.pdf")
        make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED)
        assert shop.erase(delivery.order, email=RECIPIENT.email) == shop.Erasure.ERASED
        before = row_of(delivery)
        assert shop.release(delivery.order) == shop.Released.ERASED
        assert (shop.hold(delivery.order), shop.resume(delivery.order)) == (False, False)
        assert (release_what_is_paid(), resume_after_pause()) == (0, 0)
        delivery.refresh_from_db()
        assert not can_be_handed_off(delivery)
        chosen = Delivery.objects.filter(pk=delivery.pk)
        assert hand_off_again(chosen, user=admin_user, seconds=1).shipments == []
        assert row_of(delivery) == before
        assert sorted(delivery.shipments.values_list("state", flat=True)) == ["labelled", "refused"]


def test_a_refused_parcel_of_an_erased_order_is_not_made_again(admin_user: Any) -> None:
    shipment = make_shipment(state=ShipmentState.REFUSED)
    labelled(shipment.delivery, "a.pdf", parcel=2)
    Delivery.objects.filter(pk=shipment.delivery_id).update(erased_at=timezone.now())
    shipment.refresh_from_db()
    assert not can_be_handed_off(shipment.delivery)
    with pytest.raises(MoveRefused):
        make_again(shipment, user=admin_user)
    assert shipment.delivery.shipments.count() == 2


def test_what_an_erased_reservation_is_paid_for_begins_anew_and_is_erased_in_its_turn() -> None:
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
    assert shop.erase(delivery.order, email=RECIPIENT.email) == shop.Erasure.ERASED
    delivery.refresh_from_db()
    assert delivery.recipient_name == ""


# Two at once.

at_once = [pytest.mark.django_db(transaction=True), pytest.mark.services("DATABASE_URL")]


@pytest.mark.parametrize("undone", [pytest.param(undone, marks=at_once) for undone in (False, True)])
def test_a_delivery_of_which_a_parcel_was_just_found_is_not_erased(beside: Beside, undone: bool) -> None:
    lost = make_shipment(placed(TOO_LONG), state=ShipmentState.ATTENTION)
    with transaction.atomic():
        assert move_shipment(lost, "found", shipment_id="1")
        contender = beside(erase_recipients)
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == undone
    assert (reread(lost.delivery)[0].recipient == RECIPIENT) == (not undone)


@pytest.mark.parametrize("undone", [pytest.param(undone, marks=at_once) for undone in (False, True)])
def test_two_who_erase_at_once_erase_once(beside: Beside, undone: bool) -> None:
    delivery = placed(TOO_LONG)
    with transaction.atomic():
        assert erase_recipients() == 1
        contender = beside(erase_recipients)
        assert contender.waits()
        transaction.set_rollback(undone)
    assert contender.result() == undone
    assert delivery.history.count() == 1


@pytest.mark.parametrize(("ago", "erased"), [(timedelta(0), 0), (timedelta(minutes=59), 0), (timedelta(minutes=61), 1)])
def test_an_export_that_is_still_being_made_is_not_erased_and_one_that_never_was_made_is(
    ago: timedelta, erased: int
) -> None:
    begun, _beside = (Export.objects.create(system="est") for _ in range(2))
    Export.objects.filter(pk=begun.pk).update(created_at=timezone.now() - ago)
    assert erase_exports() == erased
    assert list(Export.objects.values_list("erased_at", flat=True)) == [None] * (2 - erased)


def test_the_file_of_an_export_is_kept_as_long_as_a_parcel_of_it_is_under_way(change_settings: Any) -> None:
    change_settings(TRACKING=True)
    month = timedelta(days=31)
    export = Export.objects.create(system="est", claimed_at=timezone.now())
    Export.objects.filter(pk=export.pk).update(created_at=timezone.now() - 2 * month)
    shipments = [labelled(placed(2 * month), f"{name}.pdf", export=export) for name in "ab"]
    first, last = (Tracking.objects.create(shipment=each) for each in shipments)
    assert erase_exports() == 0
    Tracking.objects.filter(pk=first.pk).update(ended_at=timezone.now() - month)
    assert erase_exports() == 0
    Tracking.objects.filter(pk=last.pk).update(ended_at=timezone.now() - timedelta(days=29))
    assert erase_exports() == 0
    Tracking.objects.filter(pk=last.pk).update(ended_at=timezone.now() - month)
    assert erase_exports() == 1

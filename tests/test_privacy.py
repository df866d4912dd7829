"""What must not linger: field by field, file by file, after its time and not before; nobody else's."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po import privacy
from deliver_to_po.checkout.recipient import save_recipient
from deliver_to_po.choices import Change, DeliveryState, HandoffStep, ManifestState, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.labelling import _keep
from deliver_to_po.handoff.manifests import look_again
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Attempt, Delivery, Manifest, Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.outbox import each
from deliver_to_po.outbox.sweep import Sweep
from deliver_to_po.privacy import (
    delete_expired_drafts,
    delete_forgotten_reservations,
    erase_manifests,
    erase_recipients,
    expire_deliveries,
)
from deliver_to_po.shipping import Label
from tests.factories import RECIPIENT, build_draft, make_delivery, make_draft, make_shipment
from tests.races import Contender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]

Beside = Callable[[Callable[[], Any]], Contender]

RECIPIENT_FIELDS = {
    "recipient_name",
    "recipient_address_line_1",
    "recipient_address_line_2",
    "recipient_city",
    "recipient_province",
    "recipient_postal_code",
    "recipient_email",
    "recipient_phone",
}
# RECIPIENT_LIFETIME is 180 days where the shop says nothing else.
TOO_LONG, NOT_YET = timedelta(days=181), timedelta(days=179)
# A shipment that is unfinished keeps them 30 days longer at most.
FAR_TOO_LONG, NOT_YET_FAR = timedelta(days=211), timedelta(days=209)
UNFINISHED = ["made", "refunding", "requested", "unknown", "voiding"]
FINISHED = sorted({*ShipmentState.values} - {"waiting", *UNFINISHED})
WAITS = [DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE]


def placed(ago: timedelta, **fields: Any) -> Delivery:
    """Return a released delivery that was placed so long ago."""
    return make_delivery(placed_at=timezone.now() - ago, **fields)


def labelled(delivery: Delivery, name: str, **fields: Any) -> Shipment:
    """Return a shipment of the delivery with a label file of that name."""
    storage = Shipment().label.storage
    storage.delete(name)
    storage.save(name, ContentFile(b"%PDF"))
    known = {"reason_text": "about Marie-Ève Côté", "system_data": {"links": ["x"]}, "tracking_pin": "7023"}
    return make_shipment(delivery, state=ShipmentState.LABELLED, label=name, **{**known, **fields})


@pytest.fixture
def labels() -> Storage:
    """Return the storage of labels."""
    storage: Storage = Shipment().label.storage
    return storage


def row_of(row: Delivery | Shipment | Manifest) -> dict[str, Any]:
    """Return a row as the database has it."""
    every: Any = type(row)._default_manager
    values: dict[str, Any] = every.filter(pk=row.pk).values().get()
    return values


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in after if after[name] != before[name]}


def reread(*deliveries: Delivery) -> list[Delivery]:
    return [Delivery.objects.get(pk=delivery.pk) for delivery in deliveries]


# The files of manifests.


def transmitted(ago: timedelta, state: str = ManifestState.FETCHED, **fields: Any) -> Manifest:
    """Return a manifest that was transmitted so long ago, with a file."""
    storage = Manifest().document.storage
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

    def delete_beside_a_clerk(name: str) -> None:
        assert look_again(asked_for)

    monkeypatch.setattr(labels, "delete", delete_beside_a_clerk)
    assert erase_manifests() == 0
    for manifest in (being_fetched, asked_for):
        manifest.refresh_from_db()
        assert manifest.erased_at is None


def test_a_file_that_cannot_be_deleted_leaves_its_manifest_and_costs_no_other(
    labels: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = transmitted(timedelta(days=92)), transmitted(timedelta(days=91))
    delete = labels.delete

    def fail(name: str) -> None:
        if name == stuck.document.name:
            raise PermissionError
        delete(name)

    monkeypatch.setattr(labels, "delete", fail)
    assert erase_manifests() == 1
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (stuck.erased_at is None, other.erased_at is None) == (True, False)


# Erasing.


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
    shipments = [labelled(delivery, "a.pdf"), labelled(delivery, "b.pdf", parcel=2)]
    Attempt.objects.create(shipment=shipments[0], step=HandoffStep.CREATE, outcome=Outcome.MADE)
    before = [row_of(shipment) for shipment in shipments]
    assert erase_recipients() == 1
    for shipment, was in zip(shipments, before, strict=True):
        now = row_of(shipment)
        assert changed(was, now) == {*RECIPIENT_FIELDS, "reason_text", "system_data"}
        assert {now[name] for name in (*RECIPIENT_FIELDS, "reason_text")} == {""}
        assert now["system_data"] == {}
    assert not labels.exists("a.pdf")
    assert not labels.exists("b.pdf")
    assert shipments[0].attempts.count() == 1


def test_every_file_that_was_begun_for_a_label_is_erased(labels: Storage) -> None:
    delivery = placed(TOO_LONG)
    labelled(delivery, "a.pdf", label_files=["late.pdf", "a.pdf", "never-written.pdf"])
    labels.save("late.pdf", ContentFile(b"%PDF"))
    assert erase_recipients() == 1
    assert [labels.exists(name) for name in ("a.pdf", "late.pdf")] == [False, False]


def test_history_and_attempts_are_kept(admin_user: Any) -> None:
    delivery = placed(TOO_LONG)
    delivery.history.create(change=Change.HOLD, note="by phone", user=admin_user)
    assert erase_recipients() == 1
    assert list(delivery.history.values_list("change", "note", "user")) == [
        (Change.HOLD, "by phone", admin_user.pk),
        (Change.ERASE, "", None),
    ]


def test_of_a_neighbour_nothing_is_erased(labels: Storage) -> None:
    """The same recipient and the same office, placed two days later."""
    old, neighbour = placed(TOO_LONG), placed(NOT_YET)
    labelled(old, "old.pdf")
    theirs = labelled(neighbour, "theirs.pdf")
    before = row_of(neighbour), row_of(theirs)
    assert erase_recipients() == 1
    assert (row_of(neighbour), row_of(theirs)) == before
    assert (labels.exists("old.pdf"), labels.exists("theirs.pdf")) == (False, True)
    assert not neighbour.history.exists()


def test_the_shop_says_how_long_a_recipient_is_kept(change_settings: Any) -> None:
    delivery = placed(timedelta(days=8))
    change_settings(RECIPIENT_LIFETIME=timedelta(days=9))
    assert erase_recipients() == 0
    change_settings(RECIPIENT_LIFETIME=timedelta(days=7))
    assert erase_recipients() == 1
    assert reread(delivery)[0].erased_at is not None


@pytest.mark.parametrize("state", UNFINISHED)
def test_a_delivery_with_an_unfinished_shipment_is_left_for_later(state: str, labels: Storage) -> None:
    delivery = placed(TOO_LONG)
    labelled(delivery, "kept.pdf")
    unfinished = make_shipment(delivery, parcel=2, state=state)
    assert erase_recipients() == 0
    assert reread(delivery)[0].recipient == RECIPIENT
    assert labels.exists("kept.pdf")
    Shipment.objects.filter(pk=unfinished.pk).update(state=ShipmentState.ATTENTION)
    assert erase_recipients() == 1


@pytest.mark.parametrize("state", FINISHED)
def test_a_shipment_that_is_finished_keeps_nobody_from_being_erased(state: str) -> None:
    shipment = make_shipment(placed(TOO_LONG), state=state)
    assert erase_recipients() == 1
    assert row_of(shipment)["recipient_name"] == ""


@pytest.mark.parametrize("state", WAITS)
def test_what_may_still_be_sent_is_not_erased_before_it_is_cancelled(state: str) -> None:
    delivery = placed(TOO_LONG, state=state)
    assert erase_recipients() == 0
    assert reread(delivery)[0].recipient == RECIPIENT


@pytest.mark.parametrize("parcel", FINISHED)
@pytest.mark.parametrize("state", [*WAITS, DeliveryState.RELEASED])
def test_a_live_parcel_keeps_nobody_from_being_erased_and_what_waits_beside_it_is_never_sent(
    state: str, parcel: str, labels: Storage
) -> None:
    """Whatever the delivery waits for: one parcel was made, the other never sent."""
    delivery, recent = placed(TOO_LONG, state=state, reason=Reason.ON_HOLD), placed(NOT_YET, state=state)
    made = labelled(delivery, "a.pdf") if parcel == "labelled" else make_shipment(delivery, state=parcel)
    waiting, theirs = make_shipment(delivery, parcel=2), make_shipment(recent)
    before = row_of(recent), row_of(theirs)
    expire_deliveries()
    erase_recipients()
    [row] = reread(delivery)
    shipment = Shipment.objects.get(pk=waiting.pk)
    assert row.erased_at is not None
    assert {getattr(row, name) for name in RECIPIENT_FIELDS} == {""}
    assert (shipment.state, shipment.reason, shipment.recipient_name) == ("dropped", Reason.EXPIRED, "")
    assert (row_of(made)["state"], row_of(made)["recipient_name"]) == (parcel, "")
    assert not labels.exists("a.pdf")
    assert (row_of(recent), row_of(theirs)) == before
    if row.state != DeliveryState.CANCELLED:
        assert (row.state, row.reason) == (state, Reason.ON_HOLD if state == DeliveryState.RELEASED else Reason.ERASED)


@pytest.mark.parametrize("delivery_state", [*WAITS, DeliveryState.RELEASED])
@pytest.mark.parametrize("state", UNFINISHED)
def test_what_is_unfinished_long_after_its_time_is_erased_and_a_person_can_look_it_up(
    state: str, delivery_state: str, labels: Storage
) -> None:
    delivery = placed(FAR_TOO_LONG, state=delivery_state)
    other = placed(NOT_YET_FAR, state=delivery_state)
    labelled(delivery, "a.pdf")
    known = {"state": state, "parcel": 2, "shipment_id": "314", "tracking_pin": "7023", "system_data": {"links": ["x"]}}
    unfinished, theirs = make_shipment(delivery, **known), make_shipment(other, **known)
    before, kept = row_of(unfinished), (row_of(other), row_of(theirs))
    expire_deliveries()
    erase_recipients()
    after = row_of(unfinished)
    assert reread(delivery)[0].erased_at is not None
    assert changed(before, after) == {*RECIPIENT_FIELDS, "state", "reason", "due_at", "system_data"}
    assert (after["state"], after["reason"], after["due_at"]) == ("attention", Reason.UNFINISHED, None)
    assert not labels.exists("a.pdf")
    assert (row_of(other), row_of(theirs)) == kept


@pytest.mark.parametrize("state", UNFINISHED)
def test_a_shipment_that_a_worker_has_in_hand_is_never_taken_from_it(state: str, labels: Storage) -> None:
    delivery = placed(FAR_TOO_LONG)
    labelled(delivery, "kept.pdf")
    minute = timedelta(minutes=1)
    in_hand = make_shipment(delivery, parcel=2, state=state, lease=uuid.uuid4(), due_at=timezone.now() + minute)
    before = row_of(in_hand)
    assert erase_recipients() == 0
    assert row_of(in_hand) == before
    assert labels.exists("kept.pdf")
    Shipment.objects.filter(pk=in_hand.pk).update(due_at=timezone.now() - minute)
    assert erase_recipients() == 1


def test_a_shipment_that_a_worker_takes_in_the_middle_of_it_undoes_the_erasure(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = placed(FAR_TOO_LONG)
    first, taken = make_shipment(delivery, state="unknown"), make_shipment(delivery, parcel=2, state="unknown")
    before = row_of(delivery), row_of(first)

    def move(shipment: Shipment, *arguments: Any, **fields: Any) -> bool:
        if shipment == taken:
            in_a_minute = timezone.now() + timedelta(minutes=1)
            Shipment.objects.filter(pk=taken.pk).update(lease=uuid.uuid4(), due_at=in_a_minute)
        return move_shipment(shipment, *arguments, **fields)

    monkeypatch.setattr(privacy, "move_shipment", move)
    assert erase_recipients() == 0
    assert (row_of(delivery), row_of(first)) == before
    assert not delivery.history.exists()


@pytest.mark.parametrize("state", ["attention", "suspended", "handed"])
def test_what_turns_out_to_exist_after_the_erasure_is_known_by_its_numbers_and_gets_no_label(
    state: str, labels: Storage
) -> None:
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

    monkeypatch.setattr(privacy, "move_delivery", move)
    assert erase_recipients() == 1
    assert seen == [False]


@pytest.mark.parametrize("error", [OSError, RuntimeError])
def test_a_storage_that_raises_leaves_its_row_as_it_is_and_costs_no_other(
    labels: Storage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    stuck, other = placed(TOO_LONG * 2), placed(TOO_LONG)
    shipment = labelled(stuck, "stuck.pdf")
    labelled(other, "other.pdf")
    before = row_of(stuck), row_of(shipment)
    delete = InMemoryStorage.delete

    def fail(self: InMemoryStorage, name: str) -> None:
        if name == "stuck.pdf":
            raise error("Marie-Ève Côté is in use")
        delete(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(InMemoryStorage, "delete", fail)
        assert erase_recipients() == 1
    assert row_of(shipment) == before[1]
    assert changed(before[0], row_of(stuck)) == {"erasure_failed_at"}
    assert not labels.exists("other.pdf")
    assert str(stuck.pk) in caplog.text
    assert error.__name__ in caplog.text
    assert "Marie" not in caplog.text
    assert erase_recipients() == 1
    assert not labels.exists("stuck.pdf")
    assert reread(stuck)[0].erasure_failed_at is None


def test_any_number_that_cannot_be_erased_is_in_nobodys_way(
    labels: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """More than are tried at a time, older than the others, and each round in a process of its own, as from cron."""
    monkeypatch.setattr(privacy, "AT_A_TIME", 2)
    stuck = [placed(TOO_LONG * 2) for _ in range(5)]
    for number, delivery in enumerate(stuck):
        labelled(delivery, f"stuck-{number}.pdf")
    others = [placed(TOO_LONG) for _ in range(3)]
    delete = InMemoryStorage.delete

    def fail(self: InMemoryStorage, name: str) -> None:
        if name.startswith("stuck"):
            raise OSError
        delete(self, name)

    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    assert [Sweep().round(limit=0).housekeeping["recipients"] for _ in range(5)] == [0, 0, 1, 2, 0]
    assert all(row.erased_at for row in reread(*others))
    assert not any(row.erased_at for row in reread(*stuck))
    # Two at a time and one left over beside the first of the others; then they take turns.
    assert [caplog.text.count(str(row.pk)) for row in stuck] == [2, 2, 1, 1, 1]
    monkeypatch.setattr(InMemoryStorage, "delete", delete)
    assert [erase_recipients() for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize("step", [expire_deliveries, erase_recipients])
def test_any_number_that_the_database_refuses_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: Callable[[], int]
) -> None:
    monkeypatch.setattr(privacy, "AT_A_TIME", 2)
    state = DeliveryState.RELEASED if step is erase_recipients else DeliveryState.HELD
    odd, others = [placed(TOO_LONG * 2, state=state) for _ in range(3)], [placed(TOO_LONG, state=state)]

    def move(delivery: Delivery, *arguments: Any, **fields: Any) -> bool:
        return move_delivery(delivery, *arguments, **fields | ({"live": None} if delivery in odd else {}))

    monkeypatch.setattr(privacy, "move_delivery", move)
    assert [step() for _ in range(3)] == [0, 1, 0]
    assert "IntegrityError" in caplog.text
    assert [row.history.exists() for row in (*odd, *others)] == [False, False, False, True]


def test_a_database_that_is_away_ends_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    placed(TOO_LONG)

    def away(*arguments: Any, **fields: Any) -> bool:
        raise OperationalError

    monkeypatch.setattr(privacy, "move_delivery", away)
    monkeypatch.setattr(each, "database_is_away", lambda row: True)
    with pytest.raises(OperationalError):
        erase_recipients()


@pytest.mark.parametrize("step", [erase_recipients, expire_deliveries])
def test_the_oldest_come_first_and_no_more_at_a_time_than_said(
    monkeypatch: pytest.MonkeyPatch, step: Callable[[], int]
) -> None:
    state = DeliveryState.RELEASED if step is erase_recipients else DeliveryState.HELD
    rows = [placed(TOO_LONG * age, state=state) for age in (1, 3, 2)]
    for row, age in zip(rows, (1, 3, 2), strict=True):
        Delivery.objects.filter(pk=row.pk).update(created_at=timezone.now() - TOO_LONG * age)
    monkeypatch.setattr(privacy, "AT_A_TIME", 2)
    assert step() == 2
    assert [row.history.count() for row in rows] == [0, 1, 1]
    assert step() == 1


# What was reserved for a payment.


def reserved(ago: timedelta, **fields: Any) -> Delivery:
    return make_draft(state=DeliveryState.RESERVED, reserved_at=timezone.now() - ago, **fields)


def test_what_was_reserved_is_erased_after_30_days_and_the_row_is_kept() -> None:
    old, recent = reserved(timedelta(days=30, minutes=1)), reserved(timedelta(days=30) - timedelta(minutes=1))
    before = row_of(old)
    assert erase_recipients() == 1
    assert changed(before, row_of(old)) == {*RECIPIENT_FIELDS, "erased_at"}
    assert reread(recent)[0].recipient == RECIPIENT
    assert delete_forgotten_reservations() == 0


def test_a_reservation_is_forgotten_when_a_recipient_would_be_too(change_settings: Any) -> None:
    erased = {"erased_at": timezone.now()}
    gone = reserved(TOO_LONG, **erased)
    not_erased, recent = reserved(TOO_LONG), reserved(NOT_YET, **erased)
    draft = make_draft(reserved_at=timezone.now() - TOO_LONG, **erased)
    assert delete_forgotten_reservations() == 1
    left = Delivery.objects.filter(pk__in=[row.pk for row in (gone, not_erased, recent, draft)])
    assert set(left) == {not_erased, recent, draft}


# Drafts.


def test_drafts_are_deleted_once_they_have_expired() -> None:
    now = timezone.now()
    expired, open_still = make_draft(expires_at=now), make_draft(expires_at=now + timedelta(minutes=1))
    others = [make_delivery(expires_at=now), make_draft(state=DeliveryState.RESERVED, expires_at=now)]
    assert delete_expired_drafts() == 1
    left = Delivery.objects.filter(pk__in=[row.pk for row in (expired, open_still, *others)])
    assert set(left) == {open_still, *others}


def test_an_expired_draft_with_a_shipment_stops_nobody() -> None:
    odd = make_draft(expires_at=timezone.now())
    make_shipment(odd)
    make_draft(expires_at=timezone.now())
    assert delete_expired_drafts() == 1
    assert reread(odd) == [odd]


def test_a_thousand_expired_drafts_are_deleted_a_few_at_a_time_in_as_many_statements_as_one() -> None:
    now = timezone.now()
    make_draft(expires_at=now)
    with CaptureQueriesContext(connection) as for_one:
        assert delete_expired_drafts() == 1
    Delivery.objects.bulk_create(build_draft(expires_at=now) for _ in range(1000))
    expired = Delivery.objects.filter(state=DeliveryState.DRAFT, expires_at__lte=now)
    with CaptureQueriesContext(connection) as for_many:
        assert delete_expired_drafts() == privacy.AT_A_TIME == 200
    # Deleting in lots: a few statements more at most, never one for each row, and never the whole table read.
    assert len(for_many) <= len(for_one) + 4
    first = next(query["sql"] for query in for_many.captured_queries if query["sql"].startswith("SELECT"))
    assert "LIMIT 200" in first
    assert expired.count() == 800


def test_the_sweep_comes_again_at_once_while_there_is_more() -> None:
    now = timezone.now()
    Delivery.objects.bulk_create(build_draft(expires_at=now) for _ in range(450))
    sweep = Sweep()
    assert [sweep.round().housekeeping["expired drafts"] for _ in range(4)] == [200, 200, 50, 0]


# What waited too long.


@pytest.mark.parametrize("state", [DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE])
def test_what_waited_longer_than_a_recipient_is_kept_is_cancelled_and_then_erased(state: str) -> None:
    delivery, recent = placed(TOO_LONG, state=state, reason=Reason.ON_HOLD), placed(NOT_YET, state=state)
    waiting = make_shipment(delivery)
    assert expire_deliveries() == 1
    [row, neighbour] = reread(delivery, recent)
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, Reason.EXPIRED)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (ShipmentState.DROPPED, Reason.EXPIRED)
    assert neighbour.state == state
    assert erase_recipients() == 1
    assert row_of(delivery)["recipient_name"] == row_of(waiting)["recipient_name"] == ""
    assert [line.change for line in delivery.history.all()] == [Change.DROP, Change.EXPIRE, Change.ERASE]


def test_a_round_of_the_sweep_cancels_and_erases_what_waited_too_long() -> None:
    delivery = placed(TOO_LONG, state=DeliveryState.HELD)
    Sweep().round()
    [row] = reread(delivery)
    assert (row.state, row.recipient_name) == (DeliveryState.CANCELLED, "")


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("live_setting", [False, True])
def test_what_was_never_sent_is_cancelled_and_erased_tests_too(
    change_settings: Any, live: bool, live_setting: bool
) -> None:
    delivery, recent = placed(TOO_LONG, live=live), placed(NOT_YET, live=live)
    make_shipment(delivery)
    theirs = make_shipment(recent)
    before = row_of(recent), row_of(theirs)
    change_settings(CANADA_POST={"LIVE": live_setting})
    assert expire_deliveries() == 1
    assert (reread(delivery)[0].state, reread(delivery)[0].reason) == (DeliveryState.CANCELLED, Reason.EXPIRED)
    assert erase_recipients() == 1
    assert (row_of(recent), row_of(theirs)) == before


@pytest.mark.parametrize("live_setting", [False, True])
def test_a_test_with_a_parcel_that_was_made_and_one_that_was_never_sent_is_erased(
    change_settings: Any, labels: Storage, live_setting: bool
) -> None:
    delivery = placed(TOO_LONG)
    labelled(delivery, "a.pdf")
    waiting = make_shipment(delivery, parcel=2)
    change_settings(CANADA_POST={"LIVE": live_setting})
    assert (expire_deliveries(), erase_recipients()) == (1, 1)
    assert (reread(delivery)[0].state, row_of(waiting)["state"]) == (DeliveryState.RELEASED, ShipmentState.DROPPED)
    assert not labels.exists("a.pdf")


def test_what_was_never_sent_is_dropped_though_another_parcel_keeps_the_recipient() -> None:
    delivery = placed(TOO_LONG)
    unknown, waiting = make_shipment(delivery, state="unknown"), make_shipment(delivery, parcel=2)
    assert (expire_deliveries(), erase_recipients()) == (1, 0)
    assert (row_of(unknown)["state"], row_of(waiting)["state"]) == ("unknown", "dropped")
    assert (expire_deliveries(), reread(delivery)[0].recipient) == (0, RECIPIENT)


def test_a_recent_test_waits_on_although_the_shop_ships_for_real(change_settings: Any) -> None:
    make_shipment(placed(NOT_YET))
    change_settings(CANADA_POST={"LIVE": True})
    assert expire_deliveries() == 0


@pytest.mark.parametrize("state", [ShipmentState.LABELLED, ShipmentState.REFUSED])
def test_a_test_of_which_nothing_waits_is_not_cancelled_but_erased(change_settings: Any, state: str) -> None:
    delivery = placed(TOO_LONG)
    make_shipment(delivery, state=state)
    make_shipment(placed(NOT_YET))
    change_settings(CANADA_POST={"LIVE": True})
    assert (expire_deliveries(), erase_recipients()) == (0, 1)
    assert reread(delivery)[0].state == DeliveryState.RELEASED


def test_what_cannot_be_cancelled_takes_no_other_ones_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "AT_A_TIME", 1)
    live = placed(TOO_LONG * 2, state=DeliveryState.HELD)
    make_shipment(live, state=ShipmentState.LABELLED)
    other = placed(TOO_LONG, state=DeliveryState.HELD)
    assert expire_deliveries() == 1
    assert [row.state for row in reread(live, other)] == [DeliveryState.HELD, DeliveryState.CANCELLED]


def test_a_delivery_that_cannot_be_cancelled_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    odd, other = placed(TOO_LONG * 2, state=DeliveryState.HELD), placed(TOO_LONG, state=DeliveryState.HELD)

    def move(delivery: Delivery, *arguments: Any, **fields: Any) -> bool:
        if delivery == odd:
            raise ValueError
        return move_delivery(delivery, *arguments, **fields)

    monkeypatch.setattr(privacy, "move_delivery", move)
    assert expire_deliveries() == 1
    assert [row.state for row in reread(odd, other)] == [DeliveryState.HELD, DeliveryState.CANCELLED]


def test_what_a_shops_own_row_refers_to_is_not_deleted_and_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "AT_A_TIME", 2)
    now = timezone.now()
    kept = [make_draft(expires_at=now) for _ in range(3)]
    for draft in kept:
        # A foreign key with PROTECT, as a shop may have one.
        make_draft(expires_at=now + timedelta(days=1), replaces=draft)
    other = make_draft(expires_at=now)
    assert [delete_expired_drafts() for _ in range(3)] == [0, 1, 0]
    assert set(Delivery.objects.filter(pk__in=[row.pk for row in (*kept, other)])) == set(kept)


# Two at once.

at_once = [pytest.mark.django_db(transaction=True), pytest.mark.services("DATABASE_URL")]


@pytest.mark.parametrize("undone", [pytest.param(undone, marks=at_once) for undone in (False, True)])
def test_a_draft_that_somebody_is_using_is_left_alone_without_waiting(beside: Beside, undone: bool) -> None:
    draft = make_draft(expires_at=timezone.now())
    other = make_draft(expires_at=timezone.now())
    with transaction.atomic():
        save_recipient(draft, RECIPIENT)
        contender = beside(delete_expired_drafts)
        assert not contender.waits()
        assert contender.result() == 1
        transaction.set_rollback(undone)
    assert Delivery.objects.filter(pk__in=[draft.pk, other.pk]).get() == draft
    assert delete_expired_drafts() == undone


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

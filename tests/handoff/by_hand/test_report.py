"""A report about a shipment that was handed over: taken once, whatever else happens meanwhile."""

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from deliver_to_po import signals
from deliver_to_po.core.choices import Change, DeliveryState, HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.by_hand import report
from deliver_to_po.handoff.by_hand.report import Reported, note_not_taken, report_lost, report_made
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.handoff.stored_files import write_file
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import ERASED, move_delivery
from deliver_to_po.shipping import Handed, Label, Made, Unknown
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import files_in
from tests.handoff.kills import killed_at_the_file
from tests.handoff.scripted import LABEL, MADE, Script, meanwhile
from tests.rounds import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("script")]
S = ShipmentState

PRINTS_ITS_OWN = "without_labels"


def handed(**fields: Any) -> Shipment:
    return make_shipment(**{"system": PRINTS_ITS_OWN, "state": S.HANDED, "requests": 1, **fields})


def test_the_numbers_are_kept_and_a_system_that_prints_its_labels_is_done() -> None:
    shipment = handed()
    user = get_user_model().objects.create(username="clerk")
    made = Made(shipment_id="R-1", tracking_number="123", data={"a": 1}, price=Decimal("9.5"), said="Fine.", status=200)
    assert report_made(shipment.pk, made, user=user) == Reported.TAKEN
    assert (now(shipment).state, shipment.reason, shipment.due_at) == (S.DONE, Reason.NONE, None)
    assert (shipment.shipment_id, shipment.tracking_pin, shipment.system_data) == ("R-1", "123", {"a": 1})
    assert (shipment.price, shipment.reason_text) == (Decimal("9.50"), "Fine.")
    assert shipment.made_at is not None
    attempt = shipment.attempts.get()
    assert (attempt.step, attempt.outcome, attempt.status) == (HandoffStep.REPORT, Outcome.MADE, 200)
    history = shipment.history.get()
    assert (history.change, history.user) == (Change.REPORT, user)


def test_a_system_that_has_labels_for_us_is_asked_for_it(script: Script, folder: Path) -> None:
    shipment = handed(system="default")
    assert report_made(shipment.pk, MADE) == Reported.TAKEN
    assert now(shipment).state == S.MADE
    hand_off(shipment.pk)
    assert (now(shipment).state, len(script.asked_to("label"))) == (S.LABELLED, 1)


def test_the_label_of_what_a_system_reports_that_is_no_longer_configured_is_still_awaited() -> None:
    shipment = handed(system="gone")
    assert report_made(shipment.pk, MADE) == Reported.TAKEN
    assert (now(shipment).state, shipment.tracking_pin) == (S.MADE, MADE.tracking_number)
    assert shipment.due_at is not None


def test_what_is_transmitted_already_is_kept_as_that() -> None:
    shipment = handed()
    report_made(shipment.pk, Made(shipment_id="R-1", transmitted=True))
    assert now(shipment).transmitted_at is not None


def test_a_label_that_comes_with_it_is_kept(folder: Path, django_capture_on_commit_callbacks: Any) -> None:
    shipment, told = handed(), []
    receiver = lambda **news: told.append(news["tracking_number"])  # noqa: E731
    signals.labelled.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert report_made(shipment.pk, MADE, label=LABEL) == Reported.TAKEN
    finally:
        signals.labelled.disconnect(receiver)
    assert (now(shipment).state, shipment.label_media_type) == (S.LABELLED, "application/zpl")
    assert (shipment.reason, shipment.reason_text) == (Reason.NONE, "")
    tried = list(shipment.attempts.order_by("pk").values_list("step", "outcome"))
    assert tried == [(HandoffStep.REPORT, Outcome.MADE), (HandoffStep.LABEL, Outcome.LABEL_KEPT)]
    assert files_in(folder) == [shipment.label.name]
    assert (folder / str(shipment.label.name)).read_bytes() == LABEL.content
    assert told == [MADE.tracking_number]


def test_a_label_may_follow_its_numbers(folder: Path) -> None:
    shipment = handed()
    assert report_made(shipment.pk, MADE) == Reported.TAKEN
    Shipment.objects.filter(pk=shipment.pk).update(reason=Reason.LABEL_NOT_READY, reason_text="Wait.")
    assert report_made(shipment.pk, MADE, label=LABEL) == Reported.TAKEN
    assert (now(shipment).state, files_in(folder)) == (S.LABELLED, [shipment.label.name])
    assert (shipment.reason, shipment.reason_text) == (Reason.NONE, "")


@pytest.mark.parametrize("label", [None, LABEL], ids=["without a label", "with its label"])
def test_the_same_again_changes_nothing(folder: Path, label: Label | None) -> None:
    shipment = handed()
    report_made(shipment.pk, MADE, label=label)
    before = Shipment.objects.filter(pk=shipment.pk).values().get()
    assert report_made(shipment.pk, MADE, label=label) == Reported.SAME_AGAIN
    assert Shipment.objects.filter(pk=shipment.pk).values().get() == before
    assert len(files_in(folder)) == (label is not None)


@pytest.mark.parametrize(
    "other", [Made(shipment_id="S-1", tracking_number="9"), Made(shipment_id="S-9", tracking_number="")]
)
def test_other_numbers_than_those_that_are_known_are_not_taken(other: Made) -> None:
    shipment = handed()
    report_made(shipment.pk, MADE)
    assert report_made(shipment.pk, other, label=LABEL) == Reported.ALREADY_OTHER
    assert (now(shipment).state, shipment.shipment_id, shipment.tracking_pin) == (S.DONE, "S-1", MADE.tracking_number)


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"shipment_id": "other", "tracking_pin": MADE.tracking_number}, True),
        ({"shipment_id": MADE.shipment_id, "system": PRINTS_ITS_OWN}, True),
        ({"shipment_id": MADE.shipment_id, "system": "default"}, False),
    ],
    ids=["tracking number", "shipment id", "another system's shipment id"],
)
def test_the_numbers_of_another_shipment_are_not_taken(fields: dict[str, Any], taken: bool) -> None:
    make_shipment(state=S.DONE, **fields)
    shipment = handed()
    assert (report_made(shipment.pk, MADE) == Reported.TRACKING_NUMBER_TAKEN) is taken
    assert (now(shipment).state == S.HANDED) is taken


def test_numbers_that_cannot_be_kept_are_not_taken() -> None:
    shipment = handed()
    assert report_made(shipment.pk, Made(shipment_id="x" * 41)) == Reported.NUMBER_REFUSED
    assert now(shipment).state == S.HANDED


def test_with_a_label_that_cannot_be_printed_nothing_is_taken(folder: Path) -> None:
    shipment = handed()
    assert report_made(shipment.pk, MADE, label=Label(b"%PDF-1.4")) == Reported.LABEL_UNREADABLE
    assert (now(shipment).state, shipment.shipment_id, files_in(folder)) == (S.HANDED, "", [])


@pytest.mark.parametrize("state", [S.WAITING, S.REFUSED, S.DROPPED])
def test_nobody_waits_for_a_report_about_what_was_not_sent_or_is_over(state: str, folder: Path) -> None:
    shipment = make_shipment(state=state)
    before = Shipment.objects.filter(pk=shipment.pk).values().get()
    assert report_made(shipment.pk, MADE, label=LABEL) == Reported.NOT_AWAITED
    assert report_lost(shipment.pk, said="no") == Reported.NOT_AWAITED
    assert Shipment.objects.filter(pk=shipment.pk).values().get() == before
    assert not shipment.history.exists()


# A report that comes before our own answer is written down


@pytest.mark.parametrize("answer", [Handed(), Unknown(), MADE], ids=["handed", "unknown", "made"])
def test_a_report_before_the_answer_to_our_request_counts_and_that_does_not(script: Script, answer: Any) -> None:
    reported: list[Reported] = []
    script.create(meanwhile(lambda row: reported.append(report_made(row.pk, MADE)), answer))
    shipment = make_shipment(system=PRINTS_ITS_OWN)
    hand_off(shipment.pk)
    assert (now(shipment).state, shipment.shipment_id, shipment.due_at) == (S.DONE, "S-1", None)
    assert reported == [Reported.TAKEN]


@pytest.mark.parametrize("state", [S.REQUESTED, S.UNKNOWN, S.ATTENTION])
def test_a_report_is_as_good_as_the_answer_that_never_came(state: str) -> None:
    shipment = handed(state=state, lease=uuid.uuid4())
    assert report_made(shipment.pk, MADE) == Reported.TAKEN
    assert (now(shipment).state, shipment.lease) == (S.DONE, None)


def test_what_a_person_could_not_take_back_keeps_its_numbers() -> None:
    shipment = handed(state=S.ATTENTION, shipment_id="S-7", tracking_pin="7")
    assert report_made(shipment.pk, MADE) == Reported.ALREADY_OTHER
    assert (now(shipment).state, shipment.shipment_id) == (S.ATTENTION, "S-7")


# What was asked meanwhile


def test_what_is_to_be_cancelled_is_taken_back_when_it_is_reported(folder: Path) -> None:
    shipment = handed()
    assert move_delivery(shipment.delivery, Change.ASK_STOP)
    assert report_made(shipment.pk, MADE, label=LABEL) == Reported.TAKEN
    assert (now(shipment).state, shipment.tracking_pin, files_in(folder)) == (S.VOIDING, MADE.tracking_number, [])
    hand_off(shipment.pk)
    assert now(shipment.delivery).state == DeliveryState.CANCELLED


def test_what_is_not_the_right_one_any_more_is_taken_back_and_made_again() -> None:
    shipment = handed(change_asked_at=timezone.now())
    report_made(shipment.pk, MADE)
    hand_off(shipment.pk)
    shipment.refresh_from_db()
    again = shipment.delivery.shipments.get(revision=2)
    assert (shipment.state, again.state) == (S.VOIDED, S.WAITING)


def test_of_an_erased_delivery_the_numbers_are_kept_and_nothing_else(folder: Path) -> None:
    shipment = handed(delivery=make_delivery(erased_at=timezone.now()), **ERASED)
    made = Made(shipment_id="S-1", tracking_number="1", data={"name": "Marie"}, said="Marie")
    assert report_made(shipment.pk, made, label=LABEL) == Reported.ERASED
    assert (now(shipment).state, shipment.tracking_pin) == (S.DONE, "1")
    assert (shipment.reason_text, shipment.system_data, files_in(folder)) == ("", {}, [])


# The label's file


@pytest.mark.parametrize("writes", [True, False], ids=["after it is written", "before it is written"])
@pytest.mark.parametrize("swept", [True, False], ids=["swept", "not swept"])
def test_after_a_kill_around_the_file_the_same_report_keeps_one_label(folder: Path, writes: bool, swept: bool) -> None:
    shipment = handed()
    with killed_at_the_file(report, writes=writes) as names:
        report_made(shipment.pk, MADE, label=LABEL)
    assert Shipment.objects.get(pk=shipment.pk).label_files == names, "the row names the file before it is written"
    assert len(files_in(folder)) == int(writes)
    if swept:
        hand_off(shipment.pk, now=True)
    assert report_made(shipment.pk, MADE, label=LABEL) == Reported.TAKEN
    assert (now(shipment).state, shipment.due_at, files_in(folder)) == (S.LABELLED, None, [shipment.label.name])


def test_a_former_file_that_the_storage_does_not_let_go_costs_no_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*arguments: Any) -> None:
        raise PermissionError

    shipment = handed(label_files=["former.pdf"])
    monkeypatch.setattr(FileSystemStorage, "delete", denied)
    assert report_made(shipment.pk, MADE, label=LABEL) == Reported.TAKEN
    assert now(shipment).state == S.LABELLED


def test_a_label_of_what_is_taken_back_meanwhile_is_deleted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = handed()

    def voided_meanwhile(storage: Any, name: str, content: bytes) -> str:
        Shipment.objects.filter(pk=shipment.pk).update(state=S.VOIDING)
        return write_file(storage, name, content)

    monkeypatch.setattr(report, "write_file", voided_meanwhile)
    assert report_made(shipment.pk, MADE, label=LABEL) == Reported.TAKEN
    assert (now(shipment).state, str(shipment.label), files_in(folder)) == (S.VOIDING, "", [])


# Not made


@pytest.mark.parametrize("state", [S.HANDED, S.REQUESTED, S.UNKNOWN])
def test_what_was_not_made_is_a_persons(state: str) -> None:
    shipment = handed(state=state)
    assert report_lost(shipment.pk, said="The scale is broken.") == Reported.TAKEN
    assert report_lost(shipment.pk, said="Still.") == Reported.SAME_AGAIN
    assert (now(shipment).state, shipment.reason) == (S.ATTENTION, Reason.REPORTED_LOST)
    assert shipment.reason_text == "The scale is broken."
    assert [row.outcome for row in shipment.attempts.all()] == [Outcome.REFUSED]
    assert [row.change for row in shipment.history.all()] == [Change.REPORT]


def test_what_was_made_is_not_lost_by_a_report() -> None:
    shipment = handed()
    report_made(shipment.pk, MADE)
    assert report_lost(shipment.pk, said="late") == Reported.NOT_AWAITED
    assert report_lost(handed(state=S.ATTENTION, reason=Reason.GAVE_UP).pk) == Reported.NOT_AWAITED
    assert now(shipment).state == S.DONE


def test_a_report_that_was_not_taken_leaves_one_trace_for_each_reason() -> None:
    shipment = handed()
    report_made(shipment.pk, MADE)
    for reported in (Reported.ALREADY_OTHER, Reported.ALREADY_OTHER, Reported.NOT_AWAITED):
        note_not_taken(shipment.pk, reported)
    traces = shipment.attempts.filter(outcome=Outcome.NOT_TAKEN).order_by("pk")
    assert list(traces.values_list("step", "codes")) == [
        (HandoffStep.REPORT, "already_other"),
        (HandoffStep.REPORT, "not_awaited"),
    ]


def test_what_a_system_says_of_an_erased_recipient_is_not_kept() -> None:
    shipment = handed(delivery=make_delivery(erased_at=timezone.now()), **ERASED)
    report_lost(shipment.pk, said="Marie moved.")
    assert now(shipment).reason_text == ""


@pytest.mark.parametrize("report", [lambda pk: report_made(pk, MADE), report_lost])
def test_a_shipment_that_does_not_exist_is_an_error(report: Any) -> None:
    with pytest.raises(Shipment.DoesNotExist):
        report(0)

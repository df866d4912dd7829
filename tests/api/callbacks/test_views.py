"""A receiver's report: believed when it is signed, taken once, and answered so that its author knows what to do."""

import json
import os
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.http.request import UnreadablePostError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator

from deliver_to_po.api.callbacks import views
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.handoff.by_hand.report import Reported
from deliver_to_po.models import Shipment, WebhookMessage
from deliver_to_po.shipping.reports import MOST_BYTES
from deliver_to_po.shipping.signing import Signer
from tests.api.callbacks.conftest import LABEL, OTHER_SECRET, Caller, label_of, report_of
from tests.factories import make_shipment
from tests.shipping.parcel_receiver import SIGNER

pytestmark = pytest.mark.usefixtures("bystanders")
S = ShipmentState
OTHERS = Signer([OTHER_SECRET])
# One body that is no report, and labels that cannot be printed: tests/shipping has all the others.
BROKEN: dict[str, Any] = {
    "no report": {"outcome": "lost"},
    "label of another": {"label": label_of(b"^XA^BCN^FD7023210000000010^FS^XZ")},
    "no PDF": {"label": label_of(b"<html></html>", "application/pdf")},
    "PDF without a page": {"label": label_of(b"%PDF-1.4\n%%EOF", "application/pdf")},
    "half of ZPL": {"label": label_of(b"^XA^FDx")},
}


def unchanged(shipment: Shipment) -> bool:
    """Say whether a shipment stands as it was, and no message was remembered."""
    before = {field.attname: getattr(shipment, field.attname) for field in shipment._meta.concrete_fields}
    now = Shipment.objects.filter(pk=shipment.pk).values().get()
    before["label"] = str(before["label"])
    return before == now and not WebhookMessage.objects.exists() and not shipment.history.exists()


def test_numbers_and_label_are_kept(handed: Shipment, caller: Caller, folder: Path) -> None:
    status, answer = caller.report(handed, label=label_of(), said="Fine.", shipment_id="A-1")
    assert (status, answer) == (200, {"result": "taken", "repeated": False})
    handed.refresh_from_db()
    assert (handed.state, handed.shipment_id, handed.tracking_pin) == (S.LABELLED, "A-1", "7023210039414604")
    assert (folder / str(handed.label.name)).read_bytes() == LABEL


def test_without_a_label_the_receiver_prints_its_own(handed: Shipment, caller: Caller) -> None:
    assert caller.report(handed, transmitted=True)[0] == 200
    handed.refresh_from_db()
    assert (handed.state, handed.shipment_id) == (S.DONE, "7023210039414604")
    assert handed.transmitted_at is not None


def test_what_was_not_made_is_a_persons(handed: Shipment, caller: Caller) -> None:
    assert caller.report(handed, outcome="not_made", said="The\u0000 scale broke.")[0] == 200
    handed.refresh_from_db()
    assert (handed.state, handed.reason, handed.reason_text) == (
        S.ATTENTION,
        Reason.REPORTED_LOST,
        "The  scale broke.",
    )


def test_the_reports_of_these_tests_are_what_the_schema_says(handed: Shipment) -> None:
    text = resources.files("deliver_to_po.shipping").joinpath("report.schema.json").read_text(encoding="utf-8")
    schema = Draft202012Validator(json.loads(text))
    for data in ({}, {"label": label_of(), "shipment_id": "A", "transmitted": True}, {"outcome": "not_made"}):
        schema.validate(json.loads(report_of(handed, **data)))
    assert not schema.is_valid(json.loads(report_of(handed, tracking_number="")))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "x", "v1,é", "1e400", "v1,A" * 400])
def test_without_a_signature_nothing_is_taken(handed: Shipment, caller: Caller, name: str, value: str | None) -> None:
    body = report_of(handed)
    headers = SIGNER.headers("m1", body)
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    assert caller.send(body, headers=headers)[0] == 401
    assert unchanged(handed)


@pytest.mark.parametrize(("minutes", "taken"), [(-6, False), (-4, True), (4, True), (6, False)])
def test_a_message_that_is_late_or_ahead_by_more_than_minutes_is_not_taken(
    handed: Shipment, caller: Caller, minutes: int, taken: bool
) -> None:
    body = report_of(handed)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        headers = SIGNER.headers("m1", body)
    status, answer = caller.send(body, headers=headers)
    assert (status, "clock" in answer.get("what_to_do", "")) == ((200, False) if taken else (401, True))
    assert unchanged(handed) is not taken


def test_a_body_that_was_changed_is_not_taken(handed: Shipment, caller: Caller) -> None:
    headers = SIGNER.headers("m1", report_of(handed))
    assert caller.send(report_of(handed, tracking_number="9"), headers=headers)[0] == 401
    assert unchanged(handed)


def test_what_is_no_text_cannot_be_signed(handed: Shipment, caller: Caller) -> None:
    assert caller.send(b"\xff\xfe", headers=SIGNER.headers("m1", b""))[0] == 401


def test_an_unsigned_caller_cannot_tell_what_there_is(handed: Shipment, caller: Caller) -> None:
    stranger = Signer(["whsec_" + "c3RyYW5nZXI" * 4])
    answers = [
        caller.send(body, alias=alias, signer=stranger)
        for alias in ("default", "canada", "nowhere", "a" * 200)
        for body in (report_of(handed), b"", b"{}")
    ]
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0] == 401
    assert unchanged(handed)


def test_one_system_cannot_report_about_anothers_parcel_nor_tell_whether_there_is_one(
    handed: Shipment, caller: Caller
) -> None:
    nobodys = make_shipment(state=S.HANDED)
    body_of_nobody = report_of(nobodys)
    Shipment.objects.filter(pk=nobodys.pk).delete()
    how: dict[str, Any] = {"alias": "other", "signer": OTHERS}
    assert caller.report(handed, how=how) == caller.send(body_of_nobody, **how)
    assert caller.report(handed, how=how)[0] == 404
    assert unchanged(handed)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_is_no_report_is_answered_with_the_problem_and_what_to_do(
    handed: Shipment, caller: Caller, folder: Path, broken: Any
) -> None:
    status, answer = caller.send(report_of(handed, **broken))
    assert status == 422
    assert answer["problem"].endswith(".")
    assert answer["what_to_do"].endswith(".")
    assert unchanged(handed)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("message_id", ["x" * 101, "two words"])
def test_an_id_that_cannot_be_kept_is_not_taken(handed: Shipment, caller: Caller, message_id: str) -> None:
    status, answer = caller.report(handed, how={"message_id": message_id})
    assert (status, "webhook-id" in answer["problem"], answer["what_to_do"]) == (422, True, "Send a shorter id.")
    assert unchanged(handed)


def test_a_body_of_too_many_bytes_is_not_taken_and_one_of_just_as_many_is(handed: Shipment, caller: Caller) -> None:
    body = report_of(handed)
    assert caller.send(body.ljust(MOST_BYTES + 1))[0] == 413
    assert unchanged(handed)
    assert caller.send(body.ljust(MOST_BYTES))[0] == 200


def test_a_body_that_is_longer_than_it_said_is_cut_and_so_not_signed(handed: Shipment) -> None:
    body = report_of(handed, said="x" * MOST_BYTES)
    url = reverse("deliver_to_po:webhook", args=["default"])
    headers = {**SIGNER.headers("m1", body), "Content-Length": "10"}
    response = Client().generic("POST", url, body, "application/json", headers=headers)
    assert response.status_code in (401, 413)
    assert unchanged(handed)


def test_a_body_that_breaks_off_is_not_signed_and_no_error_of_the_shop_s(handed: Shipment, caller: Caller) -> None:
    with patch("django.http.HttpRequest.read", side_effect=UnreadablePostError):
        assert caller.report(handed)[0] == 401
    assert unchanged(handed)


def test_a_label_of_more_than_a_megabyte_is_taken(handed: Shipment, caller: Caller, folder: Path) -> None:
    content = b"^XA^FD" + os.urandom(600_000).hex().encode() + b"^FS^XZ"
    assert caller.report(handed, label=label_of(content))[0] == 200


def test_only_post_is_answered(client: Client) -> None:
    response = client.get(reverse("deliver_to_po:webhook", args=["default"]))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert response.json() == {"problem": "Only POST is answered here.", "what_to_do": "POST a report."}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"state": S.WAITING}, 409),
        ({"state": S.REFUSED}, 409),
        ({"state": S.DONE, "shipment_id": "9", "tracking_pin": "9"}, 409),
    ],
    ids=["not sent", "refused", "other numbers"],
)
def test_what_nobody_waits_for_is_answered_as_that(
    db: None, caller: Caller, fields: dict[str, Any], status: int
) -> None:
    shipment = make_shipment(**fields)
    answered, answer = caller.report(shipment)
    assert (answered, bool(answer["problem"]), bool(answer["what_to_do"])) == (status, True, True)
    assert unchanged(shipment)


def test_a_report_that_is_not_taken_leaves_one_trace_however_often_it_comes(handed: Shipment, caller: Caller) -> None:
    make_shipment(state=S.DONE, tracking_pin="7023210039414604")
    assert [caller.report(handed)[0] for _try in range(3)] == [409, 409, 409]
    attempt = handed.attempts.get()
    assert (attempt.step, attempt.outcome, attempt.codes) == ("report", "not_taken", "tracking_number_taken")


def test_a_storage_that_fails_asks_for_the_same_again_later(
    handed: Shipment, caller: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ClientError(Exception):
        """As S3's library raises: no OSError."""

    def full(*_args: Any) -> str:
        raise ClientError

    how = {"message_id": "m1"}
    with monkeypatch.context() as context:
        context.setattr(FileSystemStorage, "save", full)
        told = {"problem": "The report cannot be kept now.", "what_to_do": "Send the same message again later."}
        assert caller.report(handed, how=how, label=label_of()) == (503, told)
    assert caller.report(handed, how=how, label=label_of())[0] == 200
    handed.refresh_from_db()
    assert (handed.state, len(list(folder.iterdir()))) == (S.LABELLED, 1)


def test_whatever_comes_of_a_report_has_an_answer() -> None:
    assert set(Reported) - set(views.NOT_TAKEN) == {Reported.TAKEN, Reported.SAME_AGAIN, Reported.ERASED}
    for reported, status, word in (
        (Reported.NOT_AWAITED, 409, "wait"),
        (Reported.ALREADY_OTHER, 409, "before"),
        (Reported.TRACKING_NUMBER_TAKEN, 409, "another parcel"),
        (Reported.NUMBER_REFUSED, 422, "40 characters"),
        (Reported.LABEL_UNREADABLE, 422, "PDF"),
    ):
        answered, problem, _what_to_do = views.NOT_TAKEN[reported]
        assert (answered, word in problem) == (status, True)

"""Sending an e-mail once, though a worker is killed, slow or refused by the mail server."""

import smtplib
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import requests
import urllib3
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.locmem import EmailBackend
from django.db.models import QuerySet

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.notices.jobs import NOTICES
from deliver_to_po.notices.occasions import write_notices
from deliver_to_po.outbox.claiming import claim, work
from tests.factories import RECIPIENT
from tests.notices.needing import needing, notice, sweep
from tests.outbox.conftest import locked

POOL = urllib3.HTTPSConnectionPool("mail.example.com")
NOT_CONNECTED = urllib3.exceptions.NewConnectionError(urllib3.connection.HTTPConnection("mail.example.com"), "no route")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


def test_a_mail_backend_without_its_key_costs_no_e_mail_once_it_has_it(clock: Any) -> None:
    delivery = needing()
    with patch.object(EmailBackend, "__init__", side_effect=ImproperlyConfigured("no API key")):
        sweep()
    clock.shift(timedelta(hours=7))
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem, len(mail.outbox)) == (NoticeOutcome.SENT, "", 1)


class ServiceError(Exception):
    """What a service that is called over HTTP raises, as django-anymail's do."""

    def __init__(self, status_code: int | None = None):
        self.status_code = status_code


def of_amazon(status: int, code: str = "") -> ServiceError:
    error = ServiceError()
    error.response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}  # type: ignore[attr-defined]
    return error


def no_connection() -> ServiceError:
    error = ServiceError()
    error.__cause__ = requests.ConnectionError(urllib3.exceptions.MaxRetryError(POOL, "/", NOT_CONNECTED))
    return error


def no_key() -> ServiceError:
    """Return what django-anymail makes of an error of Amazon's library."""
    error = ServiceError()
    error.__cause__ = type("NoCredentialsError", (Exception,), {})("Unable to locate credentials")
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "problem"),
    [
        (no_connection(), NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN),
        (no_key(), NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN),
        (ServiceError(401), NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN),
        (ServiceError(429), NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN),
        (ServiceError(503), NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN),
        (ServiceError(422), NoticeOutcome.FAILED, NoticeProblem.REFUSED),
        (ServiceError(500), NoticeOutcome.FAILED, NoticeProblem.INTERRUPTED),
        (ServiceError(), NoticeOutcome.FAILED, NoticeProblem.INTERRUPTED),
        (of_amazon(403, "ExpiredToken"), NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN),
        (of_amazon(400, "Throttling"), NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN),
        (of_amazon(400, "MessageRejected"), NoticeOutcome.FAILED, NoticeProblem.REFUSED),
        (of_amazon(500), NoticeOutcome.FAILED, NoticeProblem.INTERRUPTED),
        (
            smtplib.SMTPRecipientsRefused({"one": (550, b"no"), "other": (450, b"later")}),
            NoticeOutcome.TO_SEND,
            NoticeProblem.NOT_TAKEN,
        ),
    ],
    ids=[
        *("no connection", "no key", "401", "429", "503", "422", "500", "no answer"),
        *("Amazon's 403", "Amazon's throttle", "Amazon's 400", "Amazon's 500"),
        "one of two later",
    ],
)
@pytest.mark.usefixtures("clock")
def test_a_service_is_asked_again_where_nothing_was_sent(
    error: Exception, outcome: str, problem: str, mailer: Any
) -> None:
    mailer.append(error)
    delivery = needing()
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (outcome, problem)


def test_what_was_taken_is_sent_though_the_database_is_busy_just_then(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals, update = [locked()], QuerySet.update

    def busy(rows: Any, **values: Any) -> int:
        if values.get("outcome") == NoticeOutcome.SENT and refusals:
            raise refusals.pop()
        return int(update(rows, **values))

    delivery = needing()
    monkeypatch.setattr(QuerySet, "update", busy)
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem, len(mail.outbox), refusals) == (NoticeOutcome.SENT, "", 1, [])


def test_what_was_taken_is_sent_though_the_connection_cannot_be_closed(clock: Any) -> None:
    delivery = needing()
    with patch.object(EmailBackend, "close", side_effect=OSError):
        sweep()
    assert notice(NoticeKind.CHOOSE, delivery).outcome == NoticeOutcome.SENT


class Killed(BaseException):
    """What no handler sees: the process is gone."""


def test_what_a_killed_worker_may_have_sent_is_not_sent_again(clock: Any, mailer: Any) -> None:
    mailer.extend([Killed(), None])
    delivery = needing()
    write_notices()
    with pytest.raises(Killed):
        sweep()
    assert claim(NOTICES, notice(NoticeKind.CHOOSE, delivery).pk) is None
    clock.shift(timedelta(hours=1))
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.FAILED, NoticeProblem.INTERRUPTED)
    assert mail.outbox == []
    assert mailer == [None]


def test_a_worker_whose_lease_is_over_sends_nothing_while_another_one_is_sending(clock: Any) -> None:
    delivery = needing()
    write_notices()
    pk = notice(NoticeKind.CHOOSE, delivery).pk
    first = claim(NOTICES, pk)
    clock.shift(timedelta(hours=1))
    second = claim(NOTICES, pk)
    work(NOTICES, first)
    assert mail.outbox == []
    work(NOTICES, second)
    assert len(mail.outbox) == 1


def test_the_log_tells_no_address(clock: Any, mailer: Any, caplog: pytest.LogCaptureFixture) -> None:
    mailer.append(smtplib.SMTPRecipientsRefused({RECIPIENT.email: (550, b"no such user")}))
    needing()
    sweep()
    assert "SMTPRecipientsRefused" in caplog.text
    assert RECIPIENT.email not in caplog.text

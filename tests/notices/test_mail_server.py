"""Mails over a real connection: told once, or clerks are told why not."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.models import MorningMail
from deliver_to_po.notices.jobs import MORNING_MAIL
from deliver_to_po.notices.sending import RETRY_AFTER_SECONDS
from deliver_to_po.operations.checks.mail import SMTP
from tests.notices.mail_server import HANGS_UP, SILENT, MailServer
from tests.notices.needing import START, needing, notice, sweep
from tests.rounds import do_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def server(settings: Any, change_settings: Any) -> Iterator[MailServer]:
    """Return the mail server that the shop writes through, with clerks that it writes to."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        host, port = server.server_address[:2]
        if hasattr(settings, "MAILERS"):
            settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": {"host": host, "port": port, "timeout": 0.2}}}
        else:
            settings.EMAIL_BACKEND = SMTP
            settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = host, port, 0.2
        change_settings(CLERKS=("desk@shop.example.com",))
        yield server
        server.shutdown()


def all_tries(clock: Any) -> None:
    """Sweep now, and after each wait."""
    for wait in (0.0, *RETRY_AFTER_SECONDS):
        clock.shift(timedelta(seconds=wait))
        sweep()


@pytest.mark.parametrize(("command", "answer"), [("MAIL", "500 no"), ("RCPT", "550 nobody"), ("TEXT", "554 spam")])
def test_what_is_refused_for_good_fails_at_once_and_the_clerks_hear_within_a_minute(
    clock: Any, server: MailServer, command: str, answer: str
) -> None:
    server.says[command] = [answer]
    delivery = needing()
    sweep()
    clock.shift(timedelta(minutes=1))
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.FAILED, NoticeProblem.REFUSED)
    assert "we could not e-mail the buyer" in " ".join(server.taken[-1].split())


@pytest.mark.usefixtures("server")
def test_an_address_that_nobody_can_write_to_fails_at_once(shop_says: Any) -> None:
    shop_says("email", "ann@example.com, ben@example.com")
    delivery = needing()
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.FAILED, NoticeProblem.REFUSED)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("CONNECT", "421 later"),
        ("CONNECT", SILENT),
        ("CONNECT", HANGS_UP),
        ("RCPT", "451 later"),
        ("DATA", "451 later"),
        ("TEXT", "452 later"),
    ],
)
def test_a_mail_server_that_is_away_or_says_not_now_is_asked_again(
    clock: Any, server: MailServer, command: str, answer: str
) -> None:
    server.says[command] = [answer] * 4
    delivery = needing()
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem, row.begun) == (NoticeOutcome.TO_SEND, NoticeProblem.NOT_TAKEN, False)
    all_tries(clock)
    row.refresh_from_db()
    assert row.outcome == NoticeOutcome.SENT


@pytest.mark.parametrize("answer", [SILENT, HANGS_UP])
def test_a_mail_server_that_dies_after_the_text_gets_it_once_and_clerks_are_told_that_nobody_knows(
    clock: Any, server: MailServer, answer: str
) -> None:
    server.says["TEXT"] = [answer]
    delivery = needing()
    all_tries(clock)
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.FAILED, NoticeProblem.INTERRUPTED)
    *to_buyer, to_clerks = (text for text in server.taken if "Reminder" not in text)
    assert len(to_buyer) == 1
    assert "do not know whether the e-mail arrived" in " ".join(to_clerks.split())


@pytest.mark.parametrize(
    ("command", "answer", "ended", "mails"),
    [("TEXT", "554 spam", True, 1), ("TEXT", "451 later", False, 3), ("TEXT", SILENT, True, 1)],
)
def test_the_morning_mail_is_sent_again_only_where_that_may_help(
    clock: Any, server: MailServer, command: str, answer: str, ended: bool, mails: int
) -> None:
    server.says[command] = [answer] * 2
    needing()
    MorningMail.objects.create(day=START.date(), due_at=START)
    for wait in (0.0, 60.0, 300.0):
        clock.shift(timedelta(seconds=wait))
        do_job(MORNING_MAIL)
        if not wait:
            assert (MorningMail.objects.get().ended_at is not None) == ended
    assert (len(server.taken), MorningMail.objects.get().sent) == (mails, not ended)

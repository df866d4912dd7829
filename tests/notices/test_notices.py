"""Notices: who is written to when a post office is to be chosen, when, in which words, and once."""

import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from deliver_to_po import links, signals
from deliver_to_po.adapter import order_adapter
from deliver_to_po.choices import Change, DeliveryState, NoticeKind, NoticeOutcome, NoticeProblem, Reason
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.notices import sending
from deliver_to_po.notices.jobs import NOTICES
from deliver_to_po.notices.writing import send_again, write_notices
from deliver_to_po.outbox.claiming import claim, claim_next, work
from tests.factories import RECIPIENT, make_delivery

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
START = datetime(2026, 11, 26, 15, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def clock() -> Iterator[Any]:
    """Let a test move the time."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mailer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a list of what the mail server does with the next messages: an error to raise, or None to take it."""
    answers: list[Exception | None] = []
    real = EmailBackend.send_messages

    def send(self: Any, messages: Any) -> int:
        if answers and (error := answers.pop(0)):
            raise error
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return answers


def needing(language: str = "en", **fields: Any) -> Delivery:
    """Return a delivery whose post office has just been found closed."""
    delivery = make_delivery(state=DeliveryState.PLACED, language=language, office_name="Counter & Sons", **fields)
    assert move_delivery(delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_NO_LONGER)
    return delivery


def sweep() -> None:
    """Write and send what is due."""
    write_notices()
    while (row := claim_next(NOTICES)) is not None:
        work(NOTICES, row)


def kinds_sent() -> list[str]:
    return list(Notice.objects.filter(outcome=NoticeOutcome.SENT).order_by("sent_at").values_list("kind", flat=True))


def notice(kind: NoticeKind, delivery: Delivery) -> Notice:
    return Notice.objects.get(kind=kind, delivery=delivery)


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("en", "TEST – Please choose the post office for your order", "Counter & Sons, no longer takes parcels."),
        (
            "fr",
            "ESSAI – Veuillez choisir le bureau de poste pour votre commande",
            "Counter & Sons, n’accepte plus les colis.",
        ),
    ],
)
def test_the_buyer_is_written_to_in_their_language(language: str, subject: str, sentence: str) -> None:
    delivery = needing(language, recipient=RECIPIENT)
    sweep()
    [message] = mail.outbox
    assert message.subject == f"{subject} {delivery.reference}"
    assert sentence in message.body
    url = next(line for line in message.body.splitlines() if line.startswith("https://shop.example.com/"))
    assert f"/again/{language}/" in url
    assert links.delivery_for(url.rstrip("/").rsplit("/", 1)[1]) == delivery
    assert isinstance(message, EmailMultiAlternatives)
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert f'<a href="{url}">' in str(html)
    assert "Counter &amp; Sons" in str(html)
    personal = (RECIPIENT.name, RECIPIENT.phone, RECIPIENT.address.line_1, RECIPIENT.address.postal_code)
    assert not [text for text in personal if text in message.body + str(html)]


def test_the_shop_says_who_the_buyer_is_and_else_it_is_the_recipient(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = type(order_adapter())
    monkeypatch.setattr(ours, "email", lambda self, order: "buyer@example.com")
    needing()
    sweep()
    monkeypatch.setattr(ours, "email", lambda self, order: 1 / 0)
    needing()
    sweep()
    assert [message.to for message in mail.outbox] == [["buyer@example.com"], [RECIPIENT.email]]


def test_one_occasion_is_told_of_once_however_often_it_is_swept() -> None:
    needing()
    needing()
    for _ in range(3):
        sweep()
    assert len(mail.outbox) == 2
    assert Notice.objects.count() == 6


def test_the_next_closing_is_another_occasion(clock: Any) -> None:
    delivery = needing()
    sweep()
    move_delivery(delivery, Change.REOPEN, reason=Reason.NONE)
    move_delivery(delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_GONE)
    sweep()
    assert len(mail.outbox) == 2
    clock.shift(timedelta(days=4))
    sweep()
    # One reminder, of the occasion that lasts.
    assert [message.subject.startswith("TEST – Reminder:") for message in mail.outbox] == [False, False, True]


def test_reminded_after_three_days_and_after_three_more_the_clerks_are_told(clock: Any, change_settings: Any) -> None:
    change_settings(CLERKS=("desk@shop.example.com", "boss@shop.example.com"))
    delivery = needing()
    for _ in range(8):
        sweep()
        clock.shift(timedelta(days=1))
    assert kinds_sent() == ["choose", "remind", "clerks"]
    days = [(row.sent_at - START).days for row in Notice.objects.order_by("sent_at") if row.sent_at]
    assert days == [0, 3, 6]
    clerks = mail.outbox[-1]
    assert clerks.to == ["desk@shop.example.com", "boss@shop.example.com"]
    assert clerks.subject == f"TEST – Order {delivery.reference} still needs a post office"
    assert f"/deliver_to_po/delivery/{delivery.pk}/change/" in clerks.body
    assert "was asked by e-mail" in clerks.body
    assert RECIPIENT.name not in clerks.body


def test_without_clerks_nobody_is_told(clock: Any) -> None:
    delivery = needing()
    clock.shift(timedelta(days=0))
    sweep()
    clock.shift(timedelta(days=7))
    sweep()
    assert notice(NoticeKind.CLERKS, delivery).outcome == NoticeOutcome.NOT_NEEDED
    assert kinds_sent() == ["choose", "remind"]


def test_whoever_has_chosen_is_not_reminded(clock: Any, change_settings: Any) -> None:
    change_settings(CLERKS=("desk@shop.example.com",))
    delivery = needing()
    sweep()
    move_delivery(delivery, Change.CHOOSE_AGAIN, reason=Reason.NONE, choice=1)
    clock.shift(timedelta(days=9))
    sweep()
    assert kinds_sent() == ["choose"]
    assert notice(NoticeKind.REMIND, delivery).outcome == NoticeOutcome.NOT_NEEDED


def test_a_mail_server_that_says_no_is_asked_again_and_then_the_clerks_are_told(
    clock: Any, mailer: Any, change_settings: Any
) -> None:
    change_settings(CLERKS=("desk@shop.example.com",))
    mailer.extend([smtplib.SMTPServerDisconnected("away")] * 6)
    delivery = needing()
    for wait in (0.0, *sending.RETRY_AFTER_SECONDS):
        clock.shift(timedelta(seconds=wait))
        sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem, row.tries) == (NoticeOutcome.FAILED, NoticeProblem.NOT_TAKEN, 5)
    [clerks] = mail.outbox
    assert "we could not write to its buyer" in clerks.body
    assert len(mailer) == 0


def test_a_mail_server_that_comes_back_gets_it(clock: Any, mailer: Any) -> None:
    mailer.append(OSError("no route"))
    delivery = needing()
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem, row.begun) == ("", NoticeProblem.NOT_TAKEN, 0)
    clock.shift(timedelta(seconds=59))
    sweep()
    assert mail.outbox == []
    clock.shift(timedelta(seconds=2))
    sweep()
    row.refresh_from_db()
    assert (row.outcome, row.problem, len(mail.outbox)) == (NoticeOutcome.SENT, "", 1)


class Killed(BaseException):
    """What no handler sees: the process is gone."""


def test_a_worker_that_is_killed_while_it_sends_may_send_twice_and_no_more(
    clock: Any, mailer: Any, change_settings: Any
) -> None:
    mailer.extend([Killed(), Killed(), None])
    delivery = needing()
    write_notices()
    for _ in range(2):
        with pytest.raises(Killed):
            sweep()
        assert claim(NOTICES, notice(NoticeKind.CHOOSE, delivery).pk) is None
        clock.shift(timedelta(hours=1))
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.FAILED, NoticeProblem.INTERRUPTED)
    assert mail.outbox == []
    assert mailer == [None]


def test_a_worker_that_is_killed_once_leaves_the_e_mail_to_the_next(clock: Any, mailer: Any) -> None:
    mailer.append(Killed())
    delivery = needing()
    with pytest.raises(Killed):
        sweep()
    assert notice(NoticeKind.CHOOSE, delivery).begun == 1
    clock.shift(timedelta(hours=1))
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.begun, len(mail.outbox)) == (NoticeOutcome.SENT, 0, 1)


def test_two_workers_do_not_send_the_same(clock: Any) -> None:
    delivery = needing()
    write_notices()
    pk = notice(NoticeKind.CHOOSE, delivery).pk
    first, second = claim(NOTICES, pk), claim(NOTICES, pk)
    assert second is None
    # The lease of the first ends while it is away; another worker sends, and the first finds its lease gone.
    clock.shift(timedelta(hours=1))
    work(NOTICES, claim(NOTICES, pk))
    work(NOTICES, first)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("settings_", "fields", "problem"),
    [
        ({"SITE_URL": ""}, {}, NoticeProblem.NO_SITE_URL),
        ({}, {"recipient_email": ""}, NoticeProblem.NO_ADDRESS),
    ],
)
def test_what_cannot_be_sent_says_why_and_the_clerks_are_told_at_once(
    change_settings: Any, monkeypatch: pytest.MonkeyPatch, settings_: Any, fields: Any, problem: str
) -> None:
    monkeypatch.setattr(type(order_adapter()), "email", lambda self, order: "")
    change_settings(CLERKS=("desk@shop.example.com",), **settings_)
    delivery = needing()
    if fields:
        nobody = dict.fromkeys([name.name for name in Delivery._meta.fields if name.name.startswith("recipient")], "")
        Delivery.objects.filter(pk=delivery.pk).update(office_id="", **nobody)
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.FAILED, problem)
    assert [message.to for message in mail.outbox] == [["desk@shop.example.com"]]


def test_a_shop_that_writes_itself_is_told_instead(
    clock: Any, change_settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    change_settings(NOTICES=False)
    heard: list[dict[str, Any]] = []

    def hear(sender: Any, **said: Any) -> None:
        heard.append(said)

    signals.notice.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            delivery = needing()
            sweep()
            clock.shift(timedelta(days=3))
            sweep()
    finally:
        signals.notice.disconnect(hear)
    assert mail.outbox == []
    told = {"delivery_id": delivery.pk, "order_pk": delivery.order_id, "reason": Reason.OFFICE_NO_LONGER}
    assert [{name: said[name] for name in told} for said in heard] == [told, told]
    assert [said["kind"] for said in heard] == ["choose", "remind"]
    assert notice(NoticeKind.CHOOSE, delivery).outcome == NoticeOutcome.LEFT_TO_SHOP


def test_a_clerk_sends_it_again() -> None:
    delivery, other = needing(), needing()
    sweep()
    assert send_again(delivery)
    sweep()
    assert len(mail.outbox) == 3
    assert delivery.reference in mail.outbox[-1].subject
    assert notice(NoticeKind.CHOOSE, other).outcome == NoticeOutcome.SENT


def test_there_is_nothing_to_send_again_to_whoever_has_chosen() -> None:
    delivery = needing()
    move_delivery(delivery, Change.CHOOSE_AGAIN, reason=Reason.NONE)
    assert not send_again(delivery)
    assert Notice.objects.count() == 0


def test_there_is_nothing_to_send_again_for_an_order_that_goes_home(monkeypatch: pytest.MonkeyPatch) -> None:
    home, other = needing(), needing()
    ours = type(order_adapter())
    monkeypatch.setattr(ours, "goes_to_post_office", lambda self, order: order != home.order)
    assert [send_again(home), send_again(other)] == [False, True]
    assert {row.delivery for row in Notice.objects.all()} == {other}


def test_the_log_tells_no_address(clock: Any, mailer: Any, caplog: pytest.LogCaptureFixture) -> None:
    mailer.append(smtplib.SMTPRecipientsRefused({RECIPIENT.email: (550, b"no such user")}))
    needing()
    sweep()
    assert "SMTPRecipientsRefused" in caplog.text
    assert RECIPIENT.email not in caplog.text


@pytest.mark.parametrize(("reason", "written"), [(Reason.OFFICE_GONE, 0), (Reason.CHOICE_ERASED, 1)])
def test_who_wished_to_be_forgotten_is_not_written_to(
    monkeypatch: pytest.MonkeyPatch, reason: str, written: int
) -> None:
    monkeypatch.setattr(type(order_adapter()), "email", lambda self, order: "buyer@example.com")
    delivery = needing()
    Delivery.objects.filter(pk=delivery.pk).update(erased_at=timezone.now(), reason=reason)
    sweep()
    assert len(mail.outbox) == written


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nobody_is_asked_for_the_post_office_of_an_order_that_goes_home(
    monkeypatch: pytest.MonkeyPatch, clock: Any, change_settings: Any, language: str
) -> None:
    change_settings(CLERKS=("desk@shop.example.com",))
    home, other = needing(language), needing(language)
    ours = type(order_adapter())
    monkeypatch.setattr(ours, "goes_to_post_office", lambda self, order: order != home.order)
    for _ in range(8):
        sweep()
        clock.shift(timedelta(days=1))
    assert {row.outcome for row in Notice.objects.filter(delivery=home)} == {NoticeOutcome.NOT_NEEDED}
    # The bystander is asked, reminded, and told of.
    assert len(mail.outbox) == 3
    assert all(other.reference in message.subject for message in mail.outbox)


def test_a_shop_that_cannot_say_where_an_order_goes_keeps_nobody_from_being_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(type(order_adapter()), "goes_to_post_office", lambda self, order: 1 / 0)
    needing()
    sweep()
    assert len(mail.outbox) == 1


def test_a_shop_that_writes_itself_is_not_told_of_an_order_that_goes_home(
    monkeypatch: pytest.MonkeyPatch, change_settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    change_settings(NOTICES=False)
    monkeypatch.setattr(type(order_adapter()), "goes_to_post_office", lambda self, order: False)
    heard: list[dict[str, Any]] = []
    with django_capture_on_commit_callbacks(execute=True):
        delivery = needing()
        signals.notice.connect(lambda sender, **said: heard.append(said), weak=False, dispatch_uid="home")
        try:
            sweep()
        finally:
            signals.notice.disconnect(dispatch_uid="home")
    assert heard == []
    assert notice(NoticeKind.CHOOSE, delivery).outcome == NoticeOutcome.NOT_NEEDED

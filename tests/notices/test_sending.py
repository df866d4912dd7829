"""Whether a notice is still needed, is left to the shop, or is given up."""

import smtplib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from deliver_to_po import signals
from deliver_to_po.core.choices import Change, NoticeKind, NoticeOutcome, NoticeProblem, Reason, Scan
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.notices import kinds, sending
from deliver_to_po.notices.occasions import ask_again, write_notices
from tests.examination.health.asking import found
from tests.notices.needing import kinds_sent, needing, notice, sweep
from tests.notices.parcels import OTHER, in_the_post, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


def test_whoever_has_chosen_is_not_reminded(clock: Any, change_settings: Any) -> None:
    change_settings(CLERKS=("desk@shop.example.com",))
    delivery = needing()
    sweep()
    move_delivery(delivery, Change.CHOOSE_AGAIN, reason=Reason.NONE, choice=1)
    clock.shift(timedelta(days=9))
    sweep()
    assert kinds_sent() == ["choose"]
    assert notice(NoticeKind.REMIND, delivery).outcome == NoticeOutcome.NOT_NEEDED


def test_who_asks_to_cancel_is_reminded_only_if_staff_let_the_delivery_go_on(clock: Any) -> None:
    delivery = needing()
    sweep()
    Delivery.objects.filter(pk=delivery.pk).update(wished=Reason.BUYER_CANCELS)
    clock.shift(timedelta(days=4))
    sweep()
    assert kinds_sent() == ["choose"]
    assert not sending.will_be_sent(notice(NoticeKind.REMIND, delivery))
    Delivery.objects.filter(pk=delivery.pk).update(wished="")
    clock.shift(timedelta(hours=2))
    sweep()
    assert kinds_sent() == ["choose", "remind"]


def test_a_mail_server_that_says_not_now_is_asked_again_and_then_the_clerks_are_told(
    clock: Any, mailer: Any, change_settings: Any
) -> None:
    change_settings(CLERKS=("desk@shop.example.com",))
    mailer.extend([smtplib.SMTPDataError(451, b"later")] * 6)
    delivery = needing()
    for wait in (0.0, *sending.RETRY_AFTER_SECONDS):
        clock.shift(timedelta(seconds=wait))
        sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem, row.tries) == (NoticeOutcome.FAILED, NoticeProblem.NOT_TAKEN, 5)
    [clerks] = mail.outbox
    assert "we could not e-mail the buyer" in clerks.body
    assert len(mailer) == 0


def test_what_tells_of_a_parcel_goes_out_once_the_mail_server_is_back_after_a_weekend(
    clock: Any, mailer: Any, change_settings: Any
) -> None:
    shipment, tries = in_the_post(), sending.MOST_TRIES_OF_PARCEL
    mailer.extend([smtplib.SMTPDataError(451, b"later")] * tries)
    seen(shipment, Scan.READY, at=OTHER)
    sweep()
    assert found("mails").ok
    for wait in sending.RETRY_AFTER_SECONDS:
        clock.shift(timedelta(seconds=wait))
        sweep()
    # Health tells of it meanwhile.
    assert found("mails").counts == {NoticeProblem.NOT_TAKEN: 1}
    for _ in range(tries - len(sending.RETRY_AFTER_SECONDS)):
        clock.shift(timedelta(hours=6))
        sweep()
    assert kinds_sent() == ["elsewhere"]
    assert found("mails").ok


def test_a_mail_to_the_clerks_that_is_just_being_sent_is_left_to_whoever_sends_it(clock: Any, mailer: Any) -> None:
    mailer.append(smtplib.SMTPDataError(550, b"no"))
    delivery = needing()
    write_notices()
    leased = {"lease": uuid4(), "due_at": timezone.now() + timedelta(minutes=5)}
    Notice.objects.filter(kind=NoticeKind.CLERKS).update(**leased)
    sweep()
    assert notice(NoticeKind.CHOOSE, delivery).problem == NoticeProblem.REFUSED
    row = notice(NoticeKind.CLERKS, delivery)
    assert (row.lease, row.due_at) == tuple(leased.values())


def test_an_error_that_nobody_foresaw_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = needing()
    monkeypatch.setattr(kinds, "with_html", lambda *arguments: 1 / 0)
    sweep()
    row = notice(NoticeKind.CHOOSE, delivery)
    assert (row.outcome, row.problem) == (NoticeOutcome.TO_SEND, NoticeProblem.CRASHED)
    assert notice(NoticeKind.REMIND, delivery).problem == NoticeProblem.NONE


def test_a_shop_that_writes_itself_is_told_instead(
    clock: Any, change_settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    change_settings(NOTICES=False, CLERKS=("desk@shop.example.com",))
    heard: list[dict[str, Any]] = []

    def hear(sender: Any, **said: Any) -> None:
        heard.append(said)

    signals.notice.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            delivery, shipment = needing(), in_the_post()
            seen(shipment, Scan.READY, at=OTHER)
            sweep()
            clock.shift(timedelta(days=3))
            sweep()
            assert mail.outbox == []
            clock.shift(timedelta(days=3))
            sweep()
    finally:
        signals.notice.disconnect(hear)
    [clerks] = mail.outbox
    assert "was asked by e-mail for a post office and has not chosen one" in clerks.body
    names = ("kind", "delivery_id", "order_pk", "reason", "shipment_pk")
    told = {tuple(said[name] for name in names) for said in heard}
    asked = (delivery.pk, delivery.order_id, Reason.OFFICE_NO_LONGER, None)
    elsewhere = ("elsewhere", shipment.delivery_id, shipment.delivery.order_id, Reason.NONE, shipment.pk)
    assert (len(heard), told) == (3, {("choose", *asked), ("remind", *asked), elsewhere})
    assert notice(NoticeKind.CHOOSE, delivery).outcome == NoticeOutcome.LEFT_TO_SHOP


def test_nobody_is_asked_for_the_post_office_of_an_order_that_goes_home(
    shop_says: Any, clock: Any, change_settings: Any
) -> None:
    change_settings(CLERKS=("desk@shop.example.com",))
    home, other = needing(), needing()
    shop_says("goes_to_post_office", lambda order: order != home.order)
    for _ in range(8):
        sweep()
        clock.shift(timedelta(days=1))
    assert {row.outcome for row in Notice.objects.filter(delivery=home)} == {NoticeOutcome.NOT_NEEDED}
    # The bystander is asked, reminded, and told of.
    assert len(mail.outbox) == 3
    assert all(other.reference in message.subject for message in mail.outbox)


def test_a_shop_that_cannot_say_where_an_order_goes_keeps_nobody_from_being_asked(shop_says: Any) -> None:
    shop_says("goes_to_post_office", lambda _: 1 / 0)
    needing()
    sweep()
    assert len(mail.outbox) == 1


def test_a_copy_of_the_shop_with_live_off_writes_to_no_buyer_of_a_real_delivery(
    clock: Any, change_settings: Any
) -> None:
    change_settings(CANADA_POST={"LIVE": True})
    begun, not_begun = needing(live=True), needing(live=True)
    write_notices()
    change_settings(CANADA_POST={"LIVE": False})
    Notice.objects.filter(delivery=not_begun).delete()
    clock.shift(timedelta(days=9))
    sweep()
    assert mail.outbox == []
    assert not ask_again(begun)
    change_settings(CANADA_POST={"LIVE": True})
    sweep()
    assert notice(NoticeKind.CHOOSE, begun).outcome == NoticeOutcome.SENT
    assert notice(NoticeKind.CHOOSE, not_begun).outcome == NoticeOutcome.SENT

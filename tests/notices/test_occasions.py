"""Which notices are written, and when each is due."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from deliver_to_po.core.choices import Change, NoticeKind, NoticeOutcome, Reason
from deliver_to_po.models import Notice
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.notices.occasions import ask_again, write_notices
from tests.factories import RECIPIENT
from tests.notices.needing import START, kinds_sent, needing, notice, sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


def test_one_occasion_is_told_of_once_however_often_it_is_swept() -> None:
    needing()
    needing()
    assert [write_notices(), write_notices()] == [2, 0]
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
    assert ask_again(delivery)
    assert list(Notice.objects.filter(outcome=NoticeOutcome.TO_SEND, kind=NoticeKind.CHOOSE)) == [
        delivery.notices.filter(kind=NoticeKind.CHOOSE).latest("pk")
    ]


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
    assert clerks.subject == f"TEST – Order {delivery.reference} still has no post office"
    assert f"/deliver_to_po/delivery/{delivery.pk}/change/" in clerks.body
    assert "was asked by e-mail" in clerks.body
    assert RECIPIENT.name not in clerks.body


def test_a_clerk_sends_it_again() -> None:
    delivery, other = needing(), needing()
    sweep()
    assert ask_again(delivery)
    sweep()
    assert len(mail.outbox) == 3
    assert delivery.reference in mail.outbox[-1].subject
    assert notice(NoticeKind.CHOOSE, other).outcome == NoticeOutcome.SENT


def test_there_is_nothing_to_send_again_to_whoever_has_chosen() -> None:
    delivery = needing()
    move_delivery(delivery, Change.CHOOSE_AGAIN, reason=Reason.NONE)
    assert not ask_again(delivery)
    assert Notice.objects.count() == 0


def test_there_is_nothing_to_send_again_for_an_order_that_goes_home(shop_says: Any) -> None:
    home, other = needing(), needing()
    shop_says("goes_to_post_office", lambda order: order != home.order)
    assert [ask_again(home), ask_again(other)] == [False, True]
    assert {row.delivery for row in Notice.objects.all()} == {other}

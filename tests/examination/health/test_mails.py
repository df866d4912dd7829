"""E-mails that failed, and those that cannot be written."""

from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.notices import kinds
from deliver_to_po.notices.occasions import ask_again, write_notices
from tests.examination.health.asking import ago, found
from tests.factories import make_delivery
from tests.notices.needing import needing, sweep

pytestmark = pytest.mark.django_db


def test_e_mails_of_the_last_day_that_failed_are_counted_by_what_is_wrong() -> None:
    delivery = make_delivery()
    for number, (problem, hours) in enumerate([("no_address", 1), ("no_address", 2), ("refused", 30)]):
        failed_at = {"outcome": NoticeOutcome.FAILED, "problem": problem, "due_at": ago(hours=hours)}
        Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion=number, **failed_at)
    failed = found("mails")
    assert (failed.ok, failed.value, failed.counts) == (False, 2, {NoticeProblem.NO_ADDRESS: 2})
    assert found("mails", Limits(mails=2)).ok


def test_an_e_mail_that_crashes_each_time_is_told_of_for_as_long_as_it_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delivery = needing()
    monkeypatch.setattr(kinds, "with_html", lambda *args: 1 / 0)
    sweep()
    crashed = found("mails")
    assert crashed.counts == {NoticeProblem.CRASHED: 1}
    assert "0 could not be sent; e-mails that cannot be written: 1" in crashed.says
    # In a copy of the shop, with LIVE off, nobody writes to its real buyers.
    Delivery.objects.update(live=True)
    assert found("mails").ok
    Delivery.objects.update(live=False)
    # Mended: the clerk sends it again, or the next try does.
    monkeypatch.undo()
    assert ask_again(delivery)
    sweep()
    assert found("mails").ok


def test_an_e_mail_that_was_planned_days_before_it_failed_is_one_of_the_last_day(change_settings: Any) -> None:
    change_settings(SITE_URL="")
    needing()
    write_notices()
    Notice.objects.filter(kind=NoticeKind.REMIND).update(created_at=ago(days=3), due_at=timezone.now())
    sweep()
    assert found("mails").counts == {NoticeProblem.NO_SITE_URL: 2}

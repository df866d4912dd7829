"""Sending a notice that is due, or ending it without: it is not needed, left to the shop, or given up."""

import logging
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from deliver_to_po import signals
from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.core.conf import app_settings
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.models.only import only
from deliver_to_po.notices.about import may_come_to_be_so, shipment_of, written_about
from deliver_to_po.notices.kinds import KINDS, LOOK_AGAIN_SECONDS, waits_for_answer
from deliver_to_po.notices.mailing import Mailed, Written, end, put_off, send, wait_until
from deliver_to_po.outbox.claiming import after

log = logging.getLogger(__name__)

# How long to wait after a mail server did not take it. Then clerks are told that a buyer could not be asked; what tells
# of a parcel is tried for three more days, such as over a weekend without a mail server.
RETRY_AFTER_SECONDS = (60.0, 300.0, 1800.0, 7200.0, 21600.0)
MOST_TRIES_OF_PARCEL = len(RETRY_AFTER_SECONDS) + 12
PROBLEMS = {
    Mailed.NOT_SENT: NoticeProblem.NOT_TAKEN,
    Mailed.REFUSED: NoticeProblem.REFUSED,
    Mailed.UNKNOWN: NoticeProblem.INTERRUPTED,
}


def to_send() -> QuerySet[Notice]:
    """Return the notices that are not sent yet, due or not; with LIVE off those of real deliveries wait."""
    rows = Notice.objects.filter(outcome=NoticeOutcome.TO_SEND, delivery__in=written_about())
    return rows.select_related("delivery")


def send_due(notice: Notice) -> bool:
    """Send one notice that this worker has under lease, or end it without; return False, since one step is all."""
    kind, delivery = KINDS[notice.kind], _needed_by(notice)
    if delivery is None and kind.of_parcel and kind.is_on and may_come_to_be_so(notice):
        wait_until(notice, after(LOOK_AGAIN_SECONDS))
    elif delivery is None:
        # It is no longer so: the buyer has chosen, the parcel is picked up, or the shop no longer wants to tell it.
        end(notice, outcome=NoticeOutcome.NOT_NEEDED)
    elif notice.begun:
        _give_up(notice, NoticeProblem.INTERRUPTED)
    else:
        message = kind.write(notice, delivery)
        if kind.to_buyer and not app_settings.notices and message is not None and not isinstance(message, datetime):
            _leave_to_shop(notice, delivery)
        else:
            _send(notice, message)
    return False


def will_be_sent(notice: Notice) -> bool:
    """Say whether a notice that is not sent yet would still be when it is due, as things stand now."""
    somebody_writes = app_settings.notices if KINDS[notice.kind].to_buyer else bool(app_settings.clerks)
    needed_by = _needed_by(notice) if notice.outcome == NoticeOutcome.TO_SEND and somebody_writes else None
    return needed_by is not None and not waits_for_answer(notice, needed_by)


def _needed_by(notice: Notice) -> Delivery | None:
    """Return the delivery that a notice is about, None if what it tells is no longer so."""
    kind = KINDS[notice.kind]
    delivery: Delivery | None = only(kind.about().filter(pk=notice.delivery_id, occasion=notice.occasion))
    goes_home = delivery is not None and not kind.of_parcel and asking.surely_goes_elsewhere(delivery.order)
    return delivery if kind.is_on and not goes_home else None


def crashed(notice: Notice, error: Exception) -> None:
    """Write down that a step raised an unforeseen error; the row is due again by then."""
    Notice.objects.filter(pk=notice.pk).update(problem=NoticeProblem.CRASHED)


def _leave_to_shop(notice: Notice, delivery: Delivery) -> None:
    end(notice, outcome=NoticeOutcome.LEFT_TO_SHOP)
    signals.send_on_commit(
        signals.notice,
        Notice,
        delivery_id=delivery.pk,
        order_pk=delivery.order_id,
        reason=str(delivery.reason),
        kind=str(notice.kind),
        shipment_pk=shipment_of(notice).pk if KINDS[notice.kind].of_parcel else None,
    )


def _send(notice: Notice, message: Written) -> None:
    if message is None:
        end(notice, outcome=NoticeOutcome.NOT_NEEDED)
    elif isinstance(message, datetime):
        wait_until(notice, message)
    elif isinstance(message, NoticeProblem):
        _give_up(notice, message)
    elif (mailed := send(notice, message)) == Mailed.SENT:
        end(notice, outcome=NoticeOutcome.SENT, sent_at=timezone.now(), problem=NoticeProblem.NONE, begun=False)
    elif (problem := PROBLEMS.get(mailed)) is not None:
        _once_more_or_never(notice, mailed, problem)


def _once_more_or_never(notice: Notice, mailed: Mailed, problem: NoticeProblem) -> None:
    most = MOST_TRIES_OF_PARCEL if KINDS[notice.kind].of_parcel else len(RETRY_AFTER_SECONDS)
    if mailed != Mailed.NOT_SENT or notice.tries >= most:
        _give_up(notice, problem)
    else:
        put_off(notice, RETRY_AFTER_SECONDS, problem=problem)


def _give_up(notice: Notice, problem: NoticeProblem) -> None:
    """End a notice that cannot be sent. If it was the buyer's, the clerks are told now instead of later."""
    log.error("Notice %s is not sent: %s", notice.pk, problem.value)
    # When it failed is kept: a reminder is written days before.
    end(notice, due_at=timezone.now(), outcome=NoticeOutcome.FAILED, problem=problem)
    if not KINDS[notice.kind].of_parcel:
        clerks = Notice.objects.filter(delivery=notice.delivery_id, occasion=notice.occasion, kind=NoticeKind.CLERKS)
        clerks.filter(outcome=NoticeOutcome.TO_SEND, lease=None).update(due_at=timezone.now())

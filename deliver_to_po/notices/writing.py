"""Which notices there are: each time that a delivery comes to need a post office, its rows are written once.

Nothing calls this room: the sweep looks for deliveries that need a choice and have no notice of it. A sweep that was
down for an hour finds them an hour later, and none is lost.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from deliver_to_po import asking
from deliver_to_po.choices import Change, DeliveryState, NoticeKind, NoticeOutcome, NoticeProblem, Reason
from deliver_to_po.models import Delivery, History, Notice

AT_A_TIME = 200
# What a delivery's history says when it comes to need a choice.
OCCASIONS = (Change.NEED_CHOICE, Change.PLACE_UNCHOSEN, Change.ADD_UNCHOSEN)
# When each is due, counted from when the delivery was found.
AFTER = {
    NoticeKind.CHOOSE: timedelta(0),
    NoticeKind.REMIND: timedelta(days=3),
    NoticeKind.CLERKS: timedelta(days=6),
}


def needing_choice() -> QuerySet[Any]:
    """Return the deliveries that need a choice, each with the ``occasion``: the line of history that says so."""
    latest = History.objects.filter(delivery=OuterRef("pk"), change__in=OCCASIONS).order_by("-pk")
    # Who wished to be forgotten is not written to; a choice that was erased before its order came is made anew.
    known = Q(erased_at=None) | Q(reason=Reason.CHOICE_ERASED)
    waiting = Delivery.objects.filter(known, state=DeliveryState.NEEDS_CHOICE, stop_asked_at=None)
    return waiting.annotate(occasion=Subquery(latest.values("pk")[:1])).filter(occasion__isnull=False)


def write_notices() -> int:
    """Write the notices of deliveries that need a choice and have none of it yet; return of how many deliveries."""
    written = Notice.objects.filter(delivery=OuterRef("pk"), occasion=OuterRef("occasion"))
    found = needing_choice().filter(~Exists(written)).order_by("placed_at", "pk")[:AT_A_TIME]
    for delivery in found:
        _write(delivery.pk, delivery.occasion)
    return len(found)


def _write(delivery_pk: UUID, occasion: int) -> None:
    """Write the rows of one occasion; another sweep that does the same at the same moment writes none twice."""
    now = timezone.now()
    rows = [
        Notice(delivery_id=delivery_pk, kind=kind, occasion=occasion, due_at=now + wait) for kind, wait in AFTER.items()
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def send_again(delivery: Delivery) -> bool:
    """Make the e-mail to the buyer due now, whatever became of it before.

    False when the delivery needs no choice, or when the shop says plainly that its order goes elsewhere.
    """
    with transaction.atomic():
        waiting = needing_choice().filter(pk=delivery.pk).first()
        if waiting is None or asking.surely_goes_elsewhere(waiting.order):
            return False
        _write(waiting.pk, waiting.occasion)
        rows = Notice.objects.filter(delivery=waiting, occasion=waiting.occasion, kind=NoticeKind.CHOOSE, lease=None)
        return bool(
            rows.update(
                outcome=NoticeOutcome.TO_SEND,
                problem=NoticeProblem.NONE,
                sent_at=None,
                due_at=timezone.now(),
                tries=0,
                begun=0,
            )
        )

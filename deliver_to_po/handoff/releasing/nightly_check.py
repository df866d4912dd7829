"""Do the post offices of open orders still take parcels? Asked each night, one question for each office.

What is found closed needs another choice days before its label would be made; what is open again goes on by itself.
"""

from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import CLOSED_OFFICE, Change, DeliveryState, OfficeCheck, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import language_of
from deliver_to_po.core.shared_cache import claimed
from deliver_to_po.core.shop_time import is_night
from deliver_to_po.handoff.releasing.release import release_delivery
from deliver_to_po.models import Delivery
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.offices.check import ask_about
from deliver_to_po.outbox.jobs import Housekeeping

# An office that was asked about later than this, whoever asked, is not asked about again.
LATELY = timedelta(hours=20)
# Nor is one that was tried later than this: while it cannot be judged, the others get their turn.
TRIED_AGAIN_AFTER_SECONDS = 3600
AT_A_TIME = 20
EVERY_SECONDS = 600.0


def check_open_orders() -> int:
    """Ask at night about the offices of orders that are not handed off yet; return about how many was asked.

    While Canada Post cannot be asked, the rest is left for the next round.
    """
    if not is_night():
        return 0
    due = _open().filter(Q(office_checked_at=None) | Q(office_checked_at__lt=timezone.now() - LATELY))
    office_ids = due.order_by("office_id").values_list("office_id", flat=True).distinct()
    asked = 0
    for office_id in islice(filter(_claim, office_ids), AT_A_TIME):
        if not _check(office_id):
            break
        asked += 1
    return asked


def _open() -> QuerySet[Delivery]:
    """Return the deliveries that wait for their release, or for an office that has closed."""
    closed = Q(state=DeliveryState.NEEDS_CHOICE, reason__in=CLOSED_OFFICE.values())
    waiting = Q(state__in=(DeliveryState.PLACED, DeliveryState.HELD)) | closed
    live = app_settings.canada_post.live
    return Delivery.objects.filter(waiting, live=live, erased_at=None, stop_asked_at=None)


def _claim(office_id: str) -> bool:
    """Take an office for an hour; False if it was tried lately, by whomever."""
    return claimed(f"deliver_to_po.nightly.{office_id}", TRIED_AGAIN_AFTER_SECONDS)


def _check(office_id: str) -> bool:
    """Ask about one office and do what follows for each of its deliveries; say whether Canada Post could be asked."""
    rows = _open().filter(office_id=office_id)
    one = rows.first()
    if one is None:
        return True
    answer, error, *_ = ask_about(one.office, language_of(one.language), background=True)
    if answer == OfficeCheck.COULD_NOT_ASK:
        return error is None
    rows.update(office_check=answer, office_checked_at=timezone.now())
    if reason := CLOSED_OFFICE.get(answer):
        for delivery in rows.filter(state=DeliveryState.PLACED):
            move_delivery(delivery, Change.NEED_CHOICE, only_if=Q(office_id=office_id), reason=reason)
    else:
        rows.filter(reason=Reason.OFFICE_NOT_CHECKED).update(reason=Reason.NONE)
        for delivery in rows.filter(state=DeliveryState.NEEDS_CHOICE):
            _reopen(delivery)
    return True


def _reopen(delivery: Delivery) -> None:
    """Let a delivery go on whose office is open again: it is placed as it was, and released if that was asked."""
    still = Q(office_id=delivery.office_id, reason__in=CLOSED_OFFICE.values())
    with transaction.atomic():
        reopened = move_delivery(delivery, Change.REOPEN, only_if=still, reason=Reason.NONE)
        if reopened and delivery.release_asked_at is not None:
            release_delivery(delivery)


HOUSEKEEPING = (Housekeeping("offices of open orders checked", check_open_orders, AT_A_TIME, EVERY_SECONDS),)

"""What a lost or early call of the shop missed, what the shop has mended, and a pause that is over: the sweep helps."""

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.releasing.release import (
    SHOPS_MISTAKE,
    Released,
    release_delivery,
    release_if_mended,
    resume_delivery,
)
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from deliver_to_po.models.pause_in_force import current_pause
from deliver_to_po.outbox.each import each_by_itself
from deliver_to_po.outbox.jobs import Housekeeping

AT_A_TIME = 200
EVERY_SECONDS = 10.0
# A mistake that stays costs the log one line for each delivery so often.
MENDED_EVERY_SECONDS = 600.0


def release_what_is_paid() -> int:
    """Release deliveries whose order is paid, when RELEASE is "when_paid"; return how many were released.

    They are placed, or on hold because they were no longer paid.

    Each round asks the shop about AT_A_TIME, those first that it was asked about longest ago.
    """
    if app_settings.release != "when_paid":
        return 0
    unpaid = Q(state=DeliveryState.PLACED) | Q(state=DeliveryState.HELD, reason=Reason.NOT_PAID)
    waiting = Delivery.objects.filter(unpaid, erased_at=None)
    return each_by_itself("Release of", about_to_be_asked_about(waiting), _release_if_paid)


def about_to_be_asked_about(rows: QuerySet[Delivery]) -> list[Delivery]:
    """Return AT_A_TIME of the deliveries, those first that the shop was asked about longest ago, and write that down.

    Before it is asked: a question that kills a worker is in nobody's way in the next round.
    """
    longest_ago = rows.order_by(F("paid_asked_at").asc(nulls_first=True), "pk")
    chosen = list(longest_ago.select_related("order")[:AT_A_TIME])
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in chosen]).update(paid_asked_at=timezone.now())
    return chosen


def _release_if_paid(delivery: Delivery) -> bool:
    return asking.is_surely_paid(delivery.order) and release_delivery(delivery) == Released.RELEASED


def release_what_is_mended() -> int:
    """Ask the shop again about what is on hold for its own mistake; return how many deliveries go on."""
    lately = timezone.now() - timedelta(seconds=MENDED_EVERY_SECONDS)
    due = Q(paid_asked_at=None) | Q(paid_asked_at__lt=lately)
    held = Delivery.objects.filter(due, state=DeliveryState.HELD, reason__in=SHOPS_MISTAKE)
    waiting = held.filter(erased_at=None, stop_asked_at=None)
    return each_by_itself("Going on of", about_to_be_asked_about(waiting), release_if_mended)


def resume_after_pause() -> int:
    """Let deliveries go on that were placed during a pause which is over; return how many."""
    if current_pause():
        return 0
    waiting = Delivery.objects.filter(state=DeliveryState.HELD, reason=Reason.PAUSED, erased_at=None)
    return each_by_itself("Resuming of", waiting.order_by("placed_at", "pk")[:AT_A_TIME], resume_delivery)


HOUSEKEEPING = (
    Housekeeping("paid orders released", release_what_is_paid, AT_A_TIME, EVERY_SECONDS),
    Housekeeping("deliveries that the shop has mended", release_what_is_mended, AT_A_TIME),
    Housekeeping("deliveries resumed after a pause", resume_after_pause, AT_A_TIME),
)

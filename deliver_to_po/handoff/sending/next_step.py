"""The shipments that have a next step: which they are, how one is made due, and how its steps are done."""

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.core.choices.states import IN_PROGRESS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff import waking
from deliver_to_po.handoff.attempts import record
from deliver_to_po.handoff.changing.voiding import refund, void
from deliver_to_po.handoff.sending.labelling import fetch_label
from deliver_to_po.handoff.sending.looking_up import answer_lost, look_up
from deliver_to_po.handoff.sending.requesting import send_waiting
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import of_sendable
from deliver_to_po.models.pause_in_force import current_pause
from deliver_to_po.outbox.claiming import work_through
from deliver_to_po.outbox.jobs import Job

STEPS: Mapping[str, Callable[[Shipment], None]] = {
    ShipmentState.WAITING: send_waiting,
    ShipmentState.REQUESTED: answer_lost,
    ShipmentState.UNKNOWN: look_up,
    ShipmentState.MADE: fetch_label,
    ShipmentState.VOIDING: void,
    ShipmentState.REFUNDING: refund,
}


def workable() -> QuerySet[Shipment]:
    """Return the shipments that have a next step: one that waits only while its delivery is released."""
    rows = Shipment.objects.filter(Q(of_sendable(), state=ShipmentState.WAITING) | Q(state__in=IN_PROGRESS))
    return rows.select_related("delivery__order")


def _next_step(shipment: Shipment) -> bool:
    """Do what is next; say whether its label can be fetched at once, by the same worker under the same lease."""
    before = shipment.state
    STEPS[before](shipment)
    return shipment.state == ShipmentState.MADE != before and shipment.lease is not None


def _crashed(shipment: Shipment, error: Exception) -> None:
    # What the system says to hold is not sent again, and only its reason says so.
    Shipment.objects.filter(pk=shipment.pk).exclude(reason=Reason.NOT_FOUND).update(reason=Reason.CRASHED)
    record(shipment, HandoffStep.INTERNAL, Outcome.CRASHED)


SHIPMENTS = Job(
    name=waking.SHIPMENTS,
    rows=workable,
    step=_next_step,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: app_settings.handoff.retry_after_seconds[-1],
    crashed=_crashed,
    # What is begun is finished before more is begun.
    first=(lambda: Shipment.objects.filter(state__in=IN_PROGRESS),),
)


def hand_off(shipment_pk: int, *, now: bool = False) -> None:
    """Do every step that is due for one shipment; with ``now``, also one that is due only later.

    A shipment that another worker has under lease is left alone.
    """
    if now:
        make_due([shipment_pk])
    work_through(SHIPMENTS, shipment_pk)


def make_due(shipment_pks: Sequence[int]) -> int:
    """Make shipments due at once, but for those that a worker has under lease; return how many are."""
    return _without_lease().filter(pk__in=shipment_pks).update(due_at=timezone.now())


def end_pause() -> int:
    """Make due what waited for a pause that has ended or was shortened; returns how many shipments."""
    return 0 if current_pause() else _without_lease().filter(reason=Reason.PAUSED).update(due_at=timezone.now())


def _without_lease() -> QuerySet[Shipment]:
    return workable().filter(lease=None)

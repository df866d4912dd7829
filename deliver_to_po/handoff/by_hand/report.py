"""A report about a shipment that was handed over: its numbers, its label, or that it was not made.

It comes from the shipping system itself, from a file of its own, or from a clerk who types what it says. It is as good
as an answer, so it may come before the answer to our own request is written down.
"""

from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from deliver_to_po.core.choices import HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.core.choices.states import AWAITED, MAY_GET_A_LABEL
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.attempts import outcome_of, record
from deliver_to_po.handoff.changing.as_asked import do_as_asked
from deliver_to_po.handoff.frozen_request import made_fields, numbers_fit
from deliver_to_po.handoff.releasing.release import alone_with
from deliver_to_po.handoff.sending.labelling import EXTENSIONS, is_label
from deliver_to_po.handoff.stored_files import delete_former, write_file
from deliver_to_po.handoff.tracking_numbers import NumberOfAnother, own_number
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.models.shipment import label_name
from deliver_to_po.outbox.claiming import after
from deliver_to_po.shipping import Answer, Label, Made
from deliver_to_po.shipping.registry import usable_system


class Reported(StrEnum):
    """The result of a report; save for the first three nothing was changed."""

    #: It is written down.
    TAKEN = "taken"
    #: It was written down before.
    SAME_AGAIN = "same again"
    #: The numbers are written down; the recipient has been erased meanwhile, so no label is kept.
    ERASED = "erased"
    #: Nobody waits for a report about this shipment: it has not been sent, was refused or dropped, or is over.
    NOT_AWAITED = "not awaited"
    #: Other numbers of this shipment are known already.
    ALREADY_OTHER = "already other"
    #: The numbers are those of another shipment.
    TRACKING_NUMBER_TAKEN = "tracking number taken"
    #: There is no shipment id, or one of the numbers has line breaks or more than 40 characters.
    NUMBER_REFUSED = "number refused"
    #: The label cannot be printed.
    LABEL_UNREADABLE = "label unreadable"


def report_made(shipment_pk: int, made: Made, *, label: Label | None = None, user: Any = None) -> Reported:
    """Write down that a shipment was made, with its numbers, and its label if there is one; return the result.

    What was asked of its delivery meanwhile is done in the same transaction: a shipment that is no longer wanted is
    voided. A label that follows later is reported with the same numbers. ``made.suspended`` is not looked at.
    Raises Shipment.DoesNotExist; and what the storage of labels raises, when the same report may come again.
    """
    if not numbers_fit(made):
        return Reported.NUMBER_REFUSED
    if label is not None and not is_label(label):
        return Reported.LABEL_UNREADABLE
    delivery = Delivery.objects.get(pk=Shipment.objects.values("delivery_id").get(pk=shipment_pk)["delivery_id"])
    with alone_with(delivery):
        shipment = delivery.shipments.get(pk=shipment_pk)
        is_news = _is_awaited(shipment)
        numbers = (shipment.shipment_id, shipment.tracking_pin)
        if not is_news and numbers != (made.shipment_id, made.tracking_number):
            return Reported.ALREADY_OTHER if shipment.shipment_id else Reported.NOT_AWAITED
        if is_news and not _take_numbers(shipment, made, user):
            return Reported.TRACKING_NUMBER_TAKEN
        wants_label = label is not None and shipment.state in MAY_GET_A_LABEL
        name = _name_a_file(shipment, label) if label and wants_label and delivery.erased_at is None else ""
        if is_news and not name:
            _go_on_without_label(shipment)
    if label and name and not _keep_label(shipment, name, label):
        return Reported.TAKEN if is_news else Reported.SAME_AGAIN
    if wants_label and not name:
        return Reported.ERASED
    return Reported.TAKEN if is_news or name else Reported.SAME_AGAIN


def report_lost(shipment_pk: int, *, said: str = "", user: Any = None) -> Reported:
    """Write down that a shipment was not made, as ``said``, for a person to look at; return the result.

    Raises Shipment.DoesNotExist.
    """
    shipment = Shipment.objects.select_related("delivery").get(pk=shipment_pk)
    with transaction.atomic():
        if move_shipment(shipment, "report_lost", user=user, reason=Reason.REPORTED_LOST, reason_text=said):
            record(shipment, HandoffStep.REPORT, Outcome.REFUSED, Answer(said=said))
            return Reported.TAKEN
    same = shipment.state == ShipmentState.ATTENTION and shipment.reason == Reason.REPORTED_LOST
    return Reported.SAME_AGAIN if same else Reported.NOT_AWAITED


def note_not_taken(shipment_pk: int, reported: Reported) -> None:
    """Leave a trace of a report that was not taken among the shipment's attempts: once, however often it is repeated.

    Raises Shipment.DoesNotExist.
    """
    shipment = Shipment.objects.get(pk=shipment_pk)
    why = reported.name.lower()
    if not shipment.attempts.filter(step=HandoffStep.REPORT, outcome=Outcome.NOT_TAKEN, codes=why).exists():
        record(shipment, HandoffStep.REPORT, Outcome.NOT_TAKEN, Answer(codes=(why,)))


def _is_awaited(shipment: Shipment) -> bool:
    """Say whether an answer is to come, or a person looks for one that never came."""
    nobody_knows = shipment.state == ShipmentState.ATTENTION and not shipment.shipment_id
    return shipment.state in AWAITED or nobody_knows


def _take_numbers(shipment: Shipment, made: Made, user: Any) -> bool:
    """Write the numbers down, and do what was asked of the delivery meanwhile; ``shipment`` is reloaded.

    False when another shipment has one of them, even since a moment ago.
    """
    fields = made_fields(made) | {"reason": Reason.NONE, "reason_text": made.said, "tries": 0}
    if shipment.delivery.erased_at is not None:
        # What a system says may repeat what was sent.
        fields["system_data"] = {}
    if made.transmitted:
        fields["transmitted_at"] = timezone.now()
    # Should the label not be kept below, the row is looked at again.
    fields["due_at"] = after(app_settings.handoff.lease_seconds)
    try:
        with own_number(shipment, made) as number:
            moved = move_shipment(shipment, "report_made", user=user, **fields, **number)
    except NumberOfAnother:
        return False
    if moved:
        record(shipment, HandoffStep.REPORT, outcome_of(made), made)
        do_as_asked(shipment.delivery, user=user)
        shipment.refresh_from_db()
    return True


def _go_on_without_label(shipment: Shipment) -> None:
    """Fetch the label where the system has labels for us; else the shipment is done."""
    if shipment.state != ShipmentState.MADE:
        return
    if has_labels(shipment.system):
        Shipment.objects.filter(pk=shipment.pk).update(due_at=after(0))
        wake_after_commit([shipment.pk])
    else:
        move_shipment(shipment, "report_done")


def has_labels(alias: str) -> bool:
    system = usable_system(alias)
    # Whoever fetches labels waits until the system is set up again.
    return system is None or system.has_labels


def _name_a_file(shipment: Shipment, label: Label) -> str:
    """Return a name for the label's file that the row holds before it is written, so that no crash orphans a file."""
    name = label_name(shipment, f".{EXTENSIONS[label.media_type]}")
    Shipment.objects.filter(pk=shipment.pk).update(label_files=[*shipment.every_label_file, name])
    return name


def _keep_label(shipment: Shipment, name: str, label: Label) -> bool:
    """Write the file, and let the row name it; False when the shipment was voided or erased meanwhile."""
    earlier = shipment.every_label_file
    written = write_file(shipment.label.storage, name, label.content)
    fields: dict[str, Any] = {"label": written, "label_media_type": label.media_type}
    with transaction.atomic():
        kept = move_shipment(shipment, "report_label", reason=Reason.NONE, reason_text="", **fields)
        if kept:
            record(shipment, HandoffStep.LABEL, Outcome.LABEL_KEPT)
    for gone in earlier if kept else [written]:
        delete_former(shipment, shipment.label.storage, gone)
    return kept

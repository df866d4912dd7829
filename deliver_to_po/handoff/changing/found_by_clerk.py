"""What a clerk has found out: nothing of a shipment exists, it exists after all, or its old label is destroyed."""

from dataclasses import replace
from typing import Any

from deliver_to_po.core.choices import NoticeKind, Reason
from deliver_to_po.errors import MoveRefused, NumberRefused, NumberTaken
from deliver_to_po.handoff.changing.as_asked import do_as_asked
from deliver_to_po.handoff.changing.change import Changed, what_came_of_it
from deliver_to_po.handoff.frozen_request import numbers_fit
from deliver_to_po.handoff.releasing.release import alone_with
from deliver_to_po.handoff.tracking_numbers import NumberOfAnother, own_number
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.models import Notice, Shipment, Tracking
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.outbox.claiming import after
from deliver_to_po.shipping import Made

# What is to be corrected before the next revision, whatever a clerk has found out; other reasons are settled by it.
STILL_TRUE = (Reason.INVALID, Reason.REFUSED, Reason.OFFICE_NO_LONGER, Reason.OFFICE_GONE)
# What is told once of a shipment; its key is their occasion.
TOLD_ONCE = (NoticeKind.LABEL_MADE, NoticeKind.FIFTH_DAY, NoticeKind.LAST_DAYS, NoticeKind.RETURNING)


def label_destroyed(shipment: Shipment, *, user: Any = None, note: str = "") -> Changed:
    """Record that the old label is destroyed, as a person says. Its parcel's next revision follows, if one was wanted.

    Raises MoveRefused unless a refund was asked for and nobody has said so before.
    """
    with alone_with(shipment.delivery):
        shipment.refresh_from_db()
        if shipment.open_parcel is None or not move_shipment(shipment, "label_destroyed", user=user, note=note):
            raise MoveRefused
        do_as_asked(shipment.delivery, user=user)
    return Changed.NOTHING if shipment.change_asked_at is None else Changed.CHANGED


def nothing_exists(shipment: Shipment, *, user: Any = None, note: str = "") -> Changed:
    """Record that this shipment does not exist in the shipping system, or no longer: a person has looked there.

    What was asked of its delivery is done then: it is cancelled, or the next revision follows. Raises MoveRefused
    unless the shipment waits for a person.
    """
    with alone_with(shipment.delivery):
        shipment.refresh_from_db()
        settled: dict[str, Any] = {} if shipment.reason in STILL_TRUE else {"reason": Reason.NONE, "reason_text": ""}
        if not move_shipment(shipment, "not_made", user=user, note=note, **settled):
            raise MoveRefused
        do_as_asked(shipment.delivery, user=user)
    return Changed.NOTHING if shipment.change_asked_at is None else Changed.CHANGED


def parcel_exists(
    shipment: Shipment, shipment_id: str, tracking_number: str | None = None, *, user: Any = None, note: str = ""
) -> Changed:
    """Record that a person has found this shipment in the shipping system, under these numbers; its label is fetched.

    Without a tracking number the known one stays; ``""`` says that there is none. What was asked of its delivery is
    done then: what was found is voided or refunded. Raises NumberRefused for numbers that cannot be kept, NumberTaken
    for those of another shipment, and MoveRefused unless the shipment waits for a person.
    """
    found = Made(shipment_id=shipment_id.strip(), tracking_number=(tracking_number or "").strip())
    if tracking_number is None and shipment.shipment_id == found.shipment_id:
        found = replace(found, tracking_number=shipment.tracking_pin)
    if not numbers_fit(found):
        raise NumberRefused
    with alone_with(shipment.delivery):
        shipment.refresh_from_db()
        fields: dict[str, Any] = {"shipment_id": found.shipment_id, "tracking_pin": found.tracking_number}
        if shipment.shipment_id != found.shipment_id:
            # The shipping system said what is kept of another one. Without a tracking number its request id tells
            # whether this one is meant.
            fields |= {"system_data": {"request_id": shipment.request_id}, "price": None}
        if shipment.tracking_pin != found.tracking_number:
            # It says where another parcel is, and so did what was told; notices of its events end with them.
            Tracking.objects.filter(shipment=shipment).delete()
            Notice.objects.filter(delivery=shipment.delivery, kind__in=TOLD_ONCE, occasion=shipment.pk).delete()
        due: dict[str, Any] = {"due_at": after(0), "tries": 0, "reason": Reason.NONE, "reason_text": ""}
        try:
            with own_number(shipment, found) as number:
                moved = move_shipment(shipment, "found", user=user, note=note, **due, **fields, **number)
        except NumberOfAnother:
            raise NumberTaken from None
        if not moved:
            raise MoveRefused
        wake_after_commit([shipment.pk])
        do_as_asked(shipment.delivery, user=user)
        shipment.refresh_from_db()
    return Changed.NOTHING if shipment.change_asked_at is None else what_came_of_it(shipment.delivery)

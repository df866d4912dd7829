"""Exporting parcels to a shipping system that takes files: one transaction claims them, and their file is kept."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.attempts import record
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.sending.requesting import stopped_by_shop
from deliver_to_po.handoff.stored_files import write_file
from deliver_to_po.models import Export, Shipment
from deliver_to_po.models.moves import move_shipment, of_sendable
from deliver_to_po.models.pause_in_force import current_pause
from deliver_to_po.models.shipment import label_name
from deliver_to_po.shipping import ExportFile, ShippingSystem
from deliver_to_po.shipping.files.parcel_fields import parcel_reference
from deliver_to_po.shipping.registry import shipping_system

# Parcels of one file; the rest waits for the next one.
AT_A_TIME = 500
# Where something of a parcel that was handed over may still be entered.
NO_NUMBER_YET = Q(state=ShipmentState.HANDED) | Q(state=ShipmentState.ATTENTION, shipment_id="")


class LeftOut(NamedTuple):
    """A parcel that could not be exported, and why: a reason, or what the system says that it cannot hold."""

    shipment: Shipment
    reason: Reason
    said: str = ""


class Exported(NamedTuple):
    """The result of an export: none when nothing could be exported, with ``reason`` where it is the same for all."""

    export: Export | None = None
    left_out: Sequence[LeftOut] = ()
    reason: Reason = Reason.NONE


def reference_of(shipment: Shipment) -> str:
    """Return what a parcel is called in the system where its label is made."""
    delivery = shipment.delivery
    return parcel_reference(delivery.reference, shipment.request_id, live=delivery.live)


def to_export(alias: str) -> QuerySet[Shipment]:
    """Return the shipments that wait to be exported to a system, oldest first."""
    rows = Shipment.objects.filter(of_sendable(), system=alias, state=ShipmentState.WAITING, reason=Reason.TO_EXPORT)
    return rows.select_related("delivery__order").order_by("delivery__placed_at", "pk")


def awaited(alias: str) -> QuerySet[Shipment]:
    """Return the shipments whose number a person is to say, in the order of the files that they were exported in."""
    rows = Shipment.objects.filter(NO_NUMBER_YET, system=alias, delivery__erased_at=None)
    return rows.select_related("delivery").order_by("export_id", "delivery__placed_at", "pk")


def export(alias: str, pks: Collection[int] | None = None, *, user: Any = None) -> Exported:
    """Export what waits for a system, or those of ``pks`` that do, AT_A_TIME at most; return the result.

    Whatever stops it in between has claimed nothing: the parcels are claimed when the file is complete. Raises
    ImproperlyConfigured for a system that there is not, and what the storage of labels raises.
    """
    system = shipping_system(alias)
    if current_pause():
        return Exported(reason=Reason.PAUSED)
    rows = to_export(alias) if pks is None else to_export(alias).filter(pk__in=pks)
    good, left_out = _sorted_out(system, rows[:AT_A_TIME])
    if not good:
        return Exported(left_out=left_out)
    made = Export.objects.create(system=alias, live=good[0].delivery.live, user=user, file=label_name(good[0], ".csv"))
    claimed = _claim(made, system, good)
    if not claimed:
        # Somebody else was faster, or a hold was.
        made.delete()
        return Exported(left_out=left_out)
    made.refresh_from_db()
    return Exported(made, left_out)


def _sorted_out(system: ShippingSystem, rows: QuerySet[Shipment]) -> tuple[list[Shipment], list[LeftOut]]:
    """Return the shipments that may be exported now, and the others with why not."""
    good: list[Shipment] = []
    left_out: list[LeftOut] = []
    for shipment in rows:
        if obstacle := system.obstacle(live=shipment.delivery.live):
            left_out.append(LeftOut(shipment, obstacle.reason))
        elif no := stopped_by_shop(shipment):
            left_out.append(LeftOut(shipment, no))
        elif objection := system.objection(request_of(shipment)):
            left_out.append(LeftOut(shipment, objection.reason, objection.said))
        else:
            good.append(shipment)
    return good, left_out


@transaction.atomic
def _claim(made: Export, system: ShippingSystem, good: Sequence[Shipment]) -> list[Shipment]:
    """Hand the shipments over that are still there, and write the file of just those before that is committed."""
    # In one order, so that two who export at once do not wait for each other's rows.
    by_delivery = sorted(good, key=lambda shipment: (shipment.delivery_id, shipment.pk))
    handed = {shipment.pk for shipment in by_delivery if _hand_over(shipment, made)}
    claimed = [shipment for shipment in good if shipment.pk in handed]
    if claimed:
        file = system.export([request_of(shipment) for shipment in claimed])
        written = write_file(made.file.storage, str(made.file.name), file.content)
        Export.objects.filter(pk=made.pk).update(file=written, parcels=len(claimed), claimed_at=timezone.now())
    return claimed


def _hand_over(shipment: Shipment, made: Export) -> bool:
    still = Q(reason=Reason.TO_EXPORT)
    # Nothing is said of what waits for its export, and no try of it counts.
    if not move_shipment(shipment, "hand_over", only_if=still, reason=Reason.NONE, requests=1, export=made):
        return False
    record(shipment, HandoffStep.CREATE, Outcome.HANDED)
    return True


def file_of(alias: str, pks: Collection[int]) -> ExportFile:
    """Return a file of parcels that a system has already: to be typed or imported wherever their labels are made.

    It is made each time and saved nowhere. Raises ImproperlyConfigured.
    """
    rows = awaited(alias).filter(pk__in=pks)[:AT_A_TIME]
    return shipping_system(alias).export([request_of(shipment) for shipment in rows])

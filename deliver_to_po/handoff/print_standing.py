"""Where a label stands that is to be printed, and which must not be used any more."""

from enum import StrEnum

from django.db.models import QuerySet

from deliver_to_po.choices import DeliveryState, ShipmentState
from deliver_to_po.models import PrintJob, Shipment

# A parcel with the label of one of these is returned, or paid for twice.
TAKEN_BACK = (
    ShipmentState.REFUSED,
    ShipmentState.VOIDING,
    ShipmentState.VOIDED,
    ShipmentState.REFUNDING,
    ShipmentState.REFUND_ASKED,
)
# The label of one of these is still to come by itself.
COMING = (
    ShipmentState.WAITING,
    ShipmentState.REQUESTED,
    ShipmentState.UNKNOWN,
    ShipmentState.HANDED,
    ShipmentState.MADE,
)


class Standing(StrEnum):
    """Whether a label of a print job can be printed, and why not."""

    READY = "ready"
    PRINTED = "printed"
    #: It is fetched as soon as it can be had.
    COMING = "coming"
    TEST = "test"
    TAKEN_BACK = "taken back"
    ERASED = "erased"
    #: Its delivery is on hold or needs another post office.
    NOT_RELEASED = "not released"
    #: Another clerk took it to print.
    TAKEN = "taken"
    #: It never had one, or a person has to look at the parcel first.
    NO_LABEL = "no label"
    #: These come to light when the file is made.
    BROKEN = "broken"
    STORAGE = "storage"
    OTHER_KIND = "other kind"


def must_not_be_used(shipment: Shipment) -> bool:
    """Say whether a label is taken back, or is to be: at once, or at the answer that its parcel still waits for."""
    asked = shipment.change_asked_at is not None or shipment.delivery.stop_asked_at is not None
    return asked or shipment.state in TAKEN_BACK or shipment.delivery.state == DeliveryState.CANCELLED


def standing_of(shipment: Shipment, job: PrintJob) -> Standing:
    """Return where the label of a shipment stands in a print job."""
    if shipment.delivery.erased_at is not None:
        return Standing.ERASED
    if must_not_be_used(shipment):
        return Standing.TAKEN_BACK
    if shipment.delivery.live != job.live:
        return Standing.TEST
    if shipment.print_job_id != job.pk:
        return Standing.TAKEN
    if shipment.delivery.state != DeliveryState.RELEASED:
        return Standing.NOT_RELEASED
    if shipment.state == ShipmentState.LABELLED:
        return Standing.READY if shipment.printed_at is None else Standing.PRINTED
    return Standing.COMING if shipment.state in COMING else Standing.NO_LABEL


def to_print() -> QuerySet[Shipment]:
    """Return the labels that are ready, may be used, and were never printed: the queue, whoever has taken of it."""
    # What is labelled has an open parcel, of which there is one revision.
    return Shipment.objects.filter(
        state=ShipmentState.LABELLED,
        printed_at=None,
        change_asked_at=None,
        delivery__state=DeliveryState.RELEASED,
        delivery__stop_asked_at=None,
        delivery__erased_at=None,
    )

"""What will happen to each parcel when a clerk cancels or changes a delivery: said on the page that asks."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.choices import ShipmentState
from deliver_to_po.handoff.settling import newest
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.shipping.registry import is_by_hand


class Stands(StrEnum):
    """How a shipment stands, as far as it matters for taking it back."""

    UNSENT = auto()
    AWAITED = auto()
    BY_HAND = auto()
    MADE = auto()
    LABELLED = auto()
    TRANSMITTED = auto()
    BEING_TAKEN_BACK = auto()
    REFUND_ASKED = auto()
    PERSONS = auto()
    REFUSED = auto()
    GONE = auto()


STATES: Mapping[str, Stands] = {
    ShipmentState.WAITING: Stands.UNSENT,
    ShipmentState.REQUESTED: Stands.AWAITED,
    ShipmentState.UNKNOWN: Stands.AWAITED,
    ShipmentState.HANDED: Stands.AWAITED,
    ShipmentState.MADE: Stands.MADE,
    ShipmentState.LABELLED: Stands.LABELLED,
    ShipmentState.DONE: Stands.MADE,
    ShipmentState.SUSPENDED: Stands.MADE,
    ShipmentState.VOIDING: Stands.BEING_TAKEN_BACK,
    ShipmentState.REFUNDING: Stands.BEING_TAKEN_BACK,
    ShipmentState.REFUND_ASKED: Stands.REFUND_ASKED,
    ShipmentState.REFUSED: Stands.REFUSED,
}
TAKEN_BACK: Mapping[Stands, Promise] = {
    Stands.UNSENT: gettext_lazy("Parcel %(parcel)d has not been sent: it will not be."),
    Stands.AWAITED: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, it is voided then."
    ),
    Stands.BY_HAND: gettext_lazy(
        "Parcel %(parcel)d is with whoever ships it by hand: take it out there, and then say beside it that nothing "
        "was made."
    ),
    Stands.MADE: gettext_lazy("Parcel %(parcel)d is made: it is voided."),
    Stands.LABELLED: gettext_lazy("Parcel %(parcel)d has a label: it is voided. Destroy the label if it is printed."),
    Stands.TRANSMITTED: gettext_lazy(
        "Parcel %(parcel)d is transmitted, so its refund is asked for. Destroy the label if it is printed."
    ),
    Stands.BEING_TAKEN_BACK: gettext_lazy("Parcel %(parcel)d is being taken back already."),
    Stands.REFUND_ASKED: gettext_lazy("The refund of parcel %(parcel)d is asked for already."),
    Stands.PERSONS: gettext_lazy("Parcel %(parcel)d needs a person first: say beside it whether it exists."),
}
MADE_AGAIN: Mapping[Stands, Promise] = {
    Stands.UNSENT: gettext_lazy("Parcel %(parcel)d has not been sent: it is sent as it stands then."),
    Stands.AWAITED: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, it is voided then, and a new one "
        "is made."
    ),
    Stands.BY_HAND: gettext_lazy(
        "Parcel %(parcel)d is with whoever ships it by hand: take it out there, and then say beside it that nothing "
        "was made. A new one is made after that."
    ),
    Stands.MADE: gettext_lazy("Parcel %(parcel)d is made: it is voided, and a new one is made."),
    Stands.LABELLED: gettext_lazy(
        "Parcel %(parcel)d has a label: it is voided, and a new one is made. Destroy the old label if it is printed."
    ),
    Stands.TRANSMITTED: gettext_lazy(
        "Parcel %(parcel)d is transmitted, so its refund is asked for. A new one is made once somebody says here that "
        "the old label is destroyed."
    ),
    Stands.BEING_TAKEN_BACK: gettext_lazy(
        "Parcel %(parcel)d is being taken back already; a new one is made after that."
    ),
    Stands.REFUND_ASKED: gettext_lazy(
        "The refund of parcel %(parcel)d is asked for. A new one is made once somebody says here that the old label is "
        "destroyed."
    ),
    Stands.PERSONS: gettext_lazy(
        "Parcel %(parcel)d needs a person first: say beside it whether it exists. A new one is made after that."
    ),
    Stands.REFUSED: gettext_lazy("Parcel %(parcel)d was refused: it is sent again as it stands then."),
}


def when_cancelled(delivery: Delivery) -> Sequence[str]:
    """Return what becomes of each parcel when its delivery is cancelled."""
    return when_taken_back(newest(delivery)) or [_("Nothing of it has been sent.")]


def when_changed(delivery: Delivery) -> Sequence[str]:
    """Return what becomes of each parcel when what all of them share is changed."""
    return when_made_again(newest(delivery)) or [_("Nothing of it has been sent.")]


def when_taken_back(shipments: Iterable[Shipment]) -> list[str]:
    """Return what becomes of shipments that are taken back, in the active language."""
    return _sentences(TAKEN_BACK, shipments)


def when_made_again(shipments: Iterable[Shipment]) -> list[str]:
    """Return what becomes of shipments that are taken back and made again."""
    return _sentences(MADE_AGAIN, shipments)


def _sentences(table: Mapping[Stands, Promise], shipments: Iterable[Shipment]) -> list[str]:
    told = ((table.get(_stands(shipment)), shipment.parcel) for shipment in shipments)
    return [str(sentence) % {"parcel": parcel} for sentence, parcel in told if sentence]


def _stands(shipment: Shipment) -> Stands:
    if shipment.state == ShipmentState.ATTENTION:
        # One that has its numbers exists: taking it back is tried again.
        stands = Stands.MADE if shipment.shipment_id else Stands.PERSONS
    else:
        stands = STATES.get(shipment.state, Stands.GONE)
    if shipment.state == ShipmentState.HANDED and is_by_hand(shipment.system):
        stands = Stands.BY_HAND
    if stands == Stands.REFUND_ASKED and shipment.open_parcel is None:
        return Stands.GONE
    exists = stands in (Stands.MADE, Stands.LABELLED)
    return Stands.TRANSMITTED if exists and shipment.transmitted_at is not None else stands

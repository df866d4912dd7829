"""What will happen to each parcel if a clerk cancels or changes a delivery: said on the page that asks."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.core.choices.states import EXISTING
from deliver_to_po.handoff.changing.settling import newest
from deliver_to_po.handoff.changing.ship_again import came_back
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.shipping.registry import is_by_hand


class Situation(StrEnum):
    """The situation of a shipment, as far as it matters for voiding or refunding it."""

    UNSENT = auto()
    AWAITED = auto()
    AWAITED_BY_CARD = auto()
    BY_HAND = auto()
    MADE = auto()
    LABELLED = auto()
    TRANSMITTED = auto()
    CHARGED = auto()
    BEING_TAKEN_BACK = auto()
    REFUND_ASKED = auto()
    PERSONS = auto()
    CAME_BACK = auto()
    REFUSED = auto()
    GONE = auto()


STATES: Mapping[str, Situation] = {
    ShipmentState.WAITING: Situation.UNSENT,
    ShipmentState.REQUESTED: Situation.AWAITED,
    ShipmentState.UNKNOWN: Situation.AWAITED,
    ShipmentState.HANDED: Situation.AWAITED,
    ShipmentState.MADE: Situation.MADE,
    ShipmentState.LABELLED: Situation.LABELLED,
    ShipmentState.DONE: Situation.MADE,
    ShipmentState.SUSPENDED: Situation.MADE,
    ShipmentState.VOIDING: Situation.BEING_TAKEN_BACK,
    ShipmentState.REFUNDING: Situation.BEING_TAKEN_BACK,
    ShipmentState.REFUND_ASKED: Situation.REFUND_ASKED,
    ShipmentState.REFUSED: Situation.REFUSED,
}
# What differs without a contract: what is charged at once is never voided.
BY_CARD: Mapping[Situation, Situation] = {
    Situation.AWAITED: Situation.AWAITED_BY_CARD,
    Situation.TRANSMITTED: Situation.CHARGED,
}
IF_TAKEN_BACK: Mapping[Situation, Promise] = {
    Situation.UNSENT: gettext_lazy("Parcel %(parcel)d has not been sent: it will not be."),
    Situation.AWAITED: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, it is voided then."
    ),
    Situation.AWAITED_BY_CARD: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, its refund is asked for then."
    ),
    Situation.BY_HAND: gettext_lazy(
        "Parcel %(parcel)d is with whoever ships it by hand: take it out there, and then say beside it that nothing "
        "was made."
    ),
    Situation.MADE: gettext_lazy("Parcel %(parcel)d is made: it is voided."),
    Situation.LABELLED: gettext_lazy(
        "Parcel %(parcel)d has a label: it is voided. Destroy the label if it is printed."
    ),
    Situation.TRANSMITTED: gettext_lazy(
        "Parcel %(parcel)d is transmitted, so its refund is asked for. Destroy the label if it is printed."
    ),
    Situation.CHARGED: gettext_lazy(
        "Parcel %(parcel)d was charged at once, so its refund is asked for. Destroy the label if it is printed."
    ),
    Situation.BEING_TAKEN_BACK: gettext_lazy("Parcel %(parcel)d is being taken back already."),
    Situation.REFUND_ASKED: gettext_lazy("The refund of parcel %(parcel)d is asked for already."),
    Situation.CAME_BACK: gettext_lazy(
        "Parcel %(parcel)d came back or is lost: it is not shipped again. The shop is told, to refund the buyer."
    ),
    Situation.PERSONS: gettext_lazy("Parcel %(parcel)d needs a person first: say beside it whether it exists."),
}
IF_MADE_AGAIN: Mapping[Situation, Promise] = {
    Situation.UNSENT: gettext_lazy("Parcel %(parcel)d has not been sent: it is sent as it stands then."),
    Situation.AWAITED: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, it is voided then, and a new one "
        "is made."
    ),
    Situation.AWAITED_BY_CARD: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, its refund is asked for then. A "
        "new one is made, and charged, once somebody says here that the old label is destroyed."
    ),
    Situation.BY_HAND: gettext_lazy(
        "Parcel %(parcel)d is with whoever ships it by hand: take it out there, and then say beside it that nothing "
        "was made. A new one is made after that."
    ),
    Situation.MADE: gettext_lazy("Parcel %(parcel)d is made: it is voided, and a new one is made."),
    Situation.LABELLED: gettext_lazy(
        "Parcel %(parcel)d has a label: it is voided, and a new one is made. Destroy the old label if it is printed."
    ),
    Situation.TRANSMITTED: gettext_lazy(
        "Parcel %(parcel)d is transmitted, so its refund is asked for. A new one is made once somebody says here that "
        "the old label is destroyed."
    ),
    Situation.CHARGED: gettext_lazy(
        "Parcel %(parcel)d was charged at once, so its refund is asked for. A new one is made, and charged, once "
        "somebody says here that the old label is destroyed."
    ),
    Situation.BEING_TAKEN_BACK: gettext_lazy(
        "Parcel %(parcel)d is being taken back already; a new one is made after that."
    ),
    Situation.REFUND_ASKED: gettext_lazy(
        "The refund of parcel %(parcel)d is asked for. A new one is made once somebody says here that the old label is "
        "destroyed."
    ),
    Situation.CAME_BACK: gettext_lazy(
        "Parcel %(parcel)d came back or is lost: it stays as it is. Ship its order again to get a new label."
    ),
    Situation.PERSONS: gettext_lazy(
        "Parcel %(parcel)d needs a person first: say beside it whether it exists. A new one is made after that."
    ),
    Situation.REFUSED: gettext_lazy("Parcel %(parcel)d was refused: it is sent again as it stands then."),
}


def when_cancelled(delivery: Delivery) -> Sequence[str]:
    """Return what happens to each parcel when its delivery is cancelled."""
    return when_taken_back(newest(delivery)) or [_("Nothing of it has been sent.")]


def when_changed(delivery: Delivery) -> Sequence[str]:
    """Return what happens to each parcel when what all of them share is changed."""
    return when_made_again(newest(delivery)) or [_("Nothing of it has been sent.")]


def when_taken_back(shipments: Iterable[Shipment]) -> list[str]:
    """Return what happens to shipments that are voided or refunded, in the active language."""
    return _sentences(IF_TAKEN_BACK, shipments)


def when_made_again(shipments: Iterable[Shipment]) -> list[str]:
    """Return what happens to shipments that are voided or refunded, and made again."""
    return _sentences(IF_MADE_AGAIN, shipments)


def _sentences(table: Mapping[Situation, Promise], shipments: Iterable[Shipment]) -> list[str]:
    told = ((table.get(_situation(shipment)), shipment.parcel) for shipment in shipments)
    return [str(sentence) % {"parcel": parcel} for sentence, parcel in told if sentence]


def _situation(shipment: Shipment) -> Situation:
    if shipment.state == ShipmentState.ATTENTION:
        # A shipment with its numbers exists: voiding it is tried again.
        situation = Situation.MADE if shipment.shipment_id else Situation.PERSONS
    else:
        situation = STATES.get(shipment.state, Situation.GONE)
    if shipment.state in EXISTING and came_back(shipment):
        return Situation.CAME_BACK
    if shipment.state == ShipmentState.HANDED and is_by_hand(shipment.system):
        situation = Situation.BY_HAND
    if situation == Situation.REFUND_ASKED and shipment.open_parcel is None:
        return Situation.GONE
    if situation in (Situation.MADE, Situation.LABELLED) and shipment.transmitted_at is not None:
        situation = Situation.TRANSMITTED
    return BY_CARD.get(situation, situation) if shipment.by_card else situation

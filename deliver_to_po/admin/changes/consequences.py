"""What will happen to each parcel if a clerk cancels or changes a delivery: said on the page that asks."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.core.choices.states import EXISTING
from deliver_to_po.core.choices.tracking import NOT_WITH_BUYER, SCANNED
from deliver_to_po.handoff.changing.as_asked import newest
from deliver_to_po.handoff.changing.ship_again import is_shipped_anew
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.tracking import tracking_of
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
    SHIPPED_AGAIN = auto()
    PICKED_UP = auto()
    IN_THE_POST = auto()
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
    Situation.UNSENT: gettext_lazy("Parcel %(parcel)d has no label yet: none will be requested."),
    Situation.AWAITED: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, it is voided then."
    ),
    Situation.AWAITED_BY_CARD: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, its refund is asked for then."
    ),
    Situation.BY_HAND: gettext_lazy(
        "Parcel %(parcel)d is being handled in another program: remove it there, then press “Nothing was made” "
        "beside it."
    ),
    Situation.MADE: gettext_lazy("Parcel %(parcel)d already exists: it will be voided."),
    Situation.LABELLED: gettext_lazy(
        "Parcel %(parcel)d has a label: it will be voided. Destroy the label if it has been printed."
    ),
    Situation.TRANSMITTED: gettext_lazy(
        "Parcel %(parcel)d has been transmitted, so a refund will be requested. Destroy the label if it has been "
        "printed."
    ),
    Situation.CHARGED: gettext_lazy(
        "Parcel %(parcel)d was charged at once, so a refund will be requested. Destroy the label if it is printed."
    ),
    Situation.BEING_TAKEN_BACK: gettext_lazy("Parcel %(parcel)d is already being voided or refunded."),
    Situation.REFUND_ASKED: gettext_lazy("The refund of parcel %(parcel)d is asked for already."),
    Situation.CAME_BACK: gettext_lazy(
        "Parcel %(parcel)d came back or is lost: it is not shipped again. The shop is told, to refund the buyer."
    ),
    Situation.PICKED_UP: gettext_lazy("Parcel %(parcel)d is picked up: it stays, and its label is not refunded."),
    Situation.IN_THE_POST: gettext_lazy(
        "Canada Post has parcel %(parcel)d: its refund is asked for, and Canada Post may refuse it. Ask Canada Post "
        "whether the parcel can still be stopped."
    ),
    Situation.PERSONS: gettext_lazy("Parcel %(parcel)d needs attention first: say beside it whether it exists."),
}
IF_MADE_AGAIN: Mapping[Situation, Promise] = {
    Situation.UNSENT: gettext_lazy(
        "Parcel %(parcel)d has no label yet: the label will be requested with these changes."
    ),
    Situation.AWAITED: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, it is voided then, and a new one "
        "is made."
    ),
    Situation.AWAITED_BY_CARD: gettext_lazy(
        "The answer about parcel %(parcel)d is still to come: if the parcel was made, its refund is asked for then. A "
        "new one is made, and charged, once somebody says here that the old label is destroyed."
    ),
    Situation.BY_HAND: gettext_lazy(
        "Parcel %(parcel)d is being handled in another program: remove it there, then press “Nothing was made” "
        "beside it. A new one is made after that."
    ),
    Situation.MADE: gettext_lazy("Parcel %(parcel)d already exists: it will be voided, and a new one will be made."),
    Situation.LABELLED: gettext_lazy(
        "Parcel %(parcel)d has a label: it will be voided, and a new one will be made. Destroy the old label if it "
        "has been printed."
    ),
    Situation.TRANSMITTED: gettext_lazy(
        "Parcel %(parcel)d has been transmitted, so a refund will be requested. A new label is made once somebody "
        "confirms here that the old one is destroyed."
    ),
    Situation.CHARGED: gettext_lazy(
        "Parcel %(parcel)d was charged at once, so a refund will be requested. A new one is made, and charged, "
        "once somebody says here that the old label is destroyed."
    ),
    Situation.BEING_TAKEN_BACK: gettext_lazy(
        "Parcel %(parcel)d is already being voided or refunded; a new one is made after that."
    ),
    Situation.REFUND_ASKED: gettext_lazy(
        "The refund of parcel %(parcel)d is asked for. A new one is made once somebody says here that the old label is "
        "destroyed."
    ),
    Situation.CAME_BACK: gettext_lazy(
        "Parcel %(parcel)d came back or is lost: it stays as it is. Ship it again to get a new label."
    ),
    Situation.SHIPPED_AGAIN: gettext_lazy("Parcel %(parcel)d is shipped again, with what is entered by then."),
    Situation.PICKED_UP: gettext_lazy("Parcel %(parcel)d is picked up: it stays as it is."),
    Situation.IN_THE_POST: gettext_lazy("Canada Post has parcel %(parcel)d already: it stays as it is."),
    Situation.PERSONS: gettext_lazy(
        "Parcel %(parcel)d needs attention first: say beside it whether it exists. A new one will be made after that."
    ),
    Situation.REFUSED: gettext_lazy(
        "Parcel %(parcel)d was refused: its label will be requested again with these changes."
    ),
}

IF_SHIPPED_AGAIN: Mapping[Situation, Promise] = {
    **{
        situation: gettext_lazy("Parcel %(parcel)d is not in the post: it goes on as it does now.")
        for situation in Situation
        if situation != Situation.GONE
    },
    Situation.CAME_BACK: gettext_lazy(
        "Parcel %(parcel)d came back or is lost: it gets a new label, with what is entered now."
    ),
    Situation.PICKED_UP: gettext_lazy("Parcel %(parcel)d is picked up: it stays as it is."),
    Situation.IN_THE_POST: gettext_lazy("Canada Post has parcel %(parcel)d already: it stays as it is."),
}


def when_cancelled(delivery: Delivery) -> Sequence[str]:
    return when_taken_back(newest(delivery).select_related("tracking")) or [_("Nothing of it has been sent.")]


def when_changed(delivery: Delivery) -> Sequence[str]:
    """Return what happens to each parcel when what all of them share is changed."""
    return when_made_again(newest(delivery).select_related("tracking")) or [_("Nothing of it has been sent.")]


def when_taken_back(shipments: Iterable[Shipment]) -> list[str]:
    """Return what happens to shipments that are voided or refunded, in the active language."""
    return _sentences(IF_TAKEN_BACK, shipments)


def when_made_again(shipments: Iterable[Shipment]) -> list[str]:
    """Return what happens to shipments that are voided or refunded, and made again."""
    return _sentences(IF_MADE_AGAIN, shipments)


def _sentences(table: Mapping[Situation, Promise], shipments: Iterable[Shipment]) -> list[str]:
    told = ((table.get(_situation(shipment)), shipment.parcel) for shipment in shipments)
    return [str(sentence) % {"parcel": parcel} for sentence, parcel in told if sentence]


def when_shipped_again(delivery: Delivery) -> Sequence[str]:
    """Return what happens to each parcel when what came back of its delivery is shipped again."""
    if is_shipped_anew(delivery):
        return [
            _("The order will get a new delivery and new labels, with the same recipient and post office."),
            _("This one will be cancelled."),
        ]
    return _sentences(IF_SHIPPED_AGAIN, newest(delivery).select_related("tracking"))


def _where(shipment: Shipment) -> Situation | None:
    """Return the situation of a parcel that Canada Post has scanned, None for any other."""
    tracking = tracking_of(shipment)
    if tracking is None or tracking.state not in SCANNED:
        return None
    if tracking.state in NOT_WITH_BUYER:
        return Situation.SHIPPED_AGAIN if shipment.open_parcel is None else Situation.CAME_BACK
    return Situation.PICKED_UP if tracking.state == ParcelState.COLLECTED else Situation.IN_THE_POST


def _situation(shipment: Shipment) -> Situation:
    if shipment.state == ShipmentState.ATTENTION:
        # A shipment with its numbers exists: voiding it is tried again.
        situation = Situation.MADE if shipment.shipment_id else Situation.PERSONS
    else:
        situation = STATES.get(shipment.state, Situation.GONE)
    if shipment.state in EXISTING and (where := _where(shipment)) is not None:
        return where
    if shipment.state == ShipmentState.HANDED and is_by_hand(shipment.system):
        situation = Situation.BY_HAND
    if situation == Situation.REFUND_ASKED and shipment.open_parcel is None:
        return Situation.GONE
    if situation in (Situation.MADE, Situation.LABELLED) and shipment.transmitted_at is not None:
        situation = Situation.TRANSMITTED
    return BY_CARD.get(situation, situation) if shipment.by_card else situation

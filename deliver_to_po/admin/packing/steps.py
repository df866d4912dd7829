"""What is to be done next with one parcel at the packing table: one thing, and why where it is "stop"."""

from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin import queues
from deliver_to_po.admin.show import (
    NOT_PAID,
    note_of_hold,
    of_other_mode,
    printed_by,
    state_word,
    what_was_said,
    why_of,
)
from deliver_to_po.core.choices import ParcelState, Reason, ShipmentState
from deliver_to_po.core.choices.states import NOT_TO_BE_PACKED, NOT_TO_BE_SENT, READY, TAKEN_BACK
from deliver_to_po.core.choices.tracking import NOT_WITH_BUYER
from deliver_to_po.core.wording import with_one_stop
from deliver_to_po.handoff.changing.as_asked import is_scanned
from deliver_to_po.handoff.printing.label_state import must_not_be_used
from deliver_to_po.handoff.sending.hand_off_now import can_be_handed_off, is_surely_unpaid
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.shipping.registry import is_by_hand

_DESTROY = gettext_lazy(
    "This label has been voided or refunded, or is about to be. Destroy it, and use the valid one if there is one."
)


class Do(StrEnum):
    """The one next action."""

    STOP = "stop"
    WEIGH = "weigh"
    LABEL = "label"
    WAIT = "wait"
    PRINT = "print"
    NEXT = "next"


class Step(NamedTuple):
    """What is to be done, in words; ``why`` says more where there is more to say."""

    do: Do
    words: str
    why: str = ""

    @property
    def alarms(self) -> bool:
        """Say whether it must not be done, or not without a thought."""
        return self.do == Do.STOP or (self.do == Do.LABEL and self.why != "")


def next_step(
    delivery: Delivery,
    shipment: Shipment | None,
    *,
    weighed: bool,
    scanned: Shipment | None = None,
    may_request: bool = True,
) -> Step:
    """Return the next step with a parcel.

    ``shipment`` is its newest revision, None before it is released; ``scanned`` the one whose label was scanned, if it
    was a label. ``weighed`` says whether its weight is settled, ``may_request`` whether who asks may request a label.
    """
    return (
        _stop(delivery, shipment, scanned)
        or _weigh(shipment, weighed)
        or _label(delivery, shipment, may_request)
        or _print(shipment, scanned)
    )


def _stop(delivery: Delivery, shipment: Shipment | None, scanned: Shipment | None) -> Step | None:
    if scanned is not None and (must_not_be_used(scanned) or (shipment and scanned.pk != shipment.pk)):
        return Step(Do.STOP, _("This shipping label must not be used"), str(_DESTROY))
    if delivery.erased_at is not None or delivery.stop_asked_at is not None or delivery.state in NOT_TO_BE_PACKED:
        words = {"state": state_word(delivery)}
        why = f"{why_of(delivery)} {note_of_hold(delivery)}".strip()
        return Step(Do.STOP, _("Do not pack it: %(state)s") % words, why)
    if shipment is not None and shipment.state in NOT_TO_BE_SENT:
        words = {"state": shipment.get_state_display()}
        why = f"{why_of(shipment)} {what_was_said(Reason(shipment.reason), shipment.reason_text)}".strip()
        return Step(
            Do.STOP, _("Do not ship it: %(state)s") % words, str(_DESTROY) if shipment.state in TAKEN_BACK else why
        )
    if other := of_other_mode(delivery):
        return Step(Do.STOP, other.why(), other.advice)
    return _in_the_post(shipment) if shipment else None


def _in_the_post(shipment: Shipment) -> Step | None:
    """Return that a parcel stays which Canada Post has scanned: the buyer has it, say, or it lies here again."""
    tracking = tracking_of(shipment)
    if tracking is None or not is_scanned(shipment):
        return None
    comes_back = tracking.state in (ParcelState.PERSON, ParcelState.RETURNING, *NOT_WITH_BUYER)
    words = _("Do not ship it: %(state)s") % {"state": tracking.get_state_display()}
    return Step(Do.STOP, words, str(queues.COMING_BACK.does) if comes_back else "")


def _weigh(shipment: Shipment | None, weighed: bool) -> Step | None:
    if weighed or (shipment is not None and shipment.transmitted_at is not None):
        return None
    return Step(Do.WEIGH, _("Weigh it"))


def _label(delivery: Delivery, shipment: Shipment | None, may_request: bool) -> Step | None:
    if shipment is not None and shipment.state in READY and not must_not_be_used(shipment):
        return None
    if shipment is None and may_request and can_be_handed_off(delivery):
        return Step(Do.LABEL, _("Request the label"), str(NOT_PAID) if is_surely_unpaid(delivery) else "")
    if shipment is None:
        return Step(Do.WAIT, _("Put it aside"), _("It is not released yet: it waits for its payment, or for the shop."))
    handed = shipment.state == ShipmentState.HANDED or shipment.reason == Reason.TO_EXPORT
    if handed and is_by_hand(shipment.system):
        where = _("Its label is made in another program: open the page “Parcels labelled in another program”.")
        return Step(Do.WAIT, _("Put it aside"), where)
    return Step(Do.WAIT, _("The label is being made"), why_of(shipment) or _("This page refreshes itself."))


def _print(shipment: Shipment | None, scanned: Shipment | None) -> Step:
    leaves = Step(Do.NEXT, _("Put it with the parcels that leave today"))
    if shipment is None:
        return leaves
    to_be_used = scanned is None and bool(shipment.label)
    if to_be_used and shipment.printed_at is None:
        return Step(Do.PRINT, _("Print the label"))
    if shipment.transmitted_at is not None and not shipment.by_card:
        return leaves._replace(why=_("It is transmitted already."))
    if to_be_used:
        told = _("Its label was %(printed)s.") % {"printed": printed_by(shipment)}
        return leaves._replace(why=with_one_stop(told))
    return leaves

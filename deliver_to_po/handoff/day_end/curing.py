"""What a person does about a shipment that differs: take it over, void it, leave it, or correct the row here."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction

from deliver_to_po.core.choices import Differs, Reason, ShipmentState
from deliver_to_po.core.choices.states import CLOSED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.found_by_clerk import parcel_exists
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.handoff.day_end.reconciling import differing, system_of
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.handoff.releasing.release import Released, release_delivery
from deliver_to_po.models import Comparison, Delivery, Shipment
from deliver_to_po.models.comparison import Difference
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.shipping import Made, NotYet, RefundAsked, Refused, Voided
from deliver_to_po.shipping.listing import Held, ListsShipments


class Cure(StrEnum):
    """What can be done about a difference."""

    ADOPT = "adopt"
    TAKE_BACK = "take-back"
    LEAVE = "leave"
    MARK = "mark"
    MAKE_AGAIN = "make-again"
    RELEASE = "release"


class Cured(StrEnum):
    """The result."""

    ADOPTED = "adopted"
    VOIDED = "voided"
    REFUND_ASKED = "refund asked"
    NOT_THERE = "not there"
    LEFT = "left"
    MARKED = "marked"
    MADE_AGAIN = "made again"
    RELEASED = "released"
    NOT_NOW = "not now"
    REFUSED = "refused"
    NOT_THE_SAME = "not the same"
    NO_REFUND_EMAIL = "no refund email"
    KEPT = "kept"


# The first is what most often is right.
CURES: Mapping[str, tuple[Cure, ...]] = {
    Differs.TWICE: (Cure.TAKE_BACK, Cure.LEAVE),
    Differs.WAITS: (Cure.ADOPT, Cure.TAKE_BACK),
    Differs.EARLY: (Cure.RELEASE, Cure.LEAVE),
    Differs.STILL_THERE: (Cure.TAKE_BACK, Cure.LEAVE),
    Differs.UNKNOWN: (Cure.LEAVE, Cure.TAKE_BACK),
    Differs.GOES_ON: (),
    Differs.TRANSMITTED: (Cure.MARK,),
    Differs.GONE: (Cure.MAKE_AGAIN,),
    Differs.NOT_LISTED: (Cure.LEAVE,),
    "": (Cure.LEAVE,),
}


def cure(one: Comparison, difference: Difference, how: Cure, *, user: Any = None, note: str = "") -> Cured:
    """Do ``how`` about a difference, and return the result; what is cured is no longer a difference.

    ``note`` is kept in the history of the delivery, where there is one, and holds nothing personal. Raises MoveRefused
    where something else has been done meanwhile, and what ``make_again`` and ``parcel_exists`` raise.
    """
    if how not in CURES.get(difference.kind, ()):
        raise MoveRefused
    if how == Cure.LEAVE:
        one.keep(one.found, left=[difference.shipment_id])
        return Cured.LEFT
    system = system_of(one.system, one.api)
    if system is None:
        raise MoveRefused
    came = HOW[how](_Case(one, difference, system, user, note))
    if came in DONE:
        _take_from_every_list(one.system, difference, still_listed=came == Cured.REFUND_ASKED)
    return came


def leave_all(shipment_ids: Collection[str]) -> int:
    """Leave these to another shop, as far as nothing here knows them, on whatever list; return how many were."""
    done = set[str]()
    for one in differing():
        unknown = {each.shipment_id for each in one.open_ones if each.kind == Differs.UNKNOWN}
        if left := unknown.intersection(shipment_ids):
            one.keep(one.found, left=left)
            done |= left
    return len(done)


class _Case(NamedTuple):
    """A difference about which something is to be done."""

    one: Comparison
    difference: Difference
    system: ListsShipments
    user: Any
    note: str

    @property
    def row(self) -> Shipment:
        """Return the row that it belongs to; raises MoveRefused if it is gone."""
        found = Shipment.objects.select_related("delivery").filter(pk=self.difference.row or 0).first()
        if found is None:
            raise MoveRefused
        return found

    def held(self) -> Held | NotYet | None:
        """Return how the shipping system has it now."""
        return self.system.about(self.difference.shipment_id)


def _adopt(case: _Case) -> Cured:
    """Take over a shipment that was made for a row, if it goes to the same office and the same person."""
    row, shipment_id = case.row, case.difference.shipment_id
    found = case.system.look_up(request_of(row))
    if isinstance(found, NotYet):
        return Cured.NOT_NOW
    same = next((each for each in found if each.made.shipment_id == shipment_id), None)
    if same is None:
        return Cured.NOT_THERE
    if not same.same:
        return Cured.NOT_THE_SAME
    parcel_exists(row, shipment_id, same.made.tracking_number, user=case.user, note=case.note)
    return Cured.ADOPTED


def _take_back(case: _Case) -> Cured:
    """Void a shipment that no row here has, or ask for its refund if it is transmitted."""
    shipment_id = case.difference.shipment_id
    if Shipment.objects.filter(shipment_id=shipment_id, system=case.one.system).exclude(state__in=CLOSED).exists():
        raise MoveRefused
    made = Made(shipment_id=shipment_id, tracking_number=case.difference.tracking_number)
    answer: object = Refused(reason=Reason.TRANSMITTED)
    if case.system.can_void:
        answer = case.system.void(made)
    if isinstance(answer, Refused) and answer.reason == Reason.TRANSMITTED and case.system.can_refund:
        if not app_settings.refund_email:
            return Cured.NO_REFUND_EMAIL
        answer = case.system.refund(made, app_settings.refund_email)
    match answer:
        case Voided():
            return Cured.VOIDED
        case RefundAsked():
            return Cured.REFUND_ASKED
        case Refused(reason=Reason.NOT_HELD):
            return Cured.NOT_THERE
        case Refused():
            return Cured.REFUSED
    return Cured.NOT_NOW


def _mark(case: _Case) -> Cured:
    """Mark a row as transmitted that is so there."""
    held = case.held()
    if isinstance(held, NotYet):
        return Cured.NOT_NOW
    if held is None or not held.made.transmitted:
        return Cured.NOT_THERE
    row = case.row
    if row.transmitted_at is None and not move_shipment(row, "transmit", user=case.user, note=case.note):
        raise MoveRefused
    return Cured.MARKED


def _make_again(case: _Case) -> Cured:
    """Let a parcel be made again whose label is worth nothing: the shipping system does not hold it."""
    held, row = case.held(), case.row
    if isinstance(held, NotYet):
        return Cured.NOT_NOW
    if held is not None:
        return Cured.REFUSED
    with transaction.atomic():
        make_again(row, user=case.user, note=case.note)
        # It is believed that the shipping system does not hold it, as after a void whose answer got lost.
        unsaid = Shipment.objects.filter(pk=row.pk, state=ShipmentState.VOIDING, reason=Reason.NONE)
        unsaid.update(reason=Reason.TAKE_BACK_UNKNOWN)
    return Cured.MADE_AGAIN


def _release(case: _Case) -> Cured:
    """Request the label of an order from before: the one that exists is found by its request id."""
    delivery = Delivery.objects.filter(pk=case.difference.delivery).first()
    if delivery is None or case.system.doubles_repeated_ids:
        raise MoveRefused
    released = release_delivery(delivery, user=case.user)
    return Cured.RELEASED if released in (Released.RELEASED, Released.ALREADY) else Cured.KEPT


HOW: Mapping[Cure, Callable[[_Case], Cured]] = {
    Cure.ADOPT: _adopt,
    Cure.TAKE_BACK: _take_back,
    Cure.MARK: _mark,
    Cure.MAKE_AGAIN: _make_again,
    Cure.RELEASE: _release,
}
DONE = (
    Cured.ADOPTED,
    Cured.VOIDED,
    Cured.REFUND_ASKED,
    Cured.NOT_THERE,
    Cured.MARKED,
    Cured.MADE_AGAIN,
    Cured.RELEASED,
)


def _take_from_every_list(system: str, cured: Difference, *, still_listed: bool) -> None:
    """Take what was cured from every comparison; what was refunded is on its lists all along."""
    for one in Comparison.objects.filter(system=system, differing__gt=0):
        found = one.found
        if all(each.shipment_id != cured.shipment_id for each in found):
            continue
        if still_listed:
            one.keep(found, left=[cured.shipment_id])
            continue
        theirs = one.theirs - 1 if cured.is_only_there else one.theirs
        ours = one.ours if cured.is_only_there else max(one.ours - 1, 0)
        one.keep([each for each in found if each.shipment_id != cured.shipment_id], theirs=theirs, ours=ours)

"""Every change of a delivery that has an order: its recipient, its post office, its parcels. A change is a revision."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import F, Model, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.types import Parcel, PostOffice, Recipient, Service, ShipmentOption
from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.core.choices.states import ACTIVE, AWAITED, READY, UP_TO_A_PERSON, WITHDRAWN
from deliver_to_po.core.choices.tracking import SCANNED
from deliver_to_po.errors import (
    BreaksARule,
    InThePost,
    MoveRefused,
    NoSuchParcel,
    NothingToShip,
    RecipientFirst,
    ShopFailed,
    TooLateToChange,
)
from deliver_to_po.handoff.changing.as_asked import do_as_asked, is_out_of_reach, is_scanned, newest, without_shipment
from deliver_to_po.handoff.frozen_request import MEASURES, option_from_json, options_to_json, size_and_weight
from deliver_to_po.handoff.releasing.planning import Plan, parcel_fields, plan_of
from deliver_to_po.handoff.releasing.release import alone_with, current_delivery, release_delivery
from deliver_to_po.host.answered import ShopError, fingerprint_of_parcels
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.delivery import office_fields
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.parts import RECIPIENT_REQUIRED, recipient_fields
from deliver_to_po.shipping import Refused
from deliver_to_po.shipping.objections import objection_to_parcel, objection_to_recipient

# What of a shipment follows the shop.
FOLLOWED = (*MEASURES, "service", "options")


class Changed(StrEnum):
    """The result of a change."""

    #: It is changed. Nothing had been made; what still waited to be sent is sent as it is now.
    CHANGED = "changed"
    #: What was made is voided, and made again by itself.
    WILL_BE_MADE_AGAIN = "will_be_made_again"
    #: The answer about a parcel is still to come. What was made then is voided, and made again by itself; what is
    #: being transmitted is refunded.
    KEPT_UNTIL_ANSWER = "kept_until_answer"
    #: A parcel is transmitted, so its refund is asked for. It is made again once a person says that the old label is
    #: destroyed.
    NEEDS_DESTROYED_LABEL = "needs_destroyed_label"
    #: A parcel needs attention first; the delivery's page says what is to be done.
    NEEDS_PERSON = "needs_person"
    #: Nothing was to be changed.
    NOTHING = "nothing"


# What is said of a delivery with such shipments that are to be made again; the first counts.
STANDS = (
    (Changed.NEEDS_PERSON, UP_TO_A_PERSON),
    (Changed.NEEDS_DESTROYED_LABEL, (ShipmentState.REFUNDING, ShipmentState.REFUND_ASKED)),
    # What still has its label is being transmitted just now.
    (Changed.KEPT_UNTIL_ANSWER, (*AWAITED, *READY)),
    (Changed.WILL_BE_MADE_AGAIN, (ShipmentState.VOIDING,)),
)


def change_office(
    delivery: Delivery, office: PostOffice, *, user: Any = None, note: str = "", cause: Reason = Reason.NONE
) -> Changed:
    """Send a delivery to another post office, and return the result.

    A delivery that needs a choice goes on with it, even with the same office: it is released if that was asked. Its
    parcels that may be in the post stay what they are. The hand-off asks whether the office takes parcels before it
    makes the label; a page that offers the office asks Canada Post before. ``note`` is kept in the history and must
    hold nothing personal; so is ``cause``.

    Raises TooLateToChange, InThePost unless a choice is needed, RecipientFirst while nobody is named who picks up, and
    MoveRefused when the delivery has changed since it was read.
    """
    with changeable(delivery):
        if not can_still_change(delivery):
            raise InThePost
        if not all(getattr(delivery, name) for name in RECIPIENT_REQUIRED):
            raise RecipientFirst
        needs_one = delivery.state == DeliveryState.NEEDS_CHOICE
        other = comparable_office_id(office.office_id) != comparable_office_id(delivery.office_id)
        if not (needs_one or other):
            return Changed.NOTHING
        fields = office_fields(office) | {
            "office_check": OfficeCheck.NOT_ASKED,
            "office_checked_at": None,
            "choice": F("choice") + int(other),
        }
        if needs_one:
            move_delivery(
                delivery, Change.CHOOSE_AGAIN, user=user, note=note, cause=cause, reason=Reason.NONE, **fields
            )
        else:
            move_delivery(delivery, Change.CHANGE_OFFICE, user=user, note=note, cause=cause, **fields)
        wrong = [row for row in newest(delivery) if other and not (needs_one and row.may_be_in_the_post)]
        changed = revise(delivery, wrong, user)
        if needs_one and delivery.release_asked_at is not None:
            release_delivery(delivery, user=user)
    return changed


def correct_recipient(delivery: Delivery, recipient: Recipient, *, user: Any = None, note: str = "") -> Changed:
    """Correct who picks up, and return the result.

    ``note`` is kept in the history and must hold nothing personal. Raises BreaksARule for what a label cannot hold,
    TooLateToChange, InThePost once Canada Post has each parcel, and MoveRefused when the delivery has changed since it
    was read.
    """
    return corrected(delivery, recipient, user=user, note=note)


@sensitive_variables()
def corrected(
    delivery: Delivery, recipient: Recipient, *, user: Any = None, note: str = "", cause: Reason = Reason.NONE
) -> Changed:
    """Do the same, with a ``cause`` for the history."""
    _refuse(objection_to_recipient(recipient))
    fields: dict[str, Any] = {**recipient_fields(recipient)}
    with changeable(delivery):
        if not can_still_change(delivery):
            raise InThePost
        if all(getattr(delivery, name) == value for name, value in fields.items()):
            return Changed.NOTHING
        # If the choice had been erased before its order came, the delivery has a recipient again.
        fields["erased_at"] = None
        move_delivery(delivery, Change.CORRECT_RECIPIENT, locked=True, user=user, note=note, cause=cause, **fields)
        return revise(delivery, newest(delivery), user)


def change_consignment(
    delivery: Delivery,
    number: int,
    *,
    parcel: Parcel | None = None,
    service: Service | None = None,
    options: Sequence[ShipmentOption] | None = None,
    user: Any = None,
    note: str = "",
) -> Changed:
    """Say how one parcel, counted from 1, was packed and is to be sent, and return the result.

    A value that is None stays as a clerk or the shop said it before. ``note`` is kept in the history and must hold
    nothing personal. Raises BreaksARule for a weight, sides, service or options that do not go, NoSuchParcel,
    ShopFailed, TooLateToChange, InThePost, and MoveRefused when the delivery has changed since it was read.
    """
    said: dict[str, Any] = {}
    if parcel is not None:
        said |= {name: str(value) for name, value in size_and_weight(parcel).items()}
    if service is not None:
        said["service"] = str(service)
    if options is not None:
        said["options"] = options_to_json(options)
    with changeable(delivery):
        plan = plan_now(delivery)
        if not 1 <= number <= len(plan.parcels):
            raise NoSuchParcel
        before = parcel_fields(delivery.packed, number, plan)
        packed = {**delivery.packed, str(number): {**delivery.packed.get(str(number), {}), **said}}
        wanted = parcel_fields(packed, number, plan)
        if wanted == before:
            return Changed.NOTHING
        _refuse(_objection(wanted))
        if is_out_of_reach(with_tracking(delivery).filter(parcel=number)):
            raise InThePost
        move_delivery(delivery, Change.CHANGE_PARCEL, user=user, note=note, packed=packed)
        return revise(delivery, newest(delivery).filter(parcel=number), user)


def parcels_as_said(delivery: Delivery) -> list[dict[str, Any]]:
    """Return each parcel as a clerk or the shop says it now: what a shipment of it would hold beside whom and where.

    Raises NothingToShip when the shop names no parcels, and ShopFailed.
    """
    plan = plan_now(delivery)
    if not plan.parcels:
        raise NothingToShip
    return [parcel_fields(delivery.packed, number, plan) for number in range(1, len(plan.parcels) + 1)]


def replan(order: Model, note: str = "", *, user: Any = None) -> Changed:
    """Let the parcels of the order's current delivery follow what the shop says now, and return the result.

    A shop calls it when lines are cancelled or boxes change: one more gets a shipment, one less loses its own, another
    weight is another revision. What a clerk said of parcels is forgotten. Raises NothingToShip when the shop names no
    parcels, ShopFailed, TooLateToChange, and ValueError for an order that is not saved.
    """
    delivery = current_delivery(order)
    return Changed.NOTHING if delivery is None else replan_delivery(delivery, note=note, user=user)


def replan_delivery(delivery: Delivery, *, note: str = "", user: Any = None) -> Changed:
    """Let the parcels of one delivery follow what the shop says now; see ``replan``."""
    with changeable(delivery):
        plan = plan_now(delivery)
        if not plan.parcels:
            raise NothingToShip
        news = _news(delivery, plan)
        if not news:
            return Changed.NOTHING
        agreed = fingerprint_of_parcels(plan.parcels)
        move_delivery(delivery, Change.REPLAN, locked=True, user=user, note=note, packed={}, reserved_for=agreed)
        return revise(delivery, news.wrong, user, plan)


class News(NamedTuple):
    """What the shop says now that a delivery's shipments do not say: those that are ``wrong``, and parcels without one.

    ``forgotten`` says that a clerk has said something of parcels, which is forgotten when they follow the shop.
    ``others`` says that nothing was made yet, and the parcels are others than those that the delivery was reserved for.
    ``parcels`` is how many the shop names.
    """

    parcels: int
    wrong: Sequence[Shipment] = ()
    new: Sequence[int] = ()
    forgotten: bool = False
    others: bool = False

    def __bool__(self) -> bool:
        return bool(self.wrong or self.new or self.forgotten or self.others)


def news_of(delivery: Delivery) -> News:
    """Return what ``replan_delivery`` would make of a delivery now. Raises ShopFailed."""
    return _news(delivery, plan_now(delivery))


def _news(delivery: Delivery, plan: Plan) -> News:
    forgotten, delivery.packed = delivery.packed, {}
    latest = list(with_tracking(delivery))
    wrong = [row for row in latest if not follows(row, delivery, plan)]
    delivery.packed = forgotten
    standing = delivery.state in (DeliveryState.RELEASED, DeliveryState.HELD)
    new = without_shipment(plan, latest) if standing else []
    others = bool(delivery.reserved_for) and delivery.reserved_for != fingerprint_of_parcels(plan.parcels)
    return News(len(plan.parcels), wrong, new, bool(forgotten), others=others and not latest)


def can_be_changed(delivery: Delivery) -> bool:
    """Say whether anything of a delivery can be changed: it has an order, and is neither over nor to be stopped."""
    return delivery.state in ACTIVE and delivery.stop_asked_at is None and not delivery.erased_for_good


def with_tracking(delivery: Delivery) -> QuerySet[Shipment]:
    """Return the newest revision of each parcel, with where it is."""
    return newest(delivery).select_related("tracking")


def can_still_change(delivery: Delivery) -> bool:
    """Say whether a change would reach any parcel: Canada Post has none of them yet, or not all, or one came back.

    What needs another post office gets one in any case.
    """
    return delivery.state == DeliveryState.NEEDS_CHOICE or not is_out_of_reach(with_tracking(delivery))


@contextmanager
def changeable(delivery: Delivery) -> Iterator[None]:
    """Lock a delivery and reload it; refuse one that is over, or that has changed since the caller read it."""
    read = _what_may_change(delivery)
    with alone_with(delivery):
        if delivery.state not in (*ACTIVE, DeliveryState.CANCELLED):
            raise MoveRefused
        if not can_be_changed(delivery):
            raise TooLateToChange
        if _what_may_change(delivery) != read:
            raise MoveRefused
        yield


def _what_may_change(delivery: Delivery) -> tuple[object, ...]:
    return delivery.office_id, delivery.choice, delivery.recipient, delivery.packed


def _refuse(objection: Refused | None) -> None:
    if objection is not None:
        raise BreaksARule(objection.said)


def plan_now(delivery: Delivery) -> Plan:
    """Return what the shop says now of a delivery's parcels. Raises ShopFailed."""
    try:
        return plan_of(delivery)
    except ShopError:
        raise ShopFailed from None


def _objection(wanted: dict[str, Any]) -> Refused | None:
    """Return the rule that a parcel breaks as it is to be sent."""
    parcel = Parcel(*(wanted[name] for name in MEASURES))
    return objection_to_parcel(parcel, wanted["service"], [option_from_json(row) for row in wanted["options"]])


def follows(shipment: Shipment, delivery: Delivery, plan: Plan) -> bool:
    """Say whether the newest shipment of a parcel is what the shop says now, or can follow it no longer."""
    if is_scanned(shipment):
        return True
    if shipment.parcel > len(plan.parcels):
        return shipment.open_parcel is None
    if shipment.state in WITHDRAWN or (shipment.open_parcel is None and shipment.change_asked_at is not None):
        return delivery.state != DeliveryState.RELEASED
    wanted = parcel_fields(delivery.packed, shipment.parcel, plan)
    return all(getattr(shipment, name) == wanted[name] for name in FOLLOWED)


def revise(delivery: Delivery, wrong: Iterable[Shipment], user: Any, plan: Plan | None = None) -> Changed:
    """Void or refund the shipments that are wrong now, see that their next revisions follow, and return the result.

    What Canada Post has scanned stays as it is. ``ship_again`` is for what came back or is lost.
    """
    rows = Shipment.objects.filter(pk__in=[row.pk for row in wrong], change_asked_at=None)
    rows.exclude(tracking__state__in=SCANNED).update(change_asked_at=timezone.now())
    do_as_asked(delivery, plan=plan, user=user, by_person=True)
    return what_came_of_it(delivery)


def what_came_of_it(delivery: Delivery) -> Changed:
    """Return how the shipments stand that are to be made again."""
    under_way = delivery.shipments.filter(open_parcel__isnull=False, change_asked_at__isnull=False)
    states = set(under_way.values_list("state", flat=True))
    return next((changed for changed, waits in STANDS if states.intersection(waits)), Changed.CHANGED)

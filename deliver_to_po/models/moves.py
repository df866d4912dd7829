"""The allowed moves of deliveries and shipments: each is one conditional UPDATE that asks where the row is now.

A move of a shipment also asks where its delivery is. Both lock the delivery's row first, so that the two never pass
each other (decision record 0003).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deliver_to_po import signals
from deliver_to_po.core.choices import Change, Reason
from deliver_to_po.core.choices import DeliveryState as D
from deliver_to_po.core.choices import ShipmentState as S
from deliver_to_po.core.choices.states import (
    ACTIVE,
    BEING_SENT,
    BEING_TAKEN_BACK,
    CLOSED,
    EXISTING,
    FOR_A_PERSON,
    IN_PROGRESS,
    MAY_GET_A_LABEL,
    NOT_LIVE,
    UP_TO_A_PERSON,
)
from deliver_to_po.core.choices.tracking import PARCEL_ENDS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.history import History, as_note
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from deliver_to_po.models.pause import Pause
from deliver_to_po.models.search_key import SOURCES, keep_keys
from deliver_to_po.models.shipment import Shipment, newest_revision
from deliver_to_po.signals import send_on_commit

# What an erased row keeps of its recipient.
ERASED: Mapping[str, Any] = dict.fromkeys(RECIPIENT_FIELDS, "")
# What a delivery must be so that anything of it is sent.
SENDABLE = Q(state=D.RELEASED, stop_asked_at=None, erased_at=None)


class DeliveryMove(NamedTuple):
    """From which states to which one, None for a move that stays.

    ``none_live`` says that no shipment of it may be live. ``drops`` says that shipments which still wait are dropped
    with it. ``erased`` says that a delivery whose recipient is erased may make it too. ``stamps`` are the times that it
    sets, unless they are set already.
    """

    sources: tuple[str, ...]
    target: str | None
    none_live: bool = False
    drops: bool = False
    erased: bool = False
    stamps: tuple[str, ...] = ()


class ShipmentMove(NamedTuple):
    """From which states to which one, None for a move that stays.

    ``released`` says that the delivery must be released and not erased, nobody may have asked to stop it, and no pause
    may be in force. ``by_worker`` says that only the holder of the lease makes the move; any other move takes the row
    from whoever has it, but for one that is ``idle``: no worker's lease may be running. ``transmitted``, if not None,
    is whether the shipment must be transmitted already. ``unclaimed`` says that no manifest may have claimed it: it may
    be on its way to be transmitted. ``unerased`` says that its recipient may not be erased. ``stamps`` are as those of
    a delivery's move. ``alone`` says that source and target are the same to every move of a delivery, whose row need
    not be locked then; the erasure of a delivery sees by itself whether a label came beside it.
    """

    sources: tuple[str, ...]
    target: str | None
    by_worker: bool = False
    released: bool = False
    idle: bool = False
    transmitted: bool | None = None
    unclaimed: bool = False
    unerased: bool = False
    stamps: tuple[str, ...] = ()
    history: Change | None = None
    alone: bool = False


DELIVERY_MOVES: Mapping[Change, DeliveryMove] = {
    Change.RESERVE: DeliveryMove((D.DRAFT,), D.RESERVED, stamps=("reserved_at",)),
    Change.UNRESERVE: DeliveryMove((D.RESERVED,), D.DRAFT),
    Change.PLACE: DeliveryMove((D.DRAFT, D.RESERVED), D.PLACED, stamps=("placed_at",)),
    Change.PLACE_HELD: DeliveryMove((D.DRAFT, D.RESERVED), D.HELD, stamps=("placed_at",)),
    Change.PLACE_UNCHOSEN: DeliveryMove((D.DRAFT, D.RESERVED), D.NEEDS_CHOICE, erased=True, stamps=("placed_at",)),
    Change.ASK_RELEASE: DeliveryMove((D.HELD, D.NEEDS_CHOICE), None, stamps=("release_asked_at",)),
    Change.RELEASE: DeliveryMove((D.PLACED,), D.RELEASED, stamps=("release_asked_at", "released_at")),
    Change.HOLD: DeliveryMove((D.PLACED, D.RELEASED), D.HELD),
    Change.RESUME: DeliveryMove((D.HELD,), D.PLACED),
    Change.ASK_HOLD: DeliveryMove((D.NEEDS_CHOICE,), None, stamps=("hold_asked_at",)),
    Change.UNASK_HOLD: DeliveryMove((D.PLACED, D.NEEDS_CHOICE), None),
    Change.BUYER_ASKS: DeliveryMove(ACTIVE, None),
    Change.NEED_CHOICE: DeliveryMove((D.PLACED, D.RELEASED, D.HELD), D.NEEDS_CHOICE, drops=True),
    Change.CHOOSE_AGAIN: DeliveryMove((D.NEEDS_CHOICE,), D.PLACED),
    # A delivery whose choice was erased before its order came has a recipient again.
    Change.CORRECT_RECIPIENT: DeliveryMove(ACTIVE, None, erased=True),
    Change.CHANGE_OFFICE: DeliveryMove((D.PLACED, D.RELEASED, D.HELD), None),
    Change.CHANGE_PARCEL: DeliveryMove(ACTIVE, None),
    Change.REPLAN: DeliveryMove(ACTIVE, None),
    Change.REOPEN: DeliveryMove((D.NEEDS_CHOICE,), D.PLACED),
    Change.ASK_STOP: DeliveryMove(ACTIVE, None, erased=True, stamps=("stop_asked_at",)),
    Change.CANCEL: DeliveryMove(ACTIVE, D.CANCELLED, none_live=True, drops=True, erased=True),
    Change.EXPIRE: DeliveryMove(ACTIVE, D.CANCELLED, none_live=True, drops=True),
    Change.ERASE: DeliveryMove((D.RESERVED, *ACTIVE, D.CANCELLED), None, drops=True, stamps=("erased_at",)),
}

SHIPMENT_MOVES: Mapping[str, ShipmentMove] = {
    "request": ShipmentMove(
        (S.WAITING, S.UNKNOWN), S.REQUESTED, by_worker=True, released=True, stamps=("requested_at",)
    ),
    "put_off": ShipmentMove((S.WAITING, S.UNKNOWN, S.MADE, S.VOIDING, S.REFUNDING), None, by_worker=True),
    "wait": ShipmentMove((S.REQUESTED,), S.WAITING, by_worker=True),
    "lose_sight": ShipmentMove((S.REQUESTED,), S.UNKNOWN, by_worker=True),
    "made": ShipmentMove(BEING_SENT, S.MADE, by_worker=True, stamps=("made_at",)),
    "handed": ShipmentMove((S.REQUESTED,), S.HANDED, by_worker=True),
    "refuse": ShipmentMove((S.WAITING, S.REQUESTED), S.REFUSED, by_worker=True),
    "suspend": ShipmentMove(BEING_SENT, S.SUSPENDED, by_worker=True, stamps=("made_at",)),
    "ask_person": ShipmentMove(IN_PROGRESS, S.ATTENTION, by_worker=True),
    "label": ShipmentMove((S.MADE,), S.LABELLED, by_worker=True, stamps=("labelled_at",), alone=True),
    "finish": ShipmentMove((S.MADE,), S.DONE, by_worker=True, alone=True),
    "voided": ShipmentMove(BEING_TAKEN_BACK, S.VOIDED, by_worker=True),
    "refund_asked": ShipmentMove(BEING_TAKEN_BACK, S.REFUND_ASKED, by_worker=True),
    # What comes from elsewhere than a worker: an export, a report, a person, the erasure of the recipient.
    "hand_over": ShipmentMove((S.WAITING,), S.HANDED, released=True, stamps=("requested_at",)),
    "call_back": ShipmentMove((S.HANDED,), S.ATTENTION),
    # A report is as good as an answer that is still awaited, or that a person looks for.
    "report_made": ShipmentMove(
        (S.HANDED, S.REQUESTED, S.UNKNOWN, S.ATTENTION), S.MADE, stamps=("made_at",), history=Change.REPORT
    ),
    "report_lost": ShipmentMove((S.HANDED, S.REQUESTED, S.UNKNOWN), S.ATTENTION, history=Change.REPORT),
    "report_label": ShipmentMove(MAY_GET_A_LABEL, S.LABELLED, unerased=True, stamps=("labelled_at",)),
    "report_done": ShipmentMove((S.MADE,), S.DONE),
    "transmit": ShipmentMove((*EXISTING, S.ATTENTION), None, stamps=("transmitted_at",), history=Change.TRANSMIT),
    "drop": ShipmentMove((S.WAITING,), S.DROPPED, history=Change.DROP),
    "give_up": ShipmentMove(IN_PROGRESS, S.ATTENTION, idle=True),
    "found": ShipmentMove(UP_TO_A_PERSON, S.MADE, stamps=("made_at",), history=Change.FOUND),
    "not_made": ShipmentMove(UP_TO_A_PERSON, S.REFUSED, history=Change.NOT_MADE),
    "void": ShipmentMove(
        (*EXISTING, S.ATTENTION),
        S.VOIDING,
        transmitted=False,
        unclaimed=True,
        history=Change.VOID,
    ),
    "refund": ShipmentMove((*EXISTING, S.ATTENTION), S.REFUNDING, transmitted=True, history=Change.REFUND),
    "fetch_again": ShipmentMove((S.LABELLED,), S.MADE, unerased=True, history=Change.FETCH_AGAIN),
    "label_destroyed": ShipmentMove((S.REFUND_ASKED,), None, history=Change.LABEL_DESTROYED),
    "ship_again": ShipmentMove((*EXISTING, S.ATTENTION), None, history=Change.MAKE_AGAIN),
}
# Their holder goes on at once, to make the call or to fetch the label.
KEEPS_THE_LEASE = ("request", "made")
# Moves after which the next revision of the parcel may be made.
FREES_THE_PARCEL = ("label_destroyed", "ship_again")

# What a shop is told of, after the commit.
DELIVERY_SIGNALS: Mapping[str, Signal] = {
    D.RESERVED: signals.reserved,
    D.PLACED: signals.placed,
    D.RELEASED: signals.released,
    D.HELD: signals.held,
    D.NEEDS_CHOICE: signals.needs_choice,
    D.CANCELLED: signals.cancelled,
}
SHIPMENT_SIGNALS: Mapping[str, Signal] = {S.REFUSED: signals.refused, S.LABELLED: signals.labelled}
# With these a delivery gets its order, and the desk can find it.
PLACING = (Change.PLACE, Change.PLACE_HELD, Change.PLACE_UNCHOSEN)
# These lead back to where the delivery has been: the shop was told of it then. Nor is it told that a delivery is
# cancelled whose order has got another one at the same moment.
NOT_NEWS = (Change.RESUME, Change.CHOOSE_AGAIN, Change.REOPEN)


@sensitive_variables()
def move_delivery(
    delivery: Delivery,
    change: Change,
    *,
    only_if: Q | None = None,
    locked: bool = False,
    user: Any = None,
    note: str = "",
    cause: Reason = Reason.NONE,
    **fields: Any,
) -> bool:
    """Make a move and write it to the history; say whether it was allowed from where the row, or ``only_if``, was.

    ``fields`` are set with it, ``reason`` among them; the times that the move stamps need not be. ``cause`` is a reason
    for the history alone. ``delivery`` is reloaded when it has moved. ``locked`` says that this transaction has locked
    and read the row already: then neither is done again. Raises IntegrityError when the order has another current
    delivery, or ``fields`` leave out what the target needs.
    """
    move = DELIVERY_MOVES[change]
    target = {} if move.target is None else {"state": move.target}
    values = {**target, **stamped(move.stamps), **fields}
    with transaction.atomic(savepoint=not locked):
        # Locked so that a shipment of this delivery cannot be requested between the question and the answer.
        if not locked:
            _lock(delivery.pk)
        rows = movable(change).filter(only_if or Q(), pk=delivery.pk)
        if not rows.update(**values):
            return False
        if move.drops:
            drop_waiting(delivery, fields.get("reason", Reason.NONE), user=user)
        History.objects.create(
            delivery_id=delivery.pk,
            user=user,
            change=change,
            reason=cause or fields.get("reason", Reason.NONE),
            note=as_note(note),
        )
        if locked:
            _take_over(delivery, values)
        else:
            delivery.refresh_from_db()
        if (first := change in PLACING) or not SOURCES.isdisjoint(fields):
            keep_keys(delivery, first=first)
        is_news = change not in NOT_NEWS and delivery.reason != Reason.REPLACED
        if is_news and (signal := DELIVERY_SIGNALS.get(move.target or "")):
            tell(signal, delivery)
    return True


def _lock(delivery_pk: UUID) -> None:
    Delivery.objects.select_for_update().filter(pk=delivery_pk).values_list("pk").first()


def lock_deliveries(pks: Iterable[UUID]) -> QuerySet[Delivery]:
    """Lock deliveries, so that nobody puts them on hold, changes or cancels them meanwhile; return them, by id.

    Locked before rows of manifests and shipments are, since whoever asks for a change does it in that order too.
    """
    rows = Delivery.objects.filter(pk__in=set(pks)).order_by("pk")
    list(rows.select_for_update().values_list("pk"))
    return rows


def _take_over(row: Delivery | Shipment, values: Mapping[str, Any]) -> None:
    """Give the row in memory what it has just got in the database."""
    for name, value in values.items():
        stamp = value.get_source_expressions()[1].value if isinstance(value, Coalesce) else None
        setattr(row, name, value if stamp is None else getattr(row, name) or stamp)


def tell(signal: Signal, delivery: Delivery) -> None:
    send_on_commit(signal, Delivery, delivery_id=delivery.pk, order_pk=delivery.order_id, reason=str(delivery.reason))


def movable(change: Change) -> QuerySet[Delivery]:
    """Return the deliveries that stand where the move is allowed, and whose shipments and erasure allow it."""
    move = DELIVERY_MOVES[change]
    rows = Delivery.objects.filter(state__in=move.sources)
    if move.none_live:
        live = Shipment.objects.filter(delivery=OuterRef("pk")).exclude(state__in=NOT_LIVE)
        if app_settings.canada_post.live:
            # What was made of a test is no parcel here, and nobody can void it.
            live = live.filter(delivery__live=True)
        # What was picked up, came back or is lost is in the post no longer.
        rows = rows.filter(~Exists(live.exclude(tracking__state__in=PARCEL_ENDS)))
    return rows if move.erased else rows.filter(erased_at=None)


def stamped(names: tuple[str, ...]) -> dict[str, Any]:
    """Return the times to set: now, where none is set yet."""
    now = Value(timezone.now(), output_field=DateTimeField())
    return {name: Coalesce(F(name), now) for name in names}


def drop_waiting(delivery: Delivery, reason: Reason, *, user: Any = None) -> int:
    """Drop the shipments of a delivery that still wait, and return how many: they will never be sent."""
    waiting = Shipment.objects.filter(delivery=delivery, state=S.WAITING)
    return sum(move_shipment(shipment, "drop", user=user, reason=reason) for shipment in waiting)


def move_shipment(
    shipment: Shipment,
    name: str,
    *,
    lease: UUID | None = None,
    only_if: Q | None = None,
    user: Any = None,
    note: str = "",
    **fields: Any,
) -> bool:
    """Make the move ``name`` and set ``fields``; say whether row, lease, delivery and ``only_if`` allowed it.

    ``due_at`` among the fields is when the row is to be looked at again; without it, never by itself. The lease
    ends with the move, except for KEEPS_THE_LEASE. A move that stays and is no worker's touches neither.
    ``shipment`` is reloaded when it has moved. What the database refuses undoes the transaction that it is in.
    """
    move = SHIPMENT_MOVES[name]
    values = values_of(name, fields)
    if values.get("reason_text") and not shipment.recipient_name:
        # It may name whoever was erased.
        values["reason_text"] = ""
    # The shop was told when it was there first: a label that was fetched again is no news.
    is_news = all(getattr(shipment, stamp) is None for stamp in move.stamps)
    with transaction.atomic(savepoint=False):
        if not move.alone:
            _lock(shipment.delivery_id)
        if not _movable(shipment, move, lease).filter(only_if or Q()).update(**values):
            return False
        if move.history:
            History.objects.create(
                delivery_id=shipment.delivery_id,
                shipment=shipment,
                user=user,
                change=move.history,
                reason=fields.get("reason", Reason.NONE),
                note=as_note(note),
            )
        if move.by_worker:
            # Nobody else has changed the row since it was claimed.
            _take_over(shipment, values)
        else:
            shipment.refresh_from_db()
        if is_news and (signal := SHIPMENT_SIGNALS.get(move.target or "")):
            send_on_commit(
                signal,
                Shipment,
                delivery_id=shipment.delivery_id,
                order_pk=shipment.delivery.order_id,
                reason=str(shipment.reason),
                shipment_pk=shipment.pk,
                tracking_number=shipment.tracking_pin,
            )
    return True


def values_of(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the move ``name`` of a shipment sets in its row, ``fields`` among it."""
    move = SHIPMENT_MOVES[name]
    target = {} if move.target is None else {"state": move.target}
    values: dict[str, Any] = {**target, **stamped(move.stamps), **fields}
    # What says something of a shipment that stays where it is leaves its next step to whoever is about to do it.
    if move.target is not None or move.by_worker:
        values.setdefault("due_at", None)
        if name not in KEEPS_THE_LEASE:
            values["lease"] = None
    if move.target in CLOSED or name in FREES_THE_PARCEL:
        values["open_parcel"] = None
    if move.target in CLOSED:
        values["own_tracking_pin"] = None
    return values


def _movable(shipment: Shipment, move: ShipmentMove, lease: UUID | None) -> QuerySet[Shipment]:
    rows = Shipment.objects.filter(pk=shipment.pk, state__in=move.sources)
    if move.by_worker:
        # Whoever has no lease holds none: a row that nobody has is not moved either.
        rows = rows.filter(lease=lease, lease__isnull=False)
    if move.released:
        # Not a join: Django would ask state and lease in a subquery, which sees them as they were before a wait for
        # another transaction's lock.
        rows = rows.filter(Exists(Delivery.objects.filter(SENDABLE, pk=shipment.delivery_id)))
        rows = rows.exclude(Exists(Pause.objects.in_force()))
    if move.unerased:
        rows = rows.filter(Exists(Delivery.objects.filter(pk=shipment.delivery_id, erased_at=None)))
    if move.idle:
        rows = rows.filter(idle())
    if move.transmitted is not None:
        rows = rows.filter(transmitted_at__isnull=not move.transmitted)
    if move.unclaimed:
        rows = rows.filter(manifest=None)
    return rows


def of_sendable() -> Exists:
    """Return the condition that a shipment's delivery is SENDABLE.

    Not a join: Django would then claim a row by a subquery, which does not see who claimed it a moment before.
    """
    return Exists(Delivery.objects.filter(SENDABLE, pk=OuterRef("delivery")))


def idle() -> Q:
    """Return the condition that no worker has a shipment under a lease that is still running."""
    return Q(lease=None) | Q(due_at__lte=timezone.now())


def needing_a_person() -> QuerySet[Shipment]:
    """Return the shipments that go on only when a clerk does something."""
    released = of_sendable()
    # A refused one stays refused for ever; once its parcel has another revision, it needs nobody.
    refused = Q(released, newest_revision(), state=S.REFUSED)
    # Somebody must say that the old label is destroyed, or no new one is made.
    label_to_destroy = Q(released, state=S.REFUND_ASKED, open_parcel__isnull=False, change_asked_at__isnull=False)
    stuck = Q(state__in=UP_TO_A_PERSON)
    # The states once more, so that a database looks for them by its index before it looks at the rest.
    return Shipment.objects.filter(stuck | refused | label_to_destroy, state__in=FOR_A_PERSON)

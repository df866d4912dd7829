"""The allowed moves: each is one conditional UPDATE that asks where the row, and its delivery, are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from deliver_to_po.choices import DeliveryState as D
from deliver_to_po.choices import ShipmentState as S
from deliver_to_po.models.delivery import Delivery, History
from deliver_to_po.models.shipment import CLOSED, Shipment


@dataclass(frozen=True, slots=True)
class Move:
    """From which states to which one; for a shipment also in which states its delivery must be."""

    sources: tuple[str, ...]
    target: str
    deliveries: tuple[str, ...] = tuple(D.values)


# While a shipment is in one of these, nobody may change what it says: the answer is still to come.
IN_FLIGHT = (S.REQUESTED, S.UNKNOWN)

DELIVERY_MOVES: Mapping[str, Move] = {
    "place": Move((D.DRAFT,), D.PLACED),
    "release": Move((D.PLACED, D.HELD), D.RELEASED),
    "hold": Move((D.PLACED, D.RELEASED), D.HELD),
    "ask_choice": Move((D.PLACED, D.RELEASED, D.HELD), D.NEEDS_CHOICE),
    "cancel": Move((D.PLACED, D.RELEASED, D.HELD, D.NEEDS_CHOICE), D.CANCELLED),
}

SHIPMENT_MOVES: Mapping[str, Move] = {
    "request": Move((S.WAITING, S.UNKNOWN), S.REQUESTED, (D.RELEASED,)),
    "wait": Move((S.WAITING, S.REQUESTED), S.WAITING),
    "lose_sight": Move((S.REQUESTED, S.UNKNOWN), S.UNKNOWN),
    "made": Move((S.REQUESTED, S.UNKNOWN), S.MADE),
    "refuse": Move((S.WAITING, S.REQUESTED), S.REFUSED),
    "suspend": Move((S.REQUESTED, S.UNKNOWN), S.SUSPENDED),
    "ask_person": Move((S.WAITING, S.REQUESTED, S.UNKNOWN, S.MADE), S.ATTENTION),
    "label_later": Move((S.MADE,), S.MADE),
    "label": Move((S.MADE,), S.LABELLED),
}


def move_delivery(delivery: Delivery, name: str, *, user: Any = None, why: str = "", **fields: Any) -> bool:
    """Make the move ``name`` and write it to the history; say whether it was allowed from where the row was.

    Everything but ``place`` and ``release`` is refused while one of the shipments is in flight.
    """
    move = DELIVERY_MOVES[name]
    with transaction.atomic():
        # Locked so that a shipment of this delivery cannot be requested between the question and the answer.
        Delivery.objects.select_for_update().filter(pk=delivery.pk).first()
        rows = Delivery.objects.filter(pk=delivery.pk, state__in=move.sources)
        if name not in ("place", "release"):
            rows = rows.exclude(Exists(Shipment.objects.filter(delivery=OuterRef("pk"), state__in=IN_FLIGHT)))
        if not rows.update(state=move.target, **fields):
            return False
        History.objects.create(delivery_id=delivery.pk, user=user, what=name, why=why)
    delivery.refresh_from_db()
    return True


def move_shipment(shipment: Shipment, name: str, *, lease: UUID, due_at: datetime | None = None, **fields: Any) -> bool:
    """Make the move ``name`` for the holder of ``lease``; say whether row, lease and delivery allowed it.

    ``due_at`` is when the row is to be looked at again, None for never by itself. The lease ends with the move, but
    for ``request``, whose holder goes on to make the call.
    """
    move = SHIPMENT_MOVES[name]
    values: dict[str, Any] = {"state": move.target, "due_at": due_at, **fields}
    if name != "request":
        values["lease"] = None
    if move.target in CLOSED:
        values["open_parcel"] = None
    with transaction.atomic():
        Delivery.objects.select_for_update().filter(pk=shipment.delivery_id).first()
        moved = Shipment.objects.filter(
            pk=shipment.pk, lease=lease, state__in=move.sources, delivery__state__in=move.deliveries
        ).update(**values)
    if moved:
        shipment.refresh_from_db()
    return bool(moved)

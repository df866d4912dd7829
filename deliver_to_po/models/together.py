"""Moving many shipments at once by the same move, in two statements: all of them or none."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, Value, When

from deliver_to_po.core.choices import Reason
from deliver_to_po.models.history import History
from deliver_to_po.models.moves import SHIPMENT_MOVES, SHIPMENT_SIGNALS, ShipmentMove, values_of
from deliver_to_po.models.shipment import Shipment


class NotAll(Exception):
    """One of the shipments stands elsewhere by now, so none was moved."""


def move_shipments(
    shipments: Sequence[Shipment],
    name: str,
    *,
    each: Mapping[str, Mapping[int, Any]] | None = None,
    user: Any = None,
    **fields: Any,
) -> None:
    """Make the move ``name`` of many shipments, as ``move_shipment`` does of one; they are not reloaded.

    ``each`` gives the fields that differ, by primary key. Call it with the rows of their deliveries locked. Raises
    NotAll, when nothing was changed, and ValueError for a move that asks more than where a shipment stands, or that
    shops are told of: those are made one by one.
    """
    move = SHIPMENT_MOVES[name]
    if _asks_more(move) or move.target in SHIPMENT_SIGNALS:
        raise ValueError(f"{name!r} is made one by one")
    differing = {field: _by_key(field, values) for field, values in (each or {}).items()}
    with transaction.atomic():
        rows = Shipment.objects.filter(pk__in=[shipment.pk for shipment in shipments], state__in=move.sources)
        if rows.update(**values_of(name, {**fields, **differing})) != len(shipments):
            raise NotAll
        if move.history:
            reason = fields.get("reason", Reason.NONE)
            History.objects.bulk_create(
                History(delivery_id=row.delivery_id, shipment=row, user=user, change=move.history, reason=reason)
                for row in shipments
            )


def _asks_more(move: ShipmentMove) -> bool:
    return (
        move.by_worker or move.released or move.idle or move.unclaimed or move.unerased or move.transmitted is not None
    )


def _by_key(name: str, values: Mapping[int, Any]) -> Case:
    field: Any = Shipment._meta.get_field(name)
    return Case(*(When(pk=pk, then=Value(value)) for pk, value in values.items()), output_field=field)

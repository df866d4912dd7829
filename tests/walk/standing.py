"""Where the world stands, told by what matters for what may happen next: two moments that are alike are one place."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from deliver_to_po.core.choices import DeliveryState, ManifestState, Reason, ShipmentState
from deliver_to_po.handoff.changing.voiding import MAYBE_DONE
from deliver_to_po.models import Delivery, Manifest, Pause, Shipment
from deliver_to_po.models.parts import OFFICE_REQUIRED, RECIPIENT_REQUIRED
from tests.walk.rows import Rows, as_dicts
from tests.walk.world import Worker, World

D, S, M = DeliveryState, ShipmentState, ManifestState
UNANSWERED = (S.REQUESTED, S.UNKNOWN)
# Why a delivery waits counts only where the code asks for it.
WAITS_FOR = {
    Reason.ON_HOLD: "somebody",
    Reason.BUYER_CANCELS: "somebody",
    Reason.PAUSED: "the pause",
    Reason.NOT_PAID: "the payment",
    Reason.SHOP_ERROR: "the shop's program",
    Reason.NO_PARCELS: "the shop's program",
    Reason.OFFICE_NO_LONGER: "its office",
    Reason.OFFICE_GONE: "its office",
    Reason.CHOICE_ERASED: "an erased choice",
}


class Place(NamedTuple):
    """The state of the world. ``delivery`` is ``""`` if nothing is kept of it."""

    delivery: str = ""
    waits_for: str = ""
    release_asked: bool = False
    hold_asked: bool = False
    wished: bool = False
    stop_asked: bool = False
    erased: bool = False
    complete: bool = False
    paused: bool = False
    shipment: str = ""
    transmitted: bool = False
    # Where nothing is transmitted: the parcel may have left with its label.
    printed: bool = False
    change_asked: bool = False
    # The next revision may be made.
    closed: bool = False
    # The shipping system has said its id.
    known: bool = False
    # It exists there, whatever we know of it.
    exists: bool = False
    # So does what was made of the parcel before.
    former_exists: bool = False
    # An earlier request may have made it, or an earlier call may have voided or refunded it.
    maybe: bool = False
    to_export: bool = False
    due: bool = False
    leased: bool = False
    manifest: str = ""
    # What a worker waits for.
    call: str = ""

    def __str__(self) -> str:
        """Return what differs from nothing at all."""
        return ", ".join(
            name if value is True else f"{name} {value}" for name, value in self._asdict().items() if value
        )


def place_of(world: World, rows: Rows) -> Place:
    """Return where the world stands when these are its rows."""
    delivery = _current(rows)
    if delivery is None:
        return Place()
    waits = delivery["state"] in (D.PLACED, D.HELD, D.NEEDS_CHOICE)
    place = Place(
        delivery=delivery["state"],
        waits_for=_waits_for(delivery),
        release_asked=waits and delivery["release_asked_at"] is not None,
        hold_asked=delivery["hold_asked_at"] is not None,
        wished=delivery["wished"] != "",
        stop_asked=delivery["stop_asked_at"] is not None and delivery["state"] != D.CANCELLED,
        erased=delivery["erased_at"] is not None,
        complete=all(delivery[name] for name in OFFICE_REQUIRED + RECIPIENT_REQUIRED),
        # None is kept that is over.
        paused=bool(rows[Pause]),
        call=_call(world.worker) if world.worker else "",
        **_of_newest_shipment(rows, delivery["id"], world.exists),
    )
    return _what_counts(place)


def _call(worker: Worker) -> str:
    return f"{worker.call}, at last" if worker.late else worker.call


def _what_counts(place: Place) -> Place:
    """Return the same without what makes no difference in such a place."""
    if place.delivery == D.CANCELLED:
        settled = Place(place.delivery, erased=place.erased)
        old_label = place.shipment == S.REFUND_ASKED and not place.closed
        return settled._replace(shipment=place.shipment) if old_label else settled
    gone = place.erased and place.delivery != D.RESERVED and place.waits_for != WAITS_FOR[Reason.CHOICE_ERASED]
    if place.stop_asked or gone:
        # Nothing more is sent, whether it is on hold or not.
        place = place._replace(delivery=D.RELEASED, waits_for="", release_asked=False, hold_asked=False, wished=False)
    if place.stop_asked:
        # What was made is voided or refunded with or without a change.
        place = place._replace(change_asked=False)
    if place.delivery != D.NEEDS_CHOICE:
        place = place._replace(complete=False)
    if place.shipment:
        # Its release was asked for, and whoever held it is heard.
        place = place._replace(release_asked=False, waits_for=place.waits_for.replace("the order", "somebody"))
    if place.shipment not in ("", S.WAITING):
        # A lease that is over is none.
        place = place._replace(leased=False)
    if place.closed:
        place = place._replace(transmitted=False, printed=False, known=False, exists=False, due=False)
    return place


def _current(rows: Rows) -> Mapping[str, Any] | None:
    """Return the order's current delivery; before there is one, what the buyer has chosen."""
    found = [row for row in as_dicts(rows, Delivery) if row["current_order_id"] is not None or row["order_id"] is None]
    return min(found, key=lambda row: row["current_order_id"] is None, default=None)


def _waits_for(delivery: Mapping[str, Any]) -> str:
    if delivery["state"] not in (D.HELD, D.NEEDS_CHOICE) or not delivery["reason"]:
        return ""
    return WAITS_FOR.get(Reason(delivery["reason"]), "the order")


def _of_newest_shipment(rows: Rows, delivery_id: Any, exists: frozenset[str]) -> dict[str, Any]:
    revisions = [row for row in as_dicts(rows, Shipment) if row["delivery_id"] == delivery_id]
    if not revisions:
        return {}
    shipment = max(revisions, key=lambda row: row["revision"])
    taking_back = shipment["state"] in (S.VOIDING, S.REFUNDING)
    return {
        "shipment": shipment["state"],
        "transmitted": shipment["transmitted_at"] is not None,
        "printed": shipment["group"] == "" and shipment["printed_at"] is not None,
        "change_asked": shipment["change_asked_at"] is not None,
        "closed": shipment["open_parcel"] is None,
        "known": shipment["shipment_id"] != "",
        "exists": shipment["request_id"] in exists,
        "former_exists": any(row["request_id"] in exists for row in revisions if row is not shipment),
        "maybe": (shipment["state"] in UNANSWERED and shipment["requests"] > 1)
        or (taking_back and shipment["reason"] in MAYBE_DONE),
        "to_export": shipment["state"] == S.WAITING and shipment["reason"] == Reason.TO_EXPORT,
        "due": shipment["due_at"] is not None,
        "leased": shipment["lease"] is not None,
        "manifest": _manifest(rows, shipment),
    }


def _manifest(rows: Rows, shipment: Mapping[str, Any]) -> str:
    """Return where the manifest stands that is to transmit the shipment; its paper is a matter of its own."""
    if shipment["manifest_id"] is None or shipment["transmitted_at"] is not None:
        return ""
    [manifest] = [row for row in as_dicts(rows, Manifest) if row["id"] == shipment["manifest_id"]]
    return str(manifest["state"])


def reasons_of(rows: Rows) -> tuple[str, ...]:
    """Return every reason that a page may tell: they make no other place, but other words."""
    return tuple(row["reason"] for model in (Delivery, Shipment) for row in as_dicts(rows, model))

"""The state tables, written out by hand from the design: what may become what, by which move. Never from the code."""

from collections.abc import Mapping
from typing import NamedTuple

from deliver_to_po.core.choices import Change


class Row(NamedTuple):
    """One row: from where, by what, to where."""

    source: str
    move: str
    target: str


def to(target: str, sources: str) -> dict[str, str]:
    return dict.fromkeys(sources.split(), target)


def stays(sources: str) -> dict[str, str]:
    return {source: source for source in sources.split()}


def _rows(moves: Mapping[str, Mapping[str, str]]) -> tuple[Row, ...]:
    return tuple(Row(source, move, target) for move, became in moves.items() for source, target in became.items())


DELIVERIES = _rows(
    {
        Change.RESERVE: to("reserved", "draft"),
        Change.UNRESERVE: to("draft", "reserved"),
        Change.PLACE: to("placed", "draft reserved"),
        Change.PLACE_HELD: to("held", "draft reserved"),
        Change.PLACE_UNCHOSEN: to("needs_choice", "draft reserved"),
        Change.RELEASE: to("released", "placed"),
        Change.ASK_RELEASE: stays("held needs_choice"),
        Change.HOLD: to("held", "placed released"),
        Change.RESUME: to("placed", "held"),
        Change.ASK_HOLD: stays("needs_choice"),
        Change.UNASK_HOLD: stays("placed needs_choice"),
        Change.BUYER_ASKS: stays("placed released held needs_choice"),
        Change.NEED_CHOICE: to("needs_choice", "placed released held"),
        Change.CHOOSE_AGAIN: to("placed", "needs_choice"),
        Change.CORRECT_RECIPIENT: stays("placed released held needs_choice"),
        Change.CHANGE_OFFICE: stays("placed released held"),
        Change.CHANGE_PARCEL: stays("placed released held needs_choice"),
        Change.REPLAN: stays("placed released held needs_choice"),
        Change.REOPEN: to("placed", "needs_choice"),
        Change.ASK_STOP: stays("placed released held needs_choice"),
        Change.CANCEL: to("cancelled", "placed released held needs_choice"),
        Change.EXPIRE: to("cancelled", "placed released held needs_choice"),
        Change.ERASE: stays("reserved placed released held needs_choice cancelled"),
    }
)

SHIPMENTS = _rows(
    {
        "request": to("requested", "waiting unknown"),
        "put_off": stays("waiting unknown made voiding refunding"),
        "wait": to("waiting", "requested"),
        "lose_sight": to("unknown", "requested"),
        "made": to("made", "requested unknown"),
        "handed": to("handed", "requested"),
        "refuse": to("refused", "waiting requested"),
        "suspend": to("suspended", "requested unknown"),
        "ask_person": to("attention", "requested unknown made voiding refunding"),
        "label": to("labelled", "made"),
        "finish": to("done", "made"),
        "voided": to("voided", "voiding refunding"),
        "refund_asked": to("refund_asked", "voiding refunding"),
        "hand_over": to("handed", "waiting"),
        "call_back": to("attention", "handed"),
        "report_made": to("made", "handed requested unknown attention"),
        "report_lost": to("attention", "handed requested unknown"),
        "report_label": to("labelled", "made done"),
        "report_done": to("done", "made"),
        "transmit": stays("made labelled done suspended attention"),
        "drop": to("dropped", "waiting"),
        "give_up": to("attention", "requested unknown made voiding refunding"),
        "found": to("made", "attention suspended"),
        "not_made": to("refused", "attention suspended"),
        "void": to("voiding", "made labelled done attention suspended"),
        "ship_again": stays("made labelled done suspended attention"),
        "refund": to("refunding", "made labelled done attention suspended"),
        "fetch_again": to("made", "labelled"),
        "label_destroyed": stays("refund_asked"),
    }
)

# Moves that only the holder of the lease makes; all others take the row from whoever has it.
BY_WORKER = (
    *("request", "put_off", "wait", "lose_sight", "made", "handed", "refuse", "suspend", "ask_person"),
    *("label", "finish", "voided", "refund_asked"),
)
NOT_BY_WORKER = (
    *("hand_over", "call_back", "ship_again", "report_made", "report_lost", "report_label", "report_done"),
    *("transmit", "drop", "give_up", "found", "not_made", "void", "refund", "fetch_again", "label_destroyed"),
)
# What an erased delivery may still do; nothing of it is sent, released, resumed or chosen again.
ALSO_ONCE_ERASED = (Change.PLACE_UNCHOSEN, Change.ASK_STOP, Change.CANCEL, Change.CORRECT_RECIPIENT)
# What is refused to the shipments of an erased delivery.
NOT_ONCE_ERASED = ("request", "hand_over", "fetch_again", "report_label")
# Moves that wait until no worker has the row under a lease that is still running.
ONLY_WHEN_IDLE = ("give_up",)
# Moves that are refused while the delivery is not released, or once somebody asked to cancel it.
ONLY_WHILE_RELEASED = ("request", "hand_over")
# Moves of what can still be voided, and of what can only be refunded.
ONLY_BEFORE_TRANSMISSION = ("void",)
ONLY_AFTER_TRANSMISSION = ("refund",)

# The times that a move sets, unless they are set.
TIMES_OF_DELIVERIES = {
    Change.RESERVE: {"reserved_at"},
    Change.PLACE: {"placed_at"},
    Change.PLACE_HELD: {"placed_at"},
    Change.PLACE_UNCHOSEN: {"placed_at"},
    Change.ASK_RELEASE: {"release_asked_at"},
    Change.RELEASE: {"release_asked_at", "released_at"},
    Change.ASK_HOLD: {"hold_asked_at"},
    Change.ASK_STOP: {"stop_asked_at"},
    Change.ERASE: {"erased_at"},
}
TIMES_OF_SHIPMENTS = {
    "request": {"requested_at"},
    "hand_over": {"requested_at"},
    "made": {"made_at"},
    "report_made": {"made_at"},
    "found": {"made_at"},
    "suspend": {"made_at"},
    "label": {"labelled_at"},
    "report_label": {"labelled_at"},
    "transmit": {"transmitted_at"},
}

# What a move of a shipment writes into the history of its delivery.
WRITTEN_OF_SHIPMENTS = {
    "ship_again": Change.MAKE_AGAIN,
    "report_made": Change.REPORT,
    "report_lost": Change.REPORT,
    "drop": Change.DROP,
    "found": Change.FOUND,
    "not_made": Change.NOT_MADE,
    "void": Change.VOID,
    "refund": Change.REFUND,
    "fetch_again": Change.FETCH_AGAIN,
    "label_destroyed": Change.LABEL_DESTROYED,
    "transmit": Change.TRANSMIT,
}


MANIFESTS = _rows(
    {
        "ask": to("asked", "claimed unknown"),
        "put_off": stays("claimed unknown transmitted"),
        "wait": to("claimed", "asked"),
        "lose_sight": to("unknown", "asked"),
        "transmitted": to("transmitted", "asked unknown"),
        "refuse": to("refused", "claimed asked unknown"),
        "fetched": to("fetched", "transmitted"),
        "ask_person": to("attention", "unknown transmitted"),
        "look_again": to("unknown", "attention"),
        "fetch_again": to("transmitted", "attention"),
    }
)


def sources_of(move: str) -> list[str]:
    """Return the states that a move leaves."""
    return [row.source for row in (*DELIVERIES, *SHIPMENTS) if row.move == move]

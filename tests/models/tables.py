"""Both state tables, written out by hand from the design: what may become what, by which move. Never from the code."""

from typing import NamedTuple

from deliver_to_po.core.choices import Change


class Row(NamedTuple):
    """One row: from where, by what, to where."""

    source: str
    move: str
    target: str


DELIVERIES = (
    Row("draft", Change.RESERVE, "reserved"),
    Row("reserved", Change.UNRESERVE, "draft"),
    Row("draft", Change.PLACE, "placed"),
    Row("reserved", Change.PLACE, "placed"),
    Row("draft", Change.PLACE_HELD, "held"),
    Row("draft", Change.PLACE_UNCHOSEN, "needs_choice"),
    Row("reserved", Change.PLACE_HELD, "held"),
    Row("reserved", Change.PLACE_UNCHOSEN, "needs_choice"),
    Row("placed", Change.RELEASE, "released"),
    Row("held", Change.ASK_RELEASE, "held"),
    Row("needs_choice", Change.ASK_RELEASE, "needs_choice"),
    Row("placed", Change.HOLD, "held"),
    Row("released", Change.HOLD, "held"),
    Row("held", Change.RESUME, "placed"),
    Row("needs_choice", Change.ASK_HOLD, "needs_choice"),
    Row("placed", Change.UNASK_HOLD, "placed"),
    Row("needs_choice", Change.UNASK_HOLD, "needs_choice"),
    Row("placed", Change.BUYER_ASKS, "placed"),
    Row("released", Change.BUYER_ASKS, "released"),
    Row("held", Change.BUYER_ASKS, "held"),
    Row("needs_choice", Change.BUYER_ASKS, "needs_choice"),
    Row("placed", Change.NEED_CHOICE, "needs_choice"),
    Row("released", Change.NEED_CHOICE, "needs_choice"),
    Row("held", Change.NEED_CHOICE, "needs_choice"),
    Row("needs_choice", Change.CHOOSE_AGAIN, "placed"),
    Row("placed", Change.CORRECT_RECIPIENT, "placed"),
    Row("released", Change.CORRECT_RECIPIENT, "released"),
    Row("held", Change.CORRECT_RECIPIENT, "held"),
    Row("needs_choice", Change.CORRECT_RECIPIENT, "needs_choice"),
    Row("placed", Change.CHANGE_OFFICE, "placed"),
    Row("released", Change.CHANGE_OFFICE, "released"),
    Row("held", Change.CHANGE_OFFICE, "held"),
    Row("placed", Change.CHANGE_PARCEL, "placed"),
    Row("released", Change.CHANGE_PARCEL, "released"),
    Row("held", Change.CHANGE_PARCEL, "held"),
    Row("needs_choice", Change.CHANGE_PARCEL, "needs_choice"),
    Row("placed", Change.REPLAN, "placed"),
    Row("released", Change.REPLAN, "released"),
    Row("held", Change.REPLAN, "held"),
    Row("needs_choice", Change.REPLAN, "needs_choice"),
    Row("needs_choice", Change.REOPEN, "placed"),
    Row("placed", Change.ASK_STOP, "placed"),
    Row("released", Change.ASK_STOP, "released"),
    Row("held", Change.ASK_STOP, "held"),
    Row("needs_choice", Change.ASK_STOP, "needs_choice"),
    Row("placed", Change.CANCEL, "cancelled"),
    Row("released", Change.CANCEL, "cancelled"),
    Row("held", Change.CANCEL, "cancelled"),
    Row("needs_choice", Change.CANCEL, "cancelled"),
    Row("placed", Change.EXPIRE, "cancelled"),
    Row("released", Change.EXPIRE, "cancelled"),
    Row("held", Change.EXPIRE, "cancelled"),
    Row("needs_choice", Change.EXPIRE, "cancelled"),
    Row("reserved", Change.ERASE, "reserved"),
    Row("placed", Change.ERASE, "placed"),
    Row("released", Change.ERASE, "released"),
    Row("held", Change.ERASE, "held"),
    Row("needs_choice", Change.ERASE, "needs_choice"),
    Row("cancelled", Change.ERASE, "cancelled"),
)

SHIPMENTS = (
    Row("waiting", "request", "requested"),
    Row("unknown", "request", "requested"),
    Row("waiting", "put_off", "waiting"),
    Row("unknown", "put_off", "unknown"),
    Row("made", "put_off", "made"),
    Row("voiding", "put_off", "voiding"),
    Row("refunding", "put_off", "refunding"),
    Row("requested", "wait", "waiting"),
    Row("requested", "lose_sight", "unknown"),
    Row("requested", "made", "made"),
    Row("unknown", "made", "made"),
    Row("requested", "handed", "handed"),
    Row("waiting", "refuse", "refused"),
    Row("requested", "refuse", "refused"),
    Row("requested", "suspend", "suspended"),
    Row("unknown", "suspend", "suspended"),
    Row("requested", "ask_person", "attention"),
    Row("unknown", "ask_person", "attention"),
    Row("made", "ask_person", "attention"),
    Row("voiding", "ask_person", "attention"),
    Row("refunding", "ask_person", "attention"),
    Row("made", "label", "labelled"),
    Row("made", "finish", "done"),
    Row("voiding", "voided", "voided"),
    Row("refunding", "voided", "voided"),
    Row("voiding", "refund_asked", "refund_asked"),
    Row("refunding", "refund_asked", "refund_asked"),
    Row("waiting", "hand_over", "handed"),
    Row("handed", "call_back", "attention"),
    Row("handed", "report_made", "made"),
    Row("requested", "report_made", "made"),
    Row("unknown", "report_made", "made"),
    Row("attention", "report_made", "made"),
    Row("handed", "report_lost", "attention"),
    Row("requested", "report_lost", "attention"),
    Row("unknown", "report_lost", "attention"),
    Row("made", "report_label", "labelled"),
    Row("done", "report_label", "labelled"),
    Row("made", "report_done", "done"),
    Row("made", "transmit", "made"),
    Row("labelled", "transmit", "labelled"),
    Row("done", "transmit", "done"),
    Row("suspended", "transmit", "suspended"),
    Row("attention", "transmit", "attention"),
    Row("waiting", "drop", "dropped"),
    Row("requested", "give_up", "attention"),
    Row("unknown", "give_up", "attention"),
    Row("made", "give_up", "attention"),
    Row("voiding", "give_up", "attention"),
    Row("refunding", "give_up", "attention"),
    Row("attention", "found", "made"),
    Row("suspended", "found", "made"),
    Row("attention", "not_made", "refused"),
    Row("suspended", "not_made", "refused"),
    Row("made", "void", "voiding"),
    Row("labelled", "void", "voiding"),
    Row("done", "void", "voiding"),
    Row("attention", "void", "voiding"),
    Row("suspended", "void", "voiding"),
    Row("made", "ship_again", "made"),
    Row("labelled", "ship_again", "labelled"),
    Row("done", "ship_again", "done"),
    Row("suspended", "ship_again", "suspended"),
    Row("attention", "ship_again", "attention"),
    Row("made", "refund", "refunding"),
    Row("labelled", "refund", "refunding"),
    Row("done", "refund", "refunding"),
    Row("attention", "refund", "refunding"),
    Row("suspended", "refund", "refunding"),
    Row("labelled", "fetch_again", "made"),
    Row("refund_asked", "label_destroyed", "refund_asked"),
)

# Moves that only the holder of the lease makes; all others take the row from whoever has it.
BY_WORKER = (
    "request",
    "put_off",
    "wait",
    "lose_sight",
    "made",
    "handed",
    "refuse",
    "suspend",
    "ask_person",
    "label",
    "finish",
    "voided",
    "refund_asked",
)
NOT_BY_WORKER = (
    "hand_over",
    "call_back",
    "ship_again",
    "report_made",
    "report_lost",
    "report_label",
    "report_done",
    "transmit",
    "drop",
    "give_up",
    "found",
    "not_made",
    "void",
    "refund",
    "fetch_again",
    "label_destroyed",
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


def sources_of(move: str) -> list[str]:
    """Return the states that a move leaves."""
    return [row.source for row in (*DELIVERIES, *SHIPMENTS) if row.move == move]

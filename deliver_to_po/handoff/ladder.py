"""One ladder for shipments and manifests: when a row under lease is tried or looked up again, and when a person is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.models.history import as_note
from deliver_to_po.models.manifest_moves import move_manifest
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.outbox.beats import past, patience_is_over
from deliver_to_po.outbox.claiming import after, nth_wait
from deliver_to_po.shipping import NotYet

# Both have a lease, a reason, and count tries of the step and requests to the shipping system.
Row: TypeAlias = Shipment | Manifest

# How many empty look-ups come before the same request is sent a second time.
REPEATED_AFTER = 2
LONGEST_SECONDS = 24 * 3600.0
SAID_AT_MOST = 2_000
# The shipping system is still making these files.
NOT_READY = (Reason.LABEL_NOT_READY, Reason.MANIFEST_NOT_READY)


def move(row: Row, name: str, **fields: Any) -> bool:
    """Make a move as the holder of the lease; False when another worker holds it by now.

    Whatever the settings or a system say, it is looked at again within LONGEST_SECONDS, and what was said can be kept.
    """
    if "due_at" in fields:
        fields["due_at"] = min(fields["due_at"], after(LONGEST_SECONDS))
    if "reason_text" in fields:
        fields["reason_text"] = as_note(fields["reason_text"], SAID_AT_MOST)
    if isinstance(row, Manifest):
        return move_manifest(row, name, lease=row.lease, **fields)
    return move_shipment(row, name, lease=row.lease, **fields)


def put_off(row: Row, not_yet: NotYet, *, name: str = "put_off", **fields: Any) -> bool:
    """Try the same step again when ``not_yet`` says, or after the next wait for its reason."""
    seconds = not_yet.seconds
    if seconds is None:
        seconds = nth_wait(waits_after(not_yet.reason), row.tries)
    values = {"reason": not_yet.reason, "reason_text": not_yet.said, "tries": row.tries + 1, **fields}
    return move(row, name, due_at=after(seconds), **values)


def waits_after(reason: Reason) -> Sequence[float]:
    """Return after how many seconds a step is tried again: the first time, the second and so on."""
    if reason in NOT_READY:
        return app_settings.handoff.label_after_seconds
    waits = app_settings.handoff.retry_after_seconds
    return waits[-1:] if reason.entry.slow else waits


def wait_by_age(row: Row, waits: Sequence[float], asked_for: float | None = None) -> float:
    """Return the seconds that the system ``asked_for``, or the first wait as long as the outcome has been unknown.

    So no outage of hours is asked about every few seconds, though no try counts.
    """
    if asked_for is not None:
        return asked_for
    since = _tried_since(row)
    return next((wait for wait in waits if not past(since, timedelta(seconds=wait))), waits[-1])


def _tried_since(row: Row) -> datetime | None:
    """Return since when a step is tried: since the request, or since a person wants its outcome looked up again.

    A label is tried for since its parcel was made, which may have been reported days after the request.
    """
    if isinstance(row, Manifest):
        return row.looked_again_at or row.requested_at
    return row.made_at if row.state == ShipmentState.MADE else row.requested_at


def uncount_request(row: Row, not_yet: NotYet, *, look_up_in: float | None = None) -> bool:
    """Forget a request that certainly did nothing; say whether the row is as if none had been sent.

    What an earlier request did may still be unknown: then that is looked up in ``look_up_in`` seconds.
    """
    if row.requests <= 1:
        return put_off(row, not_yet, name="wait", requests=0, requested_at=None)
    seconds = app_settings.handoff.retry_after_seconds[0] if look_up_in is None else look_up_in
    lose_sight(row, not_yet.reason, not_yet.said, seconds=seconds, requests=row.requests - 1)
    return False


def lose_sight(row: Row, reason: Reason, said: str = "", *, seconds: float | None = None, **fields: Any) -> None:
    """Save that the outcome of a request is unknown. It is looked up in ``seconds``, or after the first wait."""
    if seconds is None:
        seconds = app_settings.handoff.look_up_after_seconds[0]
    move(row, "lose_sight", due_at=after(seconds), reason=reason, reason_text=said, tries=0, **fields)


def look_ups_before_repeating(row: Row) -> int:
    """Return how many empty look-ups come before the same request is sent again.

    It is REPEATED_AFTER before the second request, since an outage of half a minute must not leave a row alone for a
    day. Before every later request it is a whole round of waits.
    """
    waits = len(app_settings.handoff.look_up_after_seconds)
    return min(waits, REPEATED_AFTER) if row.requests <= 1 else waits


def look_up_again(row: Row, tries: int, **fields: Any) -> None:
    """Look up again after the next wait. ``tries`` is how many look-ups have found nothing."""
    if not gave_up(row):
        seconds = nth_wait(app_settings.handoff.look_up_after_seconds, tries)
        move(row, "put_off", due_at=after(seconds), tries=tries, **fields)


def could_not_look_up(row: Row, not_yet: NotYet, **fields: Any) -> None:
    """Look up again later. The system could not tell, which proves nothing and counts for no try."""
    if not gave_up(row):
        seconds = wait_by_age(row, waits_after(not_yet.reason), not_yet.seconds)
        move(row, "put_off", due_at=after(seconds), **fields)


def crashes_without_end(row: Row) -> bool:
    """Leave a row to a person if its step has raised something for GIVE_UP_AFTER; say whether it is.

    So is what the system says to hold: that its look-up raised something is not kept.
    """
    return row.reason in (Reason.CRASHED, Reason.NOT_FOUND) and gave_up(row)


def gave_up(row: Row, reason: Reason | None = None, *, since: datetime | None = None) -> bool:
    """Leave a row to a person once it has been tried for GIVE_UP_AFTER; say whether it is.

    ``reason`` is by default what was tried. ``since`` is when the first try was, by default the first request.
    """
    if not patience_is_over(since or _tried_since(row), app_settings.handoff.give_up_after):
        return False
    move(row, "ask_person", reason=reason or _what_was_tried(row))
    return True


def _what_was_tried(row: Row) -> Reason:
    if isinstance(row, Manifest):
        return Reason.GAVE_UP_TRANSMITTING
    if row.state == ShipmentState.MADE:
        return Reason.UNREADABLE
    taken_back = row.state in (ShipmentState.VOIDING, ShipmentState.REFUNDING)
    return Reason.GAVE_UP_TAKING_BACK if taken_back else Reason.GAVE_UP

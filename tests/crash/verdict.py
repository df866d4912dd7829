"""What must hold once nothing goes wrong any more."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from deliver_to_po.choices import DeliveryState, ShipmentState
from deliver_to_po.handoff.labelling import is_label
from deliver_to_po.handoff.queue import workable
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Label
from tests.crash.orders import Fate, Wanted

# Where a shipment may stay: it has its label, or a person is told why not.
FOR_A_PERSON = (ShipmentState.ATTENTION, ShipmentState.REFUSED, ShipmentState.SUSPENDED)
Parcel = tuple[UUID, int]
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, and every sentence about what should not be."""

    figures: Mapping[str, int]
    wrong: Sequence[str]


def judge(wanted: Sequence[Wanted], made: Sequence[Body], labels: Path) -> Verdict:
    """Compare what was wanted with the rows, with what Canada Post ``made`` and with the files in ``labels``."""
    rows = list(Shipment.objects.select_related("delivery"))
    live = [one for one in made if not one["voided"] and not one["refund_ticket"]]
    by_state = Counter(str(row.state) for row in rows)
    files = {file.name for file in labels.iterdir()}
    wrong = [
        *_not_as_wanted(wanted, _by_parcel(rows, live)),
        *_rows_that_disagree(rows, live),
        *_stuck(rows),
        *_files_that_disagree(rows, files, labels),
    ]
    figures = {"live shipments": len(live), "label files": len(files), "labelled": by_state[ShipmentState.LABELLED]}
    return Verdict(figures | {f"rows {state}": count for state, count in sorted(by_state.items())}, wrong)


def _by_parcel(rows: Sequence[Shipment], live: Sequence[Body]) -> Mapping[Parcel, list[str]]:
    """Return the live shipments' ids for each parcel; under an id of nobody those that no row asked for."""
    parcels = {row.request_id: (row.delivery_id, row.parcel) for row in rows}
    found: dict[Parcel, list[str]] = defaultdict(list)
    for one in live:
        found[parcels.get(one["request_id"], (UUID(int=0), 0))].append(one["shipment_id"])
    return found


def _not_as_wanted(wanted: Sequence[Wanted], live: Mapping[Parcel, list[str]]) -> Iterator[str]:
    expected: dict[Parcel, tuple[int, int]] = {}
    for one in wanted:
        fewest, most = {Fate.SHIPS: (1, 1), Fate.AS_FAR_AS_IT_WAS: (0, 1)}.get(one.fate, (0, 0))
        expected |= {(one.delivery_id, number): (fewest, most) for number in range(1, one.parcels + 1)}
    for parcel in {*expected, *live}:
        fewest, most = expected.get(parcel, (0, 0))
        if not fewest <= len(live.get(parcel, [])) <= most:
            yield f"parcel {parcel[1]} of {parcel[0]}: {len(live.get(parcel, []))} live shipments, not {fewest}–{most}"


def _rows_that_disagree(rows: Sequence[Shipment], live: Sequence[Body]) -> Iterator[str]:
    """Say which live shipment has neither a label nor a reason that waits for a person."""
    by_request = {row.request_id: row for row in rows}
    for one in live:
        row = by_request.get(one["request_id"])
        if row is None:
            continue  # told of as a shipment that nobody asked for
        labelled = row.state == ShipmentState.LABELLED and row.shipment_id == one["shipment_id"]
        if not labelled and not (row.state == ShipmentState.ATTENTION and row.reason):
            yield f"{row.request_id} is made, but its row is {row.state} ({row.reason or 'no reason'})"
    alive = {one["request_id"] for one in live}
    for row in rows:
        if row.state == ShipmentState.LABELLED and row.request_id not in alive:
            yield f"{row.request_id} has a label, but no live shipment"


def _stuck(rows: Sequence[Shipment]) -> Iterator[str]:
    left = workable().count()
    if left:
        yield f"{left} shipments still have a next step"
    for row in rows:
        waits = row.state == ShipmentState.WAITING and row.delivery.state != DeliveryState.RELEASED
        told = row.state in FOR_A_PERSON and row.reason
        if not waits and (row.lease or row.due_at):
            yield f"{row.request_id} is {row.state}, and still due or under lease"
        if row.state == ShipmentState.LABELLED and row.reason:
            yield f"{row.request_id} has its label, and says {row.reason}"
        if not (waits or told or row.state == ShipmentState.LABELLED):
            yield f"{row.request_id} stays {row.state} ({row.reason or 'no reason'})"


def _files_that_disagree(rows: Sequence[Shipment], files: set[str], folder: Path) -> Iterator[str]:
    named = {str(row.label.name) for row in rows if row.state == ShipmentState.LABELLED}
    yield from (f"orphan: no labelled shipment names the file {name}" for name in sorted(files - named))
    yield from (f"missing: a shipment names {name}, and there is no such file" for name in sorted(named - files))
    for name in sorted(named & files):
        if not is_label(Label((folder / name).read_bytes())):
            yield f"broken: the label {name} cannot be printed"

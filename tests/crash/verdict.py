"""What must hold once everything works again."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.core.choices import Change, DeliveryState, ManifestState, ShipmentState
from deliver_to_po.handoff.day_end.manifests import MANIFESTS
from deliver_to_po.handoff.day_end.reconciling import differing
from deliver_to_po.handoff.sending.labelling import is_label
from deliver_to_po.handoff.sending.next_step import workable
from deliver_to_po.models import Delivery, History, Manifest, Shipment
from deliver_to_po.shipping import Label
from tests.crash.calm import is_live
from tests.crash.orders import Fate, Wanted

# Where a shipment may stay: it has its label, or a person is told why not.
FOR_A_PERSON = (ShipmentState.ATTENTION, ShipmentState.REFUSED, ShipmentState.SUSPENDED)
# Where it is over, or was given up for another.
OVER = (ShipmentState.DROPPED, ShipmentState.VOIDED, ShipmentState.REFUND_ASKED)
MANIFEST_OVER = (ManifestState.FETCHED, ManifestState.REFUSED)
# Between the last question to a delivery and the answer of Canada Post, with a worker that is stopped meanwhile.
ASKED_BEFORE = timedelta(seconds=30)
Parcel = tuple[UUID, int]
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What was found, and every sentence about what should not be."""

    figures: Mapping[str, int]
    wrong: Sequence[str]


@dataclass(frozen=True)
class Found:
    """What there is in the end: our rows, what Canada Post holds, what was sent to it, and the files."""

    rows: Sequence[Shipment]
    made: Sequence[Body]
    manifests: Sequence[Body]
    sent: Sequence[Mapping[str, str]]
    labels: Path

    @property
    def live(self) -> list[Body]:
        """Return what exists at Canada Post, and is not to be refunded."""
        return [one for one in self.made if is_live(one)]


def judge(wanted: Sequence[Wanted], made: Sequence[Body], manifests: Sequence[Body], around: Any) -> Verdict:
    """Compare what was ``wanted`` with the rows, with what Canada Post ``made`` and transmitted, and with the files."""
    rows = list(Shipment.objects.select_related("delivery"))
    found = Found(rows, made, manifests, around.sent, around.labels)
    wrong = [
        *_not_as_wanted(wanted, found),
        *_deliveries_that_disagree(wanted),
        *_rows_that_disagree(found),
        *_stuck(rows),
        *_sent_twice(found),
        *_not_transmitted_once(found),
        *_transmitted_on_hold(found),
        *_files_that_disagree(found),
        *_differing(),
    ]
    by_state = Counter(str(row.state) for row in rows)
    figures = {
        "live shipments": len(found.live),
        "voided": sum(one["voided"] for one in made),
        "refund asked": sum(bool(one["refund_ticket"]) for one in made),
        "transmitted": sum(one["status"] == "transmitted" for one in made),
        "manifests": len(manifests),
        "files": len(list(found.labels.iterdir())),
    }
    return Verdict(figures | {f"rows {state}": count for state, count in sorted(by_state.items())}, wrong)


def _not_as_wanted(wanted: Sequence[Wanted], found: Found) -> Iterator[str]:
    """Say of which parcel there is not exactly one live shipment, as it is to be, or none that should not be."""
    live = _by_parcel(found)
    for one in wanted:
        for number in range(1, max(len(one.weights_kg), *(n for d, n in live if d == one.delivery_id), 0) + 1):
            yield from _parcel_not_as_wanted(one, number, live.pop((one.delivery_id, number), []))
    for (delivery_id, number), there in live.items():
        yield f"parcel {number} of {delivery_id}: {len(there)} live shipments that nobody asked for"


def _by_parcel(found: Found) -> dict[Parcel, list[Body]]:
    """Return the live shipments for each parcel; under an id of nobody those that no row asked for."""
    parcels = {row.request_id: (row.delivery_id, row.parcel) for row in found.rows}
    live: dict[Parcel, list[Body]] = defaultdict(list)
    for one in found.live:
        live[parcels.get(one["request_id"], (UUID(int=0), 0))].append(one)
    return live


def _parcel_not_as_wanted(one: Wanted, number: int, live: Sequence[Body]) -> Iterator[str]:
    name = f"parcel {number} of {one.delivery_id}"
    ships = one.fate in (Fate.SHIPS, Fate.AS_FAR_AS_IT_WAS) and number <= len(one.weights_kg)
    fewest = 1 if ships and one.fate == Fate.SHIPS and not _waits_for_a_person(one, number) else 0
    if not fewest <= len(live) <= int(ships):
        where = ", ".join(f"{body['shipment_id']} {body['status']} {body['manifest_id']}".rstrip() for body in live)
        yield f"{name} ({one.fate}): {len(live)} live shipments ({where}), not {fewest}–{int(ships)}"
    if ships and one.fate == Fate.SHIPS:
        for body in live:
            yield from (f"{name}: its {what}" for what in _differences(one, number, body))


def _waits_for_a_person(one: Wanted, number: int) -> bool:
    """Say whether the next revision waits for a person's word that the old label is destroyed."""
    newest = Shipment.objects.filter(delivery=one.delivery_id, parcel=number).order_by("revision").last()
    return (
        newest is not None
        and newest.state == ShipmentState.REFUND_ASKED
        and newest.open_parcel is not None
        and newest.change_asked_at is not None
    )


def _differences(one: Wanted, number: int, body: Body) -> Iterator[str]:
    """Say in what a live shipment differs from what is wanted."""
    spec = body["body"]["deliverySpec"]
    to, weight = spec["destination"]["name"], Decimal(str(spec["parcelCharacteristics"]["weight"]))
    [office] = [str(option["optionQualifier2"]) for option in spec["options"] if option["optionCode"] == "D2PO"]
    # What was transmitted when its office closed may be in the post, so it stays as it is.
    stays = one.former_offices if body["status"] == "transmitted" else set[str]()
    if to != one.recipient.name:
        yield f"recipient is {to}, not {one.recipient.name}"
    if weight != one.weights_kg[number - 1]:
        yield f"weight is {weight} kg, not {one.weights_kg[number - 1]}"
    if comparable_office_id(office) not in {comparable_office_id(known) for known in (one.office_id, *stays)}:
        yield f"office is {office}, not {one.office_id}"


def _deliveries_that_disagree(wanted: Sequence[Wanted]) -> Iterator[str]:
    """Say which delivery does not say what was wanted of it, or has not come to its end."""
    deliveries = {delivery.pk: delivery for delivery in Delivery.objects.all()}
    for one in wanted:
        if one.forgotten:
            if one.delivery_id in deliveries:
                yield f"{one.delivery_id} is forgotten, and still there"
            continue
        delivery = deliveries[one.delivery_id]
        said = (delivery.recipient_name, comparable_office_id(delivery.office_id))
        if said != (one.recipient.name, comparable_office_id(one.office_id)):
            yield f"{one.delivery_id} says {said}, not {one.recipient.name} and {one.office_id}"
        state = {Fate.SHIPS: DeliveryState.RELEASED, Fate.CANCELLED: DeliveryState.CANCELLED}.get(one.fate)
        if state is not None and delivery.state != state:
            yield f"{one.delivery_id} stays {delivery.state} ({delivery.reason or 'no reason'}), not {state}"


def _rows_that_disagree(found: Found) -> Iterator[str]:
    """Say which live shipment has neither a label nor a reason that waits for a person."""
    by_request = {row.request_id: row for row in found.rows}
    for one in found.live:
        row = by_request.get(one["request_id"])
        if row is None:
            continue  # told of as a shipment that nobody asked for
        labelled = row.state == ShipmentState.LABELLED and row.shipment_id == one["shipment_id"]
        if not labelled and not (row.state == ShipmentState.ATTENTION and row.reason):
            yield f"{row.request_id} is made, but its row is {row.state} ({row.reason or 'no reason'})"
    alive = {one["request_id"] for one in found.live}
    for row in found.rows:
        if row.state == ShipmentState.LABELLED and row.request_id not in alive:
            yield f"{row.request_id} has a label, but no live shipment"


def _stuck(rows: Sequence[Shipment]) -> Iterator[str]:
    if left := workable().count():
        yield f"{left} shipments still have a next step"
    if left := MANIFESTS.rows().count():
        yield f"{left} manifests still have a next step"
    for row in rows:
        waits = row.state == ShipmentState.WAITING and row.delivery.state != DeliveryState.RELEASED
        told = row.state in FOR_A_PERSON and row.reason
        # A person who says that nothing exists need not say why.
        looked = row.state == ShipmentState.REFUSED and row.history.filter(change=Change.NOT_MADE).exists()
        if not waits and (row.lease or row.due_at):
            yield f"{row.request_id} is {row.state}, and still due or under lease"
        if row.state == ShipmentState.LABELLED and row.reason:
            yield f"{row.request_id} has its label, and says {row.reason}"
        if not (waits or told or looked or row.state == ShipmentState.LABELLED or row.state in OVER):
            yield f"{row.request_id} stays {row.state} ({row.reason or 'no reason'})"
        if row.state == ShipmentState.LABELLED and (row.change_asked_at or row.delivery.stop_asked_at):
            yield f"{row.request_id} is not what is wanted any more, and stays"


def _sent_twice(found: Found) -> Iterator[str]:
    """Say which request id was sent with two bodies."""
    bodies: dict[str, set[str]] = defaultdict(set)
    for request in found.sent:
        bodies[request["request_id"]].add(request["body"])
    yield from (f"{request} was sent with {len(said)} bodies" for request, said in bodies.items() if len(said) > 1)


def _not_transmitted_once(found: Found) -> Iterator[str]:
    """Say what was transmitted and voided, or transmitted and nobody knows, or said to be and is not."""
    known = {carrier_id for manifest in Manifest.objects.all() for carrier_id in manifest.carrier_ids}
    lines = Counter(History.objects.filter(change=Change.TRANSMIT).values_list("shipment__request_id", flat=True))
    for one in found.made:
        if one["status"] == "transmitted" and one["voided"]:
            yield f"{one['request_id']} is transmitted and voided"
    # The first of two shipments of one request is ours.
    ours = {one["request_id"]: one for one in reversed(found.made)}
    transmitted_ids = {request for request, one in ours.items() if one["status"] == "transmitted"}
    for row in found.rows:
        transmitted = row.request_id in transmitted_ids
        if transmitted != (row.transmitted_at is not None) and not (transmitted and row.state in FOR_A_PERSON):
            yield f"{row.request_id} is transmitted: {transmitted}; its row says {row.transmitted_at}"
        if lines[row.request_id] > 1:
            yield f"{row.request_id} was transmitted {lines[row.request_id]} times"
        # What is on hold for good stays in the shop with its label.
        if row.state == ShipmentState.LABELLED and not transmitted and row.delivery.state != DeliveryState.HELD:
            yield f"{row.request_id} has its label, and was never transmitted"
    for manifest in found.manifests:
        if manifest["manifest_id"] not in known:
            yield f"manifest {manifest['manifest_id']} is nobody's"
    for row_of_ours in Manifest.objects.exclude(state__in=MANIFEST_OVER):
        yield f"manifest {row_of_ours.pk} stays {row_of_ours.state} ({row_of_ours.reason or 'no reason'})"
    if open_groups := Manifest.objects.filter(groups__open_group__isnull=False).count():
        yield f"{open_groups} groups stay locked"


def _transmitted_on_hold(found: Found) -> Iterator[str]:
    """Say what was transmitted though its delivery had been on hold for so long that nobody can have asked before."""
    made_at = {manifest["manifest_id"]: manifest["created_at"] for manifest in found.manifests}
    at = {one["shipment_id"]: made_at[one["manifest_id"]] for one in found.made if one["manifest_id"] in made_at}
    changes = (Change.HOLD, Change.RESUME)
    for row in found.rows:
        if row.shipment_id not in at:
            continue
        transmitted = datetime.fromtimestamp(at[row.shipment_id], UTC)
        latest = row.delivery.history.filter(change__in=changes, at__lt=transmitted).order_by("pk").last()
        if latest is not None and latest.change == Change.HOLD and latest.at < transmitted - ASKED_BEFORE:
            yield f"{row.request_id} was transmitted at {transmitted:%X}, on hold since {latest.at:%X}"


def _differing() -> Iterator[str]:
    for one in differing():
        yield from (f"{each.request_id} differs from {one.name}: {each.kind or 'only there'}" for each in one.open_ones)


def _files_that_disagree(found: Found) -> Iterator[str]:
    files = {file.name for file in found.labels.iterdir()}
    labelled = {str(row.label.name) for row in found.rows if row.state == ShipmentState.LABELLED}
    # What is voided keeps its label until labels are erased; and a row knows the names of all that it may have left.
    may_be = {name for row in found.rows for name in row.every_label_file}
    papers = {str(manifest.document.name) for manifest in Manifest.objects.exclude(document="")}
    yield from (f"orphan: no row names the file {name}" for name in sorted(files - may_be - papers))
    yield from (f"missing: a row names {name}, and there is no such file" for name in sorted(labelled - files))
    fetched = Manifest.objects.filter(state=ManifestState.FETCHED)
    for manifest in fetched:
        if str(manifest.document.name) not in files:
            yield f"missing: manifest {manifest.pk} has no document"
    for name in sorted((labelled | papers) & files):
        if not is_label(Label((found.labels / name).read_bytes())):
            yield f"broken: the file {name} cannot be printed"

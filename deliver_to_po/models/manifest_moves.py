"""The allowed moves of manifests: each is one conditional UPDATE, and takes the manifest's shipments along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, DateTimeField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from deliver_to_po.choices import ManifestState as M
from deliver_to_po.choices import ShipmentState as S
from deliver_to_po.models.manifest import Manifest, ManifestGroup
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.models.shipment import Shipment

# What has its label, and waits for nothing but the day's end.
READY = (S.LABELLED, S.DONE)


@dataclass(frozen=True, slots=True)
class ManifestMove:
    """From which states to which one, None for a move that stays.

    ``by_worker`` says that only the holder of the lease makes the move. ``frees`` says that the manifest's groups are
    locked no more. ``transmitted``, if not None, is whether its parcels must be transmitted already. ``stamps`` are the
    times that it sets, unless they are set already.
    """

    sources: tuple[str, ...]
    target: str | None
    by_worker: bool = True
    frees: bool = False
    transmitted: bool | None = None
    stamps: tuple[str, ...] = ()


MANIFEST_MOVES: Mapping[str, ManifestMove] = {
    "ask": ManifestMove((M.CLAIMED, M.UNKNOWN), M.ASKED, stamps=("requested_at",)),
    "put_off": ManifestMove((M.CLAIMED, M.UNKNOWN, M.TRANSMITTED), None),
    "wait": ManifestMove((M.ASKED,), M.CLAIMED),
    "lose_sight": ManifestMove((M.ASKED,), M.UNKNOWN),
    "transmitted": ManifestMove((M.ASKED, M.UNKNOWN), M.TRANSMITTED, frees=True, stamps=("transmitted_at",)),
    "refuse": ManifestMove((M.CLAIMED, M.ASKED, M.UNKNOWN), M.REFUSED, frees=True),
    "fetched": ManifestMove((M.TRANSMITTED,), M.FETCHED, stamps=("fetched_at",)),
    "ask_person": ManifestMove((M.UNKNOWN, M.TRANSMITTED), M.ATTENTION),
    "look_again": ManifestMove((M.ATTENTION,), M.UNKNOWN, by_worker=False, transmitted=False),
    "fetch_again": ManifestMove((M.ATTENTION,), M.TRANSMITTED, by_worker=False, transmitted=True),
}


def claim_shipments(rows: QuerySet[Shipment], *, system: str, groups: Sequence[str], **fields: Any) -> Manifest | None:
    """Make a manifest of those of ``rows`` that are in ``groups`` and ready, and return it; None when there are none.

    Each shipment is claimed by a conditional UPDATE and each group is locked by a unique row, so that two who do this
    at once never have the same. None also while another manifest holds one of the groups.
    """
    try:
        with transaction.atomic():
            return _claimed(rows, system, groups, fields)
    except IntegrityError:
        if ManifestGroup.objects.filter(open_group__in=[lock_of(system, group) for group in groups]).exists():
            return None
        raise


def _claimed(rows: QuerySet[Shipment], system: str, groups: Sequence[str], fields: dict[str, Any]) -> Manifest | None:
    manifest = Manifest.objects.create(system=system, **fields)
    ManifestGroup.objects.bulk_create(
        ManifestGroup(manifest=manifest, group=group, open_group=lock_of(system, group)) for group in sorted(groups)
    )
    pks = list(rows.filter(system=system, group__in=groups).values_list("pk", flat=True))
    free = Shipment.objects.filter(pk__in=pks, state__in=READY, manifest=None, transmitted_at=None)
    if not free.update(manifest=manifest):
        transaction.set_rollback(True)
        return None
    _count(manifest)
    manifest.refresh_from_db()
    return manifest


def lock_of(system: str, group: str) -> str:
    """Return what stands in the unique column while a group of a shipping system is being transmitted."""
    return f"{system} {group}"


def move_manifest(
    manifest: Manifest, name: str, *, lease: UUID | None = None, left: Sequence[str] = (), **fields: Any
) -> bool:
    """Make the move ``name`` and set ``fields``; say whether row and lease allowed it.

    ``due_at`` among the fields is when the row is to be looked at again; without it, never by itself. The lease ends
    with the move, except for ``ask``: its holder goes on to make the call. ``manifest`` is read anew when it has moved.
    The shipments with the ids in ``left`` are free again when the others are transmitted.
    """
    move = MANIFEST_MOVES[name]
    target = {} if move.target is None else {"state": move.target}
    now = Value(timezone.now(), output_field=DateTimeField())
    stamps = {stamp: Coalesce(F(stamp), now) for stamp in move.stamps}
    values: dict[str, Any] = {"due_at": None, **target, **stamps, **fields}
    if name != "ask":
        values["lease"] = None
    with transaction.atomic():
        if not _movable(manifest, move, lease).update(**values):
            return False
        if move.frees:
            manifest.groups.update(open_group=None)
        if move.target == M.TRANSMITTED:
            _let_go(manifest, left)
            _transmit_shipments(manifest)
        elif move.target == M.REFUSED:
            manifest.shipments.filter(transmitted_at=None).update(manifest=None)
        manifest.refresh_from_db()
    return True


def _movable(manifest: Manifest, move: ManifestMove, lease: UUID | None) -> QuerySet[Manifest]:
    rows = Manifest.objects.filter(pk=manifest.pk, state__in=move.sources)
    if move.by_worker:
        rows = rows.filter(lease=lease, lease__isnull=False)
    if move.transmitted is not None:
        rows = rows.filter(transmitted_at__isnull=not move.transmitted)
    return rows


def _let_go(manifest: Manifest, shipment_ids: Sequence[str]) -> None:
    """Free the shipments that are not transmitted with a manifest, and count it anew."""
    claimed = manifest.shipments.filter(transmitted_at=None)
    if shipment_ids and claimed.filter(shipment_id__in=shipment_ids).update(manifest=None):
        _count(manifest)


def _count(manifest: Manifest) -> None:
    totals = manifest.shipments.aggregate(parcels=Count("pk"), weight_kg=Coalesce(Sum("weight_kg"), Decimal(0)))
    Manifest.objects.filter(pk=manifest.pk).update(**totals)


def _transmit_shipments(manifest: Manifest) -> None:
    for shipment in manifest.shipments.filter(transmitted_at=None).order_by("delivery_id", "pk"):
        move_shipment(shipment, "transmit", user=manifest.user)


def add_told_of(manifest: Manifest, shipment_ids: Sequence[str]) -> int:
    """Transmit what a manifest tells of though it was not claimed for it; return how many shipments that were.

    Such a shipment came into the group between our claim and the shipping system's work.
    """
    late = Shipment.objects.filter(
        Q(manifest=None), shipment_id__in=shipment_ids, system=manifest.system, delivery__live=manifest.live
    )
    added = 0
    for shipment in late.order_by("delivery_id", "pk"):
        with transaction.atomic():
            if move_shipment(shipment, "transmit", user=manifest.user, manifest=manifest):
                added += 1
    return added

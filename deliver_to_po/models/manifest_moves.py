"""The allowed moves of manifests: each is one conditional UPDATE, and takes the manifest's shipments along."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from deliver_to_po.core.choices import ManifestState as M
from deliver_to_po.core.choices.states import MANIFEST_UNSETTLED, READY
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models.manifest import Manifest, ManifestGroup
from deliver_to_po.models.moves import SENDABLE, lock_deliveries, move_shipment, stamped
from deliver_to_po.models.shipment import Shipment


class ManifestMove(NamedTuple):
    """From which states to which one, None for a move that stays.

    ``by_worker`` says that only the holder of the lease makes the move. ``frees`` says that the manifest's groups are
    no longer locked. ``transmitted``, if not None, is whether its parcels must be transmitted already. ``stamps`` are
    the times that it sets, unless they are set already.
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
    "refuse": ManifestMove(MANIFEST_UNSETTLED, M.REFUSED, frees=True),
    "fetched": ManifestMove((M.TRANSMITTED,), M.FETCHED, stamps=("fetched_at",)),
    "ask_person": ManifestMove((M.UNKNOWN, M.TRANSMITTED), M.ATTENTION),
    "look_again": ManifestMove((M.ATTENTION,), M.UNKNOWN, by_worker=False, transmitted=False),
    "fetch_again": ManifestMove((M.ATTENTION,), M.TRANSMITTED, by_worker=False, transmitted=True),
}


def left_to_a_person() -> QuerySet[Manifest]:
    """Return the manifests that go on only when a clerk does something, in the mode that the shop is in: live or test.

    One of tests would be counted for ever once the shop ships for real: nobody deletes it.
    """
    return Manifest.objects.filter(state=M.ATTENTION, live=app_settings.canada_post.live)


def claim_shipments(rows: QuerySet[Shipment], *, system: str, groups: Sequence[str], **fields: Any) -> Manifest | None:
    """Make a manifest of those of ``rows`` that are in ``groups`` and ready, and return it; None when there are none.

    Each shipment is claimed by a conditional UPDATE and each group is locked by a unique row for the place that its
    sender ships from, so that two who do this at once never have the same. What is on hold or stopped by then stays.
    Also returns None while another manifest holds one of the groups there.
    """
    place = fields.get("sender", {}).get("postal_code", "")
    locks = {group: f"{system} {group} {place}" for group in sorted(groups)}
    try:
        with transaction.atomic():
            return _claimed(rows, system, locks, fields)
    except IntegrityError:
        if ManifestGroup.objects.filter(open_group__in=locks.values()).exists():
            return None
        raise


def _claimed(
    rows: QuerySet[Shipment], system: str, locks: Mapping[str, str], fields: dict[str, Any]
) -> Manifest | None:
    manifest = Manifest.objects.create(system=system, **fields)
    ManifestGroup.objects.bulk_create(
        ManifestGroup(manifest=manifest, group=group, open_group=lock) for group, lock in locks.items()
    )
    wanted = dict(rows.filter(system=system, group__in=locks).values_list("pk", "delivery"))
    sendable = set(lock_deliveries(wanted.values()).filter(SENDABLE).values_list("pk", flat=True))
    pks = [pk for pk, delivery in wanted.items() if delivery in sendable]
    free = Shipment.objects.filter(pk__in=pks, state__in=READY, manifest=None, transmitted_at=None)
    if not free.update(manifest=manifest):
        transaction.set_rollback(True)
        return None
    _count(manifest)
    manifest.refresh_from_db()
    return manifest


def is_transmitting(system: str, group: str) -> bool:
    """Say whether a manifest is transmitting a group of a shipping system, from whatever place."""
    return ManifestGroup.objects.filter(open_group__isnull=False, manifest__system=system, group=group).exists()


def move_manifest(
    manifest: Manifest, name: str, *, lease: UUID | None = None, left: Sequence[str] = (), **fields: Any
) -> bool:
    """Make the move ``name`` and set ``fields``; say whether row and lease allowed it.

    ``due_at`` among the fields is when the row is to be looked at again; without it, never by itself. The lease ends
    with the move, except for ``ask``: its holder goes on to make the call. ``manifest`` is reloaded when it has moved.
    The shipments with the ids in ``left`` are free again: they are not, or no longer, to be transmitted with it.
    """
    move = MANIFEST_MOVES[name]
    target = {} if move.target is None else {"state": move.target}
    values: dict[str, Any] = {"due_at": None, **target, **stamped(move.stamps), **fields}
    if name != "ask":
        values["lease"] = None
    with transaction.atomic():
        if not _movable(manifest, move, lease).update(**values):
            return False
        if move.frees:
            manifest.groups.update(open_group=None)
        _let_go(manifest, left)
        if move.target == M.TRANSMITTED:
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
    """Free the shipments that are not transmitted with a manifest, and count it again."""
    claimed = manifest.shipments.filter(transmitted_at=None)
    if shipment_ids and claimed.filter(shipment_id__in=shipment_ids).update(manifest=None):
        _count(manifest)


def _count(manifest: Manifest) -> None:
    totals = manifest.shipments.aggregate(parcels=Count("pk"), weight_kg=Coalesce(Sum("weight_kg"), Decimal(0)))
    Manifest.objects.filter(pk=manifest.pk).update(**totals)


def _transmit_shipments(manifest: Manifest) -> None:
    for shipment in manifest.shipments.filter(transmitted_at=None).order_by("delivery_id", "pk"):
        move_shipment(shipment, "transmit", user=manifest.user)


def add_told_of(manifest: Manifest, shipment_ids: Sequence[str]) -> None:
    """Compare a manifest with its own list: transmit what it tells of though it was not claimed for it, and count.

    Such a shipment came into the group between our claim and the shipping system's work. What no row has is kept by its
    id: another shop may share the group, or a parcel was made twice. A system that lists nothing tells nothing.
    """
    if not shipment_ids:
        return
    told = set(shipment_ids)
    ours = Shipment.objects.filter(shipment_id__in=told, system=manifest.system, delivery__live=manifest.live)
    for shipment in ours.filter(manifest=None).order_by("delivery_id", "pk"):
        with transaction.atomic():
            move_shipment(shipment, "transmit", user=manifest.user, manifest=manifest)
    _count(manifest)
    strangers = sorted(told - set(ours.values_list("shipment_id", flat=True)))
    Manifest.objects.filter(pk=manifest.pk).update(told_of=len(told), strangers=strangers)
    manifest.refresh_from_db()

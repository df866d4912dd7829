"""What must not linger, and what a person may ask: drafts whose time is over, old recipients; erase and export."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import IntegrityError, connections, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from deliver_to_po.choices import Change, DeliveryState, ManifestState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Delivery, Export, Manifest, Notice, Shipment
from deliver_to_po.models.export import erase_export
from deliver_to_po.models.moves import ERASED, drop_waiting, idle, movable, move_delivery, move_shipment
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.outbox.each import each_by_itself
from deliver_to_po.outbox.jobs import Housekeeping, registry

# The answer or the label of a shipment in one of these is still to come, and it may take the recipient.
UNFINISHED = (
    ShipmentState.REQUESTED,
    ShipmentState.UNKNOWN,
    ShipmentState.MADE,
    ShipmentState.VOIDING,
    ShipmentState.REFUNDING,
)
# No worker fetches the document of a manifest that is in one of these.
AT_REST = (ManifestState.FETCHED, ManifestState.ATTENTION)
# Deliveries in one of these wait for something; the reason says for what.
WAITS = (DeliveryState.PLACED, DeliveryState.HELD, DeliveryState.NEEDS_CHOICE)
AT_A_TIME = 200
# How long an export may take from its row to its claim; one that was never finished has handed nothing over.
EXPORTED_WITHIN = timedelta(hours=1)
# How long a payment may take between reserving and placing.
RESERVED_FOR = timedelta(days=30)
# How much longer than RECIPIENT_LIFETIME a recipient is kept for a shipment that is unfinished.
UNFINISHED_FOR = timedelta(days=30)


def register() -> None:
    """Register what is done now and then."""
    registry.add(
        Housekeeping("expired drafts", delete_expired_drafts, AT_A_TIME),
        Housekeeping("forgotten reservations", delete_forgotten_reservations, AT_A_TIME),
        Housekeeping("deliveries that waited too long", expire_deliveries, AT_A_TIME),
        Housekeeping("recipients", erase_recipients, AT_A_TIME),
        Housekeeping("exports", erase_exports, AT_A_TIME),
        Housekeeping("manifests", erase_manifests, AT_A_TIME),
    )


def delete_expired_drafts() -> int:
    """Delete drafts that no order has taken within DRAFT_LIFETIME, with the recipient in them; return how many."""
    return _delete(Delivery.objects.filter(state=DeliveryState.DRAFT, expires_at__lte=timezone.now()))


def delete_forgotten_reservations() -> int:
    """Delete what was reserved for a payment longer ago than a recipient is kept, and erased since; return how many."""
    kept_since = timezone.now() - app_settings.recipient_lifetime
    rows = Delivery.objects.filter(state=DeliveryState.RESERVED, reserved_at__lte=kept_since, erased_at__isnull=False)
    return _delete(rows)


def _delete(rows: QuerySet[Delivery]) -> int:
    """Delete rows that have no shipment, AT_A_TIME at most, but those that somebody else is using.

    When a row of the shop's own refers to one of them they are deleted one by one, so that it is in nobody's way.
    """
    rows = rows.filter(shipments=None)
    try:
        return _delete_together(rows)
    except IntegrityError:
        return _each("Deletion of", rows, _delete_one)


def _delete_together(rows: QuerySet[Delivery]) -> int:
    features = connections[rows.db].features
    with transaction.atomic(using=rows.db):
        locked = rows.select_for_update(
            of=("self",) if features.has_select_for_update_of else (),
            skip_locked=features.has_select_for_update_skip_locked,
        )
        pks = list(_in_turn(locked).values_list("pk", flat=True)[:AT_A_TIME])
        rows.filter(pk__in=pks).delete()
    return len(pks)


def _delete_one(delivery: Delivery) -> bool:
    with transaction.atomic():
        deleted, _by_model = Delivery.objects.filter(pk=delivery.pk, order=None, shipments=None).delete()
    return deleted > 0


def _each(name: str, rows: QuerySet[Delivery], do: Callable[[Delivery], bool]) -> int:
    """Do something with AT_A_TIME rows, each by itself; return for how many it was done."""
    return each_by_itself(name, _in_turn(rows)[:AT_A_TIME], do, failed=_put_behind)


def _in_turn(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Return the oldest first, and after all others those that failed, however many they are."""
    return rows.order_by(F("erasure_failed_at").asc(nulls_first=True), "created_at", "pk")


def _put_behind(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(erasure_failed_at=timezone.now())


def expire_deliveries() -> int:
    """Stop what has waited longer than a recipient is kept, so that it can be erased; return how many deliveries.

    What was placed, is on hold or needs a choice is cancelled, and so is what was released and never sent, tests too.
    One that cannot be cancelled, since another parcel of it is live, loses the parcels that wait.
    """
    return _each("Expiry of", _waited_too_long(), _expire)


def _waited_too_long() -> QuerySet[Delivery]:
    never_sent = Exists(Shipment.objects.filter(delivery=OuterRef("pk"), state=ShipmentState.WAITING))
    long_ago = Q(placed_at__lte=_kept_since(), erased_at=None)
    # Twice, since a database may look for all that can be cancelled before it looks at the rest.
    can_be_cancelled = movable(Change.EXPIRE).filter(long_ago, state__in=WAITS)
    return Delivery.objects.filter(Q(never_sent) | Q(pk__in=can_be_cancelled.values("pk")), long_ago)


def _expire(delivery: Delivery) -> bool:
    expired = move_delivery(delivery, Change.EXPIRE, reason=Reason.EXPIRED)
    return expired or drop_waiting(delivery, Reason.EXPIRED) > 0


def erase_recipients() -> int:
    """Erase recipients and labels of deliveries placed longer ago than RECIPIENT_LIFETIME; return how many deliveries.

    Counted from placing, since nothing tells yet when a parcel was picked up. A delivery with an unfinished shipment
    is left for later, for UNFINISHED_FOR at most. What was reserved for a payment is erased after RESERVED_FOR. One
    whose label cannot be deleted stays as it is until it can, and is tried again after all others.
    """
    placed = Q(placed_at__lte=_kept_since())
    reserved = Q(reserved_at__lte=timezone.now() - RESERVED_FOR, state=DeliveryState.RESERVED)
    due = Delivery.objects.filter(placed | reserved, _nothing_to_wait_for(), erased_at=None)
    return _each("Erasure of", due.exclude(pk__in=_waited_too_long().values("pk")), _erase)


def erase_exports() -> int:
    """Erase the files of exports older than EXPORT_LIFETIME, and of those that were never finished; return how many."""
    now = timezone.now()
    over = Q(created_at__lte=now - app_settings.export_lifetime)
    unfinished = Q(claimed_at=None, created_at__lte=now - EXPORTED_WITHIN)
    due = Export.objects.filter(over | unfinished, erased_at=None).order_by("created_at", "pk")
    return each_by_itself("Erasure of", due[:AT_A_TIME], _erase_export, failed=lambda _export: None)


def _erase_export(export: Export) -> bool:
    erase_export(export)
    if export.claimed_at is None:
        # It never was one.
        Export.objects.filter(pk=export.pk, claimed_at=None).delete()
    return True


def _kept_since() -> datetime:
    return timezone.now() - app_settings.recipient_lifetime


def _nothing_to_wait_for() -> Q:
    """Return the condition that no shipment is unfinished; after UNFINISHED_FOR, that no worker has one in hand."""
    unfinished = Shipment.objects.filter(delivery=OuterRef("pk"), state__in=UNFINISHED)
    long_ago = Q(placed_at__lte=_kept_since() - UNFINISHED_FOR)
    return ~Q(Exists(unfinished)) | (long_ago & ~Q(Exists(unfinished.exclude(idle()))))


def _erase(delivery: Delivery, *, user: Any = None) -> bool:
    """Erase one delivery: its files first, those of exports too, then what the rows say, then that it is erased."""
    if not Delivery.objects.filter(_nothing_to_wait_for(), pk=delivery.pk).exists():
        return False
    for export in Export.objects.filter(shipments__delivery=delivery, erased_at=None).distinct():
        erase_export(export)
    labels = _labels(delivery)
    for _pk, names, _label, _labelled_at in labels:
        for name in names:
            label_storage().delete(name)
    with transaction.atomic():
        erased = _empty(delivery, user) and _labels(delivery) == labels
        if not erased:
            transaction.set_rollback(True)
    return erased


def _labels(delivery: Delivery) -> set[tuple[int, tuple[str, ...], str, datetime | None]]:
    """Return each shipment's label files, which one counts and since when: a worker may store one beside us."""
    rows = Shipment.objects.filter(delivery=delivery)
    return {(row.pk, tuple(row.every_label_file), str(row.label.name), row.labelled_at) for row in rows}


def _empty(delivery: Delivery, user: Any) -> bool:
    """Empty what the rows say; False when that must be undone, since a worker has a shipment in hand again."""
    condition = _nothing_to_wait_for()
    if not move_delivery(delivery, Change.ERASE, user=user, only_if=condition, erasure_failed_at=None, **ERASED):
        return False
    shipments = Shipment.objects.filter(delivery=delivery)
    for shipment in shipments.filter(state__in=UNFINISHED):
        # A person can still look it up: what it is known by in the shipping system stays.
        if not move_shipment(shipment, "give_up", reason=Reason.UNFINISHED):
            return False
    # Canada Post's sentences may repeat what was sent.
    shipments.update(reason_text="", system_data={}, **ERASED)
    # What it waited for cannot come any more.
    Delivery.objects.filter(pk=delivery.pk, state__in=WAITS).update(reason=Reason.ERASED)
    return True


def erase_manifests() -> int:
    """Erase the files of manifests that were transmitted longer ago than MANIFEST_LIFETIME; return how many.

    The rows stay, with their number: the paper can be had from the shipping system. A file that cannot be deleted is
    tried again, and costs no other manifest.
    """
    kept_since = timezone.now() - app_settings.manifest_lifetime
    due = Manifest.objects.filter(transmitted_at__lte=kept_since, state__in=AT_REST, erased_at=None)
    oldest = due.exclude(document="").order_by("transmitted_at", "pk")[:AT_A_TIME]
    return each_by_itself("Erasure of manifest", oldest, _erase_manifest)


def _erase_manifest(manifest: Manifest) -> bool:
    """Delete the file first, and then mark the row, unless somebody had the document fetched again meanwhile."""
    name = str(manifest.document.name)
    label_storage().delete(name)
    rows = Manifest.objects.filter(pk=manifest.pk, state__in=AT_REST, document=name, erased_at=None)
    return bool(rows.update(erased_at=timezone.now()))


class Erasure(StrEnum):
    """What came of a wish to be forgotten."""

    #: Recipient and labels are erased.
    ERASED = "erased"
    #: A parcel is still being made. Ask again; by itself it is erased 30 days after RECIPIENT_LIFETIME at the latest.
    LATER = "later"
    #: A label could not be deleted, so nothing of that delivery is erased; the log says why. Ask again.
    FAILED = "failed"
    #: There is nothing left to erase.
    NOTHING = "nothing"


def erase(order: Any) -> Erasure:
    """Erase recipients and labels of every delivery of an order now, and say what came of it.

    Whatever state it is in: what has not been sent yet never will be, and nothing of an erased delivery is released or
    sent again. A delivery with a parcel that is being made is left for later: its label needs the recipient.
    """
    outcomes = [erase_delivery(delivery) for delivery in Delivery.objects.filter(order=order, erased_at=None)]
    worst_first = (Erasure.FAILED, Erasure.LATER, Erasure.ERASED)
    return next((outcome for outcome in worst_first if outcome in outcomes), Erasure.NOTHING)


def erase_delivery(delivery: Delivery, *, user: Any = None) -> Erasure:
    """Erase one delivery now; see ``erase``."""
    if not move_delivery(delivery, Change.CANCEL, user=user, reason=Reason.CANCELLED):
        # Something of it is live: the rest is not sent all the same.
        drop_waiting(delivery, Reason.CANCELLED, user=user)
    failed: list[Delivery] = []
    if each_by_itself("Erasure of", [delivery], partial(_erase, user=user), failed=failed.append):
        return Erasure.ERASED
    return Erasure.FAILED if failed else Erasure.LATER


def export(order: Any) -> dict[str, Any]:
    """Return everything personal that is held about an order, as JSON can hold it: for whoever asks what we know."""
    deliveries = Delivery.objects.filter(order=order).order_by("placed_at", "pk")
    return {"deliveries": [_exported(delivery) for delivery in deliveries]}


def _exported(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": str(delivery.pk),
        "reference": delivery.reference,
        "state": delivery.state,
        "language": delivery.language,
        "placed_at": _iso(delivery.placed_at),
        "erased_at": _iso(delivery.erased_at),
        **_whom_and_where(delivery),
        "shipments": [_exported_shipment(shipment) for shipment in delivery.shipments.order_by("parcel", "revision")],
        "e_mails": [
            {"kind": notice.kind, "sent_at": _iso(notice.sent_at)}
            for notice in Notice.objects.filter(delivery=delivery, sent_at__isnull=False)
        ],
    }


def _exported_shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "shipping_system": shipment.system,
        "state": shipment.state,
        "tracking_number": shipment.tracking_pin,
        "made_at": _iso(shipment.made_at),
        "label_kept": bool(shipment.label) and shipment.delivery.erased_at is None,
        "what_the_shipping_system_said": shipment.reason_text,
        **_whom_and_where(shipment),
    }


def _whom_and_where(row: Delivery | Shipment) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*RECIPIENT_FIELDS, *OFFICE_FIELDS)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def deliveries_about(*, email: str = "", name: str = "") -> QuerySet[Delivery]:
    """Return the deliveries whose recipient has that e-mail address or name, in any case; both where both are given.

    Also those of which a parcel was sent to that recipient.
    """
    them = Q()
    if email:
        them &= Q(recipient_email__iexact=email.strip())
    if name:
        them &= Q(recipient_name__iexact=" ".join(name.split()))
    rows = Delivery.objects.filter(erased_at=None)
    sent_to_them = Exists(Shipment.objects.filter(them, delivery=OuterRef("pk")))
    return rows.filter(them | Q(sent_to_them)) if them else rows.none()

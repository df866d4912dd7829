"""Erasing recipients, labels, exports and manifests, when their time is over or somebody asks."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, Reason
from deliver_to_po.core.choices.states import IN_PROGRESS, MANIFEST_AT_REST, OVER, UNRELEASED
from deliver_to_po.core.choices.tracking import PARCEL_ENDS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Delivery, Export, History, Manifest, Shipment, Tracking, TrackingEvent
from deliver_to_po.models.export import erase_export
from deliver_to_po.models.moves import ERASED, drop_waiting, idle, move_delivery, move_shipment
from deliver_to_po.models.shipment import label_storage, newest_revision
from deliver_to_po.models.tracking import over_since
from deliver_to_po.outbox.each import each_by_itself
from deliver_to_po.privacy.lifetimes import (
    EXPORTED_WITHIN,
    RESERVED_FOR,
    UNFINISHED_FOR,
    each_in_turn,
    kept_since,
    waited_too_long,
)
from deliver_to_po.privacy.personal_data import deliveries_about, person

# Whose rows are erased when nobody in particular asked.
EVERYBODY = Q()


def erase_recipients() -> int:
    """Erase recipients and labels of deliveries that are over since RECIPIENT_LIFETIME; return how many deliveries.

    That is counted as ``over_since`` says. A delivery with an unfinished shipment is left for later, for UNFINISHED_FOR
    at most. What was reserved for a payment is erased after RESERVED_FOR. A
    delivery whose label cannot be deleted stays as it is until it can, and is tried again after all others.
    """
    over = over_since(kept_since())
    reserved = Q(reserved_at__lte=timezone.now() - RESERVED_FOR, state=DeliveryState.RESERVED)
    due = Delivery.objects.filter(_nothing_to_wait_for(), over | reserved, Q(erased_at=None) | Q(former_kept=True))
    return each_in_turn("Erasure of", due.exclude(pk__in=waited_too_long().values("pk")), _erase)


def erase_exports() -> int:
    """Erase the files of exports that are over since EXPORT_LIFETIME, and of those never finished; return how many.

    An export is over with the last of its deliveries, as ``over_since`` says. A file that cannot be deleted is tried
    again after all others.
    """
    now = timezone.now()
    kept_since = now - app_settings.export_lifetime
    over_by_then = Delivery.objects.filter(over_since(kept_since), pk=OuterRef("delivery"))
    under_way = Shipment.objects.filter(~Exists(over_by_then), export=OuterRef("pk"))
    over = Q(created_at__lte=kept_since) & ~Q(Exists(under_way))
    unfinished = Q(claimed_at=None, created_at__lte=now - EXPORTED_WITHIN)
    due = Export.objects.filter(over | unfinished, erased_at=None)
    return each_in_turn("Erasure of export", due, _erase_export)


def _erase_export(export: Export) -> bool:
    erase_export(export)
    # What was never finished never was one.
    Export.objects.filter(pk=export.pk, claimed_at=None).delete()
    return True


def _nothing_to_wait_for() -> Q:
    """Return the condition that no shipment is unfinished; after UNFINISHED_FOR, that no worker has one in hand."""
    unfinished = Shipment.objects.filter(delivery=OuterRef("pk"), state__in=IN_PROGRESS)
    long_ago = Q(placed_at__lte=kept_since() - UNFINISHED_FOR)
    return ~Q(Exists(unfinished)) | (long_ago & ~Q(Exists(unfinished.exclude(idle()))))


def _erase(delivery: Delivery, *, whose: Q = EVERYBODY, user: Any = None) -> bool:
    """Erase rows of one delivery: files first, those of exports too, then what the rows say, then that it is erased."""
    if not Delivery.objects.filter(_nothing_to_wait_for(), pk=delivery.pk).exists():
        return False
    theirs = Shipment.objects.filter(whose, delivery=delivery)
    for export in Export.objects.filter(shipments__in=theirs, erased_at=None).distinct():
        erase_export(export)
    labels = _labels(theirs)
    for _pk, names, _label, _labelled_at in labels:
        for name in names:
            label_storage().delete(name)
    with transaction.atomic():
        erased = _empty(delivery, whose, user) and _labels(Shipment.objects.filter(pk__in=_keys(labels))) == labels
        if not erased:
            transaction.set_rollback(True)
    return erased


_Labels = set[tuple[int, tuple[str, ...], str, datetime | None]]


def _labels(rows: QuerySet[Shipment]) -> _Labels:
    """Return each shipment's label files, which one counts and since when: a worker may store one beside us."""
    return {(row.pk, tuple(row.every_label_file), str(row.label.name), row.labelled_at) for row in rows}


def _keys(labels: _Labels) -> list[int]:
    return [pk for pk, *_rest in labels]


def _empty(delivery: Delivery, whose: Q, user: Any) -> bool:
    """Empty what the rows say; False when that must be undone, since a worker has a shipment in hand again."""
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    theirs = list(Shipment.objects.filter(whose, delivery=delivery).values_list("pk", flat=True))
    if row.erased_at is None and Delivery.objects.filter(whose, pk=delivery.pk).exists():
        if not _empty_delivery(delivery, user):
            return False
    elif theirs and (row.erased_at is None or row.former_kept):
        # The delivery is another's by now, or empty already.
        History.objects.create(delivery=delivery, user=user, change=Change.ERASE)
    else:
        return False
    # A worker that asks for a parcel just now must not write its events once they are erased: it loses its lease first.
    ended_at = Coalesce("ended_at", Value(timezone.now()))
    Tracking.objects.filter(shipment__in=theirs).update(due_at=None, lease=None, ended_at=ended_at)
    # Canada Post's sentences may repeat what was sent; what somebody ordered is theirs too.
    TrackingEvent.objects.filter(tracking__shipment__in=theirs).delete()
    Shipment.objects.filter(pk__in=theirs).update(reason_text="", system_data={}, contents=[], **ERASED)
    # A note may name anybody.
    History.objects.filter(delivery=delivery).update(note="")
    named = Shipment.objects.filter(delivery=delivery).exclude(recipient_name="")
    Delivery.objects.filter(pk=delivery.pk, erased_at__isnull=False).update(former_kept=named.exists())
    return True


def _empty_delivery(delivery: Delivery, user: Any) -> bool:
    condition = _nothing_to_wait_for()
    if not move_delivery(delivery, Change.ERASE, user=user, only_if=condition, erasure_failed_at=None, **ERASED):
        return False
    for shipment in Shipment.objects.filter(delivery=delivery, state__in=IN_PROGRESS):
        # A person can still look it up: what it is known by in the shipping system stays.
        if not move_shipment(shipment, "give_up", reason=Reason.UNFINISHED):
            return False
    # What it waited for can no longer come.
    Delivery.objects.filter(pk=delivery.pk, state__in=UNRELEASED).update(reason=Reason.ERASED)
    return True


def erase_manifests() -> int:
    """Erase the files of manifests that were transmitted longer ago than MANIFEST_LIFETIME; return how many.

    The rows stay, with their number: the paper can be had from the shipping system. A file that cannot be deleted is
    tried again after all others.
    """
    over = timezone.now() - app_settings.manifest_lifetime
    due = Manifest.objects.filter(transmitted_at__lte=over, state__in=MANIFEST_AT_REST, erased_at=None)
    return each_in_turn("Erasure of manifest", due.exclude(document=""), _erase_manifest)


def _erase_manifest(manifest: Manifest) -> bool:
    """Delete the file first, and then mark the row, unless somebody had the document fetched again meanwhile."""
    name = str(manifest.document.name)
    label_storage().delete(name)
    rows = Manifest.objects.filter(pk=manifest.pk, state__in=MANIFEST_AT_REST, document=name)
    return bool(rows.update(erased_at=timezone.now()))


class Erasure(StrEnum):
    """The result of a request to erase."""

    #: Recipient and labels are erased.
    ERASED = "erased"
    #: A parcel is still being made. Ask again; by itself it is erased 30 days after RECIPIENT_LIFETIME at the latest.
    LATER = "later"
    #: A label could not be deleted, so nothing of that delivery is erased; the log says why. Ask again.
    FAILED = "failed"
    #: There is nothing left to erase.
    NOTHING = "nothing"


def erase(order: Model, *, email: str = "", name: str = "") -> Erasure:
    """Erase what an order's deliveries hold about one recipient now, and return the result.

    Rows of another recipient of the same order stay. A delivery that is theirs is erased whatever state it is in: what
    has not been sent yet never will be, and nothing of it is released or sent again. While a parcel is being made, or
    one of theirs is not settled, it is left for later. Raises ValueError without an e-mail address and a
    name, and for an address without @.
    """
    whose = person(email=email, name=name)
    outcomes = [erase_delivery(row, whose=whose) for row in deliveries_about(whose).filter(Q(order=order))]
    worst_first = (Erasure.FAILED, Erasure.LATER, Erasure.ERASED)
    return next((outcome for outcome in worst_first if outcome in outcomes), Erasure.NOTHING)


def foretold(delivery: Delivery, *, whose: Q = EVERYBODY) -> Erasure:
    """Return what ``erase_delivery`` would say just now, unless a label cannot be deleted; nothing is changed."""
    theirs = Shipment.objects.filter(whose, delivery=delivery)
    is_theirs = Delivery.objects.filter(whose, pk=delivery.pk).exists()
    if not is_theirs and theirs.exclude(state__in=OVER).exists():
        # The delivery is another's, and goes on; their own parcel is still to be voided.
        return Erasure.LATER
    can_be = Delivery.objects.filter(_nothing_to_wait_for(), pk=delivery.pk).exists()
    return Erasure.ERASED if can_be else Erasure.LATER


def erase_delivery(delivery: Delivery, *, whose: Q = EVERYBODY, user: Any = None) -> Erasure:
    """Erase one delivery now, or what it holds about one person; see ``erase``."""
    if Delivery.objects.filter(whose, pk=delivery.pk).exists():
        ended = delivery.shipments.filter(newest_revision(), tracking__state__in=PARCEL_ENDS).exists()
        if ended or not move_delivery(delivery, Change.CANCEL, user=user, reason=Reason.CANCELLED):
            # Something of it is live, or has come to its end: the rest is not sent either.
            drop_waiting(delivery, Reason.CANCELLED, user=user)
    elif foretold(delivery, whose=whose) == Erasure.LATER:
        return Erasure.LATER
    failed: list[Delivery] = []
    erase_one = partial(_erase, whose=whose, user=user)
    done = each_by_itself("Erasure of", [delivery], erase_one, failed=failed.append)
    # Whoever presses twice comes to what the first press has erased.
    if done or (delivery.erased_at is None and not Delivery.objects.filter(pk=delivery.pk, erased_at=None).exists()):
        return Erasure.ERASED
    return Erasure.FAILED if failed else Erasure.LATER

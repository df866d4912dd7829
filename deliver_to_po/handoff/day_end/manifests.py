"""The steps of a manifest: ask, look up, fetch its paper; each row under lease, committed before every call."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from deliver_to_po.canadapost import lengths
from deliver_to_po.core.choices import ManifestState, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.changing.as_asked import do_as_asked
from deliver_to_po.handoff.day_end.manifest_paper import fetch
from deliver_to_po.handoff.day_end.transmission_request import transmission_of
from deliver_to_po.handoff.ladder import (
    could_not_look_up,
    crashes_without_end,
    gave_up,
    look_up_again,
    look_ups_before_repeating,
    lose_sight,
    move,
    put_off,
    uncount_request,
)
from deliver_to_po.handoff.systems import transmitting_system
from deliver_to_po.models import Delivery, Manifest, Shipment
from deliver_to_po.models.manifest_moves import move_manifest
from deliver_to_po.models.moves import SENDABLE, lock_deliveries
from deliver_to_po.models.shipment import CHANGED
from deliver_to_po.outbox.claiming import after
from deliver_to_po.outbox.jobs import Job
from deliver_to_po.shipping import NotTransmitted, NotYet, Refused, Transmitted, Unknown

log = logging.getLogger(__name__)

MANIFEST_IDS_AT_MOST = 100


def _move_with_its_parcels(manifest: Manifest, name: str, *, left: Sequence[str] = (), **fields: Any) -> bool:
    """Make a move as the holder of the lease, after which the manifest's parcels can be voided or refunded.

    What was asked of their deliveries meanwhile is done with it. ``left`` are the ids of shipments that are not
    transmitted with it: they wait for the next transmission.
    """
    with transaction.atomic():
        undone = list(_to_be_undone(manifest))
        if not move(manifest, name, left=left, **fields):
            return False
        for delivery in undone:
            do_as_asked(delivery)
    return True


def _claimed(manifest: Manifest) -> QuerySet[Shipment]:
    return Shipment.objects.filter(manifest=manifest, transmitted_at=None)


def _locked(manifest: Manifest) -> QuerySet[Delivery]:
    return lock_deliveries(_claimed(manifest).values_list("delivery", flat=True))


def _to_be_undone(manifest: Manifest) -> QuerySet[Delivery]:
    """Return, locked, the deliveries of a manifest that are to be cancelled or changed."""
    changed = Exists(_claimed(manifest).filter(CHANGED, delivery=OuterRef("pk")))
    return _locked(manifest).filter(Q(changed) | Q(stop_asked_at__isnull=False))


def _kept_back(manifest: Manifest) -> list[str]:
    """Return the ids of a manifest's shipments that were put on hold, stopped or changed since they were claimed."""
    goes = ~CHANGED & Q(delivery__in=_locked(manifest).filter(SENDABLE))
    return list(_claimed(manifest).exclude(goes).values_list("shipment_id", flat=True))


def ask(manifest: Manifest) -> None:
    """Commit that the groups are being transmitted, and ask for it; what was put on hold by then is left out."""
    system = transmitting_system(manifest)
    if isinstance(system, NotYet):
        _not_yet(manifest, system)
        return
    if not _about_to_ask(manifest):
        return
    request = transmission_of(manifest)
    # A third-party system may return anything; what is not an answer is an unknown outcome.
    answer: object = system.transmit(request)
    match answer:
        case Transmitted():
            _keep_transmitted(manifest, answer)
        case NotYet():
            _log(manifest, "transmit", answer.reason)
            _not_yet(manifest, answer)
        case Refused():
            # It may be transmitted already, by a call whose answer got lost or at the system's own site.
            _log(manifest, "transmit", Reason.TRANSMIT_REFUSED)
            lose_sight(manifest, Reason.TRANSMIT_REFUSED, answer.said, seconds=0.0)
        case _:
            said = answer.said if isinstance(answer, Unknown) else ""
            _log(manifest, "transmit", Reason.TRANSMIT_UNKNOWN)
            lose_sight(manifest, Reason.TRANSMIT_UNKNOWN, said)


@transaction.atomic
def _about_to_ask(manifest: Manifest) -> bool:
    """Commit that the call is about to be made; False without the lease, or when no parcel is to go any longer."""
    left = _kept_back(manifest)
    lease = after(app_settings.handoff.lease_seconds)
    if not _move_with_its_parcels(manifest, "ask", left=left, due_at=lease, requests=manifest.requests + 1):
        return False
    if manifest.parcels:
        return True
    _move_with_its_parcels(manifest, "refuse", reason=Reason.ON_HOLD)
    return False


def _log(manifest: Manifest, step: str, reason: Reason) -> None:
    log.warning("Manifest %s: %s: %s", manifest.pk, step, reason.value)


def _not_yet(manifest: Manifest, answer: NotYet) -> None:
    """This request certainly did nothing; what an earlier one did may still be unknown."""
    asked = manifest.state == ManifestState.ASKED
    if answer.reason.entry.slow and manifest.requests <= asked:
        # A person has to mend it first: until then the parcels are free, to be voided or transmitted again.
        _move_with_its_parcels(manifest, "refuse", reason=answer.reason, reason_text=answer.said)
    elif asked:
        uncount_request(manifest, answer)
    else:
        put_off(manifest, answer)


def _keep_transmitted(manifest: Manifest, answer: Transmitted) -> None:
    """Save the manifests' ids. Ids that cannot be saved are looked up later: the parcels are transmitted anyway."""
    ids = [str(one) for one in answer.manifest_ids]
    fit = len(ids) <= MANIFEST_IDS_AT_MOST and all(one.isprintable() and len(one) <= lengths.SHIPMENT_ID for one in ids)
    carrier_ids = ids if fit else []
    fields: dict[str, Any] = {"due_at": after(0), "reason": Reason.NONE, "reason_text": "", "tries": 0}
    if answer.left:
        log.warning("Manifest %s: %d shipments of it were not transmitted with it", manifest.pk, len(answer.left))
    _move_with_its_parcels(manifest, "transmitted", left=answer.left, carrier_ids=carrier_ids, **fields)


def answer_lost(manifest: Manifest) -> None:
    """A worker died, or was stopped past its lease, between the call and its answer: look up at once."""
    lose_sight(manifest, Reason.TRANSMIT_UNKNOWN, seconds=0.0)


def look_up(manifest: Manifest) -> None:
    """Find out what became of a transmission whose outcome is unknown, before anything is asked again."""
    if crashes_without_end(manifest):
        return
    system = transmitting_system(manifest)
    if isinstance(system, NotYet):
        if not gave_up(manifest):
            put_off(manifest, system, tries=manifest.tries)
        return
    request = transmission_of(manifest)
    found = system.find_transmission(request)
    if isinstance(found, Transmitted) and set(found.left).issuperset(request.shipment_ids):
        found = NotTransmitted()
    match found:
        case Transmitted():
            _keep_transmitted(manifest, found)
        case NotTransmitted() if manifest.reason == Reason.TRANSMIT_REFUSED:
            _move_with_its_parcels(manifest, "refuse", reason=Reason.TRANSMIT_REFUSED, reason_text=manifest.reason_text)
        case NotTransmitted():
            _absent(manifest)
        case _:
            _log(manifest, "look up", found.reason)
            # It says nothing about the transmission, so the reason stays.
            could_not_look_up(manifest, found)


def _absent(manifest: Manifest) -> None:
    """Not transmitted: no proof at once, since the first call may still be at work."""
    tries = manifest.tries + 1
    if tries >= look_ups_before_repeating(manifest):
        ask(manifest)
    else:
        look_up_again(manifest, tries)


def look_again(manifest: Manifest) -> bool:
    """Fetch or look up again a manifest that was left to a person; False when it is not."""
    fields: dict[str, Any] = {"due_at": after(0), "tries": 0, "looked_again_at": timezone.now()}
    if move_manifest(manifest, "fetch_again", reason=Reason.MANIFEST_NOT_READY, **fields):
        return True
    return move_manifest(manifest, "look_again", reason=Reason.TRANSMIT_UNKNOWN, **fields)


STEPS: Mapping[str, Callable[[Manifest], None]] = {
    ManifestState.CLAIMED: ask,
    ManifestState.ASKED: answer_lost,
    ManifestState.UNKNOWN: look_up,
    ManifestState.TRANSMITTED: fetch,
}


def _next_step(manifest: Manifest) -> bool:
    STEPS[manifest.state](manifest)
    return False


def _crashed(manifest: Manifest, error: Exception) -> None:
    Manifest.objects.filter(pk=manifest.pk).update(reason=Reason.CRASHED)


MANIFESTS = Job(
    name="manifests",
    rows=lambda: Manifest.objects.filter(state__in=list(STEPS)),
    step=_next_step,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: app_settings.handoff.retry_after_seconds[-1],
    crashed=_crashed,
)

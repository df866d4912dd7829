"""The steps of a manifest: ask, look up, fetch the paper; each row under lease, committed before every call."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from pypdf import PdfWriter

from deliver_to_po.canadapost import lengths
from deliver_to_po.choices import ManifestState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.files import is_pdf, write_file
from deliver_to_po.handoff.frozen_request import sender_from_json
from deliver_to_po.handoff.leased import SLOW_REASONS, waits_after
from deliver_to_po.handoff.settling import settle
from deliver_to_po.models import Delivery, Manifest, Shipment
from deliver_to_po.models.manifest_moves import add_told_of, move_manifest
from deliver_to_po.models.shipment import label_name
from deliver_to_po.outbox.claiming import after, nth_wait, past
from deliver_to_po.outbox.jobs import Job
from deliver_to_po.shipping import (
    ManifestDocument,
    NotTransmitted,
    NotYet,
    Refused,
    ShippingSystem,
    Transmission,
    Transmitted,
    Unknown,
)
from deliver_to_po.shipping.registry import shipping_system

log = logging.getLogger(__name__)

# After so many look-ups that find nothing transmitted, the same is asked again.
LOOK_UPS_BEFORE_ASKING_AGAIN = 2
MANIFEST_IDS_AT_MOST = 100
# After these moves its parcels can be taken back: refunded, or voided.
SETTLES = ("transmitted", "refuse")
# Shipments that the system may hold in a group, and that are not meant to be transmitted with it.
HELD_BY_THE_SYSTEM = (
    ShipmentState.MADE,
    ShipmentState.LABELLED,
    ShipmentState.DONE,
    ShipmentState.ATTENTION,
    ShipmentState.SUSPENDED,
    ShipmentState.VOIDING,
)


def move(manifest: Manifest, name: str, *, left: Sequence[str] = (), **fields: Any) -> bool:
    """Make a move as the holder of the lease; False when the lease is another worker's by now.

    ``left`` are the ids of shipments that are not transmitted with it: they wait to be transmitted once more. What was
    asked of its parcels' deliveries while they could not be taken back is done once that is settled.
    """
    with transaction.atomic():
        wished = list(_wished_otherwise(manifest)) if name in SETTLES else []
        if not move_manifest(manifest, name, lease=manifest.lease, left=left, **fields):
            return False
        for delivery in wished:
            settle(delivery)
    return True


def _wished_otherwise(manifest: Manifest) -> QuerySet[Delivery]:
    """Return, locked, the deliveries of a manifest that are to be cancelled or changed.

    Locked before the manifest's rows are, since whoever asks for a change does it in that order too.
    """
    shipments = Shipment.objects.filter(manifest=manifest, transmitted_at=None)
    rows = Delivery.objects.select_for_update().filter(pk__in=shipments.values("delivery")).order_by("pk")
    pks = [delivery.pk for delivery in rows]
    changed = Exists(shipments.filter(delivery=OuterRef("pk"), change_asked_at__isnull=False))
    return Delivery.objects.filter(Q(changed) | Q(stop_asked_at__isnull=False), pk__in=pks).order_by("pk")


def ask(manifest: Manifest) -> None:
    """Commit that the groups are being transmitted, and ask for it."""
    system = _system(manifest)
    if isinstance(system, NotYet):
        _not_yet(manifest, system)
        return
    request = _request(manifest)
    lease = after(app_settings.handoff.lease_seconds)
    if not move(manifest, "ask", due_at=lease, requests=manifest.requests + 1):
        return
    # A system that somebody else wrote may answer anything at all: what is no answer is an unknown outcome.
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
            _look_up_at(manifest, 0.0, Reason.TRANSMIT_REFUSED, answer.said)
        case _:
            said = answer.said if isinstance(answer, Unknown) else ""
            _log(manifest, "transmit", Reason.TRANSMIT_UNKNOWN)
            _look_up_at(manifest, app_settings.handoff.look_up_after_seconds[0], Reason.TRANSMIT_UNKNOWN, said)


def _system(manifest: Manifest) -> ShippingSystem | NotYet:
    try:
        system = shipping_system(manifest.system).speaking(manifest.api)
    except ImproperlyConfigured as error:
        log.error("Manifest %s: %s", manifest.pk, error)
        return NotYet(reason=Reason.NOT_CONFIGURED)
    return system.obstacle(live=manifest.live) or system


def _request(manifest: Manifest) -> Transmission:
    groups = tuple(manifest.groups.values_list("group", flat=True))
    meant = manifest.shipments.order_by("pk").values_list("shipment_id", flat=True)
    others = Shipment.objects.filter(
        system=manifest.system, group__in=groups, state__in=HELD_BY_THE_SYSTEM, transmitted_at=None
    ).exclude(shipment_id="")
    return Transmission(
        groups=groups,
        shipment_ids=tuple(meant),
        sender=sender_from_json(manifest.sender),
        since=timezone.localdate(manifest.created_at),
        excluded=tuple(sorted(set(others.exclude(manifest=manifest).values_list("shipment_id", flat=True)))),
        live=manifest.live,
    )


def _log(manifest: Manifest, step: str, reason: Reason) -> None:
    log.warning("Manifest %s: %s: %s", manifest.pk, step, reason.value)


def _not_yet(manifest: Manifest, answer: NotYet) -> None:
    """This call certainly did nothing; what an earlier one did may still be unknown."""
    asked = manifest.state == ManifestState.ASKED
    if manifest.requests > (1 if asked else 0):
        name = "lose_sight" if asked else "put_off"
    elif answer.reason in SLOW_REASONS:
        # A person has to mend it first: until then the parcels are free, to be voided or transmitted again.
        move(manifest, "refuse", reason=answer.reason, reason_text=answer.said)
        return
    else:
        name = "wait" if asked else "put_off"
    fields: dict[str, Any] = {"requests": manifest.requests - 1} if asked else {}
    if name == "wait":
        fields["requested_at"] = None
    _later(manifest, answer, name=name, **fields)


def _later(manifest: Manifest, answer: NotYet, *, name: str = "put_off", **fields: Any) -> None:
    seconds = answer.seconds
    if seconds is None:
        seconds = nth_wait(waits_after(answer.reason), manifest.tries)
    tries = manifest.tries + 1
    move(manifest, name, due_at=after(seconds), reason=answer.reason, reason_text=answer.said, tries=tries, **fields)


def _look_up_at(manifest: Manifest, seconds: float, reason: Reason, said: str) -> None:
    move(manifest, "lose_sight", due_at=after(seconds), reason=reason, reason_text=said, tries=0)


def _keep_transmitted(manifest: Manifest, answer: Transmitted) -> None:
    """Keep the manifests' ids. What cannot be kept is looked for later: the parcels are transmitted all the same."""
    ids = [str(one) for one in answer.manifest_ids]
    fit = len(ids) <= MANIFEST_IDS_AT_MOST and all(one.isprintable() and len(one) <= lengths.SHIPMENT_ID for one in ids)
    carrier_ids = ids if fit else []
    fields: dict[str, Any] = {"due_at": after(0), "reason": Reason.NONE, "reason_text": "", "tries": 0}
    if answer.left:
        log.warning("Manifest %s: %d shipments of it were not transmitted with it", manifest.pk, len(answer.left))
    move(manifest, "transmitted", left=answer.left, carrier_ids=carrier_ids, **fields)


def answer_lost(manifest: Manifest) -> None:
    """A worker died, or was stopped past its lease, between the call and its answer: look up at once."""
    _look_up_at(manifest, 0.0, Reason.TRANSMIT_UNKNOWN, "")


def look_up(manifest: Manifest) -> None:
    """Find out what became of a transmission whose outcome is unknown, before anything is asked again."""
    if _gave_up(manifest, manifest.requested_at, Reason.GAVE_UP):
        return
    system = _system(manifest)
    if isinstance(system, NotYet):
        _later(manifest, system)
        return
    request = _request(manifest)
    found = system.find_transmission(request)
    if isinstance(found, Transmitted) and set(found.left).issuperset(request.shipment_ids):
        found = NotTransmitted()
    match found:
        case Transmitted():
            _keep_transmitted(manifest, found)
        case NotTransmitted() if manifest.reason == Reason.TRANSMIT_REFUSED:
            move(manifest, "refuse", reason=Reason.TRANSMIT_REFUSED, reason_text=manifest.reason_text)
        case NotTransmitted():
            _absent(manifest)
        case _:
            _log(manifest, "look up", found.reason)
            # It says nothing about the transmission, so the reason stays.
            seconds = nth_wait(waits_after(found.reason), manifest.tries) if found.seconds is None else found.seconds
            move(manifest, "put_off", due_at=after(seconds), tries=manifest.tries + 1)


def _absent(manifest: Manifest) -> None:
    """Not transmitted: no proof at once, since the first call may still be at work."""
    tries = manifest.tries + 1
    if tries >= LOOK_UPS_BEFORE_ASKING_AGAIN:
        ask(manifest)
        return
    seconds = nth_wait(app_settings.handoff.look_up_after_seconds, tries)
    move(manifest, "put_off", due_at=after(seconds), tries=tries)


def fetch(manifest: Manifest) -> None:
    """Fetch the paper of every manifest of the transmission, and keep it as one document."""
    if _gave_up(manifest, manifest.transmitted_at, Reason.MANIFEST_MISSING):
        return
    system = _system(manifest)
    if isinstance(system, NotYet):
        _later(manifest, system)
        return
    if not manifest.carrier_ids and not _find_ids(manifest, system):
        return
    papers: list[ManifestDocument] = []
    for carrier_id in manifest.carrier_ids:
        paper = system.manifest(carrier_id)
        if isinstance(paper, ManifestDocument) and not is_pdf(paper.content):
            paper = NotYet(reason=Reason.MANIFEST_UNREADABLE)
        if isinstance(paper, NotYet):
            _log(manifest, "fetch", paper.reason)
            _fetch_later(manifest, paper)
            return
        papers.append(paper)
    _keep(manifest, papers)


def _find_ids(manifest: Manifest, system: ShippingSystem) -> bool:
    """Find the ids of manifests that nobody told us; False when that must be tried again."""
    found = system.find_transmission(_request(manifest))
    ids = [str(one) for one in found.manifest_ids] if isinstance(found, Transmitted) else []
    if not ids:
        _fetch_later(manifest, found if isinstance(found, NotYet) else NotYet(reason=Reason.MANIFEST_NOT_READY))
        return False
    manifest.carrier_ids = ids
    return bool(Manifest.objects.filter(pk=manifest.pk, lease=manifest.lease).update(carrier_ids=ids))


def _fetch_later(manifest: Manifest, answer: NotYet) -> None:
    if answer.reason == Reason.MANIFEST_NOT_READY and answer.seconds is None:
        seconds = nth_wait(app_settings.handoff.label_after_seconds, manifest.tries)
        answer = NotYet(reason=answer.reason, said=answer.said, seconds=seconds)
    _later(manifest, answer)


def _keep(manifest: Manifest, papers: Sequence[ManifestDocument]) -> None:
    """Keep the document under a name of this claim's own that the row holds before the file is written.

    So no crash orphans it, and no worker that went on too late deletes what another has finished. What an earlier
    claim has begun goes first.
    """
    storage = manifest.document.storage
    if manifest.document.name:
        storage.delete(manifest.document.name)
    name = label_name(manifest, ".pdf")
    if not Manifest.objects.filter(pk=manifest.pk, lease=manifest.lease).update(document=name, erased_at=None):
        return
    written = write_file(storage, name, _as_one([paper.content for paper in papers]))
    numbers = ", ".join(paper.number for paper in papers if paper.number)
    longest = Manifest._meta.get_field("number").max_length
    kept = move(
        manifest,
        "fetched",
        reason=Reason.NONE,
        reason_text="",
        document=written,
        number=numbers[:longest],
    )
    if kept:
        add_told_of(manifest, [shipment_id for paper in papers for shipment_id in paper.shipment_ids])
    else:
        # Another worker has the row by now, and its file is the one that the row names.
        storage.delete(written)


def _as_one(contents: Sequence[bytes]) -> bytes:
    """Return several PDFs as one; a single one stays as it came."""
    if len(contents) == 1:
        return contents[0]
    writer, joined = PdfWriter(), BytesIO()
    for content in contents:
        writer.append(BytesIO(content))
    writer.write(joined)
    return joined.getvalue()


def _gave_up(manifest: Manifest, since: datetime | None, reason: Reason) -> bool:
    """Leave a manifest to a person once it has been tried for GIVE_UP_AFTER; say whether it is."""
    tried_since = manifest.looked_again_at or since
    if not past(tried_since, app_settings.handoff.give_up_after):
        return False
    move(manifest, "ask_person", reason=reason)
    return True


def look_again(manifest: Manifest) -> bool:
    """Take up again a manifest that was left to a person; False when it is not."""
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


def _workable() -> QuerySet[Manifest]:
    return Manifest.objects.filter(state__in=list(STEPS))


def _next_step(manifest: Manifest) -> bool:
    STEPS[manifest.state](manifest)
    return False


def _crashed(manifest: Manifest, error: Exception) -> None:
    Manifest.objects.filter(pk=manifest.pk).update(reason=Reason.CRASHED)


MANIFESTS = Job(
    name="manifests",
    rows=_workable,
    step=_next_step,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: app_settings.handoff.retry_after_seconds[-1],
    crashed=_crashed,
)

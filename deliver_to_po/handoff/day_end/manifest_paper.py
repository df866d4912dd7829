"""The paper of a manifest: fetched once its parcels are transmitted, and saved as one document."""

import logging
from collections.abc import Mapping, Sequence
from io import BytesIO

from deliver_to_po.core.choices import Reason
from deliver_to_po.handoff.day_end.reconciling import compare_manifest
from deliver_to_po.handoff.day_end.transmission_request import transmission_of
from deliver_to_po.handoff.ladder import gave_up, move, put_off
from deliver_to_po.handoff.stored_files import delete_former, write_file
from deliver_to_po.handoff.systems import transmitting_system
from deliver_to_po.models import Manifest
from deliver_to_po.models.manifest_moves import add_told_of
from deliver_to_po.models.shipment import label_name
from deliver_to_po.shipping import ManifestDocument, NotYet, ShippingSystem, Transmitted

log = logging.getLogger(__name__)


def fetch(manifest: Manifest) -> None:
    """Fetch the paper of every manifest of the transmission, and save it as one document."""
    from deliver_to_po.labels.pdf_pages import is_pdf

    if gave_up(manifest, Reason.MANIFEST_MISSING, since=manifest.looked_again_at or manifest.transmitted_at):
        return
    system = transmitting_system(manifest)
    if isinstance(system, NotYet):
        put_off(manifest, system)
        return
    if not manifest.carrier_ids and not _find_ids(manifest, system):
        return
    papers: dict[str, ManifestDocument] = {}
    for carrier_id in manifest.carrier_ids:
        paper = system.manifest(carrier_id)
        if isinstance(paper, ManifestDocument) and paper.content and not is_pdf(paper.content):
            paper = NotYet(reason=Reason.MANIFEST_UNREADABLE)
        if isinstance(paper, NotYet):
            _not_yet(manifest, paper)
            return
        papers[carrier_id] = paper
    told = {carrier_id: paper for carrier_id, paper in papers.items() if paper.content}
    if told:
        _keep(manifest, told)
    else:
        _not_yet(manifest, NotYet(reason=Reason.TRANSMIT_FAILED))


def _not_yet(manifest: Manifest, paper: NotYet) -> None:
    log.warning("Manifest %s: fetch: %s", manifest.pk, paper.reason.value)
    if paper.reason == Reason.TRANSMIT_FAILED:
        move(manifest, "ask_person", reason=paper.reason, reason_text=paper.said)
    else:
        put_off(manifest, paper)


def _find_ids(manifest: Manifest, system: ShippingSystem) -> bool:
    """Find the ids of manifests that nobody told us; False when that must be tried again."""
    found = system.find_transmission(transmission_of(manifest))
    ids = [str(one) for one in found.manifest_ids] if isinstance(found, Transmitted) else []
    if not ids:
        put_off(manifest, found if isinstance(found, NotYet) else NotYet(reason=Reason.MANIFEST_NOT_READY))
        return False
    manifest.carrier_ids = ids
    return bool(Manifest.objects.filter(pk=manifest.pk, lease=manifest.lease).update(carrier_ids=ids))


def _keep(manifest: Manifest, papers: Mapping[str, ManifestDocument]) -> None:
    """Save the document under a name that only this claim has, and that the row holds before the file is written.

    So no crash orphans a file, and no worker that goes on after its lease deletes what another has finished. What an
    earlier claim wrote is deleted first.
    """
    if manifest.document.name:
        delete_former(manifest, manifest.document.storage, manifest.document.name)
    name = label_name(manifest, ".pdf")
    if not Manifest.objects.filter(pk=manifest.pk, lease=manifest.lease).update(document=name, erased_at=None):
        return
    written = write_file(manifest.document.storage, name, _as_one([paper.content for paper in papers.values()]))
    numbers = ", ".join(paper.number for paper in papers.values() if paper.number)
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
        add_told_of(manifest, [shipment_id for paper in papers.values() for shipment_id in paper.shipment_ids])
        for carrier_id, paper in papers.items():
            compare_manifest(manifest, carrier_id, paper.shipment_ids)
    else:
        # Another worker has the row by now, and its file is the one that the row names.
        delete_former(manifest, manifest.document.storage, written)


def _as_one(contents: Sequence[bytes]) -> bytes:
    """Return several PDFs as one; a single one stays as it came."""
    if len(contents) == 1:
        return contents[0]
    from pypdf import PdfWriter

    writer, joined = PdfWriter(), BytesIO()
    for content in contents:
        writer.append(BytesIO(content))
    writer.write(joined)
    return joined.getvalue()

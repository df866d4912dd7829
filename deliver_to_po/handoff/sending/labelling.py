"""Fetching the label of a shipment that is made, into the private storage."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import Error, transaction

from deliver_to_po.core.choices import HandoffStep, Outcome, Reason
from deliver_to_po.handoff.attempts import record, record_not_yet
from deliver_to_po.handoff.frozen_request import made_of
from deliver_to_po.handoff.ladder import crashes_without_end, move, put_off
from deliver_to_po.handoff.stored_files import delete_former, what_failed, write_file
from deliver_to_po.handoff.systems import ready_system
from deliver_to_po.models import Shipment
from deliver_to_po.models.shipment import label_name
from deliver_to_po.shipping import Label, NotYet

log = logging.getLogger(__name__)

EXTENSIONS = {"application/pdf": "pdf", "application/zpl": "zpl"}


def fetch_label(shipment: Shipment) -> None:
    """Fetch the label and save it. Whatever fails is tried again, since the shipment exists.

    No label is fetched for an erased delivery: it would name the recipient again. A parcel whose first label crashes
    for a day is left to a person, who looks for it in the shipping system.
    """
    if shipment.delivery.erased_at is not None:
        move(shipment, "finish", reason=Reason.ERASED, reason_text="")
        return
    if shipment.labelled_at is None and crashes_without_end(shipment):
        return
    system = ready_system(shipment)
    if isinstance(system, NotYet):
        put_off(shipment, system)
        return
    if not system.has_labels:
        move(shipment, "finish", reason=Reason.NONE, reason_text="")
        return
    answer = system.label(made_of(shipment))
    if isinstance(answer, NotYet):
        _later(shipment, answer)
    elif not is_label(answer):
        _later(shipment, NotYet(reason=Reason.LABEL_UNREADABLE))
    else:
        _keep(shipment, answer)


def is_label(label: Label) -> bool:
    """Say whether it can be printed: a PDF whose pages can be read, or ZPL from its start to its end."""
    if label.media_type == "application/zpl":
        text = label.content.strip()
        return text.startswith(b"^XA") and text.endswith(b"^XZ")
    from deliver_to_po.labels.pdf_pages import is_pdf

    return label.media_type == "application/pdf" and is_pdf(label.content)


def _later(shipment: Shipment, answer: NotYet) -> None:
    with transaction.atomic():
        record_not_yet(shipment, HandoffStep.LABEL, answer)
        put_off(shipment, answer)


def _keep(shipment: Shipment, label: Label) -> None:
    """Keep the file under a name of this claim's own that the row holds before it is written.

    So no crash orphans a file, and no worker that goes on after its lease deletes what another has finished. The files
    of earlier claims, and the label that this one takes the place of, go once the row names this one; until the
    recipient is erased the row knows their names, should such a worker write one later. If a commit's answer gets lost,
    nothing is undone: the row says later whether it was made.
    """
    earlier = shipment.every_label_file
    name = label_name(shipment, f".{EXTENSIONS[label.media_type]}")
    if not _under_lease(shipment, label_files=[*earlier, name]):
        return
    try:
        written = write_file(shipment.label.storage, name, label.content)
    except Error:
        raise
    except Exception as error:  # noqa: BLE001 - a storage that somebody else wrote raises whatever it likes
        log.error("Label of shipment %s cannot be stored: %s", shipment.pk, what_failed(error))
        _later(shipment, NotYet(reason=Reason.LABEL_NOT_KEPT))
        return
    kept = _take_place(shipment, written, label, earlier) and _labelled(shipment, written, label)
    if not kept and not Shipment.objects.filter(pk=shipment.pk, label=written).exists():
        # Another worker has the row by now, or the recipient was erased. While the row names this file, that worker
        # deletes it.
        delete_former(shipment, shipment.label.storage, written)


def _take_place(shipment: Shipment, written: str, label: Label, earlier: Sequence[str]) -> bool:
    """Let the row name the new file, and delete the earlier ones; False when the row is another worker's by now.

    A file that the storage does not let go costs no label: the row knows its name, and it goes with the recipient.
    """
    if not earlier:
        return True
    if not _under_lease(shipment, label=written, label_media_type=label.media_type):
        return False
    for name in earlier:
        delete_former(shipment, shipment.label.storage, name)
    return True


def _labelled(shipment: Shipment, written: str, label: Label) -> bool:
    """Move the shipment to where its label is ready; False when the row is another worker's by now."""
    with transaction.atomic():
        kept = move(
            shipment,
            "label",
            reason=Reason.NONE,
            reason_text="",
            label=written,
            label_media_type=label.media_type,
        )
        if kept:
            record(shipment, HandoffStep.LABEL, Outcome.LABEL_KEPT)
    return kept


def _under_lease(shipment: Shipment, **fields: Any) -> bool:
    """Write something into the row; False, and nothing done, when another worker has it."""
    return bool(Shipment.objects.filter(pk=shipment.pk, lease=shipment.lease).update(**fields))

"""Fetching the label of a shipment that is made, into the private storage."""

from django.db import transaction

from deliver_to_po.choices import HandoffStep, Outcome, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.files import is_pdf, write_file
from deliver_to_po.handoff.frozen_request import made_of
from deliver_to_po.handoff.leased import move, put_off, ready_system, record, record_not_yet
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.shipment import label_name
from deliver_to_po.outbox.claiming import nth_wait
from deliver_to_po.shipping import Label, NotYet

EXTENSIONS = {"application/pdf": "pdf", "application/zpl": "zpl"}


def fetch_label(shipment: Shipment) -> None:
    """Fetch the label and keep it; whatever hinders that is tried again, since the shipment exists.

    Of an erased delivery none is fetched: it would name the recipient again.
    """
    if shipment.delivery.erased_at is not None:
        move(shipment, "finish", reason=Reason.ERASED, reason_text="")
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
    return label.media_type == "application/pdf" and is_pdf(label.content)


def _later(shipment: Shipment, answer: NotYet) -> None:
    if answer.reason == Reason.LABEL_NOT_READY and answer.seconds is None:
        seconds = nth_wait(app_settings.handoff.label_after_seconds, shipment.tries)
        answer = NotYet(reason=answer.reason, said=answer.said, seconds=seconds)
    with transaction.atomic():
        record_not_yet(shipment, HandoffStep.LABEL, answer)
        put_off(shipment, answer)


def _keep(shipment: Shipment, label: Label) -> None:
    """Keep the file under a name that the row has held since before it is written, so that no crash orphans it.

    An earlier try may have left a file, whole or in part: it goes first. If the commit's answer gets lost, nothing is
    undone: the row says later whether it was made. Nothing is kept when another worker has the row by now.
    """
    storage = shipment.label.storage
    name = str(shipment.label.name) or label_name(shipment, f".{EXTENSIONS[label.media_type]}")
    if not _name_label(shipment, name):
        return
    written = write_file(storage, name, label.content)
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
    if not kept and (written != name or _is_erased(shipment)):
        # Another worker has the row by now, and its file is the one that the row names; or the recipient was erased.
        storage.delete(written)


def _is_erased(shipment: Shipment) -> bool:
    return Delivery.objects.filter(pk=shipment.delivery_id, erased_at__isnull=False).exists()


def _name_label(shipment: Shipment, name: str) -> bool:
    """Write down under which name the label will lie; False, and nothing done, when another worker has the row."""
    return bool(Shipment.objects.filter(pk=shipment.pk, lease=shipment.lease).update(label=name))

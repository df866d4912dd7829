"""Fetching the label of a shipment that is made, into the private storage."""

from django.core.files.base import ContentFile

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import Artifact
from deliver_to_po.choices import HandoffStep, Reason
from deliver_to_po.conf import app_settings
from deliver_to_po.handoff.leased import after, later, move, record, record_error, system_of
from deliver_to_po.handoff.request import info_of
from deliver_to_po.models import Shipment

EXTENSIONS = {"application/pdf": "pdf", "application/zpl": "zpl"}
REASONS = {errors.NotReady: Reason.LABEL_NOT_READY, errors.Unreadable: Reason.LABEL_UNREADABLE}


def fetch_label(shipment: Shipment) -> None:
    """Fetch the label and keep it; whatever hinders that is tried again, since the shipment exists."""
    patience = app_settings.handoff
    try:
        artifact = system_of(shipment).label(info_of(shipment))
    except errors.CanadaPostError as error:
        record_error(shipment, HandoffStep.LABEL, error)
        soon = isinstance(error, errors.NotReady)
        later(
            shipment,
            "label_later",
            patience.label_after_seconds if soon else patience.retry_after_seconds,
            reason=REASONS.get(type(error), Reason.UNAVAILABLE),
            reason_text=error.explain(),
        )
        return
    _keep(shipment, artifact)
    record(shipment, HandoffStep.LABEL, artifact.media_type)


def _keep(shipment: Shipment, artifact: Artifact) -> None:
    label = shipment.label
    label.save(f"label.{EXTENSIONS[artifact.media_type]}", ContentFile(artifact.content), save=False)
    name = str(label.name)
    kept = False
    try:
        kept = move(
            shipment,
            "label",
            reason=Reason.NONE,
            reason_text="",
            label=name,
            label_media_type=artifact.media_type,
            labelled_at=after(0),
        )
    finally:
        if not kept:
            # Another worker has the row, or it could not be written: an orphan would have somebody's address on it.
            label.storage.delete(name)

"""Fetching a label again: its file is missing, or a person wants it once more."""

from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.waking import wake_after_commit
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.models.tracking import over_since


class LabelAgain(StrEnum):
    #: It is fetched as soon as there is a worker.
    ASKED = "asked"
    #: That was so already.
    UNDER_WAY = "under way"
    #: The recipient is erased, or is about to be: a new label would name them again.
    ERASED = "erased"
    #: The parcel has no label to fetch: it is voided, say, or a person has to look at it.
    NO_LABEL = "no label"


def fetch_label_again(
    shipment: Shipment, *, reason: Reason = Reason.NONE, user: Any = None, note: str = ""
) -> LabelAgain:
    """Send a label back to be fetched, at once; ``reason`` and ``note`` go into the delivery's history.

    The label that there is can be opened until the new one takes its place. Whether the parcel is transmitted does not
    matter.
    """
    if _to_be_erased(shipment.delivery):
        return LabelAgain.ERASED
    fields: dict[str, Any] = {"due_at": timezone.now(), "tries": 0, "reason": reason, "reason_text": ""}
    if move_shipment(shipment, "fetch_again", user=user, note=note, **fields):
        wake_after_commit([shipment.pk])
        return LabelAgain.ASKED
    shipment.refresh_from_db()
    if shipment.delivery.erased_at is not None:
        return LabelAgain.ERASED
    return LabelAgain.UNDER_WAY if shipment.state == ShipmentState.MADE else LabelAgain.NO_LABEL


def labels_to_fetch_again(delivery: Delivery) -> QuerySet[Shipment]:
    """Return the shipments of a delivery whose labels may be fetched again."""
    rows = Shipment.objects.filter(delivery=delivery, state=ShipmentState.LABELLED).select_related("delivery")
    return rows.none() if _to_be_erased(delivery) else rows


def _to_be_erased(delivery: Delivery) -> bool:
    """Say whether the recipient is erased or will be at the next occasion, which an unfinished label would put off."""
    over = over_since(timezone.now() - app_settings.recipient_lifetime)
    return delivery.erased_at is not None or Delivery.objects.filter(over, pk=delivery.pk).exists()

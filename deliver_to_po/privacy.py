"""What must not linger: drafts whose time is over, recipients and labels of long ago."""

from datetime import datetime

from django.db import connections, router, transaction
from django.db.models import QuerySet
from django.utils import timezone

from deliver_to_po.choices import DeliveryState, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.models import Delivery, Shipment

ERASED = {
    "recipient_name": "",
    "recipient_address_line_1": "",
    "recipient_address_line_2": "",
    "recipient_city": "",
    "recipient_province": "",
    "recipient_postal_code": "",
    "recipient_email": "",
    "recipient_phone": "",
}
# A shipment in one of these still needs the recipient.
UNFINISHED = (ShipmentState.WAITING, ShipmentState.REQUESTED, ShipmentState.UNKNOWN, ShipmentState.MADE)
AT_A_TIME = 200


def delete_expired_drafts() -> int:
    """Delete drafts that no order has taken within DRAFT_LIFETIME, with the recipient in them; return how many."""
    with transaction.atomic(using=router.db_for_write(Delivery)):
        expired = Delivery.objects.filter(state=DeliveryState.DRAFT, expires_at__lte=timezone.now(), shipments=None)
        pks = [delivery.pk for delivery in _locked(expired)]
        deleted, _ = Delivery.objects.filter(pk__in=pks, state=DeliveryState.DRAFT).delete()
    return deleted


def erase_recipients() -> int:
    """Erase the recipients of deliveries placed longer ago than KEEP_RECIPIENT, and their labels; return how many.

    Counted from placing, since nothing tells yet when a parcel was picked up; a delivery with an unfinished shipment
    is left for later.
    """
    placed_before = timezone.now() - app_settings.keep_recipient
    due = (
        Delivery.objects.filter(placed_at__lte=placed_before, erased_at=None)
        .exclude(state=DeliveryState.DRAFT)
        .exclude(shipments__state__in=UNFINISHED)
    )
    return sum(_erase(delivery, placed_before) for delivery in due[:AT_A_TIME])


def _erase(delivery: Delivery, placed_before: datetime) -> bool:
    rows = Delivery.objects.filter(pk=delivery.pk, placed_at__lte=placed_before, erased_at=None)
    erased = bool(rows.update(erased_at=timezone.now(), **ERASED))
    for shipment in Shipment.objects.filter(delivery=delivery) if erased else ():
        if shipment.label:
            shipment.label.storage.delete(str(shipment.label.name))
        # Canada Post's sentences may repeat what was sent.
        Shipment.objects.filter(pk=shipment.pk).update(reason_text="")
    return erased


def _locked(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Lock rows, those that somebody else is using left out where the database can do that."""
    features = connections[rows.db].features
    return rows.select_for_update(
        of=("self",) if features.has_select_for_update_of else (),
        skip_locked=(features.has_select_for_update_skip_locked),
    )

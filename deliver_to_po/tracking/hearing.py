"""Hearing of a parcel from the shipping system that has shipped it: as good as an answer that was asked for."""

from django.db import transaction

from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Tracking
from deliver_to_po.shipping import Tracked
from deliver_to_po.tracking.following import to_follow
from deliver_to_po.tracking.learning import learn


def hear(shipment_pk: int, told: Tracked) -> bool:
    """Keep what a system tells of a parcel by itself, and move it; say whether the shop follows that parcel.

    It follows none without a tracking number, voided, refunded or erased, and with TRACKING off none at all.
    """
    shipment = to_follow().exclude(tracking_pin="").filter(pk=shipment_pk).first() if app_settings.tracking else None
    if shipment is None:
        return False
    with transaction.atomic():
        Tracking.objects.get_or_create(shipment=shipment)
        tracking = Tracking.objects.select_for_update().select_related("shipment__delivery").get(shipment=shipment)
        # A worker that asks for it just now finds its lease gone, and asks again later.
        tracking.lease = None
        learn(tracking, told)
    return True

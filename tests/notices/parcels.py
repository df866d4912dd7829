"""A parcel in the post, and what is told of it."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from deliver_to_po.core.choices import Scan, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Shipment, Tracking
from deliver_to_po.shipping import Sighting, Tracked
from deliver_to_po.tracking.learning import learn
from tests.factories import make_delivery, make_shipment

PIN = "7023210039414604"
CHOSEN, OTHER, THIRD = "0000102978", "0000385964", "0000111111"


def in_the_post(language: str = "en", **fields: Any) -> Shipment:
    """Return a parcel that was made just now and is followed from now on."""
    delivery = make_delivery(language=language, office_id=CHOSEN, office_name="COUNTER & SONS", **fields)
    values = {"state": ShipmentState.DONE, "tracking_pin": PIN, "made_at": delivery.released_at}
    shipment = make_shipment(delivery, **values, sender={"company": "Example Shop"})
    Tracking.objects.create(shipment=shipment)
    return shipment


def seen(shipment: Shipment, *scans: Scan, on: date | None = None, at: str = CHOSEN, time: str = "10:00:00") -> None:
    """Let it be told that the parcel was seen so, today or ``on`` another day."""
    tracking = Tracking.objects.get(shipment=shipment)
    tracking.lease = uuid4()
    Tracking.objects.filter(pk=tracking.pk).update(lease=tracking.lease)
    sightings = tuple(
        Sighting(scan, on or shop_day(), time, 100 + number, at, "MONTREAL PO", "said")
        for number, scan in enumerate(scans)
    )
    assert learn(tracking, Tracked(sightings))


def arrived(at: str = CHOSEN) -> Shipment:
    """Return a parcel that came to a post office at eight."""
    shipment = in_the_post()
    seen(shipment, Scan.READY, at=at, time="08:00:00")
    return shipment


def days(count: int) -> timedelta:
    return timedelta(days=count)

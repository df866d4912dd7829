"""What is kept, and in `moves.py` every allowed move between its states."""

from deliver_to_po.models.comparison import Comparison
from deliver_to_po.models.delivery import Delivery
from deliver_to_po.models.due import Heartbeat
from deliver_to_po.models.export import Export
from deliver_to_po.models.history import History
from deliver_to_po.models.manifest import Manifest, ManifestGroup
from deliver_to_po.models.message import ParcelMessage, WebhookMessage
from deliver_to_po.models.notice import MorningMail, Notice
from deliver_to_po.models.office import Office
from deliver_to_po.models.pause import Pause
from deliver_to_po.models.print_job import PrintJob
from deliver_to_po.models.privacy_request import PrivacyRequest
from deliver_to_po.models.search_key import SearchKey
from deliver_to_po.models.shipment import Attempt, Shipment
from deliver_to_po.models.tracking import DaysTaken, Tracking, TrackingEvent

__all__ = [
    "Attempt",
    "Comparison",
    "DaysTaken",
    "Delivery",
    "Export",
    "Heartbeat",
    "History",
    "Manifest",
    "ManifestGroup",
    "MorningMail",
    "Notice",
    "Office",
    "ParcelMessage",
    "Pause",
    "PrintJob",
    "PrivacyRequest",
    "SearchKey",
    "Shipment",
    "Tracking",
    "TrackingEvent",
    "WebhookMessage",
]

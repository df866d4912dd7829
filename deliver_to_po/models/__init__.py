"""What is kept."""

from deliver_to_po.models.delivery import Delivery, History
from deliver_to_po.models.office import Office
from deliver_to_po.models.pause import Pause
from deliver_to_po.models.shipment import Attempt, Shipment

__all__ = ["Attempt", "Delivery", "History", "Office", "Pause", "Shipment"]

"""What shipping systems have in common that a person works with, beside the shop."""

from typing import ClassVar

from deliver_to_po.core.choices import Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.shipping.answers import Handed, NotYet, Refused, ShipmentRequest
from deliver_to_po.shipping.base import ShippingSystem
from deliver_to_po.shipping.objections import objection_to

# Which columns of a file hold what, where they are called otherwise than ``number_file`` knows; read by it.
COLUMN_OPTIONS = {
    "PARCEL_COLUMN": "the column of the parcels' references in the files that are read back",
    "NUMBER_COLUMN": "the column of the tracking numbers in the files that are read back",
}


class ByHand(ShippingSystem):
    """Takes every parcel that keeps the rules, and makes no call: a person does the rest and reports the result."""

    has_labels: ClassVar[bool] = False
    by_hand: ClassVar[bool] = True

    def obstacle(self, *, live: bool) -> NotYet | None:
        """Return why nothing goes out: there is no sandbox here, so tests and real parcels never stand side by side."""
        if live == app_settings.canada_post.live:
            return None
        return NotYet(reason=Reason.LIVE_OFF if live else Reason.TEST_ONLY)

    def objection(self, request: ShipmentRequest) -> Refused | None:
        """Return the rule of Deliver to Post Office that ``request`` breaks; None for none."""
        return objection_to(request)

    def create(self, request: ShipmentRequest) -> Handed | NotYet | Refused:
        """Say that a person has it now; nothing is sent, so that the same may be said again."""
        return self.obstacle(live=request.live) or self.objection(request) or Handed()

"""What was handed over and never reported: after a day a person looks for it."""

from datetime import timedelta
from functools import partial

from django.utils import timezone

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.models import Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.outbox.each import each_by_itself
from deliver_to_po.outbox.jobs import Housekeeping

# A report that comes later is still taken.
REPORTED_WITHIN = timedelta(hours=24)
AT_A_TIME = 200


def ask_for_reports() -> int:
    """Ask a person about what was handed over longer than REPORTED_WITHIN ago; return how many shipments."""
    silent = Shipment.objects.filter(
        state=ShipmentState.HANDED, requested_at__lte=timezone.now() - REPORTED_WITHIN
    ).order_by("requested_at", "pk")
    ask = partial(move_shipment, name="call_back", reason=Reason.NOT_REPORTED)
    return each_by_itself("Question about", silent[:AT_A_TIME], ask)


HOUSEKEEPING = (Housekeeping("shipments never reported", ask_for_reports, AT_A_TIME, for_good=True),)
